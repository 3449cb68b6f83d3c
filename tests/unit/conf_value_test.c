/* SPDX-License-Identifier: ISC */
/* Value: what sizes, times, hosts and addresses of the settings mean. */
#include "tests/test.h"

#include <stdbool.h>

#include "base/str.h"
#include "conf/value.h"

struct number_row {
	const char *name;
	const char *text;
	int64_t want;		/* -1 = refused */
	const char *shown;	/* NULL = not looked at */
};

static const struct number_row sizes[] = {
	{ "bytes", "4096", 4096, "4k" },
	{ "odd bytes", "4097", 4097, "4097" },
	{ "kilobytes", "512k", 524288, "512k" },
	{ "capital kilobytes", "512K", 524288, "512k" },
	{ "megabytes", "25M", 26214400, "25M" },
	{ "small megabytes", "25m", 26214400, "25M" },
	{ "more than 32 bits", "5G", 5368709120, "5G" },
	{ "zero", "0", 0, "0" },
	{ "the largest", "9223372036854775807", INT64_MAX, NULL },
	{ "one too many", "9223372036854775808", -1, NULL },
	{ "wraps when multiplied", "9007199254740992k", -1, NULL },
	{ "no number", "M", -1, NULL },
	{ "empty", "", -1, NULL },
	{ "negative", "-1", -1, NULL },
	{ "a blank before", " 1", -1, NULL },
	{ "a blank between", "1 M", -1, NULL },
	{ "unknown unit", "1T", -1, NULL },
	{ "unit and more", "1MB", -1, NULL },
	{ "a fraction", "1.5M", -1, NULL },
};

static const struct number_row times[] = {
	{ "milliseconds", "800ms", 800, "800ms" },
	{ "seconds", "5s", 5000, "5s" },
	{ "minutes", "10m", 600000, "10m" },
	{ "hours", "4h", 14400000, "4h" },
	{ "days", "14d", 1209600000, "14d" },
	{ "weeks", "2w", 1209600000, "14d" },
	{ "ninety seconds", "90s", 90000, "90s" },
	{ "a bare number", "5", -1, NULL },
	{ "years", "5y", -1, NULL },
	{ "too many weeks", "99999999999999w", -1, NULL },
	{ "two units", "1h30m", -1, NULL },
};

static void
check(const struct number_row *row, bool (*read)(const char *, int64_t *),
    void (*format)(int64_t, struct str *))
{
	struct str out = STR_EMPTY;
	int64_t got = -1;

	assert_int_equal(read(row->text, &got), row->want >= 0);
	assert_true(got == row->want);
	if (row->shown != NULL) {
		format(got, &out);
		assert_string_equal(str_get(&out), row->shown);
	}
	str_done(&out);
}

static void
a_size(void **state)
{
	check(*state, value_size, value_format_size);
}

static void
a_time(void **state)
{
	check(*state, value_millis, value_format_millis);
}

struct text_row {
	const char *name;
	const char *text;
	bool want;
};

static const struct text_row hosts[] = {
	{ "IPv4", "127.0.0.1:25", true },
	{ "IPv6", "[::1]:25", true },
	{ "a name", "mail.itu-t.example:587", true },
	{ "the last port", "localhost:65535", true },
	{ "port zero", "localhost:0", false },
	{ "port too large", "localhost:65536", false },
	{ "no port", "localhost", false },
	{ "empty port", "localhost:", false },
	{ "no host", ":25", false },
	{ "open IPv6", "::1:25", false },
	{ "empty IPv6", "[]:25", false },
	{ "a path", "unix:/tmp/x", false },
	{ "a blank", "local host:25", false },
};

static const struct text_row loopbacks[] = {
	{ "IPv4", "127.0.0.1:25", true },
	{ "all of 127", "127.9.9.9:25", true },
	{ "IPv6", "[::1]:25", true },
	{ "localhost", "LocalHost:25", true },
	{ "everywhere", "0.0.0.0:25", false },
	{ "everywhere by IPv6", "[::]:25", false },
	{ "a name that looks like it", "127.0.0.1.example:25", false },
	{ "a private network", "192.0.2.1:25", false },
};

static const struct text_row domains[] = {
	{ "a domain", "lists.itu-t.example", true },
	{ "digits", "1and1.example", true },
	{ "one label", "localhost", false },
	{ "capitals", "Lists.example", false },
	{ "a dot at the end", "lists.example.", false },
	{ "a dot at the start", ".lists.example", false },
	{ "two dots", "lists..example", false },
	{ "a hyphen at the start", "-a.example", false },
	{ "a hyphen at the end", "a-.example", false },
	{ "an underscore", "a_b.example", false },
	{ "empty", "", false },
	{ "a label of 64", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaa.example", false },
};

static const struct text_row addresses[] = {
	{ "an address", "tsbtsag@lists.itu-t.example", true },
	{ "a capital domain", "Ada@Carrier-A.Example", true },
	{ "no at", "ada.example", false },
	{ "no local part", "@carrier-a.example", false },
	{ "no domain", "ada@", false },
	{ "a blank", "a da@carrier-a.example", false },
	{ "a line break", "ada@carrier-a.example\nBcc: x", false },
	{ "quotes", "\"ada\"@carrier-a.example", false },
	{ "a dot at the end", "ada.@carrier-a.example", false },
};

static void
a_host_and_port(void **state)
{
	const struct text_row *row = *state;

	assert_int_equal(value_is_host_port(row->text), row->want);
}

static void
a_loopback(void **state)
{
	const struct text_row *row = *state;

	assert_int_equal(value_is_loopback(row->text), row->want);
}

static void
a_domain(void **state)
{
	const struct text_row *row = *state;

	assert_int_equal(value_is_domain(row->text), row->want);
}

static void
an_address(void **state)
{
	const struct text_row *row = *state;

	assert_int_equal(value_is_address(row->text), row->want);
}

int
main(void)
{
	int failures = 0;

	failures += TEST_ROWS("value_size", sizes, a_size);
	failures += TEST_ROWS("value_millis", times, a_time);
	failures += TEST_ROWS("value_is_host_port", hosts, a_host_and_port);
	failures += TEST_ROWS("value_is_loopback", loopbacks, a_loopback);
	failures += TEST_ROWS("value_is_domain", domains, a_domain);
	failures += TEST_ROWS("value_is_address", addresses, an_address);
	return test_exit(failures);
}
