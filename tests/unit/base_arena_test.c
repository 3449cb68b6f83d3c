/* SPDX-License-Identifier: ISC */
/* Arena and xmalloc: alignment, zeroing, reuse after reset, big blocks. */
#include "tests/test.h"

#include <string.h>

#include "base/arena.h"
#include "base/xmalloc.h"

struct size_row {
	const char *name;
	size_t n;
	int times;
};

static const struct size_row sizes[] = {
	{ "no bytes at all", 0, 10 },
	{ "one byte", 1, 1000 },
	{ "just an alignment unit", 16, 1000 },
	{ "odd size", 77, 1000 },
	{ "a quarter of the first block", 1024, 50 },
	{ "larger than the first block", 5000, 50 },
	{ "larger than any block", 200000, 5 },
};

static int
is_zero(const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (p[i] != 0)
			return 0;
	}
	return 1;
}

static void
test_alloc(void **state)
{
	const struct size_row *row = *state;
	struct arena *a = arena_new();
	int round, i;
	char *p;

	for (round = 0; round < 3; round++) {
		for (i = 0; i < row->times; i++) {
			p = arena_alloc(a, row->n);
			assert_non_null(p);
			assert_int_equal((uintptr_t)p % 16, 0);
			assert_true(is_zero(p, row->n));
			memset(p, 0xA5, row->n);
		}
		arena_reset(a);
	}
	arena_free(a);
}

struct text_row {
	const char *name;
	size_t width;
};

static const struct text_row texts[] = {
	{ "empty text", 0 },
	{ "short text", 10 },
	{ "last that fits the small buffer", 255 },
	{ "first that does not", 256 },
	{ "long text", 70000 },
};

static void
test_printf(void **state)
{
	const struct text_row *row = *state;
	struct arena *a = arena_new();
	char *p, *copy;

	p = arena_printf(a, "%*s", (int)row->width, "");
	assert_int_equal(strlen(p), row->width);
	copy = arena_strdup(a, p);
	assert_string_equal(copy, p);
	assert_ptr_not_equal(copy, p);
	arena_free(a);
}

static void
test_blocks_stay(void **state)
{
	struct arena *a = arena_new();
	char *small, *big, *after;

	(void)state;
	small = arena_strdup(a, "small");
	big = arena_alloc(a, 100000);
	memset(big, 'b', 100000);
	after = arena_strdup(a, "after");
	assert_string_equal(small, "small");
	assert_string_equal(after, "after");
	assert_int_equal(big[99999], 'b');
	arena_free(a);
}

static void
test_strndup(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	assert_string_equal(arena_strndup(a, "abcdef", 3), "abc");
	assert_string_equal(arena_strndup(a, NULL, 0), "");
	assert_memory_equal(arena_strndup(a, "a\0b", 3), "a\0b", 4);
	arena_free(a);
	arena_free(NULL);
}

static void
test_array(void **state)
{
	struct arena *a = arena_new();
	int *p;

	(void)state;
	p = arena_array(a, 100, sizeof(*p));
	assert_true(is_zero((const char *)p, 100 * sizeof(*p)));
	arena_free(a);
}

static void
test_xmalloc(void **state)
{
	char *p, *q;

	(void)state;
	p = xmalloc(0);
	assert_non_null(p);
	p = xrealloc(p, 5);
	memcpy(p, "text", 5);
	q = xstrdup(p);
	assert_string_equal(q, "text");
	free(p);
	free(q);
	p = xcalloc(3, 4);
	assert_true(is_zero(p, 12));
	free(p);
	p = xcalloc(0, 4);
	assert_non_null(p);
	free(p);
}

int
main(void)
{
	const struct CMUnitTest single[] = {
		cmocka_unit_test(test_blocks_stay),
		cmocka_unit_test(test_strndup),
		cmocka_unit_test(test_array),
		cmocka_unit_test(test_xmalloc),
	};
	int failed = 0;

	failed += TEST_ROWS("arena_alloc", sizes, test_alloc);
	failed += TEST_ROWS("arena_printf", texts, test_printf);
	failed += cmocka_run_group_tests_name("arena", single, NULL, NULL);
	return test_exit(failed);
}
