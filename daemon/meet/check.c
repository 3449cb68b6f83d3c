/* SPDX-License-Identifier: ISC */
/*
 * What a whole revision is checked for before the chairman sees its preview
 * (facts: domain R16, R18, R20). Questions are what can only be a mistake;
 * the rest are warnings, because people have reasons. Invariant: a revision
 * that changes neither time nor number is not asked about them again.
 */
#include "meet/meet.h"

#include <string.h>
#include "base/arena.h"
#include "base/civil.h"
#include "base/str.h"
#include "cal/zone.h"
#include "meet/question.h"
#include "meet/when.h"
#include "model/settings.h"

#define DAY 86400
#define LONG_S (12 * 3600)
#define FACE_TO_FACE_DAYS 28
#define FAR_DAYS 730

/* The revision being checked. */
struct check {
	struct arena *arena;
	const struct meeting_rev *rev;
	const struct meeting_rev *old;	/* announced revision, or NULL */
	const struct snapshot *s;
	struct meet_questions *q;
};

static const struct meeting_rev *
announced(const struct snapshot *s, const char *key)
{
	for (size_t i = 0; i < s->n_meetings; i++)
		if (key[0] != '\0' && strcmp(s->meetings[i].key, key) == 0)
			return s->meetings[i].current;
	return NULL;
}

static bool
is_cancelled(const struct meeting_rev *rev)
{
	return strcmp(rev->status, "cancelled") == 0;
}

static const char *
date_line(const struct check *c)
{
	return arena_printf(c->arena, "Date: %s",
	    meet_when_short(c->arena, c->rev));
}

/* A meeting without a place, or at no place in the world. */
static bool
is_remote(const char *place)
{
	static const char *const starts[] = { "e-meeting", "emeeting",
		"electronic", "online", "on-line", "virtual", "remote", "web",
		"zoom", "teams", "microsoft teams", "webex", "video", "tele",
		"mymeetings", "http", "conference call", "call", NULL };

	if (place[0] == '\0')
		return true;
	for (const char *const *s = starts; *s != NULL; s++)
		if (span_has_prefixi(span_of(place), *s))
			return true;
	return false;
}

/* Calendar days from now to the start, as the place counts them. */
static int64_t
days_ahead(const struct check *c)
{
	struct civil now, start;
	char abbrev[16];
	int offset_s;

	if (zone_from_utc(c->rev->tzid, c->s->now, &now, &offset_s,
	    abbrev) != 0 || zone_from_utc(c->rev->tzid, c->rev->start_at,
	    &start, &offset_s, abbrev) != 0)
		return (c->rev->start_at - c->s->now) / DAY;
	now.hour = now.min = now.sec = 0;
	start.hour = start.min = start.sec = 0;
	return (civil_to_unix(&start) - civil_to_unix(&now)) / DAY;
}

static void
check_notice(const struct check *c)
{
	bool remote = is_remote(c->rev->place);
	int64_t days = days_ahead(c);
	int64_t least = remote ? c->s->list->notice_days : FACE_TO_FACE_DAYS;

	if (days >= least)
		return;
	question_warn(c->arena, c->q, arena_printf(c->arena, remote ?
	    "Short notice: %d days. An e-meeting of this list is announced at "
	    "least %d days\nbefore it starts (as ITU asks for e-meetings)." :
	    "Short notice: %d days. A face-to-face meeting by itself is "
	    "announced at least\n%d days before it starts (Rec. ITU-T A.1 "
	    "clause 5.5), unless it is held with a\nstudy group or TSAG "
	    "meeting.", (int)days, (int)least));
}

static void
check_time(const struct check *c)
{
	const struct meeting_rev *rev = c->rev;

	if (rev->start_at <= c->s->now) {
		question_add(c->arena, c->q, date_line(c),
		    "This date is in the past.", "");
		return;
	}
	if (!rev->all_day && rev->end_at - rev->start_at > LONG_S)
		question_warn(c->arena, c->q, "The meeting is longer than 12 "
		    "hours.");
	if (days_ahead(c) > FAR_DAYS)
		question_warn(c->arena, c->q, "The meeting is more than two "
		    "years ahead: is the year right?");
	check_notice(c);
}

/* Add the time in zone to night if it is one of the night. */
static const char *
add_night(const struct check *c, const char *zone, const char *night)
{
	struct civil local;
	char abbrev[16];
	int offset_s;

	if (zone_from_utc(zone, c->rev->start_at, &local, &offset_s,
	    abbrev) != 0 || (local.hour >= 6 && local.hour < 22))
		return night;
	return arena_printf(c->arena, "%s%s%s %02d:%02d", night,
	    night[0] == '\0' ? "" : ", ", when_zone(c->arena, zone),
	    local.hour, local.min);
}

/* The zones in which the meeting starts at night. */
static void
check_night(const struct check *c)
{
	const char **z = c->s->list->zones;
	const char *night = add_night(c, c->rev->tzid, "");

	for (; z != NULL && *z != NULL; z++)
		if (strcmp(*z, c->rev->tzid) != 0)
			night = add_night(c, *z, night);
	if (night[0] != '\0')
		question_warn(c->arena, c->q, arena_printf(c->arena,
		    "It starts at night (22:00-06:00) for some: %s.", night));
}

static bool
overlap(const struct meeting_rev *a, const struct meeting_rev *b)
{
	return a->start_at < b->end_at && b->start_at < a->end_at;
}

static void
check_others(const struct check *c, bool moved, bool numbered)
{
	for (size_t i = 0; i < c->s->n_meetings; i++) {
		const struct meeting *m = &c->s->meetings[i];
		const struct meeting_rev *r = m->current;

		if (r == NULL || is_cancelled(r) ||
		    strcmp(m->key, c->rev->key) == 0)
			continue;
		if (numbered && r->number == c->rev->number)
			question_add(c->arena, c->q, arena_printf(c->arena,
			    "Number: %u", c->rev->number),
			    arena_printf(c->arena, "Meeting number %u is "
			    "announced already, as %s (%s, %s).", r->number,
			    m->key, r->title, meet_when_short(c->arena, r)),
			    arena_printf(c->arena, "update %s\nNumber: %u",
			    m->key, c->rev->number + 1));
		else if (moved && c->old == NULL &&
		    r->start_at == c->rev->start_at &&
		    strcmp(r->title, c->rev->title) == 0)
			question_add(c->arena, c->q, arena_printf(c->arena,
			    "Title: %s", c->rev->title),
			    arena_printf(c->arena, "This meeting is announced "
			    "already, as %s.", m->key),
			    arena_printf(c->arena, "update %s", m->key));
		else if (moved && overlap(r, c->rev))
			question_warn(c->arena, c->q, arena_printf(c->arena,
			    "At the same time as %s: %s, %s.", m->key,
			    r->title, meet_when_short(c->arena, r)));
	}
}

static bool
had_deadline(const struct meeting_rev *old, const struct deadline *d)
{
	for (size_t i = 0; old != NULL && i < old->n_deadlines; i++)
		if (strcmp(old->deadlines[i].label, d->label) == 0 &&
		    old->deadlines[i].at == d->at)
			return true;
	return false;
}

static void
check_deadlines(const struct check *c, bool moved)
{
	for (size_t i = 0; i < c->rev->n_deadlines; i++) {
		const struct deadline *d = &c->rev->deadlines[i];
		const char *line = arena_printf(c->arena, "%s by: %s",
		    d->label, when_deadline(c->arena, d->at, c->rev->tzid));

		if (!moved && had_deadline(c->old, d))
			continue;
		if (d->at > c->rev->start_at)
			question_add(c->arena, c->q, line, arena_printf(
			    c->arena, "This is after the start of the meeting"
			    " (%s).", when_both(c->arena, c->rev->start_at,
			    c->rev->tzid)), "");
		else if (d->at < c->s->now)
			question_warn(c->arena, c->q, arena_printf(c->arena,
			    "This deadline is over: %s.", line));
	}
}

void
meet_check(struct arena *a, const struct meeting_rev *rev,
    const struct snapshot *s, struct meet_questions *q)
{
	struct check c = { a, rev, announced(s, rev->key), s, q };
	bool moved, numbered;

	if (is_cancelled(rev))
		return;
	moved = c.old == NULL || is_cancelled(c.old) ||
	    c.old->start_at != rev->start_at || c.old->end_at != rev->end_at;
	numbered = rev->number != 0 && (c.old == NULL ||
	    c.old->number != rev->number);
	if (moved)
		check_time(&c);
	if (moved && !rev->all_day)
		check_night(&c);
	check_others(&c, moved, numbered);
	check_deadlines(&c, moved);
}
