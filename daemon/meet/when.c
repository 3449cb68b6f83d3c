/* SPDX-License-Identifier: ISC */
/*
 * How times are shown: always with the weekday, the zone by its city, and
 * UTC. Invariant: what is shown is computed from the instants, so that it
 * cannot differ from what calendars show.
 */
#include "meet/when.h"

#include <stdlib.h>
#include <string.h>
#include "base/arena.h"
#include "base/str.h"
#include "cal/zone.h"
#include "meet/meet.h"

#define ZONES_MAX 24

bool
when_parse(const char *local, struct civil *out)
{
	/* Places of the digits in "2027-02-10T13:00:00". */
	static const struct { size_t at, n; } part[] = { { 0, 4 }, { 5, 2 },
		{ 8, 2 }, { 11, 2 }, { 14, 2 }, { 17, 2 } };
	struct span s = span_of(local);
	uint64_t v[6];
	struct civil c;

	if (s.n != 19)
		return false;
	for (size_t i = 0; i < 6; i++)
		if (!span_u64(span_sub(s, part[i].at, part[i].at + part[i].n),
		    9999, &v[i]))
			return false;
	c.year = (int)v[0];
	c.month = (int)v[1];
	c.day = (int)v[2];
	c.hour = (int)v[3];
	c.min = (int)v[4];
	c.sec = (int)v[5];
	if (!civil_is_valid(&c))
		return false;
	*out = c;
	return true;
}

char *
when_local(struct arena *a, const struct civil *c)
{
	return arena_printf(a, "%04d-%02d-%02dT%02d:%02d:%02d", c->year,
	    c->month, c->day, c->hour, c->min, c->sec);
}

char *
when_day(struct arena *a, const struct civil *c, bool full)
{
	return arena_printf(a, "%s %d %s %d",
	    civil_day_name(civil_weekday(c), full), c->day,
	    civil_month_name(c->month, full), c->year);
}

/* "Geneva", "New York": the city that stands for the zone. */
static char *
city(struct arena *a, const char *tzid)
{
	struct span all = span_of(tzid);
	struct span last = span_sub(all, span_rfind(all, '/') + 1, all.n);
	char *name;

	if (strcmp(tzid, "Europe/Zurich") == 0)
		return arena_strdup(a, "Geneva");
	name = arena_strndup(a, last.n > 0 ? last.p : all.p,
	    last.n > 0 ? last.n : all.n);
	for (char *p = name; *p != '\0'; p++)
		if (*p == '_')
			*p = ' ';
	return name;
}

static bool
is_utc(const char *tzid)
{
	return strcmp(tzid, "UTC") == 0 || strcmp(tzid, "Etc/UTC") == 0;
}

char *
when_zone(struct arena *a, const char *tzid)
{
	if (is_utc(tzid))
		return arena_strdup(a, "UTC");
	return arena_printf(a, "%s time", city(a, tzid));
}

char *
when_offset(struct arena *a, int offset_s)
{
	int minutes = abs(offset_s) / 60;
	char sign = offset_s < 0 ? '-' : '+';

	if (offset_s == 0)
		return arena_strdup(a, "UTC");
	if (minutes % 60 == 0)
		return arena_printf(a, "UTC%c%d", sign, minutes / 60);
	return arena_printf(a, "UTC%c%d:%02d", sign, minutes / 60,
	    minutes % 60);
}

/* Local time of an instant; in UTC if the zone is not known. */
static int
local_at(const char *tzid, int64_t at, struct civil *out)
{
	char abbrev[16];
	int offset_s;

	if (zone_from_utc(tzid, at, out, &offset_s, abbrev) == 0)
		return offset_s;
	civil_from_unix(at, out);
	return 0;
}

char *
when_instant(struct arena *a, int64_t at, const char *tzid)
{
	struct civil c;

	(void)local_at(tzid, at, &c);
	return arena_printf(a, "%s %02d:%02d %s", when_day(a, &c, false),
	    c.hour, c.min, when_zone(a, tzid));
}

char *
when_both(struct arena *a, int64_t at, const char *tzid)
{
	struct civil c;

	if (is_utc(tzid))
		return when_instant(a, at, tzid);
	civil_from_unix(at, &c);
	return arena_printf(a, "%s (%02d:%02d UTC)",
	    when_instant(a, at, tzid), c.hour, c.min);
}

char *
when_deadline(struct arena *a, int64_t at, const char *tzid)
{
	struct civil c;

	civil_from_unix(at, &c);
	return c.hour == 23 && c.min == 59 ? when_instant(a, at, "UTC") :
	    when_both(a, at, tzid);
}

static bool
same_day(const struct civil *a, const struct civil *b)
{
	return a->year == b->year && a->month == b->month && a->day == b->day;
}

/* "13:00-15:00"; a day that is not that of ref, or of the start, is named. */
static char *
range(struct arena *a, const struct civil *start, const struct civil *end,
    const struct civil *ref)
{
	bool moved = !same_day(start, ref), over = !same_day(start, end);
	char *from = arena_printf(a, "%02d:%02d", start->hour, start->min);
	char *to = arena_printf(a, "%02d:%02d", end->hour, end->min);

	if (moved)
		from = arena_printf(a, "%s %d %s %s", civil_day_name(
		    civil_weekday(start), false), start->day,
		    civil_month_name(start->month, false), from);
	if (over)
		to = arena_printf(a, "%s %d %s %s", civil_day_name(
		    civil_weekday(end), false), end->day,
		    civil_month_name(end->month, false), to);
	return arena_printf(a, over ? "%s - %s" : "%s-%s", from, to);
}

/* Days of an all-day meeting; its end is the day after the last one. */
static char *
days(struct arena *a, const struct meeting_rev *rev, bool full)
{
	struct civil first, last;

	if (!when_parse(rev->start_local, &first) ||
	    !when_parse(rev->end_local, &last))
		return arena_strdup(a, "");
	civil_from_unix(civil_to_unix(&last) - 1, &last);
	if (same_day(&first, &last))
		return arena_printf(a, "%s, all day", when_day(a, &first,
		    full));
	return arena_printf(a, "%s - %s, all day", when_day(a, &first, full),
	    when_day(a, &last, full));
}

static bool
is_listed(const char *const *seen, size_t n, const char *tzid)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(seen[i], tzid) == 0)
			return true;
	return false;
}

static void
add_zone(const char **seen, size_t *n, const char *tzid)
{
	if (tzid == NULL || tzid[0] == '\0' || *n == ZONES_MAX)
		return;
	if (is_utc(tzid))
		tzid = "UTC";
	if (!is_listed(seen, *n, tzid))
		seen[(*n)++] = tzid;
}

/* The zones to show, the meeting's own first, none twice. */
static size_t
collect(const struct meeting_rev *rev, const struct list_settings *l,
    const char *extra, const char **seen)
{
	size_t n = 0;

	add_zone(seen, &n, rev->tzid);
	add_zone(seen, &n, "UTC");
	add_zone(seen, &n, "Europe/Zurich");
	add_zone(seen, &n, l->zone);
	for (const char **z = l->zones; z != NULL && *z != NULL; z++)
		add_zone(seen, &n, *z);
	add_zone(seen, &n, extra);
	return n;
}

char *
meet_when(struct arena *a, const struct meeting_rev *rev,
    const struct list_settings *l, const char *extra_zone)
{
	const char *seen[ZONES_MAX];
	struct str out = STR_EMPTY;
	struct civil ref, start, end;
	size_t n;
	char *text;

	if (rev->all_day)
		return arena_printf(a, "%s\n", days(a, rev, true));
	n = collect(rev, l, extra_zone, seen);
	(void)local_at(rev->tzid, rev->start_at, &ref);
	for (size_t i = 0; i < n; i++) {
		int offset_s = local_at(seen[i], rev->start_at, &start);
		const char *offset = when_offset(a, offset_s);

		(void)local_at(seen[i], rev->end_at, &end);
		text = range(a, &start, &end, &ref);
		if (i == 0)
			str_addf(&out, "%s, %s %s", when_day(a, &ref, true),
			    text, when_zone(a, seen[i]));
		else
			str_addf(&out, "  %-13s %s", text, is_utc(seen[i]) ?
			    "UTC" : city(a, seen[i]));
		if (!is_utc(seen[i]))
			str_addf(&out, " (%s)", offset);
		str_addc(&out, '\n');
	}
	text = str_dup(a, &out);
	str_done(&out);
	return text;
}

char *
meet_when_short(struct arena *a, const struct meeting_rev *rev)
{
	struct civil start, end;

	if (rev->all_day)
		return days(a, rev, false);
	(void)local_at(rev->tzid, rev->start_at, &start);
	(void)local_at(rev->tzid, rev->end_at, &end);
	return arena_printf(a, "%s, %s %s", when_day(a, &start, false),
	    range(a, &start, &end, &start), when_zone(a, rev->tzid));
}
