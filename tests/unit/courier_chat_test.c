/* SPDX-License-Identifier: ISC */
/* The begin of a session, seen from the side. */
#include "tests/test.h"

#include <string.h>

#include "courier/chat.h"

struct row {
	const char *name;
	bool must_log_in;
	const char *lines[14];	/* "C..." sent, "S..." heard */
	bool cut;
	bool offers_8bit;
	const char *last;
};

static const struct row rows[] = {
	{ "a plain session", false, { "S220 mx\r\n", "CEHLO us\r\n",
	    "S250-mx\r\n250 8BITMIME\r\n", "CMAIL FROM:<>\r\n",
	    "S250 ok\r\n", NULL }, false, true, "250-mx\r\n250 8BITMIME" },
	{ "a relay that is busy", false, { "S421 busy\r\n", "CQUIT\r\n",
	    "S221 bye\r\n", NULL }, false, false, "421 busy" },
	{ "EHLO is answered in pieces", false, { "S220 mx\r\n",
	    "CEHLO us\r\n", "S250-mx\r\n250-8BIT", "SMIME\r\n250 SIZE\r\n",
	    NULL }, false, true, "MIME\r\n250 SIZE" },
	{ "and in very small ones", false, { "S220 mx\r\n", "CEHLO us\r\n",
	    "S250 8BI", "ST", "SMI", "SME\r\n", NULL }, false, true, "ME" },
	{ "only the last EHLO counts", false, { "S220 mx\r\n",
	    "CEHLO us\r\n", "S250-8BITMIME\r\n250 STARTTLS\r\n",
	    "CSTARTTLS\r\n", "S220 go\r\n", "CEHLO us\r\n",
	    "S250 mx\r\n", NULL }, false, false, "250 mx" },
	{ "text behind the STARTTLS reply", false, { "S220 mx\r\n",
	    "CEHLO us\r\n", "S250 STARTTLS\r\n", "CSTARTTLS\r\n",
	    "S220 go\r\n250 injected\r\n", NULL }, true, false,
	    "220 go\r\n250 injected" },
	{ "behind one in pieces", false, { "CSTARTTLS\r\n", "S22", "S0 go\r\n2",
	    NULL }, true, false, "0 go\r\n2" },
	{ "a STARTTLS reply of two lines", false, { "CSTARTTLS\r\n",
	    "S220-well\r\n220 go\r\n", NULL }, false, false,
	    "220-well\r\n220 go" },
	{ "a log-in that works", true, { "CAUTH CRAM-MD5\r\n", "S334 x\r\n",
	    "Cabcd\r\n", "S235 fine\r\n", "CMAIL FROM:<>\r\n", NULL }, false,
	    false, "235 fine" },
	{ "a log-in that fails", true, { "CAUTH PLAIN x\r\n", "S535 no\r\n",
	    "CMAIL FROM:<>\r\n", NULL }, true, false, "535 no" },
	{ "a log-in that is not offered", true, { "CEHLO us\r\n",
	    "S250 mx\r\n", "CMAIL FROM:<>\r\n", NULL }, true, false,
	    "250 mx" },
};

static void
test_row(void **state)
{
	const struct row *row = *state;
	struct chat c;
	bool fine = true;

	chat_init(&c, row->must_log_in);
	for (size_t i = 0; row->lines[i] != NULL; i++) {
		struct span s = span_of(row->lines[i] + 1);

		assert_true(fine);	/* nothing is said after a cut */
		fine = row->lines[i][0] == 'C' ? chat_sent(&c, s) :
		    chat_heard(&c, s);
	}
	assert_int_equal(!fine, row->cut);
	assert_int_equal(c.fault != NULL, row->cut);
	assert_int_equal(c.offers_8bit, row->offers_8bit);
	assert_string_equal(c.last, row->last);
}

int
main(void)
{
	return test_exit(TEST_ROWS("chat", rows, test_row));
}
