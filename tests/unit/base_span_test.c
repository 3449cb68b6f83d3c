/* SPDX-License-Identifier: ISC */
/* Span: comparing, searching, cutting and numbers. */
#include "tests/test.h"

#include "base/span.h"

/* Lengths with NUL bytes inside need the size of the literal. */
#define LIT(s) { s, sizeof(s) - 1 }

struct find_row {
	const char *name;
	struct span in;
	char c;
	size_t first, last;
};

static const struct find_row finds[] = {
	{ "in the middle", LIT("abcb"), 'b', 1, 3 },
	{ "at the start", LIT("abc"), 'a', 0, 0 },
	{ "at the end", LIT("abc"), 'c', 2, 2 },
	{ "absent gives the length", LIT("abc"), 'x', 3, 3 },
	{ "empty", LIT(""), 'x', 0, 0 },
	{ "no bytes at all", { NULL, 0 }, 'x', 0, 0 },
	{ "NUL is a byte like others", LIT("ab\0c"), '\0', 2, 2 },
};

static void
test_find(void **state)
{
	const struct find_row *row = *state;

	assert_int_equal(span_find(row->in, row->c), row->first);
	assert_int_equal(span_rfind(row->in, row->c), row->last);
}

struct search_row {
	const char *name;
	const char *in, *needle;
	size_t exact, folded;
};

static const struct search_row searches[] = {
	{ "first of two", "say a then a", "a", 1, 1 },
	{ "whole", "abc", "abc", 0, 0 },
	{ "case decides", "xxABC", "abc", 5, 2 },
	{ "longer than the text", "ab", "abc", 2, 2 },
	{ "empty needle", "ab", "", 0, 0 },
	{ "empty both", "", "", 0, 0 },
	{ "empty text", "", "a", 0, 0 },
	{ "at the very end", "xxab", "ab", 2, 2 },
};

static void
test_search(void **state)
{
	const struct search_row *row = *state;

	assert_int_equal(span_search(span_of(row->in), span_of(row->needle)),
	    row->exact);
	assert_int_equal(span_searchi(span_of(row->in), row->needle),
	    row->folded);
}

struct equal_row {
	const char *name;
	struct span a;
	const char *b;
	bool exact, folded, prefix, prefixi, suffixi;
};

static const struct equal_row equals[] = {
	{ "same", LIT("abc"), "abc", true, true, true, true, true },
	{ "other case", LIT("aBc"), "AbC", false, true, false, true, true },
	{ "prefix", LIT("abcd"), "abc", false, false, true, true, false },
	{ "prefix of other case", LIT("ABcd"), "ab", false, false, false, true,
	    false },
	{ "suffix", LIT("xabC"), "abc", false, false, false, false, true },
	{ "longer pattern", LIT("ab"), "abc", false, false, false, false,
	    false },
	{ "both empty", { NULL, 0 }, "", true, true, true, true, true },
	{ "empty pattern", LIT("a"), "", false, false, true, true, true },
	{ "hidden NUL", LIT("ab\0"), "ab", false, false, true, true, false },
	{ "only ASCII is folded", LIT("\xC3\x89"), "\xC3\xA9", false, false,
	    false, false, false },
};

static void
test_equal(void **state)
{
	const struct equal_row *row = *state;

	assert_int_equal(span_is(row->a, row->b), row->exact);
	assert_int_equal(span_isi(row->a, row->b), row->folded);
	assert_int_equal(span_eq(row->a, span_of(row->b)), row->exact);
	assert_int_equal(span_eqi(row->a, span_of(row->b)), row->folded);
	assert_int_equal(span_has_prefix(row->a, row->b), row->prefix);
	assert_int_equal(span_has_prefixi(row->a, row->b), row->prefixi);
	assert_int_equal(span_has_suffixi(row->a, row->b), row->suffixi);
}

struct cut_row {
	const char *name;
	const char *in;
	const char *parts[4];
};

static const struct cut_row cuts[] = {
	{ "two parts", "a,b", { "a", "b" } },
	{ "one part", "abc", { "abc" } },
	{ "trailing separator leaves an empty part", "a,", { "a", "" } },
	{ "leading separator", ",a", { "", "a" } },
	{ "separators only", ",,", { "", "", "" } },
	{ "empty text is one empty part", "", { "" } },
};

static void
test_cut(void **state)
{
	const struct cut_row *row = *state;
	struct span rest = span_of(row->in), part;
	size_t i;

	for (i = 0; rest.p != NULL; i++) {
		part = span_cut(&rest, ',');
		assert_non_null(row->parts[i]);
		assert_true(span_is(part, row->parts[i]));
	}
	assert_null(row->parts[i]);
	assert_int_equal(rest.n, 0);
}

static const struct cut_row lines[] = {
	{ "LF lines", "a\nb\n", { "a", "b", "" } },
	{ "CRLF lines", "a\r\nb", { "a", "b" } },
	{ "only one CR is dropped", "a\r\r\n", { "a\r", "" } },
	{ "CR at the end of the text", "a\r", { "a" } },
	{ "empty lines", "\r\n\n", { "", "", "" } },
};

static void
test_line(void **state)
{
	const struct cut_row *row = *state;
	struct span rest = span_of(row->in), line;
	size_t i;

	for (i = 0; rest.p != NULL; i++) {
		line = span_line(&rest);
		assert_non_null(row->parts[i]);
		assert_true(span_is(line, row->parts[i]));
	}
	assert_null(row->parts[i]);
}

struct trim_row {
	const char *name;
	const char *in, *out;
};

static const struct trim_row trims[] = {
	{ "nothing to do", "a b", "a b" },
	{ "both ends", " \t\r\na b \r\n", "a b" },
	{ "blank only", " \t ", "" },
	{ "empty", "", "" },
	{ "other controls stay", "\va\v", "\va\v" },
};

static void
test_trim(void **state)
{
	const struct trim_row *row = *state;

	assert_true(span_is(span_trim(span_of(row->in)), row->out));
}

struct number_row {
	const char *name;
	const char *in;
	uint64_t max;
	bool ok;
	uint64_t out;
};

static const struct number_row numbers[] = {
	{ "zero", "0", 10, true, 0 },
	{ "at the maximum", "10", 10, true, 10 },
	{ "above the maximum", "11", 10, false, 0 },
	{ "largest", "18446744073709551615", UINT64_MAX, true, UINT64_MAX },
	{ "one more than the largest", "18446744073709551616", UINT64_MAX,
	    false, 0 },
	{ "far too long", "99999999999999999999999", UINT64_MAX, false, 0 },
	{ "leading zeros are decimal", "0010", 10, true, 10 },
	{ "empty", "", 10, false, 0 },
	{ "sign", "+1", 10, false, 0 },
	{ "minus", "-1", 10, false, 0 },
	{ "blank", " 1", 10, false, 0 },
	{ "letters behind", "1x", 10, false, 0 },
};

static void
test_number(void **state)
{
	const struct number_row *row = *state;
	uint64_t out = 4711;

	assert_int_equal(span_u64(span_of(row->in), row->max, &out), row->ok);
	assert_true(out == (row->ok ? row->out : 4711));
}

static void
test_sub(void **state)
{
	struct span s = span_of("abcdef");

	(void)state;
	assert_true(span_is(span_sub(s, 1, 3), "bc"));
	assert_true(span_is(span_sub(s, 4, 100), "ef"));
	assert_true(span_is(span_sub(s, 100, 200), ""));
	assert_true(span_is(span_sub(s, 3, 1), ""));
	assert_null(span_sub(span_make(NULL, 0), 1, 2).p);
	assert_null(span_of(NULL).p);
}

int
main(void)
{
	const struct CMUnitTest single[] = {
		cmocka_unit_test(test_sub),
	};
	int failed = 0;

	failed += TEST_ROWS("span_find", finds, test_find);
	failed += TEST_ROWS("span_search", searches, test_search);
	failed += TEST_ROWS("span_equal", equals, test_equal);
	failed += TEST_ROWS("span_cut", cuts, test_cut);
	failed += TEST_ROWS("span_line", lines, test_line);
	failed += TEST_ROWS("span_trim", trims, test_trim);
	failed += TEST_ROWS("span_u64", numbers, test_number);
	failed += cmocka_run_group_tests_name("span", single, NULL, NULL);
	return test_exit(failed);
}
