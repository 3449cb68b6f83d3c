/* SPDX-License-Identifier: ISC */
/*
 * Parameters of Content-Type and Content-Disposition. Knows no parameter by
 * name. Invariant: costs are linear in the value, for the number of
 * parameters is bounded before they are looked at.
 */
#include "mail/param.h"

#include <stdbool.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/utf8.h"
#include "mail/charset.h"
#include "mail/lex.h"
#include "mail/words.h"

#define MAX_SECTION 99

/* Where in quotation marks and comments a scan is. */
struct quoting {
	bool quoted;
	size_t depth;
};

enum part { PART_SKIP, PART_TEXT, PART_BLANK, PART_QUOTE, PART_SEPARATOR };

static enum part
plain_part(char c)
{
	if (c == '\r' || c == '\n' || c == '\0')
		return PART_SKIP;
	if (c == ';')
		return PART_SEPARATOR;
	return c == ' ' || c == '\t' ? PART_BLANK : PART_TEXT;
}

/* What the byte at *pos is; a backslash moves *pos to what it quotes. */
static enum part
next_part(struct quoting *q, struct span s, size_t *pos)
{
	char c = s.p[*pos];
	enum part plain = plain_part(c);

	if (c == '\\' && (q->quoted || q->depth > 0)) {
		if (++*pos >= s.n || plain_part(s.p[*pos]) == PART_SKIP)
			return PART_SKIP;
		return q->depth > 0 ? PART_SKIP : PART_TEXT;
	}
	if (c == '"' && q->depth == 0) {
		q->quoted = !q->quoted;
		return PART_QUOTE;
	}
	if (q->quoted)
		return plain == PART_SKIP ? PART_SKIP : PART_TEXT;
	if (c == '(') {
		q->depth++;
		return PART_SKIP;
	}
	if (q->depth == 0)
		return plain;
	if (c == ')')
		q->depth--;
	return PART_SKIP;
}

/* End of the stretch at pos up to a ";" outside of quotes and comments. */
static size_t
stretch_end(struct span s, size_t pos)
{
	struct quoting q = { false, 0 };

	for (; pos < s.n; pos++) {
		if (next_part(&q, s, &pos) == PART_SEPARATOR)
			return pos;
	}
	return s.n;
}

/* Copy a stretch to a without comments, quotes, folds; blanks inside stay. */
static struct span
unquote(struct arena *a, struct span s)
{
	struct quoting q = { false, 0 };
	char *out = arena_alloc(a, s.n + 1);
	size_t i, n = 0, keep = 0;
	enum part part;

	for (i = 0; i < s.n; i++) {
		part = next_part(&q, s, &i);
		if (part == PART_TEXT || (part == PART_BLANK && n > 0))
			out[n++] = s.p[i];
		if (part == PART_TEXT || part == PART_QUOTE)
			keep = n;
	}
	out[keep] = '\0';
	return span_make(out, keep);
}

/* Split "name*2*" into name, section and the extended flag. */
static void
read_name(struct arena *a, struct span s, struct param *p)
{
	char *name = arena_strndup(a, s.p, s.n), *star;
	uint64_t section;

	lex_lower(name);
	star = strchr(name, '*');
	if (star != NULL && star[1] == '\0') {
		p->extended = 1;
		*star = '\0';
	} else if (star != NULL) {
		s = span_of(star + 1);
		p->extended = s.p[s.n - 1] == '*';
		s.n -= (size_t)p->extended;
		if (span_u64(s, MAX_SECTION, &section)) {
			p->section = (unsigned)section;
			*star = '\0';
		}
	}
	p->name = name;
}

static void
add_param(struct arena *a, struct span text, struct params *out)
{
	struct param *p;
	struct span name = text;
	size_t eq;

	eq = span_find(text, '=');
	if (eq == text.n)
		return;
	name = span_trim(span_sub(text, 0, eq));
	if (name.n == 0 || name.n > 100)
		return;
	p = &out->list[out->n++];
	read_name(a, name, p);
	p->raw = unquote(a, span_sub(text, eq + 1, text.n));
}

static size_t
count(struct span s)
{
	size_t n = 0, pos = 0;

	while (pos < s.n) {
		pos = stretch_end(s, pos) + 1;
		n++;
	}
	return n;
}

int
param_parse(struct arena *a, struct span value, size_t max,
    struct params *out, struct err *err)
{
	size_t pos, end;
	char *first;
	size_t n = count(value);

	if (n > max + 1)
		return err_set(err, ERR_LIMIT,
		    "a header field has over %zu parameters", max);
	memset(out, 0, sizeof(*out));
	out->list = arena_array(a, n + 1, sizeof(*out->list));
	pos = stretch_end(value, 0);
	first = arena_strdup(a, unquote(a, span_sub(value, 0, pos)).p);
	lex_lower(first);
	out->value = first;
	while (pos < value.n) {
		end = stretch_end(value, pos + 1);
		add_param(a, span_sub(value, pos + 1, end), out);
		pos = end;
	}
	return 0;
}

static const struct param *
find(const struct params *p, const char *name, unsigned section)
{
	size_t i;

	for (i = 0; i < p->n; i++) {
		if (p->list[i].section == section &&
		    strcmp(p->list[i].name, name) == 0)
			return &p->list[i];
	}
	return NULL;
}

static void
put_percent(struct str *out, struct span s)
{
	size_t i;
	int hi, lo;

	for (i = 0; i < s.n; i++) {
		hi = s.p[i] == '%' && i + 2 < s.n ? words_hex(s.p[i + 1]) : -1;
		lo = hi >= 0 ? words_hex(s.p[i + 2]) : -1;
		if (lo >= 0) {
			str_addc(out, (char)(hi << 4 | lo));
			i += 2;
		} else
			str_addc(out, s.p[i]);
	}
}

/* Join the sections of name into out; *charset: "" unless one is given. */
static bool
join(const struct params *p, const char *name, struct str *out,
    struct span *charset)
{
	const struct param *q;
	struct span raw;
	unsigned section;

	*charset = span_make("", 0);
	for (section = 0; section <= MAX_SECTION; section++) {
		q = find(p, name, section);
		if (q == NULL)
			break;
		raw = q->raw;
		if (section == 0 && q->extended) {
			/* charset'language'text */
			*charset = span_cut(&raw, '\'');
			(void)span_cut(&raw, '\'');
			if (raw.p == NULL) {
				raw = q->raw;
				*charset = span_make("", 0);
			}
		}
		if (q->extended)
			put_percent(out, raw);
		else
			str_addspan(out, raw);
	}
	return section > 0;
}

struct span
param_raw(struct arena *a, const struct params *p, const char *name)
{
	struct str joined = STR_EMPTY;
	struct span charset, out = { NULL, 0 };

	if (join(p, name, &joined, &charset))
		out = span_make(str_dup(a, &joined), joined.len);
	str_done(&joined);
	return out;
}

const char *
param_text(struct arena *a, const struct params *p, const char *name)
{
	struct str joined = STR_EMPTY, text = STR_EMPTY;
	struct span charset;
	const char *out = "";

	if (join(p, name, &joined, &charset)) {
		if (charset.n > 0 &&
		    charset_convert(charset, str_span(&joined), &text))
			out = utf8_line(a, str_span(&text));
		else	/* many senders put encoded words here */
			out = words_decode(a, str_span(&joined));
	}
	str_done(&joined);
	str_done(&text);
	return out;
}
