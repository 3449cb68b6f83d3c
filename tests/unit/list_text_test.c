/* SPDX-License-Identifier: ISC */
/* What the sender typed, and what the mail program added. */
#include "tests/test.h"

#include <string.h>
#include "base/arena.h"
#include "list/list.h"
#include "list/text.h"

struct words {
	const char *name;
	const char *subject, *text;
	bool body_first;
	const char *want;
};

static const struct words first[] = {
	{ "the subject is first", "ACCEPT", "later", false, "ACCEPT" },
	{ "the body is first if wanted", "ACCEPT", "no\nlater", true, "no" },
	{ "an empty subject leaves the body", "", "yes", false, "yes" },
	{ "a subject of marks leaves the body", "Re: ...", "yes", false,
	    "yes" },
	{ "an empty body leaves the subject", "Re: ok", "\n\n", true, "ok" },
	{ "nothing gives nothing", "", "", true, "" },
	{ "Re is cut, in any case and number", "RE: re: Re[3]: ok", "", false,
	    "ok" },
	{ "AW, SV, VS, Antw and Odp are cut", "AW: SV: VS: Antw: Odp: ok", "",
	    false, "ok" },
	{ "Fwd and WG are cut", "Fwd: WG: ok", "", false, "ok" },
	{ "a blank before the colon is cut", "RE : ok", "", false, "ok" },
	{ "a French reply mark is cut", "R\xC3\xA9p : ok", "", false, "ok" },
	{ "a Russian reply mark is cut", "\xD0\x9E\xD1\x82\xD0\xB2: ok", "",
	    false, "ok" },
	{ "a Chinese mark with a wide colon is cut",
	    "\xE7\xAD\x94\xE5\xA4\x8D\xEF\xBC\x9Aok", "", false, "ok" },
	{ "a word with a colon is no mark", "Agenda: ok", "", false,
	    "Agenda: ok" },
	{ "a subject on two lines is one line", "a\r\n b", "", false, "a b" },
	{ "quoted lines are passed over", "", "> no\n> no\nyes", true, "yes" },
	{ "the line that introduces a quote is passed over", "",
	    "On Monday, Ada wrote:\n> no\nyes", true, "yes" },
	{ "it may be two lines long", "",
	    "On Mon, 4 Jan 2027 at 10:00, Ada <ada@carrier-a.example>\n"
	    "wrote:\n> no\n\nyes", true, "yes" },
	{ "an answer above the quote is found", "",
	    "yes\nOn Monday, Ada wrote:\n> no", true, "yes" },
	{ "a line with a colon is text if no quote follows", "",
	    "My answer:\nyes", true, "My answer:" },
	{ "a signature says nothing", "Re: x", "-- \nEve", true, "x" },
	{ "a telephone's signature says nothing", "Re: x",
	    "Sent from my telephone", true, "x" },
	{ "Outlook's original says nothing", "Re: x",
	    "-----Original Message-----\nno", true, "x" },
	{ "Outlook's header block says nothing", "Re: x",
	    "From: Ada\nSent: Monday\nTo: Eve\n\nno", true, "x" },
	{ "a German header block says nothing", "Re: x",
	    "Von: Ada\nGesendet: Montag\n\nno", true, "x" },
	{ "Outlook's rule says nothing below", "Re: x",
	    "________________________________\nno", true, "x" },
	{ "a rule of hyphens is text", "", "-----\nyes", true, "-----" },
	{ "no-break blanks are blanks", "", "\xC2\xA0\n\xC2\xA0yes\xC2\xA0",
	    true, "yes" },
	{ "a byte order mark is nothing", "", "\xEF\xBB\xBFyes", true,
	    "yes" },
};

static void
first_words(void **state)
{
	const struct words *r = *state;
	struct arena *a = arena_new();
	struct digest d = { .subject = r->subject, .text = r->text };

	assert_string_equal(list_first_words(a, &d, r->body_first), r->want);
	arena_free(a);
}

struct decision {
	const char *name;
	const char *line;
	enum list_word want;
};

static const struct decision decisions[] = {
	{ "ok agrees", "ok", LIST_WORD_OK },
	{ "OK! agrees", "OK!", LIST_WORD_OK },
	{ "Yes, go ahead agrees", "Yes, go ahead", LIST_WORD_OK },
	{ "a quoted \"approve\" agrees", "\"approve\"", LIST_WORD_OK },
	{ "Russian da agrees", "\xD0\x94\xD0\xB0", LIST_WORD_OK },
	{ "Chinese tongyi agrees", "\xE5\x90\x8C\xE6\x84\x8F", LIST_WORD_OK },
	{ "no refuses", "no", LIST_WORD_NO },
	{ "Reject: spam refuses", "Reject: spam", LIST_WORD_NO },
	{ "spam discards", "spam", LIST_WORD_DROP },
	{ "nothing is no decision", "", LIST_WORD_NONE },
	{ "okey-dokey is no decision", "okey-dokey", LIST_WORD_NONE },
	{ "note is not no", "note", LIST_WORD_NONE },
	{ "a later ok is no decision", "I think ok", LIST_WORD_NONE },
};

static void
decide(void **state)
{
	const struct decision *r = *state;

	assert_int_equal(list_text_decision(span_make(r->line,
	    strlen(r->line))), r->want);
}

struct quote {
	const char *name;
	const char *line, *want;
};

static const struct quote quotes[] = {
	{ "plain words stay", "set digest on", "set digest on" },
	{ "foreign letters stay", "G\xC3\xBCl \xC3\x96rnek",
	    "G\xC3\xBCl \xC3\x96rnek" },
	{ "a link is broken", "http://evil.example/",
	    "http___evil_example_" },
	{ "an address is broken", "a@b.example", "a_b_example" },
	{ "a full stop at the end stays", "Hello. You.", "Hello. You." },
	{ "tags are broken", "<b>x</b>", "_b_x__b_" },
	{ "controls vanish", "a\x01\x1B[31mb", "a[31mb" },
	{ "line ends become blanks", "a\r\nBcc: x", "a Bcc_ x" },
	{ "turned direction vanishes", "a\xE2\x80\xAE" "b", "ab" },
	{ "zero width vanishes", "a\xE2\x80\x8B" "b", "ab" },
	{ "bad UTF-8 is replaced", "a\xFF", "a\xEF\xBF\xBD" },
	{ "a long line is cut between characters",
	    "123456789012345678901234567890123456789012345678901234567"
	    "89\xC3\xA9x", "1234567890123456789012345678901234567890123456789"
	    "0123456789 ..." },
};

static void
quote(void **state)
{
	const struct quote *r = *state;
	struct arena *a = arena_new();

	assert_string_equal(list_text_quote(a, span_make(r->line,
	    strlen(r->line))), r->want);
	arena_free(a);
}

struct typed {
	const char *name;
	const char *text;
	size_t max;
	const char *want;
};

static const struct typed typeds[] = {
	{ "paragraphs stay apart", "a\nb\n\n\nc", 100, "a\nb\n\nc" },
	{ "quotes and signature go", "> q\na\n-- \nsig", 100, "a" },
	{ "the limit holds", "abcdef", 3, "abc" },
	{ "the limit does not split a character", "ab\xC3\xA9", 3, "ab" },
	{ "controls go", "a\x07" "b", 100, "ab" },
};

static void
typed(void **state)
{
	const struct typed *r = *state;
	struct arena *a = arena_new();

	assert_string_equal(list_text_typed(a, r->text, r->max), r->want);
	arena_free(a);
}

int
main(void)
{
	return test_exit(TEST_ROWS("list_first_words", first, first_words) +
	    TEST_ROWS("list_text_decision", decisions, decide) +
	    TEST_ROWS("list_text_quote", quotes, quote) +
	    TEST_ROWS("list_text_typed", typeds, typed));
}
