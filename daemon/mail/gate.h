/* SPDX-License-Identifier: ISC */
/*
 * Gate: whether the raw bytes of a mail are fit to be taken, before anything
 * else looks inside. Pure.
 */
#ifndef MAIL_GATE_H
#define MAIL_GATE_H

#include <stdbool.h>
#include <stddef.h>
#include "base/span.h"

struct err;
struct header;

/* Empty mail, NUL bytes, line ends other than CRLF, lines over max_line: -1
 * with the text for the sender. */
int gate_bytes(struct span mail, size_t max_line, struct err *err);
/* Fields that make a mail dangerous or its author undecidable: comments
 * nested too deep, no From or two. report: a delivery report may lack From. */
int gate_header(const struct header *h, bool report, struct err *err);
/* True if any byte is above 127. */
bool gate_has_8bit(struct span s);

#endif
