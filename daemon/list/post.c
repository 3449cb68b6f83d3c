/* SPDX-License-Identifier: ISC */
/*
 * Posts: the policy of the posting address. Owns the order of the checks and
 * the reasons for holding. Invariant: a mail of a person is never dropped
 * without telling somebody; mail of machines never makes jcad write to them.
 */
#include "list/post.h"

#include <strings.h>
#include "base/arena.h"
#include "list/commands.h"
#include "list/list.h"
#include "list/loop.h"
#include "list/misplaced.h"
#include "list/note.h"
#include "list/proof.h"
#include "list/text.h"

#define SHOWN_MAX 200

/* ---- reasons for holding ---- */

struct reasons {
	struct arena *arena;
	const char *text;	/* one a line */
};

static void
add_reason(struct reasons *r, const char *reason)
{
	r->text = arena_printf(r->arena, "%s%s%s", r->text,
	    r->text[0] != '\0' ? "\n" : "", reason);
}

/* As shown in a mail: each reason with a dash. */
static const char *
bulleted(const struct reasons *r)
{
	struct span rest = span_of(r->text);
	const char *out = "";

	while (rest.n > 0) {
		struct span line = span_line(&rest);

		out = arena_printf(r->arena, "%s%s  - %.*s", out,
		    out[0] != '\0' ? "\n" : "", (int)line.n, line.p);
	}
	return out;
}

static void
why_automatic(const struct list_case *c, struct reasons *r)
{
	const struct digest *d = c->d;
	struct arena *a = r->arena;

	if (d->list_id[0] != '\0')
		add_reason(r, arena_printf(a, "it comes from another list "
		    "(%s)", list_note_line(a, d->list_id, SHOWN_MAX)));
	else if (d->auto_submitted[0] != '\0' &&
	    strcasecmp(d->auto_submitted, "no") != 0)
		add_reason(r, arena_printf(a, "it is automatic mail "
		    "(Auto-Submitted: %s)", list_text_quote(a,
		    span_of(d->auto_submitted))));
	else if (list_is_automatic(d, c->s))
		add_reason(r, "it looks like automatic mail");
}

static void
why_calendar(const struct list_case *c, struct reasons *r)
{
	for (size_t i = 0; i < c->d->n_itips; i++) {
		const struct itip *it = &c->d->itips[i];

		if (strcasecmp(it->method, "REQUEST") != 0 &&
		    strcasecmp(it->method, "CANCEL") != 0 &&
		    strcasecmp(it->method, "ADD") != 0)
			continue;
		add_reason(r, arena_printf(r->arena, "it holds a calendar "
		    "message (METHOD:%s)", it->method));
		return;
	}
}

/* A role gives the right to post only to the person, and From alone is not
 * the person where our border could have proved it. */
static bool
is_trusted_role(const struct list_case *c, const struct member *m)
{
	return member_may_announce(m) &&
	    (c->s->settings->authserv_id[0] == '\0' ||
	    list_is_proven(c->out->arena, c->d));
}

/* The most that any of the member's seats allows. */
static enum posting
best_posting(const struct list_case *c, const struct member *m)
{
	enum posting best = POSTING_NONE;
	bool seated = false;

	if (c->s->list->n_categories == 0 || is_trusted_role(c, m))
		return POSTING_POST;
	for (size_t i = 0; i < m->n_seats; i++) {
		const struct category *cat = settings_category(c->s->list,
		    m->seats[i].category);

		if (cat == NULL || (m->seats[i].until_at != 0 &&
		    m->seats[i].until_at <= c->s->now))
			continue;
		seated = true;
		if (cat->posting < best)
			best = cat->posting;
	}
	return seated ? best : POSTING_MODERATED;
}

static void
why_sender(const struct list_case *c, struct reasons *r)
{
	const struct member *m = list_case_member(c);

	if (c->d->n_from == 0)
		add_reason(r, "it has no From address");
	else if (c->d->n_from > 1)
		add_reason(r, "it has more than one From address");
	else if (c->s->sender == NULL)
		add_reason(r, "the sender is not a member");
	else if (m == NULL)
		add_reason(r, "the sender's membership still waits for the "
		    "secretariat");
	else if (best_posting(c, m) != POSTING_POST)
		add_reason(r, "mails of this member are moderated");
	if (list_proof_is_forged(r->arena, c->d))
		add_reason(r, "the From address may be forged (DMARC failed)");
}

/* ---- notices of a held mail ---- */

static void
tell_author(const struct list_case *c, const char *reasons, bool calendar)
{
	struct arena *a = c->out->arena;
	const struct list_settings *l = c->s->list;
	bool known = c->s->sender != NULL || list_is_proven(a, c->d);
	struct list_note *n;

	if (list_case_silence(c) != NULL || list_case_is_flooded(c))
		return;
	n = list_note_new(c, "held-author", list_case_address(c));
	/* A forged From must not make us carry the forger's text. */
	list_note_var(n, "subject", known ? list_note_line(a, c->d->subject,
	    SHOWN_MAX) : "");
	list_note_var(n, "reason", reasons);
	list_note_var(n, "calendar", calendar ? "yes" : "");
	list_note_var(n, "expires", list_note_time(a, c->s->now +
	    l->held_ttl_s));
	list_note_token(n, &(struct token_request){ "cancel_address",
	    ROUTE_DROP, TOKEN_HELD_CANCEL, "", c->s->mail_file_sha256,
	    l->held_ttl_s });
}

static const char *
proof_text(const struct list_case *c)
{
	if (list_is_proven(c->out->arena, c->d))
		return "proved (DKIM or DMARC)";
	return list_proof_is_forged(c->out->arena, c->d) ?
	    "DMARC failed: it may be forged" : "not proved";
}

static void
ask_moderator(const struct list_case *c, const char *reasons, size_t i)
{
	static const struct {
		const char *var;
		enum route_verb verb;
		enum token_purpose purpose;
	} ways[] = { { "ok_address", ROUTE_OK, TOKEN_HELD_OK },
		{ "no_address", ROUTE_NO, TOKEN_HELD_NO },
		{ "drop_address", ROUTE_DROP, TOKEN_HELD_DROP },
		{ "moderate_address", ROUTE_MODERATE, TOKEN_HELD_MODERATE } };
	const struct list_settings *l = c->s->list;
	const struct mailbox *from = list_case_from(c);
	struct arena *a = c->out->arena;
	struct list_note *n = list_note_moderator(c, "held-moderator", i);

	list_note_var(n, "sender", from == NULL ? "(none)" :
	    list_note_line(a, from->addr, SHOWN_MAX));
	list_note_var(n, "name", from == NULL ? "" :
	    list_note_line(a, from->name, SHOWN_MAX));
	list_note_var(n, "subject", list_note_line(a, c->d->subject,
	    SHOWN_MAX));
	list_note_var(n, "size", list_note_size(a, c->d->size));
	list_note_var(n, "proof", proof_text(c));
	list_note_var(n, "reason", reasons);
	list_note_var(n, "expires", list_note_time(a, c->s->now +
	    l->held_ttl_s));
	for (size_t k = 0; k < sizeof(ways) / sizeof(ways[0]); k++)
		list_note_token(n, &(struct token_request){ ways[k].var,
		    ways[k].verb, ways[k].purpose, "",
		    c->s->mail_file_sha256, l->held_ttl_s });
	n->notice->reply_var = "moderate_address";
	n->notice->attach_mail = true;
}

static void
hold(const struct list_case *c, struct reasons *r)
{
	const char *for_author = bulleted(r), *for_moderators;
	bool calendar = c->d->n_itips > 0;

	if (c->d->note[0] != '\0')
		add_reason(r, list_note_line(r->arena, c->d->note, SHOWN_MAX));
	for_moderators = bulleted(r);
	action_add(c->out, ACT_HOLD)->text = r->text;
	tell_author(c, for_author, calendar);
	for (size_t i = 0; i < list_note_moderators(c); i++)
		ask_moderator(c, for_moderators, i);
}

/* ---- what is no post at all ---- */

static bool
is_answer(const struct digest *d)
{
	static const char *const methods[] = { "REPLY", "COUNTER", "REFRESH",
		"DECLINECOUNTER" };

	for (size_t i = 0; i < d->n_itips; i++)
		for (size_t k = 0; k < 4; k++)
			if (strcasecmp(d->itips[i].method, methods[k]) == 0)
				return true;
	return false;
}

static void
consume_answer(const struct list_case *c)
{
	list_case_ignore(c, "a calendar answer to the posting address");
	if (list_case_member(c) != NULL && list_case_silence(c) == NULL &&
	    !list_case_is_flooded(c))
		(void)list_note_member(c, "answer-elsewhere", c->s->sender);
}

/* A member who wants to leave is asked at once; everybody else is told the
 * right address. */
static void
answer_misplaced(const struct list_case *c, const struct list_command *cmd)
{
	const char *silence = list_case_silence(c);
	struct list_run r = { c, "", true, false, false };
	struct list_line line = { cmd, cmd->name, "", "", "", "", "" };
	struct list_note *n;

	if (silence == NULL && list_case_is_flooded(c))
		silence = "a command, and too many mails to this address "
		    "today";
	if (silence != NULL) {
		list_case_ignore(c, silence);
		return;
	}
	if (cmd == &list_cmd_unsubscribe && c->s->sender != NULL) {
		cmd->run(&r, &line);
		return;
	}
	n = list_note_new(c, "administrivia", list_case_address(c));
	list_note_var(n, "command", cmd->name);
}

static bool
is_too_large(const struct list_case *c)
{
	int64_t max = c->s->list->max_size;
	struct arena *a = c->out->arena;

	if (max <= 0 || c->d->size <= max)
		return false;
	list_case_reject(c, arena_printf(a, "5.3.4 This mail has %s; list %s "
	    "takes at most %s. Please send a link instead of the file.",
	    list_note_size(a, c->d->size), c->s->list->name,
	    list_note_size(a, max)));
	return true;
}

static bool
is_reader_only(const struct list_case *c)
{
	const struct member *m = list_case_member(c);
	struct arena *a = c->out->arena;

	if (m == NULL || best_posting(c, m) != POSTING_NONE)
		return false;
	list_case_reject(c, arena_printf(a, "5.7.1 Your category of members "
	    "reads list %s but does not post to it. Please write to %s.",
	    c->s->list->name, route_format(a, c->s->list, ROUTE_OWNER, "")));
	return true;
}

void
list_post(const struct list_case *c)
{
	struct reasons r = { c->out->arena, "" };
	const char *loop = list_loop_reason(r.arena, c->d, c->s);
	const struct list_command *command;

	if (loop != NULL) {
		list_case_ignore(c, loop);
	} else if (list_loop_is_reply(c->d, c->s)) {
		list_case_ignore(c, "a bounce or automatic reply to the "
		    "posting address");
	} else if (is_answer(c->d)) {
		consume_answer(c);
	} else if (is_too_large(c)) {
		return;
	} else if ((command = list_misplaced(r.arena, c->d, c->s->list)) !=
	    NULL) {
		answer_misplaced(c, command);
	} else if (!is_reader_only(c)) {
		why_sender(c, &r);
		why_automatic(c, &r);
		why_calendar(c, &r);
		if (r.text[0] == '\0')
			(void)action_add(c->out, ACT_DISTRIBUTE);
		else
			hold(c, &r);
	}
}
