/* SPDX-License-Identifier: ISC */
/* Command lines taken apart. */
#include "tests/test.h"

#include <string.h>

#include "base/arena.h"
#include "intake/command.h"

struct verb_row {
	const char *name;
	const char *line;
	enum command_verb verb;
	const char *args;
};

static const struct verb_row verb_rows[] = {
	{ "a verb alone", "DATA", COMMAND_DATA, "" },
	{ "any case", "rCpT TO:<a@b>", COMMAND_RCPT, "TO:<a@b>" },
	{ "blanks around the arguments", "EHLO   mx.example  ", COMMAND_EHLO,
	    "mx.example" },
	{ "known but not offered", "STARTTLS", COMMAND_KNOWN, "" },
	{ "unknown", "GET / HTTP/1.0", COMMAND_UNKNOWN, "/ HTTP/1.0" },
	{ "a prefix of a verb", "DAT", COMMAND_UNKNOWN, "" },
	{ "an empty line", "", COMMAND_UNKNOWN, "" },
};

static void
test_verb(void **state)
{
	const struct verb_row *row = *state;
	struct span args;

	assert_int_equal(command_verb(span_of(row->line), &args), row->verb);
	assert_true(span_is(args, row->args));
}

struct path_row {
	const char *name;
	const char *args;
	const char *word;
	const char *path;	/* NULL = refused */
	const char *params;
};

static const struct path_row path_rows[] = {
	{ "plain", "FROM:<a@b.example>", "FROM:", "a@b.example", "" },
	{ "empty", "FROM:<>", "FROM:", "", "" },
	{ "lower case", "from:<a@b.example>", "FROM:", "a@b.example", "" },
	{ "blank after the colon", "TO: <a@b.example>", "TO:", "a@b.example",
	    "" },
	{ "parameters", "FROM:<a@b.example> SIZE=1 BODY=7BIT", "FROM:",
	    "a@b.example", "SIZE=1 BODY=7BIT" },
	{ "a quoted bracket", "FROM:<\"a>b\"@c.example> X", "FROM:",
	    "\"a>b\"@c.example", "X" },
	{ "a quoted quote", "FROM:<\"a\\\">b\"@c.example>", "FROM:",
	    "\"a\\\">b\"@c.example", "" },
	{ "a source route", "TO:<@x.example,@y.example:a@b.example>", "TO:",
	    "a@b.example", "" },
	{ "no brackets", "FROM:a@b.example", "FROM:", NULL, NULL },
	{ "no end", "FROM:<a@b.example", "FROM:", NULL, NULL },
	{ "an end in quotes only", "FROM:<\"a>", "FROM:", NULL, NULL },
	{ "text glued to the path", "FROM:<a@b.example>SIZE=1", "FROM:", NULL,
	    NULL },
	{ "the other word", "TO:<a@b.example>", "FROM:", NULL, NULL },
	{ "nothing", "", "FROM:", NULL, NULL },
};

static void
test_path(void **state)
{
	const struct path_row *row = *state;
	struct span path, params;
	bool ok = command_path(span_of(row->args), row->word, &path, &params);

	assert_int_equal(ok, row->path != NULL);
	if (!ok)
		return;
	assert_true(span_is(path, row->path));
	assert_true(span_is(params, row->params));
}

struct chunk_row {
	const char *name;
	const char *args;
	bool ok;
	uint64_t size;
	bool last;
};

static const struct chunk_row chunk_rows[] = {
	{ "a chunk", "100", true, 100, false },
	{ "the last chunk", "0 LAST", true, 0, true },
	{ "last in lower case", "7 last", true, 7, true },
	{ "the largest number", "9223372036854775807", true, INT64_MAX,
	    false },
	{ "one more", "9223372036854775808", false, 0, false },
	{ "no number", "", false, 0, false },
	{ "negative", "-1", false, 0, false },
	{ "another word", "5 FIRST", false, 0, false },
};

static void
test_chunk(void **state)
{
	const struct chunk_row *row = *state;
	uint64_t size = 0;
	bool last = false;

	assert_int_equal(command_chunk(span_of(row->args), &size, &last),
	    row->ok);
	if (!row->ok)
		return;
	assert_true(size == row->size);
	assert_int_equal(last, row->last);
}

static void
test_params(void **state)
{
	struct span params = span_of("SIZE=10  SMTPUTF8 BODY="), key, value;

	(void)state;
	assert_true(command_param(&params, &key, &value));
	assert_true(span_is(key, "SIZE") && span_is(value, "10"));
	assert_true(command_param(&params, &key, &value));
	assert_true(span_is(key, "SMTPUTF8") && value.p == NULL);
	assert_true(command_param(&params, &key, &value));
	assert_true(span_is(key, "BODY") && value.n == 0 && value.p != NULL);
	assert_false(command_param(&params, &key, &value));
}

int
main(void)
{
	const struct CMUnitTest single[] = {
		cmocka_unit_test(test_params),
	};

	return test_exit(TEST_ROWS("verbs", verb_rows, test_verb) +
	    TEST_ROWS("paths", path_rows, test_path) +
	    TEST_ROWS("chunks", chunk_rows, test_chunk) +
	    cmocka_run_group_tests_name("parameters", single, NULL, NULL));
}
