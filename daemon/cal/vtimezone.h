/* SPDX-License-Identifier: ISC */
/*
 * Vtimezone: the small VTIMEZONE component of a parsed zone, right around one
 * instant. One STANDARD/DAYLIGHT pair wherever that is true, because some
 * clients read no more (facts of MS-OXCICAL 2.1.3.1.1.19.2). Pure.
 */
#ifndef CAL_VTIMEZONE_H
#define CAL_VTIMEZONE_H

#include <stdint.h>

struct str;
struct tzif;

/* Append the component, CRLF lines. It holds from a year before at to at
 * least two years after it. */
void vtimezone_write(struct str *out, const char *tzid, const struct tzif *tz,
    int64_t at);

#endif
