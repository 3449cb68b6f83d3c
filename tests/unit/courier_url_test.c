/* SPDX-License-Identifier: ISC */
/* What may stand in relay.url. */
#include "tests/test.h"

#include <string.h>

#include "base/err.h"
#include "courier/courier.h"

struct row {
	const char *name;
	const char *url;
	const char *complaint;	/* part of the text, NULL = fine */
};

static const struct row rows[] = {
	{ "a folder", "outbox:/var/spool/jcad/outbox", NULL },
	{ "a relative folder", "outbox:out", NULL },
	{ "no folder", "outbox:", "name a folder" },
	{ "a relay", "esmtp://mx.itu-t.example:25", NULL },
	{ "an address", "esmtp://127.0.0.1:2525", NULL },
	{ "smtp for now", "smtp://127.0.0.1:25", NULL },
	{ "no port", "esmtp://mx.itu-t.example", "give a port" },
	{ "port 0", "esmtp://mx.itu-t.example:0", "give a port" },
	{ "port 65536", "esmtp://mx.itu-t.example:65536", "give a port" },
	{ "a path behind the port", "esmtp://mx:25/x", "give a port" },
	{ "an IPv6 address", "esmtp://[::1]:25", "IPv6" },
	{ "no slashes", "esmtp:mx:25", "write esmtp://HOST:PORT" },
	{ "no host", "esmtp://:25", "no host name" },
	{ "a user", "esmtp://a@mx:25", "no host name" },
	{ "lmtp", "lmtp://127.0.0.1:24", "own sending engine" },
	{ "lmtp over UNIX", "lmtp+unix:/run/lmtp", "own sending engine" },
	{ "another kind", "http://x", "not of a known kind" },
	{ "no kind", "mx", "not of a known kind" },
	{ "a kind alone", "esmtp", "not of a known kind" },
	{ "nothing: a folder in the spool", "", NULL },
};

static void
test_row(void **state)
{
	const struct row *row = *state;
	struct err err = { 0 };
	int rc = courier_url_check(row->url, &err);

	assert_int_equal(rc, row->complaint == NULL ? 0 : -1);
	if (row->complaint != NULL && strstr(err.text, row->complaint) == NULL)
		fail_msg("\"%s\" lacks \"%s\"", err.text, row->complaint);
}

int
main(void)
{
	return test_exit(TEST_ROWS("relay.url", rows, test_row));
}
