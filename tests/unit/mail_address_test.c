/* SPDX-License-Identifier: ISC */
/* Address: what is one, what header lists give, and how names are written. */
#include "tests/test.h"

#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "base/str.h"
#include "base/xmalloc.h"
#include "mail/address.h"
#include "tests/unit/mail_corpora.h"

#define LIT(s) { s, sizeof(s) - 1 }

/* ---- one address ---- */

struct address_row {
	const char *name;
	struct span in;
	const char *out;	/* NULL: refused */
};

static const struct address_row addresses[] = {
	{ "plain", LIT("ann@vendor-g.example"), "ann@vendor-g.example" },
	{ "the domain's case is folded", LIT("Ann@Vendor-G.EXAMPLE"),
	    "Ann@vendor-g.example" },
	{ "plus and dash", LIT("a+b-c@x.example"), "a+b-c@x.example" },
	{ "UTF-8", LIT("j\xC3\xB6rg@b\xC3\xBC" "cher.example"),
	    "j\xC3\xB6rg@b\xC3\xBC" "cher.example" },
	{ "quoted local part", LIT("\"a b\"@x.example"),
	    "\"a b\"@x.example" },
	{ "at sign in quotes", LIT("\"a@b\"@x.example"),
	    "\"a@b\"@x.example" },
	{ "IPv4 literal", LIT("a@[192.0.2.1]"), "a@[192.0.2.1]" },
	{ "IPv6 literal", LIT("a@[IPv6:2001:DB8::1]"),
	    "a@[ipv6:2001:db8::1]" },
	{ "host without dots", LIT("root@localhost"), "root@localhost" },
	{ "empty", LIT(""), NULL },
	{ "no domain", LIT("ann"), NULL },
	{ "line end", LIT("a@x.example\r\nRCPT TO:<b@x.example>"), NULL },
	{ "NUL", LIT("a@x.example\0.org"), NULL },
	{ "NUL in the local part", LIT("a\0b@x.example"), NULL },
	{ "blank", LIT("a b@x.example"), NULL },
	{ "angle brackets", LIT("<a@x.example>"), NULL },
	{ "route", LIT("@r.example:a@x.example"), NULL },
	{ "comment", LIT("a@x.example (c)"), NULL },
	{ "latin-1", LIT("j\xF6rg@x.example"), NULL },
	{ "bad literal", LIT("a@[999.0.2.1]"), NULL },
	{ "NUL in a literal", LIT("a@[192.0.2.1\0]"), NULL },
	{ "local part of 64", LIT("0123456789012345678901234567890123456789"
	    "012345678901234567890123@x.example"),
	    "0123456789012345678901234567890123456789"
	    "012345678901234567890123@x.example" },
	{ "local part of 65", LIT("0123456789012345678901234567890123456789"
	    "0123456789012345678901234@x.example"), NULL },
};

static void
test_address(void **state)
{
	const struct address_row *row = *state;
	struct arena *a = arena_new();
	struct err err = { ERR_NONE, "" };
	const char *out = "untouched";

	if (row->out == NULL) {
		assert_int_equal(address_parse(a, row->in, &out, &err), -1);
		assert_string_equal(out, "untouched");
		assert_true(err.text[0] != '\0');
		assert_null(strchr(err.text, '\n'));
	} else {
		assert_int_equal(address_parse(a, row->in, &out, &err), 0);
		assert_string_equal(out, row->out);
		assert_true(address_is_safe(out));
	}
	arena_free(a);
}

/* ---- lists: "name|addr" joined by "; ", or "! error" ---- */

struct list_row {
	const char *name;
	struct span in;
	const char *strict;	/* by address_list */
	const char *some;	/* by address_some, NULL = the same */
};

static const struct list_row lists[] = {
	{ "bare", LIT("a@x.example"), "|a@x.example", NULL },
	{ "in brackets", LIT("<a@x.example>"), "|a@x.example", NULL },
	{ "name", LIT("Ann Example <a@x.example>"),
	    "Ann Example|a@x.example", NULL },
	{ "quoted name", LIT("\"Example, Ann\" <a@x.example>"),
	    "Example, Ann|a@x.example", NULL },
	{ "backslashes in the name", LIT("\"A \\\"x\\\\\" <a@x.example>"),
	    "A \"x\\|a@x.example", NULL },
	{ "dot in the name", LIT("Ann B. Example <a@x.example>"),
	    "Ann B. Example|a@x.example", NULL },
	{ "comment as name", LIT("a@x.example (Ann Example)"),
	    "Ann Example|a@x.example", NULL },
	{ "comment beside a name", LIT("Ann (SG13) <a@x.example>"),
	    "Ann|a@x.example", NULL },
	{ "nested comment", LIT("(a(b)c) a@x.example"),
	    "a(b)c|a@x.example", NULL },
	{ "bracket in a name", LIT("Ann [SG13] <a@x.example>"),
	    "Ann [SG13]|a@x.example", NULL },
	{ "encoded name", LIT("=?utf-8?q?J=C3=B6rg?= <a@x.example>"),
	    "J\xC3\xB6rg|a@x.example", NULL },
	{ "encoded comma", LIT("=?utf-8?Q?Doe,_J=2E?= <a@x.example>"),
	    "Doe, J.|a@x.example", NULL },
	{ "encoded word in quotes", LIT("\"=?utf-8?q?x=20y?=\" <a@x.example>"),
	    "x y|a@x.example", NULL },
	{ "raw latin-1 name", LIT("J\xF6rg <a@x.example>"),
	    "J\xC3\xB6rg|a@x.example", NULL },
	{ "an address as name", LIT("b@y.example <a@x.example>"),
	    "b@y.example|a@x.example", NULL },
	{ "two", LIT("a@x.example, B <b@x.example>"),
	    "|a@x.example; B|b@x.example", NULL },
	{ "empty elements", LIT(",a@x.example,,\r\n ,b@x.example,"),
	    "|a@x.example; |b@x.example", NULL },
	{ "semicolons between", LIT("a@x.example; b@x.example"),
	    "|a@x.example; |b@x.example", NULL },
	{ "folded", LIT(" a@x.example,\r\n\tB\r\n <b@x.example>"),
	    "|a@x.example; B|b@x.example", NULL },
	{ "group", LIT("JCA: a@x.example, b@x.example;, c@x.example"),
	    "|a@x.example; |b@x.example; |c@x.example", NULL },
	{ "empty group", LIT("undisclosed-recipients:;"), "! no address",
	    "" },
	{ "group without end", LIT("JCA: a@x.example"), "|a@x.example",
	    NULL },
	{ "group in a group", LIT("A: B: a@x.example;"),
	    "! at byte 4: address has a misplaced \":\"", "" },
	{ "route", LIT("<@r.example,@s.example:a@x.example>"),
	    "|a@x.example", NULL },
	{ "obsolete blanks", LIT("a . b @ x . example"),
	    "|a.b@x.example", NULL },
	{ "a blank in quotes stays", LIT("\"a b\"@x.example"),
	    "|\"a b\"@x.example", NULL },
	{ "words are not glued", LIT("a at b"),
	    "! \"a at b\": address has no \"@\"", "" },
	{ "two words before the at", LIT("ann lee@x.example"),
	    "! \"ann lee@x.example\": address has a character that must not "
	    "be in it", "" },
	{ "null address", LIT("MAILER-DAEMON <>"),
	    "! \"\": address is empty", "" },
	{ "no domain", LIT("MAILER-DAEMON"),
	    "! \"MAILER-DAEMON\": address has no \"@\"", "" },
	{ "one good, one bad", LIT("a@x.example, b"),
	    "! \"b\": address has no \"@\"", "|a@x.example" },
	{ "text behind", LIT("<a@x.example> b"),
	    "! at byte 1: address is followed by other text", "" },
	{ "two brackets", LIT("<a@x.example><b@x.example>"),
	    "! at byte 1: address has two \"<\"", "" },
	{ "open bracket", LIT("A <a@x.example"),
	    "! at byte 1: address has an open \"<\"", "" },
	{ "close bracket", LIT("a@x.example>"),
	    "! at byte 1: address has a \">\" without \"<\"", "" },
	{ "open quote", LIT("\"A <a@x.example>"),
	    "! at byte 1: quotation mark without end", "" },
	{ "open comment", LIT("a@x.example (x"),
	    "! at byte 13: comment without end", "" },
	{ "nothing", LIT(" "), "! no address", "" },
	{ "three, and three are allowed",
	    LIT("a@x.example, b@x.example, c@x.example"),
	    "|a@x.example; |b@x.example; |c@x.example", NULL },
	{ "four", LIT("a@x.example, b@x.example, c@x.example, d@x.example"),
	    "! over 3 addresses",
	    "|a@x.example; |b@x.example; |c@x.example" },
	{ "the key is in lower case", LIT("ANN@X.example"),
	    "|ANN@x.example", NULL },
};

static void
join(struct str *out, const struct mailbox *m, size_t n)
{
	size_t i;

	str_clear(out);
	str_adds(out, "");
	for (i = 0; i < n; i++)
		str_addf(out, "%s%s|%s", i > 0 ? "; " : "", m[i].name,
		    m[i].addr);
}

static void
test_list(void **state)
{
	const struct list_row *row = *state;
	struct arena *a = arena_new();
	struct str got = STR_EMPTY;
	struct err err = { ERR_NONE, "" };
	struct mailbox *m = NULL;
	size_t n = 0;

	if (address_list(a, row->in, 3, &m, &n, &err) == 0)
		join(&got, m, n);
	else
		str_addf(&got, "! %s", err.text);
	assert_string_equal(str_get(&got), row->strict);
	if (n > 0)
		assert_string_equal(m[0].key, address_key(a, m[0].addr));
	n = address_some(a, row->in, 3, &m);
	join(&got, m, n);
	assert_string_equal(str_get(&got),
	    row->some != NULL ? row->some : row->strict);
	str_done(&got);
	arena_free(a);
}

static void
test_deep_comment(void **state)
{
	struct arena *a = arena_new();
	struct str text = STR_EMPTY;
	struct mailbox *m;
	struct err err;
	size_t n, i;

	(void)state;
	for (i = 0; i < 120000; i++)
		str_addc(&text, '(');
	assert_int_equal(address_list(a, str_span(&text), 3, &m, &n, &err),
	    -1);
	for (i = 0; i < 120000; i++)
		str_addc(&text, ')');
	str_adds(&text, "a@x.example");
	assert_int_equal(address_list(a, str_span(&text), 3, &m, &n, &err),
	    -1);
	assert_string_equal(err.text, "at byte 1: comments nested too deep");
	str_done(&text);
	arena_free(a);
}

/* ---- formatting ---- */

struct format_row {
	const char *name;
	const char *display;
	const char *out;	/* with " <a@x.example>" behind */
};

static const struct format_row formats[] = {
	{ "no name", "", "<a@x.example>" },
	{ "plain name", "Ann Example", "Ann Example <a@x.example>" },
	{ "comma", "Example, Ann", "\"Example, Ann\" <a@x.example>" },
	{ "dot", "A. Example", "\"A. Example\" <a@x.example>" },
	{ "quote", "A \"x\" \\", "\"A \\\"x\\\" \\\\\" <a@x.example>" },
	{ "umlaut", "J\xC3\xB6rg", "=?UTF-8?Q?J=C3=B6rg?= <a@x.example>" },
	{ "looks encoded", "=?x?q?y?=",
	    "=?UTF-8?B?PT94P3E/eT89?= <a@x.example>" },
	{ "line end", "a\r\nBcc: b", "\"a Bcc: b\" <a@x.example>" },
	{ "chinese", "\xE4\xBC\x9A\xE8\xAE\xAE",
	    "=?UTF-8?B?5Lya6K6u?= <a@x.example>" },
};

static void
test_format(void **state)
{
	const struct format_row *row = *state;
	struct arena *a = arena_new();
	struct mailbox *m;
	size_t n;
	char *out = address_format(a, row->display, "a@x.example");

	assert_string_equal(out, row->out);
	/* Reading it again gives the same address. */
	assert_int_equal(address_list(a, span_of(out), 1, &m, &n, NULL), 0);
	assert_string_equal(m[0].addr, "a@x.example");
	arena_free(a);
}

/* ---- corpus ---- */

struct corpus_row {
	const char *name;
	const char *want;	/* ok, bad, odd */
	struct span address;
};

static void
test_corpus(void **state)
{
	const struct corpus_row *row = *state;
	struct arena *a = arena_new();
	struct err err = { ERR_NONE, "" };
	const char *out = NULL;
	int rc = address_parse(a, row->address, &out, &err);

	if (strcmp(row->want, "ok") == 0 && rc != 0)
		fail_msg("must be taken: %s", err.text);
	if (strcmp(row->want, "bad") == 0 && rc == 0)
		fail_msg("must be refused: %s", out);
	if (rc == 0) {
		assert_int_equal(strlen(out), row->address.n);
		assert_int_equal(strncasecmp(out, row->address.p,
		    row->address.n), 0);
	}
	arena_free(a);
}

/* \x00 \r \n \t \\ as in the file. */
static struct span
unescape(struct arena *a, struct span s)
{
	static const char from[] = "rnt\\", to[] = "\r\n\t\\";
	char *out = arena_alloc(a, s.n + 1), hex[3] = "";
	const char *hit;
	size_t i, n = 0;

	for (i = 0; i < s.n; i++) {
		if (s.p[i] != '\\' || i + 1 == s.n) {
			out[n++] = s.p[i];
			continue;
		}
		i++;
		hit = memchr(from, s.p[i], 4);
		if (hit != NULL)
			out[n++] = to[hit - from];
		else if (s.p[i] == 'x' && i + 2 < s.n) {
			memcpy(hex, s.p + i + 1, 2);
			out[n++] = (char)strtol(hex, NULL, 16);
			i += 2;
		} else {
			out[n++] = '\\';
			out[n++] = s.p[i];
		}
	}
	return span_make(out, n);
}

static int
run_corpus(void)
{
	struct arena *a = arena_new();
	struct corpus_row *rows = xcalloc(200, sizeof(*rows));
	struct span rest, line, number, want, why;
	size_t n = 0;
	int failed = 0;

	if (corpora_read(a, "addresses/addresses.tsv", &rest)) {
		while (rest.n > 0 && n < 200) {
			line = span_cut(&rest, '\n');
			number = span_cut(&line, '\t');
			want = span_cut(&line, '\t');
			(void)span_cut(&line, '\t');
			why = span_cut(&line, '\t');
			rows[n].want = arena_strndup(a, want.p, want.n);
			rows[n].name = arena_printf(a, "%.*s %s %.*s",
			    (int)number.n, number.p, rows[n].want,
			    (int)why.n, why.p);
			rows[n++].address = unescape(a, line);
		}
		failed = test_rows("address corpus", rows, n, sizeof(*rows),
		    test_corpus);
	}
	free(rows);
	arena_free(a);
	return failed;
}

int
main(void)
{
	static const struct CMUnitTest plain[] = {
		cmocka_unit_test(test_deep_comment),
	};
	int failed = 0;

	failed += TEST_ROWS("address", addresses, test_address);
	failed += TEST_ROWS("address_list", lists, test_list);
	failed += cmocka_run_group_tests_name("address limits", plain, NULL,
	    NULL);
	failed += TEST_ROWS("address_format", formats, test_format);
	failed += run_corpus();
	return test_exit(failed);
}
