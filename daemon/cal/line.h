/* SPDX-License-Identifier: ISC */
/*
 * Line: content lines of calendar objects that we write ourselves: folding at
 * 75 octets between characters (RFC 5545 3.1), parameter values (RFC 6868)
 * and mailto URIs. Pure.
 */
#ifndef CAL_LINE_H
#define CAL_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include "base/span.h"

struct str;

/* A line under construction at the end of out. */
struct line {
	struct str *out;
	size_t column;
};

/* Begin a line; out is borrowed until line_end(). */
void line_begin(struct line *l, struct str *out);
/* Append text, folding where needed. text must hold whole UTF-8 characters
 * and no control characters. */
void line_put(struct line *l, struct span text);
void line_puts(struct line *l, const char *text);
/* Append text as a quoted parameter value; controls are left out, bytes of
 * invalid UTF-8 become "?", at most 200 bytes are taken. */
void line_put_param(struct line *l, const char *text);
/* Append "mailto:addr"; false (nothing appended) if addr is no address that
 * can stand in a URI. */
bool line_put_mailto(struct line *l, const char *addr);
/* End the line with CRLF. */
void line_end(struct line *l);

/* True for an absolute URI of a kind that people open (http, https, sip,
 * sips, tel, xmpp) that holds only URI characters. */
bool line_is_uri(struct span s);

#endif
