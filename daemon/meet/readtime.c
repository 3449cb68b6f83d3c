/* SPDX-License-Identifier: ISC */
/*
 * Times of day: "14:00-17:00", "13h00", "9 h 30", "2-4 pm", "0930 hours",
 * "14.30". A number alone is no time. Invariant: am and pm are only lent from
 * the end of a range to its start when the start stays before the end.
 */
#include "meet/readtime.h"

#include <string.h>

enum half { HALF_NONE, HALF_AM, HALF_PM };

/* One time as written. bare: a number alone. h24: surely a 24 hour clock. */
struct clock {
	int hour, min;
	enum half half;
	bool bare, h24, midnight;
};

static const char *const hours_words[] = { "hours", "hrs", "hour", "hr",
	"h", NULL };

/* "am", "p.m." at i: the index behind it, or i. */
static size_t
half_at(const struct token_line *l, size_t i, enum half *out)
{
	static const char *const ams[] = { "am", NULL };
	static const char *const pms[] = { "pm", NULL };
	bool a = token_is_word(l, i, "a"), p = token_is_word(l, i, "p");

	if (token_in(l, i, ams) || token_in(l, i, pms)) {
		*out = token_in(l, i, ams) ? HALF_AM : HALF_PM;
		return i + 1;
	}
	if ((!a && !p) || !token_is_sign(l, i + 1, '.') ||
	    !token_is_word(l, i + 2, "m"))
		return i;
	*out = a ? HALF_AM : HALF_PM;
	return token_is_sign(l, i + 3, '.') ? i + 4 : i + 3;
}

static bool
two_digits(const struct token_line *l, size_t i)
{
	return token_at(l, i)->kind == TOKEN_NUMBER &&
	    token_at(l, i)->text.n == 2;
}

/* "0930": but not what may be a year that stands alone. */
static bool
four_digits(const struct token_line *l, size_t *i, struct clock *c)
{
	const struct token_piece *p = token_at(l, *i);
	bool hours = token_in(l, *i + 1, hours_words);

	if (p->text.n != 4)
		return false;
	c->hour = p->number / 100;
	c->min = p->number % 100;
	c->h24 = true;
	if (!hours && c->min % 5 != 0 && c->min != 59)
		return false;
	*i += hours ? 2 : 1;
	return true;
}

/* The minutes after the hour at *i, however they are set off. */
static void
minutes(const struct token_line *l, size_t *i, struct clock *c)
{
	size_t k = *i;

	if (token_is_sign(l, k, ':') && two_digits(l, k + 1)) {
		c->min = token_at(l, k + 1)->number;
		k += 2;
		if (token_is_sign(l, k, ':') && two_digits(l, k + 1))
			k += 2;	/* seconds */
	} else if (token_is_sign(l, k, '.') && two_digits(l, k + 1) &&
	    token_at(l, k + 1)->glued && !token_is_sign(l, k + 2, '.')) {
		c->min = token_at(l, k + 1)->number;
		k += 2;
	} else if (token_is_word(l, k, "h")) {
		c->h24 = true;
		k++;
		if (two_digits(l, k)) {
			c->min = token_at(l, k)->number;
			k++;
		}
	} else {
		c->bare = true;
	}
	*i = k;
}

static bool
clock_at(const struct token_line *l, size_t *i, struct clock *out)
{
	struct clock c = { 0, 0, HALF_NONE, false, false, false };
	size_t k = *i;

	if (two_digits(l, k) && token_at(l, k)->number == 12 &&
	    token_is_word(l, k + 1, "noon"))
		k++;
	if (token_is_word(l, k, "noon") || token_is_word(l, k, "midnight")) {
		c.h24 = true;
		c.midnight = token_is_word(l, k, "midnight");
		c.hour = c.midnight ? 24 : 12;
		*i = k + 1;
		*out = c;
		return true;
	}
	if (token_at(l, k)->kind != TOKEN_NUMBER)
		return false;
	if (!four_digits(l, &k, &c)) {
		if (token_at(l, k)->text.n > 2)
			return false;
		c.hour = token_at(l, k)->number;
		c.min = 0;
		c.h24 = false;
		k++;
		minutes(l, &k, &c);
		k = half_at(l, k, &c.half);
		if (c.half != HALF_NONE)
			c.bare = false;
		if (!c.bare && token_in(l, k, hours_words))
			k++;
	}
	*i = k;
	*out = c;
	return true;
}

/* Minutes after 00:00, or -1 if there is no such time. */
static int
minutes_of(const struct clock *c, enum half half)
{
	int hour = c->hour;

	if (c->min > 59 || hour > 24 || (hour == 24 && c->min > 0))
		return -1;
	if (half == HALF_AM && hour > 12)
		return -1;
	if (half == HALF_AM && hour == 12)
		hour = 0;
	if (half == HALF_PM && hour < 12)
		hour += 12;
	return hour * 60 + c->min;
}

/* "2-4 pm", "11-1 pm": the start takes the half of the day of the end, or
 * the other one if it would not be before the end then. */
static int
start_of(const struct clock *a, const struct clock *b, int end)
{
	enum half other = b->half == HALF_PM ? HALF_AM : HALF_PM;
	int start;

	if (a->half != HALF_NONE || b->half == HALF_NONE || a->h24 ||
	    a->hour > 12 || a->hour == 0)
		return minutes_of(a, a->half);
	start = minutes_of(a, b->half);
	return start < end ? start : minutes_of(a, other);
}

static void
range(const struct clock *a, const struct clock *b, struct readtime *out)
{
	bool lends = b->half != HALF_NONE || b->h24;

	out->end = minutes_of(b, b->half);
	out->start = start_of(a, b, out->end);
	if (out->end < 0 || out->start < 0)
		out->flaw = READTIME_NO_SUCH;
	else if (b->bare || (a->bare && !lends && a->hour < 13))
		out->flaw = READTIME_BARE;
}

bool
readtime_at(const struct token_line *l, size_t *i, struct readtime *out)
{
	struct readtime t = { -1, -1, false, READTIME_FINE };
	struct clock a, b;
	size_t k = *i, next;

	if (!clock_at(l, &k, &a))
		return false;
	next = k + 1;
	if ((token_is_range(l, k) || token_is_word(l, k, "and")) &&
	    clock_at(l, &next, &b)) {
		range(&a, &b, &t);
		k = next;
	} else {
		t.start = minutes_of(&a, a.half);
		if (t.start < 0)
			t.flaw = READTIME_NO_SUCH;
		else if (a.bare)
			t.flaw = READTIME_BARE;
	}
	if (t.flaw == READTIME_FINE && a.midnight)
		t.flaw = READTIME_MIDNIGHT;
	if (t.end == 24 * 60) {
		t.end = 0;
		t.next_day = true;
	}
	if (readtime_next_day(l, &k))
		t.next_day = true;
	*i = k;
	*out = t;
	return true;
}

/* "+1", "+1 day"; but "CET+1" is no next day. */
static bool
plus_one(const struct token_line *l, size_t *i)
{
	static const char *const days[] = { "day", "d", NULL };
	size_t k = *i;

	if (!token_is_sign(l, k, '+') || token_at(l, k + 1)->number != 1 ||
	    (k > 0 && token_at(l, k)->glued &&
	    token_at(l, k - 1)->kind == TOKEN_WORD))
		return false;
	k += 2;
	*i = token_in(l, k, days) ? k + 1 : k;
	return true;
}

/* "next day", "on the following day". */
static bool
day_after(const struct token_line *l, size_t *i)
{
	static const char *const which[] = { "next", "following", NULL };
	size_t k = *i;

	if (token_is_word(l, k, "on"))
		k++;
	if (token_is_word(l, k, "the"))
		k++;
	if (!token_in(l, k, which) || !token_is_word(l, k + 1, "day"))
		return false;
	*i = k + 2;
	return true;
}

bool
readtime_next_day(const struct token_line *l, size_t *i)
{
	bool open = token_is_sign(l, *i, '(');
	size_t k = *i + (open ? 1 : 0);

	if (!plus_one(l, &k) && !day_after(l, &k))
		return false;
	if (open && !token_is_sign(l, k, ')'))
		return false;
	*i = k + (open ? 1 : 0);
	return true;
}

/* The seconds in a unit at i, 0 if it is none. */
static int64_t
unit(const struct token_line *l, size_t i)
{
	static const char *const minute[] = { "min", "mins", "minute",
		"minutes", "m", NULL };

	if (token_in(l, i, hours_words))
		return 3600;
	return token_in(l, i, minute) ? 60 : 0;
}

/* "one hour", "an hour", "half an hour". */
static bool
in_words(const struct token_line *l, size_t *i, int64_t *out)
{
	static const char *const words[] = { "half", "one", "two", "three",
		"four", "five", "six", "seven", "eight" };
	size_t k = *i;

	if (token_is_word(l, k, "an") && token_is_word(l, k + 1, "hour")) {
		*i = k + 2;
		*out = 3600;
		return true;
	}
	for (size_t w = 0; w < sizeof(words) / sizeof(words[0]); w++) {
		if (!token_is_word(l, k, words[w]))
			continue;
		k += w == 0 && token_is_word(l, k + 1, "an") ? 2 : 1;
		if (!token_is_word(l, k, "hour") &&
		    !token_is_word(l, k, "hours"))
			return false;
		*i = k + 1;
		*out = w == 0 ? 1800 : (int64_t)w * 3600;
		return true;
	}
	return false;
}

/* "1.5 hours": the tenths count six minutes each. */
static int64_t
tenths(const struct token_line *l, size_t *k, int64_t per)
{
	int n = token_at(l, *k + 1)->number;

	if (!token_is_sign(l, *k, '.') || token_at(l, *k + 1)->text.n != 1)
		return 0;
	*k += 2;
	return n * per / 10;
}

bool
readtime_duration_at(const struct token_line *l, size_t *i, int64_t *out)
{
	int64_t sum = 0, part, per;
	size_t k = *i, unit_at;

	if (in_words(l, i, out))
		return true;
	if (token_at(l, k)->kind != TOKEN_NUMBER ||
	    token_at(l, k)->text.n > 4)
		return false;
	if (token_is_sign(l, k + 1, ':') && two_digits(l, k + 2)) {
		sum = token_at(l, k)->number * 3600 +
		    token_at(l, k + 2)->number * 60;
		*i = k + 3;
		*out = sum;
		return true;
	}
	unit_at = k + (token_is_sign(l, k + 1, '.') ? 3 : 1);
	per = unit(l, unit_at);
	if (per == 0)
		return false;
	part = token_at(l, k)->number * per;
	k++;
	sum = part + tenths(l, &k, per);
	k++;			/* the unit */
	if (token_is_word(l, k, "and"))
		k++;
	if (per == 3600 && token_at(l, k)->kind == TOKEN_NUMBER &&
	    token_at(l, k)->text.n <= 2) {
		sum += token_at(l, k)->number * 60;
		k += unit(l, k + 1) == 60 ? 2 : 1;
	}
	*i = k;
	*out = sum;
	return true;
}
