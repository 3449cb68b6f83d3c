/* SPDX-License-Identifier: ISC */
/* jcadctl held: the same decisions as by mail, made at the console. */
#include "core/control.h"

#include <stdlib.h>
#include <string.h>
#include "base/codec.h"
#include "list/list.h"

static int
send_held(struct control *ctl, const struct held *h, struct err *err)
{
	struct json *j = control_row(ctl);

	json_int(j, "id", h->id);
	json_str(j, "list", h->list);
	json_str(j, "state", held_state_name(h->state));
	json_str(j, "sender", h->sender);
	json_str(j, "subject", h->subject);
	json_str(j, "reason", h->reason);
	json_int(j, "held_at", h->held_at);
	json_str(j, "decided_by", h->decided_by);
	json_str(j, "message_id", h->message_id);
	return control_send(ctl, err);
}

int
control_held_list(struct control *ctl, struct err *err)
{
	bool all = strcmp(control_arg(ctl, 0), "all") == 0;
	struct held *h;
	size_t n;

	if (store_held_list(ctl->core->store, ctl->arena, "", all, &h, &n,
	    err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (send_held(ctl, &h[i], err) < 0)
			return -1;
	ctl->done = n == 0 ? "Nothing is held" : "";
	return 0;
}

static int
load_held(struct control *ctl, struct held *h, struct err *err)
{
	const char *id = control_arg(ctl, 0);
	uint64_t n;

	if (!span_u64(span_of(id), INT64_MAX, &n))
		return err_set(err, ERR_BADINPUT, "\"%s\" is no number: see "
		    "\"jcadctl held list\"", id);
	if (store_held_get(ctl->core->store, ctl->arena, (int64_t)n, h,
	    err) < 0)
		return err->kind == ERR_NOTFOUND ? err_set(err, ERR_NOTFOUND,
		    "Nothing is held under %s: see \"jcadctl held list\"",
		    id) : -1;
	return 0;
}

int
control_held_show(struct control *ctl, struct err *err)
{
	struct held h;

	return load_held(ctl, &h, err) < 0 ? -1 : send_held(ctl, &h, err);
}

/* What the deciders want to see for this held item. */
static int
make_snapshot(struct control *ctl, const struct held *h, struct snapshot *s,
    struct digest *d, struct err *err)
{
	struct core *c = ctl->core;
	struct mail_row row;
	struct dec dec;

	memset(s, 0, sizeof(*s));
	memset(d, 0, sizeof(*d));
	s->settings = c->settings;
	s->now = ev_now(c->ev);
	s->held = h;
	s->envelope_from = s->mail_file_sha256 = "";
	s->route.token = "";
	s->list = settings_list_named(c->settings, h->list);
	if (s->list == NULL)
		return err_set(err, ERR_NOTFOUND, "The list %s is not in the "
		    "settings any more", h->list);
	s->route.list = s->list;
	if (store_mail_get(c->store, ctl->arena, h->mail_id, &row, err) < 0)
		return -1;
	if (row.digest.n > 0) {
		dec_init(&dec, ctl->arena, row.digest);
		wire_get_digest(&dec, d);
	}
	return snapshot_moderators(c, ctl->arena, s, err);
}

static int
decide(struct control *ctl, enum held_state to, const char *word,
    struct err *err)
{
	struct actions actions = { .arena = ctl->arena };
	struct held h;
	struct snapshot s;
	struct digest d;

	if (load_held(ctl, &h, err) < 0 ||
	    make_snapshot(ctl, &h, &s, &d, err) < 0 ||
	    list_held_decide(&s, to, control_who(ctl),
	    control_option(ctl, "reason"), &actions, err) < 0)
		return -1;
	ctl->done = arena_printf(ctl->arena, "%lld %s", (long long)h.id,
	    word);
	return control_apply(ctl, &s, NULL, &actions, err);
}

int
control_held_approve(struct control *ctl, struct err *err)
{
	return decide(ctl, HELD_APPROVED, "approved: it goes to the list",
	    err);
}

int
control_held_reject(struct control *ctl, struct err *err)
{
	return decide(ctl, HELD_REJECTED, "rejected: the author is told",
	    err);
}

int
control_held_discard(struct control *ctl, struct err *err)
{
	return decide(ctl, HELD_DISCARDED, "discarded", err);
}
