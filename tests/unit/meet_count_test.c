/* SPDX-License-Identifier: ISC */
/* Totals by category and body. */
#include "tests/test.h"

#include <string.h>
#include "base/arena.h"
#include "meet/meet.h"

struct row {
	const char *name;
	struct member members[4];
	size_t n_members;
	struct answer answers[4];
	size_t n_answers;
	const char *want;
};

#define SEAT(c, b) { .category = c, .body = b, .role = "", .evidence = "" }
#define SEATS(...) (struct seat[]){ __VA_ARGS__ }, \
	sizeof((struct seat[]){ __VA_ARGS__ }) / sizeof(struct seat)
#define MEMBER(num, st, ...) { num, "", "", "", "", "", "", "", st, true, 0, \
	__VA_ARGS__ }
#define ANSWER(num, ps, recur) { .member_id = num, .partstat = ps, \
	.recur_at = recur }
#define HEAD "                             invited    yes  maybe     no   " \
	"open\n"

static const struct row rows[] = {
	{ .name = "nobody", .want = HEAD
	    "all                                0      0      0      0      0\n"
	},
	{ .name = "each answer has its column", .n_members = 4, .members = {
	    MEMBER(1, MEMBER_ACTIVE, SEATS(SEAT("sg", "SG13"))),
	    MEMBER(2, MEMBER_ACTIVE, SEATS(SEAT("sg", "SG13"))),
	    MEMBER(3, MEMBER_ACTIVE, SEATS(SEAT("sg", "SG11"))),
	    MEMBER(4, MEMBER_ACTIVE, SEATS(SEAT("expert", ""))) },
	    .n_answers = 3, .answers = { ANSWER(4, "TENTATIVE", 0),
	    ANSWER(1, "ACCEPTED", 0), ANSWER(2, "DECLINED", 0) },
	    .want = HEAD
	    "sg                                 3      1      0      1      1\n"
	    "  SG13                             2      1      0      1      0\n"
	    "  SG11                             1      0      0      0      1\n"
	    "expert                             1      0      1      0      0\n"
	    "all                                4      1      1      1      1\n"
	},
	{ .name = "two categories count one person in each, once in all",
	    .n_members = 1, .members = { MEMBER(1, MEMBER_ACTIVE,
	    SEATS(SEAT("sg", "SG13"), SEAT("leadership", ""),
	    SEAT("sg", "SG13"))) }, .n_answers = 1, .answers = {
	    ANSWER(1, "ACCEPTED", 0) }, .want = HEAD
	    "sg                                 1      1      0      0      0\n"
	    "  SG13                             1      1      0      0      0\n"
	    "leadership                         1      1      0      0      0\n"
	    "all                                1      1      0      0      0\n"
	},
	{ .name = "who left or waits is not counted", .n_members = 2,
	    .members = { MEMBER(1, MEMBER_GONE, NULL, 0),
	    MEMBER(2, MEMBER_PENDING, NULL, 0) }, .want = HEAD
	    "all                                0      0      0      0      0\n"
	},
	{ .name = "an answer for one date is not for the meeting",
	    .n_members = 1, .members = { MEMBER(1, MEMBER_ACTIVE, NULL, 0) },
	    .n_answers = 1, .answers = { ANSWER(1, "ACCEPTED", 5) },
	    .want = HEAD
	    "all                                1      0      0      0      1\n"
	},
	{ .name = "NEEDS-ACTION is open", .n_members = 1, .members = {
	    MEMBER(1, MEMBER_ACTIVE, NULL, 0) }, .n_answers = 1, .answers = {
	    ANSWER(1, "NEEDS-ACTION", 0) }, .want = HEAD
	    "all                                1      0      0      0      1\n"
	},
};

static void
count_row(void **state)
{
	const struct row *r = *state;
	struct arena *a = arena_new();
	struct meet_totals t;

	meet_count(a, r->members, r->n_members, r->answers, r->n_answers, &t);
	assert_string_equal(meet_totals_text(a, &t), r->want);
	arena_free(a);
}

int
main(void)
{
	return test_exit(TEST_ROWS("meet_count", rows, count_row));
}
