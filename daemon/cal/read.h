/* SPDX-License-Identifier: ISC */
/*
 * Read: a hostile calendar part into normalised itip records. A pre-check on
 * raw bytes (size, lines, depth, counts; facts: calendar 6.5 step 4) runs
 * before libical. Only for the parser role, jcadctl debug and tests.
 */
#ifndef CAL_READ_H
#define CAL_READ_H

#include "base/span.h"
#include "model/wire.h"

struct arena;

/* See parse_calendar_fn: appends one itip a VEVENT; problem tells why one
 * cannot be used ("calendar part is over 256 kB", "METHOD in the part is
 * REPLY, in the header REQUEST", ...). */
void cal_read(struct arena *a, struct span ics, const char *method_param,
    struct digest *d);

#endif
