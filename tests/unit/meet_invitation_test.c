/* SPDX-License-Identifier: ISC */
/* The texts of invitations, updates and cancellations. */
#include "tests/unit/meet_fixture.h"

struct row {
	const char *name;
	enum { FIRST, MAJOR, MINOR, CANCEL, HOSTILE } kind;
	enum { SUBJECT, PLAIN, HTML } part;
	const char *has, *has_not;
};

static const struct row rows[] = {
	{ "the subject of an invitation", FIRST, SUBJECT,
	    "Invitation: Meeting m7, Wed 10 Feb 2027, 13:00-15:00 Geneva time "
	    "(m7)", NULL },
	{ "the subject of a change", MAJOR, SUBJECT, "Changed: Meeting m7, "
	    "Wed 10 Feb 2027, 14:00-16:00 Geneva time (m7)", NULL },
	{ "the subject of a cancellation", CANCEL, SUBJECT,
	    "Cancelled: Meeting m7, Wed 10 Feb 2027, 13:00", NULL },
	{ "the place of the name", FIRST, PLAIN, "Dear \001N\001,\n", NULL },
	{ "the time in the zones", FIRST, PLAIN,
	    "When:          Wednesday 10 February 2027, 13:00-15:00 Geneva "
	    "time (UTC+1)\n                 12:00-14:00   UTC\n", NULL },
	{ "the link and the PIN", FIRST, PLAIN,
	    "Link:          https://meet.vendor-g.example/j/1\n"
	    "PIN:           4711\n", NULL },
	{ "a deadline in UTC", FIRST, PLAIN,
	    "Inputs by:     Fri 29 Jan 2027 23:59 UTC\n", NULL },
	{ "an agenda on lines of its own", FIRST, PLAIN,
	    "Agenda:        1. Opening\n               2. End\n", NULL },
	{ "one-tap accept", FIRST, PLAIN, "I will take part:\n"
	    "  mailto:\001A\001?subject=ACCEPT%20m7\n", NULL },
	{ "one-tap maybe", FIRST, PLAIN, "Maybe:\n"
	    "  mailto:\001A\001?subject=MAYBE%20m7\n", NULL },
	{ "one-tap decline", FIRST, PLAIN, "I will not take part:\n"
	    "  mailto:\001A\001?subject=DECLINE%20m7\n", NULL },
	{ "an invitation speaks of no change", FIRST, PLAIN, "invites you",
	    "CHANGED" },
	{ "a major change asks again", MAJOR, PLAIN, "Please answer again",
	    NULL },
	{ "a change says what, old and new", MAJOR, PLAIN, "WHAT CHANGED\n"
	    "When: Wed 10 Feb 2027, 13:00-15:00 Geneva time (12:00 UTC) -> ",
	    NULL },
	{ "a minor change keeps the answer", MINOR, PLAIN,
	    "Your answer stays valid", "answer again" },
	{ "a cancellation names time and reason", CANCEL, PLAIN,
	    "Reason:        no inputs\n", "ACCEPT" },
	{ "a cancellation has no link to join any more", CANCEL, PLAIN,
	    "Where:         E-meeting\n", "https://" },
	{ "HTML has the links", FIRST, HTML,
	    "<a href=\"mailto:\001A\001?subject=ACCEPT%20m7\"", "<img" },
	{ "HTML has no name to escape", FIRST, HTML, "<table", "\001N\001" },
	{ "HTML sets no colours", FIRST, HTML, "color-scheme", "color:" },
	{ "HTML is escaped", HOSTILE, HTML,
	    "&lt;script&gt;&amp;&quot;x&quot;", "<script" },
	{ "marks in values are gone", HOSTILE, PLAIN, "Where:         AN",
	    "\001A\001N\001" },
	{ "a subject is one line", HOSTILE, SUBJECT, "Invitation: <script>",
	    "\n" },
};

static void
invitation_row(void **state)
{
	const struct row *r = *state;
	struct deadline d = { "Inputs", S1_START - 12 * DAY_S + 11 * HOUR +
	    59 * 60 };
	struct meeting_rev rev, old;
	struct meet_text text;
	struct world w;
	const char *got;

	world_begin(&w, ROUTE_ANNOUNCE, "", "", "");
	old = rev = w.revs[0];
	rev.pin = "4711";
	rev.agenda = "1. Opening\n2. End";
	rev.deadlines = &d;
	rev.n_deadlines = 1;
	if (r->kind == MAJOR) {
		rev.start_at += HOUR;
		rev.end_at += HOUR;
	}
	if (r->kind == CANCEL) {
		rev.status = "cancelled";
		rev.reason = "no inputs";
	}
	if (r->kind == HOSTILE) {
		rev.title = "<script>&\"x\"\r\nBcc: x@evil.example";
		rev.place = "\001A\001N\001";
	}
	meet_invitation(w.arena, &rev, r->kind == FIRST || r->kind == HOSTILE ?
	    NULL : &old, &w.list, &text);
	got = r->part == SUBJECT ? text.subject : r->part == PLAIN ?
	    text.plain : text.html;
	if (strstr(got, r->has) == NULL)
		fail_msg("no \"%s\" in:\n%s", r->has, got);
	if (r->has_not != NULL && strstr(got, r->has_not) != NULL)
		fail_msg("\"%s\" is in:\n%s", r->has_not, got);
	world_end(&w);
}

int
main(void)
{
	return test_exit(TEST_ROWS("meet_invitation", rows, invitation_row));
}
