/* SPDX-License-Identifier: ISC */
/*
 * POSIX TZ strings with the extensions that tzdata uses: names in <>, times
 * from -167 to 167 hours. Knows no files. Invariant: tzrule_at() always gives
 * a stretch that holds the instant.
 */
#include "cal/tzrule.h"

#include <string.h>

#include "base/civil.h"

#define DAY 86400
#define HOUR 3600

struct reader {
	struct span in;
	size_t pos;
	bool bad;
};

struct change {
	int64_t at;
	bool to_dst;
};

static char
peek(const struct reader *r)
{
	return r->pos < r->in.n ? r->in.p[r->pos] : '\0';
}

static bool
skip(struct reader *r, char c)
{
	if (r->pos >= r->in.n || r->in.p[r->pos] != c)
		return false;
	r->pos++;
	return true;
}

static int
read_number(struct reader *r, int min, int max)
{
	int v = 0;
	size_t start = r->pos;

	while (peek(r) >= '0' && peek(r) <= '9' && r->pos - start < 4) {
		v = v * 10 + (peek(r) - '0');
		r->pos++;
	}
	if (r->pos == start || v < min || v > max)
		r->bad = true;
	return v;
}

/* hh[:mm[:ss]] with a sign. */
static int32_t
read_time(struct reader *r, int max_hours)
{
	int32_t sign = 1, v;

	if (skip(r, '-'))
		sign = -1;
	else
		(void)skip(r, '+');
	v = read_number(r, 0, max_hours) * HOUR;
	if (skip(r, ':')) {
		v += read_number(r, 0, 59) * 60;
		if (skip(r, ':'))
			v += read_number(r, 0, 59);
	}
	return sign * v;
}

static bool
is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static void
read_name(struct reader *r, char out[TZNAME_MAX_])
{
	bool quoted = skip(r, '<');
	size_t n = 0;
	char c;

	while ((c = peek(r)) != '\0' && c != '>') {
		if (!is_letter(c) && !(quoted && (c == '+' || c == '-' ||
		    (c >= '0' && c <= '9'))))
			break;
		if (n + 1 >= TZNAME_MAX_) {
			r->bad = true;
			return;
		}
		out[n++] = c;
		r->pos++;
	}
	out[n] = '\0';
	if (n < 3 || (quoted && !skip(r, '>')))
		r->bad = true;
}

static void
read_date(struct reader *r, struct tzdate *out)
{
	if (!skip(r, ','))
		r->bad = true;
	if (skip(r, 'M')) {
		out->kind = TZDATE_WEEKDAY;
		out->month = read_number(r, 1, 12);
		if (!skip(r, '.'))
			r->bad = true;
		out->week = read_number(r, 1, 5);
		if (!skip(r, '.'))
			r->bad = true;
		out->day = read_number(r, 0, 6);
	} else if (skip(r, 'J')) {
		out->kind = TZDATE_JULIAN;
		out->day = read_number(r, 1, 365);
	} else {
		out->kind = TZDATE_YEARDAY;
		out->day = read_number(r, 0, 365);
	}
	out->time_s = skip(r, '/') ? read_time(r, 167) : 2 * HOUR;
}

bool
tzrule_parse(struct span text, struct tzrule *out)
{
	struct reader r = { text, 0, false };
	struct tzrule rule;

	memset(&rule, 0, sizeof(rule));
	read_name(&r, rule.std_name);
	/* POSIX counts west of Greenwich as positive. */
	rule.std_s = -read_time(&r, 24);
	if (!r.bad && r.pos < r.in.n) {
		rule.has_dst = true;
		read_name(&r, rule.dst_name);
		rule.dst_s = peek(&r) == ',' ? rule.std_s + HOUR :
		    -read_time(&r, 24);
		read_date(&r, &rule.start);
		read_date(&r, &rule.end);
	}
	if (r.bad || r.pos != r.in.n)
		return false;
	*out = rule;
	return true;
}

static int64_t
date_unix(int year, int month, int day)
{
	struct civil c = { year, month, day, 0, 0, 0 };

	return civil_to_unix(&c);
}

int64_t
tzrule_day(const struct tzdate *date, int year)
{
	int64_t jan1 = date_unix(year, 1, 1), first, next, day;
	struct civil c = { year, date->month, 1, 0, 0, 0 };

	if (date->kind == TZDATE_YEARDAY)
		return jan1 + (int64_t)date->day * DAY;
	if (date->kind == TZDATE_JULIAN) {
		bool leap = date_unix(year, 3, 1) - jan1 == 60 * DAY;

		return jan1 + (int64_t)(date->day - 1 +
		    (leap && date->day >= 60 ? 1 : 0)) * DAY;
	}
	first = civil_to_unix(&c);
	next = date->month == 12 ? date_unix(year + 1, 1, 1) :
	    date_unix(year, date->month + 1, 1);
	day = first + (int64_t)((date->day - civil_weekday(&c) + 7) % 7 +
	    (date->week - 1) * 7) * DAY;
	return day >= next ? day - 7 * DAY : day;
}

static void
fill(struct tzspan *out, const struct tzrule *rule, bool dst)
{
	out->dst = dst;
	out->offset_s = dst ? rule->dst_s : rule->std_s;
	memcpy(out->name, dst ? rule->dst_name : rule->std_name,
	    sizeof(out->name));
}

/* The changes of three years, in order; at the same instant the one to dst
 * comes last: that is how "dst all the year" is written. */
static void
list_changes(const struct tzrule *rule, int year, struct change out[6])
{
	struct change c;
	int i, j;

	for (i = 0; i < 3; i++) {
		out[2 * i].at = tzrule_day(&rule->start, year - 1 + i) +
		    rule->start.time_s - rule->std_s;
		out[2 * i].to_dst = true;
		out[2 * i + 1].at = tzrule_day(&rule->end, year - 1 + i) +
		    rule->end.time_s - rule->dst_s;
		out[2 * i + 1].to_dst = false;
	}
	for (i = 1; i < 6; i++) {
		c = out[i];
		for (j = i; j > 0 && (out[j - 1].at > c.at ||
		    (out[j - 1].at == c.at && out[j - 1].to_dst)); j--)
			out[j] = out[j - 1];
		out[j] = c;
	}
}

void
tzrule_at(const struct tzrule *rule, int64_t at, struct tzspan *out)
{
	struct change list[6];
	struct civil c;
	int i, last = -1;

	out->from = INT64_MIN;
	out->to = INT64_MAX;
	if (!rule->has_dst) {
		fill(out, rule, false);
		return;
	}
	civil_from_unix(at, &c);
	if (c.year < 2)
		c.year = 2;
	if (c.year > 9997)
		c.year = 9997;
	list_changes(rule, c.year, list);
	for (i = 0; i < 6 && list[i].at <= at; i++)
		last = i;
	fill(out, rule, last >= 0 ? list[last].to_dst : !list[0].to_dst);
	if (last >= 0)
		out->from = list[last].at;
	if (last < 5)
		out->to = list[last + 1].at;
}
