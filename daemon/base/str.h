/* SPDX-License-Identifier: ISC */
/*
 * Str: a growable byte buffer on the heap, always NUL-terminated after its
 * length (data is never NULL after the first add). Out of memory aborts.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stddef.h>
#include "base/span.h"

struct arena;

struct str {
	char *data;
	size_t len;
	size_t cap;
};

#define STR_EMPTY { NULL, 0, 0 }

/* Make s empty; the same as STR_EMPTY. */
void str_init(struct str *s);
/* Free the buffer; s is empty and usable again. */
void str_done(struct str *s);
/* Length 0, keeps the memory. */
void str_clear(struct str *s);
/* Append n bytes, a text, a byte, a span, a formatted text. What is appended
 * must not lie in s itself. */
void str_add(struct str *s, const void *p, size_t n);
void str_adds(struct str *s, const char *text);
void str_addc(struct str *s, char c);
void str_addspan(struct str *s, struct span span);
void str_addf(struct str *s, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Contents, valid until the next change ("" if empty). */
const char *str_get(const struct str *s);
struct span str_span(const struct str *s);
/* Contents copied to a. */
char *str_dup(struct arena *a, const struct str *s);

#endif
