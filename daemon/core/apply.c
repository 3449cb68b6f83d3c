/* SPDX-License-Identifier: ISC */
/*
 * Apply: the actions of one mail (or one jcadctl verb) become rows, all in
 * the open transaction. What others refer to (the held item, the draft, the
 * new member) is made in a first pass.
 */
#include "core/state.h"

#include <string.h>
#include "base/codec.h"
#include "base/crypt.h"
#include "base/log.h"
#include "base/str.h"
#include "meet/meet.h"

static const char *
actor(const struct apply *ap)
{
	if (ap->digest != NULL && ap->digest->n_from > 0)
		return ap->digest->from[0].key;
	return "jcadctl";
}

static int
audit(struct apply *ap, const char *who, const char *what,
    const char *object, const char *detail, struct err *err)
{
	return store_audit_add(ap->core->store, ev_now(ap->core->ev),
	    who[0] != '\0' ? who : actor(ap), what, object, detail, err);
}

int
apply_keep_mail(struct apply *ap, enum mail_state state, int64_t *id,
    struct err *err)
{
	struct core *c = ap->core;
	struct mail_row row = { .file = ap->file, .state = state,
		.list = ap->snap->list->name,
		.sender = ap->snap->envelope_from,
		.from = ap->digest->n_from > 0 ? ap->digest->from[0].addr : "",
		.message_id = ap->digest->message_id,
		.subject = ap->digest->subject, .size = ap->digest->size,
		.received_at = ev_now(c->ev) };
	struct str buf = STR_EMPTY;
	int rc;

	if (ap->mail_id != 0) {
		*id = ap->mail_id;
		return 0;
	}
	if (!ap->kept) {
		if (spool_keep(c->spool, ap->file, err) < 0)
			return -1;
		core_made(c, ap->file);
		ap->kept = true;
	}
	wire_put_digest(&buf, ap->digest);
	row.digest = str_span(&buf);
	rc = store_mail_add(c->store, &row, &ap->mail_id, err);
	str_done(&buf);
	*id = ap->mail_id;
	return rc;
}

int
apply_own_mail(struct apply *ap, struct span data, const char *subject,
    int64_t *id, struct err *err)
{
	struct core *c = ap->core;
	char name[SPOOL_NAME_MAX];
	struct mail_row row = { .file = name, .state = MAIL_QUEUED,
		.list = ap->snap->list->name, .sender = "", .from = "",
		.message_id = "", .subject = subject,
		.size = (int64_t)data.n, .received_at = ev_now(c->ev) };

	if (spool_write(c->spool, data, name, err) < 0)
		return -1;
	core_made(c, name);
	return store_mail_add(c->store, &row, id, err);
}

/* --- first pass --- */

static int
hold(struct apply *ap, const struct action *act, struct err *err)
{
	struct core *c = ap->core;
	struct held h = { .list = ap->snap->list->name,
		.sender = ap->digest->n_from > 0 ? ap->digest->from[0].addr :
		    ap->snap->envelope_from,
		.subject = ap->digest->subject,
		.message_id = ap->digest->message_id, .reason = act->text,
		.content = ap->digest->sha256, .state = HELD_WAITING,
		.decided_by = "", .held_at = ev_now(c->ev) };

	if (apply_keep_mail(ap, MAIL_HELD, &h.mail_id, err) < 0)
		return -1;
	if (store_held_add(c->store, &h, &ap->held_id, err) < 0)
		return -1;
	return audit(ap, "", "hold", arena_printf(ap->arena, "held %lld",
	    (long long)ap->held_id), act->text, err);
}

static int
save_member(struct apply *ap, const struct action *act, struct err *err)
{
	struct member m = act->member;
	bool is_new = m.id == 0;

	if (m.token[0] == '\0')
		m.token = ident_member_token(ap->core, ap->arena, m.list,
		    m.key);
	if (m.since_at == 0)
		m.since_at = ev_now(ap->core->ev);
	if (store_member_save(ap->core->store, &m, &ap->member_id, err) < 0)
		return -1;
	return audit(ap, act->who, is_new ? "member-add" : "member-change",
	    arena_printf(ap->arena, "member %lld", (long long)ap->member_id),
	    member_state_name(m.state), err);
}

/* Number of the revision that follows the announced one and any draft. */
static uint32_t
next_rev(const struct meeting *m)
{
	uint32_t rev = m->current != NULL ? m->current->rev : 0;

	if (m->draft != NULL && m->draft->rev > rev)
		rev = m->draft->rev;
	return rev + 1;
}

static int
draft(struct apply *ap, const struct action *act, struct err *err)
{
	struct core *c = ap->core;
	struct meeting_rev rev = act->rev;
	struct meeting m = { 0 };
	uint8_t salt[8];

	if (rev.key[0] == '\0') {
		if (store_meeting_add(c->store, ap->snap->list->name, &m.id,
		    err) < 0)
			return -1;
		crypt_random(salt, sizeof(salt));
		rev.key = arena_printf(ap->arena, "m%lld", (long long)m.id);
		rev.uid = arena_printf(ap->arena, "%s-%s@%s", rev.key,
		    crypt_hex(ap->arena, salt, sizeof(salt)),
		    ap->snap->list->domain);
		rev.created_at = ev_now(c->ev);
	} else if (store_meeting_by_key(c->store, ap->arena, rev.key, &m,
	    err) < 0) {
		return -1;
	}
	rev.rev = next_rev(&m);
	rev.list = ap->snap->list->name;
	rev.revised_at = ev_now(c->ev);
	if (store_meeting_draft(c->store, m.id, &rev, err) < 0)
		return -1;
	ap->draft = arena_printf(ap->arena, "%s/%u", rev.key, rev.rev);
	ap->draft_hash = meet_content(ap->arena, &rev);
	return audit(ap, act->who, "meeting-draft", ap->draft, rev.title, err);
}

/* --- second pass --- */

static int
distribute(struct apply *ap, const struct action *act, struct err *err)
{
	struct core *c = ap->core;
	const struct held *h = ap->snap->held;
	struct mail_row row;
	struct digest d;
	struct dec dec;
	int64_t id;

	if (strcmp(act->object, "held") != 0 || h == NULL) {
		if (apply_keep_mail(ap, MAIL_ACCEPTED, &id, err) < 0)
			return -1;
		return post_distribute(ap, id, ap->digest, err);
	}
	if (store_mail_get(c->store, ap->arena, h->mail_id, &row, err) < 0)
		return -1;
	dec_init(&dec, ap->arena, row.digest);
	wire_get_digest(&dec, &d);
	if (!dec_end(&dec))
		return err_set(err, ERR_PERM,
		    "held mail %lld was not readable: it can be discarded "
		    "or sent on by hand", (long long)h->id);
	return post_distribute(ap, h->mail_id, &d, err);
}

static int
decide_held(struct apply *ap, const struct action *act, struct err *err)
{
	struct core *c = ap->core;
	struct held h;

	if (store_held_get(c->store, ap->arena, act->held_id, &h, err) < 0 ||
	    store_held_decide(c->store, act->held_id, act->held_state,
	    act->who, ev_now(c->ev), err) < 0)
		return -1;
	if (act->held_state != HELD_APPROVED &&
	    store_mail_move(c->store, h.mail_id, MAIL_DONE, err) < 0)
		return -1;
	return audit(ap, act->who, "held-decide", arena_printf(ap->arena,
	    "held %lld", (long long)act->held_id),
	    held_state_name(act->held_state), err);
}

static int
release(struct apply *ap, const struct action *act, struct err *err)
{
	int64_t id = act->meeting_id;
	struct meeting m;

	if (id == 0 && ap->draft != NULL) {
		struct span key = span_of(ap->draft);

		if (store_meeting_by_key(ap->core->store, ap->arena,
		    arena_strndup(ap->arena, key.p, span_find(key, '/')),
		    &m, err) < 0)
			return -1;
		id = m.id;
	}
	return invite_release(ap, id, act->major, err);
}

static int
forward(struct apply *ap, struct err *err)
{
	int64_t id;

	if (ap->snap->n_moderators == 0) {
		ap->reject = "5.2.1 Nobody reads this address yet";
		return 0;
	}
	if (apply_keep_mail(ap, MAIL_ACCEPTED, &id, err) < 0)
		return -1;
	return post_forward(ap, id, ap->digest, ap->snap->moderators,
	    ap->snap->n_moderators, err);
}

static int
put_answer(struct apply *ap, const struct action *act, struct err *err)
{
	if (store_answer_put(ap->core->store, &act->answer, err) < 0)
		return -1;
	log_event(LOG_INFO_, "answer", "meeting", LOGN(act->answer.meeting_id),
	    "member", LOGN(act->answer.member_id), "partstat",
	    act->answer.partstat, NULL);
	return 0;
}

static int
bounce(struct apply *ap, const struct action *act, struct err *err)
{
	return store_failure_add(ap->core->store, 0, act->member_id, "", 0,
	    act->text, ev_now(ap->core->ev), err);
}

static int
end_member(struct apply *ap, const struct action *act, struct err *err)
{
	if (store_member_state(ap->core->store, act->member_id, MEMBER_GONE,
	    ev_now(ap->core->ev), err) < 0)
		return -1;
	return audit(ap, act->who, "member-end", arena_printf(ap->arena,
	    "member %lld", (long long)act->member_id), act->text, err);
}

static int
apply_one(struct apply *ap, const struct action *act, struct err *err)
{
	struct core *c = ap->core;

	switch (act->kind) {
	case ACT_IGNORE:
		log_event(LOG_INFO_, "ignored", "file", ap->file, "reason",
		    act->text, NULL);
		return 0;
	case ACT_REJECT:
		ap->reject = act->text;
		return 0;
	case ACT_DISTRIBUTE:
		return distribute(ap, act, err);
	case ACT_FORWARD:
		return forward(ap, err);
	case ACT_NOTICE:
		return notice_send(ap, &act->notice, err);
	case ACT_TOKEN_USED:
		return store_token_use(c->store, act->token_id,
		    ev_now(c->ev), act->who, act->text, err);
	case ACT_MEMBER_END:
		return end_member(ap, act, err);
	case ACT_HELD_DECIDE:
		return decide_held(ap, act, err);
	case ACT_MEETING_RELEASE:
		return release(ap, act, err);
	case ACT_MEETING_DROP:
		return store_meeting_drop_draft(c->store, act->meeting_id,
		    err);
	case ACT_ANSWER:
		return put_answer(ap, act, err);
	case ACT_BOUNCE:
		return bounce(ap, act, err);
	case ACT_AUDIT:
		return audit(ap, act->who, act->text, act->object, "", err);
	case ACT_HOLD:
	case ACT_MEMBER_SAVE:
	case ACT_MEETING_DRAFT:
		return 0;	/* done in the first pass */
	}
	return err_set(err, ERR_PERM, "unknown action %d", (int)act->kind);
}

static int
apply_first(struct apply *ap, const struct action *act, struct err *err)
{
	if (act->kind == ACT_HOLD)
		return hold(ap, act, err);
	if (act->kind == ACT_MEMBER_SAVE)
		return save_member(ap, act, err);
	if (act->kind == ACT_MEETING_DRAFT)
		return draft(ap, act, err);
	return 0;
}

int
apply_actions(struct apply *ap, const struct actions *actions,
    struct err *err)
{
	ap->held_id = ap->member_id = 0;
	ap->draft = ap->draft_hash = NULL;
	for (size_t i = 0; i < actions->n; i++)
		if (apply_first(ap, &actions->items[i], err) < 0)
			return -1;
	for (size_t i = 0; i < actions->n; i++)
		if (apply_one(ap, &actions->items[i], err) < 0)
			return -1;
	return 0;
}
