/* SPDX-License-Identifier: ISC */
/* Str and json: what comes out after a number of additions. */
#include "tests/test.h"

#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/str.h"

static void
test_empty(void **state)
{
	struct str s = STR_EMPTY;

	(void)state;
	assert_string_equal(str_get(&s), "");
	assert_int_equal(str_span(&s).n, 0);
	str_clear(&s);
	str_add(&s, NULL, 0);
	assert_non_null(s.data);
	assert_string_equal(str_get(&s), "");
	str_done(&s);
	assert_null(s.data);
}

static void
test_adding(void **state)
{
	struct arena *a = arena_new();
	struct str s = STR_EMPTY;
	char *copy;

	(void)state;
	str_adds(&s, "ab");
	str_addc(&s, 'c');
	str_addspan(&s, span_make("defxx", 3));
	str_addf(&s, "-%d-%s", 42, "end");
	assert_string_equal(str_get(&s), "abcdef-42-end");
	assert_int_equal(s.len, strlen("abcdef-42-end"));
	copy = str_dup(a, &s);
	str_clear(&s);
	assert_string_equal(str_get(&s), "");
	str_add(&s, "a\0b", 3);
	assert_int_equal(s.len, 3);
	assert_memory_equal(str_get(&s), "a\0b", 4);
	assert_string_equal(copy, "abcdef-42-end");
	str_done(&s);
	arena_free(a);
}

struct length_row {
	const char *name;
	int n;
};

static const struct length_row lengths[] = {
	{ "formatted text of no length", 0 },
	{ "that fits in the reserve", 119 },
	{ "that just fits", 120 },
	{ "just longer than the reserve", 121 },
	{ "far longer than the reserve", 100000 },
};

static void
test_format(void **state)
{
	const struct length_row *row = *state;
	struct str s = STR_EMPTY;
	int round;

	for (round = 1; round <= 3; round++) {
		str_addf(&s, "%*s", row->n, "");
		assert_int_equal(s.len, round * row->n);
		assert_int_equal(strlen(s.data), s.len);
	}
	str_done(&s);
}

static void
test_growth(void **state)
{
	struct str s = STR_EMPTY;
	int i;

	(void)state;
	for (i = 0; i < 100000; i++) {
		str_addc(&s, (char)('a' + i % 26));
		assert_true(s.cap > s.len);
	}
	assert_int_equal(s.data[99999], 'a' + 99999 % 26);
	str_done(&s);
}

struct json_row {
	const char *name;
	const char *value;
	const char *json;
};

static const struct json_row values[] = {
	{ "plain", "abc", "\"abc\"" },
	{ "nothing", NULL, "null" },
	{ "empty", "", "\"\"" },
	{ "quote and backslash", "a\"b\\c", "\"a\\\"b\\\\c\"" },
	{ "line feed and tab", "a\nb\tc", "\"a\\nb\\u0009c\"" },
	{ "escape and DEL", "\x1B[1m\x7F", "\"\\u001b[1m\\u007f\"" },
	{ "UTF-8 passes", "Gen\xC3\xA8ve", "\"Gen\xC3\xA8ve\"" },
	{ "invalid byte is replaced", "a\xFFz", "\"a\xEF\xBF\xBDz\"" },
	{ "cut character is replaced", "a\xC3", "\"a\xEF\xBF\xBD\"" },
};

static void
test_json_value(void **state)
{
	const struct json_row *row = *state;
	struct str s = STR_EMPTY;
	struct json j;

	json_init(&j, &s);
	json_str(&j, NULL, row->value);
	assert_string_equal(str_get(&s), row->json);
	str_done(&s);
}

static void
test_json_nesting(void **state)
{
	struct str s = STR_EMPTY;
	struct json j;

	(void)state;
	json_init(&j, &s);
	json_object(&j, NULL);
	json_str(&j, "list", "jca-qkd");
	json_array(&j, "seats");
	json_int(&j, NULL, -1);
	json_int(&j, NULL, INT64_MAX);
	json_object(&j, NULL);
	json_end_object(&j);
	json_bool(&j, NULL, true);
	json_end_array(&j);
	json_array(&j, "none");
	json_end_array(&j);
	json_bool(&j, "open", false);
	json_end_object(&j);
	assert_string_equal(str_get(&s), "{\"list\":\"jca-qkd\",\"seats\":"
	    "[-1,9223372036854775807,{},true],\"none\":[],\"open\":false}");
	str_done(&s);
}

int
main(void)
{
	const struct CMUnitTest single[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_adding),
		cmocka_unit_test(test_growth),
		cmocka_unit_test(test_json_nesting),
	};
	int failed = 0;

	failed += TEST_ROWS("str_addf", lengths, test_format);
	failed += TEST_ROWS("json_str", values, test_json_value);
	failed += cmocka_run_group_tests_name("str", single, NULL, NULL);
	return test_exit(failed);
}
