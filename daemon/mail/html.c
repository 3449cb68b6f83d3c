/* SPDX-License-Identifier: ISC */
/*
 * HTML to text in one pass, without a tree: senders' HTML seldom nests right.
 * Invariant: linear in the input; a search that failed once is not repeated.
 */
#include "mail/html.h"

#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "base/utf8.h"

#define MAX_QUOTE 5
#define MAX_HREF 1000

struct html {
	struct span in;
	size_t pos;
	struct str out;
	struct str href;	/* of the open <a>, empty: none is shown */
	size_t link_at;		/* where its text begins in out */
	unsigned breaks;	/* line ends to come before the next text */
	unsigned quote;		/* depth of <blockquote> */
	unsigned pre;		/* depth of <pre> */
	bool blank;		/* a blank to come before the next text */
	bool no_quotes;		/* a quotation mark without end was met */
	bool no_comments;	/* a comment without end was met */
};

static void
put_utf8(struct str *out, uint32_t c)
{
	if (c == 0 || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
		c = 0xFFFD;
	if (c < 0x80) {
		str_addc(out, (char)c);
		return;
	}
	if (c < 0x800)
		str_addc(out, (char)(0xC0 | c >> 6));
	else if (c < 0x10000) {
		str_addc(out, (char)(0xE0 | c >> 12));
		str_addc(out, (char)(0x80 | (c >> 6 & 0x3F)));
	} else {
		str_addc(out, (char)(0xF0 | c >> 18));
		str_addc(out, (char)(0x80 | (c >> 12 & 0x3F)));
		str_addc(out, (char)(0x80 | (c >> 6 & 0x3F)));
	}
	str_addc(out, (char)(0x80 | (c & 0x3F)));
}

/* ---- output ---- */

static void
need_breaks(struct html *h, unsigned n)
{
	if (h->breaks < n)
		h->breaks = n;
	h->blank = false;
}

/* What has to stand before the next visible text. */
static void
flush(struct html *h)
{
	unsigned i;

	if (h->breaks > 0 || h->out.len == 0) {
		while (h->out.len > 0 && h->out.data[h->out.len - 1] == ' ')
			h->out.data[--h->out.len] = '\0';
		for (i = 0; h->out.len > 0 && i < h->breaks; i++)
			str_addc(&h->out, '\n');
		for (i = 0; i < h->quote && i < MAX_QUOTE; i++)
			str_adds(&h->out, "> ");
	} else if (h->blank)
		str_addc(&h->out, ' ');
	h->breaks = 0;
	h->blank = false;
}

static void
put_text(struct html *h, struct span s)
{
	flush(h);
	str_addspan(&h->out, s);
}

static void
put_char(struct html *h, char c)
{
	bool white = c == ' ' || c == '\t' || c == '\r' || c == '\n';

	if (!white)
		put_text(h, span_make(&c, 1));
	else if (h->pre > 0 && c == '\n')
		h->breaks++;
	else if (h->pre > 0 && c != '\r')
		put_text(h, span_make(&c, 1));
	else
		h->blank = h->breaks == 0;
}

/* ---- entities ---- */

struct entity {
	const char *name;
	uint32_t code;
};

static const struct entity entities[] = {
	{ "amp", '&' }, { "lt", '<' }, { "gt", '>' }, { "quot", '"' },
	{ "apos", '\'' }, { "nbsp", 0xA0 }, { "euro", 0x20AC },
	{ "ndash", 0x2013 }, { "mdash", 0x2014 }, { "hellip", 0x2026 },
	{ "lsquo", 0x2018 }, { "rsquo", 0x2019 }, { "ldquo", 0x201C },
	{ "rdquo", 0x201D }, { "sbquo", 0x201A }, { "bdquo", 0x201E },
	{ "laquo", 0xAB }, { "raquo", 0xBB }, { "bull", 0x2022 },
	{ "middot", 0xB7 }, { "copy", 0xA9 }, { "reg", 0xAE },
	{ "trade", 0x2122 }, { "deg", 0xB0 }, { "sect", 0xA7 },
	{ "times", 0xD7 }, { "rarr", 0x2192 }, { "larr", 0x2190 },
	{ "zwnj", 0x200C }, { "zwj", 0x200D }, { "shy", 0xAD },
	{ "agrave", 0xE0 }, { "aacute", 0xE1 }, { "acirc", 0xE2 },
	{ "atilde", 0xE3 }, { "auml", 0xE4 }, { "aring", 0xE5 },
	{ "aelig", 0xE6 }, { "ccedil", 0xE7 }, { "egrave", 0xE8 },
	{ "eacute", 0xE9 }, { "ecirc", 0xEA }, { "euml", 0xEB },
	{ "iacute", 0xED }, { "icirc", 0xEE }, { "iuml", 0xEF },
	{ "ntilde", 0xF1 }, { "oacute", 0xF3 }, { "ocirc", 0xF4 },
	{ "ouml", 0xF6 }, { "oslash", 0xF8 }, { "ugrave", 0xF9 },
	{ "uacute", 0xFA }, { "ucirc", 0xFB }, { "uuml", 0xFC },
	{ "szlig", 0xDF }, { "Agrave", 0xC0 }, { "Auml", 0xC4 },
	{ "Ccedil", 0xC7 }, { "Egrave", 0xC8 }, { "Eacute", 0xC9 },
	{ "Ouml", 0xD6 }, { "Uuml", 0xDC }, { NULL, 0 }
};

static uint32_t
numeric(struct span s)
{
	uint32_t v = 0, digit;
	bool hex = s.n > 0 && (s.p[0] | 0x20) == 'x';
	size_t i;

	for (i = hex ? 1 : 0; i < s.n; i++) {
		if (s.p[i] >= '0' && s.p[i] <= '9')
			digit = (uint32_t)(s.p[i] - '0');
		else if (hex && (s.p[i] | 0x20) >= 'a' &&
		    (s.p[i] | 0x20) <= 'f')
			digit = (uint32_t)((s.p[i] | 0x20) - 'a' + 10);
		else
			return 0;
		v = v * (hex ? 16 : 10) + digit;
		if (v > 0x10FFFF)
			return 0;
	}
	return v;
}

/* Code of the entity at the start of s ("&" stands there), its length in
 * *len; 0 if it is none. */
static uint32_t
entity(struct span s, size_t *len)
{
	struct span name = span_sub(s, 1, 12);
	size_t end = span_find(name, ';'), i;

	if (end == 0 || end == name.n)
		return 0;
	name.n = end;
	*len = end + 2;
	if (name.p[0] == '#')
		return numeric(span_sub(name, 1, name.n));
	for (i = 0; entities[i].name != NULL; i++) {
		if (span_is(name, entities[i].name))
			return entities[i].code;
	}
	return 0;
}

static void
put_entity(struct html *h)
{
	struct str c = STR_EMPTY;
	size_t len = 1;
	uint32_t code = entity(span_sub(h->in, h->pos, h->in.n), &len);

	if (code == 0) {
		put_char(h, '&');
		h->pos++;
		return;
	}
	h->pos += len;
	/* A no-break space is a blank that is not collapsed; soft hyphens and
	 * joiners are not seen. */
	if (code == 0xA0)
		put_text(h, span_of(" "));
	else if (code < 0x20)
		put_char(h, code == '\n' || code == '\t' ? ' ' : '?');
	else if (code != 0x7F && (code < 0x80 || code >= 0xA0) &&
	    code != 0xAD && code != 0x200C && code != 0x200D &&
	    code != 0x200B) {
		put_utf8(&c, code);
		put_text(h, str_span(&c));
	}
	str_done(&c);
}

/* ---- tags ---- */

/* Position behind the tag at h->pos, or in.n + 1 if it has no end. */
static size_t
tag_end(struct html *h)
{
	char quote = '\0';
	size_t i;

	for (i = h->pos + 1; !h->no_quotes && i < h->in.n; i++) {
		if (quote != '\0')
			quote = h->in.p[i] == quote ? '\0' : quote;
		else if (h->in.p[i] == '"' || h->in.p[i] == '\'')
			quote = h->in.p[i];
		else if (h->in.p[i] == '>')
			return i + 1;
	}
	h->no_quotes = true;
	return h->pos + span_find(span_sub(h->in, h->pos, h->in.n), '>') + 1;
}

/* Value of an attribute of the tag, quotes taken away. */
static struct span
attribute(struct span tag, const char *name)
{
	size_t len = strlen(name), at = span_searchi(tag, name);
	struct span v;
	char quote;

	if (at == tag.n)
		return span_make("", 0);
	v = span_trim(span_sub(tag, at + len, tag.n));
	if (v.n == 0 || v.p[0] != '=')
		return span_make("", 0);
	v = span_trim(span_sub(v, 1, v.n));
	if (v.n > 0 && (v.p[0] == '"' || v.p[0] == '\'')) {
		quote = v.p[0];
		v = span_sub(v, 1, v.n);
		v.n = span_find(v, quote);
		return v;
	}
	for (at = 0; at < v.n; at++) {
		if (v.p[at] == ' ' || v.p[at] == '>' || v.p[at] == '\n')
			break;
	}
	v.n = at;
	return v;
}

static void
open_link(struct html *h, struct span tag)
{
	struct span url = attribute(tag, "href");
	size_t i, len;
	uint32_t code;

	str_clear(&h->href);
	if (url.n > MAX_HREF || (!span_has_prefixi(url, "http://") &&
	    !span_has_prefixi(url, "https://")))
		return;
	for (i = 0; i < url.n; i += len) {
		len = 1;
		code = url.p[i] == '&' ?
		    entity(span_sub(url, i, url.n), &len) : 0;
		if (code != 0)
			put_utf8(&h->href, code);
		else {
			len = 1;
			str_addc(&h->href, url.p[i]);
		}
	}
	h->link_at = h->out.len;
}

/* Show where the link leads unless its text says so. */
static void
close_link(struct html *h)
{
	struct span text, url = str_span(&h->href);

	if (url.n == 0)
		return;
	text = span_sub(str_span(&h->out), h->link_at, h->out.len);
	if (span_search(text, url) == text.n && span_trim(text).n > 0) {
		str_adds(&h->out, " <");
		str_addspan(&h->out, url);
		str_addc(&h->out, '>');
	}
	str_clear(&h->href);
}

static void
nest(unsigned *depth, bool closing)
{
	if (!closing)
		(*depth)++;
	else if (*depth > 0)
		(*depth)--;
}

struct tag {
	struct span name;
	struct span all;	/* inside of the <> */
	bool closing;
};

static void
on_block(struct html *h, const struct tag *t)
{
	(void)t;
	need_breaks(h, 1);
}

static void
on_br(struct html *h, const struct tag *t)
{
	(void)t;
	if (h->breaks < 2)
		h->breaks++;
	h->blank = false;
}

static void
on_quote(struct html *h, const struct tag *t)
{
	need_breaks(h, 1);
	nest(&h->quote, t->closing);
}

static void
on_pre(struct html *h, const struct tag *t)
{
	need_breaks(h, 1);
	nest(&h->pre, t->closing);
}

static void
on_item(struct html *h, const struct tag *t)
{
	need_breaks(h, 1);
	if (!t->closing)
		put_text(h, span_of("- "));
}

static void
on_cell(struct html *h, const struct tag *t)
{
	(void)t;
	h->blank = h->breaks == 0;
}

static void
on_link(struct html *h, const struct tag *t)
{
	if (t->closing)
		close_link(h);
	else
		open_link(h, t->all);
}

/* Elements whose content is no text. */
static void
on_hidden(struct html *h, const struct tag *t)
{
	char end[16] = "</";

	if (t->closing)
		return;
	memcpy(end + 2, t->name.p, t->name.n < 12 ? t->name.n : 12);
	h->pos += span_searchi(span_sub(h->in, h->pos, h->in.n), end);
}

static void
on_tag(struct html *h, const struct tag *t)
{
	static const struct {
		const char *name;
		void (*fn)(struct html *, const struct tag *);
	} table[] = {
		{ "p", on_block }, { "div", on_block }, { "tr", on_block },
		{ "table", on_block }, { "ul", on_block }, { "ol", on_block },
		{ "dl", on_block }, { "dt", on_block }, { "dd", on_block },
		{ "section", on_block }, { "article", on_block },
		{ "header", on_block }, { "footer", on_block },
		{ "hr", on_block }, { "body", on_block },
		{ "address", on_block }, { "form", on_block },
		{ "center", on_block }, { "h1", on_block }, { "h2", on_block },
		{ "h3", on_block }, { "h4", on_block }, { "h5", on_block },
		{ "h6", on_block }, { "br", on_br }, { "pre", on_pre },
		{ "blockquote", on_quote }, { "li", on_item },
		{ "td", on_cell }, { "th", on_cell }, { "a", on_link },
		{ "style", on_hidden }, { "script", on_hidden },
		{ "title", on_hidden },
	};
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (span_isi(t->name, table[i].name)) {
			table[i].fn(h, t);
			return;
		}
	}
}

/* "<!--": true if a comment was read over. */
static bool
skip_comment(struct html *h)
{
	struct span rest = span_sub(h->in, h->pos, h->in.n);
	size_t end;

	if (h->no_comments || !span_has_prefix(rest, "<!--"))
		return false;
	end = span_search(rest, span_of("-->"));
	if (end == rest.n) {
		h->no_comments = true;
		return false;
	}
	h->pos += end + 3;
	return true;
}

/* "<" begins a tag only before these; else it is text. */
static bool
begins_tag(const struct html *h)
{
	char next = h->pos + 1 < h->in.n ? h->in.p[h->pos + 1] : ' ';

	return ((next | 0x20) >= 'a' && (next | 0x20) <= 'z') ||
	    next == '/' || next == '!' || next == '?';
}

static void
read_tag(struct html *h)
{
	struct tag t;
	size_t end, i;

	if (skip_comment(h))
		return;
	if (!begins_tag(h)) {
		put_char(h, '<');
		h->pos++;
		return;
	}
	end = tag_end(h);
	if (end > h->in.n)
		end = h->in.n;
	t.all = span_sub(h->in, h->pos + 1, end);
	h->pos = end;
	t.closing = t.all.n > 0 && t.all.p[0] == '/';
	t.name = span_sub(t.all, t.closing ? 1 : 0, t.all.n);
	for (i = 0; i < t.name.n; i++) {
		if (memchr(" >/\t\r\n", t.name.p[i], 6) != NULL)
			break;
	}
	t.name.n = i;
	on_tag(h, &t);
}

char *
html_text(struct arena *a, struct span html, size_t max, bool *cut)
{
	struct html h;
	struct span text;
	char *out;

	memset(&h, 0, sizeof(h));
	h.in = html;
	while (h.pos < html.n && h.out.len <= max) {
		if (html.p[h.pos] == '<')
			read_tag(&h);
		else if (html.p[h.pos] == '&')
			put_entity(&h);
		else
			put_char(&h, html.p[h.pos++]);
	}
	if (h.pos == html.n && h.out.len > 0 && h.out.len < max &&
	    h.out.data[h.out.len - 1] != '\n')
		str_addc(&h.out, '\n');
	text = utf8_truncate(str_span(&h.out), max);
	if (h.pos < html.n || text.n < h.out.len)
		*cut = true;
	out = text.n > 0 ? arena_strndup(a, text.p, text.n) :
	    arena_strdup(a, "");
	str_done(&h.out);
	str_done(&h.href);
	return out;
}
