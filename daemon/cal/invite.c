/* SPDX-License-Identifier: ISC */
/*
 * Writing calendar objects: libical builds, escapes and folds what is the same
 * for everybody, and checks it against RFC 5546; the two personal lines are
 * written by ourselves. Invariant: nothing leaves that libical found fault
 * with, and no text of the meeting can become a property.
 */
#include "cal/invite.h"

#include <libical/ical.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/civil.h"
#include "base/err.h"
#include "base/str.h"
#include "base/utf8.h"
#include "cal/describe.h"
#include "cal/line.h"
#include "cal/zone.h"

#define PRODID "-//jcad//NONSGML jcad//EN"
#define OBJECT_MAX 60000
#define TAIL "END:VEVENT\r\nEND:VCALENDAR\r\n"

struct build {
	struct arena *arena;
	const struct meeting_rev *rev;
	enum cal_method method;
	uint32_t sequence;
	int64_t dtstamp_at;
	bool members_only;
	icalcomponent *event;
};

static bool
is_cancelled(const struct build *b)
{
	return b->method == CAL_CANCEL ||
	    strcmp(b->rev->status, "cancelled") == 0;
}

static void
add(struct build *b, icalproperty *p)
{
	icalcomponent_add_property(b->event, p);
}

static struct icaltimetype
utc_time(struct build *b, int64_t at)
{
	return icaltime_from_string(civil_ical(b->arena, at));
}

/* "2027-02-10T13:00:00" to a libical time without zone. */
static int
read_local(const char *text, struct civil *c, struct err *err)
{
	int64_t at;
	char buf[32];
	size_t n = strlen(text);

	if (n == 10 || n == 19) {
		memcpy(buf, text, n);
		memcpy(buf + n, n == 10 ? "T00:00:00Z" : "Z",
		    n == 10 ? 11 : 2);
		if (civil_parse_rfc3339(span_of(buf), &at)) {
			civil_from_unix(at, c);
			return 0;
		}
	}
	return err_set(err, ERR_BADINPUT, "\"%.40s\" is no local time", text);
}

static void
add_time(struct build *b, bool is_end, const struct civil *c)
{
	const struct meeting_rev *rev = b->rev;
	struct icaltimetype t = icaltime_null_time();
	icalproperty *p;

	t.year = c->year;
	t.month = c->month;
	t.day = c->day;
	t.is_date = rev->all_day;
	if (!rev->all_day) {
		t.hour = c->hour;
		t.minute = c->min;
		t.second = c->sec;
		if (strcmp(rev->tzid, "UTC") == 0)
			t.zone = icaltimezone_get_utc_timezone();
	}
	p = is_end ? icalproperty_new_dtend(t) : icalproperty_new_dtstart(t);
	if (!rev->all_day && t.zone == NULL)
		icalproperty_add_parameter(p,
		    icalparameter_new_tzid(rev->tzid));
	add(b, p);
}

/* The end of an all-day event is the day after its last day, whether the
 * revision ends at that midnight or within the last day. */
static void
round_end(const struct civil *start, struct civil *end)
{
	int64_t s = civil_to_unix(start), e = civil_to_unix(end);

	s -= s % 86400;
	if (e % 86400 != 0 || e <= s)
		e = (e < s ? s : e - e % 86400) + 86400;
	civil_from_unix(e, end);
}

static int
add_times(struct build *b, struct err *err)
{
	const struct meeting_rev *rev = b->rev;
	struct civil start, end;

	if (read_local(rev->start_local, &start, err) != 0)
		return -1;
	add_time(b, false, &start);
	if (rev->end_local[0] == '\0')
		return 0;
	if (read_local(rev->end_local, &end, err) != 0)
		return -1;
	if (rev->end_at < rev->start_at)
		return err_set(err, ERR_BADINPUT, "the end %s is before the "
		    "start %s", rev->end_local, rev->start_local);
	if (rev->all_day)
		round_end(&start, &end);
	add_time(b, true, &end);
	return 0;
}

static int
add_rrule(struct build *b, struct err *err)
{
	struct icalrecurrencetype rule;

	if (b->rev->rrule[0] == '\0')
		return 0;
	rule = icalrecurrencetype_from_string(b->rev->rrule);
	if (rule.freq == ICAL_NO_RECURRENCE)
		return err_set(err, ERR_BADINPUT,
		    "\"%.200s\" is no recurrence rule", b->rev->rrule);
	add(b, icalproperty_new_rrule(rule));
	return 0;
}

/* The first URI among the documents; it is public, unlike the link. */
static const char *
find_url(struct build *b)
{
	struct span rest = span_of(b->rev->documents), line, word;

	while (rest.p != NULL) {
		line = span_line(&rest);
		while (line.p != NULL) {
			word = span_cut(&line, ' ');
			if (line_is_uri(word))
				return arena_strndup(b->arena, word.p, word.n);
		}
	}
	return NULL;
}

static void
add_links(struct build *b)
{
	const char *url = find_url(b);
	struct span link = span_trim(span_of(b->rev->link));
	icalproperty *p;

	if (url != NULL)
		add(b, icalproperty_new_url(url));
	if (!b->members_only || is_cancelled(b) || !line_is_uri(link))
		return;
	p = icalproperty_new_conference(arena_strndup(b->arena, link.p,
	    link.n));
	icalproperty_add_parameter(p,
	    icalparameter_new_from_string("FEATURE=VIDEO"));
	add(b, p);
}

static void
add_texts(struct build *b)
{
	const struct meeting_rev *rev = b->rev;
	char *place = utf8_line(b->arena, span_of(rev->place));
	char *text = describe_text(b->arena, rev,
	    b->members_only && !is_cancelled(b));

	add(b, icalproperty_new_summary(utf8_line(b->arena,
	    span_of(rev->title))));
	/* libical turns an empty text into an error line. */
	if (place[0] != '\0')
		add(b, icalproperty_new_location(place));
	if (text[0] != '\0')
		add(b, icalproperty_new_description(text));
}

static enum icalproperty_status
get_status(const struct build *b)
{
	if (is_cancelled(b))
		return ICAL_STATUS_CANCELLED;
	return strcmp(b->rev->status, "planned") == 0 ?
	    ICAL_STATUS_TENTATIVE : ICAL_STATUS_CONFIRMED;
}

static int
fill_event(struct build *b, struct err *err)
{
	const struct meeting_rev *rev = b->rev;
	int sequence = b->sequence > INT32_MAX ? INT32_MAX : (int)b->sequence;

	add(b, icalproperty_new_uid(utf8_line(b->arena, span_of(rev->uid))));
	add(b, icalproperty_new_dtstamp(utc_time(b, b->dtstamp_at)));
	if (rev->created_at > 0)
		add(b, icalproperty_new_created(utc_time(b,
		    rev->created_at)));
	if (rev->revised_at > 0)
		add(b, icalproperty_new_lastmodified(utc_time(b,
		    rev->revised_at)));
	add(b, icalproperty_new_sequence(sequence));
	if (add_times(b, err) != 0 || add_rrule(b, err) != 0)
		return -1;
	add_texts(b);
	add(b, icalproperty_new_status(get_status(b)));
	add(b, icalproperty_new_transp(is_cancelled(b) ?
	    ICAL_TRANSP_TRANSPARENT : ICAL_TRANSP_OPAQUE));
	add(b, icalproperty_new_class(ICAL_CLASS_PUBLIC));
	add_links(b);
	return 0;
}

static icalcomponent *
new_calendar(enum cal_method method)
{
	static const enum icalproperty_method methods[] = {
		[CAL_REQUEST] = ICAL_METHOD_REQUEST,
		[CAL_CANCEL] = ICAL_METHOD_CANCEL,
		[CAL_PUBLISH] = ICAL_METHOD_PUBLISH,
	};
	icalcomponent *cal = icalcomponent_new(ICAL_VCALENDAR_COMPONENT);

	icalcomponent_add_property(cal, icalproperty_new_prodid(PRODID));
	icalcomponent_add_property(cal, icalproperty_new_version("2.0"));
	icalcomponent_add_property(cal, icalproperty_new_calscale("GREGORIAN"));
	icalcomponent_add_property(cal,
	    icalproperty_new_method(methods[method]));
	return cal;
}

static int
add_zone(icalcomponent *cal, const struct meeting_rev *rev, struct err *err)
{
	struct str text = STR_EMPTY;
	icalcomponent *zone = NULL;
	int r;

	if (rev->all_day)
		return 0;
	r = zone_vtimezone(&text, rev->tzid, rev->start_at, err);
	if (r == 0 && text.len > 0) {
		zone = icalparser_parse_string(str_get(&text));
		if (zone == NULL)
			r = err_set(err, ERR_PERM, "the VTIMEZONE of %.60s "
			    "cannot be read back", rev->tzid);
		else
			icalcomponent_add_component(cal, zone);
	}
	str_done(&text);
	return r;
}

/* libical's own check, with the personal lines in; on a copy because it
 * writes what it finds into the object. */
static int
check(icalcomponent *cal, enum cal_method method, struct err *err)
{
	icalcomponent *copy = icalcomponent_new_clone(cal);
	icalcomponent *event = icalcomponent_get_first_component(copy,
	    ICAL_VEVENT_COMPONENT);
	icalproperty *p;
	bool ok;

	icalcomponent_add_property(event,
	    icalproperty_new_organizer("mailto:list@lists.example"));
	if (method != CAL_PUBLISH) {
		p = icalproperty_new_attendee("mailto:member@body.example");
		icalcomponent_add_property(event, p);
	}
	ok = icalrestriction_check(copy) != 0 &&
	    icalcomponent_count_errors(copy) == 0;
	icalcomponent_free(copy);
	return ok ? 0 : err_set(err, ERR_PERM,
	    "the calendar object breaks RFC 5546 (libical refuses it)");
}

static int
write_object(struct arena *a, icalcomponent *cal, struct cal_object *out,
    struct err *err)
{
	char *text = icalcomponent_as_ical_string_r(cal);
	struct span all = span_of(text);
	size_t cut = all.n - strlen(TAIL);
	int r = 0;

	if (!span_has_suffixi(all, TAIL) ||
	    strstr(text, "X-LIC-ERROR") != NULL)
		r = err_set(err, ERR_PERM,
		    "libical could not write the calendar object");
	else if (all.n > OBJECT_MAX)
		r = err_set(err, ERR_LIMIT, "the calendar object has %zu "
		    "bytes, the limit is %d: shorten the description",
		    all.n, OBJECT_MAX);
	if (r == 0) {
		out->head = span_make(arena_strndup(a, text, cut), cut);
		out->tail = span_of(TAIL);
	}
	free(text);
	return r;
}

/* wide: what differs between objects of one revision. */
int
cal_build(struct arena *a, const struct meeting_rev *rev,
    enum cal_method method, uint32_t sequence, int64_t dtstamp_at,
    bool members_only, struct cal_object *out, struct err *err)
{
	struct build b = { a, rev, method, sequence, dtstamp_at,
	    members_only, NULL };
	icalcomponent *cal;
	int r;

	if (utf8_line(a, span_of(rev->uid))[0] == '\0')
		return err_set(err, ERR_BADINPUT, "the meeting has no UID");
	if (utf8_line(a, span_of(rev->title))[0] == '\0')
		return err_set(err, ERR_BADINPUT, "the meeting has no title");
	icalerror_set_errors_are_fatal(false);
	cal = new_calendar(method);
	r = add_zone(cal, rev, err);
	b.event = icalcomponent_new(ICAL_VEVENT_COMPONENT);
	icalcomponent_add_component(cal, b.event);
	if (r == 0)
		r = fill_event(&b, err);
	if (r == 0)
		r = check(cal, method, err);
	if (r == 0)
		r = write_object(a, cal, out, err);
	icalcomponent_free(cal);
	return r;
}

static bool
is_token(const char *s)
{
	size_t n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-");

	return n > 0 && s[n] == '\0';
}

struct person {
	const char *property, *name, *addr;
	const char *role, *partstat;	/* NULL for the organizer */
};

static int
put_person(struct str *out, const struct person *who, struct err *err)
{
	struct line l;

	line_begin(&l, out);
	line_puts(&l, who->property);
	if (who->name != NULL && who->name[0] != '\0') {
		line_puts(&l, ";CN=");
		line_put_param(&l, who->name);
	}
	if (who->role != NULL) {
		line_puts(&l, ";CUTYPE=INDIVIDUAL;ROLE=");
		line_puts(&l, who->role);
		line_puts(&l, ";PARTSTAT=");
		line_puts(&l, who->partstat);
		line_puts(&l, ";RSVP=TRUE");
	}
	line_puts(&l, ":");
	if (!line_put_mailto(&l, who->addr))
		return err_set(err, ERR_BADINPUT, "the address \"%.100s\" "
		    "cannot stand in a calendar object", who->addr);
	line_end(&l);
	return 0;
}

/* wide: the parameters of the two lines. */
int
cal_attendee(struct str *out, const char *organizer_name,
    const char *organizer, const char *name, const char *addr,
    const char *role, const char *partstat, struct err *err)
{
	const struct person from = { "ORGANIZER", organizer_name, organizer,
	    NULL, NULL };
	const struct person to = { "ATTENDEE", name, addr, role, partstat };
	size_t before = out->len;

	if (!is_token(role) || !is_token(partstat))
		return err_set(err, ERR_BADINPUT,
		    "\"%.30s\" or \"%.30s\" is no name of a parameter value",
		    role, partstat);
	if (put_person(out, &from, err) == 0 && put_person(out, &to, err) == 0)
		return 0;
	out->len = before;
	out->data[before] = '\0';
	return -1;
}
