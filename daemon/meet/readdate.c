/* SPDX-License-Identifier: ISC */
/*
 * Dates: ISO, "Wed 10 Feb 2027", "February 10, 2027", 24 (Wednesday) - 25
 * (Thursday) June 2009, "26 February-2 March 2018", and numeric ones.
 * Invariant: never picks one of two readings.
 */
#include "meet/readdate.h"

#include <string.h>
#include "base/civil.h"

static const struct readdate_day none = { 0, 0, 0, -1 };

static bool
number(const struct token_line *l, size_t i, size_t digits_min,
    size_t digits_max, int *out)
{
	const struct token_piece *p = token_at(l, i);

	if (p->kind != TOKEN_NUMBER || p->text.n < digits_min ||
	    p->text.n > digits_max)
		return false;
	*out = p->number;
	return true;
}

/* A weekday before or (in brackets) after the number of the day. */
static size_t
weekday(const struct token_line *l, size_t i, int *out)
{
	size_t from = i, open = token_is_sign(l, i, '(') ? 1 : 0;
	int day = token_weekday(l, i + open);

	if (day < 0)
		return from;
	i += open + 1;
	if (token_is_sign(l, i, '.'))
		i++;
	if (open == 1) {
		if (!token_is_sign(l, i, ')'))
			return from;
		i++;
	} else if (token_is_sign(l, i, ',')) {
		i++;
	}
	if (*out < 0)
		*out = day;
	return i;
}

/* "10", "10th", "10 (Wednesday)", with the weekday perhaps before it. */
static bool
day_number(const struct token_line *l, size_t *i, struct readdate_day *out)
{
	static const char *const ordinals[] = { "st", "nd", "rd", "th", NULL };
	struct readdate_day d = none;
	size_t k = weekday(l, *i, &d.weekday);

	if (token_is_word(l, k, "the"))
		k++;
	if (!number(l, k, 1, 2, &d.day) || d.day < 1 || d.day > 31)
		return false;
	k++;
	if (token_in(l, k, ordinals) && token_at(l, k)->glued)
		k++;
	k = weekday(l, k, &d.weekday);
	*i = k;
	*out = d;
	return true;
}

/* A year written in four digits, after an optional comma. "1400" is a time. */
static size_t
year(const struct token_line *l, size_t i, int *out)
{
	size_t k = token_is_sign(l, i, ',') || token_is_sign(l, i, '-') ?
	    i + 1 : i;
	int y;

	if (!number(l, k, 4, 4, &y) || y < 1900 || y > 2199 ||
	    token_is_sign(l, k + 1, ':') || token_is_word(l, k + 1, "hours") ||
	    token_is_word(l, k + 1, "hrs"))
		return i;
	*out = y;
	return k + 1;
}

/* The month after the number of a day: "of", "-" or nothing between. */
static size_t
month(const struct token_line *l, size_t i, int *out)
{
	size_t k = i;

	if (token_is_word(l, k, "of") || token_is_sign(l, k, '-'))
		k++;
	*out = token_month(l, k);
	if (*out == 0)
		return i;
	k++;
	return token_is_sign(l, k, '.') ? k + 1 : k;
}

/* "2027 (Wednesday)", "2027, Wednesday": of the last day that was named. */
static size_t
late_weekday(const struct token_line *l, size_t i, struct readdate_day *a,
    struct readdate_day *b)
{
	struct readdate_day *d = b->day != 0 ? b : a;
	size_t k = token_is_sign(l, i, ',') ? i + 1 : i;
	int day = -1;

	k = weekday(l, k, &day);
	if (day < 0)
		return i;
	if (d->weekday < 0)
		d->weekday = day;
	else if (d->weekday != day)
		return i;	/* two weekdays: left to be asked about */
	return k;
}

/* "10 February 2027", "15-16 July, 2010", "26 February-2 March 2018". */
static bool
day_first(const struct token_line *l, size_t *i, struct readdate *out)
{
	struct readdate_day a, b = none;
	size_t k = *i, m;

	if (!day_number(l, &k, &a))
		return false;
	m = month(l, k, &a.month);
	if (a.month == 0) {
		if (!token_is_range(l, k))
			return false;
		m = k + 1;
		if (!day_number(l, &m, &b))
			return false;
		m = month(l, m, &b.month);
		if (b.month == 0)
			return false;
		a.month = b.month;
		k = year(l, m, &b.year);
		a.year = b.year;
	} else {
		k = year(l, m, &a.year);
	}
	k = late_weekday(l, k, &a, &b);
	out->day = a;
	out->last = b;
	*i = k;
	return true;
}

/* "February 10, 2027", "November 12-14, 2026". */
static bool
month_first(const struct token_line *l, size_t *i, struct readdate *out)
{
	struct readdate_day a = none, b = none;
	int first_weekday = -1, m;
	size_t k = weekday(l, *i, &first_weekday), after;

	m = token_month(l, k);
	if (m == 0)
		return false;
	k++;
	if (token_is_sign(l, k, '.'))
		k++;
	if (!day_number(l, &k, &a))
		return false;
	if (first_weekday >= 0)
		a.weekday = first_weekday;
	after = k + 1;
	/* "Feb 10 - 14:00" is no range of days. */
	if (token_is_range(l, k) && day_number(l, &after, &b) &&
	    !token_is_sign(l, after, ':') && !token_is_word(l, after, "h"))
		k = after;
	else
		b = none;
	k = year(l, k, &a.year);
	a.month = m;
	if (b.day != 0) {
		b.month = m;
		b.year = a.year;
	}
	k = late_weekday(l, k, &a, &b);
	out->day = a;
	out->last = b;
	*i = k;
	return true;
}

/* "2027-02-10", "2027/2/10", with a "T" and a time perhaps glued on. */
static bool
iso(const struct token_line *l, size_t *i, struct readdate *out)
{
	struct readdate_day d = none;
	size_t k = weekday(l, *i, &d.weekday);
	char sep = token_at(l, k + 1)->sign;

	if (!number(l, k, 4, 4, &d.year) || (sep != '-' && sep != '/') ||
	    !number(l, k + 2, 1, 2, &d.month) ||
	    !token_is_sign(l, k + 3, sep) || !number(l, k + 4, 1, 2, &d.day))
		return false;
	k += 5;
	if (token_is_word(l, k, "T") && token_at(l, k)->glued)
		k++;
	*i = late_weekday(l, k, &d, &(struct readdate_day){ 0, 0, 0, -1 });
	out->day = d;
	out->last = none;
	return true;
}

static bool
three_numbers(const struct token_line *l, size_t k, int *a, int *b, int *y)
{
	char sep = token_at(l, k + 1)->sign;

	return number(l, k, 1, 2, a) && sep != '\0' &&
	    strchr("/.-", sep) != NULL && number(l, k + 2, 1, 2, b) &&
	    token_is_sign(l, k + 3, sep) && number(l, k + 4, 2, 4, y) &&
	    !token_is_sign(l, k + 5, ':');
}

/* "13/04/2027", "3.4.2027", "3-4-2027". */
static bool
numeric(const struct token_line *l, size_t *i, struct readdate *out)
{
	struct readdate_day d = none;
	size_t k = weekday(l, *i, &d.weekday);
	bool swapped;	/* 04/14/2027 */
	int a, b, y;

	if (!three_numbers(l, k, &a, &b, &y))
		return false;
	if (token_at(l, k + 4)->text.n != 4)
		out->flaw = READDATE_SHORT_YEAR;
	else if (a <= 12 && b <= 12 && a != b)
		out->flaw = READDATE_AMBIGUOUS;
	d.year = out->flaw == READDATE_SHORT_YEAR ? 2000 + y % 100 : y;
	out->last = none;
	if (out->flaw == READDATE_AMBIGUOUS) {
		out->last = d;
		out->last.month = a;
		out->last.day = b;
	}
	swapped = a <= 12 && b > 12;
	d.day = swapped ? b : a;
	d.month = swapped ? a : b;
	*i = k + 5;
	if (out->flaw == READDATE_FINE)
		*i = late_weekday(l, *i, &d, &out->last);
	out->day = d;
	return true;
}

static bool
one(const struct token_line *l, size_t *i, struct readdate *out)
{
	out->flaw = READDATE_FINE;
	return iso(l, i, out) || numeric(l, i, out) || day_first(l, i, out) ||
	    month_first(l, i, out);
}

static bool
exists(const struct readdate_day *d)
{
	/* A leap year stands for a year that is not written. */
	struct civil c = { d->year == 0 ? 2000 : d->year, d->month, d->day,
		0, 0, 0 };

	return civil_is_valid(&c);
}

/* "26 February - 2 March 2018": the year of the first day is that of the
 * last, or the one before ("30 December - 2 January 2028"). */
static void
lend_year(struct readdate_day *first, const struct readdate_day *last)
{
	if (first->year != 0 || last->year == 0)
		return;
	first->year = last->year;
	if (first->month > last->month)
		first->year--;
}

bool
readdate_at(const struct token_line *l, size_t *i, struct readdate *out)
{
	struct readdate first, second;
	size_t k = *i, next;

	if (!one(l, &k, &first))
		return false;
	next = k + 1;
	if (first.flaw == READDATE_FINE && first.last.day == 0 &&
	    (token_is_range(l, k) || (token_is_sign(l, k, '/') &&
	    token_at(l, k)->glued)) && one(l, &next, &second) &&
	    second.flaw == READDATE_FINE && second.last.day == 0) {
		first.last = second.day;
		lend_year(&first.day, &first.last);
		k = next;
	}
	if (first.flaw == READDATE_FINE && (!exists(&first.day) ||
	    (first.last.day != 0 && !exists(&first.last))))
		first.flaw = READDATE_NO_SUCH_DAY;
	*i = k;
	*out = first;
	return true;
}
