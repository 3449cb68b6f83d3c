/* SPDX-License-Identifier: ISC */
/*
 * Mails to LIST-announce. A From address gives no authority here: whatever
 * comes of it is a preview to the address on file, and only the answer to
 * that releases anything. Invariant: no action here sends mail to members.
 */
#include "meet/announce.h"

#include <string.h>
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "list/list.h"
#include "list/note.h"
#include "list/text.h"
#include "list/token.h"
#include "meet/invitation.h"
#include "meet/merge.h"
#include "meet/question.h"
#include "meet/when.h"
#include "model/settings.h"

/* An announcement on its way from form to draft. */
struct draft {
	const struct list_case *c;
	struct wall_env env;
	struct meet_form form;
	struct meet_questions q;
	const struct meeting *m;	/* NULL: a new one */
	struct meeting_rev rev;
};

static void
tell_denied(const struct list_case *c)
{
	struct list_note *n;

	if (list_case_is_flooded(c)) {
		list_case_ignore(c, "announcement without the right to it, and "
		    "too many mails to this address today");
		return;
	}
	n = list_note_new(c, "meet-denied", list_case_address(c));
	list_note_var(n, "member", list_case_member(c) != NULL ? "yes" : "");
}

static void
tell_questions(const struct draft *d)
{
	struct arena *a = d->env.arena;
	struct list_note *n = list_note_new(d->c, "meet-questions",
	    list_case_address(d->c));

	n->notice->reply_verb = ROUTE_ANNOUNCE;
	list_note_var(n, "questions", question_text(a, &d->q));
	list_note_var(n, "warnings", question_warnings(a, &d->q));
	list_note_var(n, "meetings", d->form.verb == MEET_ANNOUNCE ? "" :
	    invitation_list(a, d->c->s));
}

static void
tell_unknown(const struct draft *d)
{
	struct list_note *n = list_note_new(d->c, "meet-unknown",
	    list_case_address(d->c));

	n->notice->reply_verb = ROUTE_ANNOUNCE;
	list_note_var(n, "meeting", d->form.key);
	list_note_var(n, "meetings", invitation_list(d->env.arena, d->c->s));
}

static void
tell_status(const struct draft *d)
{
	const struct meeting_rev *r = d->m->current;
	struct list_note *n = list_note_new(d->c, "meet-status",
	    list_case_address(d->c));

	n->notice->reply_verb = ROUTE_ANNOUNCE;
	list_note_var(n, "meeting", d->m->key);
	list_note_var(n, "title", r->title);
	list_note_var(n, "status", r->status);
	list_note_var(n, "details", invitation_details(d->env.arena, r,
	    d->c->s->list));
	list_note_var(n, "draft", d->m->draft != NULL ? "yes" : "");
}

static void
tell_unchanged(const struct draft *d)
{
	struct list_note *n = list_note_new(d->c, "meet-unchanged",
	    list_case_address(d->c));

	n->notice->reply_verb = ROUTE_ANNOUNCE;
	list_note_var(n, "meeting", d->m->key);
	list_note_var(n, "details", invitation_details(d->env.arena,
	    d->m->current, d->c->s->list));
}

/* The invitation as a member will read it, each line behind a bar, with
 * words where each copy has its own values. */
static char *
sample(const struct draft *d, const char *plain)
{
	const struct snapshot *s = d->c->s;
	const char *address = route_format(d->env.arena, s->list,
	    ROUTE_MEETING, "each-has-its-own");
	const char *name = s->sender != NULL && s->sender->name[0] != '\0' ?
	    s->sender->name : "colleague";
	struct str out = STR_EMPTY;
	char *text;

	str_adds(&out, "| ");
	for (const char *p = plain; *p != '\0'; p++) {
		if (strncmp(p, "\001A\001", 3) == 0) {
			str_adds(&out, address);
			p += 2;
		} else if (strncmp(p, "\001N\001", 3) == 0) {
			str_adds(&out, name);
			p += 2;
		} else if (*p == '\n' && p[1] != '\0') {
			str_adds(&out, "\n| ");
		} else {
			str_addc(&out, *p);
		}
	}
	text = str_dup(d->env.arena, &out);
	str_done(&out);
	return text;
}

static const char *
kind_of(const struct draft *d)
{
	if (strcmp(d->rev.status, "cancelled") == 0)
		return "cancellation";
	return d->m == NULL ? "announcement" : "change";
}

/* Without a server that checks, there is nothing to say about proof. */
static bool
is_unproven(const struct list_case *c)
{
	return c->s->settings->authserv_id[0] != '\0' &&
	    !list_is_proven(c->out->arena, c->d);
}

static void
tell_preview(const struct draft *d)
{
	struct arena *a = d->env.arena;
	const struct list_settings *l = d->c->s->list;
	const struct meeting_rev *old = d->m != NULL ? d->m->current : NULL;
	struct meeting_rev shown = d->rev;
	struct token_request token = { .var = "confirm_address",
		.verb = ROUTE_CONFIRM, .purpose = TOKEN_ANNOUNCE,
		.object = "", .content = "", .ttl_s = l->confirm_ttl_s };
	struct meet_text text;
	struct list_note *n;

	if (shown.key[0] == '\0')
		shown.key = "mNN";	/* given when it is stored */
	meet_invitation(a, &shown, old, l, &text);
	n = list_note_member(d->c, "meet-preview", d->c->s->sender);
	n->notice->reply_var = "confirm_address";
	list_note_var(n, "kind", kind_of(d));
	list_note_var(n, "title", d->rev.title);
	list_note_var(n, "when", meet_when_short(a, &d->rev));
	list_note_var(n, "warnings", question_warnings(a, &d->q));
	list_note_var(n, "changes", old != NULL ? meet_diff(a, old, &d->rev) :
	    "");
	list_note_var(n, "subject", text.subject);
	list_note_var(n, "invitation", sample(d, text.plain));
	list_note_var(n, "again", old != NULL && meet_is_major(old, &d->rev) &&
	    strcmp(d->rev.status, "cancelled") != 0 ? "yes" : "");
	list_note_var(n, "expires", list_note_time(a, d->c->s->now +
	    l->confirm_ttl_s));
	list_note_var(n, "unproven", is_unproven(d->c) ? "yes" : "");
	list_note_token(n, &token);
}

static void
make_draft(struct draft *d, const char *who)
{
	struct action *act = action_add(d->c->out, ACT_MEETING_DRAFT);

	d->rev.announced_by = who;
	act->rev = d->rev;
	act->who = who;
	act->meeting_id = d->m != NULL ? d->m->id : 0;
	act->major = d->m != NULL && meet_is_major(d->m->current, &d->rev);
}

static const struct meeting *
find(const struct snapshot *s, const char *key)
{
	for (size_t i = 0; i < s->n_meetings; i++)
		if (strcmp(s->meetings[i].key, key) == 0 &&
		    s->meetings[i].current != NULL)
			return &s->meetings[i];
	return NULL;
}

/* Make d->rev of the form; questions tell what stands against it. */
static void
build(struct draft *d)
{
	struct arena *a = d->env.arena;

	if (d->m == NULL) {
		d->rev = d->form.rev;
		if (d->form.key[0] != '\0')
			wall_ask(&d->env, "announce", "A new meeting gets its "
			    "key from us. To change one, write:",
			    arena_printf(a, "update %s", d->form.key));
	} else if (strcmp(d->m->current->status, "cancelled") == 0) {
		wall_ask(&d->env, d->m->key, "This meeting is cancelled. It "
		    "cannot be changed any more; please announce a new one.",
		    "");
		return;
	} else if (d->form.verb == MEET_CANCEL) {
		merge_cancel(&d->env, &d->form, d->m->current, &d->rev);
	} else {
		merge_update(&d->env, &d->form, d->m->current, &d->rev);
	}
	if (!question_blocks(&d->q))
		meet_check(a, &d->rev, d->c->s, &d->q);
	if (d->form.verb == MEET_CANCEL && d->rev.reason[0] == '\0')
		question_warn(a, &d->q, "No reason is given. You can add one: "
		    "\"Reason: ...\"");
}

/* Read the mail into d; false if it was answered already. */
static void
start(struct draft *d, const struct list_case *c, const char *subject,
    const char *text)
{
	memset(d, 0, sizeof(*d));
	d->c = c;
	d->env.arena = c->out->arena;
	d->env.list = c->s->list;
	d->env.q = &d->q;
	meet_read_form(d->env.arena, subject, text, c->s->list, &d->form,
	    &d->q);
	if (d->form.verb != MEET_ANNOUNCE && d->form.key[0] != '\0')
		d->m = find(c->s, d->form.key);
}

/* An invitation from a calendar program: shown back as the form to send. */
static void
ask_for_form(struct draft *d, const struct itip *i)
{
	struct arena *a = d->env.arena;
	const char *tz = d->env.list->zone;

	d->q.n = 0;
	if (i->problem[0] != '\0' || i->start_at == 0) {
		wall_ask(&d->env, "", "The mail has only a calendar file. "
		    "Please write the announcement as text.", "");
		return;
	}
	wall_ask(&d->env, "", arena_printf(a, "The mail has only a calendar "
	    "file. Please send it as text; this is what the file says:\n\n"
	    "Title: %s\nDate: %s\nUntil: %s\nPlace: %s\n",
	    list_note_line(a, i->summary, 200),
	    when_instant(a, i->start_at, tz), when_instant(a, i->end_at, tz),
	    list_note_line(a, i->location, 200)), "");
}

static void
go_on(struct draft *d)
{
	const char *who = d->c->s->sender->addr;

	if (question_blocks(&d->q)) {
		tell_questions(d);
		return;
	}
	if (d->form.verb != MEET_ANNOUNCE && d->m == NULL) {
		tell_unknown(d);
		return;
	}
	if (d->form.verb == MEET_STATUS) {
		tell_status(d);
		return;
	}
	build(d);
	d->rev.source_id = d->c->d->message_id;
	if (question_blocks(&d->q)) {
		tell_questions(d);
	} else if (d->m != NULL && meet_diff(d->env.arena, d->m->current,
	    &d->rev)[0] == '\0') {
		tell_unchanged(d);
	} else {
		make_draft(d, who);
		tell_preview(d);
	}
}

void
announce_mail(const struct list_case *c)
{
	const char *silence = list_case_silence(c);
	const struct member *m = list_case_member(c);
	const struct digest *mail = c->d;
	struct draft *d;

	if (silence != NULL) {
		list_case_ignore(c, silence);
		return;
	}
	if (m == NULL || !member_may_announce(m)) {
		tell_denied(c);
		return;
	}
	d = arena_alloc(c->out->arena, sizeof(*d));
	start(d, c, mail->subject, mail->text);
	if (mail->text_truncated)
		wall_ask(&d->env, "", "The mail is too long to be read whole.",
		    "");
	if (mail->n_itips > 0 && (d->form.given & (MEET_F_DATE |
	    MEET_F_TIME)) == 0 && d->form.verb == MEET_ANNOUNCE)
		ask_for_form(d, &mail->itips[0]);
	go_on(d);
}

/* ---- answers to previews ---- */

static bool
doubts(struct span line)
{
	static const char *const words[] = { "but", "except", "however",
		"change", "instead", "wait", "not", "don't", NULL };

	while (line.n > 0) {
		struct span w = list_text_bare(list_text_word(&line));

		for (const char *const *d = words; *d != NULL; d++)
			if (span_isi(w, *d))
				return true;
	}
	return false;
}

/* "OK, but ..." is no agreement. Only the first paragraph is looked at:
 * disclaimers of companies say "not" as well. */
static bool
has_doubt(const char *text)
{
	struct list_text t;
	struct span line;

	list_text_begin(&t, text);
	for (size_t n = 0; list_text_next(&t, &line); n++) {
		if (n > 0 && t.gap)
			return false;
		if (doubts(line))
			return true;
	}
	return false;
}

static enum list_word
word_of(const char *line)
{
	struct span rest = span_of(line);
	struct span first = list_text_bare(list_text_word(&rest));

	if (span_isi(first, "stop"))
		return LIST_WORD_NO;
	return list_text_decision(span_of(line));
}

/* The body decides; a subject counts if it is that word alone, as the links
 * in the preview make it, and the body is a signature or empty. */
static enum list_word
decision(const struct list_case *c)
{
	struct arena *a = c->out->arena;
	const char *typed = list_first_words(a, c->d, true);
	const char *subject = list_text_subject(a, c->d->subject);
	enum list_word word = word_of(typed);
	struct span rest = span_of(subject);

	if (word == LIST_WORD_NONE) {
		typed = subject;
		(void)list_text_word(&rest);
		word = rest.n == 0 ? word_of(subject) : LIST_WORD_NONE;
	}
	if (word == LIST_WORD_OK && has_doubt(c->d->text))
		return LIST_WORD_NONE;
	return word;
}

static struct list_note *
note_about(const struct list_case *c, const char *template,
    const struct meeting *m)
{
	struct list_note *n = list_note_new(c, template, c->s->token->actor);
	const struct meeting_rev *r = m->draft;

	list_note_var(n, "meeting", m->key);
	list_note_var(n, "title", r->title);
	list_note_var(n, "when", meet_when_short(c->out->arena, r));
	return n;
}

static void
release(const struct list_case *c, const struct meeting *m)
{
	const char *who = c->s->sender->addr;
	bool major = m->current != NULL && meet_is_major(m->current, m->draft);
	bool cancelled = strcmp(m->draft->status, "cancelled") == 0;
	struct action *act;
	struct list_note *n;

	list_case_token_used(c, who, "released");
	act = action_add(c->out, ACT_MEETING_RELEASE);
	act->meeting_id = m->id;
	act->major = major;
	act->who = who;
	n = note_about(c, "meet-released", m);
	n->notice->reply_verb = ROUTE_ANNOUNCE;
	list_note_var(n, "cancelled", cancelled ? "yes" : "");
	list_note_var(n, "announced", cancelled ? "" : "yes");
}

static void
drop(const struct list_case *c, const struct meeting *m)
{
	const char *who = c->s->sender->addr;
	struct action *act;
	struct list_note *n;

	list_case_token_used(c, who, "dropped");
	act = action_add(c->out, ACT_MEETING_DROP);
	act->meeting_id = m->id;
	act->who = who;
	list_case_audit(c, who, "meeting-drop", m->key);
	n = note_about(c, "meet-dropped", m);
	n->notice->reply_verb = ROUTE_ANNOUNCE;
}

void
announce_token(const struct list_case *c)
{
	const char *silence = list_case_silence(c);
	const struct member *m = list_case_member(c);
	const struct meeting *meeting = c->s->token_meeting;

	if (silence != NULL) {
		list_case_ignore(c, silence);
		return;
	}
	if (!list_token_is_good(c, LIST_TOKEN_BIT(TOKEN_ANNOUNCE)) ||
	    !list_token_is_holder(c))
		return;
	if (m == NULL || !member_may_announce(m)) {
		tell_denied(c);
		return;
	}
	if (meeting == NULL || meeting->draft == NULL ||
	    strcmp(meet_content(c->out->arena, meeting->draft),
	    c->s->token->content) != 0) {
		struct list_note *n = list_note_member(c, "meet-replaced", m);

		n->notice->reply_verb = ROUTE_ANNOUNCE;
		return;
	}
	switch (decision(c)) {
	case LIST_WORD_OK:
		if (meeting->draft->start_at <= c->s->now &&
		    strcmp(meeting->draft->status, "cancelled") != 0 &&
		    meeting->current == NULL)
			(void)note_about(c, "meet-late", meeting);
		else
			release(c, meeting);
		break;
	case LIST_WORD_NO:
	case LIST_WORD_DROP:
		drop(c, meeting);
		break;
	case LIST_WORD_NONE:
		(void)note_about(c, "meet-not-understood", meeting);
		break;
	}
}

/* ---- jcadctl ---- */

int
meet_from_ctl(const struct snapshot *s, const char *subject,
    const char *text, const char *who, struct actions *out, struct err *err)
{
	const struct list_case c = { NULL, s, out };
	struct draft *d = arena_alloc(out->arena, sizeof(*d));
	struct action *act;

	start(d, &c, subject, text);
	if (!question_blocks(&d->q)) {
		if (d->form.verb == MEET_STATUS)
			return err_set(err, ERR_BADINPUT, "see \"jcadctl "
			    "meeting answers %s\"", d->form.key);
		if (d->form.verb != MEET_ANNOUNCE && d->m == NULL)
			return err_set(err, ERR_NOTFOUND, "no meeting %s is "
			    "announced and not over", d->form.key);
		build(d);
	}
	if (question_blocks(&d->q))
		return err_set(err, ERR_BADINPUT, "%s",
		    question_text(out->arena, &d->q));
	if (d->m != NULL && meet_diff(out->arena, d->m->current,
	    &d->rev)[0] == '\0')
		return err_set(err, ERR_CONFLICT, "nothing would change in %s",
		    d->m->key);
	make_draft(d, who);
	act = action_add(out, ACT_MEETING_RELEASE);
	act->meeting_id = d->m != NULL ? d->m->id : 0;
	act->major = d->m != NULL && meet_is_major(d->m->current, &d->rev);
	act->who = who;
	return 0;
}
