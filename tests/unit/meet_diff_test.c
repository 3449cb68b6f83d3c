/* SPDX-License-Identifier: ISC */
/* What changed, and whether it resets the answers. */
#include "tests/unit/meet_fixture.h"

struct row {
	const char *name;
	void (*change)(struct meeting_rev *r);
	const char *want;
	bool major;
};

static void
nothing(struct meeting_rev *r)
{
	r->rev++;
	r->revised_at = NOW;
	r->agenda = "";
}

static void
start(struct meeting_rev *r)
{
	r->start_at += HOUR;
	r->end_at += HOUR;
}

static void
end(struct meeting_rev *r)
{
	r->end_at += HOUR;
}

static void
zone_at_the_same_moment(struct meeting_rev *r)
{
	r->tzid = "Asia/Tokyo";
}

static void
zone_of_a_series(struct meeting_rev *r)
{
	r->tzid = "Europe/Paris";
	r->rrule = "FREQ=MONTHLY";
}

static void
status(struct meeting_rev *r)
{
	r->status = "cancelled";
}

static void
place(struct meeting_rev *r)
{
	r->place = "ITU HQ";
	r->pin = "99";
	r->link = "";
}

static void
texts(struct meeting_rev *r)
{
	r->title = "New title";
	r->number = 12;
	r->agenda = "1. Opening\n2. End\n";
	r->description = "Please read.";
}

static void
blanks(struct meeting_rev *r)
{
	r->place = " E-meeting\n";
}

static void
deadlines(struct meeting_rev *r)
{
	static struct deadline d[] = { { "Inputs", S1_START - 12 * DAY_S +
	    11 * HOUR + 59 * 60 } };

	r->deadlines = d;
	r->n_deadlines = 1;
}

static const struct row rows[] = {
	{ "nothing", nothing, "", false },
	{ "the start", start, "When: Wed 10 Feb 2027, 13:00-15:00 Geneva time "
	    "(12:00 UTC) -> Wed 10 Feb 2027, 14:00-16:00 Geneva time "
	    "(13:00 UTC)\n", true },
	{ "the end", end, "When: Wed 10 Feb 2027, 13:00-15:00 Geneva time "
	    "(12:00 UTC) -> Wed 10 Feb 2027, 13:00-16:00 Geneva time "
	    "(12:00 UTC)\n", true },
	{ "the zone at the same moment", zone_at_the_same_moment,
	    "Zone: Geneva time -> Tokyo time (at the same moment)\n", false },
	{ "the zone of a series", zone_of_a_series, "Zone: Geneva time -> "
	    "Paris time (at the same moment)\nRepeats: (none) -> "
	    "FREQ=MONTHLY\n", true },
	{ "the status", status, "Status: confirmed -> cancelled\n", true },
	{ "place, link and PIN", place, "Where: E-meeting -> ITU HQ\n"
	    "Link: https://meet.vendor-g.example/j/1 -> (none)\n"
	    "PIN: (none) -> 99\n", false },
	{ "texts", texts, "Title: Meeting m7 -> New title\n"
	    "Number: 1 -> 12\nAgenda: new, 2 lines, see below\n"
	    "Text: new, 1 line, see below\n", false },
	{ "blanks at the ends", blanks, "", false },
	{ "a deadline", deadlines, "Inputs by: (none) -> Fri 29 Jan 2027 "
	    "23:59 UTC\n", false },
};

static void
diff_row(void **state)
{
	const struct row *r = *state;
	struct meeting_rev new;
	struct world w;

	world_begin(&w, ROUTE_ANNOUNCE, "", "", "");
	new = w.revs[0];
	r->change(&new);
	assert_string_equal(meet_diff(w.arena, &w.revs[0], &new), r->want);
	assert_int_equal(meet_is_major(&w.revs[0], &new), r->major);
	world_end(&w);
}

static const struct { const char *name; } content_rows[] = {
	{ "the content's hash changes with the content" },
};

static void
content(void **state)
{
	struct meeting_rev new;
	struct world w;

	(void)state;
	world_begin(&w, ROUTE_ANNOUNCE, "", "", "");
	new = w.revs[0];
	assert_string_equal(meet_content(w.arena, &new),
	    meet_content(w.arena, &w.revs[0]));
	new.pin = "1";
	assert_string_not_equal(meet_content(w.arena, &new),
	    meet_content(w.arena, &w.revs[0]));
	world_end(&w);
}

int
main(void)
{
	int failures = TEST_ROWS("meet_diff", rows, diff_row);

	failures += TEST_ROWS("meet_diff: content", content_rows, content);
	return test_exit(failures);
}
