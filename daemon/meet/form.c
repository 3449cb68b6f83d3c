/* SPDX-License-Identifier: ISC */
/*
 * The plain-text form: verb, key and fields of an announcement mail. Owns the
 * rule which verb a mail means; dates are wall.c's, texts formtext.c's.
 * Invariant: a field that is named is either taken or asked about.
 */
#include "meet/meet.h"

#include <string.h>
#include "base/arena.h"
#include "base/utf8.h"
#include "list/text.h"
#include "meet/formtext.h"
#include "meet/lines.h"
#include "meet/question.h"
#include "meet/wall.h"
#include "meet/walllimit.h"
#include "meet/wallread.h"

/* One mail being read. */
struct reading {
	struct wall_env env;
	struct meet_form *form;
	struct wall *wall;
	enum lines_verb verb;
	const char *subject;	/* without "Re:" */
	bool reply;		/* it had a "Re:" */
	const char *verb_line;
};

/* A verb found in line; two different ones are asked about. */
static void
set_verb(struct reading *r, enum lines_verb verb, const char *line)
{
	if (verb == LINES_NO_VERB)
		return;
	if (r->verb != LINES_NO_VERB && r->verb != verb)
		wall_ask(&r->env, line, arena_printf(r->env.arena, "This does "
		    "not agree with \"%s\". Which one is meant?",
		    r->verb_line), "");
	r->verb = verb;
	r->verb_line = line;
}

static void
set_key(struct reading *r, const char *key, const char *line)
{
	if (key[0] == '\0')
		return;
	if (r->form->key[0] != '\0' && strcmp(r->form->key, key) != 0)
		wall_ask(&r->env, line, arena_printf(r->env.arena, "Two "
		    "meetings are named: %s and %s. Which one is meant?",
		    r->form->key, key), "");
	r->form->key = key;
}

/* The subject's command. Without a key it is one only if nothing but the verb
 * stands there, or if it can mean no announcement. */
static const char *
read_subject(struct reading *r)
{
	struct lines_command c;

	lines_command_of(r->env.arena, span_of(r->subject), &c);
	if (c.verb == LINES_NO_VERB)
		return r->reply ? "" : r->subject;
	set_verb(r, c.verb, r->subject);
	set_key(r, c.key, r->subject);
	return r->reply || c.verb != LINES_ANNOUNCE ? "" : c.rest;
}

static void
take_meeting(struct reading *r, const struct lines_field *f)
{
	const char *key = lines_key(r->env.arena, span_of(f->value));
	struct lines_field as = *f;

	if (key != NULL) {
		set_key(r, key, f->line);
		return;
	}
	as.name = LINES_TITLE;
	for (const char *p = f->value; *p != '\0' && as.name == LINES_TITLE;
	    p++)
		if (*p >= '0' && *p <= '9' && strlen(f->value) <= 6)
			as.name = LINES_NUMBER;	/* "Meeting: No. 3" */
	(void)formtext_take(&r->env, &as, r->form);
}

static void
take_limit(struct reading *r, const struct lines_field *f)
{
	struct wall *w = r->wall;
	struct wall_limit *limit;

	if (span_search(span_of(f->value), span_of("://")) <
	    strlen(f->value)) {
		formtext_add(&r->env, r->form, f->line);
		return;		/* "Registration: https://..." */
	}
	if (f->value[0] == '\0')
		return;
	if (w->n_limits == WALL_LIMITS_MAX) {
		wall_ask(&r->env, f->line, "There are too many deadlines.",
		    "");
		return;
	}
	limit = &w->limits[w->n_limits++];
	limit->label = utf8_line(r->env.arena, span_of(f->label));
	limit->value = f->value;
	limit->line = f->line;
	r->form->given |= MEET_F_DEADLINE;
}

static void
take_action(struct reading *r, const struct lines_field *f)
{
	struct lines_command c;

	lines_command_of(r->env.arena, span_of(f->value), &c);
	if (c.verb == LINES_NO_VERB) {
		wall_ask(&r->env, f->line, "This action is not known.",
		    "Action: announce\nAction: update m42\nAction: cancel m42"
		    "\nAction: status m42");
		return;
	}
	set_verb(r, c.verb, f->line);
	set_key(r, c.key, f->line);
}

static void
take_status(struct reading *r, const struct lines_field *f)
{
	struct span v = span_of(f->value);

	if (span_isi(v, "confirmed"))
		return;
	if (span_isi(v, "planned") || span_isi(v, "tentative"))
		r->form->rev.status = "planned";
	else if (span_isi(v, "cancelled") || span_isi(v, "canceled"))
		set_verb(r, LINES_CANCEL, f->line);
	else
		wall_ask(&r->env, f->line, "A meeting is planned, confirmed or"
		    " cancelled.", "Status: confirmed\nStatus: planned");
}

static void
take_wall(struct reading *r, const struct lines_field *f,
    enum wall_field field)
{
	wallread_value(&r->env, r->wall, field, f->value, f->line);
}

static void
take_field(struct reading *r, const struct lines_field *f)
{
	if (formtext_take(&r->env, f, r->form))
		return;
	if (f->name == LINES_DATE)
		take_wall(r, f, WALL_DATE);
	else if (f->name == LINES_TIME)
		take_wall(r, f, WALL_TIME);
	else if (f->name == LINES_END)
		take_wall(r, f, WALL_END);
	else if (f->name == LINES_LENGTH)
		take_wall(r, f, WALL_LENGTH);
	else if (f->name == LINES_ZONE)
		take_wall(r, f, WALL_ZONE);
	else if (f->name == LINES_LIMIT)
		take_limit(r, f);
	else if (f->name == LINES_MEETING)
		take_meeting(r, f);
	else if (f->name == LINES_ACTION)
		take_action(r, f);
	else if (f->name == LINES_STATUS)
		take_status(r, f);
	else if (f->name == LINES_REPEAT)
		wall_ask(&r->env, f->line, "Recurring meetings cannot be "
		    "announced in one mail. Please send one announcement for "
		    "each date, without this line.", "");
	else if (f->name == LINES_NEAR)
		wall_ask(&r->env, f->line, "The name of this field is not "
		    "known.", arena_printf(r->env.arena, "%c%s: %s",
		    f->label[0] & ~0x20, f->label + 1, f->value));
}

/* The zone must be known before times that are checked against it: fields
 * may come in any order, but are read with the zone first, dates second. */
static void
take_fields(struct reading *r, const struct lines *in)
{
	static const enum lines_name first[] = { LINES_ZONE, LINES_DATE,
		LINES_TIME };

	for (size_t k = 0; k < sizeof(first) / sizeof(first[0]); k++)
		for (size_t i = 0; i < in->n; i++)
			if (in->fields[i].name == first[k])
				take_field(r, &in->fields[i]);
	for (size_t i = 0; i < in->n; i++)
		if (in->fields[i].name != LINES_ZONE &&
		    in->fields[i].name != LINES_DATE &&
		    in->fields[i].name != LINES_TIME)
			take_field(r, &in->fields[i]);
}

static uint32_t
given_wall(const struct wall *w)
{
	uint32_t given = 0;

	if (w->has_date)
		given |= MEET_F_DATE;
	if (w->has_time || w->all_day || w->half[0] != '\0')
		given |= MEET_F_TIME;
	if (w->has_end || w->has_end_day || w->duration_s > 0)
		given |= MEET_F_END;
	if (w->has_zone)
		given |= MEET_F_ZONE;
	return given;
}

static void
resolve_limits(struct reading *r)
{
	struct wall *w = r->wall;
	struct meeting_rev *rev = &r->form->rev;

	rev->deadlines = arena_array(r->env.arena, w->n_limits + 1,
	    sizeof(*rev->deadlines));
	for (size_t i = 0; i < w->n_limits; i++) {
		struct deadline *d = &rev->deadlines[rev->n_deadlines];

		d->label = w->limits[i].label;
		if (walllimit_resolve(&r->env, &w->limits[i], rev, &d->at))
			rev->n_deadlines++;
	}
}

static void
finish_announcement(struct reading *r, const char *title)
{
	struct meeting_rev *rev = &r->form->rev;
	bool resolved;

	if (rev->title[0] == '\0' && title[0] != '\0') {
		struct lines_field f = { LINES_TITLE, "", title, title };

		(void)formtext_take(&r->env, &f, r->form);
	}
	if (rev->title[0] == '\0')
		wall_ask(&r->env, "", "The title is missing.",
		    "Title: Third meeting");
	if (rev->status[0] == '\0')
		rev->status = "confirmed";
	resolved = wall_resolve(&r->env, r->wall, NULL, rev);
	if (resolved)
		resolve_limits(r);
}

/* Update, cancel, status need to know which meeting. */
static void
finish_other(struct reading *r)
{
	struct meet_form *form = r->form;
	const char *verb = form->verb == MEET_UPDATE ? "update" :
	    form->verb == MEET_CANCEL ? "cancel" : "status";

	if (form->key[0] == '\0')
		wall_ask(&r->env, r->verb_line, "Which meeting? Every meeting "
		    "has a key such as m42.\nFor a new meeting, begin with "
		    "\"announce\".", arena_printf(r->env.arena, "%s m42",
		    verb));
	if (form->verb == MEET_CANCEL && form->rev.reason[0] == '\0' &&
	    strlen(form->rev.description) <= 500)
		form->rev.reason = utf8_line(r->env.arena,
		    span_of(form->rev.description));
}

static void
map_verb(struct reading *r)
{
	struct meet_form *form = r->form;

	switch (r->verb) {
	case LINES_NO_VERB:
		/* A form that names a meeting changes it. */
		form->verb = form->key[0] != '\0' ? MEET_UPDATE :
		    MEET_ANNOUNCE;
		break;
	case LINES_ANNOUNCE:
		form->verb = MEET_ANNOUNCE;
		break;
	case LINES_UPDATE:
		form->verb = MEET_UPDATE;
		break;
	case LINES_CANCEL:
		form->verb = MEET_CANCEL;
		break;
	case LINES_VERB_STATUS:
		form->verb = MEET_STATUS;
		break;
	case LINES_POSTPONE:
		form->verb = MEET_UPDATE;
		if (!r->wall->has_date && !r->wall->broken)
			wall_ask(&r->env, r->verb_line, "To postpone, the new "
			    "date must be known. Without one, the meeting is "
			    "called off:", arena_printf(r->env.arena,
			    "cancel %s\nReason: postponed, a new date will "
			    "follow", form->key[0] != '\0' ? form->key :
			    "m42"));
		break;
	}
}

void
meet_read_form(struct arena *a, const char *subject, const char *text,
    const struct list_settings *l, struct meet_form *out,
    struct meet_questions *q)
{
	struct reading *r = arena_alloc(a, sizeof(*r));
	struct lines in;
	const char *title;

	memset(out, 0, sizeof(*out));
	formtext_clear(&out->rev);
	out->key = "";
	r->env.arena = a;
	r->env.list = l;
	r->env.q = q;
	r->form = out;
	r->wall = wall_new(a);
	r->verb_line = "";
	r->subject = list_text_subject(a, subject);
	r->reply = strcmp(r->subject, utf8_line(a, span_of(subject))) != 0;
	lines_cut(a, text, &in);
	title = read_subject(r);
	set_verb(r, in.command.verb, "the first line");
	set_key(r, in.command.key, "the first line");
	take_fields(r, &in);
	formtext_add(&r->env, out, in.description);
	map_verb(r);
	if (out->verb == MEET_CANCEL && out->rev.reason[0] == '\0')
		out->rev.reason = in.command.rest;
	out->given |= given_wall(r->wall);
	out->wall = r->wall;
	out->rev.list = l->name;
	out->rev.language = l->language;
	if (out->verb == MEET_ANNOUNCE)
		finish_announcement(r, title);
	else
		finish_other(r);
}
