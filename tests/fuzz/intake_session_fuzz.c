/* SPDX-License-Identifier: ISC */
/*
 * Fuzz target: one SMTP or LMTP session with arbitrary bytes, in the turns
 * that the input says. Checks what must hold whatever a client sends: a mail that is
 * offered has a sender and recipients, its size is the bytes given out, its
 * lines all end in CRLF without bare CR, LF or NUL, and the replies are lines
 * of at most 512 bytes.
 */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "intake/session.h"

static struct list_settings lists[] = {
	{ .name = "l", .domain = "d.example" },
};

static const struct settings settings = {
	.hostname = "d.example",
	.intake_rcpts = 5,
	.intake_errors = 100,
	.max_message = 300,
	.lists = lists,
	.n_lists = 1,
};

static void
require(bool ok)
{
	if (!ok)
		abort();
}

static void
check_mail(const struct session *s, struct span content)
{
	const struct mail *m = session_mail(s);

	require(m->sender != NULL);
	require(m->n_rcpts > 0 && m->n_rcpts <= 5);
	require(m->size == (int64_t)content.n);
	require(m->size <= settings.max_message + 2);
	while (content.n > 0) {
		size_t lf = span_find(content, '\n');
		struct span line = span_sub(content, 0, lf);

		require(lf < content.n && lf > 0);
		require(span_find(line, '\r') == line.n - 1);
		require(span_find(line, '\0') == line.n);
		content = span_sub(content, lf + 1, content.n);
	}
}

static void
check_output(struct session *s)
{
	struct span out = str_span(session_output(s));

	while (out.n > 0) {
		size_t lf = span_find(out, '\n');

		require(lf < out.n && lf >= 4 && lf < 512);
		require(out.p[lf - 1] == '\r');
		out = span_sub(out, lf + 1, out.n);
	}
	str_clear(session_output(s));
}

/* Run the session over one stretch. False when it is over. */
static bool
feed(struct session *s, struct span in, struct str *content, bool refuse)
{
	static const struct reply replies[] = { { 250, "2.0.0 ok" },
		{ 550, "5.7.1 no" }, { 250, "2.0.0 ok" }, { 451, "4.3.0 x" },
		{ 250, "2.0.0 ok" } };
	struct span data;

	for (;;) {
		switch (session_step(s, &in, &data)) {
		case SESSION_MORE:
			require(in.n == 0);
			return true;
		case SESSION_BEGIN:
			str_clear(content);
			if (refuse)
				session_fail(s, 452, "4.3.1 no space");
			break;
		case SESSION_DATA:
			require(data.n > 0);
			str_addspan(content, data);
			break;
		case SESSION_END:
			check_mail(s, str_span(content));
			break;
		case SESSION_WAIT:
			session_verdict(s, replies,
			    session_mail(s)->n_rcpts);
			break;
		case SESSION_DISCARD:
			str_clear(content);
			break;
		case SESSION_CLOSE:
			return false;
		}
	}
}

/* First byte: bit 0 LMTP, bit 1 no disk, bit 2 byte by byte. The byte 0xff
 * ends a turn of the client and is not sent. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct session *s;
	struct str content = STR_EMPTY;
	struct span rest;
	bool more = true;

	if (size < 1)
		return 0;
	rest = span_make((const char *)data + 1, size - 1);
	s = session_new(&settings, data[0] & 1 ? INTAKE_LMTP : INTAKE_SMTP);
	session_greet(s, false);
	while (rest.n > 0 && more) {
		struct span turn = span_cut(&rest, '\xff');
		size_t step = data[0] & 4 ? 1 : turn.n;

		for (size_t pos = 0; pos < turn.n && more; pos += step)
			more = feed(s, span_sub(turn, pos, pos + step),
			    &content, (data[0] & 2) != 0);
		check_output(s);
	}
	session_free(s);
	str_done(&content);
	return 0;
}
