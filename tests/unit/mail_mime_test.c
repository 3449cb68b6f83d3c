/* SPDX-License-Identifier: ISC */
/*
 * Mime: the parts of small and broken mails, parameters, and the corpus of
 * torture mails: every one must be read, and 95 of 100 leaves must decode to
 * the bytes that their collectors agreed on.
 */
#include "tests/test.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "mail/mime.h"
#include "mail/param.h"
#include "mail/parse.h"
#include "tests/unit/mail_corpora.h"

#define LIT(s) { s, sizeof(s) - 1 }
#define MULTI "Content-Type: multipart/mixed; boundary=b\r\n\r\n"

/* ---- structure: leaves as "path type [body]" ---- */

struct mime_row {
	const char *name;
	struct span mail;
	const char *leaves;
	const char *error;
};

static const struct mime_row mimes[] = {
	{ "no MIME at all", LIT("A: b\r\n\r\nx\r\n"),
	    "1 text/plain [x\r\n]", NULL },
	{ "two parts", LIT(MULTI "pre\r\n--b\r\n\r\nx\r\n--b\r\n\r\ny\r\n"
	    "--b--\r\npost"), "1.1 text/plain [x]1.2 text/plain [y]", NULL },
	{ "LF line ends", LIT("Content-Type: multipart/mixed; boundary=b\n\n"
	    "--b\n\nx\n--b--\n"), "1.1 text/plain [x]", NULL },
	{ "an empty line before the boundary is the part's",
	    LIT(MULTI "--b\r\n\r\nx\r\n\r\n--b--"), "1.1 text/plain [x\r\n]",
	    NULL },
	{ "empty part", LIT(MULTI "--b\r\n--b--\r\n"), "1.1 text/plain []",
	    NULL },
	{ "header without empty line", LIT(MULTI "--b\r\nContent-Type: "
	    "text/html\r\n--b--\r\n"), "1.1 text/html []", NULL },
	{ "no part", LIT(MULTI "--b--\r\n"), "", NULL },
	{ "no boundary in the body", LIT(MULTI "x\r\n"), "", NULL },
	{ "no boundary parameter", LIT("Content-Type: multipart/mixed\r\n"
	    "\r\nx"), "1 multipart/mixed [x]", NULL },
	{ "no closing boundary", LIT(MULTI "--b\r\n\r\nx\r\n-- \r\ny\r\n"),
	    "1.1 text/plain [x\r\n-- \r\ny\r\n]", NULL },
	{ "blanks behind the boundary", LIT(MULTI "--b \t\r\n\r\nx\r\n"
	    "--b-- \r\n"), "1.1 text/plain [x]", NULL },
	{ "text behind the boundary", LIT(MULTI "--b x\r\n\r\ny\r\n--b--"),
	    "1.1 text/plain [y]", NULL },
	{ "a longer word is no boundary", LIT(MULTI "--b\r\n\r\nx\r\n--bb"
	    "\r\n--b--"), "1.1 text/plain [x\r\n--bb]", NULL },
	{ "a boundary in the line is none", LIT(MULTI "--b\r\n\r\n --b\r\n"
	    "--b--"), "1.1 text/plain [ --b]", NULL },
	{ "behind the end nothing counts", LIT(MULTI "--b\r\n\r\nx\r\n--b--"
	    "\r\n--b\r\n\r\ny\r\n"), "1.1 text/plain [x]", NULL },
	{ "nested", LIT(MULTI "--b\r\nContent-Type: multipart/alternative; "
	    "boundary=\"bb\"\r\n\r\n--bb\r\n\r\nx\r\n--bb--\r\n--b\r\n\r\ny"
	    "\r\n--b--"), "1.1.1 text/plain [x]1.2 text/plain [y]", NULL },
	{ "the outer boundary ends the inner", LIT(MULTI "--b\r\n"
	    "Content-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\nx"
	    "\r\n--b\r\n\r\ny\r\n--b--"),
	    "1.1.1 text/plain [x]1.2 text/plain [y]", NULL },
	{ "one boundary begins with the other", LIT("Content-Type: "
	    "multipart/mixed; boundary=b-1\r\n\r\n--b-1\r\nContent-Type: "
	    "multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b-1--\r\n"
	    ), "1.1.1 text/plain [x]", NULL },
	{ "message", LIT("Content-Type: message/rfc822\r\n\r\nA: b\r\n\r\nx"
	    ), "1.1 text/plain [x]", NULL },
	{ "digest", LIT("Content-Type: multipart/digest; boundary=b\r\n\r\n"
	    "--b\r\n\r\nA: b\r\n\r\nx\r\n--b--"), "1.1.1 text/plain [x]",
	    NULL },
	{ "encoded message", LIT("Content-Type: message/rfc822\r\n"
	    "Content-Transfer-Encoding: base64\r\n\r\nQTogYgoKeA==\r\n"),
	    "1.1 text/plain [x]", NULL },
	{ "a type that is none", LIT("Content-Type: text\r\n\r\nx"),
	    "1 text/plain [x]", NULL },
	{ "quoted boundary", LIT("Content-Type: multipart/mixed; boundary="
	    "\"a \\\"b\"\r\n\r\n--a \"b\r\n\r\nx\r\n--a \"b--"),
	    "1.1 text/plain [x]", NULL },
	{ "boundary in sections", LIT("Content-Type: multipart/mixed; "
	    "boundary*1=b; boundary*0=\"a\"\r\n\r\n--ab\r\n\r\nx\r\n--ab--"),
	    "1.1 text/plain [x]", NULL },
	{ "folded boundary", LIT("Content-Type: multipart/mixed; boundary="
	    "\"a\r\n b\"\r\n\r\n--a b\r\n\r\nx\r\n--a b--"),
	    "1.1 text/plain [x]", NULL },
	{ "four levels", LIT("Content-Type: message/rfc822\r\n\r\n"
	    "Content-Type: message/rfc822\r\n\r\n"
	    "Content-Type: message/rfc822\r\n\r\n"
	    "Content-Type: message/rfc822\r\n\r\n"), "",
	    "MIME parts are nested deeper than 3 levels" },
	{ "six parts", LIT(MULTI "--b\r\n--b\r\n--b\r\n--b\r\n--b\r\n--b--"),
	    NULL, "over 5 MIME parts" },
};

static void
test_mime(void **state)
{
	static const struct mime_limits limits = { 1000, 20, 1000, 3, 5, 10,
		1000 };
	const struct mime_row *row = *state;
	struct arena *a = arena_new();
	struct str got = STR_EMPTY;
	struct err err = { ERR_NONE, "" };
	struct mime m;
	size_t i;

	assert_int_equal(mime_split(a, row->mail, &limits, &m, &err),
	    row->error != NULL ? -1 : 0);
	assert_string_equal(err.text, row->error != NULL ? row->error : "");
	for (i = 0; i < m.n; i++) {
		if (!m.parts[i].leaf)
			continue;
		str_addf(&got, "%s %s [", m.parts[i].path, m.parts[i].type);
		str_addspan(&got, m.parts[i].body);
		str_addc(&got, ']');
	}
	if (row->error == NULL)
		assert_string_equal(str_get(&got), row->leaves);
	str_done(&got);
	arena_free(a);
}

/* ---- parameters ---- */

struct param_row {
	const char *name;
	struct span in;
	const char *value, *raw, *text;	/* the last two of "name" */
};

static const struct param_row params[] = {
	{ "none", LIT("Text/Plain"), "text/plain", NULL, "" },
	{ "empty", LIT(""), "", NULL, "" },
	{ "token", LIT("a; name=b"), "a", "b", "b" },
	{ "case and blanks", LIT(" a ;\r\n NAME = b "), "a", "b", "b" },
	{ "quoted", LIT("a; name=\"b; c\""), "a", "b; c", "b; c" },
	{ "backslashes", LIT("a; name=\"b\\\"c\\\\\""), "a", "b\"c\\",
	    "b\"c\\" },
	{ "comments", LIT("a (;name=x); (y) name=b (z)"), "a", NULL, "" },
	{ "comment behind", LIT("a; name=b (z)"), "a", "b", "b" },
	{ "blank in a token", LIT("a; name=b c.txt; x=y"), "a", "b c.txt",
	    "b c.txt" },
	{ "double semicolon", LIT("a;; name=b;"), "a", "b", "b" },
	{ "open quote", LIT("a; name=\"b"), "a", "b", "b" },
	{ "no equals sign", LIT("a; name; name=b"), "a", "b", "b" },
	{ "encoded word", LIT("a; name=\"=?utf-8?q?=C3=A8?=\""), "a",
	    "=?utf-8?q?=C3=A8?=", "\xC3\xA8" },
	{ "raw latin-1", LIT("a; name=\"\xE8\""), "a", "\xE8", "\xC3\xA8" },
	{ "extended", LIT("a; name*=utf-8'en'%C3%A8%20x"), "a",
	    "\xC3\xA8 x", "\xC3\xA8 x" },
	{ "extended latin-1", LIT("a; name*=iso-8859-1''%E8"), "a", "\xE8",
	    "\xC3\xA8" },
	{ "extended without charset", LIT("a; name*=%C3%A8"), "a",
	    "\xC3\xA8", "\xC3\xA8" },
	{ "sections", LIT("a; name*1=\"c d\"; name*0=b"), "a", "bc d",
	    "bc d" },
	{ "mixed sections", LIT("a; name*0*=utf-8''%C3; name*1*=%A8; "
	    "name*2=%20"), "a", "\xC3\xA8%20", "\xC3\xA8%20" },
	{ "a section is missing", LIT("a; name*0=b; name*2=c"), "a", "b",
	    "b" },
	{ "line ends in a name", LIT("a; name*=utf-8''x%0D%0Ay"), "a",
	    "x\r\ny", "x y" },
};

static void
test_param(void **state)
{
	const struct param_row *row = *state;
	struct arena *a = arena_new();
	struct params p;
	struct span raw;

	assert_int_equal(param_parse(a, row->in, 10, &p, NULL), 0);
	assert_string_equal(p.value, row->value);
	raw = param_raw(a, &p, "name");
	if (row->raw == NULL)
		assert_null(raw.p);
	else {
		assert_non_null(raw.p);
		assert_string_equal(raw.p, row->raw);
	}
	assert_string_equal(param_text(a, &p, "name"), row->text);
	arena_free(a);
}

/* ---- corpus ---- */

struct tally {
	size_t leaves, right, mails;
};

static bool
has_leaf(const json_t *got, const json_t *want)
{
	const json_t *leaf;
	size_t i;

	json_array_foreach(json_object_get(got, "leaves"), i, leaf) {
		if (strcmp(json_string_value(json_object_get(leaf, "path")),
		    json_string_value(json_object_get(want, "part"))) == 0)
			return json_equal(json_object_get(leaf, "sha256"),
			    json_object_get(want, "sha256")) == 1 &&
			    json_integer_value(json_object_get(leaf,
			    "size")) == json_integer_value(json_object_get(
			    want, "bytes"));
	}
	return false;
}

static void
check_mail(struct arena *a, const json_t *expected, struct tally *t)
{
	const char *file = json_string_value(json_object_get(expected,
	    "file"));
	struct str out = STR_EMPTY;
	struct span mail;
	const json_t *leaf;
	json_t *got;
	size_t i;

	assert_true(corpora_read(a, arena_printf(a, "mime/eml/%s", file),
	    &mail));
	parse_debug(a, mail, file, &out);
	got = json_loads(str_get(&out), 0, NULL);
	assert_non_null(got);
	json_array_foreach(json_object_get(expected, "leaves"), i, leaf) {
		t->leaves++;
		if (has_leaf(got, leaf))
			t->right++;
		else
			(void)printf("%s: part %s differs\n", file,
			    json_string_value(json_object_get(leaf,
			    "part")));
	}
	t->mails++;
	json_decref(got);
	str_done(&out);
}

static void
test_corpus(void **state)
{
	struct arena *a = arena_new();
	struct tally t = { 0, 0, 0 };
	struct span all, line;
	json_t *expected;

	(void)state;
	if (corpora_read(a, "mime/expected.jsonl", &all)) {
		while (all.n > 0) {
			line = span_line(&all);
			expected = json_loadb(line.p, line.n, 0, NULL);
			assert_non_null(expected);
			check_mail(a, expected, &t);
			json_decref(expected);
		}
		(void)printf("%zu of %zu leaves right\n", t.right, t.leaves);
		assert_int_equal(t.mails, 80);
		assert_true(t.right * 100 >= t.leaves * 95);
	}
	arena_free(a);
}

int
main(void)
{
	static const struct CMUnitTest corpus[] = {
		cmocka_unit_test(test_corpus),
	};
	int failed = 0;

	failed += TEST_ROWS("mime_split", mimes, test_mime);
	failed += TEST_ROWS("param", params, test_param);
	failed += cmocka_run_group_tests_name("corpus", corpus, NULL, NULL);
	return test_exit(failed);
}
