/* SPDX-License-Identifier: ISC */
/*
 * Control: jcadctl's verbs as one table. Rows go out as they are made; the
 * closing answer of a verb that changed something waits for the commit.
 */
#include "core/control.h"

#include <string.h>
#include <strings.h>
#include "base/codec.h"
#include "base/log.h"

struct verb {
	const char *words[2];
	const char *usage;
	int (*run)(struct control *ctl, struct err *err);
};

static const struct verb verbs[] = {
	{ { "status", NULL }, "status", control_status },
	{ { "member", "list" }, "member list [LIST] [state=active|pending]",
	    control_member_list },
	{ { "member", "add" }, "member add [LIST] ADDRESS category=C [body=B] "
	    "[role=R] [name=N] [zone=Z] [lang=L]", control_member_add },
	{ { "member", "remove" }, "member remove [LIST] ADDRESS",
	    control_member_remove },
	{ { "member", "import" }, "member import [LIST] FILE",
	    control_member_import },
	{ { "held", "list" }, "held list [all]", control_held_list },
	{ { "held", "show" }, "held show ID", control_held_show },
	{ { "held", "approve" }, "held approve ID", control_held_approve },
	{ { "held", "reject" }, "held reject ID [reason=TEXT]",
	    control_held_reject },
	{ { "held", "discard" }, "held discard ID", control_held_discard },
	{ { "meeting", "list" }, "meeting list [LIST] [all]",
	    control_meeting_list },
	{ { "meeting", "show" }, "meeting show KEY", control_meeting_show },
	{ { "meeting", "answers" }, "meeting answers KEY",
	    control_meeting_answers },
	{ { "meeting", "announce" }, "meeting announce [LIST] FILE",
	    control_meeting_announce },
	{ { "meeting", "update" }, "meeting update KEY FILE",
	    control_meeting_update },
	{ { "meeting", "cancel" }, "meeting cancel KEY [reason=TEXT]",
	    control_meeting_cancel },
	{ { "queue", "list" }, "queue list", control_queue_list },
	{ { "queue", "retry" }, "queue retry ID", control_queue_retry },
	{ { "queue", "drop" }, "queue drop ID", control_queue_drop },
	{ { "plugin", "list" }, "plugin list", control_plugin_list },
	{ { "plugin", "replay" }, "plugin replay NAME",
	    control_plugin_replay },
	{ { "audit", "verify" }, "audit verify", control_audit_verify },
};

#define N_VERBS (sizeof(verbs) / sizeof(verbs[0]))

static int
reply(struct control *ctl, uint32_t status, bool last, const char *json,
    const char *text, struct err *err)
{
	struct ctl_reply msg = { ctl->request.conn, status, last, json, text };

	return LINK_PUT(ctl->console->link, MSG_CTL_REPLY, ctl_reply, &msg,
	    -1, err);
}

struct json *
control_row(struct control *ctl)
{
	str_clear(&ctl->row);
	json_init(&ctl->json, &ctl->row);
	json_object(&ctl->json, NULL);
	return &ctl->json;
}

int
control_send(struct control *ctl, struct err *err)
{
	json_end_object(&ctl->json);
	return reply(ctl, 0, false, str_get(&ctl->row), "", err);
}

const char *
control_arg(const struct control *ctl, size_t n)
{
	/* name=value arguments have no place of their own. */
	for (size_t i = ctl->next; i < ctl->request.n_args; i++) {
		const char *value = ctl->request.args[i].value;

		if (strchr(value, '=') != NULL)
			continue;
		if (n-- == 0)
			return value;
	}
	return "";
}

const char *
control_option(const struct control *ctl, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = ctl->next; i < ctl->request.n_args; i++) {
		const char *value = ctl->request.args[i].value;

		if (strncasecmp(value, name, n) == 0 && value[n] == '=')
			return value + n + 1;
	}
	return "";
}

int
control_list(struct control *ctl, size_t n, const struct list_settings **out,
    bool *used, struct err *err)
{
	const struct settings *s = ctl->core->settings;
	const char *name = control_arg(ctl, n);
	struct span want = span_of(name);

	*used = false;
	for (size_t i = 0; i < s->n_lists; i++) {
		const struct list_settings *l = &s->lists[i];

		if (span_isi(want, l->name) || span_isi(want,
		    route_format(ctl->arena, l, ROUTE_POST, ""))) {
			*out = l;
			*used = true;
			return 0;
		}
	}
	if (s->n_lists != 1)
		return err_set(err, ERR_BADINPUT, "Say which list: \"%s\" is "
		    "no list here", name);
	*out = &s->lists[0];
	return 0;
}

const char *
control_who(struct control *ctl)
{
	return arena_printf(ctl->arena, "jcadctl uid %lld",
	    (long long)ctl->request.uid);
}

int
control_apply(struct control *ctl, const struct snapshot *snap,
    const struct digest *d, const struct actions *actions, struct err *err)
{
	struct core *c = ctl->core;
	struct apply ap = { .core = c, .arena = ctl->arena, .digest = d,
		.snap = snap, .file = "", .peer = "jcadctl" };

	if (core_savepoint(c, err) < 0)
		return -1;
	if (apply_actions(&ap, actions, err) < 0) {
		core_undo(c);
		return -1;
	}
	return core_release(c, err);
}

static const struct verb *
find_verb(struct control *ctl)
{
	const struct ctl *r = &ctl->request;

	for (size_t i = 0; i < N_VERBS; i++) {
		const struct verb *v = &verbs[i];
		size_t words = v->words[1] != NULL ? 2 : 1;

		if (r->n_args >= words &&
		    strcmp(r->args[0].value, v->words[0]) == 0 &&
		    (words == 1 || strcmp(r->args[1].value, v->words[1]) ==
		    0)) {
			ctl->next = words;
			return v;
		}
	}
	return NULL;
}

static void
usage(struct control *ctl)
{
	struct str text = STR_EMPTY;
	struct err err = { 0 };

	str_adds(&text, "No such command. There are:\n");
	for (size_t i = 0; i < N_VERBS; i++)
		str_addf(&text, "  %s\n", verbs[i].usage);
	if (reply(ctl, 2, true, "", str_get(&text), &err) < 0)
		core_log_err("control", &err);
	str_done(&text);
}

static void
run(struct control *ctl)
{
	const struct verb *v = find_verb(ctl);
	struct err err = { 0 };
	int rc;

	if (v == NULL) {
		usage(ctl);
		return;
	}
	rc = v->run(ctl, &err);
	if (rc == 0)
		rc = core_commit(ctl->core, &err);
	if (rc < 0)
		rc = reply(ctl, 1, true, "", err.text, &err);
	else
		rc = reply(ctl, 0, true, "", ctl->done, &err);
	if (rc < 0)
		core_log_err("control", &err);
}

void
control_request(struct core *c, struct core_peer *console, struct span body,
    int *fd)
{
	struct control ctl = { .core = c, .console = console, .fd = *fd,
		.row = STR_EMPTY, .done = "" };
	struct dec d;

	ctl.arena = arena_new();
	dec_init(&d, ctl.arena, body);
	wire_get_ctl(&d, &ctl.request);
	if (dec_end(&d))
		run(&ctl);
	str_done(&ctl.row);
	arena_free(ctl.arena);
}
