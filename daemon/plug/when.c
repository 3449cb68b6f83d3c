/* SPDX-License-Identifier: ISC */
/*
 * Times for the public. Owns the wording. Invariant: RFC 3339 texts denote
 * start_at and end_at exactly, whatever the zone.
 */
#include "plug/when.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/civil.h"
#include "cal/zone.h"

#define DAY 86400
#define DASH "\xe2\x80\x93"	/* en dash */

struct point {
	struct civil c;
	int offset_s;
	char abbrev[16];
};

static void
get_point(const char *zone, int64_t at, struct point *out)
{
	if (zone_from_utc(zone, at, &out->c, &out->offset_s, out->abbrev) == 0)
		return;
	civil_from_unix(at, &out->c);
	out->offset_s = 0;
	memcpy(out->abbrev, "UTC", 4);
}

static const char *
offset_text(struct arena *a, int offset_s, const char *zero)
{
	int s = abs(offset_s);

	if (s < 60)
		return zero;
	return arena_printf(a, "%c%02d:%02d", offset_s < 0 ? '-' : '+',
	    s / 3600, s / 60 % 60);
}

static const char *
iso(struct arena *a, const struct point *p)
{
	return arena_printf(a, "%04d-%02d-%02dT%02d:%02d:%02d%s", p->c.year,
	    p->c.month, p->c.day, p->c.hour, p->c.min, p->c.sec,
	    offset_text(a, p->offset_s, "Z"));
}

static const char *
day_text(struct arena *a, const struct civil *c)
{
	return arena_printf(a, "%s %d %s %d",
	    civil_day_name(civil_weekday(c), true), c->day,
	    civil_month_name(c->month, true), c->year);
}

static const char *
date_text(struct arena *a, const struct civil *c)
{
	return arena_printf(a, "%04d-%02d-%02d", c->year, c->month, c->day);
}

static bool
same_day(const struct civil *x, const struct civil *y)
{
	return x->year == y->year && x->month == y->month && x->day == y->day;
}

static bool
read_local(const char *text, int64_t *out)
{
	char buf[24] = "";
	size_t n = strlen(text);

	if (n != 19 && n != 10)
		return false;
	memcpy(buf, text, n);
	memcpy(buf + n, n == 10 ? "T00:00:00Z" : "Z", n == 10 ? 11 : 2);
	return civil_parse_rfc3339(span_of(buf), out);
}

/* Whole days: the end that is a midnight is the end of the day before. */
static struct when
all_day(struct arena *a, const struct meeting_rev *rev)
{
	struct when w = { "", "", "", "" };
	struct civil first, last;
	int64_t start, end;

	if (!read_local(rev->start_local, &start))
		start = rev->start_at;
	if (!read_local(rev->end_local, &end) || end < start)
		end = start;
	if (end > start && end % DAY == 0)
		end -= DAY;
	civil_from_unix(start, &first);
	civil_from_unix(end, &last);
	w.start = date_text(a, &first);
	w.end = date_text(a, &last);
	w.text = same_day(&first, &last) ? day_text(a, &first) :
	    arena_printf(a, "%s " DASH " %s", day_text(a, &first),
	    day_text(a, &last));
	return w;
}

struct when
when_make(struct arena *a, const struct meeting_rev *rev, const char *zone)
{
	struct when w = { "", "", "", "" };
	struct point start, end;
	const char *day;

	if (rev->all_day)
		return all_day(a, rev);
	get_point(zone, rev->start_at, &start);
	w.start = iso(a, &start);
	/* Names such as "-03" say nothing to people. */
	w.zone_name = start.abbrev[0] == '+' || start.abbrev[0] == '-' ?
	    arena_printf(a, "UTC%s", offset_text(a, start.offset_s, "")) :
	    arena_strdup(a, start.abbrev);
	day = day_text(a, &start.c);
	w.text = arena_printf(a, "%s, %02d:%02d", day, start.c.hour,
	    start.c.min);
	if (rev->end_at <= rev->start_at)
		return w;
	get_point(zone, rev->end_at, &end);
	w.end = iso(a, &end);
	if (same_day(&start.c, &end.c))
		w.text = arena_printf(a, "%s" DASH "%02d:%02d", w.text,
		    end.c.hour, end.c.min);
	else
		w.text = arena_printf(a, "%s " DASH " %s, %02d:%02d", w.text,
		    day_text(a, &end.c), end.c.hour, end.c.min);
	return w;
}
