/* SPDX-License-Identifier: ISC */
/*
 * The author's text: the first text/plain part that is no attachment and not
 * in an enclosed message; if that is blank or missing, the first text/html
 * part, converted. Flowed text (RFC 3676) is joined again, so that a form's
 * long line is one line. Invariant: the text is clean UTF-8 with LF lines.
 */
#include "mail/text.h"

#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "base/utf8.h"
#include "mail/decode.h"
#include "mail/html.h"
#include "mail/mime.h"

/* HTML of that many bytes is looked at for one byte of text. */
#define HTML_FACTOR 40

static bool
is_blank(const char *s)
{
	return s[strspn(s, " \t\n")] == '\0';
}

static size_t
find(const struct mime *m, const char *type)
{
	size_t i;

	for (i = 0; i < m->n; i++) {
		const struct mime_part *p = &m->parts[i];

		if (p->leaf && !p->enclosed && strcmp(p->type, type) == 0 &&
		    strcmp(p->disposition, "attachment") != 0)
			return i;
	}
	return m->n;
}

/* True if both parts are below one multipart/alternative: the same text. */
static bool
are_alternatives(const struct mime *m, size_t x, size_t y)
{
	while (x != y && x != MIME_NO_PARENT && y != MIME_NO_PARENT) {
		if (m->parts[x].depth >= m->parts[y].depth)
			x = m->parts[x].parent;
		else
			y = m->parts[y].parent;
	}
	return x == y && x != MIME_NO_PARENT &&
	    strcmp(m->parts[x].type, "multipart/alternative") == 0;
}

static size_t
quote_depth(struct span line)
{
	size_t n = 0;

	while (n < line.n && line.p[n] == '>')
		n++;
	return n;
}

/* RFC 3676 section 4.2: join lines that end in a blank. */
static char *
unflow(struct arena *a, const char *text, bool delsp)
{
	struct str out = STR_EMPTY;
	struct span rest = span_of(text), line, body;
	size_t depth, last = 0;
	bool open = false, soft;
	char *joined;

	while (rest.n > 0) {
		line = span_line(&rest);
		depth = quote_depth(line);
		body = span_sub(line, depth, line.n);
		if (body.n > 0 && body.p[0] == ' ')	/* stuffed */
			body = span_sub(body, 1, body.n);
		soft = body.n > 0 && body.p[body.n - 1] == ' ' &&
		    !span_is(body, "-- ");
		if (open && (depth != last || span_is(body, "-- "))) {
			str_addc(&out, '\n');
			open = false;
		}
		if (!open) {
			str_addspan(&out, span_sub(line, 0, depth));
			str_adds(&out, depth > 0 ? " " : "");
		}
		if (soft && delsp)
			body.n--;
		str_addspan(&out, body);
		if (!soft)
			str_addc(&out, '\n');
		open = soft;
		last = depth;
	}
	joined = str_dup(a, &out);
	str_done(&out);
	return joined;
}

static const char *
plain_text(struct arena *a, const struct mime_part *p, size_t max, bool *cut)
{
	const char *text;

	text = decode_text(a, p->encoding, p->charset, p->body, max, cut);
	return p->flowed ? unflow(a, text, p->delsp) : text;
}

static const char *
text_of_html(struct arena *a, const struct mime_part *p, size_t max,
    bool *cut)
{
	const char *html;

	html = decode_text(a, p->encoding, p->charset, p->body,
	    max * HTML_FACTOR, cut);
	return html_text(a, span_of(html), max, cut);
}

void
text_digest(struct arena *a, const struct mime *m, size_t max,
    struct digest *d)
{
	size_t plain = find(m, "text/plain"), html = find(m, "text/html");
	struct span shorter;
	bool cut = false;
	const char *text = "";

	/* HTML with a later plain part that is not its alternative: a footer
	 * or an attachment, not the text. */
	if (plain < m->n && (html > plain ||
	    are_alternatives(m, plain, html)))
		text = plain_text(a, &m->parts[plain], max, &cut);
	if (is_blank(text) && html < m->n) {
		cut = false;
		text = text_of_html(a, &m->parts[html], max, &cut);
		d->text_from_html = true;
	}
	if (is_blank(text) && d->text_from_html && plain < m->n) {
		cut = d->text_from_html = false;
		text = plain_text(a, &m->parts[plain], max, &cut);
	}
	if (strlen(text) > max) {	/* unflow() may add blanks */
		shorter = utf8_truncate(span_of(text), max);
		text = arena_strndup(a, shorter.p, shorter.n);
		cut = true;
	}
	d->text = text;
	d->text_truncated = cut;
}
