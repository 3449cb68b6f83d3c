/* SPDX-License-Identifier: ISC */
/*
 * Reading calendar parts. The screen keeps libical from whatever could stall or
 * crash it; libical decodes values; what they mean (zones, addresses) is
 * decided here. Owns no limits but those on what goes into the digest.
 * Invariant: the itips of one digest encode to at most DIGEST_SHARE bytes.
 */
#include "cal/read.h"

#include <libical/ical.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/civil.h"
#include "base/str.h"
#include "base/utf8.h"
#include "cal/screen.h"
#include "cal/people.h"
#include "cal/sentzone.h"
#include "cal/zone.h"

/* A digest is one message of at most 64 KiB; text takes 24 of them. */
#define DIGEST_SHARE 20000
#define ITIPS_MAX 20
#define UID_MAX_ 255
#define LINE_TEXT_MAX 300
#define COMMENT_MAX 1000
#define DESCRIPTION_MAX 6000
#define SHORT_MAX 100

struct reader {
	struct arena *arena;
	icalcomponent *calendar;
	const char *method;
	const char *problem;	/* of the whole part, "" */
};

/* When a time property is, as far as can be told. */
struct moment {
	int64_t at;		/* 0 = not known */
	bool is_date, floating;
	const char *tzid;	/* as sent, "" */
};

static void
set_problem(struct itip *it, const char *text)
{
	if (it->problem[0] == '\0')
		it->problem = text;
}

static char *
short_text(struct arena *a, const char *text, size_t max)
{
	struct span s = utf8_truncate(span_of(text), max);

	return utf8_line(a, s);
}

static char *
upper(struct arena *a, const char *text)
{
	char *s = short_text(a, text, SHORT_MAX), *p;

	for (p = s; *p != '\0'; p++) {
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
	}
	return s;
}

static icalproperty *
get(icalcomponent *c, icalproperty_kind kind)
{
	return icalcomponent_get_first_property(c, kind);
}

/* The value of a text property, unescaped, "" if it is absent. */
static const char *
get_text(icalcomponent *c, icalproperty_kind kind)
{
	icalproperty *p = get(c, kind);
	icalvalue *v = p != NULL ? icalproperty_get_value(p) : NULL;
	const char *text = v != NULL ? icalvalue_get_text(v) : NULL;

	return text != NULL ? text : "";
}

/* The value as it stands on the line, in a. */
static const char *
get_raw(struct arena *a, icalproperty *p)
{
	char *raw = p != NULL ? icalproperty_get_value_as_string_r(p) : NULL;
	const char *copy = raw != NULL ? arena_strdup(a, raw) : "";

	free(raw);
	return copy;
}

static icalcomponent *
find_sent_zone(const struct reader *r, const char *tzid)
{
	/* An iterator of its own: the loop over events is on the same
	 * component, whose built-in iteration has one state. */
	icalcompiter it = icalcomponent_begin_component(r->calendar,
	    ICAL_VTIMEZONE_COMPONENT);
	icalcomponent *z;
	icalproperty *p;
	const char *id;

	for (z = icalcompiter_deref(&it); z != NULL;
	    z = icalcompiter_next(&it)) {
		p = get(z, ICAL_TZID_PROPERTY);
		id = p != NULL ? icalproperty_get_tzid(p) : NULL;
		if (id != NULL && span_isi(span_of(id), tzid))
			return z;
	}
	return NULL;
}

/* Wall time in the zone of that id: by the rules that were sent along, else
 * by its name. */
static bool
resolve(const struct reader *r, const char *tzid, const struct civil *wall,
    int64_t *out)
{
	icalcomponent *sent = find_sent_zone(r, tzid);
	const char *name;
	int offset_s;

	if (sent != NULL && sentzone_offset(sent, wall, &offset_s)) {
		*out = civil_to_unix(wall) - offset_s;
		return true;
	}
	name = zone_find(r->arena, tzid);
	/* "TZID=3DEurope/Zurich": quoted-printable that was not declared. */
	if (name == NULL && strncmp(tzid, "3D", 2) == 0)
		name = zone_find(r->arena, tzid + 2);
	return name != NULL && zone_to_utc(name, wall, out) >= 0;
}

static bool
is_utc_time(struct icaltimetype t)
{
	return t.zone != NULL && t.zone == icaltimezone_get_utc_timezone();
}

/* Read a time property; false if there is no valid time in it. */
static bool
read_moment(const struct reader *r, icalproperty *p, struct moment *out)
{
	struct icaltimetype t;
	struct civil c;
	icalparameter *zone;
	icalvalue *v = p != NULL ? icalproperty_get_value(p) : NULL;

	memset(out, 0, sizeof(*out));
	out->tzid = "";
	if (v == NULL || (icalvalue_isa(v) != ICAL_DATE_VALUE &&
	    icalvalue_isa(v) != ICAL_DATETIME_VALUE))
		return false;
	t = icalvalue_get_datetime(v);
	c = (struct civil){ t.year, t.month, t.day, t.hour, t.minute,
	    t.second };
	if (icaltime_is_null_time(t) || !civil_is_valid(&c))
		return false;
	out->is_date = t.is_date;
	zone = icalproperty_get_first_parameter(p, ICAL_TZID_PARAMETER);
	if (zone != NULL && icalparameter_get_tzid(zone) != NULL)
		out->tzid = short_text(r->arena, icalparameter_get_tzid(zone),
		    SHORT_MAX);
	if (t.is_date || is_utc_time(t))
		out->at = civil_to_unix(&c);
	else if (out->tzid[0] == '\0')
		out->floating = true;
	else
		(void)resolve(r, out->tzid, &c, &out->at);
	return true;
}

/* Why a moment that was read is no instant. */
static const char *
moment_problem(struct arena *a, const char *property, const struct moment *m)
{
	if (m->floating)
		return arena_printf(a, "%s has no time zone", property);
	return arena_printf(a, "%s is in the time zone \"%s\", which is "
	    "neither described in the part nor known", property, m->tzid);
}

/* Does this method say when something is (others only point at it)? */
static bool
needs_start(const char *method)
{
	static const char *const methods[] = {
		"REQUEST", "COUNTER", "ADD", "PUBLISH",
	};
	size_t i;

	for (i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		if (strcmp(method, methods[i]) == 0)
			return true;
	}
	return false;
}

static void
read_start(const struct reader *r, icalcomponent *event, struct itip *it)
{
	icalproperty *p = get(event, ICAL_DTSTART_PROPERTY);
	bool needed = needs_start(it->method);
	struct moment m;
	const char *zone;

	if (!read_moment(r, p, &m)) {
		if (needed)
			set_problem(it, p == NULL ? arena_printf(r->arena,
			    "%s has no DTSTART", it->method) :
			    "DTSTART is no date or time");
		return;
	}
	it->start_at = m.at;
	it->all_day = m.is_date;
	zone = zone_find(r->arena, m.tzid);
	it->tzid = zone != NULL ? zone : m.tzid;
	if (needed && m.at == 0)
		set_problem(it, moment_problem(r->arena, "DTSTART", &m));
}

static void
read_end(const struct reader *r, icalcomponent *event, struct itip *it)
{
	icalproperty *p = get(event, ICAL_DTEND_PROPERTY);
	struct icaldurationtype d;
	struct moment m;
	int64_t length;

	if (it->start_at == 0)
		return;
	if (p != NULL) {
		if (read_moment(r, p, &m) && m.at >= it->start_at)
			it->end_at = m.at;
		return;
	}
	p = get(event, ICAL_DURATION_PROPERTY);
	if (p == NULL)
		return;
	d = icalproperty_get_duration(p);
	length = (int64_t)d.weeks * 604800 + (int64_t)d.days * 86400 +
	    (int64_t)d.hours * 3600 + (int64_t)d.minutes * 60 + d.seconds;
	if (!icaldurationtype_is_bad_duration(d) && !d.is_neg && length > 0)
		it->end_at = it->start_at + length;
}

static void
read_recurrence_id(const struct reader *r, icalcomponent *event,
    struct itip *it)
{
	icalproperty *p = get(event, ICAL_RECURRENCEID_PROPERTY);
	char *range;
	struct moment m;

	if (p == NULL)
		return;
	if (!read_moment(r, p, &m))
		set_problem(it, "RECURRENCE-ID is no date or time");
	else if (m.at == 0)
		set_problem(it, moment_problem(r->arena, "RECURRENCE-ID", &m));
	it->recur_at = m.at;
	range = icalproperty_get_parameter_as_string_r(p, "RANGE");
	it->recur_future = range != NULL &&
	    span_isi(span_of(range), "THISANDFUTURE");
	free(range);
}

static void
read_order(const struct reader *r, icalcomponent *event, struct itip *it)
{
	icalproperty *p = get(event, ICAL_SEQUENCE_PROPERTY);
	struct moment m;
	int sequence = p != NULL ? icalproperty_get_sequence(p) : 0;

	it->sequence = sequence > 0 ? (uint32_t)sequence : 0;
	if (read_moment(r, get(event, ICAL_DTSTAMP_PROPERTY), &m))
		it->dtstamp_at = m.at;
}

static void
read_uid(const struct reader *r, icalcomponent *event, struct itip *it)
{
	const char *uid = get_text(event, ICAL_UID_PROPERTY);

	if (strlen(uid) > UID_MAX_)
		set_problem(it, "UID is longer than 255 octets");
	else
		it->uid = utf8_line(r->arena, span_of(uid));
	if (it->uid[0] == '\0')
		set_problem(it, "event has no UID");
}

static void
read_texts(const struct reader *r, icalcomponent *event, struct itip *it)
{
	struct arena *a = r->arena;

	it->summary = short_text(a, get_text(event, ICAL_SUMMARY_PROPERTY),
	    LINE_TEXT_MAX);
	it->location = short_text(a, get_text(event, ICAL_LOCATION_PROPERTY),
	    LINE_TEXT_MAX);
	it->description = utf8_clean(a, utf8_truncate(span_of(get_text(event,
	    ICAL_DESCRIPTION_PROPERTY)), DESCRIPTION_MAX));
	it->comment = utf8_clean(a, utf8_truncate(span_of(get_text(event,
	    ICAL_COMMENT_PROPERTY)), COMMENT_MAX));
	it->status = upper(a, get_raw(a, get(event, ICAL_STATUS_PROPERTY)));
	it->rrule = short_text(a, get_raw(a, get(event, ICAL_RRULE_PROPERTY)),
	    LINE_TEXT_MAX);
	it->request_status = short_text(a, get_raw(a, get(event,
	    ICAL_REQUESTSTATUS_PROPERTY)), LINE_TEXT_MAX);
}

static void
clear(struct itip *it)
{
	memset(it, 0, sizeof(*it));
	it->method = it->uid = it->tzid = it->summary = it->location = "";
	it->description = it->comment = it->status = it->rrule = "";
	it->organizer = it->request_status = it->problem = "";
}

static void
read_event(const struct reader *r, icalcomponent *event, struct itip *it)
{
	clear(it);
	it->method = r->method;
	it->problem = r->problem;
	read_uid(r, event, it);
	read_order(r, event, it);
	read_start(r, event, it);
	read_end(r, event, it);
	read_recurrence_id(r, event, it);
	read_texts(r, event, it);
	people_read(r->arena, event, it);
	if (strcmp(it->method, "REPLY") == 0 && it->n_attendees == 0)
		set_problem(it, "REPLY names no attendee");
}

static size_t
encoded_size(const struct itip *it)
{
	struct str s = STR_EMPTY;
	size_t n;

	wire_put_itip(&s, it);
	n = s.len;
	str_done(&s);
	return n;
}

/* The same event is often sent twice: inline and as an attached file. */
static bool
is_known(const struct digest *d, const struct itip *it)
{
	size_t i;

	for (i = 0; i < d->n_itips; i++) {
		const struct itip *old = &d->itips[i];

		if (it->uid[0] != '\0' && strcmp(old->uid, it->uid) == 0 &&
		    strcmp(old->method, it->method) == 0 &&
		    strcmp(old->problem, it->problem) == 0 &&
		    old->recur_at == it->recur_at &&
		    old->sequence == it->sequence &&
		    old->dtstamp_at == it->dtstamp_at)
			return true;
	}
	return false;
}

/* Append if there is room; shorten what people read before what decides. */
static bool
append(struct digest *d, struct itip *it)
{
	size_t used = 0, i;

	if (is_known(d, it))
		return true;
	for (i = 0; i < d->n_itips; i++)
		used += encoded_size(&d->itips[i]);
	if (used + encoded_size(it) > DIGEST_SHARE)
		it->description = it->comment = "";
	if (used + encoded_size(it) > DIGEST_SHARE && it->n_attendees > 20)
		it->n_attendees = 20;
	if (d->n_itips >= ITIPS_MAX ||
	    used + encoded_size(it) > DIGEST_SHARE)
		return false;
	d->itips[d->n_itips++] = *it;
	return true;
}

static void
append_problem(struct digest *d, const char *method, const char *problem)
{
	struct itip it;

	clear(&it);
	it.method = method;
	it.problem = problem;
	if (d->n_itips == ITIPS_MAX)
		d->n_itips--;
	d->itips[d->n_itips++] = it;
}

/* The method in the part, and whether it agrees with the header. */
static void
read_method(struct reader *r, const char *param)
{
	icalproperty *p = get(r->calendar, ICAL_METHOD_PROPERTY);
	const char *body = upper(r->arena, get_raw(r->arena, p));
	const char *header = upper(r->arena, param != NULL ? param : "");

	r->method = body[0] != '\0' ? body : header;
	if (r->method[0] == '\0')
		r->problem = "calendar part has no METHOD: it is neither an "
		    "invitation nor an answer";
	else if (header[0] != '\0' && strcmp(body, header) != 0 &&
	    body[0] != '\0')
		r->problem = arena_printf(r->arena, "METHOD in the part is "
		    "%s, in the header %s", body, header);
}

static void
read_calendar(struct reader *r, const char *param, struct digest *d,
    size_t *events)
{
	icalcompiter each = icalcomponent_begin_component(r->calendar,
	    ICAL_VEVENT_COMPONENT);
	icalcomponent *event;
	struct itip it;

	read_method(r, param);
	for (event = icalcompiter_deref(&each); event != NULL;
	    event = icalcompiter_next(&each)) {
		read_event(r, event, &it);
		(*events)++;
		if (!append(d, &it)) {
			append_problem(d, r->method,
			    "calendar part has more events than can be read");
			return;
		}
	}
}

/* One VCALENDAR, or several in a row under a root of libical's. */
static void
read_all(struct arena *a, icalcomponent *root, const char *param,
    struct digest *d, size_t *events)
{
	struct reader r = { a, root, "", "" };

	if (root != NULL &&
	    icalcomponent_isa(root) == ICAL_VCALENDAR_COMPONENT) {
		read_calendar(&r, param, d, events);
		return;
	}
	r.calendar = root == NULL ? NULL : icalcomponent_get_first_component(
	    root, ICAL_VCALENDAR_COMPONENT);
	while (r.calendar != NULL) {
		r.problem = "";
		read_calendar(&r, param, d, events);
		r.calendar = icalcomponent_get_next_component(root,
		    ICAL_VCALENDAR_COMPONENT);
	}
}

void
cal_read(struct arena *a, struct span ics, const char *method_param,
    struct digest *d)
{
	struct itip *items = arena_array(a, ITIPS_MAX, sizeof(*items));
	icalcomponent *root;
	struct screen seen;
	size_t events = 0;

	if (d->n_itips > ITIPS_MAX)
		d->n_itips = ITIPS_MAX;
	if (d->n_itips > 0)
		memcpy(items, d->itips, d->n_itips * sizeof(*items));
	d->itips = items;
	screen_part(a, ics, &seen);
	if (seen.problem[0] != '\0') {
		append_problem(d, "", seen.problem);
		return;
	}
	icalerror_set_errors_are_fatal(false);
	root = icalparser_parse_string(seen.text.p);
	read_all(a, root, method_param, d, &events);
	if (root != NULL)
		icalcomponent_free(root);
	icalmemory_free_ring();
	if (events > 0)
		return;
	append_problem(d, "", seen.other[0] != '\0' ? arena_printf(a,
	    "calendar part holds %s, no event", short_text(a, seen.other, 40)) :
	    "calendar part holds no event");
}
