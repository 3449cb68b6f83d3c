/* SPDX-License-Identifier: ISC */
/*
 * Parse: one hostile mail into its digest. Called by the parser role, by
 * "jcadctl debug" and by tests only. The raw gate runs before libetpan and
 * keeps from it whatever is known to crash or stall it.
 */
#ifndef MAIL_PARSE_H
#define MAIL_PARSE_H

#include "base/span.h"
#include "model/wire.h"

struct arena;
struct err;

struct parse_limits {
	size_t header_bytes;	/* 262144 */
	size_t header_fields;	/* 1000 */
	size_t line;		/* longest line: 100000 (RFC 5322: 998) */
	size_t depth;		/* MIME levels: 20 */
	size_t parts;		/* 1000 */
	size_t params;		/* parameters of a field: 100 */
	size_t text;		/* bytes of text in the digest: 24576 */
	size_t calendar;	/* bytes of one calendar part: 262144 */
};

/* The limits above. */
const struct parse_limits *parse_defaults(void);

/* How calendar parts are read (cal_read); given in so that mail does not
 * depend on cal. Appends to d->itips; never fails, sets itip.problem. */
typedef void parse_calendar_fn(struct arena *a, struct span ics,
    const char *method_param, struct digest *d);

/* Fill *out. A mail that cannot be taken has out->refused set to the text for
 * the sender; that is no error of this function. authserv_id: whose
 * Authentication-Results count ("" none). calendar may be NULL. */
void parse_mail(struct arena *a, struct span mail, const char *authserv_id,
    const struct parse_limits *limits, parse_calendar_fn *calendar,
    struct digest *out);

/* A mail from a file as it would have come by SMTP: a leading mbox "From "
 * line is cut off, every line end becomes CRLF. mail itself if nothing is to
 * be changed, else a copy in a. For jcadctl and tests. */
struct span parse_canonical(struct arena *a, struct span mail);

struct str;
/* jcadctl debug mime: one JSON line for the mail (decoded headers, leaves
 * with path, type, name, size, sha256 of the decoded bytes, text). */
void parse_debug(struct arena *a, struct span mail, const char *file,
    struct str *out);

#endif
