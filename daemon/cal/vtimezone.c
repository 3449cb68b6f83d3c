/* SPDX-License-Identifier: ISC */
/*
 * Writing VTIMEZONE (RFC 5545 section 3.6.5): from the zone's rule, or, where
 * the rule does not tell the years in question or cannot be said in one
 * RRULE, from the changes themselves. Invariant: what is written was compared
 * with the zone's own changes for the years around the instant.
 */
#include "cal/vtimezone.h"

#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "base/str.h"
#include "cal/tzif.h"

#define DAY 86400
#define YEAR (366 * (int64_t)DAY)
#define SPANS_MAX 8

/* One change that comes back every year: the nth weekday of a month. */
struct yearly {
	int month, nth, weekday;	/* nth 5 = last */
	int32_t time_s;			/* 0 to 86399 */
};

/* A STANDARD or DAYLIGHT part. */
struct part {
	bool daylight;
	int32_t from_s, to_s;
	const char *name;
};

static void
write_offset(struct str *out, const char *name, int32_t offset_s)
{
	int32_t s = offset_s < 0 ? -offset_s : offset_s;

	str_addf(out, "%s:%c%02d%02d", name, offset_s < 0 ? '-' : '+',
	    (int)(s / 3600), (int)(s / 60 % 60));
	if (s % 60 != 0)
		str_addf(out, "%02d", (int)(s % 60));
	str_adds(out, "\r\n");
}

/* local is seconds as if UTC. */
static void
write_local(struct str *out, int64_t local)
{
	struct civil c;

	civil_from_unix(local, &c);
	str_addf(out, "%04d%02d%02dT%02d%02d%02d", c.year, c.month, c.day,
	    c.hour, c.min, c.sec);
}

static void
write_part_head(struct str *out, const struct part *p, int64_t start_local)
{
	str_addf(out, "BEGIN:%s\r\nDTSTART:",
	    p->daylight ? "DAYLIGHT" : "STANDARD");
	write_local(out, start_local);
	str_adds(out, "\r\n");
	write_offset(out, "TZOFFSETFROM", p->from_s);
	write_offset(out, "TZOFFSETTO", p->to_s);
	str_addf(out, "TZNAME:%s\r\n", p->name);
}

static void
write_part_end(struct str *out, const struct part *p)
{
	str_addf(out, "END:%s\r\n", p->daylight ? "DAYLIGHT" : "STANDARD");
}

/* Floor division: the days that a time of day outside 0 to 24 h reaches. */
static int32_t
days_in(int32_t time_s)
{
	return time_s >= 0 ? time_s / DAY : -((DAY - 1 - time_s) / DAY);
}

/*
 * Can the change be said as "nth weekday of the month at a time of the day"
 * for the years around year? Times beyond the day (Saturday 24:00) are moved
 * to the neighbouring day, which is right only in some years.
 */
static bool
find_yearly(const struct tzdate *date, int year, struct yearly *out)
{
	int32_t shift = days_in(date->time_s);
	struct tzdate moved = *date;
	int nth, y;

	if (date->kind != TZDATE_WEEKDAY)
		return false;
	out->month = date->month;
	out->weekday = moved.day = ((date->day + shift) % 7 + 7) % 7;
	out->time_s = date->time_s - shift * DAY;
	for (nth = 5; nth >= 1; nth--) {
		moved.week = nth;
		for (y = year - 1; y <= year + 2; y++) {
			if (tzrule_day(&moved, y) !=
			    tzrule_day(date, y) + (int64_t)shift * DAY)
				break;
		}
		if (y > year + 2 && (shift != 0 || nth == date->week)) {
			out->nth = nth;
			return true;
		}
	}
	return false;
}

static void
write_yearly(struct str *out, const struct part *p, const struct yearly *when)
{
	static const char days[][3] = {
		"SU", "MO", "TU", "WE", "TH", "FR", "SA",
	};
	struct tzdate date = { TZDATE_WEEKDAY, when->month, when->nth,
	    when->weekday, 0 };

	write_part_head(out, p, tzrule_day(&date, 1970) + when->time_s);
	str_addf(out, "RRULE:FREQ=YEARLY;BYMONTH=%d;BYDAY=%d%s\r\n",
	    when->month, when->nth == 5 ? -1 : when->nth, days[when->weekday]);
	write_part_end(out, p);
}

/* Does the rule give what the zone gives from a year before to two years
 * after at? */
static bool
rule_holds(const struct tzif *tz, int64_t at)
{
	int64_t t = at - YEAR, end = at + 2 * YEAR;
	struct tzspan zone, rule;

	if (!tz->has_rule)
		return false;
	while (t < end) {
		tzif_at(tz, t, &zone);
		tzrule_at(&tz->rule, t, &rule);
		if (zone.offset_s != rule.offset_s || zone.dst != rule.dst ||
		    strcmp(zone.name, rule.name) != 0)
			return false;
		if (zone.to != rule.to && (zone.to < end || rule.to < end))
			return false;
		if (zone.to >= end)
			break;
		t = zone.to;
	}
	return true;
}

static bool
write_from_rule(struct str *out, const struct tzrule *rule, int year)
{
	/* Where summer time is written as the standard (Dublin), the names
	 * are swapped: clients expect DAYLIGHT to be the later clock. */
	bool swap = rule->has_dst && rule->dst_s < rule->std_s;
	struct part std = { swap, rule->has_dst ? rule->dst_s : rule->std_s,
	    rule->std_s, rule->std_name };
	struct part dst = { !swap, rule->std_s, rule->dst_s, rule->dst_name };
	struct yearly to_std, to_dst;

	if (!rule->has_dst) {
		write_part_head(out, &std, 0);
		write_part_end(out, &std);
		return true;
	}
	if (!find_yearly(&rule->end, year, &to_std) ||
	    !find_yearly(&rule->start, year, &to_dst))
		return false;
	write_yearly(out, &std, &to_std);
	write_yearly(out, &dst, &to_dst);
	return true;
}

/* The stretches from the one before at on, equal neighbours joined. */
static size_t
collect(const struct tzif *tz, int64_t at, struct tzspan list[SPANS_MAX])
{
	struct tzspan s;
	size_t n = 0;

	tzif_at(tz, at, &s);
	if (s.from != INT64_MIN)
		tzif_at(tz, s.from - 1, &s);
	for (;;) {
		if (n > 0 && list[n - 1].offset_s == s.offset_s &&
		    list[n - 1].dst == s.dst &&
		    strcmp(list[n - 1].name, s.name) == 0)
			list[n - 1].to = s.to;
		else if (n == SPANS_MAX)
			return n;
		else
			list[n++] = s;
		if (s.to == INT64_MAX || s.to > at + 5 * YEAR)
			return n;
		tzif_at(tz, s.to, &s);
	}
}

static bool
is_swapped(const struct tzspan *list, size_t n)
{
	size_t i, j;

	for (i = 0; i < n; i++) {
		for (j = 0; j < n; j++) {
			if (list[i].dst && !list[j].dst &&
			    list[i].offset_s < list[j].offset_s)
				return true;
		}
	}
	return false;
}

static bool
same_part(const struct part *a, const struct part *b)
{
	return a->daylight == b->daylight && a->from_s == b->from_s &&
	    a->to_s == b->to_s && strcmp(a->name, b->name) == 0;
}

static void
write_changes(struct str *out, const struct tzif *tz, int64_t at)
{
	struct tzspan list[SPANS_MAX], before;
	struct part parts[SPANS_MAX];
	int64_t onset[SPANS_MAX];
	bool done[SPANS_MAX] = { false };
	size_t n = collect(tz, at, list), i, j;
	bool swap = is_swapped(list, n);
	const char *sep;

	for (i = 0; i < n; i++) {
		before = list[i > 0 ? i - 1 : 0];
		if (i == 0 && list[0].from != INT64_MIN)
			tzif_at(tz, list[0].from - 1, &before);
		parts[i].daylight = list[i].dst != swap;
		parts[i].from_s = before.offset_s;
		parts[i].to_s = list[i].offset_s;
		parts[i].name = list[i].name;
		onset[i] = list[i].from == INT64_MIN ? 0 :
		    list[i].from + before.offset_s;
	}
	for (i = 0; i < n; i++) {
		if (done[i])
			continue;
		write_part_head(out, &parts[i], onset[i]);
		sep = "RDATE:";
		for (j = i + 1; j < n; j++) {
			if (!same_part(&parts[i], &parts[j]))
				continue;
			done[j] = true;
			str_adds(out, sep);
			write_local(out, onset[j]);
			sep = ",";
		}
		if (*sep == ',')
			str_adds(out, "\r\n");
		write_part_end(out, &parts[i]);
	}
}

void
vtimezone_write(struct str *out, const char *tzid, const struct tzif *tz,
    int64_t at)
{
	struct civil c;

	civil_from_unix(at, &c);
	str_addf(out, "BEGIN:VTIMEZONE\r\nTZID:%s\r\n", tzid);
	if (!rule_holds(tz, at) || !write_from_rule(out, &tz->rule, c.year))
		write_changes(out, tz, at);
	str_adds(out, "END:VTIMEZONE\r\n");
}
