/* SPDX-License-Identifier: ISC */
/*
 * Codec: the primitive encodings of messages and stored blobs. Integers are
 * little-endian and fixed size; strings are a u32 length and the bytes. The
 * decoder never reads past its input and never trusts a count: any violation
 * sets bad and every later read gives zero values.
 */
#ifndef BASE_CODEC_H
#define BASE_CODEC_H

#include <stdbool.h>
#include <stdint.h>
#include "base/span.h"

struct arena;
struct str;

/* Append one value to out. */
void enc_u32(struct str *out, uint32_t v);
void enc_i64(struct str *out, int64_t v);
/* s NULL counts as "". */
void enc_str(struct str *out, const char *s);
/* Bytes, may hold NUL. */
void enc_bytes(struct str *out, struct span s);

struct dec {
	struct span in;
	size_t pos;
	bool bad;
	struct arena *arena;
};

/* Begin to read in (borrowed); what is read is copied to a. */
void dec_init(struct dec *d, struct arena *a, struct span in);
/* The next value, 0 if the input is bad. */
uint32_t dec_u32(struct dec *d);
int64_t dec_i64(struct dec *d);
/* NUL-terminated copy in the arena, never NULL; an embedded NUL is bad. */
const char *dec_str(struct dec *d);
/* Bytes copied into the arena. */
struct span dec_bytes(struct dec *d);
/* A list count: bad if over max or over the bytes left. */
uint32_t dec_count(struct dec *d, uint32_t max);
/* True if all input was read and nothing was bad. */
bool dec_end(struct dec *d);

#endif
