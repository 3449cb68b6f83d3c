/* SPDX-License-Identifier: ISC */
/* Header: where fields begin and end, what is refused, and the decoding of
 * values (RFC 2047) as real senders write them. */
#include "tests/test.h"

#include <stdbool.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "mail/header.h"
#include "mail/words.h"

#define LIT(s) { s, sizeof(s) - 1 }

static const struct header_limits limits = { 200, 5, 80 };

/* ---- splitting: fields as "name=value|", the body's offset ---- */

struct split_row {
	const char *name;
	struct span mail;
	const char *fields;
	size_t end;
	const char *error;	/* NULL: none */
};

static const struct split_row splits[] = {
	{ "one field", LIT("A: b\r\n\r\nx"), "A=b|", 8, NULL },
	{ "LF line ends", LIT("A: b\n\nx"), "A=b|", 6, NULL },
	{ "no body", LIT("A: b\r\n"), "A=b|", 6, NULL },
	{ "last line without end", LIT("A: b"), "A=b|", 4, NULL },
	{ "only an empty line", LIT("\r\nx"), "", 2, NULL },
	{ "nothing at all", LIT(""), "", 0, NULL },
	{ "folded", LIT("A: b\r\n\tc\r\n d\r\nE: f\r\n\r\n"),
	    "A=b\tc d|E=f|", 22, NULL },
	{ "a line of blanks continues", LIT("A: b\r\n \r\nC: d\r\n\r\n"),
	    "A=b|C=d|", 17, NULL },
	{ "obsolete blank before the colon", LIT("A \t: b\r\n\r\n"),
	    "A=b|", 10, NULL },
	{ "empty value", LIT("A:\r\n\r\n"), "A=|", 6, NULL },
	{ "colons in the value", LIT("A: b:c\r\n\r\n"), "A=b:c|", 10, NULL },
	{ "8-bit value", LIT("A: \xE9\r\n\r\n"), "A=\xE9|", 8, NULL },
	{ "a line without colon", LIT("A: b\r\noops\r\nC: d\r\n\r\n"),
	    "A=b|C=d|", 20, "header line 2 is no header field "
	    "(\"Name: value\")" },
	{ "a blank in the name", LIT("A b: c\r\n\r\n"), "", 10,
	    "header line 1 is no header field (\"Name: value\")" },
	{ "mbox separator", LIT("From x y 10:10\r\nA: b\r\n\r\n"), "A=b|",
	    24, "header line 1 is no header field (\"Name: value\")" },
	{ "no name", LIT(": x\r\nA: b\r\n\r\n"), "A=b|", 13,
	    "header line 1 is no header field (\"Name: value\")" },
	{ "begins with a folded line", LIT(" x\r\nA: b\r\n\r\n"), "A=b|",
	    12, "header line 1 is no header field (\"Name: value\")" },
	{ "five fields", LIT("A:\r\nB:\r\nC:\r\nD:\r\nE:\r\n\r\n"),
	    "A=|B=|C=|D=|E=|", 22, NULL },
	{ "six fields", LIT("A:\r\nB:\r\nC:\r\nD:\r\nE:\r\nF:\r\n\r\n"),
	    "A=|B=|C=|D=|E=|", 26, "header line 6 is one field too many" },
	{ "a long line", LIT("A: 0123456789012345678901234567890123456789"
	    "0123456789012345678901234567890123456789\r\n\r\n"),
	    "A=0123456789012345678901234567890123456789"
	    "0123456789012345678901234567890123456789|", 87,
	    "header line 1 is too long" },
};

static void
check_fields(struct arena *a, const struct split_row *row,
    const struct header *h)
{
	struct str got = STR_EMPTY;
	size_t i, pos = 0;

	for (i = 0; i < h->n; i++) {
		const struct header_field *f = &h->fields[i];

		str_addspan(&got, f->name);
		str_addf(&got, "=%s|", header_value(a, f));
		assert_true(f->off >= pos);
		pos = f->off + f->len;
		assert_true(pos <= row->mail.n);
	}
	assert_string_equal(str_get(&got), row->fields);
	assert_int_equal(h->end, row->end);
	str_done(&got);
}

static void
test_split(void **state)
{
	const struct split_row *row = *state;
	struct arena *a = arena_new();
	struct header h, strict = { NULL, 99, 0 };
	struct err err = { ERR_NONE, "" };

	assert_int_equal(header_scan(a, row->mail, &limits, &h, &err),
	    row->error != NULL ? -1 : 0);
	assert_string_equal(err.text, row->error != NULL ? row->error : "");
	check_fields(a, row, &h);
	assert_int_equal(header_split(a, row->mail, &limits, &strict, NULL),
	    row->error != NULL ? -1 : 0);
	/* Untouched on failure. */
	assert_int_equal(strict.n, row->error != NULL ? 99 : h.n);
	arena_free(a);
}

static void
test_size_limit(void **state)
{
	struct arena *a = arena_new();
	struct str mail = STR_EMPTY;
	struct header h;
	struct err err;
	int i;

	(void)state;
	for (i = 0; i < 4; i++)
		str_addf(&mail, "A: %060d\r\n", i);
	assert_int_equal(header_split(a, str_span(&mail), &limits, &h, &err),
	    -1);
	assert_int_equal(err.kind, ERR_LIMIT);
	str_done(&mail);
	arena_free(a);
}

static void
test_get(void **state)
{
	struct arena *a = arena_new();
	struct span mail = LIT("A: 1\r\na: 2\r\nB: 3\r\n\r\n");
	struct header h;

	(void)state;
	assert_int_equal(header_split(a, mail, &limits, &h, NULL), 0);
	assert_int_equal(header_count(&h, "A"), 2);
	assert_string_equal(header_value(a, header_get(&h, "a", 1)), "2");
	assert_null(header_get(&h, "a", 2));
	assert_null(header_get(&h, "c", 0));
	arena_free(a);
}

/* ---- encoded words ---- */

struct word_row {
	const char *name;
	struct span in;
	const char *out;
};

static const struct word_row words[] = {
	{ "plain", LIT(" hello"), "hello" },
	{ "folded", LIT(" a\r\n b"), "a b" },
	{ "quoted-printable", LIT("=?iso-8859-1?Q?Gen=E8ve?="),
	    "Gen\xC3\xA8ve" },
	{ "underscore is a blank", LIT("=?utf-8?q?a_b?="), "a b" },
	{ "base64", LIT("=?UTF-8?B?R2Vuw6h2ZQ==?="), "Gen\xC3\xA8ve" },
	{ "base64 without padding", LIT("=?UTF-8?B?R2Vuw6h2ZQ?="),
	    "Gen\xC3\xA8ve" },
	{ "text around", LIT("Re: =?utf-8?q?x?= y"), "Re: x y" },
	{ "blanks between words vanish",
	    LIT("=?utf-8?q?a?= \r\n =?utf-8?q?b?="), "ab" },
	{ "character split across words",
	    LIT("=?utf-8?q?Gen=C3?= =?utf-8?q?=A8ve?="), "Gen\xC3\xA8ve" },
	{ "character split across base64 words",
	    LIT("=?utf-8?B?4oI=?=\r\n\t=?UTF-8?b?rA==?="), "\xE2\x82\xAC" },
	{ "split across both encodings",
	    LIT("=?utf-8?B?4oI=?= =?utf-8?Q?=AC?="), "\xE2\x82\xAC" },
	{ "words of two charsets",
	    LIT("=?iso-8859-1?q?=E8?= =?koi8-r?q?=C1?="),
	    "\xC3\xA8\xD0\xB0" },
	{ "stateful charset", LIT("=?iso-2022-jp?B?GyRCMnE1RBsoQg==?="),
	    "\xE4\xBC\x9A\xE8\xAD\xB0" },
	{ "gb2312", LIT("=?gb2312?B?u+HS6Q==?="),
	    "\xE4\xBC\x9A\xE8\xAE\xAE" },
	{ "korean", LIT("=?ks_c_5601-1987?B?yLjAxw==?="),
	    "\xED\x9A\x8C\xEC\x9D\x98" },
	{ "language tag", LIT("=?utf-8*fr?q?x?="), "x" },
	{ "unknown charset stays", LIT("=?x-none?q?a=20b?="),
	    "=?x-none?q?a=20b?=" },
	{ "utf-7 is not decoded", LIT("=?utf-7?q?+AGE-?="),
	    "=?utf-7?q?+AGE-?=" },
	{ "unknown encoding stays", LIT("=?utf-8?x?a?="), "=?utf-8?x?a?=" },
	{ "no end", LIT("=?utf-8?q?abc"), "=?utf-8?q?abc" },
	{ "empty word", LIT("a=?utf-8?q?" "?=b"), "ab" },
	{ "no blanks around", LIT("a=?utf-8?q?b?=c"), "abc" },
	{ "blank inside", LIT("=?utf-8?q?a b?="), "a b" },
	{ "broken escape", LIT("=?utf-8?q?a=ZZ=4?="), "a=ZZ=4" },
	{ "line ends cannot be brought in",
	    LIT("=?utf-8?q?a=0D=0ABcc:_x?="), "a Bcc: x" },
	{ "NUL cannot be brought in", LIT("=?utf-8?q?a=00b?="), "ab" },
	{ "invalid UTF-8 in a word", LIT("=?utf-8?q?a=FFb?="),
	    "a\xEF\xBF\xBD" "b" },
	{ "raw UTF-8", LIT("Gen\xC3\xA8ve"), "Gen\xC3\xA8ve" },
	{ "raw latin-1", LIT("Gen\xE8ve"), "Gen\xC3\xA8ve" },
	{ "raw latin-1 next to a word", LIT("\xE8 =?utf-8?q?=C3=A8?="),
	    "\xC3\xA8 \xC3\xA8" },
	{ "label us-ascii is a lie", LIT("=?us-ascii?q?=E8?="),
	    "\xC3\xA8" },
	{ "windows quotes in latin-1", LIT("=?iso-8859-1?q?=93x=94?="),
	    "\xE2\x80\x9Cx\xE2\x80\x9D" },
};

static void
test_word(void **state)
{
	const struct word_row *row = *state;
	struct arena *a = arena_new();

	assert_string_equal(words_decode(a, row->in), row->out);
	arena_free(a);
}

int
main(void)
{
	static const struct CMUnitTest plain[] = {
		cmocka_unit_test(test_size_limit),
		cmocka_unit_test(test_get),
	};
	int failed = 0;

	failed += TEST_ROWS("header_split", splits, test_split);
	failed += cmocka_run_group_tests_name("header", plain, NULL, NULL);
	failed += TEST_ROWS("words", words, test_word);
	return test_exit(failed);
}
