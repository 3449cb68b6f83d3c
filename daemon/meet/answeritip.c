/* SPDX-License-Identifier: ISC */
/*
 * Calendar replies, in the fixed order of facts: calendar 6.5. They are often
 * marked as automatic mail: their content is taken all the same, but only
 * persons get an answer. Invariant: an answer of somebody else who got the
 * invitation forwarded is never counted as the member's.
 */
#include "meet/answeritip.h"

#include <string.h>
#include <strings.h>
#include "base/arena.h"
#include "base/str.h"
#include "base/utf8.h"
#include "list/note.h"
#include "list/text.h"
#include "meet/answer.h"
#include "meet/meet.h"
#include "meet/when.h"
#include "model/settings.h"

#define COMMENT_MAX 500

/* Equal but for case and blanks, which some clients put into long ids. */
static bool
same_uid(const char *a, const char *b)
{
	while (*a != '\0' || *b != '\0') {
		if (*a == ' ') {
			a++;
		} else if (*b == ' ') {
			b++;
		} else {
			char x = *a >= 'A' && *a <= 'Z' ? (char)(*a | 0x20) :
			    *a;
			char y = *b >= 'A' && *b <= 'Z' ? (char)(*b | 0x20) :
			    *b;

			if (x != y)
				return false;
			a++;
			b++;
		}
	}
	return true;
}

static const struct meeting *
by_uid(const struct snapshot *s, const char *uid)
{
	const struct meeting *near = NULL;

	for (size_t i = 0; i < s->n_meetings; i++) {
		const struct meeting *m = &s->meetings[i];

		if (m->current == NULL || uid[0] == '\0')
			continue;
		if (strcmp(m->uid, uid) == 0)
			return m;
		if (near == NULL && same_uid(m->uid, uid))
			near = m;
	}
	return near;
}

/* A second copy of the same object in one mail (inline and attached). */
static bool
is_repeated(const struct digest *d, size_t i)
{
	const struct itip *x = &d->itips[i];

	for (size_t k = 0; k < i; k++) {
		const struct itip *y = &d->itips[k];

		if (y->problem[0] == '\0' && x->recur_at == y->recur_at &&
		    strcmp(x->method, y->method) == 0 &&
		    same_uid(x->uid, y->uid))
			return true;
	}
	return false;
}

/* One mail with many unknown objects gets one answer. */
static bool
is_told(const struct list_case *c, const char *template)
{
	for (size_t i = 0; i < c->out->n; i++)
		if (c->out->items[i].kind == ACT_NOTICE && strcmp(
		    c->out->items[i].notice.template, template) == 0)
			return true;
	return false;
}

/* Tell by_token, unless the mail is a machine's. */
static struct list_note *
note(const struct list_case *c, const char *template, const struct meeting *m)
{
	const char *silence = list_case_silence(c);

	if (m == NULL && is_told(c, template))
		return NULL;
	if (silence != NULL) {
		list_case_ignore(c, arena_printf(c->out->arena, "%s: %s",
		    template, silence));
		return NULL;
	}
	return answer_note(c, template, m);
}

/* Where news for the chairman go: who announced, else a moderator. */
static const char *
announcer(const struct list_case *c, const struct meeting *m)
{
	const char *addr = m->current->announced_by;

	if (strchr(addr, '@') != NULL && list_case_is_writable(c, addr))
		return addr;
	return c->s->n_moderators > 0 ? c->s->moderators[0].addr :
	    c->s->list->owner;
}

static struct list_note *
tell_announcer(const struct list_case *c, const char *template,
    const struct meeting *m)
{
	const char *to = announcer(c, m);
	struct arena *a = c->out->arena;
	struct list_note *n;

	if (!list_case_is_writable(c, to)) {
		list_case_ignore(c, "nobody to tell: no announcer, no "
		    "moderator");
		return NULL;
	}
	n = list_note_new(c, template, to);
	n->notice->reply_verb = ROUTE_ANNOUNCE;
	list_note_var(n, "meeting", m->key);
	list_note_var(n, "title", m->current->title);
	list_note_var(n, "when", meet_when_short(a, m->current));
	list_note_var(n, "member", arena_printf(a, "%s <%s>",
	    list_note_line(a, c->s->by_token->name, 100),
	    c->s->by_token->addr));
	return n;
}

/* The member's own entry. Some clients mangle the address: then From counts,
 * since the address that was written to is the member's secret. NULL: the
 * answer is somebody else's. */
static const struct itip_who *
own_entry(const struct list_case *c, const struct itip *i)
{
	const char *key = c->s->by_token->key;
	const struct mailbox *from = list_case_from(c);

	for (size_t k = 0; k < i->n_attendees; k++)
		if (strcasecmp(i->attendees[k].addr, key) == 0)
			return &i->attendees[k];
	if (i->n_attendees == 1 && from != NULL &&
	    strcasecmp(from->key, key) == 0)
		return &i->attendees[0];
	return NULL;
}

static void
forwarded(const struct list_case *c, const struct meeting *m,
    const struct itip *i)
{
	struct arena *a = c->out->arena;
	const struct mailbox *from = list_case_from(c);
	const char *by = i->n_attendees > 0 ? i->attendees[0].addr :
	    from != NULL ? from->addr : "somebody unknown";
	struct list_note *n;

	by = list_text_quote(a, span_of(by));
	list_case_audit(c, by, "answer to a forwarded invitation, not counted",
	    m->key);
	if (is_told(c, "meet-forwarded-chair"))
		return;
	n = note(c, "meet-forwarded", m);
	if (n != NULL)
		list_note_var(n, "by", by);
	n = tell_announcer(c, "meet-forwarded-chair", m);
	if (n != NULL)
		list_note_var(n, "by", by);
}

/* PARTSTAT as we count it; *remark says what was made of it, or "". */
static const char *
counted(struct arena *a, const struct itip_who *who, const char **remark)
{
	static const char *const plain[] = { "ACCEPTED", "TENTATIVE",
		"DECLINED", "NEEDS-ACTION", NULL };

	*remark = "";
	for (const char *const *p = plain; *p != NULL; p++)
		if (strcasecmp(who->partstat, *p) == 0)
			return *p;
	if (strcasecmp(who->partstat, "DELEGATED") == 0) {
		*remark = arena_printf(a, "delegated to %s",
		    list_text_quote(a, span_of(who->delegated_to)));
		return "DECLINED";
	}
	*remark = arena_printf(a, "answered %s",
	    list_text_quote(a, span_of(who->partstat)));
	return "TENTATIVE";
}

static const char *
comment_of(struct arena *a, const struct itip *i, const char *remark)
{
	const char *said = utf8_line(a, utf8_truncate(span_of(i->comment),
	    COMMENT_MAX));

	if (remark[0] == '\0')
		return said;
	return said[0] == '\0' ? remark : arena_printf(a, "%s (%s)", said,
	    remark);
}

static void
reply(const struct list_case *c, const struct itip *i)
{
	struct arena *arena = c->out->arena;
	const struct meeting *m = by_uid(c->s, i->uid);
	const struct itip_who *who;
	enum answer_outcome outcome;
	struct list_note *n;
	const char *remark;
	struct answer a = { .recur_at = i->recur_at, .sequence = i->sequence,
		.source = "itip" };

	if (m == NULL) {
		(void)note(c, "meet-answer-unknown", NULL);
		return;
	}
	who = own_entry(c, i);
	if (who == NULL) {
		forwarded(c, m, i);
		return;
	}
	a.partstat = counted(arena, who, &remark);
	a.comment = comment_of(arena, i, remark);
	a.dtstamp_at = i->dtstamp_at != 0 ? i->dtstamp_at :
	    c->d->date_at != 0 ? c->d->date_at : c->s->now;
	outcome = answer_take(c, m, &a);
	if (outcome == ANSWER_STALE)
		list_case_ignore(c, "answer is older than the one we have, or "
		    "than the last change of the meeting");
	else if (outcome == ANSWER_NO_SUCH_DATE)
		list_case_ignore(c, "answer to a date that the meeting does "
		    "not have");
	else if (outcome != ANSWER_TAKEN)
		answer_refuse(c, m, outcome);
	else if (strcasecmp(who->partstat, "DELEGATED") == 0) {
		n = note(c, "meet-delegated", m);
		if (n != NULL)
			list_note_var(n, "to", list_text_quote(arena,
			    span_of(who->delegated_to)));
	}
}

/* A proposal for another time: the chairman decides (RFC 5546 3.2.7). */
static void
counter(const struct list_case *c, const struct itip *i)
{
	struct arena *a = c->out->arena;
	const struct meeting *m = by_uid(c->s, i->uid);
	const char *zone;
	struct list_note *n;

	if (m == NULL) {
		(void)note(c, "meet-answer-unknown", NULL);
		return;
	}
	if (strcmp(m->current->status, "cancelled") == 0 ||
	    m->current->end_at <= c->s->now) {
		answer_refuse(c, m, strcmp(m->current->status, "cancelled") ==
		    0 ? ANSWER_CANCELLED : ANSWER_OVER);
		return;
	}
	if (own_entry(c, i) == NULL && i->n_attendees > 0) {
		forwarded(c, m, i);
		return;
	}
	if (i->start_at == 0) {
		list_case_ignore(c, "a counter-proposal without a time");
		return;
	}
	if (is_told(c, "meet-proposal")) {
		list_case_ignore(c, "one proposal a mail is passed on");
		return;
	}
	zone = m->current->tzid;
	n = tell_announcer(c, "meet-proposal", m);
	if (n == NULL)
		return;
	list_note_var(n, "proposal", when_both(a, i->start_at, zone));
	list_note_var(n, "until", i->end_at > i->start_at ? when_both(a,
	    i->end_at, zone) : "");
	list_note_var(n, "comment", list_note_line(a, i->comment,
	    COMMENT_MAX));
	(void)note(c, "meet-proposed", m);
}

void
answeritip_decide(const struct list_case *c)
{
	const struct digest *d = c->d;
	const char *problem = "";
	size_t used = 0;

	for (size_t k = 0; k < d->n_itips; k++) {
		const struct itip *i = &d->itips[k];

		if (i->problem[0] != '\0') {
			problem = i->problem;
			continue;
		}
		used++;
		if (is_repeated(d, k))
			continue;
		if (strcasecmp(i->method, "REPLY") == 0)
			reply(c, i);
		else if (strcasecmp(i->method, "COUNTER") == 0)
			counter(c, i);
		else
			list_case_ignore(c, arena_printf(c->out->arena,
			    "calendar method %s is not acted on here",
			    list_text_quote(c->out->arena,
			    span_of(i->method))));
	}
	if (used == 0) {
		struct list_note *n = note(c, "meet-answer-problem", NULL);

		if (n != NULL)
			list_note_var(n, "problem",
			    utf8_line(c->out->arena, span_of(problem)));
	}
}
