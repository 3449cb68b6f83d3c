/* SPDX-License-Identifier: ISC */
/* Report: what "jcadctl debug mime" prints of a mail. Pure. */
#ifndef MAIL_REPORT_H
#define MAIL_REPORT_H

#include "base/span.h"
#include "model/wire.h"

struct arena;
struct str;

/* Append one JSON line: decoded headers, every leaf of mail (as it is in the
 * file) with the SHA-256 of its decoded bytes, and what d says. */
void report_json(struct arena *a, struct span mail, const char *file,
    const struct digest *d, struct str *out);

#endif
