/* SPDX-License-Identifier: ISC */
/*
 * Str: a growable byte buffer. Owns data until str_done(). May hold NUL
 * bytes. Invariant: data is NULL, or cap > len and data[len] is NUL.
 */
#include "base/str.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/xmalloc.h"

/* Make room for n more bytes and the NUL. */
static void
reserve(struct str *s, size_t n)
{
	size_t need, cap;

	if (n >= PTRDIFF_MAX - s->len)
		need = SIZE_MAX;	/* makes xrealloc abort */
	else
		need = s->len + n + 1;
	if (s->data != NULL && need <= s->cap)
		return;
	cap = s->cap < 32 ? 64 : s->cap * 2;
	if (cap < need)
		cap = need;
	s->data = xrealloc(s->data, cap);
	s->cap = cap;
}

void
str_init(struct str *s)
{
	s->data = NULL;
	s->len = 0;
	s->cap = 0;
}

void
str_done(struct str *s)
{
	free(s->data);
	str_init(s);
}

void
str_clear(struct str *s)
{
	s->len = 0;
	if (s->data != NULL)
		s->data[0] = '\0';
}

void
str_add(struct str *s, const void *p, size_t n)
{
	reserve(s, n);
	if (n > 0)
		memcpy(s->data + s->len, p, n);
	s->len += n;
	s->data[s->len] = '\0';
}

void
str_adds(struct str *s, const char *text)
{
	str_add(s, text, strlen(text));
}

void
str_addc(struct str *s, char c)
{
	str_add(s, &c, 1);
}

void
str_addspan(struct str *s, struct span span)
{
	str_add(s, span.p, span.n);
}

void
str_addf(struct str *s, const char *fmt, ...)
{
	va_list ap;
	int n;

	reserve(s, 120);
	va_start(ap, fmt);
	n = vsnprintf(s->data + s->len, s->cap - s->len, fmt, ap);
	va_end(ap);
	if (n < 0)
		abort();
	if ((size_t)n >= s->cap - s->len) {
		reserve(s, (size_t)n);
		va_start(ap, fmt);
		if (vsnprintf(s->data + s->len, s->cap - s->len, fmt, ap) != n)
			abort();
		va_end(ap);
	}
	s->len += (size_t)n;
}

const char *
str_get(const struct str *s)
{
	return s->data != NULL ? s->data : "";
}

struct span
str_span(const struct str *s)
{
	return span_make(str_get(s), s->len);
}

char *
str_dup(struct arena *a, const struct str *s)
{
	return arena_strndup(a, str_get(s), s->len);
}
