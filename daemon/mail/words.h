/* SPDX-License-Identifier: ISC */
/*
 * Words: encoded words (RFC 2047) and raw 8-bit text of header values, to
 * clean one-line UTF-8. Pure.
 */
#ifndef MAIL_WORDS_H
#define MAIL_WORDS_H

#include "base/span.h"

struct arena;

/* The text of a header value, folded or not: encoded words decoded (also
 * where they touch other text, and characters split across neighbouring words
 * joined), raw 8-bit as UTF-8 or else windows-1252, no control characters,
 * white space collapsed. Words of an unknown charset stay as written. In a. */
char *words_decode(struct arena *a, struct span value);
/* Length of the encoded word at the start of s, 0 if there is none. */
size_t words_length(struct span s);
/* Value of a hexadecimal digit, -1 if it is none. */
int words_hex(char c);

#endif
