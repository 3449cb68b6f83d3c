/* SPDX-License-Identifier: ISC */
/*
 * Deadlines: "Fri 29 Jan 23:59 UTC". Invariant: a weekday that is written is
 * that of the day which is chosen.
 */
#include "meet/walllimit.h"

#include "base/arena.h"
#include "base/civil.h"
#include "cal/zone.h"
#include "meet/question.h"
#include "meet/wallread.h"
#include "meet/when.h"
#include "model/settings.h"

/* The last such day not after the meeting: deadlines come before it. */
static int
year_before(const struct readdate_day *d, int64_t start_at)
{
	struct civil c, start;

	civil_from_unix(start_at, &start);
	c = start;
	c.month = d->month;
	c.day = d->day;
	c.hour = c.min = c.sec = 0;
	while (!civil_is_valid(&c) || civil_to_unix(&c) > start_at)
		if (--c.year < start.year - 4)
			break;
	return c.year;
}

static void
ask_weekday(const struct wall_env *env, const struct wall_limit *limit,
    const struct civil *c, int written)
{
	struct arena *a = env->arena;

	wall_ask(env, limit->line, arena_printf(a, "%d %s %d is a %s, not a "
	    "%s.", c->day, civil_month_name(c->month, true), c->year,
	    civil_day_name(civil_weekday(c), true),
	    civil_day_name(written, true)), arena_printf(a, "%s by: %s",
	    limit->label, when_day(a, c, false)));
}

bool
walllimit_resolve(const struct wall_env *env, const struct wall_limit *limit,
    const struct meeting_rev *rev, int64_t *out)
{
	struct wall *w = wall_new(env->arena);
	size_t asked = env->q->n;
	struct civil c;
	const char *tz = rev->tzid[0] != '\0' ? rev->tzid : env->list->zone;
	int minutes;

	wallread_value(env, w, WALL_DATE, limit->value, limit->line);
	if (w->broken)
		return false;
	if (!w->has_date || w->date.last.day != 0) {
		wall_ask(env, limit->line, "A deadline needs one date.",
		    arena_printf(env->arena, "%s by: Fri 29 January 2027 23:59 "
		    "UTC", limit->label));
		return false;
	}
	if (w->date.day.year == 0)
		w->date.day.year = year_before(&w->date.day, rev->start_at);
	minutes = w->has_time ? w->start : 23 * 60 + 59;
	c.year = w->date.day.year;
	c.month = w->date.day.month;
	c.day = w->date.day.day;
	c.hour = minutes / 60;
	c.min = minutes % 60;
	c.sec = 0;
	if (!civil_is_valid(&c)) {
		wall_ask(env, limit->line, "There is no such day in the "
		    "calendar.", "");
		return false;
	}
	if (w->date.day.weekday >= 0 &&
	    w->date.day.weekday != civil_weekday(&c))
		ask_weekday(env, limit, &c, w->date.day.weekday);
	if (w->has_zone && w->zone.fixed)
		*out = civil_to_unix(&c) - w->zone.offset_s;
	else if (zone_to_utc(w->has_zone ? w->zone.tzid : tz, &c, out) < 0)
		wall_ask(env, limit->line, "The zone is not known.",
		    "Zone: UTC");
	return env->q->n == asked;
}
