/* SPDX-License-Identifier: ISC */
/*
 * Encoders and decoders generated from model/structs.def. Owns no format
 * decisions: the primitives are base/codec.
 */
#include "model/wire.h"
#include "base/arena.h"
#include "base/codec.h"
#include "base/str.h"

static inline void
put_u32(struct str *out, uint32_t v)
{
	enc_u32(out, v);
}

static inline void
put_i64(struct str *out, int64_t v)
{
	enc_i64(out, v);
}

static inline void
put_flag(struct str *out, bool v)
{
	enc_u32(out, v ? 1 : 0);
}

static inline void
put_str(struct str *out, const char *v)
{
	enc_str(out, v);
}

static inline void
put_bytes(struct str *out, struct span v)
{
	enc_bytes(out, v);
}

static inline void
get_u32(struct dec *d, uint32_t *v)
{
	*v = dec_u32(d);
}

static inline void
get_i64(struct dec *d, int64_t *v)
{
	*v = dec_i64(d);
}

static inline void
get_flag(struct dec *d, bool *v)
{
	uint32_t n = dec_u32(d);

	if (n > 1)
		d->bad = true;
	*v = n == 1;
}

static inline void
get_str(struct dec *d, const char **v)
{
	*v = dec_str(d);
}

static inline void
get_bytes(struct dec *d, struct span *v)
{
	*v = dec_bytes(d);
}

#define PUT_F(kind, n) put_##kind(out, s->n);
#define PUT_L(type, n, max) \
	enc_u32(out, (uint32_t)s->n_##n); \
	for (size_t i = 0; i < s->n_##n; i++) \
		wire_put_##type(out, &s->n[i]);
#define STRUCT(type, FIELDS) \
	void \
	wire_put_##type(struct str *out, const struct type *s) \
	{ \
		FIELDS(PUT_F, PUT_L) \
	}
#include "model/structs.def"
#undef STRUCT

#define GET_F(kind, n) get_##kind(d, &s->n);
#define GET_L(type, n, max) \
	s->n_##n = dec_count(d, max); \
	s->n = arena_array(d->arena, s->n_##n, sizeof(*s->n)); \
	for (size_t i = 0; i < s->n_##n; i++) \
		wire_get_##type(d, &s->n[i]);
#define STRUCT(type, FIELDS) \
	void \
	wire_get_##type(struct dec *d, struct type *s) \
	{ \
		FIELDS(GET_F, GET_L) \
	}
#include "model/structs.def"
#undef STRUCT
