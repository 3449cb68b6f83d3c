/* SPDX-License-Identifier: ISC */
/*
 * Sessions as literal dialogues: what the client sends, in turns, and what it
 * hears (reply codes with their enhanced codes). Each row runs with whole
 * turns and, where timing is not what it is about, byte by byte.
 */
#include "tests/test.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "intake/session.h"

#define LIST "jca-qkdn@lists.itu-t.example"
#define OWNER "jca-qkdn-owner@lists.itu-t.example"
#define MAIL_1 "MAIL FROM:<ada@vendor-g.example>\r\n"
#define RCPT_1 "RCPT TO:<" LIST ">\r\n"
#define RCPT_2 "RCPT TO:<" OWNER ">\r\n"
#define BODY "Subject: x\r\n\r\nhello\r\n"

static struct list_settings lists[] = {
	{ .name = "jca-qkdn", .domain = "lists.itu-t.example" },
};

static const struct settings settings = {
	.hostname = "lists.itu-t.example",
	.intake_rcpts = 3,
	.intake_errors = 4,
	.max_message = 200,
	.lists = lists,
	.n_lists = 1,
};

struct row {
	const char *name;
	enum intake_protocol protocol;
	const char *turns[8];
	const char *replies;
	const char *events;
	const char *content;
	struct reply verdict[3];	/* 250 for each if code 0 */
	bool timing;			/* not byte by byte */
	unsigned fail;			/* session_fail(fail) after BEGIN */
};

static const struct row rows[] = {
	{ .name = "one mail over SMTP", .protocol = INTAKE_SMTP,
	    .turns = { "EHLO mx.example\r\n", MAIL_1, RCPT_1, "DATA\r\n",
		BODY ".\r\n", "QUIT\r\n" },
	    .replies = "220 250 250-2.1.0 250-2.1.5 354 250-2.0.0 221-2.0.0",
	    .events = "begin end close", .content = BODY },
	{ .name = "one mail over LMTP", .protocol = INTAKE_LMTP,
	    .turns = { "LHLO mx.example\r\n", MAIL_1, RCPT_1, "DATA\r\n",
		BODY ".\r\n", "QUIT\r\n" },
	    .replies = "220 250 250-2.1.0 250-2.1.5 354 250-2.0.0 221-2.0.0",
	    .events = "begin end close", .content = BODY },
	{ .name = "pipelining", .protocol = INTAKE_SMTP,
	    .turns = { "EHLO mx.example\r\n", MAIL_1 RCPT_1 RCPT_2 "DATA\r\n",
		BODY ".\r\n" MAIL_1 RCPT_1 "DATA\r\n", BODY ".\r\nQUIT\r\n" },
	    .replies = "220 250 250-2.1.0 250-2.1.5 250-2.1.5 354 250-2.0.0 "
		"250-2.1.0 250-2.1.5 354 250-2.0.0 221-2.0.0",
	    .events = "begin end begin end close", .content = BODY BODY },
	{ .name = "HELO and no extensions", .protocol = INTAKE_SMTP,
	    .turns = { "HELO mx.example\r\n",
		"MAIL FROM:<a@b.example> SIZE=10\r\n", MAIL_1 },
	    .replies = "220 250 555-5.5.4 250-2.1.0" },
	{ .name = "LMTP gives a reply for each recipient",
	    .protocol = INTAKE_LMTP,
	    .turns = { "LHLO mx\r\n", MAIL_1 RCPT_1 RCPT_2 "DATA\r\n",
		BODY ".\r\n" },
	    .replies = "220 250 250-2.1.0 250-2.1.5 250-2.1.5 354 250-2.0.0 "
		"550-5.7.1",
	    .events = "begin end", .content = BODY,
	    .verdict = { { 250, "2.0.0 ok" }, { 550, "5.7.1 no" } } },
	{ .name = "SMTP: one recipient took it", .protocol = INTAKE_SMTP,
	    .turns = { "EHLO mx\r\n", MAIL_1 RCPT_1 RCPT_2 "DATA\r\n",
		BODY ".\r\n" },
	    .replies = "220 250 250-2.1.0 250-2.1.5 250-2.1.5 354 250-2.0.0",
	    .events = "begin end", .content = BODY,
	    .verdict = { { 550, "5.7.1 no" }, { 250, "2.0.0 ok" } } },
	{ .name = "SMTP: all refused it", .protocol = INTAKE_SMTP,
	    .turns = { "EHLO mx\r\n", MAIL_1 RCPT_1 RCPT_2 "DATA\r\n",
		BODY ".\r\n" },
	    .replies = "220 250 250-2.1.0 250-2.1.5 250-2.1.5 354 550-5.7.1",
	    .events = "begin end", .content = BODY,
	    .verdict = { { 550, "5.7.1 no" }, { 554, "5.6.0 never" } } },
	{ .name = "SMTP: one may take it later", .protocol = INTAKE_SMTP,
	    .turns = { "EHLO mx\r\n", MAIL_1 RCPT_1 RCPT_2 "DATA\r\n",
		BODY ".\r\n" },
	    .replies = "220 250 250-2.1.0 250-2.1.5 250-2.1.5 354 451-4.3.0",
	    .events = "begin end", .content = BODY,
	    .verdict = { { 550, "5.7.1 no" }, { 451, "4.3.0 later" } } },
	{ .name = "a verdict that is none", .protocol = INTAKE_SMTP,
	    .turns = { "EHLO mx\r\n", MAIL_1 RCPT_1 "DATA\r\n",
		BODY ".\r\n", "NOOP\r\n" },
	    .replies = "220 250 250-2.1.0 250-2.1.5 354 451-4.3.0 250-2.0.0",
	    .events = "begin end discard", .content = BODY,
	    .verdict = { { 354, "more" } } },

	{ .name = "the null sender", .protocol = INTAKE_SMTP,
	    .turns = { "EHLO mx\r\n", "MAIL FROM:<>\r\n" RCPT_1 },
	    .replies = "220 250 250-2.1.0 250-2.1.5" },
	{ .name = "a sender that is no address", .protocol = INTAKE_SMTP,
	    .turns = { "EHLO mx\r\n", "MAIL FROM:<ada>\r\n" },
	    .replies = "220 250 553-5.1.7" },
	{ .name = "an unknown list", .protocol = INTAKE_SMTP,
	    .turns = { "EHLO mx\r\n", MAIL_1
		"RCPT TO:<jca-none@lists.itu-t.example>\r\n" "DATA\r\n" },
	    .replies = "220 250 250-2.1.0 550-5.1.1 503-5.5.1" },
	{ .name = "a recipient that is no address", .protocol = INTAKE_SMTP,
	    .turns = { "EHLO mx\r\n", MAIL_1 "RCPT TO:<>\r\n" },
	    .replies = "220 250 250-2.1.0 553-5.1.3" },
	{ .name = "postmaster without a domain", .protocol = INTAKE_SMTP,
	    .turns = { "EHLO mx\r\n", MAIL_1 "RCPT TO:<Postmaster>\r\n"
		"RCPT TO:<postmaster@LISTS.itu-t.example>\r\n"
		"RCPT TO:<postmaster@vendor-g.example>\r\n" },
	    .replies = "220 250 250-2.1.0 250-2.1.5 250-2.1.5 550-5.1.1" },
	{ .name = "too many recipients", .protocol = INTAKE_SMTP,
	    .turns = { "EHLO mx\r\n", MAIL_1 RCPT_1 RCPT_1 RCPT_1 RCPT_2 },
	    .replies = "220 250 250-2.1.0 250-2.1.5 250-2.1.5 250-2.1.5 "
		"452-4.5.3" },
	{ .name = "parameters of RCPT", .protocol = INTAKE_SMTP,
	    .turns = { "EHLO mx\r\n", MAIL_1
		"RCPT TO:<" LIST "> NOTIFY=NEVER\r\n" },
	    .replies = "220 250 250-2.1.0 555-5.5.4" },

	{ .name = "8BITMIME and SIZE", .protocol = INTAKE_SMTP,
	    .turns = { "EHLO mx\r\n",
		"MAIL FROM:<a@b.example> BODY=8BITMIME SIZE=200\r\n" },
	    .replies = "220 250 250-2.1.0" },
	{ .name = "BINARYMIME is not offered", .protocol = INTAKE_SMTP,
	    .turns = { "EHLO mx\r\n",
		"MAIL FROM:<a@b.example> BODY=BINARYMIME\r\n" },
	    .replies = "220 250 555-5.5.4" },
	{ .name = "SIZE over the limit", .protocol = INTAKE_SMTP,
	    .turns = { "EHLO mx\r\n",
		"MAIL FROM:<a@b.example> SIZE=201\r\n", MAIL_1 },
	    .replies = "220 250 552-5.3.4 250-2.1.0" },
	{ .name = "SIZE that is no number", .protocol = INTAKE_SMTP,
	    .turns = { "EHLO mx\r\n",
		"MAIL FROM:<a@b.example> SIZE=big\r\n" },
	    .replies = "220 250 555-5.5.4" },
	{ .name = "an UTF-8 address with SMTPUTF8", .protocol = INTAKE_SMTP,
	    .turns = { "EHLO mx\r\n",
		"MAIL FROM:<j\xc3\xb6rg@b.example> SMTPUTF8\r\n" },
	    .replies = "220 250 250-2.1.0" },
	{ .name = "an UTF-8 address without SMTPUTF8",
	    .protocol = INTAKE_SMTP,
	    .turns = { "EHLO mx\r\n", "MAIL FROM:<j\xc3\xb6rg@b.example>\r\n" },
	    .replies = "220 250 553-5.6.7" },

	{ .name = "too large while it comes", .protocol = INTAKE_SMTP,
	    .turns = { "EHLO mx\r\n", MAIL_1 RCPT_1 "DATA\r\n",
		"0123456789012345678901234567890123456789012345678\r\n"
		"0123456789012345678901234567890123456789012345678\r\n"
		"0123456789012345678901234567890123456789012345678\r\n"
		"0123456789012345678901234567890123456789012345678\r\n",
		".\r\n", "NOOP\r\n" },
	    .replies = "220 250 250-2.1.0 250-2.1.5 354 552-5.3.4 250-2.0.0",
	    .events = "begin discard" },
	{ .name = "bare LF in a mail", .protocol = INTAKE_SMTP,
	    .turns = { "EHLO mx\r\n", MAIL_1 RCPT_1 "DATA\r\n",
		"a\nb\r\n.\r\n", "NOOP\r\n" },
	    .replies = "220 250 250-2.1.0 250-2.1.5 354 550-5.6.0 250-2.0.0",
	    .events = "begin discard" },
	{ .name = "a smuggled second mail is part of the first",
	    .protocol = INTAKE_SMTP,
	    .turns = { "EHLO mx\r\n", MAIL_1 RCPT_1 "DATA\r\n",
		"a\r\n.\n" MAIL_1 RCPT_1 "DATA\r\nb\r\n.\r\n", "NOOP\r\n" },
	    .replies = "220 250 250-2.1.0 250-2.1.5 354 550-5.6.0 250-2.0.0",
	    .events = "begin discard", .content = "a\r\n" },
	{ .name = "LMTP refuses a bad mail for each recipient",
	    .protocol = INTAKE_LMTP,
	    .turns = { "LHLO mx\r\n", MAIL_1 RCPT_1 RCPT_2 "DATA\r\n",
		"a\rb\r\n.\r\n" },
	    .replies = "220 250 250-2.1.0 250-2.1.5 250-2.1.5 354 550-5.6.0 "
		"550-5.6.0",
	    .events = "begin discard" },
	{ .name = "no file for DATA", .protocol = INTAKE_LMTP,
	    .turns = { "LHLO mx\r\n", MAIL_1 RCPT_1 RCPT_2 "DATA\r\n",
		MAIL_1 },
	    .replies = "220 250 250-2.1.0 250-2.1.5 250-2.1.5 452-4.3.1 "
		"250-2.1.0",
	    .events = "begin discard", .fail = 452 },
	{ .name = "no file for BDAT", .protocol = INTAKE_LMTP,
	    .turns = { "LHLO mx\r\n", MAIL_1 RCPT_1 RCPT_2
		"BDAT 3 LAST\r\na\r\n" MAIL_1 },
	    .replies = "220 250 250-2.1.0 250-2.1.5 250-2.1.5 452-4.3.1 "
		"452-4.3.1 250-2.1.0",
	    .events = "begin discard", .fail = 452 },

	{ .name = "one chunk", .protocol = INTAKE_SMTP,
	    .turns = { "EHLO mx\r\n", MAIL_1 RCPT_1
		"BDAT 21 LAST\r\n" BODY "QUIT\r\n" },
	    .replies = "220 250 250-2.1.0 250-2.1.5 250-2.0.0 221-2.0.0",
	    .events = "begin end close", .content = BODY },
	{ .name = "three chunks, the last empty", .protocol = INTAKE_SMTP,
	    .turns = { "EHLO mx\r\n", MAIL_1 RCPT_1
		"BDAT 4\r\n.\r\n.BDAT 2\r\n\r\nBDAT 0 LAST\r\n" },
	    .replies = "220 250 250-2.1.0 250-2.1.5 250-2.0.0 250-2.0.0 "
		"250-2.0.0",
	    .events = "begin end", .content = ".\r\n.\r\n" },
	{ .name = "a CRLF cut by chunks", .protocol = INTAKE_SMTP,
	    .turns = { "EHLO mx\r\n", MAIL_1 RCPT_1
		"BDAT 2\r\na\rBDAT 1 LAST\r\n\n" },
	    .replies = "220 250 250-2.1.0 250-2.1.5 250-2.0.0 250-2.0.0",
	    .events = "begin end", .content = "a\r\n" },
	{ .name = "a last line is made whole", .protocol = INTAKE_SMTP,
	    .turns = { "EHLO mx\r\n", MAIL_1 RCPT_1 "BDAT 1 LAST\r\na" },
	    .replies = "220 250 250-2.1.0 250-2.1.5 250-2.0.0",
	    .events = "begin end", .content = "a\r\n" },
	{ .name = "a last CR is bare", .protocol = INTAKE_SMTP,
	    .turns = { "EHLO mx\r\n", MAIL_1 RCPT_1
		"BDAT 2 LAST\r\na\rNOOP\r\n" },
	    .replies = "220 250 250-2.1.0 250-2.1.5 550-5.6.0 250-2.0.0",
	    .events = "begin discard", .content = "a\r" },
	{ .name = "a bad chunk ends the mail", .protocol = INTAKE_SMTP,
	    .turns = { "EHLO mx\r\n", MAIL_1 RCPT_1
		"BDAT 3\r\na\nbBDAT 3 LAST\r\na\r\nNOOP\r\n" },
	    .replies = "220 250 250-2.1.0 250-2.1.5 550-5.6.0 503-5.5.1 "
		"250-2.0.0",
	    .events = "begin discard" },
	{ .name = "chunks without recipients are consumed",
	    .protocol = INTAKE_SMTP,
	    .turns = { "EHLO mx\r\n", MAIL_1 "BDAT 6 LAST\r\nQUIT\r\nNOOP\r\n" },
	    .replies = "220 250 250-2.1.0 503-5.5.1 250-2.0.0" },
	{ .name = "LMTP answers the last chunk for each recipient",
	    .protocol = INTAKE_LMTP,
	    .turns = { "LHLO mx\r\n", MAIL_1 RCPT_1 RCPT_2
		"BDAT 3\r\na\r\nBDAT 3 LAST\r\nb\r\n" },
	    .replies = "220 250 250-2.1.0 250-2.1.5 250-2.1.5 250-2.0.0 "
		"250-2.0.0 250-2.0.0",
	    .events = "begin end", .content = "a\r\nb\r\n" },
	{ .name = "a chunk without a size", .protocol = INTAKE_SMTP,
	    .turns = { "EHLO mx\r\n", MAIL_1 RCPT_1 "BDAT x\r\n" },
	    .replies = "220 250 250-2.1.0 250-2.1.5 501-5.5.4",
	    .events = "close" },
	{ .name = "DATA after BDAT", .protocol = INTAKE_SMTP,
	    .turns = { "EHLO mx\r\n", MAIL_1 RCPT_1 "BDAT 1\r\na",
		"DATA\r\n", RCPT_1, "RSET\r\n" },
	    .replies = "220 250 250-2.1.0 250-2.1.5 250-2.0.0 503-5.5.1 "
		"503-5.5.1 250-2.0.0",
	    .events = "begin discard", .content = "a" },
	{ .name = "the chunks together are too large",
	    .protocol = INTAKE_SMTP,
	    .turns = { "EHLO mx\r\n", MAIL_1 RCPT_1
		"BDAT 100\r\n"
		"0123456789012345678901234567890123456789012345678\r"
		"\n12345678901234567890123456789012345678901234567\r\n",
		"BDAT 101 LAST\r\n"
		"0123456789012345678901234567890123456789012345678\r"
		"\n123456789012345678901234567890123456789012345678\r\n" },
	    .replies = "220 250 250-2.1.0 250-2.1.5 250-2.0.0 552-5.3.4",
	    .events = "begin discard", .content =
		"0123456789012345678901234567890123456789012345678\r"
		"\n12345678901234567890123456789012345678901234567\r\n",
	    .timing = true },

	{ .name = "MAIL before hello", .protocol = INTAKE_SMTP,
	    .turns = { MAIL_1 }, .replies = "220 503-5.5.1" },
	{ .name = "MAIL twice", .protocol = INTAKE_SMTP,
	    .turns = { "EHLO mx\r\n", MAIL_1, MAIL_1 },
	    .replies = "220 250 250-2.1.0 503-5.5.1" },
	{ .name = "RCPT before MAIL", .protocol = INTAKE_SMTP,
	    .turns = { "EHLO mx\r\n", RCPT_1 },
	    .replies = "220 250 503-5.5.1" },
	{ .name = "DATA before MAIL", .protocol = INTAKE_SMTP,
	    .turns = { "EHLO mx\r\n", "DATA\r\n" },
	    .replies = "220 250 503-5.5.1" },
	{ .name = "EHLO forgets the mail", .protocol = INTAKE_SMTP,
	    .turns = { "EHLO mx\r\n", MAIL_1 RCPT_1, "EHLO mx\r\n",
		"DATA\r\n" },
	    .replies = "220 250 250-2.1.0 250-2.1.5 250 503-5.5.1" },
	{ .name = "LHLO to SMTP", .protocol = INTAKE_SMTP,
	    .turns = { "LHLO mx\r\n" }, .replies = "220 500-5.5.1" },
	{ .name = "EHLO to LMTP", .protocol = INTAKE_LMTP,
	    .turns = { "EHLO mx\r\n", "HELO mx\r\n" },
	    .replies = "220 500-5.5.1 500-5.5.1" },
	{ .name = "hello without a name", .protocol = INTAKE_SMTP,
	    .turns = { "EHLO\r\n" }, .replies = "220 501-5.5.4" },
	{ .name = "the small commands", .protocol = INTAKE_SMTP,
	    .turns = { "NOOP x\r\nVRFY ada\r\nHELP\r\nRSET\r\n",
		"EXPN x\r\nSTARTTLS\r\nXYZZY\r\n" },
	    .replies = "220 250-2.0.0 252-2.5.2 214-2.0.0 250-2.0.0 "
		"502-5.5.1 502-5.5.1 500-5.5.2" },
	{ .name = "too many errors", .protocol = INTAKE_SMTP,
	    .turns = { "A\r\nB\r\nC\r\nD\r\n", "NOOP\r\n" },
	    .replies = "220 500-5.5.2 500-5.5.2 500-5.5.2 500-5.5.2 "
		"421-4.7.0",
	    .events = "close" },
	{ .name = "nothing is heard after QUIT", .protocol = INTAKE_SMTP,
	    .turns = { "QUIT\r\nEHLO mx\r\n" }, .replies = "220 221-2.0.0",
	    .events = "close" },

	{ .name = "a command that ends in LF", .protocol = INTAKE_SMTP,
	    .turns = { "NOOP\nNOOP\r\n" }, .replies = "220 500-5.5.2",
	    .events = "close" },
	{ .name = "a CR inside a command", .protocol = INTAKE_SMTP,
	    .turns = { "NOOP\rRSET\r\n" }, .replies = "220 500-5.5.2" },
	{ .name = "data before 354", .protocol = INTAKE_SMTP,
	    .turns = { "EHLO mx\r\n", MAIL_1 RCPT_1 "DATA\r\n" BODY ".\r\n" },
	    .replies = "220 250 250-2.1.0 250-2.1.5 554-5.5.0",
	    .events = "close", .timing = true },
	{ .name = "commands behind EHLO", .protocol = INTAKE_SMTP,
	    .turns = { "EHLO mx\r\n" MAIL_1 }, .replies = "220 554-5.5.0",
	    .events = "close", .timing = true },
};

/* "250-2.1.0" for each final reply line; "250" without an enhanced code. */
static void
reduce(struct span all, struct str *out)
{
	while (all.n > 0) {
		struct span line = span_line(&all);

		assert_true(line.n >= 4);
		if (line.p[3] == '-')
			continue;
		if (out->len > 0)
			str_addc(out, ' ');
		str_addspan(out, span_sub(line, 0, 3));
		if (line.n > 9 && line.p[5] == '.' && line.p[7] == '.') {
			str_addc(out, '-');
			str_addspan(out, span_sub(line, 4, 9));
		}
	}
}

struct run {
	const struct row *row;
	struct session *session;
	struct str events, content;
};

static void
note(struct run *run, const char *event)
{
	if (run->events.len > 0)
		str_addc(&run->events, ' ');
	str_adds(&run->events, event);
}

static void
decide(struct run *run)
{
	static const struct reply ok[] = { { 250, "2.0.0 ok" },
		{ 250, "2.0.0 ok" }, { 250, "2.0.0 ok" } };
	size_t n = session_mail(run->session)->n_rcpts;

	assert_true(n > 0 && n <= 3);
	session_verdict(run->session,
	    run->row->verdict[0].code != 0 ? run->row->verdict : ok, n);
}

/* Give one stretch of input. */
static void
give(struct run *run, struct span in)
{
	struct span data;

	for (;;) {
		switch (session_step(run->session, &in, &data)) {
		case SESSION_MORE:
			assert_int_equal(in.n, 0);
			return;
		case SESSION_BEGIN:
			note(run, "begin");
			if (run->row->fail != 0)
				session_fail(run->session, run->row->fail,
				    "4.3.1 no space");
			break;
		case SESSION_DATA:
			assert_true(data.n > 0);
			str_addspan(&run->content, data);
			break;
		case SESSION_END:
			note(run, "end");
			assert_int_equal(session_step(run->session, &in,
			    &data), SESSION_WAIT);
			decide(run);
			break;
		case SESSION_DISCARD:
			note(run, "discard");
			break;
		case SESSION_CLOSE:
			if (run->events.len < 5 || strcmp("close",
			    run->events.data + run->events.len - 5) != 0)
				note(run, "close");
			return;
		case SESSION_WAIT:
			fail_msg("waits for nothing");
		}
	}
}

static void
run_row(const struct row *row, bool bytes)
{
	struct run run = { .row = row };
	struct str replies = STR_EMPTY;

	run.session = session_new(&settings, row->protocol);
	session_greet(run.session, false);
	for (size_t i = 0; i < 8 && row->turns[i] != NULL; i++) {
		struct span in = span_of(row->turns[i]);

		for (size_t j = 0; bytes && j < in.n; j++)
			give(&run, span_sub(in, j, j + 1));
		if (!bytes)
			give(&run, in);
	}
	reduce(str_span(session_output(run.session)), &replies);
	assert_string_equal(str_get(&replies), row->replies);
	assert_string_equal(str_get(&run.events),
	    row->events != NULL ? row->events : "");
	/* What came before a fault was noticed depends on the cuts. */
	if (!bytes || row->events == NULL ||
	    strstr(row->events, "discard") == NULL)
		assert_string_equal(str_get(&run.content),
		    row->content != NULL ? row->content : "");
	session_free(run.session);
	str_done(&replies);
	str_done(&run.events);
	str_done(&run.content);
}

static void
test_row(void **state)
{
	const struct row *row = *state;

	run_row(row, false);
	if (!row->timing)
		run_row(row, true);
}

/* --- what a dialogue does not show --- */

static void
say(struct session *s, const char *text)
{
	struct span in = span_of(text), data;
	enum session_event event;

	do
		event = session_step(s, &in, &data);
	while (event == SESSION_BEGIN || event == SESSION_DATA);
}

static void
test_envelope(void **state)
{
	struct session *s = session_new(&settings, INTAKE_LMTP);
	const struct mail *m = session_mail(s);

	(void)state;
	say(s, "LHLO mx.example\r\n");
	say(s, "MAIL FROM:<Ada@Vendor-G.Example> SMTPUTF8 BODY=8BITMIME\r\n");
	say(s, RCPT_1 "RCPT TO:<postmaster>\r\n");
	say(s, "BDAT 4\r\na\r\nb");
	assert_string_equal(m->sender, "Ada@vendor-g.example");
	assert_int_equal(m->n_rcpts, 2);
	assert_string_equal(m->rcpts[0].addr, LIST);
	assert_string_equal(m->rcpts[1].addr, OWNER);
	assert_true(m->utf8 && m->eight_bit && m->lmtp);
	assert_int_equal(m->size, 4);
	assert_true(session_is_busy(s));
	assert_string_equal(session_helo(s), "mx.example");
	session_free(s);
}

static void
test_extensions(void **state)
{
	struct session *s = session_new(&settings, INTAKE_SMTP);

	(void)state;
	say(s, "EHLO mx.example\r\n");
	assert_string_equal(str_get(session_output(s)),
	    "250-lists.itu-t.example\r\n250-PIPELINING\r\n250-SIZE 200\r\n"
	    "250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n250-CHUNKING\r\n"
	    "250 SMTPUTF8\r\n");
	session_free(s);
}

static void
test_texts(void **state)
{
	struct session *s = session_new(&settings, INTAKE_SMTP);

	(void)state;
	session_greet(s, false);
	assert_string_equal(str_get(session_output(s)),
	    "220 lists.itu-t.example ESMTP jcad\r\n");
	str_clear(session_output(s));
	say(s, "EHLO (evil)\r\n");
	assert_string_equal(session_helo(s), "?evil?");
	say(s, MAIL_1);
	str_clear(session_output(s));
	say(s, "RCPT TO:<jca-x@lists.itu-t.example>\r\n");
	assert_string_equal(str_get(session_output(s)),
	    "550 5.1.1 <jca-x@lists.itu-t.example>: no such list here\r\n");
	session_free(s);
}

/* A verdict's text comes from elsewhere: it cannot forge a second reply. */
static void
test_verdict_text(void **state)
{
	static const struct reply evil = { 250, "2.0.0 a\r\n250 b\xc3\xa9" };
	struct session *s = session_new(&settings, INTAKE_SMTP);

	(void)state;
	say(s, "EHLO mx\r\n");
	say(s, MAIL_1 RCPT_1 "BDAT 0 LAST\r\n");
	str_clear(session_output(s));
	session_verdict(s, &evil, 1);
	assert_string_equal(str_get(session_output(s)),
	    "250 2.0.0 a??250 b??\r\n");
	session_free(s);
}

static void
test_early(void **state)
{
	struct session *s = session_new(&settings, INTAKE_SMTP);
	struct span in = span_of("EHLO mx\r\n"), data;

	(void)state;
	session_greet(s, true);
	assert_int_equal(session_step(s, &in, &data), SESSION_CLOSE);
	assert_true(span_has_prefix(str_span(session_output(s)), "554 5.5.0"));
	session_free(s);
}

static void
test_long_lines(void **state)
{
	struct session *s = session_new(&settings, INTAKE_SMTP);
	struct str line = STR_EMPTY;

	(void)state;
	for (int i = 0; i < 5000; i++)
		str_addc(&line, 'x');
	str_adds(&line, "\r\nNOOP\r\n");
	say(s, str_get(&line));
	assert_string_equal(str_get(session_output(s)),
	    "500 5.5.2 Line too long\r\n250 2.0.0 Fine\r\n");
	str_clear(session_output(s));
	str_clear(&line);
	str_adds(&line, "NOOP ");
	while (line.len < 511)
		str_addc(&line, 'x');
	str_adds(&line, "\r\n");
	say(s, str_get(&line));
	assert_string_equal(str_get(session_output(s)),
	    "500 5.5.2 Line too long\r\n");
	str_done(&line);
	session_free(s);
}

/* A mail that never ends does not keep the connection. */
static void
test_endless(void **state)
{
	struct session *s = session_new(&settings, INTAKE_SMTP);

	(void)state;
	say(s, "EHLO mx\r\n");
	say(s, MAIL_1 RCPT_1 "DATA\r\n");
	str_clear(session_output(s));
	for (int i = 0; i < 100; i++)
		say(s, "0123456789\r\n");
	assert_string_equal(str_get(session_output(s)),
	    "552 5.3.4 The mail does not end, closing\r\n");
	session_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_envelope),
		cmocka_unit_test(test_extensions),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_verdict_text),
		cmocka_unit_test(test_early),
		cmocka_unit_test(test_long_lines),
		cmocka_unit_test(test_endless),
	};

	return test_exit(TEST_ROWS("dialogues", rows, test_row) +
	    cmocka_run_group_tests_name("session", tests, NULL, NULL));
}
