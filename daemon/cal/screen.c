/* SPDX-License-Identifier: ISC */
/*
 * The pre-check of calendar parts. Knows the syntax of content lines (RFC
 * 5545 section 3.1), not their meaning. Invariant: the text given out is
 * valid UTF-8 without control characters but TAB and line ends, every BEGIN
 * in it is closed, and no line is over LINE_MAX_.
 */
#include "cal/screen.h"

#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "base/utf8.h"

#define PART_MAX 262144
#define LINES_MAX 2000
#define DEPTH_MAX 4
#define COMPONENTS_MAX 50
#define LINE_MAX_ 8192
#define PROPERTIES_MAX 100
#define ATTENDEES_MAX 200
#define PARAMS_MAX 20

struct level {
	struct span name;
	bool keep;
	unsigned properties, attendees;
};

struct pass {
	struct arena *arena;
	struct str line;	/* unfolded so far */
	bool too_long;
	struct str out;
	struct level levels[DEPTH_MAX];
	size_t depth;
	unsigned components;
	const char *problem;
	const char *other;
};

static const char *const calendar_names[] = { "METHOD", "VERSION", NULL };
static const char *const event_names[] = {
	"UID", "SEQUENCE", "DTSTAMP", "RECURRENCE-ID", "DTSTART", "DTEND",
	"DURATION", "SUMMARY", "LOCATION", "DESCRIPTION", "COMMENT", "STATUS",
	"RRULE", "ORGANIZER", "ATTENDEE", "REQUEST-STATUS", NULL,
};
static const char *const zone_names[] = { "TZID", NULL };
static const char *const change_names[] = {
	"DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "RRULE", "RDATE", NULL,
};

/* Which component is of use below which, and which of its properties. */
static const struct {
	const char *parent, *name;
	const char *const *properties;
} kept[] = {
	{ "", "VCALENDAR", calendar_names },
	{ "VCALENDAR", "VEVENT", event_names },
	{ "VCALENDAR", "VTIMEZONE", zone_names },
	{ "VTIMEZONE", "STANDARD", change_names },
	{ "VTIMEZONE", "DAYLIGHT", change_names },
};

static const char *const *
find_kept(const struct pass *p, struct span name)
{
	struct span parent = p->depth == 0 ? span_of("") :
	    p->levels[p->depth - 1].name;
	size_t i;

	for (i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		if (span_isi(parent, kept[i].parent) &&
		    span_isi(name, kept[i].name))
			return kept[i].properties;
	}
	return NULL;
}

static void
emit(struct pass *p, struct span line)
{
	str_addspan(&p->out, line);
	str_add(&p->out, "\r\n", 2);
}

static void
begin_component(struct pass *p, struct span line, struct span name)
{
	bool parent_kept = p->depth == 0 || p->levels[p->depth - 1].keep;
	struct level *l;

	if (p->depth == DEPTH_MAX) {
		p->problem = "components of the calendar part are nested "
		    "deeper than 4 levels";
		return;
	}
	if (++p->components > COMPONENTS_MAX) {
		p->problem = "calendar part has over 50 components";
		return;
	}
	l = &p->levels[p->depth];
	memset(l, 0, sizeof(*l));
	l->keep = parent_kept && find_kept(p, name) != NULL;
	l->name = span_of(arena_strndup(p->arena, name.p, name.n));
	if (p->depth == 1 && !l->keep && p->other[0] == '\0' && name.n < 40)
		p->other = l->name.p;
	p->depth++;
	if (l->keep)
		emit(p, line);
}

static void
end_component(struct pass *p, struct span line, struct span name)
{
	if (p->depth == 0 || !span_eqi(p->levels[p->depth - 1].name, name)) {
		p->problem = "BEGIN and END of the calendar part do not match";
		return;
	}
	p->depth--;
	if (p->levels[p->depth].keep)
		emit(p, line);
}

/* Cut a content line: name, number of parameters, where the value begins;
 * false if there is no value. */
static bool
cut_line(struct span line, struct span *name, unsigned *params,
    struct span *value)
{
	bool quoted = false;
	size_t i;

	*params = 0;
	name->p = NULL;
	for (i = 0; i < line.n; i++) {
		if (line.p[i] == '"')
			quoted = !quoted;
		if (quoted || (line.p[i] != ';' && line.p[i] != ':'))
			continue;
		if (name->p == NULL)
			*name = span_trim(span_sub(line, 0, i));
		if (line.p[i] == ':') {
			*value = span_trim(span_sub(line, i + 1, line.n));
			return true;
		}
		(*params)++;
	}
	return false;
}

static bool
is_listed(const char *const *names, struct span name)
{
	for (; *names != NULL; names++) {
		if (span_isi(name, *names))
			return true;
	}
	return false;
}

static void
take_property(struct pass *p, struct span line, struct span name,
    unsigned params)
{
	struct level *l = &p->levels[p->depth - 1];
	const char *const *names;

	p->depth--;
	names = find_kept(p, l->name);
	p->depth++;
	if (names == NULL || !is_listed(names, name))
		return;
	if (p->too_long)
		p->problem = "a line of the calendar part is over 8 kB";
	else if (params > PARAMS_MAX)
		p->problem = "a property of the calendar part has over 20 "
		    "parameters";
	else if (span_isi(name, "ATTENDEE") ?
	    ++l->attendees > ATTENDEES_MAX : ++l->properties > PROPERTIES_MAX)
		p->problem = "a component of the calendar part has over 100 "
		    "properties or over 200 attendees";
	else
		emit(p, line);
}

/* An unfolded line is complete. */
static void
take_line(struct pass *p)
{
	struct span line = str_span(&p->line), name, value;
	unsigned params;

	if (line.n == 0 || p->problem[0] != '\0' ||
	    !cut_line(line, &name, &params, &value))
		return;
	if (span_isi(name, "BEGIN"))
		begin_component(p, line, value);
	else if (span_isi(name, "END"))
		end_component(p, line, value);
	else if (p->depth > 0 && p->levels[p->depth - 1].keep)
		take_property(p, line, name, params);
}

/* Add a physical line to the unfolded one, without controls. */
static void
add_physical(struct pass *p, struct span s)
{
	size_t i;

	/* What is cut off still has its name: it may be one to leave out. */
	if (p->line.len + s.n > LINE_MAX_) {
		p->too_long = true;
		s = span_sub(s, 0, LINE_MAX_ - p->line.len);
	}
	for (i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c >= 0x20 && c != 0x7F) || c == '\t')
			str_addc(&p->line, (char)c);
	}
}

static void
walk(struct pass *p, struct span text)
{
	unsigned lines = 0;
	struct span s;

	while (text.p != NULL && text.n > 0 && p->problem[0] == '\0') {
		s = span_cut(&text, '\n');
		if (++lines > LINES_MAX) {
			p->problem = "calendar part has over 2,000 lines";
			return;
		}
		if (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t')) {
			add_physical(p, span_sub(s, 1, s.n));
			continue;
		}
		take_line(p);
		str_clear(&p->line);
		p->too_long = false;
		add_physical(p, s);
	}
	take_line(p);
	if (p->depth > 0 && p->problem[0] == '\0')
		p->problem = "calendar part is cut off: a BEGIN has no END";
}

static void
add_utf8(struct str *out, uint32_t c)
{
	if (c < 0x80) {
		str_addc(out, (char)c);
		return;
	}
	if (c < 0x800) {
		str_addc(out, (char)(0xC0 | c >> 6));
	} else {
		if (c < 0x10000) {
			str_addc(out, (char)(0xE0 | c >> 12));
		} else {
			str_addc(out, (char)(0xF0 | c >> 18));
			str_addc(out, (char)(0x80 | (c >> 12 & 0x3F)));
		}
		str_addc(out, (char)(0x80 | (c >> 6 & 0x3F)));
	}
	str_addc(out, (char)(0x80 | (c & 0x3F)));
}

static void
from_utf16(struct str *out, struct span s, bool big)
{
	const unsigned char *u = (const unsigned char *)s.p;
	uint32_t c, low;
	size_t i;

	for (i = 0; i + 1 < s.n; i += 2) {
		c = (uint32_t)u[i + (big ? 0 : 1)] << 8 | u[i + (big ? 1 : 0)];
		if (c >= 0xD800 && c < 0xDC00 && i + 3 < s.n) {
			low = (uint32_t)u[i + (big ? 2 : 3)] << 8 |
			    u[i + (big ? 3 : 2)];
			if (low >= 0xDC00 && low < 0xE000) {
				c = 0x10000 + ((c - 0xD800) << 10) +
				    (low - 0xDC00);
				i += 2;
			}
		}
		if (c >= 0xD800 && c < 0xE000)
			c = 0xFFFD;
		if (c != 0xFEFF)
			add_utf8(out, c);
	}
}

/* Windows-1252, of which Latin-1 is the common part. */
static void
from_latin(struct str *out, struct span s)
{
	static const uint16_t high[32] = {
		0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
		0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD,
		0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
		0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178,
	};
	size_t i;

	for (i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		add_utf8(out, c >= 0x80 && c < 0xA0 ? high[c - 0x80] : c);
	}
}

/* The part in UTF-8, whatever it was declared to be. */
static void
to_utf8(struct str *out, struct span s)
{
	if (span_has_prefix(s, "\xff\xfe") ||
	    (s.n >= 2 && s.p[0] != '\0' && s.p[1] == '\0'))
		from_utf16(out, s, false);
	else if (span_has_prefix(s, "\xfe\xff") ||
	    (s.n >= 2 && s.p[0] == '\0' && s.p[1] != '\0'))
		from_utf16(out, s, true);
	else if (utf8_is_valid(s))
		str_addspan(out, span_has_prefix(s, "\xef\xbb\xbf") ?
		    span_sub(s, 3, s.n) : s);
	else
		from_latin(out, s);
}

void
screen_part(struct arena *a, struct span raw, struct screen *out)
{
	struct pass p = { .arena = a, .line = STR_EMPTY, .out = STR_EMPTY,
	    .problem = "", .other = "" };
	struct str text = STR_EMPTY;

	if (raw.n > PART_MAX) {
		p.problem = "calendar part is over 256 kB";
	} else {
		to_utf8(&text, raw);
		walk(&p, str_span(&text));
	}
	out->problem = p.problem;
	out->other = p.other;
	out->text = span_of(str_dup(a, &p.out));
	str_done(&text);
	str_done(&p.line);
	str_done(&p.out);
}
