/* SPDX-License-Identifier: ISC */
/*
 * UTF-8 decoding after RFC 3629: no overlong forms, no surrogates, nothing
 * above U+10FFFF. Pure. Invariant: whatever comes in, what utf8_clean() and
 * utf8_line() give out is valid UTF-8 without control characters.
 */
#include "base/utf8.h"

#include "base/arena.h"
#include "base/str.h"

#define REPLACEMENT 0xFFFDu

/* Length of the valid character at p (n > 0 bytes left), or 0; sets *out. */
static size_t
decode(const char *p, size_t n, uint32_t *out)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char c = (unsigned char)p[0];
	size_t len, i;
	uint32_t v;

	if (c < 0x80) {
		*out = c;
		return 1;
	}
	if (c < 0xC2 || c > 0xF4)
		return 0;
	len = c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
	if (n < len)
		return 0;
	v = c & (0x7Fu >> len);
	for (i = 1; i < len; i++) {
		c = (unsigned char)p[i];
		if ((c & 0xC0) != 0x80)
			return 0;
		v = v << 6 | (c & 0x3Fu);
	}
	if (v < least[len] || v > 0x10FFFF || (v >= 0xD800 && v <= 0xDFFF))
		return 0;
	*out = v;
	return len;
}

static bool
is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7F && c < 0xA0);
}

/* Blanks, line ends of all kinds, and the Unicode line separators. */
static bool
is_white(uint32_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 ||
	    c == 0x2028 || c == 0x2029;
}

bool
utf8_is_valid(struct span s)
{
	size_t pos = 0, len;
	uint32_t c;

	while (pos < s.n) {
		len = decode(s.p + pos, s.n - pos, &c);
		if (len == 0)
			return false;
		pos += len;
	}
	return true;
}

bool
utf8_is_ascii(struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	}
	return true;
}

uint32_t
utf8_next(struct span s, size_t *pos)
{
	uint32_t c;
	size_t len;

	if (*pos >= s.n)
		return REPLACEMENT;
	len = decode(s.p + *pos, s.n - *pos, &c);
	if (len == 0) {
		(*pos)++;
		return REPLACEMENT;
	}
	*pos += len;
	return c;
}

/* Append the character that began at from, or U+FFFD if it was not valid. */
static void
put_char(struct str *out, struct span s, size_t from, size_t to, uint32_t c)
{
	if (c == REPLACEMENT)
		str_adds(out, "\xEF\xBF\xBD");
	else
		str_addspan(out, span_sub(s, from, to));
}

char *
utf8_clean(struct arena *a, struct span s)
{
	struct str out = STR_EMPTY;
	size_t pos = 0, from;
	uint32_t c;
	char *copy;

	while (pos < s.n) {
		from = pos;
		c = utf8_next(s, &pos);
		if (!is_control(c) || c == '\t' || c == '\n')
			put_char(&out, s, from, pos, c);
	}
	copy = str_dup(a, &out);
	str_done(&out);
	return copy;
}

char *
utf8_line(struct arena *a, struct span s)
{
	struct str out = STR_EMPTY;
	bool gap = false;
	size_t pos = 0, from;
	uint32_t c;
	char *copy;

	while (pos < s.n) {
		from = pos;
		c = utf8_next(s, &pos);
		if (is_white(c)) {
			gap = out.len > 0;
			continue;
		}
		if (is_control(c))
			continue;
		if (gap)
			str_addc(&out, ' ');
		gap = false;
		put_char(&out, s, from, pos, c);
	}
	copy = str_dup(a, &out);
	str_done(&out);
	return copy;
}

struct span
utf8_truncate(struct span s, size_t max)
{
	size_t n = max, back = 0;

	if (s.n <= max)
		return s;
	/* A character has at most three continuation bytes. */
	while (n > 0 && back < 3 && ((unsigned char)s.p[n] & 0xC0) == 0x80) {
		n--;
		back++;
	}
	if (((unsigned char)s.p[n] & 0xC0) == 0x80)
		n = max;	/* not UTF-8: cut anywhere */
	return span_sub(s, 0, n);
}
