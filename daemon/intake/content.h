/* SPDX-License-Identifier: ISC */
/*
 * Content: the bytes of a mail as they come after DATA or inside BDAT. Takes
 * out the dots of DATA, finds its end, and notices what must not be in a mail
 * (bare CR, bare LF, NUL). Only CRLF "." CRLF ends DATA. Pure, no allocation.
 */
#ifndef INTAKE_CONTENT_H
#define INTAKE_CONTENT_H

#include <stdbool.h>
#include <stddef.h>
#include "base/span.h"

enum content_fault {
	CONTENT_CLEAN,
	CONTENT_BARE_CR,
	CONTENT_BARE_LF,
	CONTENT_NUL,
};

struct content {
	enum {
		CONTENT_BOL,		/* at the begin of a line */
		CONTENT_MID,		/* inside a line */
		CONTENT_CR,		/* the last byte was CR */
		CONTENT_DOT,		/* "." after CRLF, not yet given out */
		CONTENT_DOT_CR,		/* "." CR after CRLF */
	} state;
	bool dots;			/* DATA, not BDAT */
	bool done;			/* CRLF "." CRLF was seen */
	enum content_fault fault;	/* the first one */
};

/* Begin a mail; dots: it comes after DATA. */
void content_init(struct content *c, bool dots);
/*
 * Take bytes of in, at least one unless c->done or in is empty; return how
 * many. *out is a part of in (possibly empty) that belongs to the mail. After
 * a fault only the end is looked for, and *out is empty.
 */
size_t content_take(struct content *c, struct span in, struct span *out);
/* True if what was taken ends in CRLF (or is nothing). */
bool content_is_whole(const struct content *c);
/* What is wrong, for a reply ("" if nothing). */
const char *content_fault_text(enum content_fault fault);

#endif
