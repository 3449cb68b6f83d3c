/* SPDX-License-Identifier: ISC */
/*
 * Wire: every struct that crosses a process border or is stored as a blob is
 * declared once, in model/structs.def, and its C struct, encoder and decoder
 * are generated from there. Strings are NUL-terminated and never NULL after
 * decoding; lists are bounded by their max.
 *
 * Field kinds in the .def (see its head):  F(kind, name)  with kind one of
 * u32 i64 flag str bytes, and  L(type, name, max)  for a list of structs:
 * "struct type *name; size_t n_name;".
 */
#ifndef MODEL_WIRE_H
#define MODEL_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/span.h"

struct str;
struct dec;

#define WIRE_C_u32(n) uint32_t n;
#define WIRE_C_i64(n) int64_t n;
#define WIRE_C_flag(n) bool n;
#define WIRE_C_str(n) const char *n;
#define WIRE_C_bytes(n) struct span n;
#define WIRE_C_F(kind, n) WIRE_C_##kind(n)
#define WIRE_C_L(type, n, max) struct type *n; size_t n_##n;

#define STRUCT(type, FIELDS) struct type { FIELDS(WIRE_C_F, WIRE_C_L) };
#include "model/structs.def"
#undef STRUCT

/* Append the encoding of *s to out. */
#define STRUCT(type, FIELDS) \
	void wire_put_##type(struct str *out, const struct type *s);
#include "model/structs.def"
#undef STRUCT

/* Decode into *s, memory from d->arena; check d->bad or dec_end(d) after. */
#define STRUCT(type, FIELDS) \
	void wire_get_##type(struct dec *d, struct type *s);
#include "model/structs.def"
#undef STRUCT

#endif
