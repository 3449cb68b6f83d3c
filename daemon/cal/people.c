/* SPDX-License-Identifier: ISC */
/*
 * Calendar users. Accepts "MAILTO:" of any case, %-encoding, addresses without
 * scheme, and Apple's EMAIL parameter beside a URN. Invariant: an address
 * given out is lower case, has an "@", and holds no blanks or controls.
 */
#include "cal/people.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/span.h"
#include "base/utf8.h"
#include "model/wire.h"

#define ATTENDEES_MAX 200
#define ADDRESS_MAX 320
#define NAME_MAX_ 120

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The value without quotes and scheme; *uri tells whether it had one. */
static struct span
strip(const char *value, bool *uri)
{
	struct span s = span_trim(span_of(value));

	while (s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"')
		s = span_trim(span_sub(s, 1, s.n - 1));
	*uri = span_has_prefixi(s, "mailto:");
	if (*uri)
		s = span_trim(span_sub(s, 7, span_find(s, '?')));
	return s;
}

/* The byte at *i, %-decoded in a URI; advances over what was decoded. */
static int
next_byte(struct span s, size_t *i, bool uri)
{
	int c = (unsigned char)s.p[*i], high, low;

	if (!uri || c != '%' || *i + 2 >= s.n)
		return c;
	high = hex_digit(s.p[*i + 1]);
	low = hex_digit(s.p[*i + 2]);
	if (high < 0 || low < 0)
		return c;
	*i += 2;
	return high * 16 + low;
}

/* The address in a calendar user's value, "" if there is none. */
static const char *
to_address(struct arena *a, const char *value)
{
	bool uri;
	struct span s = strip(value, &uri);
	char *out;
	size_t n = 0, i;
	int c;

	if (s.n > 3 * ADDRESS_MAX)
		return "";
	out = arena_alloc(a, s.n + 1);
	for (i = 0; i < s.n; i++) {
		c = next_byte(s, &i, uri);
		if (c <= ' ' || c == 0x7F || c == '<' || c == '>')
			return "";
		out[n++] = (char)(c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c);
	}
	if (n > ADDRESS_MAX || memchr(out, '@', n) == NULL ||
	    !utf8_is_valid(span_make(out, n)))
		return "";
	return out;
}

/* A parameter of any name, in a; "" if it is absent. */
static const char *
get_param(struct arena *a, icalproperty *p, const char *name)
{
	char *raw = icalproperty_get_parameter_as_string_r(p, name);
	const char *copy = raw != NULL ? arena_strdup(a, raw) : "";

	free(raw);
	return copy;
}

static const char *
get_address(struct arena *a, icalproperty *p)
{
	char *raw = icalproperty_get_value_as_string_r(p);
	const char *addr = raw != NULL ? to_address(a, raw) : "";

	free(raw);
	/* "urn:uuid:..." and the like: the address is beside it. */
	return addr[0] != '\0' ? addr : to_address(a, get_param(a, p, "EMAIL"));
}

/* The first address of a list of quoted URIs. */
static const char *
first_address(struct arena *a, const char *list)
{
	struct span rest = span_of(list), one;

	one = span_cut(&rest, ',');
	return to_address(a, arena_strndup(a, one.p, one.n));
}

static const char *
get_partstat(struct arena *a, icalproperty *p)
{
	char *s = utf8_line(a, utf8_truncate(span_of(get_param(a, p,
	    "PARTSTAT")), 40)), *c;

	/* "PARTSTAT=3DACCEPTED": quoted-printable that was not declared. */
	if (strncmp(s, "3D", 2) == 0)
		s += 2;
	for (c = s; *c != '\0'; c++) {
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c + 'A' - 'a');
	}
	return *s != '\0' ? s : "NEEDS-ACTION";
}

static const char *
get_name(struct arena *a, icalproperty *p)
{
	icalparameter *cn = icalproperty_get_first_parameter(p,
	    ICAL_CN_PARAMETER);
	/* Unlike the text of the parameter this is decoded (RFC 6868). */
	struct span s = span_of(cn != NULL ? icalparameter_get_cn(cn) : NULL);

	while (s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"')
		s = span_sub(s, 1, s.n - 1);
	return utf8_line(a, utf8_truncate(s, NAME_MAX_));
}

void
people_read(struct arena *a, icalcomponent *event, struct itip *out)
{
	icalproperty *p = icalcomponent_get_first_property(event,
	    ICAL_ORGANIZER_PROPERTY);
	struct itip_who *who;

	out->organizer = p != NULL ? get_address(a, p) : "";
	out->n_attendees = 0;
	out->attendees = arena_array(a, ATTENDEES_MAX,
	    sizeof(*out->attendees));
	for (p = icalcomponent_get_first_property(event,
	    ICAL_ATTENDEE_PROPERTY);
	    p != NULL && out->n_attendees < ATTENDEES_MAX;
	    p = icalcomponent_get_next_property(event,
	    ICAL_ATTENDEE_PROPERTY)) {
		who = &out->attendees[out->n_attendees];
		who->addr = get_address(a, p);
		if (who->addr[0] == '\0')
			continue;
		who->name = get_name(a, p);
		who->partstat = get_partstat(a, p);
		who->delegated_to = first_address(a,
		    get_param(a, p, "DELEGATED-TO"));
		who->delegated_from = first_address(a,
		    get_param(a, p, "DELEGATED-FROM"));
		out->n_attendees++;
	}
}
