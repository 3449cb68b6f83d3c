/* SPDX-License-Identifier: ISC */
/* UTF-8: what is valid, what cleaning leaves, where texts may be cut. */
#include "tests/test.h"

#include "base/arena.h"
#include "base/utf8.h"

#define LIT(s) { s, sizeof(s) - 1 }
#define FFFD "\xEF\xBF\xBD"

struct clean_row {
	const char *name;
	struct span in;
	bool valid;
	const char *clean, *line;
};

static const struct clean_row cleans[] = {
	{ "ASCII", LIT("abc"), true, "abc", "abc" },
	{ "empty", LIT(""), true, "", "" },
	{ "no bytes at all", { NULL, 0 }, true, "", "" },
	{ "two bytes", LIT("\xC3\xA8"), true, "\xC3\xA8", "\xC3\xA8" },
	{ "three bytes", LIT("\xE2\x82\xAC"), true, "\xE2\x82\xAC",
	    "\xE2\x82\xAC" },
	{ "four bytes", LIT("\xF0\x9F\x93\x85"), true, "\xF0\x9F\x93\x85",
	    "\xF0\x9F\x93\x85" },
	{ "last code point", LIT("\xF4\x8F\xBF\xBF"), true,
	    "\xF4\x8F\xBF\xBF", "\xF4\x8F\xBF\xBF" },
	{ "above the last", LIT("\xF4\x90\x80\x80"), false,
	    FFFD FFFD FFFD FFFD, FFFD FFFD FFFD FFFD },
	{ "overlong slash", LIT("\xC0\xAF"), false, FFFD FFFD, FFFD FFFD },
	{ "overlong of three", LIT("\xE0\x80\xAF"), false, FFFD FFFD FFFD,
	    FFFD FFFD FFFD },
	{ "overlong of four", LIT("\xF0\x80\x80\xAF"), false,
	    FFFD FFFD FFFD FFFD, FFFD FFFD FFFD FFFD },
	{ "surrogate", LIT("\xED\xA0\x80"), false, FFFD FFFD FFFD,
	    FFFD FFFD FFFD },
	{ "lone continuation", LIT("a\x80z"), false, "a" FFFD "z",
	    "a" FFFD "z" },
	{ "cut at the end", LIT("a\xE2\x82"), false, "a" FFFD FFFD,
	    "a" FFFD FFFD },
	{ "cut before ASCII", LIT("\xC3z"), false, FFFD "z", FFFD "z" },
	{ "replacement character is valid", LIT(FFFD), true, FFFD, FFFD },
	{ "NUL is dropped", LIT("a\0b"), true, "ab", "ab" },
	{ "escape and DEL are dropped", LIT("\x1B[m\x7F"), true, "[m",
	    "[m" },
	{ "C1 is dropped", LIT("a\xC2\x9B" "b"), true, "ab", "ab" },
	{ "CRLF", LIT("a\r\nb"), true, "a\nb", "a b" },
	{ "lone CR", LIT("a\rb"), true, "ab", "a b" },
	{ "tabs and blanks", LIT(" \ta \t b\n\n"), true, " \ta \t b\n\n",
	    "a b" },
	{ "line separator", LIT("a\xE2\x80\xA8" "b"), true,
	    "a\xE2\x80\xA8" "b", "a b" },
	{ "control between blanks", LIT("a \x01 b"), true, "a  b", "a b" },
};

static void
test_clean(void **state)
{
	const struct clean_row *row = *state;
	struct arena *a = arena_new();

	assert_int_equal(utf8_is_valid(row->in), row->valid);
	assert_string_equal(utf8_clean(a, row->in), row->clean);
	assert_string_equal(utf8_line(a, row->in), row->line);
	assert_true(utf8_is_valid(span_of(row->clean)));
	arena_free(a);
}

struct cut_row {
	const char *name;
	const char *in;
	size_t max;
	const char *out;
};

static const struct cut_row cuts[] = {
	{ "short enough", "abc", 3, "abc" },
	{ "ASCII", "abcd", 3, "abc" },
	{ "between characters", "\xC3\xA8\xC3\xA8", 2, "\xC3\xA8" },
	{ "inside the second", "\xC3\xA8\xC3\xA8", 3, "\xC3\xA8" },
	{ "inside four bytes", "a\xF0\x9F\x93\x85", 4, "a" },
	{ "inside the first", "\xF0\x9F\x93\x85", 3, "" },
	{ "nothing allowed", "abc", 0, "" },
	{ "only continuation bytes", "\x80\x80\x80\x80\x80\x80", 5,
	    "\x80\x80\x80\x80\x80" },
};

static void
test_truncate(void **state)
{
	const struct cut_row *row = *state;

	assert_true(span_is(utf8_truncate(span_of(row->in), row->max),
	    row->out));
}

struct next_row {
	const char *name;
	struct span in;
	uint32_t c;
	size_t pos;
};

static const struct next_row nexts[] = {
	{ "ASCII", LIT("a"), 'a', 1 },
	{ "NUL", LIT("\0"), 0, 1 },
	{ "two bytes", LIT("\xC3\xA8"), 0xE8, 2 },
	{ "three bytes", LIT("\xE2\x82\xAC"), 0x20AC, 3 },
	{ "four bytes", LIT("\xF0\x9F\x93\x85"), 0x1F4C5, 4 },
	{ "invalid byte", LIT("\xFFz"), 0xFFFD, 1 },
	{ "at the end", LIT(""), 0xFFFD, 0 },
};

static void
test_next(void **state)
{
	const struct next_row *row = *state;
	size_t pos = 0;

	assert_int_equal(utf8_next(row->in, &pos), row->c);
	assert_int_equal(pos, row->pos);
}

static void
test_ascii(void **state)
{
	(void)state;
	assert_true(utf8_is_ascii(span_of("abc\x7F")));
	assert_true(utf8_is_ascii(span_of("")));
	assert_false(utf8_is_ascii(span_of("ab\xC3\xA8")));
}

int
main(void)
{
	const struct CMUnitTest single[] = {
		cmocka_unit_test(test_ascii),
	};
	int failed = 0;

	failed += TEST_ROWS("utf8_clean", cleans, test_clean);
	failed += TEST_ROWS("utf8_truncate", cuts, test_truncate);
	failed += TEST_ROWS("utf8_next", nexts, test_next);
	failed += cmocka_run_group_tests_name("utf8", single, NULL, NULL);
	return test_exit(failed);
}
