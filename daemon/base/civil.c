/* SPDX-License-Identifier: ISC */
/*
 * Civil dates: day counts, validity, and the three text forms. Knows no time
 * zone but the offset written in a text. Invariant: whatever instant is asked
 * for, the result lies in the years 1 to 9999.
 */
#include "base/civil.h"

#include <string.h>

#include "base/arena.h"

#define DAY 86400
#define FIRST_AT (-62135596800LL)	/* 0001-01-01T00:00:00Z */
#define LAST_AT 253402300799LL		/* 9999-12-31T23:59:59Z */

/*
 * Days from 1970-01-01 to the date. The year is taken to begin in March, so
 * that the leap day is its last day; 400 years have 146097 days.
 */
static int64_t
days_of(int year, int month, int day)
{
	int64_t y = month > 2 ? year : year - 1;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t in_era = y - era * 400;
	int64_t in_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 +
	    day - 1;

	return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 +
	    in_year - 719468;
}

static int
month_days(int year, int month)
{
	static const int days[] = {
		31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31,
	};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month == 2 && leap ? 29 : days[month - 1];
}

int64_t
civil_to_unix(const struct civil *c)
{
	return days_of(c->year, c->month, c->day) * DAY +
	    c->hour * 3600 + c->min * 60 + c->sec;
}

void
civil_from_unix(int64_t at, struct civil *out)
{
	int64_t days, rest, era, in_era, y, in_year, mp;

	if (at < FIRST_AT)
		at = FIRST_AT;
	if (at > LAST_AT)
		at = LAST_AT;
	days = at / DAY;
	rest = at % DAY;
	if (rest < 0) {
		rest += DAY;
		days--;
	}
	days += 719468;		/* to 0000-03-01; not negative from year 1 on */
	era = days / 146097;
	in_era = days % 146097;
	y = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
	in_year = in_era - (365 * y + y / 4 - y / 100);
	mp = (5 * in_year + 2) / 153;
	out->day = (int)(in_year - (153 * mp + 2) / 5 + 1);
	out->month = (int)(mp < 10 ? mp + 3 : mp - 9);
	out->year = (int)(y + era * 400 + (out->month <= 2 ? 1 : 0));
	out->hour = (int)(rest / 3600);
	out->min = (int)(rest / 60 % 60);
	out->sec = (int)(rest % 60);
}

bool
civil_is_valid(const struct civil *c)
{
	return c->year >= 1 && c->year <= 9999 &&
	    c->month >= 1 && c->month <= 12 &&
	    c->day >= 1 && c->day <= month_days(c->year, c->month) &&
	    c->hour >= 0 && c->hour <= 23 && c->min >= 0 && c->min <= 59 &&
	    c->sec >= 0 && c->sec <= 59;
}

int
civil_weekday(const struct civil *c)
{
	int64_t w = (days_of(c->year, c->month, c->day) + 4) % 7;

	return (int)(w < 0 ? w + 7 : w);
}

const char *
civil_day_name(int weekday, bool full)
{
	static const char *const names[][2] = {
		{ "Sun", "Sunday" }, { "Mon", "Monday" }, { "Tue", "Tuesday" },
		{ "Wed", "Wednesday" }, { "Thu", "Thursday" },
		{ "Fri", "Friday" }, { "Sat", "Saturday" },
	};

	if (weekday < 0 || weekday > 6)
		return "?";
	return names[weekday][full ? 1 : 0];
}

const char *
civil_month_name(int month, bool full)
{
	static const char *const names[][2] = {
		{ "Jan", "January" }, { "Feb", "February" },
		{ "Mar", "March" }, { "Apr", "April" }, { "May", "May" },
		{ "Jun", "June" }, { "Jul", "July" }, { "Aug", "August" },
		{ "Sep", "September" }, { "Oct", "October" },
		{ "Nov", "November" }, { "Dec", "December" },
	};

	if (month < 1 || month > 12)
		return "?";
	return names[month - 1][full ? 1 : 0];
}

char *
civil_rfc5322(struct arena *a, int64_t at)
{
	struct civil c;

	civil_from_unix(at, &c);
	return arena_printf(a, "%s, %d %s %04d %02d:%02d:%02d +0000",
	    civil_day_name(civil_weekday(&c), false), c.day,
	    civil_month_name(c.month, false), c.year, c.hour, c.min, c.sec);
}

char *
civil_rfc3339(struct arena *a, int64_t at)
{
	struct civil c;

	civil_from_unix(at, &c);
	return arena_printf(a, "%04d-%02d-%02dT%02d:%02d:%02dZ", c.year,
	    c.month, c.day, c.hour, c.min, c.sec);
}

char *
civil_ical(struct arena *a, int64_t at)
{
	struct civil c;

	civil_from_unix(at, &c);
	return arena_printf(a, "%04d%02d%02dT%02d%02d%02dZ", c.year, c.month,
	    c.day, c.hour, c.min, c.sec);
}

/* Check c (second 60, a leap second, is let through) and apply offset. */
static bool
finish(struct civil *c, int offset_s, int64_t *out)
{
	int leap = c->sec == 60 ? 1 : 0;

	c->sec -= leap;
	if (!civil_is_valid(c))
		return false;
	*out = civil_to_unix(c) + leap - offset_s;
	return true;
}

/* Take a number of least to most digits from the front of *s. */
static bool
take_number(struct span *s, size_t least, size_t most, int *out)
{
	size_t n = 0;
	int v = 0;

	while (n < s->n && n < most && s->p[n] >= '0' && s->p[n] <= '9') {
		v = v * 10 + (s->p[n] - '0');
		n++;
	}
	if (n < least)
		return false;
	*s = span_sub(*s, n, s->n);
	*out = v;
	return true;
}

static bool
take_char(struct span *s, char c)
{
	if (s->n == 0 || s->p[0] != c)
		return false;
	*s = span_sub(*s, 1, s->n);
	return true;
}

/* Skip blanks and comments (RFC 5322 section 3.2.2), nested to any depth. */
static void
skip_cfws(struct span *s)
{
	size_t i, depth = 0;

	for (i = 0; i < s->n; i++) {
		char c = s->p[i];

		if (c == '\\' && depth > 0)
			i++;
		else if (c == '(')
			depth++;
		else if (c == ')' && depth > 0)
			depth--;
		else if (depth == 0 && strchr(" \t\r\n", c) == NULL)
			break;
		else if (c == '\0')
			break;
	}
	*s = span_sub(*s, i, s->n);
}

/* Take the letters at the front of *s. */
static struct span
take_word(struct span *s)
{
	struct span word;
	size_t n = 0;

	while (n < s->n && ((s->p[n] >= 'a' && s->p[n] <= 'z') ||
	    (s->p[n] >= 'A' && s->p[n] <= 'Z')))
		n++;
	word = span_sub(*s, 0, n);
	*s = span_sub(*s, n, s->n);
	return word;
}

/* "+hhmm", "-hh:mm": the sign is the first character. */
static bool
take_offset(struct span *s, bool colon, int *out)
{
	int sign = s->n > 0 && s->p[0] == '-' ? -1 : 1, hour, min;

	if (!take_char(s, '+') && !take_char(s, '-'))
		return false;
	if (!take_number(s, 2, 2, &hour) || (colon && !take_char(s, ':')) ||
	    !take_number(s, 2, 2, &min) || hour > 23 || min > 59)
		return false;
	*out = sign * (hour * 3600 + min * 60);
	return true;
}

/* A zone of RFC 5322 section 4.3; unknown names count as UTC, as it says. */
static bool
take_zone(struct span *s, int *out)
{
	static const struct {
		const char *name;
		int hours;
	} zones[] = {
		{ "EST", -5 }, { "EDT", -4 }, { "CST", -6 }, { "CDT", -5 },
		{ "MST", -7 }, { "MDT", -6 }, { "PST", -8 }, { "PDT", -7 },
	};
	struct span word;
	size_t i;

	*out = 0;
	if (s->n == 0)
		return true;	/* some programs leave it out */
	word = take_word(s);
	if (word.n == 0)
		return take_offset(s, false, out);
	for (i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {
		if (span_isi(word, zones[i].name))
			*out = zones[i].hours * 3600;
	}
	return true;
}

static bool
take_date(struct span *s, struct civil *c)
{
	struct span word, month;
	size_t before;

	skip_cfws(s);
	word = take_word(s);
	skip_cfws(s);
	if (word.n > 0 && !take_char(s, ','))
		return false;
	skip_cfws(s);
	if (!take_number(s, 1, 2, &c->day))
		return false;
	skip_cfws(s);
	month = take_word(s);
	for (c->month = 1; c->month <= 12; c->month++) {
		if (span_isi(month, civil_month_name(c->month, false)))
			break;
	}
	skip_cfws(s);
	before = s->n;
	if (c->month > 12 || !take_number(s, 2, 4, &c->year))
		return false;
	/* Two and three digits: RFC 5322 section 4.3. */
	if (before - s->n == 2 && c->year < 50)
		c->year += 2000;
	else if (before - s->n < 4)
		c->year += 1900;
	return true;
}

bool
civil_parse_rfc5322(struct span s, int64_t *out)
{
	struct civil c = { 0, 0, 0, 0, 0, 0 };
	int offset;

	if (!take_date(&s, &c))
		return false;
	skip_cfws(&s);
	if (!take_number(&s, 1, 2, &c.hour))
		return false;
	skip_cfws(&s);
	if (!take_char(&s, ':'))
		return false;
	skip_cfws(&s);
	if (!take_number(&s, 2, 2, &c.min))
		return false;
	skip_cfws(&s);
	if (take_char(&s, ':')) {
		skip_cfws(&s);
		if (!take_number(&s, 2, 2, &c.sec))
			return false;
		skip_cfws(&s);
	}
	if (!take_zone(&s, &offset))
		return false;
	skip_cfws(&s);
	return s.n == 0 && finish(&c, offset, out);
}

/* "2027-02-10" and the letter between it and the time. */
static bool
take_iso_date(struct span *s, struct civil *c)
{
	return take_number(s, 4, 4, &c->year) && take_char(s, '-') &&
	    take_number(s, 2, 2, &c->month) && take_char(s, '-') &&
	    take_number(s, 2, 2, &c->day) &&
	    (take_char(s, 'T') || take_char(s, 't') || take_char(s, ' '));
}

/* "12:00", "12:00:00", "12:00:00.5"; the fraction is dropped. */
static bool
take_iso_time(struct span *s, struct civil *c)
{
	int fraction;

	if (!take_number(s, 2, 2, &c->hour) || !take_char(s, ':') ||
	    !take_number(s, 2, 2, &c->min))
		return false;
	if (!take_char(s, ':'))
		return true;
	return take_number(s, 2, 2, &c->sec) &&
	    (!take_char(s, '.') || take_number(s, 1, 9, &fraction));
}

bool
civil_parse_rfc3339(struct span s, int64_t *out)
{
	struct civil c = { 0, 0, 0, 0, 0, 0 };
	int offset = 0;

	if (!take_iso_date(&s, &c) || !take_iso_time(&s, &c))
		return false;
	if (s.n > 0 && !take_char(&s, 'Z') && !take_char(&s, 'z') &&
	    !take_offset(&s, true, &offset))
		return false;
	return s.n == 0 && finish(&c, offset, out);
}
