/* SPDX-License-Identifier: ISC */
/*
 * Codec: fixed-size little-endian integers and counted strings. Does not
 * know messages. Invariant of the decoder: pos <= in.n; after the first
 * violation nothing more is read.
 */
#include "base/codec.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"

void
enc_u32(struct str *out, uint32_t v)
{
	char b[4];
	int i;

	for (i = 0; i < 4; i++)
		b[i] = (char)(v >> (8 * i) & 0xFF);
	str_add(out, b, sizeof(b));
}

void
enc_i64(struct str *out, int64_t v)
{
	uint64_t u = (uint64_t)v;

	enc_u32(out, (uint32_t)(u & UINT32_MAX));
	enc_u32(out, (uint32_t)(u >> 32));
}

void
enc_str(struct str *out, const char *s)
{
	enc_bytes(out, span_of(s));
}

void
enc_bytes(struct str *out, struct span s)
{
	if (s.n > UINT32_MAX)
		abort();	/* all callers have limits far below */
	enc_u32(out, (uint32_t)s.n);
	str_addspan(out, s);
}

void
dec_init(struct dec *d, struct arena *a, struct span in)
{
	d->in = in;
	d->pos = 0;
	d->bad = false;
	d->arena = a;
}

/* Take n bytes of input, or set bad and return NULL. */
static const char *
take(struct dec *d, size_t n)
{
	const char *p;

	if (d->bad || n > d->in.n - d->pos) {
		d->bad = true;
		return NULL;
	}
	p = d->in.p + d->pos;
	d->pos += n;
	return p;
}

uint32_t
dec_u32(struct dec *d)
{
	const char *p = take(d, 4);
	uint32_t v = 0;
	int i;

	if (p == NULL)
		return 0;
	for (i = 3; i >= 0; i--)
		v = v << 8 | (unsigned char)p[i];
	return v;
}

int64_t
dec_i64(struct dec *d)
{
	uint64_t lo, hi;

	lo = dec_u32(d);
	hi = dec_u32(d);
	return d->bad ? 0 : (int64_t)(hi << 32 | lo);
}

struct span
dec_bytes(struct dec *d)
{
	uint32_t n = dec_u32(d);
	const char *p = take(d, n);

	if (p == NULL)
		return span_make("", 0);
	return span_make(arena_strndup(d->arena, p, n), n);
}

const char *
dec_str(struct dec *d)
{
	struct span s = dec_bytes(d);

	if (s.n > 0 && memchr(s.p, '\0', s.n) != NULL) {
		d->bad = true;
		return "";
	}
	return s.p;
}

uint32_t
dec_count(struct dec *d, uint32_t max)
{
	uint32_t n = dec_u32(d);

	/* Each element takes one byte or more, so more is a lie. */
	if (n > max || n > d->in.n - d->pos) {
		d->bad = true;
		return 0;
	}
	return n;
}

bool
dec_end(struct dec *d)
{
	return !d->bad && d->pos == d->in.n;
}
