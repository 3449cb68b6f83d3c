/* SPDX-License-Identifier: ISC */
/*
 * Recipe: how one copy is made from a body file: stretches of the file,
 * literal text, and per-copy variables, in order; bodies are never rewritten.
 * B64 encloses steps whose bytes are base64-encoded in 76-character lines.
 */
#ifndef MAIL_RECIPE_H
#define MAIL_RECIPE_H

#include <stddef.h>
#include <stdint.h>
#include "base/span.h"
#include "model/wire.h"

struct arena;
struct err;
struct str;

enum recipe_op {
	RECIPE_BODY = 1,	/* bytes [a, a+b) of the file; b = UINT32_MAX:
				 * to its end */
	RECIPE_TEXT,		/* text */
	RECIPE_VAR,		/* vars[a] of the copy */
	RECIPE_B64_BEGIN,	/* base64 from here, */
	RECIPE_B64_END,		/* to here (not nested); ends with CRLF */
};

/* Builder: steps are appended to a growing recipe in an arena; neighbouring
 * TEXT steps merge. */
struct recipe_builder {
	struct arena *arena;
	struct recipe *recipe;
	size_t cap;
};

/* Begin an empty recipe in a. */
void recipe_begin(struct recipe_builder *b, struct arena *a);
/* Append len bytes of the body file from off; UINT32_MAX: to its end. */
void recipe_body(struct recipe_builder *b, uint32_t off, uint32_t len);
/* Append literal bytes (copied). */
void recipe_text(struct recipe_builder *b, struct span text);
/* Append a literal string (copied). */
void recipe_texts(struct recipe_builder *b, const char *text);
/* Append the n-th variable (from 0) of the copy. */
void recipe_var(struct recipe_builder *b, uint32_t n);
/* Begin (not 0) or end a stretch in base64. */
void recipe_b64(struct recipe_builder *b, int begin);
/* The finished recipe, in the arena. */
const struct recipe *recipe_end(struct recipe_builder *b);

/* Check a decoded recipe against the body's size and number of vars. */
int recipe_check(const struct recipe *r, size_t body_size, size_t n_vars,
    struct err *err);
/* Make one whole copy (appends to out). The recipe was checked. */
void recipe_apply(const struct recipe *r, struct span body,
    const struct var *vars, size_t n_vars, struct str *out);

/* Append a transparent post: the file as it is, without the header fields of
 * d->cuts whose name is in drop (lower case, NULL-terminated; an entry that
 * ends in "*" is a prefix). What is to stand before it is in b already. */
void recipe_post(struct recipe_builder *b, const struct digest *d,
    const char *const *drop);

#endif
