/* SPDX-License-Identifier: ISC */
/* Civil dates: instants and dates both ways, the text forms, bad dates. */
#include "tests/test.h"

#include "base/arena.h"
#include "base/civil.h"

struct date_row {
	const char *name;
	int64_t at;
	struct civil c;
	int weekday;
	const char *rfc5322, *rfc3339, *ical;
};

static const struct date_row dates[] = {
	{ "the epoch", 0, { 1970, 1, 1, 0, 0, 0 }, 4,
	    "Thu, 1 Jan 1970 00:00:00 +0000", "1970-01-01T00:00:00Z",
	    "19700101T000000Z" },
	{ "one second before", -1, { 1969, 12, 31, 23, 59, 59 }, 3,
	    "Wed, 31 Dec 1969 23:59:59 +0000", "1969-12-31T23:59:59Z",
	    "19691231T235959Z" },
	{ "a meeting", 1802260800, { 2027, 2, 10, 12, 0, 0 }, 3,
	    "Wed, 10 Feb 2027 12:00:00 +0000", "2027-02-10T12:00:00Z",
	    "20270210T120000Z" },
	{ "leap day", 1709164800, { 2024, 2, 29, 0, 0, 0 }, 4,
	    "Thu, 29 Feb 2024 00:00:00 +0000", "2024-02-29T00:00:00Z",
	    "20240229T000000Z" },
	{ "leap day of a century", 951782400, { 2000, 2, 29, 0, 0, 0 }, 2,
	    "Tue, 29 Feb 2000 00:00:00 +0000", "2000-02-29T00:00:00Z",
	    "20000229T000000Z" },
	{ "day after February 2100", 4107542400, { 2100, 3, 1, 0, 0, 0 }, 1,
	    "Mon, 1 Mar 2100 00:00:00 +0000", "2100-03-01T00:00:00Z",
	    "21000301T000000Z" },
	{ "last day of a year", 1798761599, { 2026, 12, 31, 23, 59, 59 }, 4,
	    "Thu, 31 Dec 2026 23:59:59 +0000", "2026-12-31T23:59:59Z",
	    "20261231T235959Z" },
	{ "past 2038", 2147483648, { 2038, 1, 19, 3, 14, 8 }, 2,
	    "Tue, 19 Jan 2038 03:14:08 +0000", "2038-01-19T03:14:08Z",
	    "20380119T031408Z" },
	{ "first second of year 1", -62135596800, { 1, 1, 1, 0, 0, 0 }, 1,
	    "Mon, 1 Jan 0001 00:00:00 +0000", "0001-01-01T00:00:00Z",
	    "00010101T000000Z" },
	{ "last second of 9999", 253402300799,
	    { 9999, 12, 31, 23, 59, 59 }, 5,
	    "Fri, 31 Dec 9999 23:59:59 +0000", "9999-12-31T23:59:59Z",
	    "99991231T235959Z" },
};

static void
test_date(void **state)
{
	const struct date_row *row = *state;
	struct arena *a = arena_new();
	struct civil c;
	int64_t at;

	civil_from_unix(row->at, &c);
	assert_memory_equal(&c, &row->c, sizeof(c));
	assert_true(civil_is_valid(&c));
	assert_true(civil_to_unix(&row->c) == row->at);
	assert_int_equal(civil_weekday(&row->c), row->weekday);
	assert_string_equal(civil_rfc5322(a, row->at), row->rfc5322);
	assert_string_equal(civil_rfc3339(a, row->at), row->rfc3339);
	assert_string_equal(civil_ical(a, row->at), row->ical);
	assert_true(civil_parse_rfc3339(span_of(row->rfc3339), &at));
	assert_true(at == row->at);
	assert_true(civil_parse_rfc5322(span_of(row->rfc5322), &at));
	assert_true(at == row->at);
	arena_free(a);
}

struct valid_row {
	const char *name;
	struct civil c;
	bool ok;
};

static const struct valid_row valids[] = {
	{ "30 February", { 2024, 2, 30, 0, 0, 0 }, false },
	{ "29 February in a common year", { 2027, 2, 29, 0, 0, 0 }, false },
	{ "29 February 1900", { 1900, 2, 29, 0, 0, 0 }, false },
	{ "29 February 2000", { 2000, 2, 29, 0, 0, 0 }, true },
	{ "31 April", { 2027, 4, 31, 0, 0, 0 }, false },
	{ "month 0", { 2027, 0, 1, 0, 0, 0 }, false },
	{ "month 13", { 2027, 13, 1, 0, 0, 0 }, false },
	{ "day 0", { 2027, 1, 0, 0, 0, 0 }, false },
	{ "year 0", { 0, 1, 1, 0, 0, 0 }, false },
	{ "year 10000", { 10000, 1, 1, 0, 0, 0 }, false },
	{ "hour 24", { 2027, 1, 1, 24, 0, 0 }, false },
	{ "minute 60", { 2027, 1, 1, 0, 60, 0 }, false },
	{ "second 60", { 2027, 1, 1, 0, 0, 60 }, false },
	{ "negative hour", { 2027, 1, 1, -1, 0, 0 }, false },
};

static void
test_valid(void **state)
{
	const struct valid_row *row = *state;

	assert_int_equal(civil_is_valid(&row->c), row->ok);
}

struct parse_row {
	const char *name;
	const char *in;
	const char *utc;	/* RFC 3339, NULL if refused */
};

static const struct parse_row mails[] = {
	{ "offset east", "Wed, 10 Feb 2027 13:00:00 +0100",
	    "2027-02-10T12:00:00Z" },
	{ "offset west over midnight", "Wed, 10 Feb 2027 20:30:00 -0530",
	    "2027-02-11T02:00:00Z" },
	{ "no weekday", "10 Feb 2027 12:00 +0000", "2027-02-10T12:00:00Z" },
	{ "weekday is not compared", "Mon, 10 Feb 2027 12:00 +0000",
	    "2027-02-10T12:00:00Z" },
	{ "comment behind", "10 Feb 2027 12:00 +0000 (UTC (so to speak))",
	    "2027-02-10T12:00:00Z" },
	{ "comments everywhere",
	    "(a)Wed(\\)),(b)10 (c) Feb 2027 12 : 00 (d) +0000",
	    "2027-02-10T12:00:00Z" },
	{ "folded", "Wed,\r\n 10 Feb 2027\r\n\t12:00:00 GMT",
	    "2027-02-10T12:00:00Z" },
	{ "North American zone", "10 Feb 2027 12:00:00 est",
	    "2027-02-10T17:00:00Z" },
	{ "military zone counts as UTC", "10 Feb 2027 12:00:00 A",
	    "2027-02-10T12:00:00Z" },
	{ "unknown zone counts as UTC", "10 Feb 2027 12:00:00 CEST",
	    "2027-02-10T12:00:00Z" },
	{ "no zone counts as UTC", "10 Feb 2027 12:00:00",
	    "2027-02-10T12:00:00Z" },
	{ "two-digit year", "10 Feb 27 12:00 UT", "2027-02-10T12:00:00Z" },
	{ "two-digit year of the last century", "10 Feb 97 12:00 UT",
	    "1997-02-10T12:00:00Z" },
	{ "three-digit year", "10 Feb 127 12:00 UT", "2027-02-10T12:00:00Z" },
	{ "one-digit hour", "10 Feb 2027 9:05 +0000", "2027-02-10T09:05:00Z" },
	{ "leap second", "31 Dec 2016 23:59:60 +0000",
	    "2017-01-01T00:00:00Z" },
	{ "empty", "", NULL },
	{ "no date", "tomorrow", NULL },
	{ "no such month", "10 Fbr 2027 12:00 +0000", NULL },
	{ "no such day", "30 Feb 2027 12:00 +0000", NULL },
	{ "no time", "10 Feb 2027", NULL },
	{ "hour 25", "10 Feb 2027 25:00 +0000", NULL },
	{ "offset with minutes 60", "10 Feb 2027 12:00 +0060", NULL },
	{ "offset too short", "10 Feb 2027 12:00 +01", NULL },
	{ "text behind", "10 Feb 2027 12:00 +0000 or so", NULL },
	{ "five-digit year", "10 Feb 20270 12:00 +0000", NULL },
	{ "huge number", "10 Feb 99999999999999999999 12:00 +0000", NULL },
	{ "comment without end", "10 Feb (2027 12:00 +0000", NULL },
};

static void
test_mail(void **state)
{
	const struct parse_row *row = *state;
	struct arena *a = arena_new();
	int64_t at = 4711;
	bool ok;

	ok = civil_parse_rfc5322(span_of(row->in), &at);
	assert_int_equal(ok, row->utc != NULL);
	if (ok)
		assert_string_equal(civil_rfc3339(a, at), row->utc);
	else
		assert_true(at == 4711);
	arena_free(a);
}

static const struct parse_row stamps[] = {
	{ "offset", "2027-02-10T13:00:00+01:00", "2027-02-10T12:00:00Z" },
	{ "negative offset", "2027-02-10T06:30:00-05:30",
	    "2027-02-10T12:00:00Z" },
	{ "fraction is dropped", "2027-02-10T12:00:00.999Z",
	    "2027-02-10T12:00:00Z" },
	{ "lower case", "2027-02-10t12:00:00z", "2027-02-10T12:00:00Z" },
	{ "short form is UTC", "2027-02-10 12:00", "2027-02-10T12:00:00Z" },
	{ "leap second", "2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z" },
	{ "date alone", "2027-02-10", NULL },
	{ "offset without colon", "2027-02-10T12:00:00+0100", NULL },
	{ "offset of 24 hours", "2027-02-10T12:00:00+24:00", NULL },
	{ "one-digit month", "2027-2-10 12:00", NULL },
	{ "29 February 2027", "2027-02-29T12:00:00Z", NULL },
	{ "text behind", "2027-02-10T12:00:00Z!", NULL },
	{ "leading blank", " 2027-02-10T12:00:00Z", NULL },
	{ "empty", "", NULL },
};

static void
test_stamp(void **state)
{
	const struct parse_row *row = *state;
	struct arena *a = arena_new();
	int64_t at = 4711;
	bool ok;

	ok = civil_parse_rfc3339(span_of(row->in), &at);
	assert_int_equal(ok, row->utc != NULL);
	if (ok)
		assert_string_equal(civil_rfc3339(a, at), row->utc);
	else
		assert_true(at == 4711);
	arena_free(a);
}

static void
test_every_day(void **state)
{
	int64_t at;
	struct civil c, before = { 0, 0, 0, 0, 0, 0 };
	int weekday = -1;

	(void)state;
	/* 1890 to 2130: each day follows the one before. */
	for (at = -2524521600; at < 5049129600; at += 86400) {
		civil_from_unix(at, &c);
		assert_true(civil_is_valid(&c));
		assert_true(civil_to_unix(&c) == at);
		assert_true(c.day == before.day + 1 || c.day == 1);
		if (weekday >= 0)
			assert_int_equal(civil_weekday(&c), (weekday + 1) % 7);
		weekday = civil_weekday(&c);
		before = c;
	}
}

static void
test_edges(void **state)
{
	struct civil c;

	(void)state;
	civil_from_unix(INT64_MIN, &c);
	assert_int_equal(c.year, 1);
	civil_from_unix(INT64_MAX, &c);
	assert_int_equal(c.year, 9999);
	assert_string_equal(civil_day_name(3, true), "Wednesday");
	assert_string_equal(civil_day_name(0, false), "Sun");
	assert_string_equal(civil_day_name(7, false), "?");
	assert_string_equal(civil_month_name(2, true), "February");
	assert_string_equal(civil_month_name(12, false), "Dec");
	assert_string_equal(civil_month_name(0, false), "?");
}

int
main(void)
{
	const struct CMUnitTest single[] = {
		cmocka_unit_test(test_every_day),
		cmocka_unit_test(test_edges),
	};
	int failed = 0;

	failed += TEST_ROWS("civil_dates", dates, test_date);
	failed += TEST_ROWS("civil_is_valid", valids, test_valid);
	failed += TEST_ROWS("civil_parse_rfc5322", mails, test_mail);
	failed += TEST_ROWS("civil_parse_rfc3339", stamps, test_stamp);
	failed += cmocka_run_group_tests_name("civil", single, NULL, NULL);
	return test_exit(failed);
}
