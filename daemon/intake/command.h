/* SPDX-License-Identifier: ISC */
/*
 * Command: one SMTP or LMTP command line taken apart (RFC 5321 section 4.1).
 * Only syntax; what a command does is in intake/session.c. Pure.
 */
#ifndef INTAKE_COMMAND_H
#define INTAKE_COMMAND_H

#include <stdbool.h>
#include <stdint.h>
#include "base/span.h"

enum command_verb {
	COMMAND_UNKNOWN,
	COMMAND_HELO,
	COMMAND_EHLO,
	COMMAND_LHLO,
	COMMAND_MAIL,
	COMMAND_RCPT,
	COMMAND_DATA,
	COMMAND_BDAT,
	COMMAND_RSET,
	COMMAND_NOOP,
	COMMAND_QUIT,
	COMMAND_VRFY,
	COMMAND_HELP,
	COMMAND_KNOWN,	/* a verb of SMTP that is not offered */
};

/* Longest line with its CRLF (RFC 5321 section 4.5.3.1.4); MAIL and RCPT have
 * parameters and, with SMTPUTF8, longer paths. */
#define COMMAND_MAX 512
#define COMMAND_MAIL_MAX 2000

/* The verb of a line without CRLF; *args is what follows it, trimmed. */
enum command_verb command_verb(struct span line, struct span *args);
/* Longest line allowed for that verb, with CRLF. */
size_t command_max(enum command_verb verb);
/* Split "FROM:<path> params" (word is "FROM:" or "TO:"): the path without its
 * brackets and source route. False if it is not of that form. */
bool command_path(struct span args, const char *word, struct span *path,
    struct span *params);
/* Take the next "KEY[=VALUE]" of *params; false at the end. */
bool command_param(struct span *params, struct span *key, struct span *value);
/* "SIZE [LAST]" of BDAT (RFC 3030). False if it is not of that form. */
bool command_chunk(struct span args, uint64_t *size, bool *last);

#endif
