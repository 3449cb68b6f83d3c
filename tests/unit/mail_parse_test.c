/* SPDX-License-Identifier: ISC */
/* Parse: what the digest of a mail says, one fact a row. */
#include "tests/test.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "mail/parse.h"

#define LIT(s) { s, sizeof(s) - 1 }
#define FROM "From: Ann <ann@vendor-g.example>\r\n"
#define BASE FROM "Date: Mon, 11 Jan 2027 12:00:00 +0100\r\n"
#define MIXED BASE "MIME-Version: 1.0\r\n" \
	"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
#define ALT BASE "Content-Type: multipart/alternative; boundary=b\r\n\r\n"

struct parse_row {
	const char *name;
	struct span mail;
	const char *field;
	const char *value;
};

static const struct parse_row rows[] = {
	/* refused or taken */
	{ "a small mail", LIT(BASE "\r\nhello\r\n"), "refused", "" },
	{ "and it has nothing odd", LIT(BASE "\r\nhello\r\n"), "note", "" },
	{ "header only", LIT(BASE), "refused", "" },
	{ "empty", LIT(""), "refused", "the mail is empty" },
	{ "NUL in the body", LIT(BASE "\r\na\0b\r\n"), "refused",
	    "the mail contains NUL bytes" },
	{ "NUL in the header", LIT("A: \0\r\n" BASE "\r\n"), "refused",
	    "the mail contains NUL bytes" },
	{ "bare LF", LIT(BASE "\r\na\nb\r\n"), "refused",
	    "line 4 ends in a bare LF" },
	{ "bare CR", LIT(BASE "\r\na\rb\r\n"), "refused",
	    "line 4 contains a bare CR" },
	{ "CR at the end", LIT(BASE "\r\na\r"), "refused",
	    "line 4 contains a bare CR" },
	{ "two CRs", LIT(BASE "\r\na\r\r\n"), "refused",
	    "line 4 contains a bare CR" },
	{ "no From", LIT("To: x@y.example\r\n\r\n"), "refused",
	    "the mail has no From field, so it has no author" },
	{ "two From", LIT(FROM FROM "\r\n"), "refused",
	    "the mail has 2 From fields, so its author is uncertain" },
	{ "two authors", LIT("From: a@x.example, b@x.example\r\n\r\n"),
	    "refused", "" },
	{ "a report needs no From", LIT("Content-Type: multipart/report; "
	    "boundary=b\r\n\r\n"), "refused", "" },
	{ "no Message-ID", LIT(BASE "\r\n"), "message_id", "" },
	{ "a line without colon", LIT(BASE "oops\r\n\r\n"), "refused",
	    "header line 3 is no header field (\"Name: value\")" },
	{ "a refused mail is still read", LIT(BASE "oops\r\nSubject: x\r\n"
	    "\r\n"), "subject", "x" },
	{ "8-bit header", LIT(BASE "Subject: J\xC3\xB6rg\r\n\r\n"),
	    "subject", "J\xC3\xB6rg" },
	{ "8-bit header, latin-1", LIT(BASE "Subject: J\xF6rg\r\n\r\n"),
	    "note", "the header has 8-bit bytes that are not UTF-8" },
	{ "21 authors", LIT("From: a@x.example,a@x.example,a@x.example,"
	    "a@x.example,a@x.example,a@x.example,a@x.example,a@x.example,"
	    "a@x.example,a@x.example,a@x.example,a@x.example,a@x.example,"
	    "a@x.example,a@x.example,a@x.example,a@x.example,a@x.example,"
	    "a@x.example,a@x.example,a@x.example\r\n\r\n"), "refused",
	    "the From field has: over 20 addresses" },

	/* header */
	{ "from", LIT(BASE "\r\n"), "from", "Ann|ann@vendor-g.example" },
	{ "from that is none", LIT("From: MAILER-DAEMON\r\nDate: Mon, 11 "
	    "Jan 2027 12:00:00 +0100\r\n\r\n"), "note", "From cannot be "
	    "read: \"MAILER-DAEMON\": address has no \"@\"" },
	{ "from that is none is not refused", LIT("From: <>\r\n\r\n"),
	    "refused", "" },
	{ "to", LIT(BASE "To: a@x.example, junk, b@x.example\r\n\r\n"), "to",
	    "|a@x.example; |b@x.example" },
	{ "message id", LIT(BASE "Message-ID: <a@b> (c)\r\n\r\n"),
	    "message_id", "<a@b>" },
	{ "message id without brackets", LIT(BASE "Message-ID: a@b\r\n\r\n"),
	    "message_id", "a@b" },
	{ "in reply to", LIT(BASE "In-Reply-To: your mail <a@b> of\r\n\r\n"),
	    "in_reply_to", "<a@b>" },
	{ "date", LIT(BASE "\r\n"), "date_at", "1799665200" },
	{ "no date", LIT(FROM "\r\n"), "note", "no Date field" },
	{ "silly date", LIT(FROM "Date: tomorrow\r\n\r\n"), "note",
	    "the Date field cannot be read" },
	{ "two subjects", LIT(BASE "Subject: a\r\nSubject: b\r\n\r\n"),
	    "note", "several subject fields" },
	{ "all list ids", LIT(BASE "List-Id: <a.x>\r\nLIST-ID: B <b.x>\r\n"
	    "\r\n"), "list_id", "<a.x>, B <b.x>" },
	{ "received", LIT("Received: a\r\nReceived: b\r\n" BASE "\r\n"),
	    "received_count", "2" },
	{ "header length", LIT(FROM "\r\nx"), "header_len", "36" },
	{ "precedence", LIT(BASE "Precedence: Bulk\r\n\r\n"), "precedence",
	    "Bulk" },
	{ "auto-submitted", LIT(BASE "Auto-Submitted: auto-replied; "
	    "x=y\r\n\r\n"), "auto_submitted", "auto-replied; x=y" },
	{ "cuts", LIT(BASE "X-A: b\r\nList-Post: c\r\nApproved: pw\r\n"
	    "Bcc: d\r\n\r\n"), "cuts",
	    "from 0+34|date 34+39|list-post 81+14|approved 95+14|"
	    "bcc 109+8|" },
	{ "cuts of folded fields", LIT("Bcc: a,\r\n b\r\n" BASE "\r\n"),
	    "cuts", "bcc 0+13|from 13+34|date 47+39|" },

	/* authentication */
	{ "our server's result", LIT(
	    "Authentication-Results: mx.itu-t.example 1; dkim=pass\r\n"
	    BASE "\r\n"), "auth_results", "mx.itu-t.example 1; dkim=pass" },
	{ "folded, comment first", LIT(
	    "Authentication-Results: (x)\r\n MX.itu-t.example; spf=pass\r\n"
	    BASE "\r\n"), "auth_results",
	    "(x) MX.itu-t.example; spf=pass" },
	{ "the topmost of ours", LIT(
	    "Authentication-Results: other.example; dkim=pass\r\n"
	    "Authentication-Results: mx.itu-t.example; dkim=fail\r\n"
	    "Authentication-Results: mx.itu-t.example; dkim=pass\r\n"
	    BASE "\r\n"), "auth_results", "mx.itu-t.example; dkim=fail" },
	{ "a longer name is not ours", LIT(
	    "Authentication-Results: mx.itu-t.example.evil; dkim=pass\r\n"
	    BASE "\r\n"), "auth_results", "" },

	/* what a relay must be able to do */
	{ "ASCII needs nothing", LIT(BASE "\r\nx"), "needs", "" },
	{ "8-bit body", LIT(BASE "\r\n\xC3\xA8"), "needs", "8bit " },
	{ "UTF-8 header", LIT(BASE "X: \xC3\xA8\r\n\r\n"), "needs",
	    "utf8 " },
	{ "latin-1 header", LIT(BASE "X: \xE8\r\n\r\n"), "needs",
	    "utf8 broken " },

	/* text */
	{ "plain text", LIT(BASE "\r\na\r\n b\r\n"), "text", "a\n b\n" },
	{ "base64", LIT(BASE "Content-Transfer-Encoding: BASE64\r\n\r\n"
	    "aGVsbG8K\r\n"), "text", "hello\n" },
	{ "quoted-printable", LIT(BASE "Content-Transfer-Encoding: "
	    "quoted-printable\r\n\r\na=3Db=\r\nc\r\n"), "text", "a=bc\n" },
	{ "latin-1", LIT(BASE "Content-Type: text/plain; "
	    "charset=ISO-8859-1\r\n\r\n\xE8\r\n"), "text", "\xC3\xA8\n" },
	{ "UTF-8 that says latin-1", LIT(BASE "Content-Type: text/plain; "
	    "charset=iso-8859-1\r\n\r\n\xC3\xA8\r\n"), "text",
	    "\xC3\xA8\n" },
	{ "no charset, not UTF-8", LIT(BASE "\r\n\xE8\r\n"), "text",
	    "\xC3\xA8\n" },
	{ "unknown charset", LIT(BASE "Content-Type: text/plain; "
	    "charset=x-none\r\n\r\na\xE8\r\n"), "text", "a\xC3\xA8\n" },
	{ "japanese", LIT(BASE "Content-Type: text/plain; "
	    "charset=iso-2022-jp\r\n\r\n\x1B$B2q5D\x1B(B\r\n"), "text",
	    "\xE4\xBC\x9A\xE8\xAD\xB0\n" },
	{ "first of a mixed", LIT(MIXED "--b\r\n\r\none\r\n--b\r\n\r\ntwo"
	    "\r\n--b--\r\n"), "text", "one" },
	{ "an attached text is not the text", LIT(MIXED
	    "--b\r\nContent-Disposition: attachment\r\n\r\none\r\n"
	    "--b\r\n\r\ntwo\r\n--b--\r\n"), "text", "two" },
	{ "a forwarded mail is not the text", LIT(MIXED
	    "--b\r\nContent-Type: message/rfc822\r\n\r\nA: b\r\n\r\none\r\n"
	    "--b\r\n\r\ntwo\r\n--b--\r\n"), "text", "two" },
	{ "plain before HTML", LIT(ALT "--b\r\nContent-Type: text/html\r\n"
	    "\r\n<p>h</p>\r\n--b\r\n\r\np\r\n--b--\r\n"), "text", "p" },
	{ "HTML if the plain part is blank", LIT(ALT "--b\r\n\r\n \r\n"
	    "--b\r\nContent-Type: text/html\r\n\r\n<p>h</p>\r\n--b--\r\n"),
	    "text", "h\n" },
	{ "HTML before a footer", LIT(MIXED "--b\r\nContent-Type: text/html"
	    "\r\n\r\n<p>h</p>\r\n--b\r\n\r\nfooter\r\n--b--\r\n"), "text",
	    "h\n" },
	{ "that is HTML", LIT(MIXED "--b\r\nContent-Type: text/html"
	    "\r\n\r\n<p>h</p>\r\n--b\r\n\r\nfooter\r\n--b--\r\n"),
	    "text_from_html", "1" },
	{ "no text at all", LIT(BASE "Content-Type: image/png\r\n\r\nx"),
	    "text", "" },
	{ "the signature does not end a part without closing boundary",
	    LIT(MIXED "--b\r\n\r\none\r\n-- \r\nAnn\r\n- x\r\n"), "text",
	    "one\n-- \nAnn\n- x\n" },
	{ "flowed", LIT(BASE "Content-Type: text/plain; format=flowed\r\n"
	    "\r\nAgenda: one \r\ntwo\r\n-- \r\nAnn\r\n"), "text",
	    "Agenda: one two\n-- \nAnn\n" },
	{ "flowed with delsp", LIT(BASE "Content-Type: text/plain; "
	    "format=flowed; delsp=yes\r\n\r\none \r\ntwo\r\n"), "text",
	    "onetwo\n" },
	{ "flowed quotes", LIT(BASE "Content-Type: text/plain; "
	    "format=Flowed\r\n\r\n> a \r\n> b\r\n>> c \r\nd\r\n >e\r\n"),
	    "text", "> a b\n>> c \nd\n>e\n" },
	{ "text truncated", LIT(BASE "\r\n" "0123456789"), "truncated at 5",
	    "01234 1" },
	{ "text not truncated", LIT(BASE "\r\n" "01234"), "truncated at 5",
	    "01234 0" },
	{ "truncated between characters", LIT(BASE "\r\n" "0123\xC3\xA8"),
	    "truncated at 5", "0123 1" },

	/* structure */
	{ "leaves", LIT(MIXED "--b\r\nContent-Type: text/html; "
	    "charset=\"UTF-8\"\r\n\r\nh\r\n--b\r\nContent-Type: image/png; "
	    "name=x.png\r\nContent-Disposition: attachment; "
	    "filename*=utf-8''%C3%A8.png\r\n\r\nabc\r\n--b--\r\n"),
	    "leaves", "1.1 text/html utf-8  1|1.2 image/png  \xC3\xA8.png "
	    "3|" },
	{ "content type", LIT(MIXED), "content_type", "multipart/mixed" },
	{ "a multipart without end is noted", LIT(MIXED "--b\r\n\r\nx"),
	    "note", "a multipart has no end" },
	{ "nested message", LIT(MIXED "--b\r\nContent-Type: message/rfc822"
	    "\r\n\r\nMessage-ID: <i@x>\r\n\r\nx\r\n--b--\r\n"),
	    "dsn_original_id", "<i@x>" },
	{ "an attached mail's id is kept whole", LIT(MIXED
	    "--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
	    "Message-ID:\r\n <i@x>\r\n--b--\r\n"), "dsn_original_id",
	    "<i@x>" },

	/* reports */
	{ "delivery report", LIT(BASE "Content-Type: multipart/report; "
	    "report-type=delivery-status; boundary=b\r\n\r\n--b\r\n"
	    "Content-Type: message/delivery-status\r\n\r\n"
	    "Reporting-MTA: dns; x\r\n\r\n"
	    "Final-Recipient: rfc822; a@x.example\r\nAction: Failed\r\n"
	    "Status: 5.1.1 (no such user)\r\n"
	    "Diagnostic-Code: smtp; 550\r\n no\r\n\r\n"
	    "Original-Recipient: rfc822; b@x.example\r\n"
	    "Final-Recipient: rfc822; c@x.example\r\nAction: delayed\r\n"
	    "--b--\r\n"), "dsns",
	    "a@x.example failed 5.1.1 smtp; 550 no|b@x.example delayed  |" },
	{ "recipients without blank line", LIT(BASE
	    "Content-Type: message/delivery-status\r\n\r\n"
	    "Action: failed\r\nFinal-Recipient: rfc822; a@x.example\r\n"
	    "Action: delayed\r\nFinal-Recipient: rfc822; b@x.example\r\n"),
	    "dsns", "a@x.example failed  |b@x.example delayed  |" },
	{ "abuse report", LIT(BASE "Content-Type: multipart/report; "
	    "boundary=b\r\n\r\n--b\r\nContent-Type: message/feedback-report"
	    "\r\n\r\nFeedback-Type: abuse\r\nOriginal-Rcpt-To: "
	    "<a@x.example>\r\n--b--\r\n"), "dsns",
	    "a@x.example complaint  abuse|" },

	/* calendar */
	{ "calendar part", LIT(BASE "Content-Type: text/calendar; "
	    "method=REQUEST; charset=utf-8\r\n\r\nBEGIN:X\r\n"), "itips",
	    "request:BEGIN:X\n|" },
	{ "the same twice", LIT(MIXED "--b\r\nContent-Type: text/calendar; "
	    "method=REPLY\r\n\r\nBEGIN:X\r\n--b\r\nContent-Type: "
	    "application/ics; name=a.ics\r\nContent-Transfer-Encoding: "
	    "base64\r\n\r\nQkVHSU46WA==\r\n--b--\r\n"), "itips",
	    "reply:BEGIN:X|" },
	{ "by file name", LIT(BASE "Content-Type: application/octet-stream;"
	    " name=\"a.ICS\"\r\n\r\nX"), "itips", ":X|" },
	{ "the inline part comes first", LIT(MIXED "--b\r\nContent-Type: "
	    "application/ics\r\n\r\nA\r\n--b\r\nContent-Type: text/calendar;"
	    " method=REQUEST\r\n\r\nB\r\n--b--\r\n"), "itips",
	    "request:B|:A|" },
	{ "not in a returned mail", LIT(MIXED "--b\r\nContent-Type: "
	    "message/rfc822\r\n\r\nContent-Type: text/calendar\r\n\r\nX\r\n"
	    "--b--\r\n"), "itips", "" },
	{ "not in a refused mail", LIT("Content-Type: text/calendar\r\n\r\n"
	    "X"), "itips", "" },
	{ "folded within a character", LIT(BASE "Content-Type: text/calendar"
	    "\r\n\r\nSUMMARY:\xC3\r\n \xA8\r\n"), "itips",
	    ":SUMMARY:\xC3\xA8\n|" },
};

/* Stands in for cal_read: what was given to it. */
static void
fake_calendar(struct arena *a, struct span ics, const char *method,
    struct digest *d)
{
	static struct itip all[20];

	if (d->n_itips == 0)
		memset(all, 0, sizeof(all));
	all[d->n_itips].method = method;
	all[d->n_itips].summary = arena_strndup(a, ics.p, ics.n);
	d->itips = all;
	d->n_itips++;
}

static void
show_list(struct str *out, const struct mailbox *m, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		str_addf(out, "%s%s|%s", i > 0 ? "; " : "", m[i].name,
		    m[i].addr);
}

static bool
show_parts(struct str *out, const struct digest *d, const char *field)
{
	size_t i;

	if (strcmp(field, "leaves") == 0) {
		for (i = 0; i < d->n_leaves; i++)
			str_addf(out, "%s %s %s %s %" PRId64 "|",
			    d->leaves[i].path, d->leaves[i].type,
			    d->leaves[i].charset, d->leaves[i].name,
			    d->leaves[i].size);
	} else if (strcmp(field, "dsns") == 0) {
		for (i = 0; i < d->n_dsns; i++)
			str_addf(out, "%s %s %s %s|", d->dsns[i].recipient,
			    d->dsns[i].action, d->dsns[i].status,
			    d->dsns[i].diagnostic);
	} else if (strcmp(field, "itips") == 0) {
		for (i = 0; i < d->n_itips; i++)
			str_addf(out, "%s:%s|", d->itips[i].method,
			    d->itips[i].summary);
	} else if (strcmp(field, "cuts") == 0) {
		for (i = 0; i < d->n_cuts; i++)
			str_addf(out, "%s %u+%u|", d->cuts[i].name,
			    d->cuts[i].off, d->cuts[i].len);
	} else
		return false;
	return true;
}

static bool
show_text(struct str *out, const struct digest *d, const char *field)
{
#define SHOW_str(n) if (strcmp(field, #n) == 0) { \
		str_adds(out, d->n); return true; }
#define SHOW_u32(n) if (strcmp(field, #n) == 0) { \
		str_addf(out, "%u", d->n); return true; }
#define SHOW_i64(n) if (strcmp(field, #n) == 0) { \
		str_addf(out, "%" PRId64, d->n); return true; }
#define SHOW_flag(n) if (strcmp(field, #n) == 0) { \
		str_adds(out, d->n ? "1" : "0"); return true; }
#define SHOW_F(kind, n) SHOW_##kind(n)
#define SHOW_L(type, n, max)
	DIGEST_FIELDS(SHOW_F, SHOW_L)
	return false;
}

static void
show(struct str *out, const struct digest *d, const char *field)
{
	if (strcmp(field, "from") == 0)
		show_list(out, d->from, d->n_from);
	else if (strcmp(field, "to") == 0)
		show_list(out, d->to, d->n_to);
	else if (strcmp(field, "needs") == 0) {
		str_adds(out, d->needs_8bit ? "8bit " : "");
		str_adds(out, d->needs_utf8 ? "utf8 " : "");
		str_adds(out, d->eight_bit_header ? "broken " : "");
	} else if (strcmp(field, "truncated at 5") == 0)
		str_addf(out, "%s %d", d->text, d->text_truncated);
	else if (!show_parts(out, d, field) && !show_text(out, d, field))
		fail_msg("no field %s", field);
}

static void
test_parse(void **state)
{
	const struct parse_row *row = *state;
	struct parse_limits limits = *parse_defaults();
	struct arena *a = arena_new();
	struct str got = STR_EMPTY, wire = STR_EMPTY;
	struct digest d;

	if (strcmp(row->field, "truncated at 5") == 0)
		limits.text = 5;
	parse_mail(a, row->mail, "mx.itu-t.example", &limits, fake_calendar,
	    &d);
	show(&got, &d, row->field);
	assert_string_equal(str_get(&got), row->value);
	wire_put_digest(&wire, &d);	/* no string is NULL or wild */
	str_done(&got);
	str_done(&wire);
	arena_free(a);
}

/* ---- files ---- */

struct file_row {
	const char *name;
	struct span in;
	const char *out;
};

static const struct file_row files[] = {
	{ "LF", LIT("a\n\nb"), "a\r\n\r\nb" },
	{ "CRLF", LIT("a\r\nb\r\n"), "a\r\nb\r\n" },
	{ "mixed", LIT("a\r\nb\n"), "a\r\nb\r\n" },
	{ "mbox line", LIT("From x Mon\na: b\n"), "a: b\r\n" },
	{ "empty", LIT(""), "" },
};

static void
test_canonical(void **state)
{
	const struct file_row *row = *state;
	struct arena *a = arena_new();
	struct span out = parse_canonical(a, row->in);

	assert_int_equal(out.n, strlen(row->out));
	assert_memory_equal(out.p, row->out, out.n);
	arena_free(a);
}

int
main(void)
{
	int failed = 0;

	failed += TEST_ROWS("parse_mail", rows, test_parse);
	failed += TEST_ROWS("parse_canonical", files, test_canonical);
	return test_exit(failed);
}
