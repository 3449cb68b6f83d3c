/* SPDX-License-Identifier: ISC */
/*
 * Members come and go. Owns what a good confirmation and the secretariat's
 * answer lead to. Invariant: nobody becomes active but by right within the
 * quota, or by the secretariat, and always after an answer from the address.
 */
#include "list/membership.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>
#include "base/arena.h"
#include "base/err.h"
#include "list/list.h"
#include "list/note.h"
#include "list/seat.h"
#include "list/token.h"
#include "mail/address.h"

#define NAME_LEN 100

static void
save(const struct list_case *c, const struct member *m, const char *who)
{
	struct action *act = action_add(c->out, ACT_MEMBER_SAVE);

	act->member = *m;
	act->who = who;
}

static void
end(const struct list_case *c, const struct member *m, const char *who,
    const char *how)
{
	struct action *act = action_add(c->out, ACT_MEMBER_END);

	act->member_id = m->id;
	act->who = who;
	act->text = how;
}

void
list_membership_end(const struct list_case *c, const struct member *m,
    const char *who, const char *how)
{
	struct list_note *n;

	end(c, m, who, how);
	n = list_note_member(c, "goodbye", m);
	list_note_var(n, "address", m->addr);
}

void
list_membership_already(const struct list_case *c, const struct member *m)
{
	struct list_note *n = list_note_member(c, "already-member", m);

	list_note_var(n, "address", m->addr);
	list_note_var(n, "seat", list_seat_of(c->out->arena, c->s->list, m));
}

void
list_membership_choose(const struct list_case *c, const char *addr,
    const char *problem)
{
	struct arena *a = c->out->arena;
	struct list_note *n = list_note_new(c, "subscribe-choose", addr);

	list_note_var(n, "problem", arena_strdup(a, problem));
	list_note_var(n, "choices", list_seat_choices(a, c->s->list));
	n->notice->reply_verb = ROUTE_SUBSCRIBE;
}

/* ---- a confirmed request ---- */

/* Why a confirmed request still has to wait, or "". */
static const char *
waits_because(const struct list_case *c, const struct list_seat *seat)
{
	switch (list_seat_admission(c->s->list, seat)) {
	case ADMIT_BY_INVITATION:
		return "members of this category come by invitation";
	case ADMIT_BY_SECRETARIAT:
		return "the secretariat admits members of this category";
	case ADMIT_BY_RIGHT:
		break;
	}
	if (seat->category != NULL && seat->category->quota > 0 &&
	    seat->body != NULL && c->s->body_seats >= seat->category->quota)
		return arena_printf(c->out->arena, "all %" PRIu32 " seats of "
		    "%s are taken", seat->category->quota, seat->body->name);
	return "";
}

static const struct member *
known_member(const struct list_case *c)
{
	const struct member *m = c->s->token_member;

	if (m == NULL)
		m = c->s->sender;
	if (m == NULL || m->state == MEMBER_GONE ||
	    strcasecmp(m->key, c->s->token->actor) != 0)
		return NULL;
	return m;
}

/* The display name of the confirming mail will do if none was asked for. */
static const char *
member_name(const struct list_case *c, const struct list_request *r)
{
	const struct mailbox *from = list_case_from(c);

	if (r->name[0] != '\0')
		return list_note_line(c->out->arena, r->name, NAME_LEN);
	if (from == NULL || strcasecmp(from->key, c->s->token->actor) != 0)
		return "";
	return list_note_line(c->out->arena, from->name, NAME_LEN);
}

static void
make_member(const struct list_case *c, const struct list_request *r,
    const struct list_seat *seat, struct member *m)
{
	const struct member *old = known_member(c);
	struct arena *a = c->out->arena;

	if (old != NULL) {
		*m = *old;
	} else {
		memset(m, 0, sizeof(*m));
		m->list = c->s->list->name;
		m->key = c->s->token->actor;
		m->addr = strcasecmp(address_key(a, r->addr), m->key) == 0 ?
		    r->addr : m->key;
		m->lang = m->zone = m->token = "";
		m->mail_on = true;
		m->since_at = c->s->now;
	}
	m->name = member_name(c, r);
	m->n_seats = seat->category != NULL ? 1 : 0;
	m->seats = arena_alloc(a, sizeof(*m->seats));
	m->seats->category = seat->category != NULL ?
	    seat->category->name : "";
	m->seats->body = seat->body != NULL ? seat->body->name : "";
	m->seats->role = "representative";
	m->seats->evidence = c->d->message_id;
	m->seats->since_at = c->s->now;
}

static void
ask_moderators(const struct list_case *c, const struct member *m,
    const char *reason)
{
	static const struct { const char *var; enum route_verb verb; } ways[] =
	    { { "ok_address", ROUTE_OK }, { "no_address", ROUTE_NO },
	    { "moderate_address", ROUTE_MODERATE } };
	const struct list_settings *l = c->s->list;
	struct arena *a = c->out->arena;
	const char *content = list_seat_content(a, m);

	for (size_t i = 0; i < list_note_moderators(c); i++) {
		struct list_note *n = list_note_moderator(c,
		    "admit-moderator", i);

		list_note_var(n, "name", m->name);
		list_note_var(n, "address", m->addr);
		list_note_var(n, "seat", list_seat_of(a, l, m));
		list_note_var(n, "reason", reason);
		list_note_var(n, "expires", list_note_time(a, c->s->now +
		    l->held_ttl_s));
		for (size_t k = 0; k < 3; k++)
			list_note_token(n, &(struct token_request){
			    ways[k].var, ways[k].verb, TOKEN_ADMIT,
			    m->id == 0 ? "" : arena_printf(a, "%" PRId64,
			    m->id), content, l->held_ttl_s });
		n->notice->reply_var = "moderate_address";
	}
}

static void
welcome(const struct list_case *c, const struct member *m)
{
	struct list_note *n = list_note_member(c, "welcome", m);

	list_note_var(n, "address", m->addr);
	list_note_var(n, "seat", list_seat_of(c->out->arena, c->s->list, m));
}

void
list_membership_add(const struct list_case *c, const struct member *m,
    const char *who, bool is_new)
{
	save(c, m, who);
	if (is_new)
		welcome(c, m);
}

static void
wait(const struct list_case *c, const struct member *m, const char *reason)
{
	struct list_note *n = list_note_member(c, "waiting", m);

	list_note_var(n, "address", m->addr);
	list_note_var(n, "seat", list_seat_of(c->out->arena, c->s->list, m));
	list_note_var(n, "reason", reason);
	ask_moderators(c, m, reason);
}

/* The secretariat sees every new seat, since a category by right is taken on
 * the word of the person alone. */
static void
tell_joined(const struct list_case *c, const struct member *m)
{
	for (size_t i = 0; i < list_note_moderators(c); i++) {
		struct list_note *n = list_note_moderator(c, "joined", i);

		list_note_var(n, "name", m->name);
		list_note_var(n, "address", m->addr);
		list_note_var(n, "seat", list_seat_of(c->out->arena,
		    c->s->list, m));
	}
}

static void
join(const struct list_case *c)
{
	const struct member *known = known_member(c);
	const char *actor = c->s->token->actor, *reason;
	struct list_request request;
	struct list_seat seat;
	struct member m;
	struct err err;

	list_seat_unpack(c->out->arena, c->s->token->object, &request);
	if (known != NULL && known->state == MEMBER_ACTIVE) {
		list_case_token_used(c, actor, "already a member");
		list_membership_already(c, known);
		return;
	}
	if (list_seat_find(c->s->list, request.category, request.body, &seat,
	    &err) != 0) {
		list_case_token_used(c, actor, "the seat does not exist");
		list_membership_choose(c, actor, err.text);
		return;
	}
	reason = waits_because(c, &seat);
	make_member(c, &request, &seat, &m);
	m.state = reason[0] == '\0' ? MEMBER_ACTIVE : MEMBER_PENDING;
	list_case_token_used(c, actor, reason[0] == '\0' ? "subscribed" :
	    "waiting for the secretariat");
	save(c, &m, actor);
	if (reason[0] != '\0') {
		wait(c, &m, reason);
		return;
	}
	welcome(c, &m);
	tell_joined(c, &m);
}

static void
leave(const struct list_case *c)
{
	const struct member *m = c->s->token_member;
	const char *actor = c->s->token->actor;

	if (m == NULL || m->state == MEMBER_GONE) {
		list_case_token_used(c, actor, "not a member any more");
		list_token_tell_used(c, actor, "not a member any more", "",
		    c->s->now);
		return;
	}
	list_case_token_used(c, actor, "unsubscribed");
	list_membership_end(c, m, actor, "left");
}

/* "No, I did not ask for this" must not confirm anything. */
static bool
is_declined(const struct list_case *c)
{
	struct list_text t;
	struct span line;

	list_text_begin(&t, c->d->text);
	return list_text_next(&t, &line) &&
	    list_text_decision(line) == LIST_WORD_NO;
}

void
list_membership_confirm(const struct list_case *c)
{
	const char *actor;
	struct list_note *n;

	if (!list_token_is_good(c, LIST_TOKEN_BIT(TOKEN_SUBSCRIBE) |
	    LIST_TOKEN_BIT(TOKEN_UNSUBSCRIBE)))
		return;
	actor = c->s->token->actor;
	if (is_declined(c)) {
		list_case_token_used(c, actor, "declined");
		n = list_note_new(c, "declined", actor);
		list_note_var(n, "about", list_token_about(c));
	} else if (c->s->token->purpose == TOKEN_SUBSCRIBE) {
		join(c);
	} else {
		leave(c);
	}
}

/* ---- the secretariat's answer ---- */

static void
tell_decided(const struct list_case *c, const struct member *m,
    const char *decision)
{
	for (size_t i = 0; i < list_note_moderators(c); i++) {
		struct list_note *n = list_note_moderator(c, "admit-decided",
		    i);

		list_note_var(n, "name", m->name);
		list_note_var(n, "address", m->addr);
		list_note_var(n, "seat", list_seat_of(c->out->arena,
		    c->s->list, m));
		list_note_var(n, "decision", decision);
		list_note_var(n, "who", c->s->token->actor);
	}
}

static void
admit(const struct list_case *c, const struct member *old)
{
	struct member m = *old;

	m.state = MEMBER_ACTIVE;
	m.since_at = c->s->now;
	m.seats = arena_array(c->out->arena, m.n_seats + 1, sizeof(*m.seats));
	for (size_t i = 0; i < m.n_seats; i++) {
		m.seats[i] = old->seats[i];
		m.seats[i].evidence = c->d->message_id;
		m.seats[i].since_at = c->s->now;
	}
	save(c, &m, c->s->token->actor);
	welcome(c, &m);
}

static void
refuse(const struct list_case *c, const struct member *m, const char *reason,
    bool tell)
{
	struct list_note *n;

	end(c, m, c->s->token->actor, tell ? "refused" : "discarded");
	if (!tell)
		return;
	n = list_note_member(c, "admit-refused", m);
	list_note_var(n, "address", m->addr);
	list_note_var(n, "seat", list_seat_of(c->out->arena, c->s->list, m));
	list_note_var(n, "reason", reason);
}

void
list_membership_admit(const struct list_case *c, enum list_word decision,
    const char *reason)
{
	const struct member *m = c->s->token_member;
	const char *actor = c->s->token->actor, *outcome = "admitted";

	if (m == NULL || m->state != MEMBER_PENDING) {
		list_token_tell_used(c, actor, m != NULL &&
		    m->state == MEMBER_ACTIVE ? "admitted" : "withdrawn or "
		    "refused", "", 0);
		return;
	}
	if (strcmp(list_seat_content(c->out->arena, m),
	    c->s->token->content) != 0) {
		list_token_tell_changed(c);
		return;
	}
	if (decision != LIST_WORD_OK)
		outcome = decision == LIST_WORD_NO ? "refused" : "discarded";
	list_case_token_used(c, actor, outcome);
	if (decision == LIST_WORD_OK)
		admit(c, m);
	else
		refuse(c, m, reason, decision == LIST_WORD_NO);
	tell_decided(c, m, outcome);
}
