/* SPDX-License-Identifier: ISC */
/*
 * The gate before every other look at a mail. It refuses what cannot be
 * carried by SMTP, what is made to harm a parser (ours or one of the members'),
 * and mails of which two readers would see different authors. It mends
 * nothing: what passes is passed on byte for byte.
 */
#include "mail/gate.h"

#include <string.h>

#include "base/err.h"
#include "mail/header.h"
#include "mail/lex.h"

bool
gate_has_8bit(struct span s)
{
	unsigned char all = 0;
	size_t i;

	/* No early way out: the compiler makes this loop wide. */
	for (i = 0; i < s.n; i++)
		all |= (unsigned char)s.p[i];
	return (all & 0x80) != 0;
}

static int
check_line(struct span line, bool ended, size_t number, size_t max_line,
    struct err *err)
{
	size_t cr = span_find(line, '\r');

	if (line.n > max_line)
		return err_set(err, ERR_LIMIT,
		    "line %zu is longer than %zu bytes", number, max_line);
	if (cr + 1 < line.n || (cr < line.n && !ended))
		return err_set(err, ERR_BADINPUT,
		    "line %zu contains a bare CR", number);
	if (cr == line.n && ended)
		return err_set(err, ERR_BADINPUT,
		    "line %zu ends in a bare LF", number);
	return 0;
}

int
gate_bytes(struct span mail, size_t max_line, struct err *err)
{
	struct span rest = mail;
	size_t number = 0, at;

	if (mail.n == 0)
		return err_set(err, ERR_BADINPUT, "the mail is empty");
	if (memchr(mail.p, '\0', mail.n) != NULL)
		return err_set(err, ERR_BADINPUT,
		    "the mail contains NUL bytes");
	while (rest.n > 0) {
		number++;
		at = span_find(rest, '\n');
		if (check_line(span_sub(rest, 0, at), at < rest.n, number,
		    max_line, err) != 0)
			return -1;
		rest = span_sub(rest, at + 1, rest.n);
	}
	return 0;
}

static bool
is_structured(struct span name)
{
	static const char *const names[] = {
		"from", "sender", "reply-to", "to", "cc", "bcc", "date",
		"message-id", "in-reply-to", "references", "resent-from",
		"resent-sender", "resent-to", "resent-cc", "resent-bcc",
		"mime-version", "content-type", "content-disposition",
		"content-transfer-encoding", "content-id", "return-path",
		"list-id", "auto-submitted", "authentication-results",
		"disposition-notification-to", NULL
	};
	size_t i;

	for (i = 0; names[i] != NULL; i++) {
		if (span_isi(name, names[i]))
			return true;
	}
	return false;
}

int
gate_header(const struct header *h, bool report, struct err *err)
{
	size_t i, from;

	for (i = 0; i < h->n; i++) {
		const struct header_field *f = &h->fields[i];

		if (is_structured(f->name) &&
		    lex_comment_depth(f->raw_value) > LEX_COMMENT_DEPTH)
			return err_set(err, ERR_LIMIT, "the header field "
			    "%.*s has comments nested deeper than %d levels",
			    (int)f->name.n, f->name.p, LEX_COMMENT_DEPTH);
	}
	from = header_count(h, "from");
	if (from == 0 && !report)
		return err_set(err, ERR_BADINPUT,
		    "the mail has no From field, so it has no author");
	if (from > 1)
		return err_set(err, ERR_BADINPUT, "the mail has %zu From "
		    "fields, so its author is uncertain", from);
	return 0;
}
