/* SPDX-License-Identifier: ISC */
/* UTF-8 (RFC 3629) checks and clean-up. Pure. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/span.h"

struct arena;

/* True if all of s is valid UTF-8 / plain ASCII. */
bool utf8_is_valid(struct span s);
bool utf8_is_ascii(struct span s);
/* Copy of s in a: invalid bytes become U+FFFD; NUL and controls other than
 * TAB and LF are dropped; CRLF becomes LF. */
char *utf8_clean(struct arena *a, struct span s);
/* As utf8_clean with every run of white space one blank and trimmed: safe in
 * a header value. */
char *utf8_line(struct arena *a, struct span s);
/* Longest prefix of s of at most max bytes that does not split a character. */
struct span utf8_truncate(struct span s, size_t max);
/* Decode the character at *pos (advances); 0xFFFD for an invalid byte. */
uint32_t utf8_next(struct span s, size_t *pos);

#endif
