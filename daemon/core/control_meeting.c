/* SPDX-License-Identifier: ISC */
/* jcadctl meeting: views, and announcements by the secretariat. */
#include "core/control.h"

#include <string.h>
#include "base/civil.h"
#include "base/file.h"
#include "base/utf8.h"
#include "meet/meet.h"

#define FORM_MAX 65536

static int
send_meeting(struct control *ctl, const struct meeting *m, bool full,
    struct err *err)
{
	const struct meeting_rev *r = m->current != NULL ? m->current :
	    m->draft;
	struct json *j = control_row(ctl);

	json_str(j, "key", m->key);
	json_str(j, "list", m->list);
	json_str(j, "status", m->current == NULL ? "draft" : r->status);
	json_str(j, "title", r->title);
	json_str(j, "when", meet_when_short(ctl->arena, r));
	json_str(j, "start", civil_rfc3339(ctl->arena, r->start_at));
	json_str(j, "end", civil_rfc3339(ctl->arena, r->end_at));
	json_int(j, "revision", r->rev);
	json_int(j, "sequence", r->sequence);
	if (full) {
		json_str(j, "uid", m->uid);
		json_str(j, "zone", r->tzid);
		json_str(j, "place", r->place);
		json_str(j, "link", r->link);
		json_str(j, "agenda", r->agenda);
		json_str(j, "documents", r->documents);
		json_str(j, "description", r->description);
		json_str(j, "announced_by", r->announced_by);
		json_bool(j, "draft_waits", m->draft != NULL);
	}
	return control_send(ctl, err);
}

int
control_meeting_list(struct control *ctl, struct err *err)
{
	const struct list_settings *l;
	struct meeting *m;
	size_t n, shown = 0;
	bool used, all;

	if (control_list(ctl, 0, &l, &used, err) < 0)
		return -1;
	all = strcmp(control_arg(ctl, used), "all") == 0;
	if (store_meetings(ctl->core->store, ctl->arena, l->name, all ? 0 :
	    ev_now(ctl->core->ev), &m, &n, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (m[i].current == NULL && m[i].draft == NULL)
			continue;
		if (send_meeting(ctl, &m[i], false, err) < 0)
			return -1;
		shown++;
	}
	ctl->done = shown == 0 ? "No meetings" : "";
	return 0;
}

static int
load(struct control *ctl, struct meeting *m, struct err *err)
{
	const char *key = control_arg(ctl, 0);

	if (store_meeting_by_key(ctl->core->store, ctl->arena, key, m,
	    err) < 0 || (m->current == NULL && m->draft == NULL))
		return err_set(err, ERR_NOTFOUND, "No meeting \"%s\": see "
		    "\"jcadctl meeting list all\"", key);
	return 0;
}

int
control_meeting_show(struct control *ctl, struct err *err)
{
	struct meeting m;

	return load(ctl, &m, err) < 0 ? -1 : send_meeting(ctl, &m, true, err);
}

static int
send_total(struct control *ctl, const char *kind, const struct meet_total *t,
    struct err *err)
{
	struct json *j = control_row(ctl);

	json_str(j, "kind", kind);
	json_str(j, "name", t->name);
	json_str(j, "category", t->category);
	json_int(j, "invited", t->invited);
	json_int(j, "accepted", t->accepted);
	json_int(j, "tentative", t->tentative);
	json_int(j, "declined", t->declined);
	json_int(j, "none", t->none);
	return control_send(ctl, err);
}

int
control_meeting_answers(struct control *ctl, struct err *err)
{
	struct core *c = ctl->core;
	struct answer *answers;
	struct member *members;
	struct meet_totals t;
	struct meeting m;
	size_t n_answers, n;

	if (load(ctl, &m, err) < 0 || store_members(c->store, ctl->arena,
	    m.list, MEMBER_ACTIVE, 0, 0, &members, &n, err) < 0 ||
	    store_answers(c->store, ctl->arena, m.id, &answers, &n_answers,
	    err) < 0)
		return -1;
	meet_count(ctl->arena, members, n, answers, n_answers, &t);
	for (size_t i = 0; i < t.n_categories; i++)
		if (send_total(ctl, "category", &t.categories[i], err) < 0)
			return -1;
	for (size_t i = 0; i < t.n_bodies; i++)
		if (send_total(ctl, "body", &t.bodies[i], err) < 0)
			return -1;
	return send_total(ctl, "all", &t.all, err);
}

static int
from_form(struct control *ctl, const struct list_settings *l,
    const char *subject, const char *text, struct err *err)
{
	struct actions actions = { .arena = ctl->arena };
	struct snapshot s = { .settings = ctl->core->settings, .list = l,
		.envelope_from = "", .mail_file_sha256 = "",
		.now = ev_now(ctl->core->ev) };

	s.route.list = l;
	s.route.verb = ROUTE_ANNOUNCE;
	s.route.token = "";
	if (snapshot_meetings(ctl->core, ctl->arena, &s, err) < 0 ||
	    snapshot_moderators(ctl->core, ctl->arena, &s, err) < 0 ||
	    meet_from_ctl(&s, subject, text, control_who(ctl), &actions,
	    err) < 0)
		return -1;
	ctl->done = "Released: the mails go out now";
	return control_apply(ctl, &s, NULL, &actions, err);
}

static int
read_form(struct control *ctl, const char **out, struct err *err)
{
	struct span text;

	if (ctl->fd < 0)
		return err_set(err, ERR_BADINPUT, "Name the file that holds "
		    "the announcement: see jcad-commands(7)");
	if (file_read_fd(ctl->arena, ctl->fd, FORM_MAX, &text, err) < 0)
		return -1;
	*out = utf8_clean(ctl->arena, text);
	return 0;
}

int
control_meeting_announce(struct control *ctl, struct err *err)
{
	const struct list_settings *l;
	const char *text;
	bool used;

	if (control_list(ctl, 0, &l, &used, err) < 0 ||
	    read_form(ctl, &text, err) < 0)
		return -1;
	return from_form(ctl, l, "announce", text, err);
}

/* The list of an existing meeting. */
static int
list_of(struct control *ctl, const struct meeting *m,
    const struct list_settings **out, struct err *err)
{
	*out = settings_list_named(ctl->core->settings, m->list);
	if (*out != NULL)
		return 0;
	return err_set(err, ERR_NOTFOUND, "The list %s is not in the settings",
	    m->list);
}

int
control_meeting_update(struct control *ctl, struct err *err)
{
	const struct list_settings *l;
	struct meeting m;
	const char *text;

	if (load(ctl, &m, err) < 0 || list_of(ctl, &m, &l, err) < 0 ||
	    read_form(ctl, &text, err) < 0)
		return -1;
	return from_form(ctl, l, arena_printf(ctl->arena, "update %s",
	    m.key), text, err);
}

int
control_meeting_cancel(struct control *ctl, struct err *err)
{
	const struct list_settings *l;
	const char *reason = control_option(ctl, "reason");
	struct meeting m;

	if (load(ctl, &m, err) < 0 || list_of(ctl, &m, &l, err) < 0)
		return -1;
	return from_form(ctl, l, arena_printf(ctl->arena, "cancel %s",
	    m.key), reason[0] == '\0' ? "" : arena_printf(ctl->arena,
	    "Reason: %s\n", reason), err);
}
