/* SPDX-License-Identifier: ISC */
/*
 * Answers to invitations. The address that the mail came to tells whose
 * answer it is (facts: calendar 6.3). Invariant: only an ACTIVE member's own
 * address records anything, and older answers never replace newer ones.
 */
#include "meet/answer.h"

#include <string.h>
#include "base/arena.h"
#include "base/utf8.h"
#include "list/list.h"
#include "list/note.h"
#include "list/text.h"
#include "meet/answeritip.h"
#include "meet/invitation.h"
#include "meet/lines.h"
#include "model/settings.h"

#define COMMENT_MAX 500

bool
meet_answer_is_newer(const struct answer *old, const struct answer *new,
    uint32_t major_seq)
{
	if (new->sequence < major_seq)
		return false;
	if (old == NULL || old->sequence < major_seq)
		return true;
	/* Clocks of two sources cannot be compared, our own can. */
	if (strcmp(old->source, new->source) != 0)
		return new->received_at >= old->received_at;
	if (old->sequence != new->sequence)
		return new->sequence > old->sequence;
	return new->dtstamp_at >= old->dtstamp_at;
}

static const struct answer *
known_answer(const struct snapshot *s, int64_t meeting_id, int64_t recur_at)
{
	for (size_t i = 0; i < s->n_answers; i++)
		if (s->answers[i].meeting_id == meeting_id &&
		    s->answers[i].recur_at == recur_at)
			return &s->answers[i];
	return NULL;
}

static const struct invite *
known_invite(const struct snapshot *s, int64_t meeting_id)
{
	for (size_t i = 0; i < s->n_invites; i++)
		if (s->invites[i].meeting_id == meeting_id)
			return &s->invites[i];
	return NULL;
}

enum answer_outcome
answer_take(const struct list_case *c, const struct meeting *m,
    const struct answer *a)
{
	const struct snapshot *s = c->s;
	const struct invite *inv = known_invite(s, m->id);
	const struct meeting_rev *r = m->current;
	uint32_t major_seq = inv != NULL ? inv->major_seq : m->major_seq;
	uint32_t last_seq = r->sequence;
	struct answer new = *a;
	struct action *act;

	if (strcmp(r->status, "cancelled") == 0)
		return ANSWER_CANCELLED;
	if (r->rrule[0] == '\0' && r->end_at <= s->now)
		return ANSWER_OVER;
	if (r->rrule[0] == '\0' && new.recur_at != 0) {
		if (new.recur_at != r->start_at)
			return ANSWER_NO_SUCH_DATE;
		new.recur_at = 0;
	}
	/* Some clients count SEQUENCE up by themselves; a number that we
	 * never sent would lock out all later answers. */
	if (inv != NULL && inv->sent_seq > last_seq)
		last_seq = inv->sent_seq;
	if (new.sequence > last_seq)
		new.sequence = last_seq;
	new.meeting_id = m->id;
	new.member_id = s->by_token->id;
	new.received_at = s->now;
	if (!meet_answer_is_newer(known_answer(s, m->id, new.recur_at), &new,
	    major_seq))
		return ANSWER_STALE;
	act = action_add(c->out, ACT_ANSWER);
	act->answer = new;
	act->who = s->by_token->addr;
	return ANSWER_TAKEN;
}

struct list_note *
answer_note(const struct list_case *c, const char *template,
    const struct meeting *m)
{
	struct arena *a = c->out->arena;
	struct list_note *n = list_note_member(c, template, c->s->by_token);
	const struct meeting_rev *r = m != NULL ? m->current : NULL;

	list_note_var(n, "answer_address", route_format(a, c->s->list,
	    ROUTE_MEETING, c->s->by_token->token));
	list_note_var(n, "meeting", m != NULL ? m->key : "");
	list_note_var(n, "title", r != NULL ? r->title : "");
	list_note_var(n, "when", r != NULL ? meet_when_short(a, r) : "");
	list_note_var(n, "meetings", invitation_list(a, c->s));
	return n;
}

void
answer_refuse(const struct list_case *c, const struct meeting *m,
    enum answer_outcome outcome)
{
	struct list_note *n;

	if (list_case_silence(c) != NULL) {
		list_case_ignore(c, "automatic answer to a meeting that is "
		    "cancelled or over");
		return;
	}
	n = answer_note(c, "meet-answer-late", m);
	list_note_var(n, "cancelled", outcome == ANSWER_CANCELLED ? "yes" :
	    "");
	list_note_var(n, "over", outcome == ANSWER_CANCELLED ? "" : "yes");
	list_note_var(n, "reason", m->current->reason);
}

/* ---- plain mail ---- */

/* What a line of a person says. */
struct said {
	const char *partstat;	/* "" if nothing was understood */
	const char *key;	/* "" if none is named */
	const char *comment;
};

static bool
is_one_of(struct span word, const char *const *words)
{
	for (; *words != NULL; words++)
		if (span_isi(word, *words))
			return true;
	return false;
}

/* "No problem, I will come" is no refusal. */
static bool
may_follow_no(struct span word, struct span rest)
{
	static const char *const fine[] = { "thanks", "thank", "sorry", "i",
		"we", "unfortunately", NULL };
	struct span next;

	if (rest.n == 0 || (word.n > 0 &&
	    strchr(".,;:!-", word.p[word.n - 1]) != NULL))
		return true;
	next = list_text_bare(list_text_word(&rest));
	return is_one_of(next, fine) || (next.n > 1 &&
	    (next.p[0] | 0x20) == 'm' && next.p[1] >= '0' && next.p[1] <= '9');
}

static const char *
partstat_of(struct span word, struct span rest)
{
	static const char *const yes[] = { "accept", "accepted", "accepts",
		"yes", NULL };
	static const char *const no[] = { "decline", "declined", "declines",
		NULL };
	static const char *const maybe[] = { "maybe", "tentative",
		"tentatively", "perhaps", NULL };
	struct span bare = list_text_bare(word);

	if (is_one_of(bare, yes))
		return "ACCEPTED";
	if (is_one_of(bare, no) || (span_isi(bare, "no") &&
	    may_follow_no(word, rest)))
		return "DECLINED";
	return is_one_of(bare, maybe) ? "TENTATIVE" : "";
}

/* A meeting key among the words of text, "" if there is none. */
static const char *
key_in(struct arena *a, const char *text)
{
	struct span rest = span_of(text);

	while (rest.n > 0) {
		const char *key = lines_key(a, list_text_word(&rest));

		if (key != NULL)
			return key;
	}
	return "";
}

static void
listen_to(struct arena *a, const char *line, struct said *out)
{
	struct span rest = span_of(line), after;
	struct span word = list_text_word(&rest);
	const char *key;

	out->partstat = partstat_of(word, rest);
	out->key = out->comment = "";
	if (out->partstat[0] == '\0')
		return;
	after = rest;
	key = lines_key(a, list_text_word(&after));
	if (key != NULL) {
		out->key = key;
		rest = after;
	}
	out->comment = utf8_line(a, utf8_truncate(rest, COMMENT_MAX));
}

/* The body's first line, else the subject: links in our invitations put the
 * word there, and mail programs add a signature below it. */
static void
listen_mail(const struct list_case *c, struct said *out)
{
	struct arena *a = c->out->arena;
	const char *subject = list_text_subject(a, c->d->subject);

	listen_to(a, list_first_words(a, c->d, true), out);
	if (out->partstat[0] == '\0') {
		listen_to(a, subject, out);
		/* "Accepted: Invitation: ..." repeats our own subject. */
		out->comment = "";
	}
	if (out->key[0] == '\0')
		out->key = key_in(a, subject);
}

static bool
is_open(const struct snapshot *s, const struct meeting *m)
{
	return m->current != NULL && m->current->end_at > s->now &&
	    strcmp(m->current->status, "cancelled") != 0;
}

/* The meeting that is named, or the only one there is. */
static const struct meeting *
choose(const struct snapshot *s, const char *key)
{
	const struct meeting *only = NULL;
	size_t open = 0;

	for (size_t i = 0; i < s->n_meetings; i++) {
		const struct meeting *m = &s->meetings[i];

		if (key[0] != '\0' && strcmp(m->key, key) == 0)
			return m->current != NULL ? m : NULL;
		if (is_open(s, m)) {
			only = m;
			open++;
		}
	}
	return key[0] == '\0' && open == 1 ? only : NULL;
}

static void
confirm(const struct list_case *c, const struct meeting *m,
    const struct said *said)
{
	static const struct {
		const char *partstat, *text;
	} texts[] = {
		{ "ACCEPTED", "you will take part" },
		{ "TENTATIVE", "maybe" },
		{ "DECLINED", "you will not take part" },
	};
	struct list_note *n = answer_note(c, "meet-answer", m);
	const char *text = "";

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (strcmp(texts[i].partstat, said->partstat) == 0)
			text = texts[i].text;
	list_note_var(n, "answer", text);
	list_note_var(n, "comment", said->comment);
}

static void
plain(const struct list_case *c)
{
	const char *silence = list_case_silence(c);
	struct answer a = { .partstat = "", .comment = "", .source = "mail" };
	const struct meeting *m;
	enum answer_outcome outcome;
	struct list_note *n;
	struct said said;

	if (silence != NULL) {
		list_case_ignore(c, silence);
		return;
	}
	listen_mail(c, &said);
	m = choose(c->s, said.key);
	if (said.partstat[0] == '\0') {
		(void)answer_note(c, "meet-answer-help", m);
		return;
	}
	if (m == NULL) {
		n = answer_note(c, "meet-which", NULL);
		list_note_var(n, "key", said.key);
		return;
	}
	a.partstat = said.partstat;
	a.comment = said.comment;
	a.sequence = m->current->sequence;
	a.dtstamp_at = c->s->now;
	outcome = answer_take(c, m, &a);
	if (outcome == ANSWER_TAKEN)
		confirm(c, m, &said);
	else
		answer_refuse(c, m, outcome);
}

void
answer_mail(const struct list_case *c)
{
	const struct member *m = c->s->by_token;
	const char *loop = list_loop_reason(c->out->arena, c->d, c->s);

	if (m == NULL || m->state != MEMBER_ACTIVE) {
		list_case_reject(c, arena_printf(c->out->arena, "5.1.1 This "
		    "address for answers to invitations of %s is not valid "
		    "(any more). Please write to %s.", c->s->list->title,
		    route_format(c->out->arena, c->s->list, ROUTE_OWNER,
		    "")));
		return;
	}
	if (loop != NULL)
		list_case_ignore(c, loop);
	else if (c->d->n_itips > 0)
		answeritip_decide(c);
	else
		plain(c);
}
