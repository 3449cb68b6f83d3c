/* SPDX-License-Identifier: ISC */
/*
 * Header: our own splitter for RFC 5322 header blocks (section 2.2) on raw
 * bytes. It decides; libetpan never does. Pure.
 */
#ifndef MAIL_HEADER_H
#define MAIL_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/span.h"

struct arena;
struct err;

struct header_field {
	struct span name;	/* as written */
	struct span raw_value;	/* after the colon, folded, no final CRLF */
	size_t off, len;	/* whole field with its CRLF */
};

struct header {
	struct header_field *fields;
	size_t n;
	size_t end;		/* offset of the body (after the empty line) */
};

/* The limits of the gate (facts: libraries 2.7). */
struct header_limits {
	size_t max_bytes, max_fields, max_line;
};

/* Split the block at the start of mail. ERR_BADINPUT names the line. */
int header_split(struct arena *a, struct span mail,
    const struct header_limits *limits, struct header *out, struct err *err);
/* As header_split, but *out is filled with what can be had even if -1 is
 * returned: lines that are no field are passed over. For showing what is in a
 * refused mail, and for the headers of MIME parts. */
int header_scan(struct arena *a, struct span mail,
    const struct header_limits *limits, struct header *out, struct err *err);
/* n-th (from 0) field of that name (any case), or NULL. */
const struct header_field *header_get(const struct header *h,
    const char *name, size_t nth);
size_t header_count(const struct header *h, const char *name);
/* Unfolded, trimmed value as written (no decoding), NUL-terminated, in a. */
char *header_value(struct arena *a, const struct header_field *f);
/* Unfolded value with encoded words (RFC 2047) decoded to clean UTF-8. */
char *header_text(struct arena *a, const struct header_field *f);

#endif
