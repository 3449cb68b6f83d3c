/* SPDX-License-Identifier: ISC */
/*
 * Writing content lines. Owns no property names. Invariant: no text given in
 * can end the line, add a parameter or split a character.
 */
#include "cal/line.h"

#include <string.h>

#include "base/str.h"
#include "base/utf8.h"

#define FOLD_AT 75
#define PARAM_MAX 200
#define ADDRESS_MAX 320
#define URI_MAX 2000

void
line_begin(struct line *l, struct str *out)
{
	l->out = out;
	l->column = 0;
}

void
line_put(struct line *l, struct span text)
{
	size_t room;

	while (text.n > FOLD_AT - l->column) {
		room = FOLD_AT - l->column;
		/* Not inside a character: go back to its first byte. */
		while (room > 0 && ((unsigned char)text.p[room] & 0xC0) == 0x80)
			room--;
		str_add(l->out, text.p, room);
		str_add(l->out, "\r\n ", 3);
		l->column = 1;
		text = span_sub(text, room, text.n);
	}
	str_addspan(l->out, text);
	l->column += text.n;
}

void
line_puts(struct line *l, const char *text)
{
	line_put(l, span_of(text));
}

void
line_put_param(struct line *l, const char *text)
{
	char buf[2 * PARAM_MAX + 2];
	struct span s = utf8_truncate(span_of(text), PARAM_MAX);
	bool valid = utf8_is_valid(s);
	size_t n = 0, i;
	unsigned char c;

	buf[n++] = '"';
	for (i = 0; i < s.n; i++) {
		c = (unsigned char)s.p[i];
		if (c < 0x20 || c == 0x7F)
			continue;
		/* C1 controls: C2 80 to C2 9F. */
		if (valid && c == 0xC2 && (unsigned char)s.p[i + 1] < 0xA0) {
			i++;
			continue;
		}
		if (c == '"' || c == '^') {
			buf[n++] = '^';
			buf[n++] = c == '"' ? '\'' : '^';
		} else {
			buf[n++] = c < 0x80 || valid ? (char)c : '?';
		}
	}
	buf[n++] = '"';
	line_put(l, span_make(buf, n));
}

/* 0 cannot be, 1 as it is, 3 percent-encoded (RFC 6068 section 2). */
static size_t
mailto_width(unsigned char c)
{
	if (c <= ' ' || c == 0x7F || strchr("\"<>\\,;:()[]", c) != NULL)
		return 0;
	return c >= 0x80 || strchr("%?#^`{|}", c) != NULL ? 3 : 1;
}

bool
line_put_mailto(struct line *l, const char *addr)
{
	static const char hex[] = "0123456789ABCDEF";
	char buf[7 + 3 * ADDRESS_MAX];
	struct span s = span_of(addr);
	size_t n = 7, i, at = span_rfind(s, '@');

	if (s.n > ADDRESS_MAX || at == 0 || at + 1 >= s.n || !utf8_is_valid(s))
		return false;
	memcpy(buf, "mailto:", 7);
	for (i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		switch (mailto_width(c)) {
		case 0:
			return false;
		case 1:
			buf[n++] = (char)c;
			break;
		default:
			buf[n++] = '%';
			buf[n++] = hex[c >> 4];
			buf[n++] = hex[c & 15];
		}
	}
	line_put(l, span_make(buf, n));
	return true;
}

void
line_end(struct line *l)
{
	str_add(l->out, "\r\n", 2);
	l->column = 0;
}

bool
line_is_uri(struct span s)
{
	static const char *const schemes[] = {
		"https://", "http://", "sip:", "sips:", "tel:", "xmpp:",
	};
	size_t i, start = 0;

	for (i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		if (span_has_prefixi(s, schemes[i]))
			start = strlen(schemes[i]);
	}
	if (start == 0 || s.n == start || s.n > URI_MAX)
		return false;
	for (i = start; i < s.n; i++) {
		if ((unsigned char)s.p[i] <= ' ' ||
		    (unsigned char)s.p[i] >= 0x7F ||
		    strchr("\"<>\\^`{|}", s.p[i]) != NULL)
			return false;
	}
	return true;
}
