/* SPDX-License-Identifier: ISC */
/*
 * Reading the values of Date, Time, Until, Duration and Zone, together or
 * apart: "When: Wed 10 Feb 2027 13:00-15:00 Geneva (12:00 UTC)" is one of
 * them. Invariant: a piece that is not understood is asked back, never
 * passed over, unless it is a remark in brackets without numbers.
 */
#include "meet/wallread.h"

#include <string.h>
#include "base/arena.h"
#include "base/civil.h"

/* One value on its way into the wall. */
struct reader {
	const struct wall_env *env;
	struct wall *w;
	struct token_line l;
	size_t i;
	enum wall_field field;
	const char *line;
	bool range;		/* "-" or "to" stands just before i */
	bool failed;
};

static void
fail(struct reader *r, const char *why, const char *fix)
{
	wall_ask(r->env, r->line, why, fix);
	r->w->broken = true;
	r->failed = true;
}

static const char *
day_text(const struct reader *r, const struct readdate_day *d)
{
	return arena_printf(r->env->arena, "Date: %d %s %d", d->day,
	    civil_month_name(d->month, true), d->year);
}

/* Ask about a date that can be read in two ways or not at all. */
static void
flawed_date(struct reader *r, const struct readdate *d)
{
	struct arena *a = r->env->arena;

	switch (d->flaw) {
	case READDATE_FINE:
		break;
	case READDATE_AMBIGUOUS:
		fail(r, "This date can be read in two ways. Please write the "
		    "name of the month.", arena_printf(a, "%s\n%s",
		    day_text(r, &d->day), day_text(r, &d->last)));
		break;
	case READDATE_SHORT_YEAR:
		fail(r, "The year must have four digits.",
		    arena_printf(a, "%s", day_text(r, &d->day)));
		break;
	case READDATE_NO_SUCH_DAY:
		fail(r, "There is no such day in the calendar.", "");
		break;
	}
}

static bool
same_day(const struct readdate_day *a, const struct readdate_day *b)
{
	return a->day == b->day && a->month == b->month && a->year == b->year;
}

static bool
take_date(struct reader *r)
{
	struct readdate d;
	struct wall *w = r->w;

	if (!readdate_at(&r->l, &r->i, &d))
		return false;
	if (d.flaw != READDATE_FINE) {
		flawed_date(r, &d);
		return true;
	}
	if (r->field == WALL_END || (w->has_date && w->has_time && r->range)) {
		w->end_day = d.day;
		w->has_end_day = true;
		w->end_line = r->line;
		r->range = true;	/* a time that follows is the end */
		return true;
	}
	r->range = false;
	if (w->has_date && !same_day(&w->date.day, &d.day)) {
		fail(r, "There is more than one date. One announcement is for "
		    "one meeting.", "");
		return true;
	}
	w->date = d;
	w->has_date = true;
	w->date_line = r->line;
	return true;
}

static void
flawed_time(struct reader *r, const struct readtime *t)
{
	switch (t->flaw) {
	case READTIME_FINE:
		break;
	case READTIME_BARE:
		fail(r, "A number alone is not a clear time. Please write the "
		    "minutes, or am or pm.", "Time: 14:00-16:00\n"
		    "Time: 2-4 pm");
		break;
	case READTIME_NO_SUCH:
		fail(r, "There is no such time of day.", "Time: 14:00-16:00");
		break;
	case READTIME_MIDNIGHT:
		fail(r, "Midnight can be the beginning or the end of that day. "
		    "Please write the date and 00:00.", "Time: 00:00-01:00");
		break;
	}
}

/* Ask what an abbreviation such as CST stands for. */
static void
ask_choice(struct reader *r, const struct readzone *z)
{
	struct arena *a = r->env->arena;
	struct span rest = span_of(z->choices);
	const char *fix = "";

	while (rest.n > 0) {
		struct span one = span_line(&rest);

		fix = arena_printf(a, "%s%sZone: %.*s", fix,
		    fix[0] == '\0' ? "" : "\n", (int)one.n, one.p);
	}
	fail(r, arena_printf(a, "%s is used for more than one time zone. "
	    "Please name a city.", z->abbrev), fix);
}

static bool
is_choice(const char *choices, const char *tzid)
{
	struct span rest = span_of(choices);

	while (rest.n > 0)
		if (span_is(span_line(&rest), tzid))
			return true;
	return false;
}

static void
two_zones(struct reader *r, const struct readzone *x, const struct readzone *y)
{
	const char *first = x->tzid[0] != '\0' ? x->tzid : x->abbrev;
	const char *second = y->tzid[0] != '\0' ? y->tzid : y->abbrev;

	fail(r, arena_printf(r->env->arena, "Two time zones are given: %s and "
	    "%s. Which one is meant?", first, second),
	    arena_printf(r->env->arena, "Zone: %s\nZone: %s", first, second));
}

/* Zone z was written for the meeting itself. */
static void
set_zone(struct reader *r, const struct readzone *z)
{
	struct wall *w = r->w;

	if (z->choices[0] != '\0') {
		if (!w->has_zone || !is_choice(z->choices, w->zone.tzid))
			ask_choice(r, z);
		return;
	}
	if (w->has_zone && z->fixed && !w->zone.fixed) {
		w->check = *z;		/* "Geneva time (UTC+1)" */
		return;
	}
	if (w->has_zone && w->zone.fixed && !z->fixed) {
		w->check = w->zone;	/* "CET/Geneva time" */
	} else if (w->has_zone && strcmp(w->zone.tzid, z->tzid) != 0) {
		two_zones(r, &w->zone, z);
		return;
	}
	w->zone = *z;
	w->has_zone = true;
	w->zone_line = r->line;
}

static void
add_stated(struct reader *r, const struct readzone *z,
    const struct readtime *t)
{
	struct wall_stated *s = &r->w->stated[r->w->n_stated];

	if (r->w->n_stated == WALL_STATED_MAX) {
		fail(r, "There are too many times to compare.", "");
		return;
	}
	s->zone = *z;
	s->start = t->start;
	s->end = t->end;
	r->w->n_stated++;
}

/* Zones at i, one or "CET/Geneva time", for the meeting itself. */
static void
zones_after(struct reader *r)
{
	struct readzone z;

	while (!r->failed && readzone_at(r->env->arena, &r->l, &r->i, &z)) {
		set_zone(r, &z);
		if (token_is_sign(&r->l, r->i, '/'))
			r->i++;
	}
}

static void
set_end(struct reader *r, const struct readtime *t)
{
	if (r->w->has_end && r->w->end != t->start) {
		fail(r, "This is not the end that is given elsewhere in the "
		    "mail. Which one is meant?", "");
		return;
	}
	r->w->end = t->start;
	r->w->has_end = true;
	r->w->next_day = r->w->next_day || t->next_day;
	r->w->end_line = r->line;
}

static void
set_time(struct reader *r, const struct readtime *t)
{
	struct wall *w = r->w;

	struct readtime end = { t->end, -1, t->next_day, READTIME_FINE };

	w->start = t->start;
	w->has_time = true;
	w->time_line = r->line;
	if (t->end >= 0)
		set_end(r, &end);
}

/* The meeting's time once more, in another line. */
static bool
is_same_time(const struct wall *w, const struct readtime *t)
{
	return t->start == w->start && (t->end < 0 || (w->has_end &&
	    t->end == w->end));
}

/* Ask about a time with a flaw, or a range where the end should be. */
static bool
is_good_time(struct reader *r, struct readtime *t)
{
	/* "until midnight" is the end of the day. */
	if (t->flaw == READTIME_MIDNIGHT && (r->range ||
	    r->field == WALL_END)) {
		t->flaw = READTIME_FINE;
		t->start = 0;
		t->next_day = true;
	}
	if (t->flaw != READTIME_FINE)
		flawed_time(r, t);
	else if (r->field == WALL_END && t->end >= 0)
		fail(r, "This should be the time of the end alone.",
		    "Until: 16:00");
	return !r->failed;
}

static bool
take_time(struct reader *r)
{
	struct readtime t;
	struct readzone z;
	bool second = r->w->has_time && r->field != WALL_END;

	if (!readtime_at(&r->l, &r->i, &t))
		return false;
	if (!is_good_time(r, &t))
		return true;
	if (r->field == WALL_END || (second && !r->w->has_end && r->range)) {
		set_end(r, &t);
		zones_after(r);
	} else if (!second) {
		set_time(r, &t);
		zones_after(r);
	} else if (r->w->time_line != r->line && is_same_time(r->w, &t)) {
		zones_after(r);
	} else if (readzone_at(r->env->arena, &r->l, &r->i, &z)) {
		add_stated(r, &z, &t);
	} else {
		fail(r, "There is more than one time. One announcement is for "
		    "one meeting.", "");
	}
	r->range = false;
	return true;
}

/* A zone before its time ("New York 07:00"), or the meeting's zone. */
static bool
take_zone(struct reader *r)
{
	struct readzone z;
	struct readtime t;
	size_t next;

	if (!readzone_at(r->env->arena, &r->l, &r->i, &z))
		return false;
	next = r->i;
	if (r->w->has_time && readtime_at(&r->l, &next, &t) &&
	    t.flaw == READTIME_FINE) {
		add_stated(r, &z, &t);
		r->i = next;
	} else {
		set_zone(r, &z);
		if (token_is_sign(&r->l, r->i, '/'))
			r->i++;
		zones_after(r);
	}
	r->range = false;
	return true;
}

/* "13:00, 2 hours", "13:00 (90 minutes)": behind a time, in full words. */
static bool
is_length(const struct reader *r)
{
	static const char *const units[] = { "hour", "hours", "min", "mins",
		"minute", "minutes", NULL };
	const struct token_piece *n = token_at(&r->l, r->i);
	bool tenths = token_is_sign(&r->l, r->i + 1, '.');

	return r->w->has_time && !r->w->has_end && r->i > 0 &&
	    (token_is_sign(&r->l, r->i - 1, ',') ||
	    token_is_sign(&r->l, r->i - 1, '(')) &&
	    n->kind == TOKEN_NUMBER && n->text.n <= 3 &&
	    token_in(&r->l, r->i + (tenths ? 3 : 1), units);
}

static bool
take_length(struct reader *r)
{
	size_t k = r->i;

	if (r->field == WALL_LENGTH && r->w->duration_s != 0)
		return false;
	if (r->field != WALL_LENGTH) {
		if (token_is_word(&r->l, k, "for"))
			k++;
		else if (!is_length(r))
			return false;
	}
	if (!readtime_duration_at(&r->l, &k, &r->w->duration_s))
		return false;
	r->i = k;
	r->w->end_line = r->line;
	return true;
}

/* "all day", "morning", "next day", and words that mean "not known yet". */
static bool
take_words(struct reader *r)
{
	static const char *const unknown[] = { "tba", "tbd", "tbc", "later",
		"postponed", "unknown", NULL };
	static const char *const relative[] = { "today", "tomorrow", "next",
		"this", "coming", NULL };
	static const char *const whole[] = { "all", "whole", "full", NULL };
	static const char *const halves[] = { "morning", "afternoon", NULL };
	size_t k = r->i;

	if (r->w->has_time && readtime_next_day(&r->l, &r->i)) {
		r->w->next_day = true;
		return true;
	}
	if (token_in(&r->l, k, whole)) {
		k += token_is_sign(&r->l, k + 1, '-') ? 2 : 1;
		if (!token_is_word(&r->l, k, "day"))
			return false;
		r->w->all_day = true;
		r->w->time_line = r->line;
		r->i = k + 1;
		return true;
	}
	if (token_in(&r->l, k, halves)) {
		r->w->half = token_is_word(&r->l, k, halves[0]) ? halves[0] :
		    halves[1];
		r->w->time_line = r->line;
		r->i = k + 1;
		return true;
	}
	if (token_in(&r->l, k, unknown) || (token_is_word(&r->l, k, "to") &&
	    token_is_word(&r->l, k + 1, "be"))) {
		fail(r, "A meeting can be announced once its date and time are "
		    "known.\nTo call an announced meeting off until a new date "
		    "is found, send:", "cancel m42\nReason: postponed, a new "
		    "date will follow");
		return true;
	}
	if (token_in(&r->l, k, relative)) {
		fail(r, "Please write the full date: mails may be read days "
		    "later.", "Date: Wed 10 February 2027");
		return true;
	}
	return false;
}

/* Words and signs that carry nothing. */
static bool
skip(struct reader *r)
{
	static const char *const filler[] = { "on", "at", "from", "the", "of",
		"between", "starting", "starts", "start", "time", "hours",
		"hrs", "in", "is", "ends", "end", "by", "before", "i", "e",
		NULL };
	const struct token_piece *p = token_at(&r->l, r->i);
	size_t k = r->i;

	if (token_is_range(&r->l, k)) {
		r->range = true;
		r->i++;
		return true;
	}
	if (token_in(&r->l, k, filler) || (p->sign != '\0' &&
	    strchr(",:;()/=.|*~", p->sign) != NULL)) {
		r->i++;
		return true;
	}
	return false;
}

/* A remark in brackets without anything of a date: "(including a break)". */
static bool
skip_remark(struct reader *r)
{
	size_t open = r->i, k;

	while (open > 0 && !token_is_sign(&r->l, open, '('))
		open--;
	if (!token_is_sign(&r->l, open, '('))
		return false;
	for (k = open + 1; !token_is_sign(&r->l, k, ')'); k++)
		if (token_at(&r->l, k)->kind == TOKEN_END ||
		    token_at(&r->l, k)->kind == TOKEN_NUMBER ||
		    token_month(&r->l, k) != 0 ||
		    token_weekday(&r->l, k) >= 0)
			return false;
	if (k < r->i)
		return false;
	r->i = k + 1;
	return true;
}

static const char *
example(enum wall_field field)
{
	static const char *const examples[] = { "Date: Wed 10 February 2027",
		"Time: 14:00-16:00", "Until: 16:00", "Duration: 2 hours",
		"Zone: Geneva time" };

	return examples[field];
}

static void
not_understood(struct reader *r)
{
	const struct token_piece *p = token_at(&r->l, r->i);
	struct arena *a = r->env->arena;

	/* A word after a time is most likely meant as its zone. */
	if (p->kind == TOKEN_WORD && r->w->has_time &&
	    (r->field == WALL_TIME || r->field == WALL_DATE)) {
		struct span rest = token_slice(&r->l, r->i, r->l.n - 1);

		fail(r, arena_printf(a, "\"%.*s\" is not known as a time zone. "
		    "Please name a city, an IANA zone such as Asia/Tokyo, or "
		    "UTC.", (int)rest.n, rest.p), arena_printf(a, "Zone: %s",
		    readzone_suggest(a, rest, r->env->list)));
		return;
	}
	fail(r, arena_printf(a, "\"%.*s\" is not understood here.",
	    (int)p->text.n, p->text.p), example(r->field));
}

static void
read_zone(struct reader *r)
{
	struct span text = r->l.source;
	struct arena *a = r->env->arena;
	struct readzone z;

	if (readzone_text(a, text, &z)) {
		set_zone(r, &z);
		return;
	}
	/* "CET/Geneva time", "Geneva time (UTC+1)" */
	while (!r->failed && r->i < r->l.n) {
		size_t before = r->i;

		zones_after(r);
		if (r->i == before && !skip(r))
			break;
	}
	if (r->failed || (r->w->has_zone && r->i >= r->l.n))
		return;
	fail(r, arena_printf(a, "\"%.*s\" is not known as a time zone. Please "
	    "name a city, an IANA zone such as Asia/Tokyo, or UTC.",
	    (int)span_sub(text, 0, 60).n, text.p), arena_printf(a, "Zone: %s",
	    readzone_suggest(a, text, r->env->list)));
}

static bool
step(struct reader *r)
{
	if (r->field == WALL_LENGTH)
		return take_length(r) || skip(r);
	return take_length(r) || take_date(r) || take_words(r) ||
	    take_time(r) || skip(r) || take_zone(r) || skip_remark(r);
}

void
wallread_value(const struct wall_env *env, struct wall *w,
    enum wall_field field, const char *value, const char *line)
{
	struct reader *r = arena_alloc(env->arena, sizeof(*r));

	r->env = env;
	r->w = w;
	r->field = field;
	r->line = line;
	token_cut(span_trim(span_of(value)), &r->l);
	if (r->l.n == 0)
		return;
	if (r->l.too_long) {
		fail(r, "This line is too long to be understood.",
		    example(field));
		return;
	}
	if (field == WALL_ZONE) {
		read_zone(r);
		return;
	}
	while (!r->failed && r->i < r->l.n)
		if (!step(r))
			not_understood(r);
}
