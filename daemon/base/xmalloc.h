/* SPDX-License-Identifier: ISC */
/*
 * Allocation that cannot fail: out of memory logs one line and aborts the
 * role; the master restarts it and nothing acknowledged is lost.
 */
#ifndef BASE_XMALLOC_H
#define BASE_XMALLOC_H

#include <stddef.h>

/* Return n fresh bytes (uninitialised); never NULL. Caller frees. */
void *xmalloc(size_t n);
/* Return count * size zeroed bytes; aborts on overflow. Caller frees. */
void *xcalloc(size_t count, size_t size);
/* Grow or shrink p (NULL allowed) to n bytes; never NULL. */
void *xrealloc(void *p, size_t n);
/* Return a heap copy of s (not NULL). Caller frees. */
char *xstrdup(const char *s);

#endif
