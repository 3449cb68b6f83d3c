/* SPDX-License-Identifier: ISC */
/*
 * Chat: watches what libesmtp says and hears before the first mail, and says
 * when the session must be cut: text smuggled in behind the STARTTLS reply
 * (the library would take it for replies inside TLS), or a MAIL although the
 * log-in failed. Remembers the last reply, which the library does not show.
 * Pure.
 */
#ifndef COURIER_CHAT_H
#define COURIER_CHAT_H

#include <stdbool.h>
#include "base/span.h"

struct chat {
	enum {
		CHAT_GREETING,
		CHAT_HELLO,
		CHAT_STARTTLS,
		CHAT_AUTH,
		CHAT_MAIL,	/* from here on the library tells all */
	} stage;
	bool over;		/* QUIT before any mail */
	bool must_log_in;
	bool logged_in;
	bool offers_8bit;
	const char *fault;	/* why the session was cut, or NULL */
	char last[300];		/* begin of the last reply before MAIL */
	char tail[8];		/* end of the reply to EHLO so far */
};

/* Begin a session. */
void chat_init(struct chat *c, bool must_log_in);
/* The client sends data. False: cut the session. */
bool chat_sent(struct chat *c, struct span data);
/* The server sent data. False: cut the session. */
bool chat_heard(struct chat *c, struct span data);

#endif
