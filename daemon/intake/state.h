/* SPDX-License-Identifier: ISC */
/* Inside of a session, shared by session.c and dialog.c only. */
#ifndef INTAKE_STATE_H
#define INTAKE_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/span.h"
#include "base/str.h"
#include "base/utf8.h"
#include "intake/command.h"
#include "intake/content.h"
#include "intake/session.h"

struct arena;

enum phase {
	PHASE_COMMAND,	/* a command line comes next */
	PHASE_BEGUN,	/* BEGIN was told; 354 or the chunk comes next */
	PHASE_DATA,	/* content up to CRLF.CRLF */
	PHASE_CHUNK,	/* chunk_left bytes of content */
	PHASE_WAIT,	/* END was told */
	PHASE_CLOSED,
};

struct session {
	const struct settings *settings;
	enum intake_protocol protocol;
	enum phase phase;
	enum session_event event;	/* to be told next; MORE = none */
	bool greeted;			/* after HELO, EHLO or LHLO */
	bool extended;			/* after EHLO or LHLO */
	char helo[128];
	uint32_t errors;
	struct str out;
	struct str line;
	bool overlong;

	struct arena *arena;		/* of the mail; reset with it */
	struct mail mail;
	bool has_sender;
	bool begun;			/* the owner was told BEGIN */
	size_t rcpt_bytes;
	struct content content;
	int64_t raw;			/* bytes since BEGIN */
	struct reply doom;		/* code 0 = none yet */
	bool chunk_void;		/* consume, then 503 */
	bool chunk_last;
	uint64_t chunk_left;
};

/* Append one reply line. */
void session_reply(struct session *s, unsigned code, const char *text);
/* As session_reply, and count an error; too many end the session. */
void session_bad(struct session *s, unsigned code, const char *text);
/* As session_reply, and end the session. */
void session_close(struct session *s, unsigned code, const char *text);
/* Forget the mail, if any; the owner is told DISCARD if it knows of it. */
void session_reset(struct session *s);
/* Tell BEGIN. dots: DATA, else BDAT. */
void session_begin(struct session *s, bool dots);

/* dialog.c: run one command line (without CRLF); more: input stands behind
 * it already. */
void dialog_command(struct session *s, struct span line, bool more);

#endif
