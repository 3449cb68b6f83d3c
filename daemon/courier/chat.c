/* SPDX-License-Identifier: ISC */
/*
 * The begin of an SMTP session, seen from the side. Knows only what libesmtp
 * sends: one command at a time up to the first MAIL.
 */
#include "courier/chat.h"

#include <string.h>

void
chat_init(struct chat *c, bool must_log_in)
{
	memset(c, 0, sizeof(*c));
	c->must_log_in = must_log_in;
}

bool
chat_sent(struct chat *c, struct span data)
{
	if (c->stage == CHAT_MAIL)
		return true;
	if (span_has_prefix(data, "EHLO") || span_has_prefix(data, "HELO")) {
		c->stage = CHAT_HELLO;
		c->offers_8bit = false;
		memset(c->tail, 0, sizeof(c->tail));
	} else if (span_has_prefix(data, "STARTTLS")) {
		c->stage = CHAT_STARTTLS;
	} else if (span_has_prefix(data, "AUTH")) {
		c->stage = CHAT_AUTH;
	} else if (span_has_prefix(data, "MAIL")) {
		if (c->must_log_in && !c->logged_in) {
			c->fault = "the log-in failed";
			return false;
		}
		c->stage = CHAT_MAIL;
	} else if (span_has_prefix(data, "QUIT")) {
		c->over = true;
	}
	return true;
}

/* Look for 8BITMIME in the pieces of the reply to EHLO, one byte at a time;
 * tail is what was seen last, as long as the word. */
static void
look_for_8bit(struct chat *c, struct span data)
{
	const size_t n = sizeof(c->tail);

	for (size_t i = 0; i < data.n; i++) {
		memmove(c->tail, c->tail + 1, n - 1);
		c->tail[n - 1] = data.p[i];
		if (span_isi(span_make(c->tail, n), "8BITMIME"))
			c->offers_8bit = true;
	}
}

static void
remember(struct chat *c, struct span data)
{
	data = span_sub(span_trim(data), 0, sizeof(c->last) - 1);
	memcpy(c->last, data.p, data.n);
	c->last[data.n] = '\0';
}

/* True if something stands behind the last line of a reply. */
static bool
has_more(struct span data)
{
	while (data.n > 0) {
		struct span line = span_line(&data);

		if (line.n > 3 && line.p[3] == '-')
			continue;
		return data.n > 0;
	}
	return false;
}

bool
chat_heard(struct chat *c, struct span data)
{
	if (c->stage == CHAT_MAIL || c->over || data.n == 0)
		return true;
	remember(c, data);
	if (c->stage == CHAT_HELLO)
		look_for_8bit(c, data);
	if (c->stage == CHAT_AUTH && span_has_prefix(data, "235"))
		c->logged_in = true;
	if (c->stage == CHAT_STARTTLS && has_more(data)) {
		c->fault = "the relay sent text behind its STARTTLS reply";
		return false;
	}
	return true;
}
