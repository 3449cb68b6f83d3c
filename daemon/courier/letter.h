/* SPDX-License-Identifier: ISC */
/*
 * Letter: one copy made by its recipe and fit for any transport: whole CRLF
 * lines, no bare CR or LF, no NUL, and an envelope that cannot be abused. What
 * is not fit is refused here, with its reason; only a last CRLF is added.
 */
#ifndef COURIER_LETTER_H
#define COURIER_LETTER_H

#include <stdbool.h>
#include <stddef.h>
#include "base/str.h"

struct err;
struct transport_order;

struct letter {
	struct str text;
	bool eight_bit;		/* has bytes above 127 */
};

/* Make copy i of order into l (whose memory is used again). 0, or -1 and why
 * it can never be sent. */
int letter_make(const struct transport_order *order, size_t i,
    struct letter *l, struct err *err);
/* Free the memory. */
void letter_done(struct letter *l);

#endif
