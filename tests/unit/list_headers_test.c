/* SPDX-License-Identifier: ISC */
/* The list's own header fields. */
#include "tests/unit/list_fixture.h"

struct head {
	const char *name;
	const char *title, *archive;
	const char *want;	/* a line with its CRLF, or "!" and what is not
				 * there */
};

static const struct head rows[] = {
	{ "List-Id has title and identifier", "JCA-QKDN", "",
	    "List-Id: JCA-QKDN <jca-qkdn.lists.itu-t.example>\r\n" },
	{ "List-Id without a title", "", "",
	    "List-Id: <jca-qkdn.lists.itu-t.example>\r\n" },
	{ "a title with specials is quoted", "JCA, \"QKDN\"", "",
	    "List-Id: \"JCA, \\\"QKDN\\\"\" "
	    "<jca-qkdn.lists.itu-t.example>\r\n" },
	{ "a title that is not ASCII is encoded", "\xC3\x89tude", "",
	    "List-Id: =?" },
	{ "a title cannot end the line", "a\r\nBcc: x@y.example", "",
	    "!\r\nBcc" },
	{ "help", "T", "", "List-Help: "
	    "<mailto:jca-qkdn-help@lists.itu-t.example>\r\n" },
	{ "subscribe", "T", "", "List-Subscribe: "
	    "<mailto:jca-qkdn-subscribe@lists.itu-t.example>\r\n" },
	{ "unsubscribe", "T", "", "List-Unsubscribe: "
	    "<mailto:jca-qkdn-unsubscribe@lists.itu-t.example>\r\n" },
	{ "post", "T", "", "List-Post: "
	    "<mailto:jca-qkdn@lists.itu-t.example>\r\n" },
	{ "owner", "T", "", "List-Owner: "
	    "<mailto:jca-qkdn-owner@lists.itu-t.example>\r\n" },
	{ "no archive, no field", "T", "", "!List-Archive" },
	{ "an archive", "T", "https://lists.itu-t.example/a?b=c%20d",
	    "List-Archive: <https://lists.itu-t.example/a?b=c%20d>\r\n" },
	{ "an archive cannot end its brackets", "T", "https://x/>\r\nA: b",
	    "List-Archive: <https://x/%3E%0D%0AA:%20b>\r\n" },
	{ "precedence", "T", "", "Precedence: list\r\n" },
};

static void
headers(void **state)
{
	const struct head *r = *state;
	const struct row mail = { .verb = ROUTE_POST };
	struct fixture f;
	char *got;

	fixture_begin(&f, &mail);
	f.list.title = r->title;
	f.list.archive_url = r->archive;
	got = list_headers(f.arena, &f.list);
	if (r->want[0] == '!')
		assert_null(strstr(got, r->want + 1));
	else if (strstr(got, r->want) == NULL)
		fail_msg("no %s in:\n%s", r->want, got);
	for (char *p = got; *p != '\0'; p = strstr(p, "\r\n") + 2)
		assert_true(strcspn(p, "\r") <= 998 && *p != ' ');
	fixture_end(&f);
}

struct dropped {
	const char *name;
	bool want;
};

static const struct dropped dropped[] = {
	{ "list-*", true }, { "precedence", true }, { "errors-to", true },
	{ "disposition-notification-to", true }, { "approve*", true },
	{ "bcc", true }, { "authentication-results", true },
	{ "delivered-to", true }, { "x-loop", false }, { "dkim-signature", false }, { "from", false },
	{ "reply-to", false }, { "subject", false },
};

static void
drops(void **state)
{
	const struct dropped *r = *state;
	const char *const *d = list_dropped_headers();

	while (*d != NULL && strcmp(*d, r->name) != 0)
		d++;
	assert_int_equal(*d != NULL, r->want);
}

int
main(void)
{
	return test_exit(TEST_ROWS("list_headers", rows, headers) +
	    TEST_ROWS("list_dropped_headers", dropped, drops));
}
