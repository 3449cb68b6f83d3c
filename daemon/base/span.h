/* SPDX-License-Identifier: ISC */
/*
 * Span: a borrowed slice of bytes, not NUL-terminated. Owner is whoever owns
 * the bytes; valid as long as they are. "i" variants ignore ASCII case.
 */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct span {
	const char *p;
	size_t n;
};

/* Span over the NUL-terminated s (NULL gives the empty span). */
struct span span_of(const char *s);
/* Span over the n bytes at p. */
struct span span_make(const char *p, size_t n);
/* Bytes [from, to) of s, both clamped to the length. */
struct span span_sub(struct span s, size_t from, size_t to);
/* Same bytes; "is" compares with a text. */
bool span_eq(struct span a, struct span b);
bool span_eqi(struct span a, struct span b);
bool span_is(struct span a, const char *s);
bool span_isi(struct span a, const char *s);
/* True if s begins or ends so. */
bool span_has_prefix(struct span s, const char *prefix);
bool span_has_prefixi(struct span s, const char *prefix);
bool span_has_suffixi(struct span s, const char *suffix);
/* Index of the first (r: last) c in s, or s.n if there is none. */
size_t span_find(struct span s, char c);
size_t span_rfind(struct span s, char c);
/* Index of the first needle in s, or s.n; an empty needle is at 0. */
size_t span_search(struct span s, struct span needle);
size_t span_searchi(struct span s, const char *needle);
/* Without leading and trailing SP, HTAB, CR, LF. */
struct span span_trim(struct span s);
/* Cut *s at the first c: return what is before it, *s becomes what is after
 * it; when there is no c, return all and *s becomes empty with p == NULL. */
struct span span_cut(struct span *s, char c);
/* As span_cut at LF, a trailing CR is dropped from the line. */
struct span span_line(struct span *s);
/* Parse all of s as an unsigned decimal number <= max; false if it is none. */
bool span_u64(struct span s, uint64_t max, uint64_t *out);

#endif
