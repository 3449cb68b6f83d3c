/* SPDX-License-Identifier: ISC */
/*
 * Moderation: a token and a word decide what is held. Owns who may decide,
 * by which words, and who is told. Invariant: a decision is for the very
 * bytes that the moderator has seen, by the address that was asked, once.
 */
#include "list/held.h"

#include <string.h>
#include "base/arena.h"
#include "base/err.h"
#include "list/list.h"
#include "list/membership.h"
#include "list/note.h"
#include "list/text.h"
#include "list/token.h"

#define REASON_MAX 1000
#define SUBJECT_MAX 200

/* ---- what follows from a decision, whoever made it ---- */

static void
add_item(const struct list_case *c, struct list_note *n, const struct held *h)
{
	struct arena *a = c->out->arena;

	list_note_var(n, "sender", list_note_line(a, h->sender, SUBJECT_MAX));
	list_note_var(n, "subject", list_note_line(a, h->subject,
	    SUBJECT_MAX));
}

static void
tell_author(const struct list_case *c, const struct held *h,
    enum held_state decision, const char *reason)
{
	const char *template = NULL;
	struct list_note *n;

	if (decision == HELD_REJECTED)
		template = "held-rejected";
	else if (decision == HELD_EXPIRED)
		template = "held-expired";
	else if (decision == HELD_WITHDRAWN)
		template = "held-withdrawn";
	if (template == NULL || !list_case_is_writable(c, h->sender))
		return;
	n = list_note_new(c, template, h->sender);
	n->notice->in_reply_to = h->message_id;
	add_item(c, n, h);
	if (decision == HELD_REJECTED)
		list_note_var(n, "reason", reason);
}

static void
tell_moderators(const struct list_case *c, const struct held *h,
    enum held_state decision, const char *who)
{
	for (size_t i = 0; i < list_note_moderators(c); i++) {
		struct list_note *n = list_note_moderator(c, "held-decided",
		    i);

		add_item(c, n, h);
		list_note_var(n, "decision", held_state_name(decision));
		list_note_var(n, "who", who);
	}
}

static int
check(const struct held *h, enum held_state decision, struct err *err)
{
	if (h->state != HELD_WAITING && h->state != HELD_QUARANTINED)
		return err_set(err, ERR_CONFLICT, "This mail was %s already"
		    "%s%s.", held_state_name(h->state),
		    h->decided_by[0] != '\0' ? " by " : "", h->decided_by);
	if (decision == HELD_APPROVED && h->state == HELD_QUARANTINED)
		return err_set(err, ERR_PERM, "This mail is in quarantine "
		    "because it could not be read safely. It can be rejected "
		    "or discarded, but not sent to the list.");
	if (decision == HELD_WAITING || decision == HELD_QUARANTINED)
		return err_set(err, ERR_BADINPUT, "\"%s\" is no decision.",
		    held_state_name(decision));
	return 0;
}

/* The decision itself; h was checked. */
static void
decide(const struct list_case *c, const struct held *h,
    enum held_state decision, const char *who, const char *reason)
{
	struct action *act = action_add(c->out, ACT_HELD_DECIDE);

	act->held_id = h->id;
	act->held_state = decision;
	act->who = who;
	act->text = reason;
	if (decision == HELD_APPROVED) {
		act = action_add(c->out, ACT_DISTRIBUTE);
		act->object = "held";
		act->held_id = h->id;
		act->who = who;
	}
	tell_author(c, h, decision, reason);
	if (decision != HELD_EXPIRED)
		tell_moderators(c, h, decision, who);
}

int
list_held_decide(const struct snapshot *s, enum held_state decision,
    const char *who, const char *reason, struct actions *out, struct err *err)
{
	struct list_case c = { NULL, s, out };

	if (check(s->held, decision, err) != 0)
		return -1;
	decide(&c, s->held, decision, who, reason);
	return 0;
}

/* ---- decisions by mail ---- */

static unsigned int
purposes(enum route_verb verb)
{
	if (verb == ROUTE_OK)
		return LIST_TOKEN_BIT(TOKEN_HELD_OK) |
		    LIST_TOKEN_BIT(TOKEN_ADMIT);
	if (verb == ROUTE_NO)
		return LIST_TOKEN_BIT(TOKEN_HELD_NO) |
		    LIST_TOKEN_BIT(TOKEN_ADMIT);
	if (verb == ROUTE_DROP)
		return LIST_TOKEN_BIT(TOKEN_HELD_DROP) |
		    LIST_TOKEN_BIT(TOKEN_HELD_CANCEL);
	return LIST_TOKEN_BIT(TOKEN_HELD_MODERATE) |
	    LIST_TOKEN_BIT(TOKEN_ADMIT);
}

/* What the address says, if the typed word does not say the contrary; what
 * the word says for -moderate. LIST_WORD_NONE: ask again. */
static enum list_word
decision_of(enum route_verb verb, enum list_word typed)
{
	if (verb == ROUTE_OK)
		return typed == LIST_WORD_NONE || typed == LIST_WORD_OK ?
		    LIST_WORD_OK : LIST_WORD_NONE;
	if (verb == ROUTE_NO)
		return typed == LIST_WORD_OK ? LIST_WORD_NONE : LIST_WORD_NO;
	if (verb == ROUTE_DROP)
		return typed == LIST_WORD_OK ? LIST_WORD_NONE :
		    LIST_WORD_DROP;
	return typed;
}

/* The typed text without the word that decides. */
static const char *
reason_of(const struct list_case *c, enum list_word typed)
{
	struct arena *a = c->out->arena;
	const char *text = list_text_typed(a, c->d->text, REASON_MAX);

	if (typed != LIST_WORD_NONE)
		text += strcspn(text, " \t\n");
	return text + strspn(text, " \t\n,.:;-");
}

static void
ask_again(const struct list_case *c, const char *problem)
{
	struct list_note *n = list_note_new(c, "not-understood",
	    c->s->token->actor);

	list_note_var(n, "about", list_token_about(c));
	list_note_var(n, "problem", problem);
}

static void
decide_held(const struct list_case *c, enum held_state decision,
    const char *reason)
{
	const struct token *t = c->s->token;
	const struct held *h = c->s->held;
	struct err err;

	if (h == NULL) {
		list_token_tell_used(c, t->actor, "removed", "", 0);
		return;
	}
	if (h->state != HELD_WAITING && h->state != HELD_QUARANTINED) {
		list_token_tell_used(c, t->actor, held_state_name(h->state),
		    h->decided_by, h->decided_at);
		return;
	}
	if (strcmp(h->content, t->content) != 0) {
		list_token_tell_changed(c);
		return;
	}
	if (check(h, decision, &err) != 0) {
		ask_again(c, arena_strdup(c->out->arena, err.text));
		return;
	}
	list_case_token_used(c, t->actor, held_state_name(decision));
	decide(c, h, decision, t->actor, reason);
}

static enum held_state
held_state_of(enum list_word word)
{
	if (word == LIST_WORD_OK)
		return HELD_APPROVED;
	return word == LIST_WORD_NO ? HELD_REJECTED : HELD_DISCARDED;
}

/* The token is good and in the right hands. */
static void
moderate(const struct list_case *c)
{
	struct list_text t;
	struct span line;
	enum list_word typed = LIST_WORD_NONE, word;
	const char *reason;

	list_text_begin(&t, c->d->text);
	if (list_text_next(&t, &line))
		typed = list_text_decision(line);
	word = decision_of(c->s->route.verb, typed);
	if (word == LIST_WORD_NONE) {
		ask_again(c, "Your mail does not say clearly what to do. "
		    "Nothing was decided.");
		return;
	}
	reason = reason_of(c, typed);
	if (c->s->token->purpose == TOKEN_ADMIT)
		list_membership_admit(c, word, reason);
	else
		decide_held(c, held_state_of(word), reason);
}

void
list_held_moderate(const struct list_case *c)
{
	const char *silence = list_case_silence(c);

	if (silence != NULL) {
		list_case_ignore(c, silence);
		return;
	}
	if (!list_token_is_good(c, purposes(c->s->route.verb)))
		return;
	/* The author may take back from any address that has the token. */
	if (c->s->token->purpose == TOKEN_HELD_CANCEL)
		decide_held(c, HELD_WITHDRAWN, "");
	else if (list_token_is_holder(c))
		moderate(c);
}
