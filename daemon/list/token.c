/* SPDX-License-Identifier: ISC */
/*
 * Checks of a token and the texts for those that do not pass. Owns no
 * decision that a token stands for. Invariant: what was decided is told to
 * the address that the token was sent to, never to whoever holds it.
 */
#include "list/token.h"

#include <string.h>
#include <strings.h>
#include "base/arena.h"
#include "list/list.h"
#include "list/note.h"

#define SUBJECT_MAX 100

const char *
list_token_about(const struct list_case *c)
{
	const struct held *h = c->s->held;
	struct arena *a = c->out->arena;

	switch (c->s->token->purpose) {
	case TOKEN_SUBSCRIBE:
		return "your request to become a member";
	case TOKEN_UNSUBSCRIBE:
		return "your request to leave the list";
	case TOKEN_ADMIT:
		if (c->s->token_member != NULL)
			return arena_printf(a, "the request of %s to become a "
			    "member", c->s->token_member->addr);
		return "a request to become a member";
	case TOKEN_HELD_OK:
	case TOKEN_HELD_NO:
	case TOKEN_HELD_DROP:
	case TOKEN_HELD_MODERATE:
	case TOKEN_HELD_CANCEL:
		if (h != NULL)
			return arena_printf(a, "the held mail \"%s\" from %s",
			    list_note_line(a, h->subject, SUBJECT_MAX),
			    list_note_line(a, h->sender, SUBJECT_MAX));
		return "a held mail";
	case TOKEN_ANNOUNCE:
		break;
	}
	return "a meeting announcement";
}

/* What to do instead when a token is too old. */
static const char *
next_step(const struct list_case *c)
{
	const struct list_settings *l = c->s->list;
	struct arena *a = c->out->arena;

	if (c->s->token->purpose == TOKEN_SUBSCRIBE)
		return arena_printf(a, "To ask again, send an empty mail to "
		    "%s.", route_format(a, l, ROUTE_SUBSCRIBE, ""));
	if (c->s->token->purpose == TOKEN_UNSUBSCRIBE)
		return arena_printf(a, "To ask again, send an empty mail to "
		    "%s.", route_format(a, l, ROUTE_UNSUBSCRIBE, ""));
	return arena_printf(a, "If it still matters, write to %s.",
	    route_format(a, l, ROUTE_OWNER, ""));
}

static void
tell_wrong(const struct list_case *c)
{
	if (list_case_is_flooded(c))
		list_case_ignore(c, "unknown token, and too many mails to "
		    "this address today");
	else
		(void)list_note_new(c, "token-wrong", list_case_address(c));
}

void
list_token_tell_changed(const struct list_case *c)
{
	struct list_note *n = list_note_new(c, "token-changed",
	    c->s->token->actor);

	list_note_var(n, "about", list_token_about(c));
	list_case_audit(c, c->s->token->actor,
	    "ALARM: what the token is about has changed; refused",
	    c->s->token->object);
}

static void
tell_expired(const struct list_case *c)
{
	struct list_note *n = list_note_new(c, "token-expired",
	    c->s->token->actor);

	list_note_var(n, "about", list_token_about(c));
	list_note_var(n, "expired", list_note_time(c->out->arena,
	    c->s->token->expires_at));
	list_note_var(n, "next", next_step(c));
}

void
list_token_tell_used(const struct list_case *c, const char *addr,
    const char *outcome, const char *who, int64_t at)
{
	struct list_note *n = list_note_new(c, "token-used", addr);

	list_note_var(n, "about", list_token_about(c));
	list_note_var(n, "outcome", outcome);
	list_note_var(n, "who", who);
	list_note_var(n, "when", at == 0 ? "" :
	    list_note_time(c->out->arena, at));
}

bool
list_token_is_good(const struct list_case *c, unsigned int purposes)
{
	const struct token *t = c->s->token;

	if (t == NULL || !(purposes & LIST_TOKEN_BIT(t->purpose)) ||
	    strcasecmp(t->list, c->s->list->name) != 0) {
		tell_wrong(c);
		return false;
	}
	if (t->used_at != 0) {
		list_token_tell_used(c, t->actor, t->outcome, t->used_by,
		    t->used_at);
		return false;
	}
	if (c->s->now >= t->expires_at) {
		tell_expired(c);
		return false;
	}
	return true;
}

bool
list_token_is_holder(const struct list_case *c)
{
	const struct mailbox *from = list_case_from(c);
	struct list_note *n;

	if (from != NULL && strcasecmp(from->key, c->s->token->actor) == 0)
		return true;
	n = list_note_new(c, "token-other", c->s->token->actor);
	list_note_var(n, "about", list_token_about(c));
	list_note_var(n, "from", from == NULL ? "" :
	    list_note_line(c->out->arena, from->addr, SUBJECT_MAX));
	list_case_audit(c, from == NULL ? "" : from->addr,
	    "token of another address refused", c->s->token->actor);
	return false;
}
