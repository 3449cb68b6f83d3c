/* SPDX-License-Identifier: ISC */
/* Compose: folding, encoding, text parts, templates; and that nobody can
 * bring a line end into a header. */
#include "tests/test.h"

#include <stdbool.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/utf8.h"
#include "mail/compose.h"
#include "mail/decode.h"
#include "mail/words.h"

#define LIT(s) { s, sizeof(s) - 1 }
#define TEN "0123456789"
#define WORDS "one two three four five six seven eight nine ten "

struct header_row {
	const char *name;
	bool raw;
	const char *value;
	const char *out;	/* behind "X: ", without the last CRLF */
};

static const struct header_row headers[] = {
	{ "plain", false, "hello", "hello" },
	{ "empty", false, "", "" },
	{ "line ends become blanks", false, "a\r\nBcc: b\rc\nd",
	    "a Bcc: b c d" },
	{ "line ends become blanks, raw", true, "a\r\nBcc: b\nd",
	    "a Bcc: b d" },
	{ "controls vanish", false, "a\x01\x7F" "b", "ab" },
	{ "folded at a blank", false, WORDS WORDS,
	    "one two three four five six seven eight nine ten one two three "
	    "four five\r\n six seven eight nine ten" },
	{ "folded, raw", true, WORDS WORDS,
	    "one two three four five six seven eight nine ten one two three "
	    "four five\r\n six seven eight nine ten" },
	{ "a long token is not cut", true, TEN TEN TEN TEN TEN TEN TEN TEN,
	    TEN TEN TEN TEN TEN TEN TEN TEN },
	{ "blanks in quotes stay, raw", true, "\"a  b\" <a@x.example>",
	    "\"a  b\" <a@x.example>" },
	{ "umlaut", false, "Gen\xC3\xA8ve", "=?UTF-8?Q?Gen=C3=A8ve?=" },
	{ "looks encoded", false, "=?utf-8?q?x?=",
	    "=?UTF-8?Q?=3D=3Futf-8=3Fq=3Fx=3F=3D?=" },
	{ "invalid UTF-8", false, "a\xFF", "=?UTF-8?B?Ye+/vQ==?=" },
};

static void
test_header(void **state)
{
	const struct header_row *row = *state;
	struct str out = STR_EMPTY, want = STR_EMPTY;

	if (row->raw)
		compose_raw(&out, "X", row->value);
	else
		compose_header(&out, "X", row->value);
	str_addf(&want, "X: %s\r\n", row->out);
	assert_string_equal(str_get(&out), str_get(&want));
	str_done(&out);
	str_done(&want);
}

/* Whatever goes in comes out again after decoding, in lines of at most 78
 * bytes. */
static void
test_words_round(void **state)
{
	static const char *const units[] = { "\xC3\xA8", "\xE2\x82\xAC ",
		"\xF0\x9F\x93\x85", "abc \xC3\xA4", "a, \"b\" ", TEN };
	struct arena *a = arena_new();
	struct str text = STR_EMPTY, out = STR_EMPTY;
	struct span rest, line;
	size_t unit, n;

	(void)state;
	for (unit = 0; unit < 6; unit++) {
		for (n = 1; n < 150; n += 7) {
			while (text.len < n * 8)
				str_adds(&text, units[unit]);
			str_adds(&text, "\xC3\xA8");
			str_clear(&out);
			compose_header(&out, "Subject", str_get(&text));
			rest = str_span(&out);
			while (rest.n > 0) {
				line = span_line(&rest);
				assert_true(line.n <= 78);
				assert_true(utf8_is_ascii(line));
			}
			assert_string_equal(words_decode(a,
			    span_sub(str_span(&out), 8, out.len)),
			    utf8_line(a, str_span(&text)));
		}
		str_clear(&text);
	}
	str_done(&text);
	str_done(&out);
	arena_free(a);
}

/* ---- text parts ---- */

struct text_row {
	const char *name;
	const char *text;
	const char *encoding;
	const char *body;
};

static const struct text_row texts[] = {
	{ "ASCII", "a\nb\n", "7bit", "a\r\nb\r\n" },
	{ "no line end at the end", "a", "7bit", "a\r\n" },
	{ "empty", "", "7bit", "" },
	{ "CRLF", "a\r\nb\r\n", "7bit", "a\r\nb\r\n" },
	{ "signature", "-- \nx\n", "7bit", "-- \r\nx\r\n" },
	{ "umlaut", "\xC3\xA8 = 1\n", "quoted-printable",
	    "=C3=A8 =3D 1\r\n" },
	{ "blank at the end", "\xC3\xA8 \n", "quoted-printable",
	    "=C3=A8=20\r\n" },
	{ "From at the start of a line", "x\nFrom y\n", "quoted-printable",
	    "x\r\n=46rom y\r\n" },
	{ "dot at the start of a line", ".\n\xC3\xA8\n", "quoted-printable",
	    "=2E\r\n=C3=A8\r\n" },
	{ "long line", TEN TEN TEN TEN TEN TEN TEN TEN "\n",
	    "quoted-printable",
	    TEN TEN TEN TEN TEN TEN TEN "01234=\r\n56789\r\n" },
	{ "NUL and escape are dropped", "a\x1B[1mb\n", "7bit",
	    "a[1mb\r\n" },
};

static void
test_text(void **state)
{
	const struct text_row *row = *state;
	struct arena *a = arena_new();
	struct str out = STR_EMPTY, want = STR_EMPTY;
	bool cut;

	compose_text(&out, "plain", row->text);
	str_addf(&want, "Content-Type: text/plain; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: %s\r\n\r\n%s", row->encoding,
	    row->body);
	assert_string_equal(str_get(&out), str_get(&want));
	/* And back: nothing lost but the missing last line end. */
	assert_int_equal(strncmp(decode_text(a, row->encoding, "utf-8",
	    span_of(row->body), 1000, &cut), utf8_clean(a,
	    span_of(row->text)), strlen(utf8_clean(a, span_of(row->text)))),
	    0);
	str_done(&out);
	str_done(&want);
	arena_free(a);
}

/* ---- templates ---- */

struct template_row {
	const char *name;
	struct span in;
	const char *subject, *body;	/* subject NULL: body is the error */
};

static const struct template_row templates[] = {
	{ "plain", LIT("Subject: Hello\n\nText\n"), "Hello", "Text\n" },
	{ "no body", LIT("Subject: Hello\n\n"), "Hello", "" },
	{ "CRLF", LIT("Subject: Hello\r\n\r\nText\r\n"), "Hello", "Text\n" },
	{ "values", LIT("Subject: To {{who}}\n\n{{who}}, {{list}}\n"),
	    "To Ann", "Ann, JCA\n" },
	{ "a value is not read again", LIT("Subject: x\n\n{{evil}}\n"), "x",
	    "{{who}}\n" },
	{ "a value with line ends in the subject",
	    LIT("Subject: {{lines}}\n\n{{lines}}\n"), "a Bcc: b",
	    "a\nBcc: b\n" },
	{ "section shown", LIT("Subject: x\n\na{{#who}}b{{/who}}c\n"), "x",
	    "abc\n" },
	{ "section hidden", LIT("Subject: x\n\na{{#none}}b{{/none}}c\n"),
	    "x", "ac\n" },
	{ "tags alone on a line take the line",
	    LIT("Subject: x\n\na\n{{#who}}\nb\n{{/who}}\nc\n"), "x",
	    "a\nb\nc\n" },
	{ "hidden lines", LIT("Subject: x\n\na\n{{#none}}\nb\n{{/none}}\nc\n"),
	    "x", "a\nc\n" },
	{ "hidden in shown",
	    LIT("Subject: x\n\n{{#who}}a{{#none}}b{{/none}}c{{/who}}"), "x",
	    "ac" },
	{ "shown in hidden",
	    LIT("Subject: x\n\n{{#none}}a{{#who}}b{{/who}}c{{/none}}d"), "x",
	    "d" },
	{ "unknown name", LIT("Subject: x\n\n{{what}}"), NULL,
	    "template: unknown name in {{what}}" },
	{ "unknown section", LIT("Subject: x\n\n{{#what}}"), NULL,
	    "template: unknown name in {{#what}}" },
	{ "unknown name in hidden text",
	    LIT("Subject: x\n\n{{#none}}{{what}}{{/none}}"), NULL,
	    "template: unknown name in {{what}}" },
	{ "crossed sections",
	    LIT("Subject: x\n\n{{#who}}{{#list}}{{/who}}{{/list}}"), NULL,
	    "template: {{/who}} closes nothing" },
	{ "section without end", LIT("Subject: x\n\n{{#who}}"), NULL,
	    "template: section {{#who}} has no end" },
	{ "tag without end", LIT("Subject: x\n\n{{who"), NULL,
	    "template: \"{{\" without \"}}\"" },
	{ "no subject", LIT("Hello\n\nText"), NULL, "template: does not "
	    "begin with \"Subject: ...\" and an empty line" },
	{ "no empty line", LIT("Subject: x\nText"), NULL, "template: does "
	    "not begin with \"Subject: ...\" and an empty line" },
};

static void
test_template(void **state)
{
	static const char *const vars[] = { "who", "Ann", "list", "JCA",
		"none", "", "evil", "{{who}}", "lines", "a\nBcc: b", NULL };
	const struct template_row *row = *state;
	struct arena *a = arena_new();
	const char *subject = NULL, *body = NULL;
	struct err err = { ERR_NONE, "" };

	if (row->subject == NULL) {
		assert_int_equal(compose_template(a, row->in, vars, &subject,
		    &body, &err), -1);
		assert_string_equal(err.text, row->body);
		assert_int_equal(err.kind, ERR_BADINPUT);
	} else {
		assert_int_equal(compose_template(a, row->in, vars, &subject,
		    &body, &err), 0);
		assert_string_equal(subject, row->subject);
		assert_string_equal(body, row->body);
	}
	arena_free(a);
}

static void
test_ids(void **state)
{
	static const uint8_t seed[16] = { 0xAB, 1 };
	struct arena *a = arena_new();

	(void)state;
	assert_string_equal(compose_boundary(a, seed),
	    "=_ab010000000000000000000000000000");
	assert_string_equal(compose_message_id(a, seed, "x.example"),
	    "<ab010000000000000000000000000000.list@x.example>");
	arena_free(a);
}

int
main(void)
{
	static const struct CMUnitTest plain[] = {
		cmocka_unit_test(test_words_round),
		cmocka_unit_test(test_ids),
	};
	int failed = 0;

	failed += TEST_ROWS("compose_header", headers, test_header);
	failed += TEST_ROWS("compose_text", texts, test_text);
	failed += TEST_ROWS("compose_template", templates, test_template);
	failed += cmocka_run_group_tests_name("compose", plain, NULL, NULL);
	return test_exit(failed);
}
