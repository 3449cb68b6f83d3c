/* SPDX-License-Identifier: ISC */
/* Questions and warnings about a whole revision. */
#include "tests/unit/meet_fixture.h"

#include "meet/question.h"

struct row {
	const char *name;
	int64_t start_at;	/* of a new meeting, 2 hours long */
	const char *place;
	const char *warns;	/* in the warnings; "" none at all */
	const char *asks;	/* in the questions; "" none at all */
	int64_t length_s;
	int64_t deadline_at;
	uint32_t number;
	const char *key;	/* of an announced meeting that it revises */
};

#define IN_DAYS(n) (S1_START + ((n) - 30) * (int64_t)DAY_S)

static const struct row rows[] = {
	{ .name = "a month ahead is fine", .start_at = IN_DAYS(31),
	    .place = "E-meeting", .warns = "", .asks = "" },
	{ .name = "an e-meeting 14 days ahead is fine",
	    .start_at = IN_DAYS(14), .place = "", .warns = "", .asks = "" },
	{ .name = "an e-meeting 13 days ahead is short", .start_at =
	    IN_DAYS(13), .place = "Online", .warns = "at least 14 days",
	    .asks = "" },
	{ .name = "S9: a face-to-face meeting 22 days ahead is short",
	    .start_at = IN_DAYS(22), .place = "Tokyo, Host Building",
	    .warns = "28 days before it starts (Rec. ITU-T A.1 clause 5.5)",
	    .asks = "" },
	{ .name = "a face-to-face meeting 28 days ahead is fine",
	    .start_at = IN_DAYS(28), .place = "ITU HQ", .warns = "",
	    .asks = "" },
	{ .name = "days are counted by the calendar of the place",
	    .start_at = IN_DAYS(28) - HOUR, .place = "ITU HQ",
	    .warns = "", .asks = "" },
	{ .name = "the past is asked about", .start_at = NOW - 60,
	    .place = "", .warns = "", .asks = "in the past" },
	{ .name = "13 hours are warned about", .start_at = IN_DAYS(29) - 4 *
	    HOUR, .length_s = 13 * HOUR, .place = "", .warns =
	    "longer than 12 hours", .asks = "" },
	{ .name = "three years ahead are warned about",
	    .start_at = IN_DAYS(1096), .place = "", .warns = "year right",
	    .asks = "" },
	{ .name = "a clash is warned about", .start_at = IN_DAYS(30) + HOUR,
	    .place = "", .warns = "At the same time as m7: Meeting m7",
	    .asks = "" },
	{ .name = "one after the other is no clash",
	    .start_at = IN_DAYS(30) - HOUR, .length_s = HOUR, .place = "",
	    .warns = "", .asks = "" },
	{ .name = "a cancelled meeting is no clash", .start_at = IN_DAYS(37),
	    .place = "", .warns = "", .asks = "" },
	{ .name = "a night in one of the zones is warned about",
	    .start_at = IN_DAYS(29) + 3 * HOUR, .place = "",
	    .warns = "Shanghai time 23:00.", .asks = "" },
	{ .name = "H7: a number that is taken is asked about",
	    .start_at = IN_DAYS(29), .place = "", .number = 2, .warns = "",
	    .asks = "number 2 is announced already, as m8" },
	{ .name = "a deadline after the start is asked about",
	    .start_at = IN_DAYS(29), .place = "", .deadline_at = IN_DAYS(30),
	    .warns = "", .asks = "after the start" },
	{ .name = "a deadline that is over is warned about",
	    .start_at = IN_DAYS(29), .place = "", .deadline_at = NOW - 60,
	    .warns = "deadline is over", .asks = "" },
	{ .name = "a revision that keeps its time is not asked again",
	    .start_at = IN_DAYS(30), .place = "ITU HQ", .key = "m7",
	    .number = 1, .warns = "", .asks = "" },
	{ .name = "a revision that moves is checked",
	    .start_at = IN_DAYS(2), .place = "ITU HQ", .key = "m7",
	    .number = 1, .warns = "Short notice: 2 days", .asks = "" },
};

static void
contains(const char *what, const char *got, const char *want)
{
	if (want[0] == '\0' ? got[0] != '\0' : strstr(got, want) == NULL)
		fail_msg("%s: want \"%s\", got:\n%s", what, want, got);
}

static void
check_row(void **state)
{
	const struct row *r = *state;
	struct meet_questions q = { NULL, 0, 0 };
	struct deadline d = { "Inputs", r->deadline_at };
	struct meeting_rev rev;
	struct world w;

	world_begin(&w, ROUTE_ANNOUNCE, "", "", "");
	formtext_clear(&rev);
	rev.key = r->key != NULL ? r->key : "";
	rev.status = "confirmed";
	rev.title = "X";
	rev.tzid = "Europe/Zurich";
	rev.start_at = r->start_at;
	rev.end_at = r->start_at + (r->length_s != 0 ? r->length_s : 2 * HOUR);
	rev.place = r->place;
	rev.number = r->number;
	rev.deadlines = &d;
	rev.n_deadlines = r->deadline_at != 0 ? 1 : 0;
	meet_check(w.arena, &rev, &w.snap, &q);
	contains("warnings", question_warnings(w.arena, &q), r->warns);
	contains("questions", question_text(w.arena, &q), r->asks);
	world_end(&w);
}

int
main(void)
{
	return test_exit(TEST_ROWS("meet_check", rows, check_row));
}
