/* SPDX-License-Identifier: ISC */
/*
 * Mails made to crash or stall a parser. Each is parsed in a child process
 * with at most 64 MB above what it starts with, and within one second of CPU;
 * the child must end by itself, and refuse or take the mail as the row says.
 */
#include "tests/test.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/str.h"
#include "mail/parse.h"

#define FROM "From: a@x.example\r\n"
#define MEMORY (64L << 20)

/* Sanitizers are slower, and need address space without limit. */
#if defined(__SANITIZE_ADDRESS__)
#define LIMIT_S 8.0
#define LIMITED false
#else
#define LIMIT_S 1.0
#define LIMITED true
#endif

struct hostile_row {
	const char *name;
	void (*make)(struct str *out, size_t n);
	size_t n;
	const char *refused;	/* begins with; "" = taken */
};

static void
repeat(struct str *out, const char *text, size_t n)
{
	while (n-- > 0)
		str_adds(out, text);
}

static void
escaped_boundary(struct str *out, size_t n)
{
	(void)n;
	str_adds(out, FROM "Content-Type: multipart/mixed; boundary=\"\\\"\"\r\n"
	    "\r\n--\"\r\n\r\nx\r\n");
}

static void
odd_boundaries(struct str *out, size_t n)
{
	str_adds(out, FROM "Content-Type: multipart/mixed; boundary=\"");
	repeat(out, "\\\"\\\\ \xFF(", n);
	str_adds(out, "\"\r\n\r\n--");
	repeat(out, "\"\\ \xFF(", n);
	str_adds(out, "\r\n\r\nx\r\n");
}

static void
comments(struct str *out, size_t n)
{
	str_adds(out, FROM "To: ");
	repeat(out, "(", n);
	str_adds(out, "\r\n\r\n");
}

static void
comment_lines(struct str *out, size_t n)
{
	size_t i;

	str_adds(out, FROM "Content-Type: text/plain");
	for (i = 0; i < n; i++)
		str_adds(out, i % 60 == 0 ? "\r\n ((" : "()((");
	str_adds(out, "\r\n\r\n");
}

static void
messages(struct str *out, size_t n)
{
	str_adds(out, FROM);
	repeat(out, "Content-Type: message/rfc822\r\n\r\n", n);
}

static void
multiparts(struct str *out, size_t n)
{
	size_t i;

	str_adds(out, FROM);
	for (i = 0; i < n; i++)
		str_addf(out, "Content-Type: multipart/mixed; "
		    "boundary=b%zu\r\n\r\n--b%zu\r\n", i, i);
}

/* As deep as is taken, then bytes and lines that look like boundaries. */
static void
deep_filler(struct str *out, size_t n)
{
	size_t i;

	str_adds(out, FROM);
	for (i = 0; i < 19; i++)
		str_addf(out, "Content-Type: multipart/mixed; "
		    "boundary=b%zu\r\n\r\n--b%zu\r\n", i, i);
	str_adds(out, "\r\n");
	repeat(out, "--bx filler filler filler filler filler filler "
	    "filler\r\n", n);
}

static void
deep_levels_filler(struct str *out, size_t n)
{
	multiparts(out, 200);
	repeat(out, "filler filler filler filler filler filler filler\r\n",
	    n);
}

/* Twenty boundaries that differ in their last byte only. */
static void
long_boundaries(struct str *out, size_t n)
{
	struct str stem = STR_EMPTY;
	size_t i;

	repeat(&stem, "b", 9000);
	str_adds(out, FROM);
	for (i = 0; i < 19; i++)
		str_addf(out, "Content-Type: multipart/mixed; "
		    "boundary=%s%zu\r\n\r\n--%s%zu\r\n", str_get(&stem), i,
		    str_get(&stem), i);
	str_adds(out, "\r\n");
	for (i = 0; i < n; i++)
		str_addf(out, "--%s\r\n", str_get(&stem));
	str_done(&stem);
}

static void
parts(struct str *out, size_t n)
{
	str_adds(out, FROM "Content-Type: multipart/mixed; boundary=b\r\n"
	    "\r\n");
	repeat(out, "--b\r\n\r\n", n);
}

static void
fields(struct str *out, size_t n)
{
	str_adds(out, FROM);
	repeat(out, "A:\r\n", n);
}

static void
part_fields(struct str *out, size_t n)
{
	size_t i;

	str_adds(out, FROM "Content-Type: multipart/mixed; boundary=b\r\n"
	    "\r\n");
	for (i = 0; i < n; i++) {
		str_adds(out, "--b\r\n");
		repeat(out, "A:\r\n", 900);
		str_adds(out, "\r\n");
	}
}

static void
addresses(struct str *out, size_t n)
{
	str_adds(out, FROM "To: ");
	repeat(out, "a@x.example,\r\n ", n);
	str_adds(out, "\r\n\r\n");
}

static void
groups(struct str *out, size_t n)
{
	str_adds(out, FROM "To: ");
	repeat(out, "g:", n);
	str_adds(out, "\r\n\r\n");
}

static void
params(struct str *out, size_t n)
{
	str_adds(out, FROM "Content-Type: text/plain");
	repeat(out, ";\r\n a=b", n);
	str_adds(out, "\r\n\r\n");
}

static void
sections(struct str *out, size_t n)
{
	size_t i;

	str_adds(out, FROM "Content-Type: text/plain");
	for (i = 0; i < n; i++)
		str_addf(out, ";\r\n name*%zu=b", n - i);
	str_adds(out, "\r\n\r\n");
}

static void
words(struct str *out, size_t n)
{
	str_adds(out, FROM "Subject:");
	repeat(out, "\r\n =?koi8-r?q?=C1?= =?big5?q?=A4=A4?=", n);
	str_adds(out, "\r\n\r\n");
}

static void
name_words(struct str *out, size_t n)
{
	str_adds(out, FROM "To:");
	while (n-- > 0) {
		repeat(out, "\r\n =?koi8-r?q?=C1?= =?gb2312?b?u+E=?=", 60);
		str_adds(out, " <a@x.example>,");
	}
	str_adds(out, "\r\n\r\n");
}

static void
half_words(struct str *out, size_t n)
{
	str_adds(out, FROM "Subject: ");
	repeat(out, "=?", n);
	str_adds(out, "\r\n\r\n");
}

static void
quotes(struct str *out, size_t n)
{
	str_adds(out, "From: ");
	repeat(out, "\"\\\"", n);
	str_adds(out, "\r\n\r\n");
}

static void
tags(struct str *out, size_t n)
{
	str_adds(out, FROM "Content-Type: text/html\r\n\r\n");
	repeat(out, "<a href=\"http:<!--<style\r\n", n);
}

static void
quoted_html(struct str *out, size_t n)
{
	str_adds(out, FROM "Content-Type: text/html\r\n\r\n");
	repeat(out, "<blockquote>a<br><pre>\r\n&#x1F4C5;", n);
}

static void
report_blocks(struct str *out, size_t n)
{
	str_adds(out, FROM "Content-Type: message/delivery-status\r\n\r\n");
	repeat(out, "a:\r\n\r\n", n);
}

static void
many_reports(struct str *out, size_t n)
{
	str_adds(out, FROM "Content-Type: multipart/report; boundary=b\r\n"
	    "\r\n");
	while (n-- > 0) {
		str_adds(out, "--b\r\nContent-Type: message/delivery-status"
		    "\r\n\r\n");
		repeat(out, "Final-Recipient: x; \xE8@\xE8\r\n", 300);
	}
}

static void
calendars(struct str *out, size_t n)
{
	str_adds(out, FROM "Content-Type: multipart/mixed; boundary=b\r\n"
	    "\r\n");
	while (n-- > 0) {
		str_addf(out, "--b\r\nContent-Type: text/calendar\r\n"
		    "Content-Transfer-Encoding: base64\r\n\r\n%04zu\r\n", n);
		repeat(out, "QkVHSU46VkVWRU5UCkVORDpWRVZFTlQKQkVHSU46VkVW"
		    "RU5UCkVORDpWRVZFTlQK\r\n", 300);
	}
}

static void
encoded_message(struct str *out, size_t n)
{
	str_adds(out, FROM "Content-Type: message/rfc822\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
	repeat(out, "A=3A=0D=0A=\r\n", n);
}

static void
long_lines(struct str *out, size_t n)
{
	str_adds(out, FROM "\r\n");
	repeat(out, "x", n);
}

static void
list_fields(struct str *out, size_t n)
{
	str_adds(out, FROM);
	repeat(out, "List-X:\r\n", n);
	str_adds(out, "\r\n");
}

static void
auth_fields(struct str *out, size_t n)
{
	str_adds(out, FROM);
	while (n-- > 0)
		str_adds(out, "Authentication-Results: (\r\n");
	str_adds(out, "\r\n");
}

#define PARTS "over 1000 MIME parts"
#define DEEP "MIME parts are nested deeper than 20 levels"

static const struct hostile_row rows[] = {
	{ "boundary of one escaped quote", escaped_boundary, 0, "" },
	{ "boundary of odd bytes", odd_boundaries, 10000, "" },
	{ "120,000 open parentheses", comments, 99000, "the header field To "
	    "has comments nested deeper than 32 levels" },
	{ "parentheses over many lines", comment_lines, 60000,
	    "the header field Content-Type has comments" },
	{ "messages 30,000 deep", messages, 30000, DEEP },
	{ "multiparts in 288 kB", multiparts, 4800, DEEP },
	{ "multiparts in 1.2 MB", multiparts, 20000, DEEP },
	{ "200 levels and 7 MB", deep_levels_filler, 140000, DEEP },
	{ "19 levels and 7 MB of near boundaries", deep_filler, 130000, "" },
	{ "19 long boundaries", long_boundaries, 700, "" },
	{ "200,000 parts", parts, 200000, PARTS },
	{ "200,000 fields", fields, 200000, "header line 1001 is one field "
	    "too many" },
	{ "many fields in many parts", part_fields, 900, "" },
	{ "100,000 addresses", addresses, 100000,
	    "the header is over 262144 bytes" },
	{ "17,000 addresses", addresses, 17000, "" },
	{ "groups in groups", groups, 40000, "" },
	{ "200,000 parameters", params, 200000,
	    "the header is over 262144 bytes" },
	{ "20,000 parameters", params, 20000, "a header field has over 100 "
	    "parameters" },
	{ "100 sections of a name", sections, 99, "" },
	{ "encoded words", words, 6000, "" },
	{ "encoded words in names", name_words, 90, "" },
	{ "halves of encoded words", half_words, 49000, "" },
	{ "quotes in From", quotes, 30000, "" },
	{ "HTML tags", tags, 100000, "" },
	{ "quoted HTML", quoted_html, 300000, "" },
	{ "empty blocks of a report", report_blocks, 2000000, "" },
	{ "many reports", many_reports, 900, "" },
	{ "many calendars", calendars, 900, "" },
	{ "encoded message of fields", encoded_message, 40000,
	    "MIME part 1.1: header line 1001 is one field too many" },
	{ "a line of 5 MB", long_lines, 5000000, "line 3 is longer than "
	    "100000 bytes" },
	{ "200 list fields", list_fields, 199, "" },
	{ "201 list fields", list_fields, 201, "the header has over 200" },
	{ "broken Authentication-Results", auth_fields, 150, "" },
};

static void
count_calendar(struct arena *a, struct span ics, const char *method,
    struct digest *d)
{
	(void)a;
	(void)method;
	(void)d;
	if (ics.n > 262144 + 1)
		abort();
}

static void
limit_memory(void)
{
	struct rlimit limit;
	unsigned long pages = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	if (!LIMITED || f == NULL || fscanf(f, "%lu", &pages) != 1)
		return;
	(void)fclose(f);
	limit.rlim_cur = limit.rlim_max = (rlim_t)((long)pages *
	    sysconf(_SC_PAGESIZE) + MEMORY);
	(void)setrlimit(RLIMIT_AS, &limit);
}

/* In the child; its exit status. */
static int
parse_one(const struct hostile_row *row, struct span mail)
{
	struct timespec t;
	struct arena *a;
	struct digest d;
	struct str out = STR_EMPTY;
	double took;

	limit_memory();
	a = arena_new();
	parse_mail(a, mail, "mx.itu-t.example", parse_defaults(),
	    count_calendar, &d);
	wire_put_digest(&out, &d);
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	took = (double)t.tv_sec + (double)t.tv_nsec / 1e9;
	if (took > LIMIT_S / 4)
		(void)fprintf(stderr, "%s: %.2f s\n", row->name, took);
	if (took > LIMIT_S)
		return 2;
	if (row->refused[0] == '\0' ? d.refused[0] != '\0' :
	    strncmp(d.refused, row->refused, strlen(row->refused)) != 0) {
		(void)fprintf(stderr, "refused: \"%s\"\n", d.refused);
		return 3;
	}
	str_done(&out);
	arena_free(a);
	return 0;
}

static void
test_hostile(void **state)
{
	const struct hostile_row *row = *state;
	struct str mail = STR_EMPTY;
	int status = 0;
	pid_t pid;

	row->make(&mail, row->n);
	(void)fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(parse_one(row, str_span(&mail)));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	str_done(&mail);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* A post with an attachment of 25 MB: nothing of it may be decoded. */
static void
test_large(void **state)
{
	struct str mail = STR_EMPTY;
	struct arena *a = arena_new();
	struct timespec from, to;
	struct digest d;
	double ms;

	(void)state;
	str_adds(&mail, FROM "Content-Type: multipart/mixed; boundary=b\r\n"
	    "\r\n--b\r\n\r\nhello\r\n--b\r\nContent-Type: application/pdf\r\n"
	    "Content-Transfer-Encoding: base64\r\n\r\n");
	repeat(&mail, "R0lGODdhKAAoAPMAAAAAAAAAzN3u/76+voiIiG5ubszd7v///+fn"
	    "5wAAAAAAAAAAAAAAAAAA\r\n", 340000);
	str_adds(&mail, "--b--\r\n");
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	parse_mail(a, str_span(&mail), "", parse_defaults(), NULL, &d);
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	ms = (double)(to.tv_sec - from.tv_sec) * 1e3 +
	    (double)(to.tv_nsec - from.tv_nsec) / 1e6;
	(void)printf("25 MB: %.0f ms\n", ms);
	assert_string_equal(d.refused, "");
	assert_string_equal(d.text, "hello");
	assert_int_equal(d.n_leaves, 2);
	assert_true(ms < (LIMITED ? 300 : 3000));
	str_done(&mail);
	arena_free(a);
}

int
main(void)
{
	static const struct CMUnitTest plain[] = {
		cmocka_unit_test(test_large),
	};
	int failed = 0;

	failed += TEST_ROWS("hostile", rows, test_hostile);
	failed += cmocka_run_group_tests_name("large", plain, NULL, NULL);
	return test_exit(failed);
}
