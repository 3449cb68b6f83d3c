/* SPDX-License-Identifier: ISC */
/*
 * Parse: the digest of a mail. Calls the gate, the header splitter and the
 * MIME splitter and writes down what they find; decides nothing but whether
 * the mail can be taken at all. Invariant: the digest is bounded whatever
 * the mail is, all its strings are clean UTF-8 and none is NULL; a refused
 * mail is described as far as it can be.
 */
#include "mail/parse.h"

#include <string.h>

#include "base/arena.h"
#include "base/civil.h"
#include "base/crypt.h"
#include "base/err.h"
#include "base/str.h"
#include "base/utf8.h"
#include "mail/address.h"
#include "mail/attach.h"
#include "mail/dsn.h"
#include "mail/gate.h"
#include "mail/header.h"
#include "mail/lex.h"
#include "mail/mime.h"
#include "mail/report.h"
#include "mail/text.h"
#include "mail/words.h"

#define MAX_CUTS 200	/* as in model/structs.def */
#define MAX_LINE_TEXT 2000
#define MAX_ID 998

struct job {
	struct arena *arena;
	struct span mail;
	const struct parse_limits *limits;
	struct header header;
	struct mime mime;
	struct str note;
	struct digest *d;
};

const struct parse_limits *
parse_defaults(void)
{
	static const struct parse_limits defaults = {
		.header_bytes = 262144,
		.header_fields = 1000,
		.line = 100000,
		.depth = 20,
		.parts = 1000,
		.params = 100,
		.text = 24576,
		.calendar = 262144,
	};

	return &defaults;
}

static void
blank(struct digest *d)
{
#define BLANK_str(n) d->n = "";
#define BLANK_u32(n)
#define BLANK_i64(n)
#define BLANK_flag(n)
#define BLANK_F(kind, n) BLANK_##kind(n)
#define BLANK_L(type, n, max)
	memset(d, 0, sizeof(*d));
	DIGEST_FIELDS(BLANK_F, BLANK_L)
}

static void
refuse(struct job *j, const struct err *why)
{
	struct span text = utf8_truncate(span_of(why->text), 400);

	/* The first reason is the one to be told. */
	if (j->d->refused[0] == '\0')
		j->d->refused = utf8_line(j->arena, text);
}

static void
note(struct job *j, const char *text)
{
	str_adds(&j->note, j->note.len > 0 ? "; " : "");
	str_adds(&j->note, text);
}

/* ---- header ---- */

static struct span
raw_of(const struct job *j, const char *name)
{
	const struct header_field *f = header_get(&j->header, name, 0);

	return f != NULL ? f->raw_value : span_make("", 0);
}

static const char *
text_of(const struct job *j, const char *name, size_t max)
{
	struct span s = span_of(words_decode(j->arena,
	    span_sub(raw_of(j, name), 0, max * 4)));

	s = utf8_truncate(s, max);
	return arena_strndup(j->arena, s.p, s.n);
}

/* The first "<...>" of a field, or its whole value if there is none. */
static const char *
id_of(const struct job *j, const char *name)
{
	struct span s = span_of(text_of(j, name, MAX_ID));
	size_t from = span_find(s, '<'), len;

	if (from < s.n) {
		len = span_find(span_sub(s, from, s.n), '>');
		if (from + len < s.n)
			s = span_sub(s, from, from + len + 1);
	}
	return arena_strndup(j->arena, s.p, s.n);
}

static void
read_from(struct job *j)
{
	struct span raw = raw_of(j, "from");
	struct err err;

	if (raw.n == 0 || address_list(j->arena, raw, 20, &j->d->from,
	    &j->d->n_from, &err) == 0)
		return;
	if (err.kind == ERR_LIMIT) {
		(void)err_wrap(&err, "the From field has");
		refuse(j, &err);
		return;
	}
	note(j, arena_printf(j->arena, "From cannot be read: %s",
	    utf8_line(j->arena, span_of(err.text))));
}

static void
read_list_id(struct job *j)
{
	struct str all = STR_EMPTY;
	const struct header_field *f;
	size_t i;

	/* All of them: a loop must not hide behind another list. */
	for (i = 0; all.len < MAX_LINE_TEXT; i++) {
		f = header_get(&j->header, "list-id", i);
		if (f == NULL)
			break;
		str_adds(&all, i > 0 ? ", " : "");
		str_adds(&all, words_decode(j->arena,
		    span_sub(f->raw_value, 0, 998)));
	}
	j->d->list_id = str_dup(j->arena, &all);
	str_done(&all);
}

/* RFC 8601: the identifier stands first, before a version or ";". */
static void
read_auth(struct job *j, const char *authserv_id)
{
	const struct header_field *f;
	struct lex lex;
	struct lex_token t;
	size_t i, end;

	for (i = 0; authserv_id[0] != '\0'; i++) {
		f = header_get(&j->header, "authentication-results", i);
		if (f == NULL)
			return;
		lex.in = f->raw_value;
		lex.pos = 0;
		if (lex_next(&lex, &t) != NULL)
			continue;
		for (end = t.off; end < f->raw_value.n; end++) {
			if (strchr(" \t\r\n;(", f->raw_value.p[end]) != NULL)
				break;
		}
		if (!span_isi(span_sub(f->raw_value, t.off, end), authserv_id))
			continue;
		j->d->auth_results = utf8_line(j->arena,
		    span_sub(f->raw_value, 0, MAX_LINE_TEXT * 2));
		return;
	}
}

/* Fields that may be dropped or replaced when a post goes out. */
static bool
may_be_cut(struct span name)
{
	static const char *const prefixes[] = { "list-", "approve",
		"x-approve", "x-list-", "x-mailman-", "x-jcad-", NULL };
	static const char *const names[] = { "return-path", "errors-to",
		"disposition-notification-to", "return-receipt-to",
		"x-confirm-reading-to", "read-receipt-to", "bcc",
		"resent-bcc", "authentication-results", "precedence",
		"delivered-to", "x-original-to", "envelope-to", "mailing-list",
		"x-loop", "x-beenthere", "archived-at", "x-archived-at",
		"urgent", "from", "sender", "reply-to", "subject", "to", "cc",
		"message-id", "date", NULL };
	size_t i;

	for (i = 0; prefixes[i] != NULL; i++) {
		if (span_has_prefixi(name, prefixes[i]))
			return true;
	}
	for (i = 0; names[i] != NULL; i++) {
		if (span_isi(name, names[i]))
			return true;
	}
	return false;
}

static void
read_cuts(struct job *j)
{
	struct digest *d = j->d;
	struct err err;
	size_t i;

	d->cuts = arena_array(j->arena, MAX_CUTS, sizeof(*d->cuts));
	for (i = 0; i < j->header.n; i++) {
		const struct header_field *f = &j->header.fields[i];
		struct cut *c;
		char *name;

		if (!may_be_cut(f->name))
			continue;
		if (d->n_cuts == MAX_CUTS || f->name.n > 100) {
			/* One that is not listed could not be dropped. */
			(void)err_set(&err, ERR_LIMIT,
			    "the header has over %d list fields", MAX_CUTS);
			refuse(j, &err);
			return;
		}
		c = &d->cuts[d->n_cuts++];
		name = arena_strndup(j->arena, f->name.p, f->name.n);
		lex_lower(name);
		c->name = utf8_clean(j->arena, span_of(name));
		c->off = (uint32_t)f->off;
		c->len = (uint32_t)f->len;
	}
}

static void
note_header(struct job *j)
{
	static const char *const single[] = { "message-id", "date", "subject",
		"content-type", "sender", NULL };
	size_t i;

	for (i = 0; single[i] != NULL; i++) {
		if (header_count(&j->header, single[i]) > 1)
			note(j, arena_printf(j->arena, "several %s fields",
			    single[i]));
	}
	if (j->d->eight_bit_header)
		note(j, "the header has 8-bit bytes that are not UTF-8");
	if (header_get(&j->header, "date", 0) == NULL)
		note(j, "no Date field");
	else if (j->d->date_at == 0)
		note(j, "the Date field cannot be read");
}

static void
read_header(struct job *j, const char *authserv_id)
{
	struct digest *d = j->d;
	struct arena *a = j->arena;
	struct span block = span_sub(j->mail, 0, j->header.end);

	d->header_len = (uint32_t)j->header.end;
	read_from(j);
	d->n_sender = address_some(a, raw_of(j, "sender"), 5, &d->sender);
	d->n_reply_to = address_some(a, raw_of(j, "reply-to"), 20,
	    &d->reply_to);
	d->n_to = address_some(a, raw_of(j, "to"), 100, &d->to);
	d->n_cc = address_some(a, raw_of(j, "cc"), 100, &d->cc);
	d->subject = text_of(j, "subject", MAX_LINE_TEXT);
	d->message_id = id_of(j, "message-id");
	d->in_reply_to = id_of(j, "in-reply-to");
	d->references = text_of(j, "references", MAX_LINE_TEXT);
	d->date = text_of(j, "date", 100);
	(void)civil_parse_rfc5322(span_of(d->date), &d->date_at);
	read_list_id(j);
	d->auto_submitted = text_of(j, "auto-submitted", 100);
	d->precedence = text_of(j, "precedence", 100);
	read_auth(j, authserv_id);
	d->received_count = (uint32_t)header_count(&j->header, "received");
	d->needs_utf8 = gate_has_8bit(block);
	d->eight_bit_header = d->needs_utf8 && !utf8_is_valid(block);
	d->needs_8bit = gate_has_8bit(span_sub(j->mail, j->header.end,
	    j->mail.n));
	read_cuts(j);
	note_header(j);
}

/* ---- body ---- */

static void
note_mime(struct job *j)
{
	unsigned odd = j->mime.odd;

	if (odd & MIME_ODD_HEADER)
		note(j, "a MIME part has a malformed header");
	if (odd & MIME_ODD_BOUNDARY)
		note(j, "a multipart names no boundary");
	if (odd & MIME_ODD_END)
		note(j, "a multipart has no end");
	if (odd & MIME_ODD_TYPE)
		note(j, "a MIME part has two Content-Type fields");
}

static void
read_body(struct job *j, parse_calendar_fn *calendar)
{
	const struct parse_limits *l = j->limits;
	const struct mime_limits limits = { l->header_bytes, l->header_fields,
	    l->line, l->depth, l->parts, l->params, l->calendar * 4 };
	struct err err;

	if (mime_split(j->arena, j->mail, &limits, &j->mime, &err) != 0)
		refuse(j, &err);
	if (j->mime.n == 0)
		return;
	j->d->content_type = j->mime.parts[0].type;
	note_mime(j);
	attach_leaves(j->arena, &j->mime, j->d);
	text_digest(j->arena, &j->mime, l->text, j->d);
	dsn_digest(j->arena, &j->mime, j->d);
	/* libical need not see what is refused anyway. */
	if (calendar != NULL && j->d->refused[0] == '\0')
		attach_calendars(j->arena, &j->mime, l->calendar, calendar,
		    j->d);
}

static bool
is_report(const struct job *j)
{
	return span_has_prefixi(span_trim(raw_of(j, "content-type")),
	    "multipart/report");
}

static const char *
hash(struct arena *a, struct span s)
{
	uint8_t sum[SHA256_LEN];

	crypt_sha256(s, sum);
	return crypt_hex(a, sum, sizeof(sum));
}

static void
run(struct job *j, const char *authserv_id, parse_calendar_fn *calendar)
{
	const struct parse_limits *l = j->limits;
	struct header_limits limits = { l->header_bytes, l->header_fields,
	    l->line };
	struct digest *d = j->d;
	struct err err;

	d->size = (int64_t)j->mail.n;
	d->sha256 = hash(j->arena, j->mail);
	if (gate_bytes(j->mail, l->line, &err) != 0)
		refuse(j, &err);
	if (header_scan(j->arena, j->mail, &limits, &j->header, &err) != 0)
		refuse(j, &err);
	d->body_sha256 = hash(j->arena, span_sub(j->mail, j->header.end,
	    j->mail.n));
	if (gate_header(&j->header, is_report(j), &err) != 0)
		refuse(j, &err);
	/* Offsets are 32 bits wide on the wire. */
	if (j->header.end > UINT32_MAX)
		return;
	read_header(j, authserv_id);
	read_body(j, calendar);
}

void
parse_mail(struct arena *a, struct span mail, const char *authserv_id,
    const struct parse_limits *limits, parse_calendar_fn *calendar,
    struct digest *out)
{
	struct job j;
	struct span text;

	memset(&j, 0, sizeof(j));
	blank(out);
	j.arena = a;
	j.mail = mail;
	j.limits = limits;
	j.d = out;
	run(&j, authserv_id, calendar);
	text = utf8_truncate(str_span(&j.note), MAX_LINE_TEXT);
	if (text.n > 0)
		out->note = utf8_line(a, text);
	str_done(&j.note);
}

/* ---- for jcadctl ---- */

struct span
parse_canonical(struct arena *a, struct span mail)
{
	struct span rest, line;
	char *copy;
	size_t n = 0, at;
	bool changed = false;

	if (span_has_prefix(mail, "From "))
		(void)span_line(&mail);
	rest = mail;
	copy = arena_alloc(a, mail.n * 2 + 1);
	while (rest.n > 0) {
		at = span_find(rest, '\n');
		line = span_sub(rest, 0, at);
		memcpy(copy + n, line.p, line.n);
		n += line.n;
		if (at < rest.n) {
			if (line.n == 0 || line.p[line.n - 1] != '\r') {
				copy[n++] = '\r';
				changed = true;
			}
			copy[n++] = '\n';
		}
		rest = span_sub(rest, at + 1, rest.n);
	}
	return changed ? span_make(copy, n) : mail;
}

void
parse_debug(struct arena *a, struct span mail, const char *file,
    struct str *out)
{
	struct digest d;

	parse_mail(a, parse_canonical(a, mail), "", parse_defaults(), NULL,
	    &d);
	report_json(a, mail, file, &d, out);
}
