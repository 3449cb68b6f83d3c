/* SPDX-License-Identifier: ISC */
/*
 * Mails to LIST-announce and answers to previews: who may, what is asked,
 * what is drafted, and that only an OK to the preview releases it.
 */
#include "tests/unit/meet_fixture.h"

#define ADA "ada@carrier-a.example"
#define INES "ines@vendor-g.example"
#define NEW "Title: Third meeting\nDate: Wed 17 March 2027\n" \
	"Time: 13:00-15:00\n"
#define PREVIEW ", meet-preview>ada"

struct row {
	const char *name;
	const char *from, *subject, *text;
	const char *want;
	const char *has;	/* in a text that goes out */
	const char *has_not;
	const char *auto_submitted, *list_id;
	uint32_t confirms;
	bool truncated, calendar, broken_calendar;
};

static const struct row rows[] = {
	{ "the chair's announcement becomes a draft and a preview", ADA,
	    "announce", NEW, .want = "draft(0 confirmed seq 0)" PREVIEW,
	    .has =
	    "Subject: Please check: announcement of Third meeting, Wed 17 Mar "
	    "2027, 13:00-15:00 Geneva time", .has_not = "release" },
	{ "the preview is answered to its token", ADA, "announce", NEW,
	    .want = "draft(0 confirmed seq 0)" PREVIEW, .has =
	    "Reply: confirm_address" },
	{ "the preview shows who gets it", ADA, "announce", NEW,
	    .want = "draft(0 confirmed seq 0)" PREVIEW, .has =
	    "WHO GETS IT\n(recipients)" },
	{ "the preview shows the invitation with UTC and the zones", ADA,
	    "announce", NEW, .want = "draft(0 confirmed seq 0)" PREVIEW,
	    .has = "|                  12:00-14:00   UTC\n"
	    "|                  20:00-22:00   Shanghai (UTC+8)\n"
	    "|                  08:00-10:00   New York (UTC-4)\n" },
	{ "the preview shows the links with their subjects", ADA, "announce",
	    NEW, .want = "draft(0 confirmed seq 0)" PREVIEW,
	    .has = "|   mailto:jca-qkdn-m-each-has-its-own@lists.itu-t.example?"
	    "subject=ACCEPT%20mNN" },
	{ "H4: an unproven From is told in the preview", ADA, "announce", NEW,
	    .want = "draft(0 confirmed seq 0)" PREVIEW, .has =
	    "gave no proof" },
	{ "the secretariat may announce", "cleo@tsb.example", "announce", NEW,
	    .want = "draft(0 confirmed seq 0), meet-preview>cleo" },
	{ "H3: a member who is not the chair may not", INES, "announce", NEW,
	    .want = "meet-denied>ines", .has =
	    "To propose a meeting, write to" },
	{ "a stranger may not", "guest@evil.example", "announce", NEW,
	    .want = "meet-denied>guest", .has = "only the chair", .has_not =
	    "To propose" },
	{ "strangers are not answered without end", "guest@evil.example",
	    "announce", NEW, .want = "ignore", .has = "too many mails",
	    .confirms = 3 },
	{ "automatic mail is ignored", ADA, "announce", NEW, .want = "ignore",
	    .auto_submitted = "auto-replied" },
	{ "our own mail coming back is ignored", ADA, "announce", NEW,
	    .want = "ignore", .has = "loop",
	    .list_id = "<jca-qkdn.lists.itu-t.example>" },
	{ "H1: a wrong weekday is asked back, nothing is drafted", ADA,
	    "announce", "Title: X\nDate: Wed 13 April 2027\n"
	    "Time: 13:00-15:00\n", .want = "meet-questions>ada",
	    .has = "or:     Date: Wed 14 Apr 2027" },
	{ "H2: CET in summer is asked back", ADA, "announce", "Title: X\n"
	    "Date: Wed 14 April 2027\nTime: 13:00-15:00 CET\n",
	    .want = "meet-questions>ada", .has = "CEST (UTC+2), not CET" },
	{ "S6: a contradiction with UTC is asked back", ADA, "announce",
	    "Title: X\nDate: Wed 14 April 2027\nTime: 13:00-15:00 Geneva "
	    "(12:00 UTC)\n", .want = "meet-questions>ada", .has =
	    "Reply: announce\n" },
	{ "all questions come in one mail", ADA, "announce",
	    "Date: Wed 13 April 2027\nTime: 25:00-26:00\nLink: x y\n",
	    .want = "meet-questions>ada", .has =
	    " 4. Date: Wed 13 April 2027" },
	{ "H5: half a day is announced as planned", ADA, "announce",
	    "Title: X\nDate: afternoon of 9 November 2027\n",
	    .want = "draft(0 planned seq 0)" PREVIEW,
	    .has = "customary ITU session 14:30-17:30" },
	{ "H6: postponed without a date is asked back", ADA, "postpone m7",
	    "", .want = "meet-questions>ada", .has = "cancel m7" },
	{ "H7: a number that is announced already is asked back", ADA,
	    "announce", NEW "Number: 1\n", .want = "meet-questions>ada",
	    .has = "Meeting number 1 is announced already, as m7" },
	{ "H9: a calendar file alone is shown as text", ADA, "Invitation", "",
	    .want = "meet-questions>ada", .has =
	    "Title: Board\n    Date: Wed 10 Feb 2027 "
	    "13:00 Geneva time", .calendar = true },
	{ "an unreadable calendar file asks for text", ADA, "Invitation", "",
	    .want = "meet-questions>ada", .has =
	    "write the announcement as text", .calendar = true,
	    .broken_calendar = true },
	{ "H10: an end on the next day", ADA, "announce", "Title: X\n"
	    "Date: Wed 17 March 2027\nTime: 23:00-00:30 next day\n",
	    .want = "draft(0 confirmed seq 0)" PREVIEW,
	    .has = "Wed 17 Mar 2027, 23:00 - Thu 18 Mar 00:30 Geneva time" },
	{ "the same meeting a second time is asked back", ADA, "announce",
	    "Title: Meeting m7\nDate: Wed 10 Feb 2027\nTime: 13:00-15:00\n",
	    .want = "meet-questions>ada", .has = "update m7" },
	{ "a date in the past is asked back", ADA, "announce", "Title: X\n"
	    "Date: 6 Jan 2027\nTime: 13:00-15:00\n", .want =
	    "meet-questions>ada",
	    .has = "in the past" },
	{ "a mail that was not read whole is asked back", ADA, "announce",
	    NEW, .want = "meet-questions>ada", .has = "too long",
	    .truncated = true },
	{ "announce with a key is asked back", ADA, "announce m7", NEW,
	    .want = "meet-questions>ada", .has = "update m7" },
	{ "a clash is a warning", ADA, "announce", "Title: X\n"
	    "Date: 10 Mar 2027\nTime: 14:00-16:00\n",
	    .want = "draft(0 confirmed seq 0)" PREVIEW, .has =
	    "At the same time as m8" },
	{ "an update of the time is major", ADA, "update m7",
	    "Time: 15:00-17:00\n", .want =
	    "draft(7 confirmed seq 1 major)" PREVIEW,
	    .has =
	    "When: Wed 10 Feb 2027, 13:00-15:00 Geneva time (12:00 UTC) -> "
	    "Wed 10 Feb 2027, 15:00-17:00 Geneva time (14:00 UTC)" },
	{ "an update of the start keeps the length", ADA, "update m7",
	    "Time: 15:00\n", .want = "draft(7 confirmed seq 1 major)" PREVIEW,
	    .has = "15:00-17:00 Geneva time" },
	{ "an update of the date keeps the time", ADA, "update m7",
	    "Date: Thu 11 Feb 2027\n",
	    .want = "draft(7 confirmed seq 1 major)" PREVIEW,
	    .has = "Thu 11 Feb 2027, 13:00-15:00 Geneva time" },
	{ "an update asks for answers again if it is major", ADA, "update m7",
	    "Date: Thu 11 Feb 2027\n",
	    .want = "draft(7 confirmed seq 1 major)" PREVIEW,
	    .has = "all members are asked to answer again" },
	{ "an update of the agenda is minor", ADA, "update m7",
	    "Agenda:\n1. Opening\n2. End\n",
	    .want = "draft(7 confirmed seq 0)" PREVIEW, .has =
	    "Agenda: new, 2 lines",
	    .has_not = "asked to answer again" },
	{ "an update takes a link away", ADA, "update m7", "Link: none\n",
	    .want = "draft(7 confirmed seq 0)" PREVIEW,
	    .has = "Link: https://meet.vendor-g.example/j/1 -> (none)" },
	{ "an update adds a deadline", ADA, "update m7",
	    "Inputs by: Fri 29 Jan 23:59 UTC\n",
	    .want = "draft(7 confirmed seq 0)" PREVIEW,
	    .has = "Inputs by: (none) -> Fri 29 Jan 2027 23:59 UTC" },
	{ "an update with a wrong weekday is asked back", ADA, "update m7",
	    "Date: Wed 11 Feb 2027\n", .want = "meet-questions>ada", .has =
	    "is a Thursday" },
	{ "an update into the past is asked back", ADA, "update m7",
	    "Date: 6 Jan 2027\n", .want = "meet-questions>ada", .has =
	    "in the past" },
	{ "an update that changes nothing says so", ADA, "update m7",
	    "Date: Wed 10 Feb 2027\nTime: 13:00-15:00\n",
	    .want = "meet-unchanged>ada", .has = "what is announced already" },
	{ "an update of an unknown key lists the meetings", ADA, "update m99",
	    "Time: 15:00\n", .want = "meet-unknown>ada",
	    .has =
	    "  m8     Wed 10 Mar 2027, 13:00-15:00 Geneva time: Meeting m8" },
	{ "an update of a cancelled meeting is refused", ADA, "update m9",
	    "Time: 15:00\n", .want = "meet-questions>ada", .has =
	    "cannot be changed" },
	{ "a deadline after the start is asked back", ADA, "update m7",
	    "Inputs by: 11 Feb 2027\n", .want = "meet-questions>ada",
	    .has = "after the start" },
	{ "S7: a cancellation waits for its OK", ADA, "cancel m8",
	    "Reason: no inputs\n", .want =
	    "draft(8 cancelled seq 1 major)" PREVIEW,
	    .has = "Subject: Cancelled: Meeting m8, Wed 10 Mar 2027" },
	{ "S7: a cancellation names its reason", ADA, "cancel m8",
	    "Reason: no inputs\n", .want =
	    "draft(8 cancelled seq 1 major)" PREVIEW,
	    .has = "| Reason:        no inputs" },
	{ "a cancellation without a reason is warned about", ADA, "cancel m8",
	    "", .want = "draft(8 cancelled seq 1 major)" PREVIEW,
	    .has = "No reason is given" },
	{ "a cancellation with another date is asked back", ADA, "cancel m8",
	    "Date: Wed 14 July 2027\n", .want = "meet-questions>ada",
	    .has = "m8 is on Wed 10 Mar 2027" },
	{ "a cancellation of an unknown key lists the meetings", ADA,
	    "cancel m99", "", .want = "meet-unknown>ada", .has = "m7 " },
	{ "cancel without a key asks which", ADA, "cancel", "",
	    .want = "meet-questions>ada", .has =
	    "Meetings announced now:\n\n  m7 " },
	{ "status gives the totals", ADA, "status m7", "", .want =
	    "meet-status>ada",
	    .has = "(totals)" },
	{ "status of an unknown key lists the meetings", ADA, "status m99",
	    "", .want = "meet-unknown>ada" },
	{ "a member may not ask for the status", INES, "status m7", "",
	    .want = "meet-denied>ines" },
};

static void
announce_row(void **state)
{
	const struct row *r = *state;
	struct world w;

	world_begin(&w, ROUTE_ANNOUNCE, r->from, r->subject, r->text);
	if (r->auto_submitted != NULL)
		w.digest.auto_submitted = r->auto_submitted;
	if (r->list_id != NULL)
		w.digest.list_id = r->list_id;
	w.digest.text_truncated = r->truncated;
	w.snap.confirms_today = r->confirms;
	w.settings.authserv_id = "mx.itu-t.example";
	if (r->calendar) {
		w.itip[0] = (struct itip){ .method = "REQUEST", .uid = "u",
			.start_at = S1_START, .end_at = S1_START + HOUR,
			.tzid = "", .summary = "Board", .location = "Geneva",
			.description = "", .comment = "", .status = "",
			.rrule = "", .organizer = "", .request_status = "",
			.problem = r->broken_calendar ? "no DTSTART" : "" };
		w.digest.itips = w.itip;
		w.digest.n_itips = 1;
	}
	meet_decide(&w.digest, &w.snap, &w.actions);
	world_check(&w, r->want, r->has);
	if (r->has_not != NULL && strstr(world_dump(&w), r->has_not) != NULL)
		fail_msg("there is \"%s\" in:\n%s", r->has_not,
		    world_dump(&w));
	world_end(&w);
}

/* ---- answers to previews ---- */

enum token_state { GOOD, USED, EXPIRED, CHANGED, GONE };

struct answered {
	const char *name;
	const char *from, *subject, *text;
	enum token_state token;
	const char *want, *has;
	enum { NEW_ONE, MOVED, SAME_TIME, CANCELLED, BEGUN } draft;
	const char *auto_submitted;
};

#define RE "Re: Please check: announcement of Third meeting"

static const struct answered replies[] = {
	{ "OK releases", ADA, RE, "OK\n", GOOD,
	    "used(released), release(7), meet-released>ada",
	    "go out now", NEW_ONE, NULL },
	{ "ok with words behind it releases", ADA, RE, "ok, thank you\n", GOOD,
	    "used(released), release(7), meet-released>ada", NULL, NEW_ONE,
	    NULL },
	{ "OK in the subject with a signature below releases", ADA, "OK",
	    "Sent from my telephone\n", GOOD,
	    "used(released), release(7), meet-released>ada", NULL, NEW_ONE,
	    NULL },
	{ "a moved meeting is released as major", ADA, RE, "OK", GOOD,
	    "used(released), release(7 major), meet-released>ada", NULL,
	    MOVED, NULL },
	{ "a change of text is released as minor", ADA, RE, "OK", GOOD,
	    "used(released), release(7), meet-released>ada", NULL, SAME_TIME,
	    NULL },
	{ "a cancellation is released", ADA, RE, "OK", GOOD,
	    "used(released), release(7 major), meet-released>ada",
	    "The cancellation goes", CANCELLED, NULL },
	{ "NO drops the draft", ADA, RE, "NO\n", GOOD,
	    "used(dropped), drop(7), audit, meet-dropped>ada",
	    "nothing is sent", NEW_ONE, NULL },
	{ "STOP drops the draft", ADA, RE, "Stop!\n", GOOD,
	    "used(dropped), drop(7), audit, meet-dropped>ada", NULL, NEW_ONE,
	    NULL },
	{ "NO in the subject alone drops the draft", ADA, "NO", "", GOOD,
	    "used(dropped), drop(7), audit, meet-dropped>ada", NULL, NEW_ONE,
	    NULL },
	{ "anything else does nothing", ADA, RE, "Looks fine to me\n", GOOD,
	    "meet-not-understood>ada", "Nothing was sent", NEW_ONE, NULL },
	{ "OK but is no OK", ADA, RE, "OK, but please make it 15:00\n", GOOD,
	    "meet-not-understood>ada", NULL, NEW_ONE, NULL },
	{ "a disclaimer below is no doubt", ADA, RE, "OK\n\nThis mail is not "
	    "for others.\n", GOOD,
	    "used(released), release(7), meet-released>ada", NULL, NEW_ONE,
	    NULL },
	{ "an empty answer does nothing", ADA, RE, "", GOOD,
	    "meet-not-understood>ada", NULL, NEW_ONE, NULL },
	{ "an OK that is quoted does nothing", ADA, RE, "> OK\n", GOOD,
	    "meet-not-understood>ada", NULL, NEW_ONE, NULL },
	{ "an automatic answer does nothing", ADA, RE, "OK\n", GOOD, "ignore",
	    NULL, NEW_ONE, "auto-replied" },
	{ "a used token says what was decided", ADA, RE, "OK", USED,
	    "token-used>ada", "released", NEW_ONE, NULL },
	{ "an expired token does nothing", ADA, RE, "OK", EXPIRED,
	    "token-expired>ada", NULL, NEW_ONE, NULL },
	{ "a draft that was replaced is not released", ADA, RE, "OK", CHANGED,
	    "meet-replaced>ada", "newer one", NEW_ONE, NULL },
	{ "a draft that was dropped is not released", ADA, RE, "OK", GONE,
	    "meet-replaced>ada", NULL, NEW_ONE, NULL },
	{ "a token in somebody else's hands does nothing", INES, RE, "OK",
	    GOOD, "token-other>ada, audit", NULL, NEW_ONE, NULL },
	{ "an OK after the start does nothing", ADA, RE, "OK", GOOD,
	    "meet-late>ada", "has begun", BEGUN, NULL },
};

static void
draft_of(struct world *w, const struct answered *r)
{
	struct meeting_rev *d = &w->revs[3];

	*d = w->revs[0];
	d->rev = 2;
	if (r->draft == MOVED || r->draft == BEGUN) {
		d->start_at += r->draft == BEGUN ? NOW - S1_START : HOUR;
		d->end_at += HOUR;
	}
	if (r->draft == SAME_TIME)
		d->agenda = "1. Opening";
	if (r->draft == CANCELLED)
		d->status = "cancelled";
	if (r->draft == NEW_ONE || r->draft == BEGUN)
		w->meetings[0].current = NULL;
	w->meetings[0].draft = r->token == GONE ? NULL : d;
}

static void
reply_row(void **state)
{
	const struct answered *r = *state;
	struct world w;

	world_begin(&w, ROUTE_CONFIRM, r->from, r->subject, r->text);
	if (r->auto_submitted != NULL)
		w.digest.auto_submitted = r->auto_submitted;
	draft_of(&w, r);
	w.token = (struct token){ .id = 77, .purpose = TOKEN_ANNOUNCE,
		.list = "jca-qkdn", .object = "m7/2", .actor = ADA,
		.content = r->token == CHANGED ? "00" :
		    meet_content(w.arena, &w.revs[3]),
		.expires_at = r->token == EXPIRED ? NOW : NOW + 60,
		.used_at = r->token == USED ? NOW - 60 : 0,
		.used_by = ADA, .outcome = "released" };
	w.snap.token = &w.token;
	w.snap.token_meeting = &w.meetings[0];
	w.snap.route.token = "secret";
	meet_decide(&w.digest, &w.snap, &w.actions);
	world_check(&w, r->want, r->has);
	world_end(&w);
}

/* ---- jcadctl ---- */

struct console {
	const char *name;
	const char *subject, *text;
	const char *want;	/* actions, or "" if refused */
	const char *has;	/* in the error */
};

static const struct console ctls[] = {
	{ "announce at the console is released at once", "announce", NEW,
	    "draft(0 confirmed seq 0), release(0)", NULL },
	{ "update at the console is released at once", "update m7",
	    "Time: 15:00\n", "draft(7 confirmed seq 1 major), "
	    "release(7 major)", NULL },
	{ "cancel at the console is released at once", "cancel m7", "",
	    "draft(7 cancelled seq 1 major), release(7 major)", NULL },
	{ "questions refuse at the console", "announce",
	    "Title: X\nDate: Wed 13 April 2027\nTime: 13:00-15:00\n", "",
	    "is a Tuesday" },
	{ "an unknown key is refused at the console", "update m99",
	    "Time: 15:00\n", "", "no meeting m99" },
	{ "nothing changed is refused at the console", "update m7",
	    "Time: 13:00\n", "", "nothing would change" },
	{ "status is refused at the console", "status m7", "", "",
	    "meeting answers m7" },
};

static void
ctl_row(void **state)
{
	const struct console *r = *state;
	struct err err = { 0 };
	struct world w;
	int rc;

	world_begin(&w, ROUTE_ANNOUNCE, "", "", "");
	rc = meet_from_ctl(&w.snap, r->subject, r->text, "uid 0", &w.actions,
	    &err);
	assert_int_equal(rc, r->want[0] == '\0' ? -1 : 0);
	assert_string_equal(world_summary(&w), r->want);
	if (r->has != NULL && strstr(err.text, r->has) == NULL)
		fail_msg("no \"%s\" in %s", r->has, err.text);
	world_end(&w);
}

int
main(void)
{
	int failures = TEST_ROWS("meet_announce", rows, announce_row);

	failures += TEST_ROWS("meet_announce: previews", replies, reply_row);
	failures += TEST_ROWS("meet_announce: console", ctls, ctl_row);
	return test_exit(failures);
}
