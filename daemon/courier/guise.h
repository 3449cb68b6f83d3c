/* SPDX-License-Identifier: ISC */
/*
 * Guise: a header block in which libesmtp finds exactly what it wants. The
 * library drops some fields (Return-Path, every second Cc ...) and adds others
 * (Date, From, Message-Id), which would break signatures. It judges by the
 * first bytes of a field only, and shows each field just before it sends it
 * (the monitor callback), in the very memory that it sends. So it is given
 * fields with changed first bytes, of the same length, and the true bytes are
 * put back at the last moment: any mail passes unchanged. Pure.
 */
#ifndef COURIER_GUISE_H
#define COURIER_GUISE_H

#include "base/span.h"

struct err;
struct str;

/* Length of mail's header block with the empty line that ends it. */
size_t guise_header(struct span mail);
/* Put into out (cleared first) the guise of a header block: as long, same
 * lines, one Date, one From, one Message-Id, no other field of a known name.
 * 0, or -1: the block has too few fields for that. */
int guise_make(struct span header, struct str *out, struct err *err);

#endif
