/* SPDX-License-Identifier: ISC */
/*
 * Mime: the structure of a mail (RFC 2045, 2046) as a flat array of parts,
 * found by our own splitter in one pass over the lines. Pure.
 */
#ifndef MAIL_MIME_H
#define MAIL_MIME_H

#include <stdbool.h>
#include <stddef.h>
#include "base/span.h"

struct arena;
struct err;

#define MIME_NO_PARENT ((size_t)-1)

struct mime_part {
	size_t parent;		/* index, MIME_NO_PARENT for the root */
	size_t depth;		/* 0 for the root */
	size_t n_children;
	const char *path;	/* "1", "1.2": root, its second part */
	const char *type;	/* "text/plain", lower case */
	const char *encoding;	/* "base64", lower case, "" none */
	const char *charset;	/* lower case, "" none */
	const char *name;	/* decoded file name, "" none */
	const char *disposition;/* "attachment", "inline", "" none */
	const char *method;	/* of calendar parts, "" none */
	const char *report_type;/* of multipart/report, "" none */
	const char *message_id;	/* of messages inside of messages, "" none */
	bool flowed, delsp;	/* RFC 3676 */
	bool leaf;		/* no multipart and no message with parts */
	bool enclosed;		/* in a message/rfc822 part */
	struct span body;
};

enum mime_odd {
	MIME_ODD_HEADER = 1,	/* a part header has lines that are no field */
	MIME_ODD_BOUNDARY = 2,	/* a multipart without boundary parameter */
	MIME_ODD_END = 4,	/* a multipart without closing boundary */
	MIME_ODD_TYPE = 8,	/* a part with two Content-Type fields */
};

struct mime {
	struct mime_part *parts;	/* the root first, parents first */
	size_t n;
	unsigned odd;		/* enum mime_odd: wrong, but not harmful */
};

struct mime_limits {
	size_t header_bytes, header_fields, line;	/* of each part */
	size_t depth, parts, params;
	size_t decode;		/* largest encoded message that is opened */
};

/* Split the mail. -1 with err: a limit is exceeded; *out then holds what was
 * found before. */
int mime_split(struct arena *a, struct span mail,
    const struct mime_limits *limits, struct mime *out, struct err *err);

#endif
