/* SPDX-License-Identifier: ISC */
/* Show: rows in, lines for people out. */
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "ctl/show.h"

struct show_case {
	const char *name;
	enum show_form form;
	const char *columns;
	size_t width;
	const char *rows[4];
	const char *want;
};

static const struct show_case cases[] = {
	{ "json comes as it is", SHOW_JSON, "a", 0,
	    { "{\"b\":1}", "{\"a\":2}" }, "{\"b\":1}\n{\"a\":2}\n" },
	{ "a table has the columns asked for", SHOW_TABLE, "name,n", 0,
	    { "{\"n\":5,\"x\":1,\"name\":\"Ada\"}",
		"{\"n\":12,\"name\":\"Bo Sample\"}" },
	    "NAME        N\n"
	    "Ada         5\n"
	    "Bo Sample  12\n" },
	{ "a table without columns has all but nested ones", SHOW_TABLE, "",
	    0, { "{\"a\":\"x\",\"l\":[1],\"b\":true}" },
	    "A  B\n"
	    "x  yes\n" },
	{ "no rows, no heading", SHOW_TABLE, "a", 0, { NULL }, "" },
	{ "wide characters count twice", SHOW_TABLE, "n,x", 0,
	    { "{\"n\":\"\xe5\xbc\xa0\xe6\xa0\xb7\xe6\x9c\xac\",\"x\":\"1\"}",
		"{\"n\":\"G\xc3\xbcl\",\"x\":\"2\"}" },
	    "N       X\n"
	    "\xe5\xbc\xa0\xe6\xa0\xb7\xe6\x9c\xac  1\n"
	    "G\xc3\xbcl     2\n" },
	{ "a combining accent counts nothing", SHOW_TABLE, "n,x", 0,
	    { "{\"n\":\"e\xcc\x81\",\"x\":\"1\"}",
		"{\"n\":\"ab\",\"x\":\"2\"}" },
	    "N   X\n"
	    "e\xcc\x81   1\n"
	    "ab  2\n" },
	{ "what would move the cursor is made harmless", SHOW_TABLE, "s", 0,
	    { "{\"s\":\"a\\u001b[2Jb\\u009bc\\u202ed\\ne\"}" },
	    "S\na?[2Jb?c?d e\n" },
	{ "the widest column gives way on a terminal", SHOW_TABLE, "a,b", 16,
	    { "{\"a\":\"12345678901234567890\",\"b\":\"xyz\"}" },
	    "A            B\n"
	    "1234567890\xe2\x80\xa6  xyz\n" },
	{ "times are dates", SHOW_TABLE, "held_at", 0,
	    { "{\"held_at\":1799409600}", "{\"held_at\":0}" },
	    "HELD_AT\n2027-01-08T12:00:00Z\n\n" },
	{ "a missing field is empty", SHOW_TABLE, "a,b", 0,
	    { "{\"a\":\"x\"}" }, "A  B\nx\n" },
	{ "fields stand below each other", SHOW_FIELDS, "", 0,
	    { "{\"up\":12,\"subject\":\"hi\",\"none\":\"\"}" },
	    "up       12\n"
	    "subject  hi\n"
	    "none\n" },
	{ "an array has a line an element", SHOW_FIELDS, "", 0,
	    { "{\"lists\":[{\"name\":\"j\",\"active\":3},"
		"{\"name\":\"k\",\"active\":4}]}" },
	    "lists  name=j active=3\n"
	    "       name=k active=4\n" },
	{ "lines of a text stay lines", SHOW_FIELDS, "", 0,
	    { "{\"agenda\":\"1 Opening\\n2 Close\"}" },
	    "agenda  1 Opening\n"
	    "        2 Close\n" },
	{ "an empty line stands between two", SHOW_FIELDS, "", 0,
	    { "{\"a\":1}", "{\"a\":2}" }, "a  1\n\na  2\n" },
};

static void
is_shown(void **state)
{
	const struct show_case *c = *state;
	char *text = NULL;
	size_t n = 0, i;
	FILE *out = open_memstream(&text, &n);
	struct show *s;

	assert_non_null(out);
	s = show_new(out, c->form, c->columns, c->width);
	for (i = 0; i < 4 && c->rows[i] != NULL; i++)
		show_row(s, span_of(c->rows[i]));
	assert_int_equal(show_end(s), 0);
	assert_int_equal(fclose(out), 0);
	assert_string_equal(text, c->want);
	free(text);
}

static void
rows_after_the_first_ones_keep_the_widths(void **state)
{
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);
	struct show *s;
	int i;

	(void)state;
	assert_non_null(out);
	s = show_new(out, SHOW_TABLE, "a,b", 0);
	for (i = 0; i < 1000; i++)
		show_row(s, span_of("{\"a\":\"xx\",\"b\":\"y\"}"));
	show_row(s, span_of("{\"a\":\"longer\",\"b\":\"y\"}"));
	assert_int_equal(show_end(s), 0);
	assert_int_equal(fclose(out), 0);
	assert_non_null(strstr(text, "A   B\nxx  y\n"));
	assert_non_null(strstr(text, "xx  y\nlonger  y\n"));
	free(text);
}

static void
what_cannot_be_written_is_told(void **state)
{
	FILE *out = fopen("/dev/full", "we");
	struct show *s;

	(void)state;
	assert_non_null(out);
	s = show_new(out, SHOW_JSON, "", 0);
	show_row(s, span_of("{}"));
	assert_int_equal(show_end(s), -1);
	(void)fclose(out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_after_the_first_ones_keep_the_widths),
		cmocka_unit_test(what_cannot_be_written_is_told),
	};
	int failures = 0;

	failures += TEST_ROWS("show", cases, is_shown);
	failures += cmocka_run_group_tests(tests, NULL, NULL);
	return test_exit(failures);
}
