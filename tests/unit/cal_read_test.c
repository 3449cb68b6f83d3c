/* SPDX-License-Identifier: ISC */
/*
 * Calendar parts that come in: as clients write them (literal tables), as
 * others collected them (corpora, if they are there), and as nobody should.
 */
#include "tests/test.h"

#include <fcntl.h>
#include <jansson.h>
#include <libical/ical.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/crypt.h"
#include "base/file.h"
#include "base/str.h"
#include "base/utf8.h"
#include "cal/read.h"
#include "cal/screen.h"
#include "cal/zone.h"

#define CAL(method, body) "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:" method \
	"\r\n" body "END:VCALENDAR\r\n"
#define EVENT(body) "BEGIN:VEVENT\r\nUID:m42@lists.itu-t.example\r\n" \
	"DTSTAMP:20270112T080000Z\r\n" body "END:VEVENT\r\n"
#define BERLIN_1601 "BEGIN:VTIMEZONE\r\nTZID:Customized Time Zone\r\n" \
	"BEGIN:STANDARD\r\nDTSTART:16010101T030000\r\n" \
	"TZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\n" \
	"RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10\r\n" \
	"END:STANDARD\r\nBEGIN:DAYLIGHT\r\nDTSTART:16010101T020000\r\n" \
	"TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\n" \
	"RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3\r\n" \
	"END:DAYLIGHT\r\nEND:VTIMEZONE\r\n"
#define AT(y, m, d, h, min) civil_to_unix(&(struct civil){ y, m, d, h, min, 0 })

static struct digest
read_part(struct arena *a, const char *ics, const char *param)
{
	struct digest d;

	memset(&d, 0, sizeof(d));
	cal_read(a, span_of(ics), param, &d);
	return d;
}

/* What a row expects; NULL is not looked at, times 0 neither. */
struct read_row {
	const char *name, *param, *ics;
	const char *method, *problem;
	struct civil start, end, recur;
	const char *tzid, *organizer, *attendee, *partstat, *summary;
};

static const struct read_row read_rows[] = {
	{ "invitation with an IANA zone", "REQUEST", CAL("REQUEST", EVENT(
	    "DTSTART;TZID=Europe/Zurich:20270414T130000\r\n"
	    "DTEND;TZID=Europe/Zurich:20270414T140000\r\n"
	    "SUMMARY:Call\\, monthly\r\n"
	    "ORGANIZER;CN=Chair:MAILTO:Chair@University-A.example\r\n"
	    "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:jca@lists.example\r\n")),
	    "REQUEST", "", { 2027, 4, 14, 11, 0, 0 },
	    { 2027, 4, 14, 12, 0, 0 }, { 0 }, "Europe/Zurich",
	    "chair@university-a.example", "jca@lists.example", "NEEDS-ACTION",
	    "Call, monthly" },
	{ "Windows zone without description", NULL, CAL("REQUEST", EVENT(
	    "DTSTART;TZID=W. Europe Standard Time:20270210T130000\r\n"
	    "DURATION:PT2H\r\n")), "REQUEST", "", { 2027, 2, 10, 12, 0, 0 },
	    { 2027, 2, 10, 14, 0, 0 }, { 0 }, "Europe/Berlin", "", NULL, NULL,
	    NULL },
	{ "zone described from 1601, in winter", NULL, CAL("REQUEST",
	    BERLIN_1601 EVENT("DTSTART;TZID=Customized Time Zone:"
	    "20270210T130000\r\n")), "REQUEST", "", { 2027, 2, 10, 12, 0, 0 },
	    { 0 }, { 0 }, "Customized Time Zone", NULL, NULL, NULL, NULL },
	{ "zone described from 1601, in summer", NULL, CAL("REQUEST",
	    BERLIN_1601 EVENT("DTSTART;TZID=Customized Time Zone:"
	    "20270714T130000\r\n")), "REQUEST", "", { 2027, 7, 14, 11, 0, 0 },
	    { 0 }, { 0 }, NULL, NULL, NULL, NULL, NULL },
	{ "the description sent along wins over the name", NULL,
	    CAL("REQUEST", "BEGIN:VTIMEZONE\r\nTZID:Europe/Zurich\r\n"
	    "BEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
	    "TZOFFSETFROM:+0500\r\nTZOFFSETTO:+0500\r\nEND:STANDARD\r\n"
	    "END:VTIMEZONE\r\n" EVENT("DTSTART;TZID=Europe/Zurich:"
	    "20270210T130000\r\n")), "REQUEST", "", { 2027, 2, 10, 8, 0, 0 },
	    { 0 }, { 0 }, "Europe/Zurich", NULL, NULL, NULL, NULL },
	{ "a rule by the second is not followed", NULL, CAL("REQUEST",
	    "BEGIN:VTIMEZONE\r\nTZID:Asia/Tokyo\r\nBEGIN:STANDARD\r\n"
	    "DTSTART:19700101T000000\r\nTZOFFSETFROM:+0100\r\n"
	    "TZOFFSETTO:+0200\r\n"
	    "RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30\r\n"
	    "END:STANDARD\r\nEND:VTIMEZONE\r\n" EVENT(
	    "DTSTART;TZID=Asia/Tokyo:20270210T210000\r\n")),
	    "REQUEST", "", { 2027, 2, 10, 12, 0, 0 }, { 0 }, { 0 },
	    "Asia/Tokyo", NULL, NULL, NULL, NULL },
	{ "zone that nobody knows", NULL, CAL("REQUEST", EVENT(
	    "DTSTART;TZID=FLE:20270210T130000\r\n")), "REQUEST",
	    "DTSTART is in the time zone \"FLE\", which is neither described "
	    "in the part nor known", { 0 }, { 0 }, { 0 }, "FLE", NULL, NULL,
	    NULL, NULL },
	{ "time without zone", NULL, CAL("REQUEST", EVENT(
	    "DTSTART:20270210T130000\r\n")), "REQUEST",
	    "DTSTART has no time zone", { 0 }, { 0 }, { 0 }, "", NULL, NULL,
	    NULL, NULL },
	{ "an answer needs no zone", NULL, CAL("REPLY", EVENT(
	    "DTSTART:20270210T130000\r\n"
	    "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@b.example\r\n")), "REPLY",
	    "", { 0 }, { 0 }, { 0 }, "", NULL, "a@b.example", "ACCEPTED",
	    NULL },
	{ "UTC time with a TZID is UTC", NULL, CAL("REPLY", EVENT(
	    "DTSTART;TZID=\"(UTC+01:00) Brussels, Paris\":20140716T120000Z"
	    "\r\nATTENDEE:mailto:a@b.example\r\n")), "REPLY", "",
	    { 2014, 7, 16, 12, 0, 0 }, { 0 }, { 0 }, NULL, NULL, NULL,
	    "NEEDS-ACTION", NULL },
	{ "whole days", NULL, CAL("REQUEST", EVENT(
	    "DTSTART;VALUE=DATE:20280118\r\nDTEND;VALUE=DATE:20280121\r\n")),
	    "REQUEST", "", { 2028, 1, 18, 0, 0, 0 }, { 2028, 1, 21, 0, 0, 0 },
	    { 0 }, "", NULL, NULL, NULL, NULL },
	{ "31 February", NULL, CAL("REQUEST", EVENT(
	    "DTSTART:20270231T120000Z\r\n")), "REQUEST",
	    "DTSTART is no date or time", { 0 }, { 0 }, { 0 }, NULL, NULL,
	    NULL, NULL, NULL },
	{ "no DTSTART in an invitation", NULL, CAL("REQUEST", EVENT("")),
	    "REQUEST", "REQUEST has no DTSTART", { 0 }, { 0 }, { 0 }, NULL,
	    NULL, NULL, NULL, NULL },
	{ "Exchange answers without ORGANIZER", "REPLY", CAL("REPLY", EVENT(
	    "ATTENDEE;PARTSTAT=DECLINED;CN=Bob:mailto:bob@vendor-g.example"
	    "\r\nSUMMARY;LANGUAGE=de-DE:Abgelehnt: Call\r\n"
	    "DTSTART;TZID=W. Europe Standard Time:20270210T130000\r\n"
	    "X-MICROSOFT-CDO-BUSYSTATUS:FREE\r\n"
	    "BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT15M\r\n"
	    "END:VALARM\r\n")), "REPLY", "", { 2027, 2, 10, 12, 0, 0 }, { 0 },
	    { 0 }, NULL, "", "bob@vendor-g.example", "DECLINED",
	    "Abgelehnt: Call" },
	{ "Exchange COUNTER without ORGANIZER", "COUNTER", CAL("COUNTER",
	    EVENT("ATTENDEE;PARTSTAT=TENTATIVE:mailto:bob@vendor-g.example\r\n"
	    "DTSTART;TZID=Tokyo Standard Time:20270210T220000\r\n"
	    "X-MS-OLK-ORIGINALSTART:20270210T210000\r\n")), "COUNTER", "",
	    { 2027, 2, 10, 13, 0, 0 }, { 0 }, { 0 }, "Asia/Tokyo", "",
	    "bob@vendor-g.example", "TENTATIVE", NULL },
	{ "answer for one instance, in its zone", NULL, CAL("REPLY", EVENT(
	    "RECURRENCE-ID;TZID=Europe/Zurich:20270512T130000\r\n"
	    "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@b.example\r\n")), "REPLY",
	    "", { 0 }, { 0 }, { 2027, 5, 12, 11, 0, 0 }, NULL, NULL, NULL,
	    "ACCEPTED", NULL },
	{ "answer for one instance, in UTC", NULL, CAL("REPLY", EVENT(
	    "RECURRENCE-ID:20270512T110000Z\r\n"
	    "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@b.example\r\n")), "REPLY",
	    "", { 0 }, { 0 }, { 2027, 5, 12, 11, 0, 0 }, NULL, NULL, NULL,
	    "ACCEPTED", NULL },
	{ "answer for one instance, in a strange zone", NULL, CAL("REPLY",
	    EVENT("RECURRENCE-ID;TZID=Nowhere:20270512T130000\r\n"
	    "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@b.example\r\n")), "REPLY",
	    "RECURRENCE-ID is in the time zone \"Nowhere\", which is neither "
	    "described in the part nor known", { 0 }, { 0 }, { 0 }, NULL, NULL,
	    NULL, NULL, NULL },
	{ "parameter and body differ", "REQUEST", CAL("REPLY", EVENT(
	    "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@b.example\r\n")), "REPLY",
	    "METHOD in the part is REPLY, in the header REQUEST", { 0 }, { 0 },
	    { 0 }, NULL, NULL, NULL, NULL, NULL },
	{ "parameter of another case agrees", "reply", CAL("REPLY", EVENT(
	    "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@b.example\r\n")), "REPLY",
	    "", { 0 }, { 0 }, { 0 }, NULL, NULL, NULL, NULL, NULL },
	{ "method only in the header", "REPLY", "BEGIN:VCALENDAR\r\n" EVENT(
	    "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@b.example\r\n")
	    "END:VCALENDAR\r\n", "REPLY", "", { 0 }, { 0 }, { 0 }, NULL, NULL,
	    NULL, NULL, NULL },
	{ "method nowhere", NULL, "BEGIN:VCALENDAR\r\n" EVENT(
	    "DTSTART:20270210T120000Z\r\n") "END:VCALENDAR\r\n", "",
	    "calendar part has no METHOD: it is neither an invitation nor an "
	    "answer", { 0 }, { 0 }, { 0 }, NULL, NULL, NULL, NULL, NULL },
	{ "no UID", NULL, CAL("REPLY", "BEGIN:VEVENT\r\n"
	    "ATTENDEE:mailto:a@b.example\r\nEND:VEVENT\r\n"), "REPLY",
	    "event has no UID", { 0 }, { 0 }, { 0 }, NULL, NULL, NULL, NULL,
	    NULL },
	{ "answer of nobody", NULL, CAL("REPLY", EVENT("")), "REPLY",
	    "REPLY names no attendee", { 0 }, { 0 }, { 0 }, NULL, NULL, NULL,
	    NULL, NULL },
	{ "Apple's URN with the address beside it", NULL, CAL("REPLY", EVENT(
	    "ATTENDEE;EMAIL=Zoe@Vendor-G.example;PARTSTAT=ACCEPTED:"
	    "urn:uuid:11111111-2222-3333-4444-555555555555\r\n")), "REPLY",
	    "", { 0 }, { 0 }, { 0 }, NULL, NULL, "zoe@vendor-g.example",
	    "ACCEPTED", NULL },
	{ "quoted-printable that was not declared", NULL, CAL("REPLY", EVENT(
	    "DTSTART;TZID=3DEurope/Zurich:20270210T130000\r\n"
	    "ATTENDEE;PARTSTAT=3DACCEPTED:mailto:a@b.example\r\n")),
	    "REPLY", "", { 2027, 2, 10, 12, 0, 0 }, { 0 }, { 0 }, NULL, NULL,
	    "a@b.example", "ACCEPTED", NULL },
	{ "our own %-encoding comes back", NULL, CAL("REPLY", EVENT(
	    "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a%25b@c.example\r\n")),
	    "REPLY", "", { 0 }, { 0 }, { 0 }, NULL, NULL, "a%b@c.example",
	    "ACCEPTED", NULL },
	{ "a line end hidden in an address", NULL, CAL("REPLY", EVENT(
	    "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@b.example%0d%0aX:y\r\n")),
	    "REPLY", "REPLY names no attendee", { 0 }, { 0 }, { 0 }, NULL,
	    NULL, NULL, NULL, NULL },
	{ "lines with LF only", NULL, "BEGIN:VCALENDAR\nMETHOD:REPLY\n"
	    "BEGIN:VEVENT\nUID:x\nATTENDEE;PARTSTAT=ACCEPTED:mailto:\n"
	    "  a@b.example\nEND:VEVENT\nEND:VCALENDAR", "REPLY", "", { 0 },
	    { 0 }, { 0 }, NULL, NULL, "a@b.example", "ACCEPTED", NULL },
	{ "CR CR LF of a careless encoder", NULL, "BEGIN:VCALENDAR\r\r\n"
	    "METHOD:REPLY\r\r\nBEGIN:VEVENT\r\r\nUID:x\r\r\n"
	    "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@b.example\r\r\n"
	    "END:VEVENT\r\r\nEND:VCALENDAR\r\r\n", "REPLY", "", { 0 }, { 0 },
	    { 0 }, NULL, NULL, "a@b.example", "ACCEPTED", NULL },
	{ "UTF-8 with a byte order mark", NULL, "\xef\xbb\xbf" CAL("REPLY",
	    EVENT("SUMMARY:Zoë\r\nATTENDEE:mailto:a@b.example\r\n")),
	    "REPLY", "", { 0 }, { 0 }, { 0 }, NULL, NULL, NULL, NULL, "Zoë" },
	{ "Latin-1", NULL, CAL("REPLY", EVENT("SUMMARY:Zo\xeb\r\n"
	    "ATTENDEE:mailto:a@b.example\r\n")), "REPLY", "", { 0 }, { 0 },
	    { 0 }, NULL, NULL, NULL, NULL, "Zoë" },
	{ "controls vanish", NULL, CAL("REPLY", EVENT("SUMMARY:a\001b\x1b[c\r\n"
	    "ATTENDEE:mailto:a@b.example\r\n")), "REPLY", "", { 0 }, { 0 },
	    { 0 }, NULL, NULL, NULL, NULL, "ab[c" },
	{ "a task is no event", NULL, CAL("REQUEST", "BEGIN:VTODO\r\nUID:x\r\n"
	    "END:VTODO\r\n"), "", "calendar part holds VTODO, no event",
	    { 0 }, { 0 }, { 0 }, NULL, NULL, NULL, NULL, NULL },
	{ "empty", NULL, "", "", "calendar part holds no event", { 0 }, { 0 },
	    { 0 }, NULL, NULL, NULL, NULL, NULL },
	{ "no calendar at all", NULL, "Dear all,\r\n\r\nsee you there\r\n", "",
	    "calendar part holds no event", { 0 }, { 0 }, { 0 }, NULL, NULL,
	    NULL, NULL, NULL },
	{ "cut off in the middle", NULL, "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"
	    "UID:x\r\n", "", "calendar part is cut off: a BEGIN has no END",
	    { 0 }, { 0 }, { 0 }, NULL, NULL, NULL, NULL, NULL },
	{ "END of something else", NULL, "BEGIN:VCALENDAR\r\nEND:VEVENT\r\n",
	    "", "BEGIN and END of the calendar part do not match", { 0 },
	    { 0 }, { 0 }, NULL, NULL, NULL, NULL, NULL },
};

static void
check_time(const char *what, const struct civil *want, int64_t got)
{
	if (want->year != 0 && civil_to_unix(want) != got)
		fail_msg("%s: %lld, want %lld", what, (long long)got,
		    (long long)civil_to_unix(want));
}

static void
check_text(const char *want, const char *got)
{
	if (want != NULL)
		assert_string_equal(got, want);
}

static void
test_read(void **state)
{
	const struct read_row *row = *state;
	struct arena *a = arena_new();
	struct digest d = read_part(a, row->ics, row->param);
	const struct itip *it = &d.itips[0];

	assert_int_equal(d.n_itips, 1);
	assert_string_equal(it->problem, row->problem);
	assert_string_equal(it->method, row->method);
	check_time("start", &row->start, it->start_at);
	check_time("end", &row->end, it->end_at);
	check_time("recurrence", &row->recur, it->recur_at);
	check_text(row->tzid, it->tzid);
	check_text(row->organizer, it->organizer);
	check_text(row->summary, it->summary);
	if (row->attendee != NULL || row->partstat != NULL) {
		assert_int_equal(it->n_attendees, 1);
		check_text(row->attendee, it->attendees[0].addr);
		check_text(row->partstat, it->attendees[0].partstat);
	}
	arena_free(a);
}

static void
test_delegation(void **state)
{
	struct arena *a = arena_new();
	struct digest d = read_part(a, CAL("REPLY", EVENT(
	    "ORGANIZER:mailto:jca-m-x@lists.example\r\n"
	    "ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO=\"mailto:Eve@b.example\""
	    ":mailto:dan@b.example\r\n"
	    "ATTENDEE;DELEGATED-FROM=\"mailto:dan@b.example\":"
	    "mailto:eve@b.example\r\n")), "REPLY");
	const struct itip *it = &d.itips[0];

	(void)state;
	assert_int_equal(d.n_itips, 1);
	assert_string_equal(it->problem, "");
	assert_int_equal(it->n_attendees, 2);
	assert_string_equal(it->attendees[0].partstat, "DELEGATED");
	assert_string_equal(it->attendees[0].delegated_to, "eve@b.example");
	assert_string_equal(it->attendees[1].delegated_from, "dan@b.example");
	arena_free(a);
}

static void
test_fields(void **state)
{
	struct arena *a = arena_new();
	struct digest d = read_part(a, CAL("REPLY", EVENT("SEQUENCE:3\r\n"
	    "RECURRENCE-ID;RANGE=THISANDFUTURE:20270512T110000Z\r\n"
	    "COMMENT:late\\, sorry\\nJ.\r\nREQUEST-STATUS:2.3;changed\r\n"
	    "ATTENDEE;CN=\"Ann ^'A^' ^^\";PARTSTAT=accepted:mailto:a@b.example"
	    "\r\nSTATUS:confirmed\r\n")), NULL);
	const struct itip *it = &d.itips[0];

	(void)state;
	assert_int_equal(it->sequence, 3);
	assert_true(it->recur_future);
	assert_int_equal(it->dtstamp_at, AT(2027, 1, 12, 8, 0));
	assert_string_equal(it->comment, "late, sorry\nJ.");
	assert_memory_equal(it->request_status, "2.3;", 4);
	assert_string_equal(it->attendees[0].partstat, "ACCEPTED");
	assert_string_equal(it->attendees[0].name, "Ann \"A\" ^");
	assert_string_equal(it->uid, "m42@lists.itu-t.example");
	arena_free(a);
}

/* The same part inline and as a file counts once; a second event does not
 * hide the first. */
static void
test_two_parts(void **state)
{
	static const char ics[] = CAL("REQUEST",
	    EVENT("DTSTART:20270210T120000Z\r\n")
	    EVENT("DTSTART:20270310T120000Z\r\n"
	    "RECURRENCE-ID:20270310T120000Z\r\n"));
	struct arena *a = arena_new();
	struct digest d = read_part(a, ics, "REQUEST");

	(void)state;
	assert_int_equal(d.n_itips, 2);
	cal_read(a, span_of(ics), NULL, &d);
	assert_int_equal(d.n_itips, 2);
	assert_int_equal(d.itips[1].recur_at, AT(2027, 3, 10, 12, 0));
	arena_free(a);
}

static void
test_utf16(void **state)
{
	static const char ics[] = CAL("REPLY", EVENT("SUMMARY:x\r\n"
	    "ATTENDEE:mailto:a@b.example\r\n"));
	char wide[2 * sizeof(ics)];
	struct arena *a = arena_new();
	struct digest d;
	size_t i;
	int big;

	(void)state;
	for (big = 0; big <= 1; big++) {
		memset(wide, 0, sizeof(wide));
		for (i = 0; i + 1 < sizeof(ics); i++)
			wide[2 * i + (size_t)big] = ics[i];
		memset(&d, 0, sizeof(d));
		cal_read(a, span_make(wide, 2 * (sizeof(ics) - 1)), NULL, &d);
		assert_int_equal(d.n_itips, 1);
		assert_string_equal(d.itips[0].problem, "");
		assert_string_equal(d.itips[0].summary, "x");
	}
	arena_free(a);
}

struct hostile_row {
	const char *name;
	void (*make)(struct str *out);
	const char *problem;	/* the start of it */
};

static void
repeat(struct str *out, const char *text, size_t n)
{
	while (n-- > 0)
		str_adds(out, text);
}

static void
make_nested(struct str *out)
{
	repeat(out, "BEGIN:VEVENT\r\n", 200000);
}

static void
make_nested_small(struct str *out)
{
	repeat(out, "BEGIN:VCALENDAR\r\n", 10000);
}

static void
make_long_line(struct str *out)
{
	str_adds(out, "BEGIN:VCALENDAR\r\nX:");
	repeat(out, "aaaaaaaaaaaaaaaaaaaa", 1000000);
}

static void
make_long_text(struct str *out)
{
	str_adds(out, "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:");
	repeat(out, "aaaaaaaaaaaaaaaaaaaa", 500);
	str_adds(out, "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
}

static void
make_many_lines(struct str *out)
{
	repeat(out, "\r\n", 100000);
}

static void
make_many_components(struct str *out)
{
	str_adds(out, "BEGIN:VCALENDAR\r\n");
	repeat(out, "BEGIN:VEVENT\r\nEND:VEVENT\r\n", 60);
}

static void
make_many_properties(struct str *out)
{
	str_adds(out, "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n");
	repeat(out, "COMMENT:x\r\n", 101);
}

static void
make_many_attendees(struct str *out)
{
	str_adds(out, "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n");
	repeat(out, "ATTENDEE:mailto:a@b.example\r\n", 201);
}

static void
make_many_params(struct str *out)
{
	str_adds(out, "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nATTENDEE");
	repeat(out, ";CN=x", 21);
	str_adds(out, ":mailto:a@b.example\r\n");
}

static void
make_binary(struct str *out)
{
	size_t i;

	for (i = 0; i < 200000; i++)
		str_addc(out, (char)(i * 2654435761u >> 13));
}

static void
make_folds(struct str *out)
{
	str_adds(out, "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDESCRIPTION:");
	repeat(out, "\r\n a", 1900);
	str_adds(out, "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
}

static void
make_quotes(struct str *out)
{
	str_adds(out, "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nATTENDEE;CN=\"");
	repeat(out, ";x:", 2000);
	str_adds(out, "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
}

static const struct hostile_row hostile_rows[] = {
	{ "200,000 nested BEGIN", make_nested, "calendar part is over 256" },
	{ "nested BEGIN within the size", make_nested_small,
	    "components of the calendar part are nested deeper than 4" },
	{ "line of 20 MB", make_long_line, "calendar part is over 256 kB" },
	{ "text over 8 kB", make_long_text, "a line of the calendar part is" },
	{ "100,000 empty lines", make_many_lines, "calendar part has over 2,0" },
	{ "60 components", make_many_components, "calendar part has over 50" },
	{ "101 comments", make_many_properties, "a component of the calendar" },
	{ "201 attendees", make_many_attendees, "a component of the calendar" },
	{ "21 parameters", make_many_params, "a property of the calendar part" },
	{ "200 kB of noise", make_binary, "calendar part" },
	{ "1,900 folds are fine", make_folds, "calendar part has no METHOD" },
	{ "quote that is never closed", make_quotes,
	    "calendar part has no METHOD" },
};

static int64_t
cpu_ms(void)
{
	struct timespec t;

	assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t), 0);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
test_hostile(void **state)
{
	const struct hostile_row *row = *state;
	struct arena *a = arena_new();
	struct str part = STR_EMPTY;
	struct digest d;
	int64_t before;

	row->make(&part);
	memset(&d, 0, sizeof(d));
	before = cpu_ms();
	cal_read(a, str_span(&part), "REQUEST", &d);
	/* The instrumented build is several times slower. */
	assert_true(cpu_ms() - before < 50 * 5);
	assert_int_equal(d.n_itips, 1);
	if (strncmp(row->problem, "calendar part has no METHOD", 27) == 0)
		assert_string_equal(d.itips[0].problem, "event has no UID");
	else if (strncmp(d.itips[0].problem, row->problem,
	    strlen(row->problem)) != 0)
		fail_msg("got \"%s\"", d.itips[0].problem);
	str_done(&part);
	arena_free(a);
}

/* However much is sent, the digest stays small. */
static void
test_digest_share(void **state)
{
	struct arena *a = arena_new();
	struct str part = STR_EMPTY, wire = STR_EMPTY;
	struct digest d;
	size_t i, k;

	(void)state;
	str_adds(&part, "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\n");
	for (i = 0; i < 30; i++) {
		str_addf(&part, "BEGIN:VEVENT\r\nUID:u%zu\r\n"
		    "DTSTART:20270210T120000Z\r\nDESCRIPTION:", i);
		repeat(&part, "0123456789", 300);
		str_adds(&part, "\r\n");
		for (k = 0; k < 30; k++)
			str_addf(&part, "ATTENDEE;CN=\"Somebody with a long "
			    "name\":mailto:person%zu@vendor-g.example\r\n", k);
		str_adds(&part, "END:VEVENT\r\n");
	}
	str_adds(&part, "END:VCALENDAR\r\n");
	memset(&d, 0, sizeof(d));
	cal_read(a, str_span(&part), NULL, &d);
	assert_true(d.n_itips >= 5 && d.n_itips <= 20);
	assert_string_equal(d.itips[0].problem, "");
	assert_int_equal(d.itips[0].n_attendees, 30);
	assert_non_null(strstr(d.itips[d.n_itips - 1].problem,
	    "more events than can be read"));
	for (i = 0; i < d.n_itips; i++)
		wire_put_itip(&wire, &d.itips[i]);
	assert_true(wire.len < 22000);
	str_done(&part);
	str_done(&wire);
	arena_free(a);
}

/* ---- corpora of others ---- */

static const char *
corpora(struct arena *a, const char *name)
{
	const char *top = getenv("JCAD_CORPORA");

	return arena_printf(a, "%s/%s", top != NULL ? top :
	    "../shared/corpora", name);
}

static bool
load(struct arena *a, const char *path, struct span *out)
{
	return file_read(a, AT_FDCWD, path, 4 << 20, out, NULL) == 0;
}

static void
decode_qp(struct str *out, struct span s)
{
	char hex[3] = "", *end;
	long c;
	size_t i;

	for (i = 0; i < s.n; i++) {
		if (i + 2 < s.n)
			memcpy(hex, &s.p[i + 1], 2);
		c = strtol(hex, &end, 16);
		if (s.p[i] != '=') {
			str_addc(out, s.p[i]);
		} else if (end == hex + 2) {
			str_addc(out, (char)c);
			i += 2;
		} else {
			while (i + 1 < s.n && s.p[i] != '\n')
				i++;
		}
	}
}

/* The first text/calendar part of a mail, decoded; enough MIME for this. */
static bool
find_calendar(struct arena *a, struct span mail, struct span *ics,
    const char **method)
{
	size_t at = span_searchi(mail, "content-type: text/calendar"), end;
	struct span head, body, m;
	struct str out = STR_EMPTY;

	if (at == mail.n)
		return false;
	mail = span_sub(mail, at, mail.n);
	end = span_search(mail, span_of("\n\n"));
	if (span_search(mail, span_of("\r\n\r\n")) < end)
		end = span_search(mail, span_of("\r\n\r\n")) + 2;
	head = span_sub(mail, 0, end);
	body = span_sub(mail, end + 2, mail.n);
	body = span_sub(body, 0, span_search(body, span_of("\n--")));
	m = span_sub(head, span_searchi(head, "method="), head.n);
	*method = NULL;
	if (m.n > 0) {
		m = span_trim(span_sub(m, 7, m.n));
		m = span_sub(m, m.p[0] == '"' ? 1 : 0, m.n);
		for (end = 0; end < m.n && m.p[end] >= 'A' &&
		    m.p[end] <= 'Z'; end++)
			;
		*method = arena_strndup(a, m.p, end);
	}
	if (span_searchi(head, "base64") < head.n)
		assert_true(crypt_unbase64(&out, body));
	else if (span_searchi(head, "quoted-printable") < head.n)
		decode_qp(&out, body);
	else
		str_addspan(&out, body);
	*ics = span_of(str_dup(a, &out));
	str_done(&out);
	return true;
}

static const char *
text_of(json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s != NULL ? s : "";
}

/* "20220316T110000Z", or a wall time with a zone, as an instant; 0 unknown. */
static int64_t
instant(struct arena *a, const char *text, const char *tzid)
{
	struct civil c = { 0 };
	const char *zone = zone_find(a, tzid);
	int64_t at = 0;

	if (sscanf(text, "%4d%2d%2dT%2d%2d%2d", &c.year, &c.month, &c.day,
	    &c.hour, &c.min, &c.sec) != 6)
		return 0;
	if (strchr(text, 'Z') != NULL)
		return civil_to_unix(&c);
	if (zone != NULL)
		(void)zone_to_utc(zone, &c, &at);
	return at;
}

static void
check_event(struct arena *a, const char *file, json_t *want,
    const struct itip *it)
{
	json_t *who, *people = json_object_get(want, "attendees");
	const char *addr;
	size_t i;
	bool found;

	check_text(text_of(want, "uid"), it->uid);
	check_text(text_of(want, "organizer"), it->organizer);
	assert_int_equal(it->sequence, strtoul(text_of(want, "sequence"),
	    NULL, 10));
	if (text_of(want, "dtstart")[0] != '\0' &&
	    instant(a, text_of(want, "dtstart"), text_of(want, "tzid")) !=
	    it->start_at)
		fail_msg("%s: start is %lld", file, (long long)it->start_at);
	assert_int_equal(it->recur_at, instant(a, text_of(want,
	    "recurrence_id"), ""));
	check_text(text_of(want, "status"), it->status);
	assert_int_equal(it->n_attendees, json_object_size(people));
	json_object_foreach(people, addr, who) {
		found = false;
		for (i = 0; i < it->n_attendees; i++) {
			if (strcmp(it->attendees[i].addr, addr) == 0 &&
			    strcmp(it->attendees[i].partstat,
			    json_string_value(who)) == 0)
				found = true;
		}
		if (!found)
			fail_msg("%s: %s is missing", file, addr);
	}
}

static void
check_mail(struct arena *a, json_t *row)
{
	const char *file = text_of(row, "file"), *param = NULL;
	json_t *events = json_object_get(row, "events");
	struct digest d;
	struct span mail, ics;
	size_t i;

	assert_true(load(a, corpora(a, arena_printf(a,
	    "itip-invitations/eml/%s", file)), &mail));
	if (!find_calendar(a, mail, &ics, &param))
		fail_msg("%s: no calendar part found", file);
	memset(&d, 0, sizeof(d));
	cal_read(a, ics, param, &d);
	assert_int_equal(d.n_itips, json_array_size(events));
	for (i = 0; i < d.n_itips; i++) {
		json_t *want = json_array_get(events, i);

		assert_string_equal(d.itips[i].method, text_of(row, "method"));
		check_event(a, file, want, &d.itips[i]);
		/* One sender names a zone that nobody knows. */
		if (strcmp(text_of(want, "tzid"), "FLE") == 0)
			assert_non_null(strstr(d.itips[i].problem, "FLE"));
		else
			assert_string_equal(d.itips[i].problem, "");
	}
}

static void
test_invitations_of_others(void **state)
{
	struct arena *a = arena_new();
	struct span all, line;
	int n = 0;

	(void)state;
	if (!load(a, corpora(a, "itip-invitations/expected.jsonl"), &all)) {
		print_message("skipped: no corpora\n");
		arena_free(a);
		skip();
	}
	while (all.n > 0) {
		json_t *row;

		line = span_line(&all);
		row = json_loadb(line.p, line.n, 0, NULL);
		assert_non_null(row);
		check_mail(a, row);
		json_decref(row);
		n++;
	}
	assert_int_equal(n, 17);
	arena_free(a);
}

/* The messages of the dialogues: method, UID and answers as they stand. */
static int
check_dialogues(struct arena *a, struct span all)
{
	struct span line;
	const char *ics;
	struct digest d;
	json_t *row;
	int n = 0;

	while (all.n > 0) {
		line = span_line(&all);
		row = json_loadb(line.p, line.n, 0, NULL);
		ics = row != NULL ? text_of(row, "itip") : "";
		if (ics[0] != '\0' && strstr(ics, "BEGIN:VEVENT") != NULL) {
			d = read_part(a, ics, NULL);
			assert_true(d.n_itips >= 1);
			assert_string_equal(d.itips[0].uid, "foobar");
			assert_non_null(strstr(ics, d.itips[0].method));
			if (strstr(ics, "PARTSTAT=ACCEPTED") != NULL)
				assert_string_equal(d.itips[0].attendees[0]
				    .partstat, "ACCEPTED");
			if (strcmp(d.itips[0].method, "REPLY") == 0)
				assert_string_equal(d.itips[0].problem, "");
			n++;
		}
		json_decref(row);
	}
	return n;
}

static void
test_dialogues_of_others(void **state)
{
	static const char *const files[] = {
		"BrokerProcessReply", "BrokerProcessMessage",
	};
	struct arena *a = arena_new();
	struct span all;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		if (!load(a, corpora(a, arena_printf(a,
		    "itip-dialogues/%s.jsonl", files[i])), &all)) {
			print_message("skipped: no corpora\n");
			arena_free(a);
			skip();
		}
		assert_true(check_dialogues(a, all) >= 4);
	}
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_delegation),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_two_parts),
		cmocka_unit_test(test_utf16),
		cmocka_unit_test(test_digest_share),
		cmocka_unit_test(test_invitations_of_others),
		cmocka_unit_test(test_dialogues_of_others),
	};
	int failures = 0;

	failures += TEST_ROWS("cal_read", read_rows, test_read);
	failures += TEST_ROWS("cal_read refuses", hostile_rows, test_hostile);
	failures += cmocka_run_group_tests(tests, NULL, NULL);
	return test_exit(failures);
}
