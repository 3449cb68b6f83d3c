/* SPDX-License-Identifier: ISC */
/*
 * Calendar objects that go out: what stands in them and what must not, read
 * back by libical; hostile texts cannot add a property.
 */
#include "tests/test.h"

#include <libical/ical.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/utf8.h"
#include "cal/invite.h"
#include "cal/line.h"

#define DTSTAMP 1799625600	/* 2027-01-11T00:00:00Z */

/* S1 of the scenarios: an e-meeting in Geneva. */
static struct meeting_rev
s1(void)
{
	struct meeting_rev rev = {
		.key = "m42", .uid = "m42.jca-qkdn@lists.itu-t.example",
		.list = "jca-qkdn", .number = 1, .rev = 1,
		.status = "confirmed", .title = "First JCA-QKDN meeting",
		.start_local = "2027-02-10T13:00:00",
		.end_local = "2027-02-10T15:00:00",
		.tzid = "Europe/Zurich", .start_at = 1802260800,
		.end_at = 1802268000, .rrule = "", .place = "e-meeting",
		.link = "https://meet.itu-t.example/j/1?p=a,b;c",
		.pin = "123456", .agenda = "1. Opening\n2. Roadmap",
		.documents = "https://www.itu-t.example/docs/1",
		.description = "All are welcome; bring, if you can, text.",
		.reason = "", .language = "en",
		.announced_by = "chair@university-a.example",
		.created_at = 1799539200, .revised_at = 1799539300,
		.source_id = "",
	};

	return rev;
}

struct build_row {
	const char *name;
	void (*change)(struct meeting_rev *rev);
	enum cal_method method;
	bool members_only;
	const char *want[8], *absent[5];
};

static void
no_change(struct meeting_rev *rev)
{
	(void)rev;
}

static void
planned(struct meeting_rev *rev)
{
	rev->status = "planned";
	rev->all_day = true;
	rev->start_local = "2028-01-18T00:00:00";
	rev->end_local = "2028-01-21T00:00:00";
	rev->start_at = 1831766400;
	rev->end_at = 1832025600;
}

static void
planned_within_day(struct meeting_rev *rev)
{
	planned(rev);
	rev->end_local = "2028-01-20T23:59:59";
}

static void
planned_one_day(struct meeting_rev *rev)
{
	planned(rev);
	rev->end_local = rev->start_local;
	rev->end_at = rev->start_at;
}

static void
in_utc(struct meeting_rev *rev)
{
	rev->tzid = "UTC";
	rev->start_local = "2027-02-10T12:00:00";
	rev->end_local = "2027-02-10T14:00:00";
}

static void
cancelled(struct meeting_rev *rev)
{
	rev->status = "cancelled";
	rev->reason = "No contributions";
}

static void
french(struct meeting_rev *rev)
{
	rev->language = "fr";
	rev->title = "Troisième réunion « QKDN »";
}

static void
hostile(struct meeting_rev *rev)
{
	rev->title = "x\r\nATTENDEE:mailto:evil@evil.example\r\nX:\007y";
	rev->place = "a\nBEGIN:VALARM\n";
	rev->uid = "u\r\nMETHOD:CANCEL";
	rev->link = "https://evil.example/\r\nURL:https://evil.example";
	rev->documents = "javascript:alert(1) https://a\001b.example/";
	rev->description = "END:VEVENT\r\nEND:VCALENDAR\r\n\xff\x1b[2J";
}

static void
empty_texts(struct meeting_rev *rev)
{
	rev->place = rev->description = rev->agenda = rev->documents = "";
	rev->link = "dial in by telephone";
	rev->pin = "";
}

static void
recurring(struct meeting_rev *rev)
{
	rev->rrule = "FREQ=MONTHLY;UNTIL=20271208T120000Z;BYDAY=2WE";
}

static void
with_deadline(struct meeting_rev *rev)
{
	static struct deadline inputs = { "Inputs", 1801267140 };

	rev->deadlines = &inputs;
	rev->n_deadlines = 1;
}

static const struct build_row build_rows[] = {
	{ "REQUEST of a member", no_change, CAL_REQUEST, true,
	    { "\r\nMETHOD:REQUEST\r\n", "\r\nPRODID:-//jcad//",
	    "\r\nDTSTART;TZID=Europe/Zurich:20270210T130000\r\n",
	    "\r\nDTEND;TZID=Europe/Zurich:20270210T150000\r\n",
	    "\r\nSTATUS:CONFIRMED\r\n", "\r\nTZID:Europe/Zurich\r\n",
	    "\r\nCONFERENCE;VALUE=URI;FEATURE=VIDEO:https", "PIN: 123456" },
	    { "VALARM", "DISALLOW-COUNTER", "X-LIC", "ATTENDEE", "ORGANIZER" }
	},
	{ "times of the object", no_change, CAL_REQUEST, true,
	    { "\r\nDTSTAMP:20270111T000000Z\r\n",
	    "\r\nCREATED:20270110T000000Z\r\n",
	    "\r\nLAST-MODIFIED:20270110T000140Z\r\n", "\r\nSEQUENCE:7\r\n",
	    "\r\nUID:m42.jca-qkdn@lists.itu-t.example\r\n",
	    "\r\nTRANSP:OPAQUE\r\n", "\r\nCLASS:PUBLIC\r\n",
	    "\r\nURL:https://www.itu-t.example/docs/1\r\n" }, { NULL } },
	{ "texts are escaped", no_change, CAL_REQUEST, true,
	    { "All are welcome\\; bring\\, if", "1. Opening\\n2. Roadmap" },
	    { NULL } },
	{ "what the public gets holds no link and no PIN", no_change,
	    CAL_PUBLISH, false, { "\r\nMETHOD:PUBLISH\r\n" },
	    { "meet.itu-t", "123456", "CONFERENCE", "ATTENDEE" } },
	{ "planned dates are whole days", planned, CAL_REQUEST, true,
	    { "\r\nDTSTART;VALUE=DATE:20280118\r\n",
	    "\r\nDTEND;VALUE=DATE:20280121\r\n", "\r\nSTATUS:TENTATIVE\r\n" },
	    { "VTIMEZONE", "TZID" } },
	{ "an end within the last day means that day",
	    planned_within_day, CAL_REQUEST, true,
	    { "\r\nDTEND;VALUE=DATE:20280121\r\n" }, { NULL } },
	{ "one whole day", planned_one_day, CAL_REQUEST, true,
	    { "\r\nDTEND;VALUE=DATE:20280119\r\n" }, { NULL } },
	{ "UTC needs no zone", in_utc, CAL_REQUEST, true,
	    { "\r\nDTSTART:20270210T120000Z\r\n",
	    "\r\nDTEND:20270210T140000Z\r\n" }, { "VTIMEZONE", "TZID" } },
	{ "CANCEL", cancelled, CAL_CANCEL, true,
	    { "\r\nMETHOD:CANCEL\r\n", "\r\nSTATUS:CANCELLED\r\n",
	    "Reason: No contributions", "\r\nTRANSP:TRANSPARENT\r\n" },
	    { "CONFERENCE", "123456" } },
	{ "un-inviting one member is CANCELLED for him", no_change,
	    CAL_CANCEL, true, { "\r\nSTATUS:CANCELLED\r\n" }, { NULL } },
	{ "a cancelled meeting in the feed", cancelled, CAL_PUBLISH, false,
	    { "\r\nMETHOD:PUBLISH\r\n", "\r\nSTATUS:CANCELLED\r\n" },
	    { NULL } },
	{ "French labels", french, CAL_REQUEST, true,
	    { "Ordre du jour:", "SUMMARY:Troisième réunion « QKDN »" },
	    { "Agenda" } },
	{ "hostile texts stay texts", hostile, CAL_REQUEST, true,
	    { "\r\nSUMMARY:x ATTENDEE:mailto:evil@evil.example X:y\r\n",
	    "\r\nLOCATION:a BEGIN:VALARM\r\n", "\r\nUID:u METHOD:CANCEL\r\n" },
	    { "\r\nATTENDEE", "\r\nBEGIN:VALARM", "\r\nMETHOD:CANCEL",
	    "\r\nURL", "\r\nCONFERENCE" } },
	{ "empty texts are left out", empty_texts, CAL_REQUEST, true,
	    { "Join: dial in by telephone" },
	    { "LOCATION", "URL", "CONFERENCE", "X-LIC" } },
	{ "a rule is passed on", recurring, CAL_REQUEST, true,
	    { "\r\nRRULE:FREQ=MONTHLY;UNTIL=20271208T120000Z;BYDAY=2WE\r\n" },
	    { NULL } },
	{ "deadlines are told", with_deadline, CAL_REQUEST, true,
	    { "Inputs: 2027-01-29 23:59 UTC" }, { NULL } },
};

/* Lines joined again, to look for texts. */
static char *
unfold(struct arena *a, const char *text)
{
	char *out = arena_strdup(a, text), *w = out;
	const char *p;

	for (p = text; *p != '\0'; p++) {
		if (strncmp(p, "\r\n ", 3) == 0)
			p += 2;
		else
			*w++ = *p;
	}
	*w = '\0';
	return out;
}

static void
check_lines(const char *text)
{
	struct span rest = span_of(text), line;
	size_t at;

	while (rest.n > 0) {
		at = span_search(rest, span_of("\r\n"));
		line = span_sub(rest, 0, at);
		rest = span_sub(rest, at + 2, rest.n);
		assert_true(line.n > 0 && line.n <= 75);
		assert_true(utf8_is_valid(line));
		assert_int_equal(span_find(line, '\n'), line.n);
		assert_int_equal(span_find(line, '\r'), line.n);
	}
}

static void
check_by_libical(const char *text, enum cal_method method)
{
	icalcomponent *cal = icalparser_parse_string(text), *event;

	assert_non_null(cal);
	assert_int_equal(icalcomponent_count_errors(cal), 0);
	event = icalcomponent_get_first_component(cal, ICAL_VEVENT_COMPONENT);
	assert_non_null(event);
	assert_null(icalcomponent_get_next_component(cal,
	    ICAL_VEVENT_COMPONENT));
	assert_int_equal(icalcomponent_count_properties(event,
	    ICAL_ATTENDEE_PROPERTY), method == CAL_PUBLISH ? 0 : 1);
	if (method != CAL_PUBLISH)
		assert_true(icalrestriction_check(cal));
	icalcomponent_free(cal);
}

static void
test_build(void **state)
{
	const struct build_row *row = *state;
	struct arena *a = arena_new();
	struct meeting_rev rev = s1();
	struct cal_object o;
	struct err err = { 0 };
	struct str all = STR_EMPTY;
	const char *flat;
	size_t i;

	row->change(&rev);
	assert_int_equal(cal_build(a, &rev, row->method, 7, DTSTAMP,
	    row->members_only, &o, &err), 0);
	str_addspan(&all, o.head);
	str_addspan(&all, o.tail);
	flat = unfold(a, str_get(&all));
	for (i = 0; i < 8 && row->want[i] != NULL; i++) {
		if (strstr(flat, row->want[i]) == NULL)
			fail_msg("\"%s\" is not in\n%s", row->want[i], flat);
	}
	for (i = 0; i < 5 && row->absent[i] != NULL; i++) {
		if (strstr(flat, row->absent[i]) != NULL)
			fail_msg("\"%s\" is in\n%s", row->absent[i], flat);
	}
	str_clear(&all);
	str_addspan(&all, o.head);
	if (row->method != CAL_PUBLISH)
		assert_int_equal(cal_attendee(&all, "JCA-QKDN",
		    "jca-qkdn-m-abcdefghijklm@lists.itu-t.example",
		    "Zoë \"Q\" Müller^1", "zoe@vendor-g.example",
		    "REQ-PARTICIPANT", "NEEDS-ACTION", &err), 0);
	str_addspan(&all, o.tail);
	check_lines(str_get(&all));
	check_by_libical(str_get(&all), row->method);
	str_done(&all);
	arena_free(a);
}

static void
no_title(struct meeting_rev *rev)
{
	rev->title = " \r\n";
}

static void
no_uid(struct meeting_rev *rev)
{
	rev->uid = "";
}

static void
bad_zone(struct meeting_rev *rev)
{
	rev->tzid = "Mars/Olympus_Mons";
}

static void
bad_start(struct meeting_rev *rev)
{
	rev->start_local = "tomorrow";
}

static void
end_first(struct meeting_rev *rev)
{
	rev->end_at = rev->start_at - 1;
}

static void
bad_rule(struct meeting_rev *rev)
{
	rev->rrule = "every other Wednesday";
}

static void
too_long(struct meeting_rev *rev)
{
	static char text[70000];

	memset(text, 'x', sizeof(text) - 1);
	rev->description = text;
}

struct refuse_row {
	const char *name;
	void (*change)(struct meeting_rev *rev);
	enum err_kind kind;
	const char *text;
};

static const struct refuse_row refuse_rows[] = {
	{ "no title", no_title, ERR_BADINPUT, "no title" },
	{ "no UID", no_uid, ERR_BADINPUT, "no UID" },
	{ "unknown zone", bad_zone, ERR_NOTFOUND, "Mars/Olympus_Mons" },
	{ "start that is no time", bad_start, ERR_BADINPUT, "tomorrow" },
	{ "end before start", end_first, ERR_BADINPUT, "before the start" },
	{ "rule that is none", bad_rule, ERR_BADINPUT, "recurrence" },
	{ "object that is too long", too_long, ERR_LIMIT, "60000" },
};

static void
test_refuse(void **state)
{
	const struct refuse_row *row = *state;
	struct arena *a = arena_new();
	struct meeting_rev rev = s1();
	struct cal_object o;
	struct err err = { 0 };

	row->change(&rev);
	assert_int_equal(cal_build(a, &rev, CAL_REQUEST, 0, DTSTAMP, true, &o,
	    &err), -1);
	assert_int_equal(err.kind, row->kind);
	assert_non_null(strstr(err.text, row->text));
	arena_free(a);
}

struct person_row {
	const char *name, *cn, *addr, *want;	/* want NULL: refused */
};

#define HEAD ";CUTYPE=INDIVIDUAL;ROLE=CHAIR;PARTSTAT=ACCEPTED;RSVP=TRUE:"

static const struct person_row person_rows[] = {
	{ "plain", "Alice", "alice@vendor-g.example",
	    "ATTENDEE;CN=\"Alice\"" HEAD "mailto:alice@vendor-g.example\r\n" },
	{ "no name", "", "alice@vendor-g.example",
	    "ATTENDEE" HEAD "mailto:alice@vendor-g.example\r\n" },
	{ "quotes and carets as RFC 6868", "A \"B\" ^C", "a@b.example",
	    "ATTENDEE;CN=\"A ^'B^' ^^C\"" HEAD "mailto:a@b.example\r\n" },
	{ "separators in a name", "B, A; C:D", "a@b.example",
	    "ATTENDEE;CN=\"B, A; C:D\"" HEAD "mailto:a@b.example\r\n" },
	{ "line end in a name", "A\r\nX:Y", "a@b.example",
	    "ATTENDEE;CN=\"AX:Y\"" HEAD "mailto:a@b.example\r\n" },
	{ "C1 control in a name", "A\xc2\x85" "B", "a@b.example",
	    "ATTENDEE;CN=\"AB\"" HEAD "mailto:a@b.example\r\n" },
	{ "broken UTF-8 in a name", "A\xff" "B", "a@b.example",
	    "ATTENDEE;CN=\"A?B\"" HEAD "mailto:a@b.example\r\n" },
	{ "percent sign in an address", "", "a%b@c.example",
	    "ATTENDEE" HEAD "mailto:a%25b@c.example\r\n" },
	{ "plus and equals stay", "", "a+b=c@d.example",
	    "ATTENDEE" HEAD "mailto:a+b=c@d.example\r\n" },
	{ "address beyond ASCII", "", "zoë@b.example",
	    "ATTENDEE" HEAD "mailto:zo%C3%AB@b.example\r\n" },
	{ "line end in an address", "", "a@b.example\r\nX:Y", NULL },
	{ "blank in an address", "", "a b@c.example", NULL },
	{ "quoted local part", "", "\"a b\"@c.example", NULL },
	{ "angle brackets", "", "<a@b.example>", NULL },
	{ "no at sign", "", "alice", NULL },
	{ "nothing before the at sign", "", "@b.example", NULL },
	{ "nothing after it", "", "a@", NULL },
	{ "empty address", "", "", NULL },
};

static void
test_person(void **state)
{
	const struct person_row *row = *state;
	struct arena *a = arena_new();
	struct str out = STR_EMPTY;
	struct err err = { 0 };
	const char *got;
	int r;

	str_adds(&out, "before\r\n");
	r = cal_attendee(&out, "JCA", "jca-m-x@lists.itu-t.example", row->cn,
	    row->addr, "CHAIR", "ACCEPTED", &err);
	if (row->want == NULL) {
		assert_int_equal(r, -1);
		assert_int_equal(err.kind, ERR_BADINPUT);
		assert_string_equal(str_get(&out), "before\r\n");
	} else {
		assert_int_equal(r, 0);
		check_lines(str_get(&out));
		got = unfold(a, str_get(&out));
		assert_string_equal(strstr(got, "ATTENDEE"), row->want);
		assert_non_null(strstr(got, "\r\nORGANIZER;CN=\"JCA\":"
		    "mailto:jca-m-x@lists.itu-t.example\r\n"));
	}
	str_done(&out);
	arena_free(a);
}

static void
test_bad_parameter(void **state)
{
	struct str out = STR_EMPTY;
	struct err err = { 0 };

	(void)state;
	assert_int_equal(cal_attendee(&out, "", "a@b.example", "",
	    "c@d.example", "CHAIR:x", "ACCEPTED", &err), -1);
	assert_int_equal(cal_attendee(&out, "", "a@b.example", "",
	    "c@d.example", "CHAIR", "", &err), -1);
	assert_int_equal(out.len, 0);
}

/* Every length of a line of two-byte and four-byte characters. */
static void
test_folding(void **state)
{
	static const char *const units[] = { "x", "é", "語", "😀" };
	size_t u, n, i;

	(void)state;
	for (u = 0; u < 4; u++) {
		for (n = 1; n < 240; n++) {
			struct arena *a = arena_new();
			struct str out = STR_EMPTY, want = STR_EMPTY;
			struct line l;

			line_begin(&l, &out);
			for (i = 0; i < n; i++) {
				str_adds(&want, units[u]);
				if (n % 2 == 0)
					line_puts(&l, units[u]);
			}
			if (n % 2 == 1)
				line_puts(&l, str_get(&want));
			line_end(&l);
			str_adds(&want, "\r\n");
			check_lines(str_get(&out));
			assert_string_equal(unfold(a, str_get(&out)),
			    str_get(&want));
			str_done(&out);
			str_done(&want);
			arena_free(a);
		}
	}
}

struct uri_row {
	const char *name, *text;
	bool ok;
};

static const struct uri_row uri_rows[] = {
	{ "https", "https://a.example/b?c=d&e#f", true },
	{ "scheme in capitals", "HTTPS://a.example", true },
	{ "tel", "tel:+41-22-7305111", true },
	{ "javascript", "javascript:alert(1)", false },
	{ "data", "data:text/html,x", false },
	{ "file", "file:///etc/passwd", false },
	{ "blank inside", "https://a.example/b c", false },
	{ "line end inside", "https://a.example/\r\nX:y", false },
	{ "quote inside", "https://a.example/\"x", false },
	{ "beyond ASCII", "https://é.example/", false },
	{ "scheme only", "https://", false },
	{ "empty", "", false },
};

static void
test_uri(void **state)
{
	const struct uri_row *row = *state;

	assert_int_equal(line_is_uri(span_of(row->text)), row->ok);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad_parameter),
		cmocka_unit_test(test_folding),
	};
	int failures = 0;

	failures += TEST_ROWS("cal_build", build_rows, test_build);
	failures += TEST_ROWS("cal_build refuses", refuse_rows, test_refuse);
	failures += TEST_ROWS("cal_attendee", person_rows, test_person);
	failures += TEST_ROWS("line_is_uri", uri_rows, test_uri);
	failures += cmocka_run_group_tests(tests, NULL, NULL);
	icalmemory_free_ring();
	return test_exit(failures);
}
