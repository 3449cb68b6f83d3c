/* SPDX-License-Identifier: ISC */
/* The header block that libesmtp is shown: as long, and nothing it knows but
 * one Date, one From, one Message-Id. */
#include "tests/test.h"

#include <string.h>

#include "base/err.h"
#include "base/str.h"
#include "courier/guise.h"

struct row {
	const char *name;
	const char *mail;
	size_t header;		/* length of the header block */
	const char *guise;	/* NULL = refused */
};

#define FULL "Date: d\r\nFrom: f\r\nMessage-ID: <i>\r\n"

static const struct row rows[] = {
	{ "all three and nothing else", FULL "\r\nbody\r\n", 37,
	    FULL "\r\n" },
	{ "other fields are dressed", "Received: x\r\n" FULL
	    "Subject: s\r\n\r\n", 62,
	    "!eceived: x\r\n" FULL "!ubject: s\r\n\r\n" },
	{ "what the library drops is dressed", "Return-Path: <a>\r\n" FULL
	    "Cc: a\r\nCc: b\r\n\r\n", 69,
	    "!eturn-Path: <a>\r\n" FULL "!c: a\r\n!c: b\r\n\r\n" },
	{ "the second Date is dressed", FULL "Date: e\r\n\r\n", 46,
	    FULL "!ate: e\r\n\r\n" },
	{ "continuation lines stay", "X: a\r\n b\r\n\tc\r\n" FULL "\r\n",
	    51, "!: a\r\n b\r\n\tc\r\n" FULL "\r\n" },
	{ "a blank before the colon is another name",
	    "Date : d\r\nSubject: a long one\r\nFrom: f\r\n"
	    "Message-ID: i\r\n\r\n", 57,
	    "Date:: d\r\n!ubject: a long one\r\nFrom: f\r\n"
	    "Message-ID: i\r\n\r\n" },
	{ "missing ones borrow the place of others",
	    "Subject: hello\r\nTo: a\r\nX-Something: x\r\n\r\n", 41,
	    "Date:ct: hello\r\nFrom:\r\nMessage-Id:: x\r\n\r\n" },
	{ "a name is not laid over the end of a line",
	    "To:\r\n a@b.example, c@d.example\r\n" FULL "\r\n", 69,
	    "!o:\r\n a@b.example, c@d.example\r\n" FULL "\r\n" },
	{ "too few fields", "Subject: x\r\n\r\nbody\r\n", 14, NULL },
	{ "no fields", "\r\nbody\r\n", 2, NULL },
	{ "a header without end", FULL, 35, FULL },
	{ "a line without a colon", FULL "hello\r\n\r\n", 44,
	    FULL "!ello\r\n\r\n" },
	{ "a blank first line", " x\r\n" FULL "\r\n", 41,
	    "!x\r\n" FULL "\r\n" },
};

static void
test_row(void **state)
{
	const struct row *row = *state;
	struct span mail = span_of(row->mail);
	struct str out = STR_EMPTY;
	struct err err = { 0 };
	size_t n = guise_header(mail);
	int rc = guise_make(span_sub(mail, 0, n), &out, &err);

	assert_int_equal(n, row->header);
	assert_int_equal(rc, row->guise == NULL ? -1 : 0);
	if (rc == 0)
		assert_string_equal(str_get(&out), row->guise);
	else
		assert_true(err.text[0] != '\0');
	str_done(&out);
}

int
main(void)
{
	return test_exit(TEST_ROWS("guise", rows, test_row));
}
