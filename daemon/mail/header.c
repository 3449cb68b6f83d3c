/* SPDX-License-Identifier: ISC */
/*
 * Header blocks of mails and of MIME parts, split on raw bytes (RFC 5322
 * section 2.2 and the obsolete blank before the colon). Owns what a field is;
 * does not know what any field means. Invariant: every offset given out lies
 * within the mail, and the fields follow one another without overlap.
 */
#include "mail/header.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/utf8.h"
#include "mail/words.h"

struct scan {
	struct arena *arena;
	struct span mail;
	const struct header_limits *limits;
	struct header *out;
	struct err *err;
	size_t cap;
	size_t line;		/* number of the line at hand, from 1 */
	bool bad;
};

static void
complain(struct scan *s, enum err_kind kind, const char *what)
{
	if (!s->bad)
		(void)err_set(s->err, kind, "header line %zu %s", s->line,
		    what);
	s->bad = true;
}

/* Length of the line at p including its LF, or all of s. */
static size_t
line_len(struct span s)
{
	size_t at = span_find(s, '\n');

	return at < s.n ? at + 1 : s.n;
}

static bool
is_empty_line(struct span line)
{
	return span_is(line, "\r\n") || span_is(line, "\n");
}

/* The field name in line (obsolete blanks before the colon cut), or an empty
 * span if the line does not begin a field. */
static struct span
field_name(struct span line, size_t *colon)
{
	size_t i, end;

	end = span_find(line, ':');
	if (end == line.n)
		return span_make(line.p, 0);
	*colon = end;
	while (end > 0 && (line.p[end - 1] == ' ' || line.p[end - 1] == '\t'))
		end--;
	for (i = 0; i < end; i++) {
		if (line.p[i] <= ' ' || line.p[i] == 0x7F)
			return span_make(line.p, 0);
	}
	return span_sub(line, 0, end);
}

static struct header_field *
append(struct scan *s)
{
	struct header *h = s->out;
	struct header_field *bigger;

	if (h->n == s->cap) {
		s->cap = s->cap == 0 ? 32 : s->cap * 2;
		bigger = arena_array(s->arena, s->cap, sizeof(*bigger));
		if (h->n > 0)
			memcpy(bigger, h->fields, h->n * sizeof(*bigger));
		h->fields = bigger;
	}
	return &h->fields[h->n++];
}

/* Take the field that begins at off with the given first line; returns the
 * length of the whole field. */
static size_t
take_field(struct scan *s, size_t off, struct span line)
{
	struct header_field *f;
	struct span name, rest;
	size_t len = line.n, n, colon = 0;

	name = field_name(line, &colon);
	if (name.n == 0)
		complain(s, ERR_BADINPUT,
		    "is no header field (\"Name: value\")");
	for (;;) {
		rest = span_sub(s->mail, off + len, s->mail.n);
		if (rest.n == 0 || (rest.p[0] != ' ' && rest.p[0] != '\t'))
			break;
		n = line_len(rest);
		s->line++;
		if (n > s->limits->max_line)
			complain(s, ERR_LIMIT, "is too long");
		len += n;
	}
	if (name.n == 0)
		return len;
	if (s->out->n >= s->limits->max_fields) {
		complain(s, ERR_LIMIT, "is one field too many");
		return len;
	}
	f = append(s);
	f->name = name;
	f->off = off;
	f->len = len;
	f->raw_value = span_sub(s->mail, off + colon + 1, off + len);
	while (f->raw_value.n > 0 &&
	    (f->raw_value.p[f->raw_value.n - 1] == '\n' ||
	    f->raw_value.p[f->raw_value.n - 1] == '\r'))
		f->raw_value.n--;
	return len;
}

int
header_scan(struct arena *a, struct span mail,
    const struct header_limits *limits, struct header *out, struct err *err)
{
	struct scan s = { a, mail, limits, out, err, 0, 0, false };
	struct span line;
	size_t pos = 0;

	memset(out, 0, sizeof(*out));
	while (pos < mail.n) {
		line = span_sub(mail, pos, mail.n);
		line.n = line_len(line);
		s.line++;
		if (is_empty_line(line)) {
			pos += line.n;
			break;
		}
		if (line.n > limits->max_line)
			complain(&s, ERR_LIMIT, "is too long");
		pos += take_field(&s, pos, line);
		if (pos > limits->max_bytes && !s.bad) {
			(void)err_set(err, ERR_LIMIT,
			    "the header is over %zu bytes", limits->max_bytes);
			s.bad = true;
		}
	}
	out->end = pos;
	return s.bad ? -1 : 0;
}

int
header_split(struct arena *a, struct span mail,
    const struct header_limits *limits, struct header *out, struct err *err)
{
	struct header h;

	if (header_scan(a, mail, limits, &h, err) != 0)
		return -1;
	*out = h;
	return 0;
}

const struct header_field *
header_get(const struct header *h, const char *name, size_t nth)
{
	size_t i;

	for (i = 0; i < h->n; i++) {
		if (span_isi(h->fields[i].name, name) && nth-- == 0)
			return &h->fields[i];
	}
	return NULL;
}

size_t
header_count(const struct header *h, const char *name)
{
	size_t i, n = 0;

	for (i = 0; i < h->n; i++) {
		if (span_isi(h->fields[i].name, name))
			n++;
	}
	return n;
}

char *
header_value(struct arena *a, const struct header_field *f)
{
	struct span v = span_trim(f->raw_value);
	char *out = arena_alloc(a, v.n + 1);
	size_t i, n = 0;

	/* Unfolding takes the line ends away and leaves the blanks; a NUL would
	 * end the string early. */
	for (i = 0; i < v.n; i++) {
		if (v.p[i] != '\r' && v.p[i] != '\n' && v.p[i] != '\0')
			out[n++] = v.p[i];
	}
	out[n] = '\0';
	return out;
}

char *
header_text(struct arena *a, const struct header_field *f)
{
	return words_decode(a, f->raw_value);
}
