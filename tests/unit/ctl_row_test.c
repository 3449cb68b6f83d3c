/* SPDX-License-Identifier: ISC */
/* Row: JSON objects taken apart, good and bad ones. */
#include "tests/test.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "ctl/row.h"

struct row_case {
	const char *name;
	const char *json;
	const char *want;	/* "key kind text|...", NULL = refused */
};

static const struct row_case cases[] = {
	{ "an empty object", "{}", "" },
	{ "a text", "{\"a\":\"b\"}", "a 0 b" },
	{ "a number", "{\"a\":-12}", "a 1 -12" },
	{ "words", "{\"a\":true,\"b\":null}", "a 2 true|b 2 null" },
	{ "blanks", " { \"a\" : 1 , \"b\" : 2 } ", "a 1 1|b 1 2" },
	{ "an object inside", "{\"a\":{\"b\":[1,\"]\"]},\"c\":1}",
	    "a 3 {\"b\":[1,\"]\"]}|c 1 1" },
	{ "an array inside", "{\"a\":[{\"x\":\"}\"},2]}",
	    "a 4 [{\"x\":\"}\"},2]" },
	{ "escapes", "{\"a\":\"q\\\"b\\\\n\\n\\u00e9\\t\"}",
	    "a 0 q\"b\\n\n\xc3\xa9\t" },
	{ "a pair of surrogates", "{\"a\":\"\\ud83d\\ude00\"}",
	    "a 0 \xf0\x9f\x98\x80" },
	{ "a lone low surrogate", "{\"a\":\"\\ude00\"}", "a 0 \xef\xbf\xbd" },
	{ "a lone high surrogate", "{\"a\":\"\\ud83dx\"}", NULL },
	{ "a zero character", "{\"a\":\"\\u0000\"}", "a 0 \xef\xbf\xbd" },
	{ "nothing", "", NULL },
	{ "an array", "[1]", NULL },
	{ "an open object", "{\"a\":1", NULL },
	{ "an open text", "{\"a\":\"b}", NULL },
	{ "a comma too many", "{\"a\":1,}", NULL },
	{ "no colon", "{\"a\" 1}", NULL },
	{ "no value", "{\"a\":}", NULL },
	{ "an unknown escape", "{\"a\":\"\\q\"}", NULL },
	{ "something behind", "{\"a\":1}x", NULL },
	{ "an open array inside", "{\"a\":[1}", NULL },
	{ "a bare key", "{a:1}", NULL },
};

static void
is_taken_apart(void **state)
{
	const struct row_case *c = *state;
	struct arena *a = arena_new();
	struct str got = STR_EMPTY;
	struct row r;
	size_t i;
	int rc = row_parse(a, span_of(c->json), &r);

	assert_int_equal(rc, c->want != NULL ? 0 : -1);
	for (i = 0; rc == 0 && i < r.n; i++)
		str_addf(&got, "%s%s %d %s", i > 0 ? "|" : "",
		    r.fields[i].key, (int)r.fields[i].kind, r.fields[i].text);
	if (rc == 0)
		assert_string_equal(str_get(&got), c->want);
	str_done(&got);
	arena_free(a);
}

static void
elements_of_an_array_have_no_key(void **state)
{
	struct arena *a = arena_new();
	struct row r;

	(void)state;
	assert_int_equal(row_parse_array(a, span_of("[\"x\",{\"k\":1}]"), &r),
	    0);
	assert_int_equal(r.n, 2);
	assert_string_equal(r.fields[0].text, "x");
	assert_string_equal(r.fields[1].text, "{\"k\":1}");
	arena_free(a);
}

static void
a_field_is_found_by_its_key(void **state)
{
	struct arena *a = arena_new();
	struct row r;

	(void)state;
	assert_int_equal(row_parse(a, span_of("{\"a\":1,\"b\":2}"), &r), 0);
	assert_string_equal(row_get(&r, "b")->text, "2");
	assert_null(row_get(&r, "c"));
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(elements_of_an_array_have_no_key),
		cmocka_unit_test(a_field_is_found_by_its_key),
	};
	int failures = 0;

	failures += TEST_ROWS("row_parse", cases, is_taken_apart);
	failures += cmocka_run_group_tests(tests, NULL, NULL);
	return test_exit(failures);
}
