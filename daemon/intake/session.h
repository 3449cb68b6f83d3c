/* SPDX-License-Identifier: ISC */
/*
 * Session: the server side of one SMTP or LMTP connection as a pure state
 * machine: bytes in, replies and events out. No sockets, no files, no clock;
 * intake/server.c moves the bytes and does what the events ask for.
 */
#ifndef INTAKE_SESSION_H
#define INTAKE_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include "base/span.h"
#include "model/settings.h"
#include "model/wire.h"

struct session;
struct str;

enum session_event {
	SESSION_MORE,		/* all input is used up: read on */
	SESSION_BEGIN,		/* a mail comes: open a file for it */
	SESSION_DATA,		/* append *data to the file */
	SESSION_END,		/* the mail is whole: ask, session_verdict() */
	SESSION_DISCARD,	/* forget the file, if there is one */
	SESSION_WAIT,		/* nothing to do before session_verdict() */
	SESSION_CLOSE,		/* send the output, discard, hang up */
};

/* Make a session of that protocol. settings are borrowed. Never NULL. */
struct session *session_new(const struct settings *settings,
    enum intake_protocol protocol);
/* NULL allowed. */
void session_free(struct session *s);
/* Put the greeting into the output; early: the client spoke before it, which
 * is refused. Once, before the first step. */
void session_greet(struct session *s, bool early);
/*
 * Go on to the next event. Takes what it uses from the front of *in; input
 * left over must come again at the next call. *data (SESSION_DATA only) is
 * borrowed from *in or static.
 */
enum session_event session_step(struct session *s, struct span *in,
    struct span *data);
/* After BEGIN, DATA or END: the mail cannot be kept and gets this reply (text
 * with its enhanced code). The first one counts. */
void session_fail(struct session *s, unsigned code, const char *text);
/* After END: one reply per recipient; any other number counts as a fault of
 * ours (451). */
void session_verdict(struct session *s, const struct reply *replies,
    size_t n);
/* End the session with "421 TEXT". */
void session_hangup(struct session *s, const char *text);
/* What is to be sent to the client; the caller clears it. */
struct str *session_output(struct session *s);
/* Between BEGIN and the end of the mail: sender, recipients, flags, size so
 * far; txn, file and peer are not set. Valid until the next step. */
const struct mail *session_mail(const struct session *s);
/* Name given with HELO, EHLO, LHLO ("" if none), fit for a trace field. */
const char *session_helo(const struct session *s);
/* A mail is being received, or waits for its verdict. */
bool session_is_busy(const struct session *s);

#endif
