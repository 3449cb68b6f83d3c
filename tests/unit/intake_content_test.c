/* SPDX-License-Identifier: ISC */
/* Content scanner: what is a mail's end, what is refused, what is stored; each
 * row is fed whole, byte by byte, and cut in two at every place. */
#include "tests/test.h"

#include <string.h>

#include "base/str.h"
#include "intake/content.h"

struct row {
	const char *name;
	struct span in;
	const char *out;	/* what is stored, if there is no fault */
	bool done;
	bool whole;
	enum content_fault fault;
	size_t rest;		/* bytes left over behind the end */
};

#define IN(text) { text, sizeof(text) - 1 }

static const struct row data_rows[] = {
	{ "a mail", IN("a: b\r\n\r\nhi\r\n.\r\n"), "a: b\r\n\r\nhi\r\n",
	    true, true, CONTENT_CLEAN, 0 },
	{ "an empty mail", IN(".\r\n"), "", true, true, CONTENT_CLEAN, 0 },
	{ "bytes behind the end stay", IN("a\r\n.\r\nQUIT\r\n"), "a\r\n",
	    true, true, CONTENT_CLEAN, 6 },
	{ "a dot is taken out", IN("..\r\n...x\r\n.y\r\n.\r\n"),
	    ".\r\n..x\r\ny\r\n", true, true, CONTENT_CLEAN, 0 },
	{ "a dot inside a line stays", IN("a.\r\nb.c\r\n.\r\n"),
	    "a.\r\nb.c\r\n", true, true, CONTENT_CLEAN, 0 },
	{ "no end yet", IN("a\r\n."), "a\r\n", false, false, CONTENT_CLEAN,
	    0 },
	{ "bare LF", IN("a\nb\r\n.\r\n"), "", true, true, CONTENT_BARE_LF,
	    0 },
	{ "bare CR", IN("a\rb\r\n.\r\n"), "", true, true, CONTENT_BARE_CR,
	    0 },
	{ "CR CR LF", IN("a\r\r\n.\r\n"), "", true, true, CONTENT_BARE_CR,
	    0 },
	{ "NUL", IN("a\0b\r\n.\r\n"), "", true, true, CONTENT_NUL, 0 },
	{ "LF dot LF is no end", IN("a\n.\nMAIL\r\n.\r\n"), "", true, true,
	    CONTENT_BARE_LF, 0 },
	{ "LF dot CRLF is no end", IN("a\n.\r\nMAIL\r\n.\r\n"), "", true,
	    true, CONTENT_BARE_LF, 0 },
	{ "CR dot CR is no end", IN("a\r.\rMAIL\r\n.\r\n"), "", true, true,
	    CONTENT_BARE_CR, 0 },
	{ "CRLF dot LF is no end", IN("a\r\n.\nMAIL\r\n.\r\n"), "", true,
	    true, CONTENT_BARE_LF, 0 },
	{ "CRLF dot CR is no end", IN("a\r\n.\rMAIL\r\n.\r\n"), "", true,
	    true, CONTENT_BARE_CR, 0 },
	{ "CRLF dot CR CR LF is no end", IN("a\r\n.\r\r\nb\r\n.\r\n"), "",
	    true, true, CONTENT_BARE_CR, 0 },
	{ "LF at the begin", IN("\na\r\n.\r\n"), "", true, true,
	    CONTENT_BARE_LF, 0 },
	{ "the first fault counts", IN("a\0\nb\rc\r\n.\r\n"), "", true, true,
	    CONTENT_NUL, 0 },
};

static const struct row chunk_rows[] = {
	{ "dots are bytes", IN("..a\r\n.\r\nb\r\n"), "..a\r\n.\r\nb\r\n",
	    false, true, CONTENT_CLEAN, 0 },
	{ "a last line without CRLF", IN("a\r\nb"), "a\r\nb", false, false,
	    CONTENT_CLEAN, 0 },
	{ "a last CR", IN("a\r"), "a\r", false, false, CONTENT_CLEAN, 0 },
	{ "nothing", IN(""), "", false, true, CONTENT_CLEAN, 0 },
	{ "bare LF in a chunk", IN("a\n"), "", false, false, CONTENT_BARE_LF,
	    0 },
};

/* Feed in; returns the bytes taken. */
static size_t
feed(struct content *c, struct span in, struct str *out)
{
	size_t pos = 0;

	while (pos < in.n && !c->done) {
		struct span part;
		size_t n = content_take(c, span_sub(in, pos, in.n), &part);

		assert_true(n > 0);
		str_addspan(out, part);
		pos += n;
	}
	return pos;
}

static void
check(const struct row *row, bool dots, size_t cut, bool bytes)
{
	struct content c;
	struct str out = STR_EMPTY;
	size_t taken = 0;

	content_init(&c, dots);
	if (bytes) {
		for (size_t i = 0; i < row->in.n; i++)
			taken += feed(&c, span_sub(row->in, i, i + 1), &out);
	} else {
		taken += feed(&c, span_sub(row->in, 0, cut), &out);
		taken += feed(&c, span_sub(row->in, cut, row->in.n), &out);
	}
	assert_int_equal(c.fault, row->fault);
	assert_int_equal(c.done, row->done);
	assert_int_equal(row->in.n - taken, row->rest);
	assert_int_equal(content_is_whole(&c) || c.done, row->whole);
	if (row->fault == CONTENT_CLEAN)
		assert_string_equal(str_get(&out), row->out);
	else
		assert_true(content_fault_text(c.fault)[0] != '\0');
	str_done(&out);
}

static void
check_all(const struct row *row, bool dots)
{
	for (size_t cut = 0; cut <= row->in.n; cut++)
		check(row, dots, cut, false);
	check(row, dots, 0, true);
}

static void
test_data(void **state)
{
	check_all(*state, true);
}

static void
test_chunk(void **state)
{
	check_all(*state, false);
}

int
main(void)
{
	return test_exit(
	    TEST_ROWS("content after DATA", data_rows, test_data) +
	    TEST_ROWS("content in BDAT", chunk_rows, test_chunk));
}
