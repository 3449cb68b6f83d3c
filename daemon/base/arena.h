/* SPDX-License-Identifier: ISC */
/*
 * Arena: one per unit of work (a message, a command, an event). Everything
 * allocated from it lives until arena_reset() or arena_free(). Nothing in an
 * arena may be stored in an object that outlives it. Out of memory aborts.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena;

/* Make an empty arena; never NULL. Freed by arena_free(). */
struct arena *arena_new(void);
/* Free all memory of a (NULL allowed). */
void arena_free(struct arena *a);
/* Forget all allocations; keeps one block. Poisons under ASan. */
void arena_reset(struct arena *a);
/* Return n zeroed bytes, 16-byte aligned, owned by a. */
void *arena_alloc(struct arena *a, size_t n);
/* Return a zeroed array of count elements of size bytes, owned by a. */
void *arena_array(struct arena *a, size_t count, size_t size);
/* Return a NUL-terminated copy of s, owned by a. */
char *arena_strdup(struct arena *a, const char *s);
/* Return a NUL-terminated copy of the n bytes at p, owned by a. */
char *arena_strndup(struct arena *a, const char *p, size_t n);
/* Return the formatted string, owned by a. */
char *arena_printf(struct arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* As arena_printf. */
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));

#endif
