/* SPDX-License-Identifier: ISC */
/* Err and log: kinds, wrapping, cutting; log lines that cannot be forged. */
#include "tests/test.h"

#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "base/span.h"
#include "base/utf8.h"

struct errno_row {
	const char *name;
	int code;
	enum err_kind kind;
	const char *text;
};

static const struct errno_row errnos[] = {
	{ "full disk is temporary", ENOSPC, ERR_TEMP,
	    "save x: No space left on device" },
	{ "broken disk is temporary", EIO, ERR_TEMP,
	    "save x: Input/output error" },
	{ "no descriptors is temporary", EMFILE, ERR_TEMP,
	    "save x: Too many open files" },
	{ "missing file", ENOENT, ERR_NOTFOUND,
	    "save x: No such file or directory" },
	{ "file that exists", EEXIST, ERR_CONFLICT, "save x: File exists" },
	{ "no permission may be mended", EACCES, ERR_TEMP,
	    "save x: Permission denied" },
};

static void
test_sys(void **state)
{
	const struct errno_row *row = *state;
	struct err err = { ERR_NONE, "" };

	errno = row->code;
	assert_int_equal(err_sys(&err, "save %s", "x"), -1);
	assert_int_equal(err.kind, row->kind);
	assert_string_equal(err.text, row->text);
}

static void
test_set_and_wrap(void **state)
{
	struct err err = { ERR_NONE, "" };

	(void)state;
	assert_int_equal(err_set(&err, ERR_LIMIT, "%d of %d", 5, 4), -1);
	assert_int_equal(err_wrap(&err, "list %s", "jca-qkd"), -1);
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_string_equal(err.text, "list jca-qkd: 5 of 4");
	assert_int_equal(err_set(NULL, ERR_TEMP, "x"), -1);
	assert_int_equal(err_sys(NULL, "x"), -1);
	assert_int_equal(err_wrap(NULL, "x"), -1);
}

static void
test_cut(void **state)
{
	struct err err = { ERR_NONE, "" };
	char text[1200];
	size_t i;

	(void)state;
	for (i = 0; i + 2 < sizeof(text); i += 2)
		memcpy(text + i, "\xC3\xA8", 2);
	text[i] = '\0';
	err_set(&err, ERR_PERM, "%s", text);
	assert_int_equal(strlen(err.text), sizeof(err.text) - 2);
	assert_true(utf8_is_valid(span_of(err.text)));
	for (i = 0; i < 10; i++)
		err_wrap(&err, "a%.*s", (int)(100 - i), text);
	assert_true(strlen(err.text) < sizeof(err.text));
}

static void
test_kind_names(void **state)
{
	(void)state;
	assert_string_equal(err_kind_name(ERR_NONE), "none");
	assert_string_equal(err_kind_name(ERR_TEMP), "temp");
	assert_string_equal(err_kind_name(ERR_BADINPUT), "badinput");
	assert_string_equal(err_kind_name((enum err_kind)99), "unknown");
}

struct log_row {
	const char *name;
	const char *value;
	const char *line;	/* what follows "v=" */
};

static const struct log_row values[] = {
	{ "plain value has no quotes", "a-b_c.d:e/f@g+h<i>",
	    "a-b_c.d:e/f@g+h<i>" },
	{ "blank", "a b", "\"a b\"" },
	{ "empty", "", "\"\"" },
	{ "equals sign", "a=b", "\"a=b\"" },
	{ "forged line", "x\n2027 error role=core",
	    "\"x\\n2027 error role=core\"" },
	{ "carriage return", "x\ry", "\"x\\x0dy\"" },
	{ "quote and backslash", "a\"\\", "\"a\\\"\\\\\"" },
	{ "terminal escape", "\x1B]0;t\x07", "\"\\x1b]0;t\\x07\"" },
	{ "C1 control", "\xC2\x9B" "1m", "\"\\xc2\\x9b1m\"" },
	{ "line separator", "a\xE2\x80\xA8" "b", "\"a\\xe2\\x80\\xa8b\"" },
	{ "invalid UTF-8", "a\xFF", "\"a\\xff\"" },
	{ "valid UTF-8", "Gen\xC3\xA8ve", "\"Gen\xC3\xA8ve\"" },
};

static char caught[4096];

static void
catch_line(void *arg, const char *line)
{
	int *count = arg;

	(*count)++;
	assert_true(strlen(line) < sizeof(caught));
	memcpy(caught, line, strlen(line) + 1);
}

static int64_t
fixed_clock(void *arg)
{
	const int64_t *at = arg;

	return *at;
}

static void
test_log_value(void **state)
{
	static const char head[] =
	    "2027-02-10T12:00:00.000Z warn role=core event=probe v=";
	const struct log_row *row = *state;
	int64_t at = 1802260800;
	int count = 0;

	log_open("core", LOG_INFO_);
	log_clock(fixed_clock, &at);
	log_sink(catch_line, &count);
	log_event(LOG_WARN_, "probe", "skipped", NULL, "v", row->value, NULL);
	log_sink(NULL, NULL);
	log_clock(NULL, NULL);
	assert_int_equal(count, 1);
	assert_true(span_has_prefix(span_of(caught), head));
	assert_string_equal(caught + sizeof(head) - 1, row->line);
}

static void
test_log_level(void **state)
{
	int count = 0;

	(void)state;
	log_sink(catch_line, &count);
	log_open("a-very-long-role-name", LOG_WARN_);
	log_event(LOG_INFO_, "hidden", NULL);
	assert_int_equal(count, 0);
	log_event(LOG_ERROR_, "shown", "n", LOGN(-5), "m", LOGN(INT64_MAX),
	    NULL);
	assert_int_equal(count, 1);
	assert_non_null(strstr(caught, "error role=a-very-long-rol event=shown "
	    "n=-5 m=9223372036854775807"));
	log_sink(NULL, NULL);
}

static void
test_log_long(void **state)
{
	char text[5000];
	int count = 0;

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	log_open("core", LOG_INFO_);
	log_sink(catch_line, &count);
	log_event(LOG_INFO_, "long", "v", text, NULL);
	assert_true(strlen(caught) < 700);
	assert_string_equal(caught + strlen(caught) - 4, "a...");
	log_sink(NULL, NULL);
}

int
main(void)
{
	const struct CMUnitTest single[] = {
		cmocka_unit_test(test_set_and_wrap),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_kind_names),
		cmocka_unit_test(test_log_level),
		cmocka_unit_test(test_log_long),
	};
	int failed = 0;

	failed += TEST_ROWS("err_sys", errnos, test_sys);
	failed += TEST_ROWS("log_event", values, test_log_value);
	failed += cmocka_run_group_tests_name("err", single, NULL, NULL);
	return test_exit(failed);
}
