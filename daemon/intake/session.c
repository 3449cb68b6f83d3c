/* SPDX-License-Identifier: ISC */
/*
 * Session, the mechanism: lines, phases, the mail's content, replies. What
 * each command does is in intake/dialog.c. Invariant: every command line gets
 * a reply, every mail one reply (SMTP) or one a recipient (LMTP), and
 * input is taken as commands only where a command may stand.
 */
#include "intake/session.h"

#include <stdlib.h>
#include <string.h>
#include "base/arena.h"
#include "base/xmalloc.h"
#include "intake/state.h"

/* Bytes of one reply line, so that with code and CRLF it keeps to the 512 of
 * RFC 5321 section 4.5.3.1.5. */
#define REPLY_MAX 500

struct session *
session_new(const struct settings *settings, enum intake_protocol protocol)
{
	struct session *s = xcalloc(1, sizeof(*s));

	s->settings = settings;
	s->protocol = protocol;
	s->arena = arena_new();
	s->event = SESSION_MORE;
	return s;
}

void
session_free(struct session *s)
{
	if (s == NULL)
		return;
	arena_free(s->arena);
	str_done(&s->out);
	str_done(&s->line);
	free(s);
}

/* --- replies --- */

void
session_reply(struct session *s, unsigned code, const char *text)
{
	struct span t = utf8_truncate(span_of(text), REPLY_MAX);

	str_addf(&s->out, "%03u ", code);
	/* Texts may quote the client or come from core: no line breaks, and
	 * 8-bit only to those who asked for it (RFC 6531 section 3.5). */
	for (size_t i = 0; i < t.n; i++) {
		unsigned char c = (unsigned char)t.p[i];
		bool fit = c >= ' ' && c != 127 && (c < 128 || s->mail.utf8);

		str_addc(&s->out, fit ? t.p[i] : '?');
	}
	str_adds(&s->out, "\r\n");
}

void
session_close(struct session *s, unsigned code, const char *text)
{
	session_reply(s, code, text);
	s->phase = PHASE_CLOSED;
}

void
session_hangup(struct session *s, const char *text)
{
	if (s->phase != PHASE_CLOSED)
		session_close(s, 421, text);
}

void
session_bad(struct session *s, unsigned code, const char *text)
{
	session_reply(s, code, text);
	if (++s->errors >= s->settings->intake_errors)
		session_close(s, 421, "4.7.0 Too many errors, closing");
}

void
session_greet(struct session *s, bool early)
{
	struct str text = STR_EMPTY;

	if (early) {
		session_close(s, 554, "5.5.0 You spoke before the greeting");
		return;
	}
	str_addf(&text, "%s %s jcad", s->settings->hostname,
	    s->protocol == INTAKE_LMTP ? "LMTP" : "ESMTP");
	session_reply(s, 220, str_get(&text));
	str_done(&text);
}

/* --- the mail --- */

void
session_reset(struct session *s)
{
	if (s->begun)
		s->event = SESSION_DISCARD;
	s->begun = false;
	s->has_sender = false;
	s->rcpt_bytes = 0;
	s->raw = 0;
	s->doom.code = 0;
	memset(&s->mail, 0, sizeof(s->mail));
	arena_reset(s->arena);
}

void
session_begin(struct session *s, bool dots)
{
	s->begun = true;
	s->raw = 0;
	content_init(&s->content, dots);
	s->event = SESSION_BEGIN;
	s->phase = PHASE_BEGUN;
}

/* Answer the mail with its doom: to LMTP for each recipient (RFC 2033 section
 * 4.2), and forget it. */
static void
refuse_mail(struct session *s, bool whole)
{
	size_t n = 1;

	if (s->protocol == INTAKE_LMTP && whole)
		n = s->mail.n_rcpts;
	for (size_t i = 0; i < n; i++)
		session_reply(s, s->doom.code, s->doom.text);
	session_reset(s);
	s->phase = PHASE_COMMAND;
}

void
session_fail(struct session *s, unsigned code, const char *text)
{
	if (!s->begun || s->doom.code != 0)
		return;
	s->doom.code = code;
	s->doom.text = arena_strdup(s->arena, text);
	if (s->phase == PHASE_WAIT)
		refuse_mail(s, true);
}

/* The last byte of the mail is in. */
static void
end_mail(struct session *s)
{
	if (s->doom.code != 0) {
		refuse_mail(s, true);
		return;
	}
	s->phase = PHASE_WAIT;
	s->event = SESSION_END;
}

/* Scan a stretch of content; *data is what is to be stored. Returns the bytes
 * taken. */
static size_t
take_content(struct session *s, struct span in, struct span *data)
{
	int64_t max = s->settings->max_message;
	size_t n = content_take(&s->content, in, data);

	s->raw += (int64_t)n;
	s->mail.size += (int64_t)data->n;
	if (s->content.fault != CONTENT_CLEAN && s->doom.code == 0)
		session_fail(s, 550, arena_printf(s->arena,
		    "5.6.0 Refused: %s",
		    content_fault_text(s->content.fault)));
	if (s->mail.size > max && s->doom.code == 0)
		session_fail(s, 552, arena_printf(s->arena,
		    "5.3.4 The mail is larger than %lld bytes",
		    (long long)max));
	if (s->raw > 2 * max + REPLY_MAX)
		session_close(s, 552, "5.3.4 The mail does not end, closing");
	if (s->doom.code != 0)
		*data = span_make(NULL, 0);
	if (data->n > 0)
		s->event = SESSION_DATA;
	return n;
}

/* The owner has seen BEGIN, and may have failed. */
static void
step_begun(struct session *s)
{
	if (!s->content.dots) {
		s->phase = PHASE_CHUNK;
	} else if (s->doom.code != 0) {
		refuse_mail(s, false);
	} else {
		session_reply(s, 354, "End the mail with CRLF.CRLF");
		s->phase = PHASE_DATA;
	}
}

static bool
step_data(struct session *s, struct span *in, struct span *data)
{
	size_t n;

	if (s->content.done) {
		end_mail(s);
		return true;
	}
	if (in->n == 0)
		return false;
	n = take_content(s, *in, data);
	*in = span_sub(*in, n, in->n);
	return true;
}

/* A chunk is in (RFC 3030 section 2). */
static void
end_chunk(struct session *s, struct span *data)
{
	if (s->chunk_void) {
		s->phase = PHASE_COMMAND;
		session_bad(s, 503, "5.5.1 No mail is open for BDAT");
		return;
	}
	/* What is stored ends in CRLF: a last line without it is made whole. */
	if (s->chunk_last && s->doom.code == 0 &&
	    !content_is_whole(&s->content)) {
		(void)take_content(s, span_of("\r\n"), data);
		return;
	}
	if (s->chunk_last) {
		end_mail(s);
	} else if (s->doom.code != 0) {
		refuse_mail(s, false);
	} else {
		session_reply(s, 250, "2.0.0 Chunk taken");
		s->phase = PHASE_COMMAND;
	}
}

static bool
step_chunk(struct session *s, struct span *in, struct span *data)
{
	struct span part;
	size_t n;

	if (s->chunk_left == 0) {
		end_chunk(s, data);
		return true;
	}
	if (in->n == 0)
		return false;
	part = *in;
	if (part.n > s->chunk_left)
		part.n = (size_t)s->chunk_left;
	n = s->chunk_void ? part.n : take_content(s, part, data);
	s->chunk_left -= n;
	*in = span_sub(*in, n, in->n);
	return true;
}

/* --- lines --- */

/*
 * Take input up to the next LF. True if s->line now holds a line without its
 * CRLF. A line is kept up to the longest allowed and one byte more.
 */
static bool
read_line(struct session *s, struct span *in)
{
	size_t lf = span_find(*in, '\n');
	struct span part = span_sub(*in, 0, lf);
	size_t room = COMMAND_MAIL_MAX + 1 - s->line.len;

	if (part.n > room) {
		s->overlong = true;
		part.n = room;
	}
	str_addspan(&s->line, part);
	if (lf == in->n) {
		*in = span_sub(*in, lf, lf);
		return false;
	}
	*in = span_sub(*in, lf + 1, in->n);
	return true;
}

static bool
has_controls(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 127)
			return true;
	return false;
}

static bool
step_command(struct session *s, struct span *in)
{
	struct span line;

	if (!read_line(s, in))
		return false;
	line = str_span(&s->line);
	if (s->overlong) {
		session_bad(s, 500, "5.5.2 Line too long");
	} else if (line.n == 0 || line.p[line.n - 1] != '\r') {
		/* Who cannot end a line may not know where a mail ends. */
		session_close(s, 500, "5.5.2 Lines must end in CRLF, closing");
	} else if (has_controls(span_sub(line, 0, line.n - 1))) {
		session_bad(s, 500, "5.5.2 Control character in a command");
	} else {
		dialog_command(s, span_sub(line, 0, line.n - 1), in->n > 0);
	}
	str_clear(&s->line);
	s->overlong = false;
	return true;
}

enum session_event
session_step(struct session *s, struct span *in, struct span *data)
{
	enum session_event event;
	bool moved = true;

	*data = span_make(NULL, 0);
	while (s->event == SESSION_MORE && moved) {
		switch (s->phase) {
		case PHASE_COMMAND:
			moved = step_command(s, in);
			break;
		case PHASE_BEGUN:
			step_begun(s);
			break;
		case PHASE_DATA:
			moved = step_data(s, in, data);
			break;
		case PHASE_CHUNK:
			moved = step_chunk(s, in, data);
			break;
		case PHASE_WAIT:
			return SESSION_WAIT;
		case PHASE_CLOSED:
			return SESSION_CLOSE;
		}
	}
	event = s->event;
	s->event = SESSION_MORE;
	return event;
}

/* --- the verdict --- */

static bool
is_final(const struct reply *r)
{
	return r->code >= 200 && r->code <= 599 && r->code / 100 != 3;
}

/*
 * One reply for all recipients of SMTP. If any of them took the mail, the
 * sender must not repeat it (the refused ones are told by mail); if all
 * refused it and one only for now, the sender shall try again.
 */
static const struct reply *
one_for_all(const struct reply *replies, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (replies[i].code / 100 == 2)
			return &replies[i];
	for (size_t i = 0; i < n; i++)
		if (replies[i].code / 100 == 4)
			return &replies[i];
	return &replies[0];
}

void
session_verdict(struct session *s, const struct reply *replies, size_t n)
{
	bool usable = n == s->mail.n_rcpts && n > 0;

	if (s->phase != PHASE_WAIT)
		return;
	for (size_t i = 0; usable && i < n; i++)
		usable = is_final(&replies[i]);
	if (!usable) {
		session_fail(s, 451, "4.3.0 Internal fault, try again later");
		return;
	}
	if (one_for_all(replies, n)->code / 100 == 2)
		s->errors = 0;
	for (size_t i = 0; s->protocol == INTAKE_LMTP && i < n; i++)
		session_reply(s, replies[i].code, replies[i].text);
	if (s->protocol == INTAKE_SMTP)
		session_reply(s, one_for_all(replies, n)->code,
		    one_for_all(replies, n)->text);
	s->begun = false;	/* the file is no longer this session's */
	session_reset(s);
	s->phase = PHASE_COMMAND;
}

/* --- looking in --- */

struct str *
session_output(struct session *s)
{
	return &s->out;
}

const struct mail *
session_mail(const struct session *s)
{
	return &s->mail;
}

const char *
session_helo(const struct session *s)
{
	return s->helo;
}

bool
session_is_busy(const struct session *s)
{
	return s->begun;
}
