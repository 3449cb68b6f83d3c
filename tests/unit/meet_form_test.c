/* SPDX-License-Identifier: ISC */
/*
 * Announcement mails as people write them: the instants that come out, or
 * the question that goes back. A wrong date or zone is the one fatal fault,
 * so every row says both.
 */
#include "tests/test.h"

#include <stdio.h>
#include <string.h>
#include "base/arena.h"
#include "base/civil.h"
#include "meet/meet.h"
#include "meet/question.h"
#include "model/settings.h"

static const char *zones[] = { "Asia/Shanghai", "America/New_York",
	"Asia/Tokyo", NULL };

static const struct list_settings list = { .name = "jca-qkdn",
	.domain = "lists.itu-t.example", .title = "JCA-QKDN",
	.zone = "Europe/Zurich", .zones = zones, .language = "en" };

struct when {
	const char *name;
	const char *lines;	/* below a title */
	const char *want;	/* "start/end zone", NULL: must not resolve */
	const char *ask;	/* in a question, NULL: none may be asked */
};

#define S1 "2027-02-10T12:00:00Z/2027-02-10T14:00:00Z Europe/Zurich"
#define APR "2027-04-14T11:00:00Z/2027-04-14T13:00:00Z Europe/Zurich"

static const struct when dates[] = {
	{ "ISO date and a range of times", "Date: 2027-02-10\n"
	    "Time: 13:00-15:00", S1, NULL },
	{ "day, short month, year", "Date: 10 Feb 2027\nTime: 13:00-15:00", S1,
	    NULL },
	{ "weekday before the date", "Date: Wed 10 Feb 2027\n"
	    "Time: 13:00-15:00", S1, NULL },
	{ "full names and commas", "Date: Wednesday, 10 February, 2027\n"
	    "Time: 13:00-15:00", S1, NULL },
	{ "month before the day", "Date: February 10, 2027\n"
	    "Time: 13:00-15:00", S1, NULL },
	{ "weekday and month before the day", "Date: Wed, February 10th, 2027"
	    "\nTime: 13:00-15:00", S1, NULL },
	{ "an ordinal and of", "Date: 10th of February 2027\n"
	    "Time: 13:00-15:00", S1, NULL },
	{ "weekday in brackets", "Date: 10 (Wednesday) February 2027\n"
	    "Time: 13:00-15:00", S1, NULL },
	{ "hyphens between", "Date: 10-Feb-2027\nTime: 13:00-15:00", S1,
	    NULL },
	{ "a numeric date that can only be read one way",
	    "Date: 14/04/2027\nTime: 13:00-15:00", APR, NULL },
	{ "an American numeric date that can only be read one way",
	    "Date: 04/14/2027\nTime: 13:00-15:00", APR, NULL },
	{ "all in one line", "When: Wed 10 Feb 2027 13:00-15:00 Geneva time",
	    S1, NULL },
	{ "all in one line with statements that agree", "When: Wed 10 Feb 2027"
	    " 13:00-15:00 Geneva (12:00-14:00 UTC; New York 07:00, Shanghai "
	    "20:00, Tokyo 21:00)", S1, NULL },
	{ "statements with the time before the city", "Date: 10 Feb 2027\n"
	    "Time: 13:00-15:00 Geneva / 07:00 New York / 20:00 Shanghai", S1,
	    NULL },
	{ "start and end with dates", "When: Wed 10 Feb 2027 23:00 - Thu 11 "
	    "Feb 2027 00:30", "2027-02-10T22:00:00Z/2027-02-10T23:30:00Z "
	    "Europe/Zurich", NULL },
	{ "a wrong weekday is asked back with both readings",
	    "Date: Wed 13 April 2027\nTime: 13:00-15:00", NULL,
	    "13 April 2027 is a Tuesday, not a Wednesday.\n"
	    "    Write:  Date: Tue 13 Apr 2027\n"
	    "    or:     Date: Wed 14 Apr 2027" },
	{ "the other reading may be the days before",
	    "Date: Mon 14 April 2027\nTime: 13:00-15:00", NULL,
	    "or:     Date: Mon 12 Apr 2027" },
	{ "an ambiguous numeric date is asked back",
	    "Date: 03/04/2027\nTime: 13:00-15:00", NULL,
	    "Write:  Date: 3 April 2027\n    or:     Date: 4 March 2027" },
	{ "dots are ambiguous as well", "Date: 3.4.2027\nTime: 13:00-15:00",
	    NULL, "two ways" },
	{ "a year of two digits", "Date: 10.2.27\nTime: 13:00-15:00", NULL,
	    "four digits" },
	{ "a year of two digits after a month's name",
	    "Date: 10 Feb 27\nTime: 13:00-15:00", NULL, "?" },
	{ "a missing year", "Date: Wed 10 Feb\nTime: 13:00-15:00", NULL,
	    "The year is missing" },
	{ "a day that does not exist", "Date: 31 April 2027\n"
	    "Time: 13:00-15:00", NULL, "no such day" },
	{ "29 February outside a leap year", "Date: 29 Feb 2027\n"
	    "Time: 13:00-15:00", NULL, "no such day" },
	{ "a date that is missing", "Time: 13:00-15:00", NULL,
	    "The date is missing" },
	{ "words for a date", "Date: next Wednesday\nTime: 13:00-15:00", NULL,
	    "full date" },
	{ "H6: postponed without a new date", "Date: postponed\n"
	    "Time: 13:00-15:00", NULL, "cancel m42" },
	{ "a date to be announced", "Date: to be announced\nTime: tbd", NULL,
	    "once its date and time are known" },
	{ "two dates", "Date: 10 Feb 2027, 17 Feb 2027\nTime: 13:00-15:00",
	    NULL, "more than one date" },
	{ "several days with times", "Date: 18-20 Jan 2028\n"
	    "Time: 09:30-17:30", NULL, "several days" },
	{ "several days without times", "Date: 18-20 Jan 2028\n"
	    "Time: all day", "2028-01-17T23:00:00Z/2028-01-20T23:00:00Z "
	    "Europe/Zurich", NULL },
	{ "a range over two months without blanks",
	    "Date: 26 February-2 March 2018\nTime: all day",
	    "2018-02-25T23:00:00Z/2018-03-02T23:00:00Z Europe/Zurich", NULL },
	{ "a range with an en dash and weekdays in brackets",
	    "Date: 24 (Wednesday) \xE2\x80\x93 25 (Thursday) June 2009\n"
	    "Time: all day", "2009-06-23T22:00:00Z/2009-06-25T22:00:00Z "
	    "Europe/Zurich", NULL },
	{ "a range over the new year", "Date: 30 December - 2 January 2028\n"
	    "Time: all day", "2027-12-29T23:00:00Z/2028-01-02T23:00:00Z "
	    "Europe/Zurich", NULL },
	{ "a wrong weekday at the end of a range",
	    "Date: Tue 18 January 2028 - Fri 20 January 2028\nTime: all day",
	    NULL, "20 January 2028 is a Thursday, not a Friday" },
	{ "H5: an afternoon is the customary session",
	    "Date: afternoon of 9 November 2027",
	    "2027-11-09T13:30:00Z/2027-11-09T16:30:00Z Europe/Zurich", NULL },
	{ "an afternoon that is a morning", "Date: 9 November 2027\n"
	    "Time: 2:30-4:00 in the afternoon", NULL,
	    "02:30 is not in the afternoon" },
	{ "weekday in brackets behind the year", "Date: 10 February 2027 "
	    "(Wednesday)\nTime: 13:00-15:00", S1, NULL },
	{ "a wrong weekday behind the year", "Date: 13 April 2027 (Wednesday)\n"
	    "Time: 13:00-15:00", NULL, "is a Tuesday, not a Wednesday" },
	{ "a wrong weekday behind an ISO date", "Date: 2027-04-13, Wed\n"
	    "Time: 13:00-15:00", NULL, "is a Tuesday, not a Wednesday" },
	{ "a wrong weekday behind a numeric date", "Date: 13/04/2027 (Wed)\n"
	    "Time: 13:00-15:00", NULL, "is a Tuesday, not a Wednesday" },
	{ "two weekdays", "Date: Tue 13 April 2027 (Wednesday)\n"
	    "Time: 13:00-15:00", NULL, "not understood" },
	{ "date and time with names in one line", "Date: Wed 10 Feb 2027; "
	    "Time: 13:00-15:00", S1, NULL },
	{ "two days joined by and", "Date: 10 and 17 Feb 2027\n"
	    "Time: 13:00-15:00", NULL, "not a clear time" },
	{ "a word that says nothing", "Date: 10 Feb 2027 maybe\n"
	    "Time: 13:00-15:00", NULL, "\"maybe\" is not understood" },
	{ "a remark in brackets is passed over",
	    "Date: 10 Feb 2027\nTime: 13:00-15:00 (with a break)", S1, NULL },
};

static const struct when times[] = {
	{ "with an en dash", "Date: 10 Feb 2027\nTime: 13:00 \xE2\x80\x93 "
	    "15:00", S1, NULL },
	{ "with to", "Date: 10 Feb 2027\nTime: 13:00 to 15:00", S1, NULL },
	{ "between and", "Date: 10 Feb 2027\nTime: between 13:00 and 15:00",
	    S1, NULL },
	{ "French style", "Date: 10 Feb 2027\nTime: 13h00-15h00", S1, NULL },
	{ "French style with no-break blanks", "Date: 10 Feb 2027\n"
	    "Time: 13\xC2\xA0h\xC2\xA0" "00 - 15\xC2\xA0h\xC2\xA0" "00", S1,
	    NULL },
	{ "dots", "Date: 10 Feb 2027\nTime: 13.00-15.00", S1, NULL },
	{ "ITU style", "Date: 10 Feb 2027\nTime: 1300-1500 hours", S1, NULL },
	{ "ITU style in UTC", "Date: 10 Feb 2027\nTime: 1600 hours UTC\n"
	    "Duration: 1 hour", "2027-02-10T16:00:00Z/2027-02-10T17:00:00Z "
	    "UTC", NULL },
	{ "0930 hours", "Date: 10 Feb 2027\nTime: 0930 hours\nUntil: 1230 "
	    "hours", "2027-02-10T08:30:00Z/2027-02-10T11:30:00Z Europe/Zurich",
	    NULL },
	{ "pm at the end counts for both", "Date: 10 Feb 2027\nTime: 1-3 pm",
	    S1, NULL },
	{ "am and pm", "Date: 10 Feb 2027\nTime: 11 a.m. - 1 p.m.",
	    "2027-02-10T10:00:00Z/2027-02-10T12:00:00Z Europe/Zurich", NULL },
	{ "pm at the end over noon", "Date: 10 Feb 2027\nTime: 11-1 pm",
	    "2027-02-10T10:00:00Z/2027-02-10T12:00:00Z Europe/Zurich", NULL },
	{ "noon", "Date: 10 Feb 2027\nTime: 12 noon - 2 pm",
	    "2027-02-10T11:00:00Z/2027-02-10T13:00:00Z Europe/Zurich", NULL },
	{ "2 pm and a duration", "Date: 10 Feb 2027\nTime: 2 pm\n"
	    "Duration: 90 minutes",
	    "2027-02-10T13:00:00Z/2027-02-10T14:30:00Z Europe/Zurich", NULL },
	{ "for two hours", "Date: 10 Feb 2027\nTime: 13:00 for 2 hours", S1,
	    NULL },
	{ "a duration behind the time", "Date: 10 Feb 2027\n"
	    "Time: 13:00 (2 hours)", S1, NULL },
	{ "a duration behind a comma", "When: 10 Feb 2027, 13:00, 120 minutes",
	    S1, NULL },
	{ "a duration in words", "Date: 10 Feb 2027\nTime: 13:00\n"
	    "Duration: two hours", S1, NULL },
	{ "a duration of 1h30", "Date: 10 Feb 2027\nTime: 13:00\n"
	    "Duration: 1h30",
	    "2027-02-10T12:00:00Z/2027-02-10T13:30:00Z Europe/Zurich", NULL },
	{ "a duration with a point", "Date: 10 Feb 2027\nTime: 13:00\n"
	    "Duration: 1.5 hours",
	    "2027-02-10T12:00:00Z/2027-02-10T13:30:00Z Europe/Zurich", NULL },
	{ "start and end on lines of their own", "Date: 10 Feb 2027\n"
	    "Start: 13:00\nEnd: 15:00", S1, NULL },
	{ "H10: the end is on the next day", "Date: 10 Feb 2027\n"
	    "Time: 23:00-00:30 next day",
	    "2027-02-10T22:00:00Z/2027-02-10T23:30:00Z Europe/Zurich", NULL },
	{ "the end on the next day by its date", "Date: 10 Feb 2027\n"
	    "Time: 23:00\nUntil: Thu 11 Feb 2027 00:30",
	    "2027-02-10T22:00:00Z/2027-02-10T23:30:00Z Europe/Zurich", NULL },
	{ "the end at 24:00", "Date: 10 Feb 2027\nTime: 23:00-24:00",
	    "2027-02-10T22:00:00Z/2027-02-10T23:00:00Z Europe/Zurich", NULL },
	{ "the end at midnight", "Date: 10 Feb 2027\nTime: 11 pm\n"
	    "Until: midnight",
	    "2027-02-10T22:00:00Z/2027-02-10T23:00:00Z Europe/Zurich", NULL },
	{ "H10: an end before the start is asked back",
	    "Date: 10 Feb 2027\nTime: 23:00-00:30", NULL,
	    "Write:  Time: 23:00-00:30 next day" },
	{ "an end equal to the start", "Date: 10 Feb 2027\n"
	    "Time: 13:00-13:00", NULL, "not after the start" },
	{ "a missing time", "Date: 10 Feb 2027", NULL, "The time is missing" },
	{ "a missing end", "Date: 10 Feb 2027\nTime: 13:00", NULL,
	    "Write:  Time: 13:00-15:00" },
	{ "a number alone", "Date: 10 Feb 2027\nTime: 2", NULL,
	    "not a clear time" },
	{ "two numbers alone", "Date: 10 Feb 2027\nTime: 2-4", NULL,
	    "not a clear time" },
	{ "a time that does not exist", "Date: 10 Feb 2027\nTime: 25:00-26:00",
	    NULL, "no such time" },
	{ "midnight at the start", "Date: 10 Feb 2027\nTime: midnight\n"
	    "Duration: 1 hour", NULL, "beginning or the end" },
	{ "two times", "Date: 10 Feb 2027\nTime: 13:00-15:00 or 16:00-17:00",
	    NULL, "not known as a time zone" },
	{ "the same time in two lines", "When: 10 Feb 2027 13:00-15:00\n"
	    "Time: 13:00", S1, NULL },
	{ "another time in a second line", "When: 10 Feb 2027 13:00-15:00\n"
	    "Time: 14:00", NULL, "more than one time" },
	{ "another end in a second line", "Date: 10 Feb 2027\n"
	    "Time: 13:00-15:00\nUntil: 16:00", NULL, "not the end" },
	{ "a duration that contradicts the end", "Date: 10 Feb 2027\n"
	    "Time: 13:00-15:00\nDuration: 3 hours", NULL,
	    "2:00 hours long, not 3:00" },
	{ "a duration that agrees with the end", "Date: 10 Feb 2027\n"
	    "Time: 13:00-15:00\nDuration: 2 h", S1, NULL },
	{ "a range where the end should be", "Date: 10 Feb 2027\n"
	    "Time: 13:00\nUntil: 15:00-16:00", NULL, "end alone" },
	{ "CET+1 is no next day", "Date: 10 Feb 2027\n"
	    "Time: 13:00-15:00 (CET+1)", NULL, "Two time zones" },
	{ "everything missing is asked in one mail", "Place: Geneva", NULL,
	    "2. The time is missing" },
};

static const struct when zone_rows[] = {
	{ "Geneva time", "Date: 10 Feb 2027\nTime: 13:00-15:00 Geneva time",
	    S1, NULL },
	{ "a zone line of its own", "Date: 10 Feb 2027\nTime: 20:00-22:00\n"
	    "Zone: Beijing", "2027-02-10T12:00:00Z/2027-02-10T14:00:00Z "
	    "Asia/Shanghai", NULL },
	{ "an IANA name inline", "Date: 15 Apr 2020\n"
	    "Time: 10:00 to 12:00 America/New_York",
	    "2020-04-15T14:00:00Z/2020-04-15T16:00:00Z America/New_York",
	    NULL },
	{ "a city of two words inline", "Date: 10 Feb 2027\n"
	    "Time: 07:00-09:00 New York time",
	    "2027-02-10T12:00:00Z/2027-02-10T14:00:00Z America/New_York",
	    NULL },
	{ "UTC inline", "Date: 10 Feb 2027\nTime: 12:00-14:00 UTC",
	    "2027-02-10T12:00:00Z/2027-02-10T14:00:00Z UTC", NULL },
	{ "UTC after both times", "Date: 10 Feb 2027\n"
	    "Time: 12:00 UTC - 14:00 UTC",
	    "2027-02-10T12:00:00Z/2027-02-10T14:00:00Z UTC", NULL },
	{ "JST", "Date: Thu 11 Nov 2027\nTime: 09:30-17:30 JST",
	    "2027-11-11T00:30:00Z/2027-11-11T08:30:00Z Asia/Tokyo", NULL },
	{ "CET in winter is the list's zone", "Date: 10 Feb 2027\n"
	    "Time: 13h00-15h00 CET", S1, NULL },
	{ "CET/Geneva time in winter", "Date: 10 Feb 2027\n"
	    "Time: 13h00-15h00 CET/Geneva time", S1, NULL },
	{ "H2: CET in summer is asked back", "Date: 14 Apr 2027\n"
	    "Time: 13:00-15:00 CET", NULL,
	    "Write:  Time: 13:00 Geneva time\n"
	    "    or:     Time: 14:00 Geneva time (12:00 UTC)" },
	{ "H2: CET beside Geneva in summer as well", "Date: 14 Apr 2027\n"
	    "Time: 13:00-15:00\nZone: Geneva time (CET)", NULL,
	    "Geneva time is CEST (UTC+2), not CET" },
	{ "CEST in summer", "Date: 14 Apr 2027\nTime: 13:00-15:00 CEST", APR,
	    NULL },
	{ "an offset that the list's zone has", "Date: 14 Apr 2027\n"
	    "Time: 13:00-15:00\nZone: UTC+2", APR, NULL },
	{ "an offset glued to the time", "Date: 14 Apr 2027\n"
	    "Time: 13:00-15:00 +02:00", APR, NULL },
	{ "an offset that none of the zones has", "Date: 14 Apr 2027\n"
	    "Time: 13:00-15:00 UTC+3", NULL, "name a city" },
	{ "CST has three meanings", "Date: 10 Feb 2027\nTime: 20:00-22:00 CST",
	    NULL, "or:     Zone: Asia/Shanghai" },
	{ "CST with a zone that it can mean", "Date: 10 Feb 2027\n"
	    "Time: 20:00-22:00 CST\nZone: Asia/Shanghai",
	    "2027-02-10T12:00:00Z/2027-02-10T14:00:00Z Asia/Shanghai", NULL },
	{ "IST has three meanings", "Date: 10 Feb 2027\nTime: 17:30-19:30\n"
	    "Zone: IST", NULL, "Write:  Zone: Asia/Kolkata" },
	{ "EST is not taken for New York", "Date: 10 Feb 2027\n"
	    "Time: 7-9 am EST", NULL, "more than one time zone" },
	{ "a misspelt zone is suggested", "Date: 10 Feb 2027\n"
	    "Time: 13:00-15:00\nZone: Europe/Zurick", NULL,
	    "Write:  Zone: Europe/Zurich" },
	{ "a misspelt city is suggested", "Date: 10 Feb 2027\n"
	    "Time: 13:00-15:00 Genva time", NULL,
	    "Write:  Zone: Geneva time" },
	{ "two zones", "Date: 10 Feb 2027\nTime: 13:00-15:00 Geneva\n"
	    "Zone: Tokyo", NULL, "Two time zones" },
	{ "S3: the week between the clock changes", "Date: Wed 24 Mar 2027\n"
	    "Time: 13:00-14:00 (12:00 UTC; New York 08:00; Shanghai 20:00)",
	    "2027-03-24T12:00:00Z/2027-03-24T13:00:00Z Europe/Zurich", NULL },
	{ "S3: the usual time in New York is wrong in that week",
	    "Date: Wed 24 Mar 2027\nTime: 13:00-14:00 (New York 07:00)", NULL,
	    "13:00 Geneva time on Wed 24 Mar 2027 is 08:00 New York time, not "
	    "07:00" },
	{ "S6: a stated UTC that contradicts", "Date: Wed 14 Apr 2027\n"
	    "Time: 13:00-15:00 Geneva (12:00 UTC)", NULL,
	    "Write:  Time: 13:00 Geneva time (11:00 UTC)\n"
	    "    or:     Time: 14:00 Geneva time (12:00 UTC)" },
	{ "a stated end that contradicts", "Date: Wed 10 Feb 2027\n"
	    "Time: 13:00-15:00 Geneva (12:00-13:00 UTC)", NULL,
	    "2:00 hours here, 1:00 hours there" },
	{ "a time in the gap of the clock change", "Date: 2027-03-28\n"
	    "Time: 02:30-04:00", NULL, "02:30 does not exist on Sun 28 Mar 2027"
	    " in Geneva time" },
	{ "the gap's way out", "Date: 2027-03-28\nTime: 02:30-04:00", NULL,
	    "Write:  Time: 03:30" },
	{ "an end in the gap", "Date: 2027-03-28\nTime: 01:00-02:30", NULL,
	    "02:30 does not exist" },
	{ "a time that comes twice", "Date: 2027-10-31\nTime: 02:30-04:00",
	    NULL, "Write:  Time: 00:30 UTC\n    or:     Time: 01:30 UTC" },
	{ "the same in a zone where it comes once", "Date: 2027-10-31\n"
	    "Time: 02:30-04:00 Tokyo",
	    "2027-10-30T17:30:00Z/2027-10-30T19:00:00Z Asia/Tokyo", NULL },
	{ "S4: the face-to-face meeting", "Date: Tue 1 June 2027\n"
	    "Time: 14:30-17:30 (12:30-15:30 UTC)\nVenue: ITU HQ, Geneva",
	    "2027-06-01T12:30:00Z/2027-06-01T15:30:00Z Europe/Zurich", NULL },
};

static void
when_row(void **state)
{
	const struct when *r = *state;
	struct arena *a = arena_new();
	struct meet_questions q = { NULL, 0, 0 };
	struct meet_form f;
	const char *asked, *got;

	meet_read_form(a, "", arena_printf(a, "Title: Third meeting\n%s\n",
	    r->lines), &list, &f, &q);
	asked = question_text(a, &q);
	if (r->ask == NULL && question_blocks(&q))
		fail_msg("asks:\n%s", asked);
	if (r->ask != NULL && !question_blocks(&q))
		fail_msg("asks nothing, reads %s", meet_when_short(a, &f.rev));
	if (r->ask != NULL && strcmp(r->ask, "?") != 0 &&
	    strstr(asked, r->ask) == NULL)
		fail_msg("no \"%s\" in:\n%s", r->ask, asked);
	if (r->want != NULL) {
		got = arena_printf(a, "%s/%s %s", civil_rfc3339(a,
		    f.rev.start_at), civil_rfc3339(a, f.rev.end_at),
		    f.rev.tzid);
		assert_string_equal(got, r->want);
	}
	arena_free(a);
}

/* ---- whole mails ---- */

struct whole {
	const char *name;
	const char *subject, *text;
	const char *want;	/* lines of dump(), each must be there */
	const char *ask;	/* in a question, NULL: none may be asked */
};

#define WHEN "Date: Wed 10 Feb 2027\nTime: 13:00-15:00\n"

static const struct whole mails[] = {
	{ "S1: the first meeting", "announce",
	    "Dear all,\n\nTitle: First meeting of JCA-QKDN\nNumber: 1\n"
	    "When: Wed 10 Feb 2027 13:00-15:00 Geneva (12:00-14:00 UTC)\n"
	    "Place: E-meeting\nLink: https://meet.vendor-g.example/j/123\n"
	    "PIN: 4711\nInputs by: Fri 29 Jan 23:59 UTC\n"
	    "Registration by: Wed 3 Feb\nAgenda:\n1. Opening\n2. Roadmap: "
	    "status\n3. Inputs\n\n4. Liaisons\n5. Other business\n\n"
	    "Everybody is welcome.\n\nBest regards,\nAda\n+41 22 000 00 00\n",
	    "verb announce\ntitle First meeting of JCA-QKDN\nnumber 1\n"
	    "start 2027-02-10T12:00:00Z\nend 2027-02-10T14:00:00Z\n"
	    "place E-meeting\nlink https://meet.vendor-g.example/j/123\n"
	    "pin 4711\nagenda 1. Opening/2. Roadmap: status/3. Inputs/4. "
	    "Liaisons/5. Other business\ndescription Everybody is welcome.\n"
	    "deadline Inputs 2027-01-29T23:59:00Z\n"
	    "deadline Registration 2027-02-03T22:59:00Z\nstatus confirmed\n",
	    NULL },
	{ "names in any case and order, with synonyms", "",
	    "VENUE: ITU HQ\ntime: 13:00-15:00\nSUBJECT: X\nWhEn: 2027-02-10\n",
	    "title X\nplace ITU HQ\nstart 2027-02-10T12:00:00Z\n", NULL },
	{ "bold names and bullets from HTML", "",
	    "*Title:* X\n- **Date:** 2027-02-10\n\xE2\x80\xA2 Time: "
	    "13:00-15:00\n", "title X\nstart 2027-02-10T12:00:00Z\n", NULL },
	{ "a wide colon", "", "Title\xEF\xBC\x9AX\n" WHEN, "title X\n",
	    NULL },
	{ "the subject is the title if there is none", "Third meeting", WHEN,
	    "title Third meeting\nverb announce\n", NULL },
	{ "the subject behind the verb is the title",
	    "Announce: Third meeting", WHEN, "title Third meeting\n", NULL },
	{ "the subject of a reply is no title", "Re: questions", WHEN, "",
	    "The title is missing" },
	{ "no title at all", "announce", WHEN, "", "The title is missing" },
	{ "a value on two lines", "", "Title: X\nPlace: ITU HQ,\nGeneva\n"
	    WHEN, "place ITU HQ, Geneva\n", NULL },
	{ "a place and a room", "", "Title: X\nPlace: ITU HQ\nRoom: 42\n"
	    WHEN, "place ITU HQ, 42\n", NULL },
	{ "an unknown name is free text", "", "Title: X\n" WHEN
	    "Chair: Ada Placeholder\n", "description Chair: Ada Placeholder\n",
	    NULL },
	{ "a misspelt name is asked back", "", "Title: X\n" WHEN
	    "Lnik: https://meet.vendor-g.example/j/1\n", "",
	    "Write:  Link: https://meet.vendor-g.example/j/1" },
	{ "quoted lines are not read", "", "Title: X\n" WHEN
	    "> Date: Wed 17 Feb 2027\n> Time: 9:00-10:00\n",
	    "start 2027-02-10T12:00:00Z\n", NULL },
	{ "an original below is not read", "", "Title: X\n" WHEN
	    "\n-----Original Message-----\nTime: 9:00-10:00\n",
	    "start 2027-02-10T12:00:00Z\n", NULL },
	{ "a signature is not read", "", "Title: X\n" WHEN
	    "-- \nAda\nPlace: my office\n", "place \n", NULL },
	{ "twice the same is fine", "", "Title: X\n" WHEN
	    "Date: 2027-02-10\n", "start 2027-02-10T12:00:00Z\n", NULL },
	{ "two different links", "", "Title: X\n" WHEN
	    "Link: https://a.vendor-g.example/1\n"
	    "Link: https://b.vendor-g.example/2\n", "", "given twice" },
	{ "a link without https", "", "Title: X\n" WHEN
	    "Link: meet.vendor-g.example/j/1\n", "",
	    "Write:  Link: https://meet.vendor-g.example/j/1" },
	{ "a link in angle brackets", "", "Title: X\n" WHEN
	    "Link: <https://meet.vendor-g.example/j/1>\n",
	    "link https://meet.vendor-g.example/j/1\n", NULL },
	{ "a link with a passcode beside it", "", "Title: X\n" WHEN
	    "Link: https://meet.vendor-g.example/j/1 (passcode 99)\n", "",
	    "Write:  Link: https://meet.vendor-g.example/j/1\n" },
	{ "a link that is none", "", "Title: X\n" WHEN "Link: javascript:x\n",
	    "", "no web address" },
	{ "a link with a user in it", "", "Title: X\n" WHEN
	    "Link: https://itu.int@evil.example/\n", "", "no web address" },
	{ "a number in words around it", "", "Title: X\n" WHEN
	    "Number: No. 3\n", "number 3\n", NULL },
	{ "a number that is none", "", "Title: X\n" WHEN "Number: three\n", "",
	    "one number" },
	{ "recurring meetings are refused, not ignored", "", "Title: X\n" WHEN
	    "Repeat: every month\n", "", "one announcement for each date" },
	{ "a planned meeting", "", "Title: X\n" WHEN "Status: planned\n",
	    "status planned\n", NULL },
	{ "H5: half a day is planned", "", "Title: X\nDate: morning of "
	    "9 November 2027\n", "status planned\nstart 2027-11-09T08:30:00Z\n",
	    NULL },
	{ "a deadline with a wrong weekday", "", "Title: X\n" WHEN
	    "Inputs by: Thu 29 Jan 2027\n", "", "29 January 2027 is a Friday, "
	    "not a Thursday" },
	{ "a deadline without a year is before the meeting", "",
	    "Title: X\nDate: 13 Jan 2027\nTime: 13:00-14:00\n"
	    "Inputs by: 30 December\n",
	    "deadline Inputs 2026-12-30T22:59:00Z\n", NULL },
	{ "a deadline that is no date", "", "Title: X\n" WHEN
	    "Inputs by: mail\n", "", "\"mail\" is not understood" },
	{ "a registration page is no deadline", "", "Title: X\n" WHEN
	    "Registration: https://reg.vendor-g.example/\n",
	    "description Registration: https://reg.vendor-g.example/\n",
	    NULL },
	{ "a title that is too long", "", "Title: "
	    "XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"
	    "XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"
	    "XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"
	    "XXXXXXXXXXX\n" WHEN, "", "Title is too long" },
	{ "control characters are gone", "", "Title: X\001A\001Y\n" WHEN,
	    "title XAY\n", NULL },
	{ "an empty mail", "", "", "", "The title is missing" },
	{ "update by subject", "update m42", "Time: 15:00-16:00\n",
	    "verb update\nkey m42\ngiven time end\n", NULL },
	{ "update by the first line, any case", "hello", "UPDATE M42\n\n"
	    "Place: Geneva\n", "verb update\nkey m42\nplace Geneva\n", NULL },
	{ "update in a reply", "Re: [JCA] update m42", "Link: none\n", "",
	    "The title is missing" },
	{ "update by fields", "", "Action: update\nMeeting: m42\n"
	    "PIN: 99\n", "verb update\nkey m42\npin 99\n", NULL },
	{ "a key alone means an update", "", "Meeting: m42\nPIN: 99\n",
	    "verb update\nkey m42\n", NULL },
	{ "a number as meeting", "", "Title: X\nMeeting: No. 3\n" WHEN,
	    "verb announce\nnumber 3\n", NULL },
	{ "cancel with its reason", "cancel m42",
	    "Reason: the chair is ill\n", "verb cancel\nkey m42\n"
	    "reason the chair is ill\n", NULL },
	{ "cancel with the reason as text", "Cancelled: m42",
	    "The chair is ill.\n", "verb cancel\nkey m42\n"
	    "reason The chair is ill.\n", NULL },
	{ "status", "STATUS m42", "", "verb status\nkey m42\n", NULL },
	{ "update without a key", "Update on the meeting", WHEN, "",
	    "Which meeting?" },
	{ "cancel without a key never announces", "Cancel the meeting", WHEN,
	    "verb cancel\n", "Which meeting?" },
	{ "two verbs", "update m42", "cancel m42\n", "", "Which one" },
	{ "two keys", "update m42", "Meeting: m43\n", "",
	    "Two meetings are named" },
	{ "H6: postpone without a date", "postpone m42", "\n", "",
	    "cancel m42\n    or:     Reason: postponed" },
	{ "postpone to a date is an update", "postponed m42",
	    "Date: 17 Feb 2027\n", "verb update\nkey m42\n", NULL },
	{ "an action that is none", "", "Title: X\n" WHEN "Action: dance\n",
	    "", "not known" },
};

static const char *
flat(struct arena *a, const char *text)
{
	char *copy = arena_strdup(a, text);

	for (char *p = copy; *p != '\0'; p++)
		if (*p == '\n')
			*p = '/';
	return copy;
}

static const char *
dump(struct arena *a, const struct meet_form *f)
{
	static const char *const verbs[] = { "announce", "update", "cancel",
		"status" };
	const struct meeting_rev *r = &f->rev;
	const char *out = arena_printf(a, "verb %s\nkey %s\ntitle %s\n"
	    "number %u\nstart %s\nend %s\nplace %s\nlink %s\npin %s\n"
	    "agenda %s\ndescription %s\nreason %s\nstatus %s\ngiven%s%s\n",
	    verbs[f->verb], f->key, r->title, r->number,
	    civil_rfc3339(a, r->start_at), civil_rfc3339(a, r->end_at),
	    r->place, r->link, r->pin, flat(a, r->agenda),
	    flat(a, r->description), r->reason, r->status,
	    f->given & MEET_F_TIME ? " time" : "",
	    f->given & MEET_F_END ? " end" : "");

	for (size_t i = 0; i < r->n_deadlines; i++)
		out = arena_printf(a, "%sdeadline %s %s\n", out,
		    r->deadlines[i].label,
		    civil_rfc3339(a, r->deadlines[i].at));
	return out;
}

static void
mail_row(void **state)
{
	const struct whole *r = *state;
	struct arena *a = arena_new();
	struct meet_questions q = { NULL, 0, 0 };
	struct span want = span_of(r->want);
	const char *asked, *got;
	struct meet_form f;

	meet_read_form(a, r->subject, r->text, &list, &f, &q);
	asked = question_text(a, &q);
	got = dump(a, &f);
	if (r->ask == NULL && question_blocks(&q))
		fail_msg("asks:\n%s", asked);
	if (r->ask != NULL && strstr(asked, r->ask) == NULL)
		fail_msg("no \"%s\" in:\n%s\n%s", r->ask, asked, got);
	while (want.n > 0) {
		struct span line = span_line(&want);
		const char *mark = arena_printf(a, "%.*s\n", (int)line.n,
		    line.p);

		if (strstr(got, mark) == NULL)
			fail_msg("no \"%s\" in:\n%s", mark, got);
	}
	arena_free(a);
}

int
main(void)
{
	int failures = TEST_ROWS("meet_form: dates", dates, when_row);

	failures += TEST_ROWS("meet_form: times", times, when_row);
	failures += TEST_ROWS("meet_form: zones", zone_rows, when_row);
	failures += TEST_ROWS("meet_form: mails", mails, mail_row);
	return test_exit(failures);
}
