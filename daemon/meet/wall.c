/* SPDX-License-Identifier: ISC */
/*
 * From wall time to instants: fills what the mail left out from the revision
 * that it changes, and asks about everything that contradicts itself.
 * Invariant: no instant is set while a question about date, time or zone is
 * open.
 */
#include "meet/wall.h"

#include <string.h>
#include "base/arena.h"
#include "base/civil.h"
#include "cal/zone.h"
#include "meet/question.h"
#include "meet/when.h"
#include "model/settings.h"

#define DAY 86400
#define MORNING_START (9 * 60 + 30)	/* customary ITU sessions */
#define MORNING_END (12 * 60 + 30)
#define AFTERNOON_START (14 * 60 + 30)
#define AFTERNOON_END (17 * 60 + 30)

/* What is being resolved. */
struct plan {
	const struct wall_env *env;
	const struct wall *w;
	struct civil start, end;	/* local */
	const char *tzid;
	bool asked;
};

struct wall *
wall_new(struct arena *a)
{
	struct wall *w = arena_alloc(a, sizeof(*w));

	w->half = w->check.abbrev = w->zone.tzid = "";
	w->date_line = w->time_line = w->end_line = w->zone_line = "";
	return w;
}

void
wall_ask(const struct wall_env *env, const char *line, const char *why,
    const char *fix)
{
	question_add(env->arena, env->q, line, why, fix);
}

static void
ask(struct plan *p, const char *line, const char *why, const char *fix)
{
	wall_ask(p->env, line, why, fix);
	p->asked = true;
}

static struct civil
civil_of(const struct readdate_day *d, int minutes)
{
	struct civil c = { d->year, d->month, d->day, minutes / 60,
		minutes % 60, 0 };

	return c;
}

static void
add_days(struct civil *c, int days)
{
	civil_from_unix(civil_to_unix(c) + (int64_t)days * DAY, c);
}

/* Ask if the written weekday is not that of the day: both readings. */
static void
check_weekday(struct plan *p, const struct readdate_day *d, const char *line,
    const char *name)
{
	struct arena *a = p->env->arena;
	struct civil c = civil_of(d, 0), other = c;
	int real = civil_weekday(&c), shift;

	if (d->weekday < 0 || d->weekday == real)
		return;
	shift = (d->weekday - real + 7) % 7;
	add_days(&other, shift > 3 ? shift - 7 : shift);
	ask(p, line, arena_printf(a, "%d %s %d is a %s, not a %s.", d->day,
	    civil_month_name(d->month, true), d->year,
	    civil_day_name(real, true), civil_day_name(d->weekday, true)),
	    arena_printf(a, "%s: %s\n%s: %s", name, when_day(a, &c, false),
	    name, when_day(a, &other, false)));
}

static bool
has_year(struct plan *p, const struct readdate_day *d, const char *line)
{
	if (d->year != 0)
		return true;
	ask(p, line, "The year is missing.", arena_printf(p->env->arena,
	    "Date: %d %s YYYY", d->day, civil_month_name(d->month, true)));
	return false;
}

/* The day(s); false if there is none to go on with. */
static bool
plan_days(struct plan *p, const struct meeting_rev *base)
{
	const struct wall *w = p->w;
	const struct readdate_day *last = &w->date.last;

	if (!w->has_date) {
		if (base != NULL && when_parse(base->start_local, &p->start) &&
		    when_parse(base->end_local, &p->end))
			return true;
		if (!w->broken)
			ask(p, "", "The date is missing.",
			    "Date: Wed 10 February 2027");
		return false;
	}
	if (!has_year(p, &w->date.day, w->date_line))
		return false;
	check_weekday(p, &w->date.day, w->date_line, "Date");
	if (last->day != 0)
		check_weekday(p, last, w->date_line, "Date");
	if (w->has_end_day && w->end_day.year != 0)
		check_weekday(p, &w->end_day, w->end_line, "Until");
	p->start = civil_of(&w->date.day, 0);
	p->end = last->day != 0 ? civil_of(last, 0) : p->start;
	return !p->asked;
}

static void
ask_end(struct plan *p)
{
	if (p->w->broken)
		return;		/* it may be in what was not understood */
	ask(p, p->w->time_line, "The end is missing. How long will the meeting "
	    "be?", arena_printf(p->env->arena, "Time: %02d:%02d-%02d:%02d",
	    p->start.hour, p->start.min, (p->start.hour + 2) % 24,
	    p->start.min));
}

/* "afternoon": the customary session, as a planned meeting. */
static void
half_day(struct plan *p, struct meeting_rev *rev)
{
	bool morning = strcmp(p->w->half, "morning") == 0;
	int start = morning ? MORNING_START : AFTERNOON_START;
	int end = morning ? MORNING_END : AFTERNOON_END;

	p->start.hour = start / 60;
	p->start.min = start % 60;
	p->end = p->start;
	p->end.hour = end / 60;
	p->end.min = end % 60;
	rev->status = "planned";
	question_warn(p->env->arena, p->env->q, arena_printf(p->env->arena,
	    "\"%s\" was taken as the customary ITU session %02d:%02d-%02d:%02d"
	    ".\nUntil you give a time, the meeting is announced as planned, "
	    "not as confirmed.", p->w->half, p->start.hour, p->start.min,
	    p->end.hour, p->end.min));
}

/* The end that is written: a time, another day, or a duration. */
static void
written_end(struct plan *p)
{
	const struct wall *w = p->w;
	bool day = w->has_end_day;

	if (w->has_end || day) {
		struct readdate_day d = { p->start.year, p->start.month,
			p->start.day, -1 };

		if (day)
			d = w->end_day;
		if (d.year == 0)
			d.year = p->start.year;
		p->end = civil_of(&d, w->has_end ? w->end : 0);
		if (!w->has_end)
			ask_end(p);
		else if (w->next_day && !day)
			add_days(&p->end, 1);
		return;
	}
	civil_from_unix(civil_to_unix(&p->start) + w->duration_s, &p->end);
}

/* A meeting that has its length from the revision before. */
static void
kept_end(struct plan *p, const struct meeting_rev *base)
{
	struct civil from, to;

	if (base == NULL || base->all_day ||
	    !when_parse(base->start_local, &from) ||
	    !when_parse(base->end_local, &to)) {
		ask_end(p);
		return;
	}
	civil_from_unix(civil_to_unix(&p->start) + civil_to_unix(&to) -
	    civil_to_unix(&from), &p->end);
}

static void
check_half(struct plan *p)
{
	const struct wall *w = p->w;
	bool late = w->start >= 12 * 60;

	if (w->half[0] == '\0' || late == (strcmp(w->half, "afternoon") == 0))
		return;
	ask(p, w->time_line, arena_printf(p->env->arena, "%02d:%02d is not in "
	    "the %s.", w->start / 60, w->start % 60, w->half),
	    arena_printf(p->env->arena, "Time: %02d:%02d\nTime: %02d:%02d",
	    w->start / 60, w->start % 60, (w->start / 60 + 12) % 24,
	    w->start % 60));
}

static void
plan_all_day(struct plan *p, struct meeting_rev *rev)
{
	rev->all_day = true;
	p->start.hour = p->start.min = p->start.sec = 0;
	p->end.hour = p->end.min = p->end.sec = 0;
	if (p->w->has_end_day) {
		struct readdate_day d = p->w->end_day;

		if (d.year == 0)
			d.year = p->start.year;
		p->end = civil_of(&d, 0);
	}
	/* The end is exclusive (RFC 5545 section 3.6.1, DATE values). */
	if (p->w->has_date || p->w->has_end_day)
		add_days(&p->end, 1);
}

/* The time of day of the start; false if there is none. */
static bool
plan_start(struct plan *p, const struct meeting_rev *base)
{
	const struct wall *w = p->w;
	struct civil b;

	if (w->has_time) {
		check_half(p);
		p->start.hour = w->start / 60;
		p->start.min = w->start % 60;
	} else if (base != NULL && !base->all_day &&
	    when_parse(base->start_local, &b)) {
		p->start.hour = b.hour;
		p->start.min = b.min;
	} else {
		if (!w->broken)
			ask(p, "", "The time is missing.",
			    "Time: 14:00-16:00\nTime: all day");
		return false;
	}
	p->start.sec = 0;
	return true;
}

/* Times of day; fills rev->all_day and perhaps status. */
static void
plan_times(struct plan *p, const struct meeting_rev *base,
    struct meeting_rev *rev)
{
	const struct wall *w = p->w;

	rev->all_day = false;
	if (w->all_day || (base != NULL && base->all_day && !w->has_time &&
	    w->half[0] == '\0')) {
		plan_all_day(p, rev);
		return;
	}
	if (w->date.last.day != 0) {
		ask(p, w->date_line, "A meeting of several days with times "
		    "cannot be announced in one piece. Announce each day by "
		    "itself, or the whole without times:", "Time: all day");
		return;
	}
	if (!w->has_time && w->half[0] != '\0') {
		half_day(p, rev);
		return;
	}
	if (!plan_start(p, base))
		return;
	if (w->has_end || w->has_end_day || w->duration_s > 0)
		written_end(p);
	else
		kept_end(p, base);
}

/* Does zone tz have that offset, or go by that abbreviation, at the start? */
static bool
fits(const struct plan *p, const char *tz, const struct readzone *z)
{
	struct civil c;
	char abbrev[16];
	int64_t at;
	int offset_s;

	if (zone_to_utc(tz, &p->start, &at) < 0 ||
	    zone_from_utc(tz, at, &c, &offset_s, abbrev) != 0)
		return false;
	if (offset_s != z->offset_s)
		return false;
	return z->tzid[0] == '\0' || strcmp(tz, z->tzid) == 0 ||
	    strcasecmp(abbrev, z->abbrev) == 0;
}

/* "CET" in summer: as the place has it, or as the abbreviation says. */
static void
ask_abbrev(struct plan *p, const struct readzone *z, const char *tz)
{
	struct arena *a = p->env->arena;
	struct civil c, utc, other;
	char abbrev[16] = "";
	int64_t at;
	int offset_s = 0;

	if (zone_to_utc(tz, &p->start, &at) < 0 ||
	    zone_from_utc(tz, at, &c, &offset_s, abbrev) != 0)
		return;
	civil_from_unix(civil_to_unix(&p->start) - z->offset_s, &utc);
	civil_from_unix(civil_to_unix(&p->start) - z->offset_s + offset_s,
	    &other);
	ask(p, p->w->zone_line, arena_printf(a, "On %s, %s is %s (%s), not %s."
	    " Which time is meant?", when_day(a, &p->start, false),
	    when_zone(a, tz), abbrev, when_offset(a, offset_s), z->abbrev),
	    arena_printf(a, "Time: %02d:%02d %s\nTime: %02d:%02d %s (%02d:%02d "
	    "UTC)", p->start.hour, p->start.min, when_zone(a, tz), other.hour,
	    other.min, when_zone(a, tz), utc.hour, utc.min));
}

/* An abbreviation or offset alone: the zone of the list that has it then. */
static void
plan_fixed(struct plan *p, const struct readzone *z)
{
	const struct list_settings *l = p->env->list;
	struct arena *a = p->env->arena;

	if (fits(p, l->zone, z)) {
		p->tzid = l->zone;
		return;
	}
	for (const char **t = l->zones; t != NULL && *t != NULL; t++)
		if (fits(p, *t, z)) {
			p->tzid = *t;
			return;
		}
	if (z->tzid[0] == '\0') {
		ask(p, p->w->zone_line, arena_printf(a, "%s is an offset, not a"
		    " zone. Please name a city, so that clock changes are "
		    "right.", z->abbrev), arena_printf(a, "Zone: %s\nZone: UTC",
		    when_zone(a, l->zone)));
		return;
	}
	p->tzid = z->tzid;
	if (!fits(p, z->tzid, z))
		ask_abbrev(p, z, z->tzid);
}

static void
plan_zone(struct plan *p, const struct meeting_rev *base)
{
	const struct wall *w = p->w;
	bool known = base != NULL && base->tzid[0] != '\0';

	p->tzid = known ? base->tzid : p->env->list->zone;
	if (!w->has_zone)
		return;
	if (w->zone.fixed) {
		plan_fixed(p, &w->zone);
		return;
	}
	p->tzid = w->zone.tzid;
	if (w->check.fixed && !fits(p, p->tzid, &w->check))
		ask_abbrev(p, &w->check, p->tzid);
}

/* A time in the gap of a clock change: as the clock goes on, or in UTC. */
static void
ask_gap(struct plan *p, const struct civil *local, int64_t at,
    const char *field)
{
	struct arena *a = p->env->arena;
	struct civil after;
	char abbrev[16];
	int offset_s;

	if (zone_from_utc(p->tzid, at, &after, &offset_s, abbrev) != 0)
		after = *local;
	ask(p, p->w->time_line, arena_printf(a, "%02d:%02d does not exist on %s"
	    " in %s: the clocks are set forward.", local->hour, local->min,
	    when_day(a, local, false), when_zone(a, p->tzid)),
	    arena_printf(a, "%s: %02d:%02d", field, after.hour, after.min));
}

/* A time that comes twice, an hour (or half) apart: both in UTC. */
static void
ask_twice(struct plan *p, const struct civil *local, int64_t at,
    const char *field)
{
	static const int steps[] = { 1800, 3600, 7200 };
	struct arena *a = p->env->arena;
	struct civil first, second, c;
	char abbrev[16];
	int offset_s;

	civil_from_unix(at, &first);
	second = first;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (zone_from_utc(p->tzid, at + steps[i], &c, &offset_s,
		    abbrev) == 0 && c.hour == local->hour &&
		    c.min == local->min)
			civil_from_unix(at + steps[i], &second);
	ask(p, p->w->time_line, arena_printf(a, "%02d:%02d comes twice on %s in"
	    " %s: the clocks are set back. Please give date and time in UTC, "
	    "and no other zone.", local->hour, local->min,
	    when_day(a, local, false), when_zone(a, p->tzid)),
	    arena_printf(a, "%s: %02d:%02d UTC\n%s: %02d:%02d UTC", field,
	    first.hour, first.min, field, second.hour, second.min));
}

static int64_t
instant(struct plan *p, const struct civil *local, const char *field)
{
	int64_t at = 0;

	switch (zone_to_utc(p->tzid, local, &at)) {
	case ZONE_ONCE:
		break;
	case ZONE_TWICE:
		ask_twice(p, local, at, field);
		break;
	case ZONE_NEVER:
		ask_gap(p, local, at, field);
		break;
	default:
		ask(p, p->w->zone_line, arena_printf(p->env->arena,
		    "The zone \"%s\" is not known.", p->tzid),
		    "Zone: Geneva time");
	}
	return at;
}

/* "(12:00 UTC)" beside the time must be the same instant. */
static void
check_stated(struct plan *p, const struct wall_stated *s, int64_t start_at)
{
	struct arena *a = p->env->arena;
	struct civil there, here;
	const char *tz = s->zone.tzid;
	char abbrev[16];
	int there_s = s->zone.offset_s, here_s, diff;

	if (s->zone.choices[0] != '\0')
		return;		/* "20:00 CST": which, is not our business */
	if (s->zone.fixed)
		civil_from_unix(start_at + there_s, &there);
	else if (zone_from_utc(tz, start_at, &there, &there_s, abbrev) != 0)
		return;
	if (there.hour * 60 + there.min == s->start)
		return;
	diff = s->start - (there.hour * 60 + there.min);
	diff += diff > 720 ? -1440 : diff <= -720 ? 1440 : 0;
	if (zone_from_utc(p->tzid, start_at + diff * 60, &here, &here_s,
	    abbrev) != 0)
		return;
	tz = s->zone.fixed ? s->zone.abbrev : when_zone(a, tz);
	ask(p, p->w->time_line, arena_printf(a, "%02d:%02d %s on %s is "
	    "%02d:%02d %s, not %02d:%02d.", p->start.hour, p->start.min,
	    when_zone(a, p->tzid), when_day(a, &p->start, false), there.hour,
	    there.min, tz, s->start / 60, s->start % 60),
	    arena_printf(a, "Time: %02d:%02d %s (%02d:%02d %s)\nTime: %02d:%02d"
	    " %s (%02d:%02d %s)", p->start.hour, p->start.min,
	    when_zone(a, p->tzid), there.hour, there.min, tz, here.hour,
	    here.min, when_zone(a, p->tzid), s->start / 60, s->start % 60,
	    tz));
}

/* "(12:00-15:00 UTC)" beside a meeting of two hours. */
static void
check_length(struct plan *p, const struct wall_stated *s, int64_t length_s)
{
	int there = (s->end - s->start + 1440) % 1440;
	int here = (int)(length_s / 60 % 1440);

	if (s->end < 0 || there == here)
		return;
	ask(p, p->w->time_line, arena_printf(p->env->arena, "The times in "
	    "other zones do not agree: %d:%02d hours here, %d:%02d hours "
	    "there.", here / 60, here % 60, there / 60, there % 60), "");
}

/* A duration beside an end: both must say the same. */
static void
check_duration(struct plan *p, int64_t length_s)
{
	const struct wall *w = p->w;

	if (!w->has_end || w->duration_s == 0 || w->duration_s == length_s)
		return;
	ask(p, w->end_line, arena_printf(p->env->arena, "The end and the "
	    "duration do not agree: the meeting is %d:%02d hours long, not "
	    "%d:%02d.", (int)(length_s / 3600), (int)(length_s / 60 % 60),
	    (int)(w->duration_s / 3600), (int)(w->duration_s / 60 % 60)),
	    "");
}

static void
ask_order(struct plan *p)
{
	struct arena *a = p->env->arena;
	const char *line = p->w->end_line[0] != '\0' ? p->w->end_line :
	    p->w->time_line;
	const struct civil *s = &p->start, *e = &p->end;

	ask(p, line, "The end is not after the start.", p->w->has_end_day ?
	    arena_printf(a, "Until: %s %02d:%02d", when_day(a, s, false),
	    e->hour, e->min) :
	    arena_printf(a, "Time: %02d:%02d-%02d:%02d next day\nTime: "
	    "%02d:%02d-%02d:%02d", s->hour, s->min, e->hour, e->min, e->hour,
	    e->min, s->hour, s->min));
}

bool
wall_resolve(const struct wall_env *env, const struct wall *w,
    const struct meeting_rev *base, struct meeting_rev *rev)
{
	struct plan p = { env, w, { 0, 0, 0, 0, 0, 0 }, { 0, 0, 0, 0, 0, 0 },
		"", w->broken };
	bool days = plan_days(&p, base);

	plan_times(&p, base, rev);
	if (days && !p.asked)
		plan_zone(&p, base);
	if (!days || p.asked)
		return false;
	rev->start_at = instant(&p, &p.start, "Time");
	rev->end_at = p.asked ? 0 : instant(&p, &p.end, "Until");
	if (!p.asked && rev->end_at <= rev->start_at)
		ask_order(&p);
	if (!p.asked)
		check_duration(&p, rev->end_at - rev->start_at);
	for (size_t i = 0; !p.asked && i < w->n_stated; i++) {
		check_stated(&p, &w->stated[i], rev->start_at);
		check_length(&p, &w->stated[i], rev->end_at - rev->start_at);
	}
	rev->tzid = p.tzid;
	rev->start_local = when_local(env->arena, &p.start);
	rev->end_local = when_local(env->arena, &p.end);
	return !p.asked;
}
