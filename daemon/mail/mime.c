/* SPDX-License-Identifier: ISC */
/*
 * The structure of a mail. One pass over the lines with a stack of the open
 * multiparts, innermost last; messages inside of encoded parts are decoded and
 * run through the same loop afterwards. Lines may end in CRLF or LF. There is
 * no recursion. Invariant: work is bounded by bytes times depth, memory by the
 * number of parts.
 */
#include "mail/mime.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/utf8.h"
#include "mail/decode.h"
#include "mail/header.h"
#include "mail/lex.h"
#include "mail/param.h"

#define MAX_TYPE 127	/* bytes kept of type, charset and other names */
#define MAX_NAME 255

enum state { STATE_HEADER, STATE_LEAF, STATE_OUTSIDE };

struct open_part {
	size_t part;
	struct span boundary;
};

struct split {
	struct arena *arena;
	struct arena *scratch;	/* emptied for each part */
	const struct mime_limits *limits;
	struct mime *out;
	size_t cap;
	struct err *err;
	struct span in;		/* the buffer at hand */
	struct open_part *open;
	size_t n_open;
	size_t cur;
	enum state state;
	size_t header_at;	/* where the header at hand begins */
};

static int
begin_part(struct split *s, size_t parent, size_t at)
{
	struct mime *m = s->out;
	struct mime_part *p, *bigger;
	size_t depth = 0;

	if (parent != MIME_NO_PARENT)
		depth = m->parts[parent].depth + 1;
	if (depth > s->limits->depth)
		return err_set(s->err, ERR_LIMIT,
		    "MIME parts are nested deeper than %zu levels",
		    s->limits->depth);
	if (m->n >= s->limits->parts)
		return err_set(s->err, ERR_LIMIT, "over %zu MIME parts",
		    s->limits->parts);
	if (m->n == s->cap) {
		s->cap = s->cap == 0 ? 8 : s->cap * 2;
		bigger = arena_array(s->arena, s->cap, sizeof(*bigger));
		if (m->n > 0)
			memcpy(bigger, m->parts, m->n * sizeof(*bigger));
		m->parts = bigger;
	}
	p = &m->parts[m->n];
	memset(p, 0, sizeof(*p));
	p->parent = parent;
	p->depth = depth;
	p->path = parent == MIME_NO_PARENT ? "1" :
	    arena_printf(s->arena, "%s.%zu", m->parts[parent].path,
	    ++m->parts[parent].n_children);
	p->type = p->encoding = p->charset = p->name = p->disposition = "";
	p->method = p->report_type = p->message_id = "";
	p->leaf = true;
	p->enclosed = parent != MIME_NO_PARENT &&
	    (m->parts[parent].enclosed ||
	    strncmp(m->parts[parent].type, "message/", 8) == 0);
	p->body = span_sub(s->in, at, at);
	s->cur = m->n++;
	s->state = STATE_HEADER;
	s->header_at = at;
	return 0;
}

/* A clean copy in the arena that outlives the scratch arena, bounded. */
static const char *
keep(struct split *s, const char *text, size_t max)
{
	struct span t = span_of(utf8_line(s->scratch, span_of(text)));

	t = utf8_truncate(t, max);
	return t.n == 0 ? "" : arena_strndup(s->arena, t.p, t.n);
}

static const char *
keep_lower(struct split *s, struct span text)
{
	char *copy = arena_strndup(s->scratch, text.p, text.n);

	lex_lower(copy);
	return keep(s, copy, MAX_TYPE);
}

static bool
is_type(const char *value)
{
	size_t i, slash = 0;

	for (i = 0; value[i] != '\0'; i++) {
		if (value[i] == '/' && i > 0)
			slash++;
		else if ((unsigned char)value[i] >= 0x80 ||
		    (!lex_is_atext(value[i]) && value[i] != '.'))
			return false;
	}
	return slash == 1 && i <= MAX_TYPE && value[i - 1] != '/';
}

static const char *
default_type(const struct split *s)
{
	size_t parent = s->out->parts[s->cur].parent;

	if (parent != MIME_NO_PARENT && strcmp(s->out->parts[parent].type,
	    "multipart/digest") == 0)
		return "message/rfc822";
	return "text/plain";
}

static int
params_of(struct split *s, const struct header *h, const char *name,
    struct params *out)
{
	const struct header_field *f = header_get(h, name, 0);
	struct span value = { "", 0 };

	if (f != NULL)
		value = f->raw_value;
	return param_parse(s->scratch, value, s->limits->params, out, s->err);
}

static int
read_type(struct split *s, const struct header *h, struct span *boundary)
{
	struct mime_part *p = &s->out->parts[s->cur];
	struct arena *a = s->scratch;
	struct params ct;

	if (params_of(s, h, "content-type", &ct) != 0)
		return -1;
	if (header_count(h, "content-type") > 1)
		s->out->odd |= MIME_ODD_TYPE;
	p->type = is_type(ct.value) ? keep(s, ct.value, MAX_TYPE) :
	    default_type(s);
	*boundary = param_raw(a, &ct, "boundary");
	p->charset = keep_lower(s, param_raw(a, &ct, "charset"));
	p->method = keep_lower(s, param_raw(a, &ct, "method"));
	p->report_type = keep_lower(s, param_raw(a, &ct, "report-type"));
	p->flowed = span_isi(param_raw(a, &ct, "format"), "flowed");
	p->delsp = span_isi(param_raw(a, &ct, "delsp"), "yes");
	p->name = keep(s, param_text(a, &ct, "name"), MAX_NAME);
	return 0;
}

static int
read_header(struct split *s, const struct header *h, struct span *boundary)
{
	struct mime_part *p = &s->out->parts[s->cur];
	const struct header_field *id;
	struct params params;
	const char *name;

	if (read_type(s, h, boundary) != 0 ||
	    params_of(s, h, "content-disposition", &params) != 0)
		return -1;
	p->disposition = keep(s, params.value, MAX_TYPE);
	name = param_text(s->scratch, &params, "filename");
	if (name[0] != '\0')
		p->name = keep(s, name, MAX_NAME);
	if (params_of(s, h, "content-transfer-encoding", &params) != 0)
		return -1;
	p->encoding = keep(s, params.value, MAX_TYPE);
	id = header_get(h, "message-id", 0);
	if (id != NULL && p->enclosed)
		p->message_id = keep(s, header_text(s->scratch, id), 998);
	return 0;
}

static bool
is_message(const struct mime_part *p)
{
	return strcmp(p->type, "message/rfc822") == 0 ||
	    strcmp(p->type, "message/global") == 0;
}

/* The header of the part at hand ends before pos. */
static int
end_header(struct split *s, size_t pos)
{
	struct header_limits limits = { s->limits->header_bytes,
	    s->limits->header_fields, s->limits->line };
	struct mime_part *p = &s->out->parts[s->cur];
	struct span boundary = { NULL, 0 };
	struct header h;
	struct err why;

	arena_reset(s->scratch);
	if (header_scan(s->scratch, span_sub(s->in, s->header_at, pos),
	    &limits, &h, &why) != 0) {
		if (why.kind == ERR_LIMIT)
			return err_set(s->err, why.kind, "MIME part %s: %s",
			    p->path, why.text);
		if (!p->enclosed)	/* returned mails are often cut */
			s->out->odd |= MIME_ODD_HEADER;
	}
	if (read_header(s, &h, &boundary) != 0)
		return -1;
	p->body = span_sub(s->in, pos, pos);
	s->state = STATE_LEAF;
	if (strncmp(p->type, "multipart/", 10) == 0) {
		if (boundary.n == 0) {
			s->out->odd |= MIME_ODD_BOUNDARY;
			return 0;
		}
		p->leaf = false;
		s->open[s->n_open].part = s->cur;
		s->open[s->n_open++].boundary = span_make(arena_strndup(
		    s->arena, boundary.p, boundary.n), boundary.n);
		s->state = STATE_OUTSIDE;
	} else if (is_message(p) && !decode_is_encoded(p->encoding)) {
		p->leaf = false;
		return begin_part(s, s->cur, pos);
	}
	return 0;
}

/* End all headers at hand: an unfinished message within a message. */
static int
end_headers(struct split *s, size_t pos)
{
	while (s->state == STATE_HEADER) {
		if (end_header(s, pos) != 0)
			return -1;
	}
	return 0;
}

/* End the bodies from the part at hand up to (without) the part upto. */
static void
end_bodies(struct split *s, size_t upto, size_t end)
{
	struct mime_part *p;
	size_t i, start;

	for (i = s->cur; i != upto; i = p->parent) {
		p = &s->out->parts[i];
		start = (size_t)(p->body.p - s->in.p);
		p->body.n = end > start ? end - start : 0;
	}
}

/* Does the line (with its "--") delimit with boundary b? *closing is set. */
static bool
delimits(struct span line, struct span b, bool exact, bool *closing)
{
	struct span rest = span_sub(line, 2, line.n);

	if (!span_eq(span_sub(rest, 0, b.n), b))
		return false;
	rest = span_sub(rest, b.n, rest.n);
	*closing = span_has_prefix(rest, "--");
	if (*closing)
		rest = span_sub(rest, 2, rest.n);
	/* Transport padding is allowed; other text behind a blank is not, but
	 * RFC 2046 section 5.1.1 tells receivers to take it. */
	if (rest.n > 0 && !exact && (rest.p[0] == ' ' || rest.p[0] == '\t'))
		return true;
	return span_trim(rest).n == 0;
}

/* Index in the stack of the multipart that this line delimits, or n_open. */
static size_t
find_open(const struct split *s, struct span line, bool *closing)
{
	size_t i;

	for (i = s->n_open; i-- > 0;) {
		if (delimits(line, s->open[i].boundary, true, closing))
			return i;
	}
	for (i = s->n_open; i-- > 0;) {
		if (delimits(line, s->open[i].boundary, false, closing))
			return i;
	}
	return s->n_open;
}

static int
on_boundary(struct split *s, size_t which, bool closing, size_t line_at,
    size_t next)
{
	size_t part = s->open[which].part, end = line_at;

	if (end_headers(s, line_at) != 0)
		return -1;
	/* The line end before the boundary belongs to it. */
	if (end > 0 && s->in.p[end - 1] == '\n')
		end--;
	if (end > 0 && end < line_at && s->in.p[end - 1] == '\r')
		end--;
	end_bodies(s, part, end);
	s->cur = part;
	s->n_open = which + 1;
	if (!closing)
		return begin_part(s, part, next);
	s->n_open = which;
	s->state = STATE_OUTSIDE;
	return 0;
}

static int
on_line(struct split *s, size_t at, size_t next)
{
	struct span line = span_sub(s->in, at, next);
	bool closing = false;
	size_t which;

	if (s->n_open > 0 && line.n > 2 && line.p[0] == '-' &&
	    line.p[1] == '-') {
		which = find_open(s, line, &closing);
		if (which < s->n_open)
			return on_boundary(s, which, closing, at, next);
	}
	if (s->state == STATE_HEADER && span_trim(line).n == 0 &&
	    (line.p[0] == '\r' || line.p[0] == '\n'))
		return end_header(s, next);
	return 0;
}

/* Split one buffer; its root becomes a child of container. */
static int
split_buffer(struct split *s, struct span in, size_t container)
{
	size_t at = 0, next;

	s->in = in;
	s->n_open = 0;
	if (begin_part(s, container, 0) != 0)
		return -1;
	while (at < in.n) {
		next = at + span_find(span_sub(in, at, in.n), '\n') + 1;
		if (next > in.n)
			next = in.n;
		if (on_line(s, at, next) != 0)
			return -1;
		at = next;
	}
	if (end_headers(s, in.n) != 0)
		return -1;
	end_bodies(s, container, in.n);
	if (s->n_open > 0)
		s->out->odd |= MIME_ODD_END;
	return 0;
}

/* Messages in base64 or quoted-printable: forbidden, yet sent. */
static int
open_encoded(struct split *s)
{
	struct span inner;
	bool cut;
	size_t i;

	for (i = 0; i < s->out->n; i++) {
		struct mime_part *p = &s->out->parts[i];

		if (!p->leaf || !is_message(p) ||
		    !decode_is_encoded(p->encoding) ||
		    p->body.n > s->limits->decode)
			continue;
		inner = decode_bytes(s->arena, p->encoding, p->body, SIZE_MAX,
		    &cut);
		p->leaf = false;
		if (split_buffer(s, inner, i) != 0)
			return -1;
	}
	return 0;
}

int
mime_split(struct arena *a, struct span mail,
    const struct mime_limits *limits, struct mime *out, struct err *err)
{
	struct split s;
	int rc;

	memset(&s, 0, sizeof(s));
	memset(out, 0, sizeof(*out));
	s.arena = a;
	s.scratch = arena_new();
	s.limits = limits;
	s.out = out;
	s.err = err;
	s.open = arena_array(a, limits->depth + 1, sizeof(*s.open));
	rc = split_buffer(&s, mail, MIME_NO_PARENT);
	if (rc == 0)
		rc = open_encoded(&s);
	arena_free(s.scratch);
	return rc;
}
