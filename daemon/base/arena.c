/* SPDX-License-Identifier: ISC */
/*
 * Arena allocator: a list of blocks, the first of which is being filled.
 * Owns all that it hands out; never runs destructors. Under AddressSanitizer
 * the free part of each block is poisoned, with a gap behind each
 * allocation. Invariant: every returned pointer is 16-byte aligned and its
 * bytes are zero.
 */
#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xmalloc.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#endif

#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define GAP 16
#define POISON(p, n) ASAN_POISON_MEMORY_REGION(p, n)
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION(p, n)
#else
#define GAP 0
#define POISON(p, n) ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#endif

#define ALIGN 16
#define BLOCK_MIN 4096
#define BLOCK_MAX 65536

struct block {
	struct block *next;
	size_t size;
	size_t used;
	_Alignas(ALIGN) char data[];
};

struct arena {
	struct block *head;
	size_t want;		/* size of the next ordinary block */
};

static struct block *
block_new(size_t size)
{
	struct block *b;

	b = xmalloc(sizeof(*b) + size);
	b->next = NULL;
	b->size = size;
	b->used = 0;
	POISON(b->data, size);
	return b;
}

static void
block_free(struct block *b)
{
	UNPOISON(b->data, b->size);
	free(b);
}

struct arena *
arena_new(void)
{
	struct arena *a;

	a = xmalloc(sizeof(*a));
	a->head = NULL;
	a->want = BLOCK_MIN;
	return a;
}

void
arena_free(struct arena *a)
{
	struct block *b;

	if (a == NULL)
		return;
	while ((b = a->head) != NULL) {
		a->head = b->next;
		block_free(b);
	}
	free(a);
}

void
arena_reset(struct arena *a)
{
	struct block *b, *keep = NULL;

	/* The newest ordinary block is the largest one worth keeping. */
	while ((b = a->head) != NULL) {
		a->head = b->next;
		if (keep == NULL && b->size <= BLOCK_MAX)
			keep = b;
		else
			block_free(b);
	}
	if (keep != NULL) {
		keep->next = NULL;
		keep->used = 0;
		POISON(keep->data, keep->size);
	}
	a->head = keep;
}

/* Make room for need bytes and return the block that has it. */
static struct block *
find_room(struct arena *a, size_t need)
{
	struct block *b = a->head;

	if (b != NULL && b->size - b->used >= need)
		return b;
	if (need > a->want / 4) {
		/* A block of its own, behind the one being filled. */
		b = block_new(need);
		if (a->head == NULL) {
			a->head = b;
		} else {
			b->next = a->head->next;
			a->head->next = b;
		}
		return b;
	}
	b = block_new(a->want);
	if (a->want < BLOCK_MAX)
		a->want *= 2;
	b->next = a->head;
	a->head = b;
	return b;
}

void *
arena_alloc(struct arena *a, size_t n)
{
	struct block *b;
	size_t need;
	char *p;

	if (n > PTRDIFF_MAX - 2 * ALIGN)
		return xmalloc(SIZE_MAX);	/* aborts */
	need = ((n > 0 ? n : 1) + ALIGN - 1) / ALIGN * ALIGN + GAP;
	b = find_room(a, need);
	p = b->data + b->used;
	b->used += need;
	UNPOISON(p, n);
	memset(p, 0, n);
	return p;
}

void *
arena_array(struct arena *a, size_t count, size_t size)
{
	if (size > 0 && count > PTRDIFF_MAX / size)
		return xmalloc(SIZE_MAX);	/* aborts */
	return arena_alloc(a, count * size);
}

char *
arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

char *
arena_strndup(struct arena *a, const char *p, size_t n)
{
	char *copy;

	copy = arena_alloc(a, n + 1);
	if (n > 0)
		memcpy(copy, p, n);
	return copy;
}

char *
arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
	va_list again;
	char small[256], *out;
	int n;

	va_copy(again, ap);
	n = vsnprintf(small, sizeof(small), fmt, ap);
	if (n < 0)
		abort();
	if ((size_t)n < sizeof(small)) {
		out = arena_strndup(a, small, (size_t)n);
	} else {
		out = arena_alloc(a, (size_t)n + 1);
		if (vsnprintf(out, (size_t)n + 1, fmt, again) != n)
			abort();
	}
	va_end(again);
	return out;
}

char *
arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *out;

	va_start(ap, fmt);
	out = arena_vprintf(a, fmt, ap);
	va_end(ap);
	return out;
}
