/* SPDX-License-Identifier: ISC */
/* How times are shown: weekday, zone by city, UTC, day shifts. */
#include "tests/unit/meet_fixture.h"

#include "meet/when.h"

struct row {
	const char *name;
	const char *tzid;
	int64_t start_at, end_at;
	const char *want;	/* meet_when() */
	const char *short_want;	/* meet_when_short() */
	const char *extra;
};

static const struct row rows[] = {
	{ "S1: Geneva first, then UTC and the list's zones", "Europe/Zurich",
	    S1_START, S1_START + 2 * HOUR,
	    "Wednesday 10 February 2027, 13:00-15:00 Geneva time (UTC+1)\n"
	    "  12:00-14:00   UTC\n"
	    "  20:00-22:00   Shanghai (UTC+8)\n"
	    "  07:00-09:00   New York (UTC-5)\n",
	    "Wed 10 Feb 2027, 13:00-15:00 Geneva time", NULL },
	{ "a reader's zone comes last", "Europe/Zurich", S1_START,
	    S1_START + 2 * HOUR,
	    "Wednesday 10 February 2027, 13:00-15:00 Geneva time (UTC+1)\n"
	    "  12:00-14:00   UTC\n"
	    "  20:00-22:00   Shanghai (UTC+8)\n"
	    "  07:00-09:00   New York (UTC-5)\n"
	    "  17:30-19:30   Kolkata (UTC+5:30)\n",
	    "Wed 10 Feb 2027, 13:00-15:00 Geneva time", "Asia/Kolkata" },
	{ "no zone is shown twice", "UTC", S1_START, S1_START + 2 * HOUR,
	    "Wednesday 10 February 2027, 12:00-14:00 UTC\n"
	    "  13:00-15:00   Geneva (UTC+1)\n"
	    "  20:00-22:00   Shanghai (UTC+8)\n"
	    "  07:00-09:00   New York (UTC-5)\n",
	    "Wed 10 Feb 2027, 12:00-14:00 UTC", "Europe/Zurich" },
	{ "S3: the week between the clock changes", "Europe/Zurich",
	    S1_START + 42 * DAY_S, S1_START + 42 * DAY_S + HOUR,
	    "Wednesday 24 March 2027, 13:00-14:00 Geneva time (UTC+1)\n"
	    "  12:00-13:00   UTC\n"
	    "  20:00-21:00   Shanghai (UTC+8)\n"
	    "  08:00-09:00   New York (UTC-4)\n",
	    "Wed 24 Mar 2027, 13:00-14:00 Geneva time", NULL },
	{ "S9: another day in another zone", "Asia/Tokyo",
	    INT64_C(1825893000), INT64_C(1825893000) + 8 * HOUR,
	    "Thursday 11 November 2027, 09:30-17:30 Tokyo time (UTC+9)\n"
	    "  00:30-08:30   UTC\n"
	    "  01:30-09:30   Geneva (UTC+1)\n"
	    "  08:30-16:30   Shanghai (UTC+8)\n"
	    "  Wed 10 Nov 19:30 - Thu 11 Nov 03:30 New York (UTC-5)\n",
	    "Thu 11 Nov 2027, 09:30-17:30 Tokyo time", NULL },
	{ "H10: an end on the next day", "Europe/Zurich",
	    S1_START + 10 * HOUR, S1_START + 11 * HOUR + 1800,
	    "Wednesday 10 February 2027, 23:00 - Thu 11 Feb 00:30 Geneva time "
	    "(UTC+1)\n"
	    "  22:00-23:30   UTC\n"
	    "  Thu 11 Feb 06:00-07:30 Shanghai (UTC+8)\n"
	    "  17:00-18:30   New York (UTC-5)\n",
	    "Wed 10 Feb 2027, 23:00 - Thu 11 Feb 00:30 Geneva time", NULL },
};

static void
when_row(void **state)
{
	const struct row *r = *state;
	struct meeting_rev rev;
	struct world w;

	world_begin(&w, ROUTE_ANNOUNCE, "", "", "");
	formtext_clear(&rev);
	rev.tzid = r->tzid;
	rev.start_at = r->start_at;
	rev.end_at = r->end_at;
	assert_string_equal(meet_when(w.arena, &rev, &w.list, r->extra),
	    r->want);
	assert_string_equal(meet_when_short(w.arena, &rev), r->short_want);
	world_end(&w);
}

struct local {
	const char *name;
	const char *text;
	bool good;
};

static const struct local locals[] = {
	{ "a local time", "2027-02-10T13:00:00", true },
	{ "no seconds", "2027-02-10T13:00", false },
	{ "letters", "2027-02-1xT13:00:00", false },
	{ "no such day", "2027-02-30T13:00:00", false },
	{ "nothing", "", false },
};

static void
local_row(void **state)
{
	const struct local *r = *state;
	struct arena *a = arena_new();
	struct civil c;

	assert_int_equal(when_parse(r->text, &c), r->good);
	if (r->good)
		assert_string_equal(when_local(a, &c), r->text);
	arena_free(a);
}

static const struct { const char *name; } day_rows[] = {
	{ "days without times show no zone" },
};

static void
all_day(void **state)
{
	struct meeting_rev rev;
	struct world w;

	(void)state;
	world_begin(&w, ROUTE_ANNOUNCE, "", "", "");
	formtext_clear(&rev);
	rev.all_day = true;
	rev.start_local = "2028-01-18T00:00:00";
	rev.end_local = "2028-01-21T00:00:00";
	assert_string_equal(meet_when_short(w.arena, &rev),
	    "Tue 18 Jan 2028 - Thu 20 Jan 2028, all day");
	rev.end_local = "2028-01-19T00:00:00";
	assert_string_equal(meet_when(w.arena, &rev, &w.list, NULL),
	    "Tuesday 18 January 2028, all day\n");
	world_end(&w);
}

int
main(void)
{
	int failures = TEST_ROWS("meet_when", rows, when_row);

	failures += TEST_ROWS("meet_when: local", locals, local_row);
	failures += TEST_ROWS("meet_when: days", day_rows, all_day);
	return test_exit(failures);
}
