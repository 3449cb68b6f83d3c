/* SPDX-License-Identifier: ISC */
/*
 * Span: reading slices of bytes that somebody else owns. Allocates nothing,
 * keeps nothing. Invariant: p may be NULL when n is 0, and no function reads
 * at or past p + n.
 */
#include "base/span.h"

#include <string.h>

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool
equal_i(const char *a, const char *b, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (lower(a[i]) != lower(b[i]))
			return false;
	}
	return true;
}

struct span
span_make(const char *p, size_t n)
{
	struct span s = { p, n };

	return s;
}

struct span
span_of(const char *s)
{
	return span_make(s, s != NULL ? strlen(s) : 0);
}

struct span
span_sub(struct span s, size_t from, size_t to)
{
	if (to > s.n)
		to = s.n;
	if (from > to)
		from = to;
	return span_make(s.p != NULL ? s.p + from : NULL, to - from);
}

bool
span_eq(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool
span_eqi(struct span a, struct span b)
{
	return a.n == b.n && equal_i(a.p, b.p, a.n);
}

bool
span_is(struct span a, const char *s)
{
	return span_eq(a, span_of(s));
}

bool
span_isi(struct span a, const char *s)
{
	return span_eqi(a, span_of(s));
}

bool
span_has_prefix(struct span s, const char *prefix)
{
	struct span want = span_of(prefix);

	return s.n >= want.n && span_eq(span_sub(s, 0, want.n), want);
}

bool
span_has_prefixi(struct span s, const char *prefix)
{
	struct span want = span_of(prefix);

	return s.n >= want.n && span_eqi(span_sub(s, 0, want.n), want);
}

bool
span_has_suffixi(struct span s, const char *suffix)
{
	struct span want = span_of(suffix);

	return s.n >= want.n && span_eqi(span_sub(s, s.n - want.n, s.n), want);
}

size_t
span_find(struct span s, char c)
{
	const char *hit;

	if (s.n == 0)
		return 0;
	hit = memchr(s.p, c, s.n);
	return hit != NULL ? (size_t)(hit - s.p) : s.n;
}

size_t
span_rfind(struct span s, char c)
{
	const char *hit;

	if (s.n == 0)
		return 0;
	hit = memrchr(s.p, c, s.n);
	return hit != NULL ? (size_t)(hit - s.p) : s.n;
}

size_t
span_search(struct span s, struct span needle)
{
	const char *hit;

	if (needle.n == 0 || s.n == 0)
		return needle.n == 0 ? 0 : s.n;
	hit = memmem(s.p, s.n, needle.p, needle.n);
	return hit != NULL ? (size_t)(hit - s.p) : s.n;
}

size_t
span_searchi(struct span s, const char *needle)
{
	struct span want = span_of(needle);
	size_t i;

	for (i = 0; want.n <= s.n && i <= s.n - want.n; i++) {
		if (equal_i(s.p + i, want.p, want.n))
			return i;
	}
	return s.n;
}

struct span
span_trim(struct span s)
{
	while (s.n > 0 && is_blank(s.p[0]))
		s = span_sub(s, 1, s.n);
	while (s.n > 0 && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

struct span
span_cut(struct span *s, char c)
{
	struct span head;
	size_t at;

	at = span_find(*s, c);
	head = span_sub(*s, 0, at);
	if (at == s->n)
		*s = span_make(NULL, 0);
	else
		*s = span_sub(*s, at + 1, s->n);
	return head;
}

struct span
span_line(struct span *s)
{
	struct span line;

	line = span_cut(s, '\n');
	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

bool
span_u64(struct span s, uint64_t max, uint64_t *out)
{
	uint64_t v = 0, digit;
	size_t i;

	if (s.n == 0)
		return false;
	for (i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		digit = (uint64_t)(s.p[i] - '0');
		if (v > (UINT64_MAX - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	if (v > max)
		return false;
	*out = v;
	return true;
}
