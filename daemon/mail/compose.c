/* SPDX-License-Identifier: ISC */
/*
 * Compose: header fields and text parts of the mails that we write, and the
 * text templates. Does not know which mails there are. Invariant: no value
 * can bring a line end or NUL into a header, and no output line is longer
 * than RFC 5322 allows unless a single structured token is.
 */
#include "mail/compose.h"

#include <string.h>

#include "base/arena.h"
#include "base/crypt.h"
#include "base/err.h"
#include "base/str.h"
#include "base/utf8.h"

#define LINE 76		/* bytes of a header or body line that we aim at */
#define WORD 64		/* longest encoded word: RFC 2047 section 2 allows 75
			 * and lines of 76, with the field name */

/* ---- headers ---- */

/* Append value at column col, broken before blanks so that lines stay short
 * where they can. */
static void
fold(struct str *out, size_t col, struct span value)
{
	size_t pos = 0, end;

	while (pos < value.n) {
		/* A stretch: blanks and the word behind them. */
		end = pos;
		while (end < value.n && value.p[end] == ' ')
			end++;
		while (end < value.n && value.p[end] != ' ')
			end++;
		if (pos > 0 && col + (end - pos) > LINE) {
			str_adds(out, "\r\n");
			col = 0;
		}
		str_addspan(out, span_sub(value, pos, end));
		col += end - pos;
		pos = end;
	}
	str_adds(out, "\r\n");
}

static bool
is_q_safe(unsigned char c)
{
	/* RFC 2047 section 5 (3): fit for a phrase as well. */
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	    (c >= 'a' && c <= 'z') || (c != '\0' && strchr("!*+-/", c) != NULL);
}

static size_t
q_cost(struct span s)
{
	size_t i, n = 0;

	for (i = 0; i < s.n; i++)
		n += is_q_safe((unsigned char)s.p[i]) || s.p[i] == ' ' ? 1 : 3;
	return n;
}

static void
put_q(struct str *out, struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++) {
		if (is_q_safe((unsigned char)s.p[i]))
			str_addc(out, s.p[i]);
		else if (s.p[i] == ' ')
			str_addc(out, '_');
		else
			str_addf(out, "=%02X", (unsigned char)s.p[i]);
	}
}

void
compose_words(struct str *out, struct span text)
{
	/* "=?UTF-8?Q?" and "?=" take 12 bytes. */
	const size_t room = WORD - 12;
	/* Readable where most of it is ASCII. */
	bool base64 = q_cost(text) > text.n * 2;
	size_t pos = 0, end, next, cost;

	while (pos < text.n) {
		end = pos;
		while (end < text.n) {
			next = end;
			(void)utf8_next(text, &next);
			cost = base64 ? (next - pos + 2) / 3 * 4 :
			    q_cost(span_sub(text, pos, next));
			if (cost > room)
				break;
			end = next;
		}
		str_adds(out, pos > 0 ? " " : "");
		str_adds(out, base64 ? "=?UTF-8?B?" : "=?UTF-8?Q?");
		if (base64)
			crypt_base64(out, span_sub(text, pos, end));
		else
			put_q(out, span_sub(text, pos, end));
		str_adds(out, "?=");
		pos = end;
	}
}

/* True if a word is too long to be folded, or looks like an encoded one. */
static bool
needs_words(struct span s)
{
	size_t i, run = 0;

	if (!utf8_is_ascii(s) || span_search(s, span_of("=?")) < s.n)
		return true;
	for (i = 0; i < s.n; i++) {
		run = s.p[i] == ' ' ? 0 : run + 1;
		if (run > 900)
			return true;
	}
	return false;
}

void
compose_header(struct str *out, const char *name, const char *value)
{
	struct arena *a = arena_new();
	struct str text = STR_EMPTY;
	struct span s = span_of(utf8_line(a, span_of(value)));

	if (needs_words(s))
		compose_words(&text, s);
	else
		str_addspan(&text, s);
	str_addf(out, "%s: ", name);
	fold(out, strlen(name) + 2, str_span(&text));
	str_done(&text);
	arena_free(a);
}

void
compose_raw(struct str *out, const char *name, const char *value)
{
	struct arena *a = arena_new();
	char *clean = utf8_clean(a, span_of(value)), *p;

	/* Blanks are kept as they are: they may stand between quotation
	 * marks. */
	for (p = clean; *p != '\0'; p++) {
		if (*p == '\n' || *p == '\t')
			*p = ' ';
	}
	str_addf(out, "%s: ", name);
	fold(out, strlen(name) + 2, span_trim(span_of(clean)));
	arena_free(a);
}

/* ---- bodies ---- */

static bool
is_7bit(struct span text)
{
	struct span line, rest = text;

	if (!utf8_is_ascii(text))
		return false;
	while (rest.n > 0) {
		line = span_line(&rest);
		/* Some systems turn "From " into ">From ". */
		if (line.n > LINE + 2 || span_has_prefix(line, "From "))
			return false;
	}
	return true;
}

/* One line as quoted-printable (RFC 2045 section 6.7), without its end. */
static void
put_qp(struct str *out, struct span line)
{
	size_t i, col = 0, need;
	unsigned char c;
	bool plain;

	for (i = 0; i < line.n; i++) {
		c = (unsigned char)line.p[i];
		plain = c >= ' ' && c < 0x7F && c != '=';
		if (c == ' ' && i + 1 == line.n)
			plain = false;	/* blanks at line ends get lost */
		if (i == 0 && (span_has_prefix(line, "From ") || c == '.'))
			plain = false;
		need = plain ? 1 : 3;
		if (col + need > LINE - 1) {
			str_adds(out, "=\r\n");
			col = 0;
		}
		if (plain)
			str_addc(out, (char)c);
		else
			str_addf(out, "=%02X", c);
		col += need;
	}
}

void
compose_qp(struct str *out, struct span text, bool joined)
{
	while (text.n > 0) {
		bool ends = span_find(text, '\n') < text.n;

		put_qp(out, span_line(&text));
		if (ends)
			str_adds(out, "\r\n");
		else if (joined)
			str_adds(out, "=\r\n");
	}
}

void
compose_text(struct str *out, const char *subtype, const char *text)
{
	struct arena *a = arena_new();
	struct span rest = span_of(utf8_clean(a, span_of(text))), line;
	bool plain = is_7bit(rest);

	str_addf(out, "Content-Type: text/%s; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: %s\r\n\r\n", subtype,
	    plain ? "7bit" : "quoted-printable");
	while (rest.n > 0) {
		line = span_line(&rest);
		if (plain) {
			str_addspan(out, line);
			str_adds(out, "\r\n");
		} else {
			put_qp(out, line);
			str_adds(out, "\r\n");
		}
	}
	arena_free(a);
}

char *
compose_boundary(struct arena *a, const uint8_t seed[16])
{
	/* "=_" occurs neither in quoted-printable nor in base64. */
	return arena_printf(a, "=_%s", crypt_hex(a, seed, 16));
}

char *
compose_message_id(struct arena *a, const uint8_t seed[16], const char *host)
{
	return arena_printf(a, "<%s.list@%s>", crypt_hex(a, seed, 16), host);
}

/* ---- templates ---- */

#define MAX_SECTIONS 8

struct template {
	struct span in;
	size_t pos;
	const char *const *vars;
	struct str *out;
	struct span open[MAX_SECTIONS];	/* names of the open sections */
	size_t n_open;
	size_t hidden;	/* number of open sections when the first empty one
			 * was opened, 0 = text is shown */
	struct err *err;
};

/* Value of name, or NULL. */
static const char *
lookup(const char *const *vars, struct span name)
{
	for (; vars[0] != NULL; vars += 2) {
		if (span_is(name, vars[0]))
			return vars[1];
	}
	return NULL;
}

static int
open_section(struct template *t, struct span name)
{
	const char *value = lookup(t->vars, name);

	if (value == NULL)
		return err_set(t->err, ERR_BADINPUT,
		    "template: unknown name in {{#%.*s}}", (int)name.n,
		    name.p);
	if (t->n_open == MAX_SECTIONS)
		return err_set(t->err, ERR_BADINPUT,
		    "template: over %d sections in each other", MAX_SECTIONS);
	t->open[t->n_open++] = name;
	if (t->hidden == 0 && value[0] == '\0')
		t->hidden = t->n_open;
	return 0;
}

static int
close_section(struct template *t, struct span name)
{
	if (t->n_open == 0 || !span_eq(t->open[t->n_open - 1], name))
		return err_set(t->err, ERR_BADINPUT,
		    "template: {{/%.*s}} closes nothing", (int)name.n, name.p);
	if (t->hidden == t->n_open)
		t->hidden = 0;
	t->n_open--;
	return 0;
}

/* If the tag [from, to) stands alone on its line, the line goes with it. */
static size_t
behind_tag(struct template *t, size_t from, size_t to)
{
	if ((from > 0 && t->in.p[from - 1] != '\n') || to >= t->in.n ||
	    t->in.p[to] != '\n')
		return to;
	return to + 1;
}

/* The tag at t->pos ("{{" stands there). */
static int
expand_tag(struct template *t)
{
	struct span rest = span_sub(t->in, t->pos + 2, t->in.n), name;
	size_t from = t->pos, end;
	const char *value;
	int rc;

	end = span_search(rest, span_of("}}"));
	if (end == rest.n)
		return err_set(t->err, ERR_BADINPUT,
		    "template: \"{{\" without \"}}\"");
	name = span_sub(rest, 0, end);
	t->pos += 2 + end + 2;
	if (name.n > 0 && (name.p[0] == '#' || name.p[0] == '/')) {
		rc = name.p[0] == '#' ?
		    open_section(t, span_sub(name, 1, name.n)) :
		    close_section(t, span_sub(name, 1, name.n));
		t->pos = behind_tag(t, from, t->pos);
		return rc;
	}
	value = lookup(t->vars, name);
	if (value == NULL)
		return err_set(t->err, ERR_BADINPUT,
		    "template: unknown name in {{%.*s}}", (int)name.n, name.p);
	if (t->hidden == 0)
		str_adds(t->out, value);
	return 0;
}

static int
expand(struct template *t)
{
	struct span rest;
	size_t at;

	while (t->pos < t->in.n) {
		rest = span_sub(t->in, t->pos, t->in.n);
		at = span_search(rest, span_of("{{"));
		if (t->hidden == 0)
			str_addspan(t->out, span_sub(rest, 0, at));
		t->pos += at;
		if (at < rest.n && expand_tag(t) != 0)
			return -1;
	}
	if (t->n_open > 0)
		return err_set(t->err, ERR_BADINPUT,
		    "template: section {{#%.*s}} has no end",
		    (int)t->open[0].n, t->open[0].p);
	return 0;
}

int
compose_template(struct arena *a, struct span text,
    const char *const *vars, const char **subject_out, const char **body_out,
    struct err *err)
{
	struct str subject = STR_EMPTY, body = STR_EMPTY;
	struct template t;
	struct span line;
	int rc = -1;

	/* Templates are UTF-8 text files; CRLF is taken as LF. */
	text = span_of(utf8_clean(a, text));
	line = span_line(&text);
	if (!span_has_prefixi(line, "subject:") ||
	    span_line(&text).n != 0)
		return err_set(err, ERR_BADINPUT, "template: does not begin "
		    "with \"Subject: ...\" and an empty line");
	memset(&t, 0, sizeof(t));
	t.vars = vars;
	t.err = err;
	t.in = span_trim(span_sub(line, 8, line.n));
	t.out = &subject;
	if (expand(&t) != 0)
		goto out;
	t.in = text;
	t.pos = 0;
	t.out = &body;
	if (expand(&t) != 0)
		goto out;
	*subject_out = utf8_line(a, str_span(&subject));
	*body_out = str_dup(a, &body);
	rc = 0;
out:
	str_done(&subject);
	str_done(&body);
	return rc;
}
