/* SPDX-License-Identifier: ISC */
/*
 * Compose: mails that jcad writes itself. Header values are cleaned (no CR,
 * LF, NUL can get in), encoded (RFC 2047) and folded (RFC 5322 2.2.3);
 * bodies are UTF-8 in quoted-printable or 7bit. Output has CRLF lines. Pure.
 */
#ifndef MAIL_COMPOSE_H
#define MAIL_COMPOSE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/span.h"

struct arena;
struct err;
struct str;

/* Append "Name: value" CRLF; value is free UTF-8 text. */
void compose_header(struct str *out, const char *name, const char *value);
/* Append "Name: value" CRLF as given but for control characters; for
 * structured values (addresses, ids, dates), folded at blanks. */
void compose_raw(struct str *out, const char *name, const char *value);
/* Append text (one line, UTF-8) as encoded words (RFC 2047) with a blank
 * between them, fit for folding. */
void compose_words(struct str *out, struct span text);
/* Append the MIME headers and the body for a text part of that subtype
 * ("plain", "html"): 7bit if ASCII with short lines, else quoted-printable. */
void compose_text(struct str *out, const char *subtype, const char *text);
/* Append text (LF lines) as quoted-printable (RFC 2045 section 6.7). A last
 * line without its end is left open, or, if joined, ended by a soft break: what
 * follows then starts a new encoded line of the same text line. */
void compose_qp(struct str *out, struct span text, bool joined);
/* A boundary that cannot occur in the parts: from 16 random bytes seed. */
char *compose_boundary(struct arena *a, const uint8_t seed[16]);
/* "<hex.list@host>" for a Message-ID from 16 random bytes. */
char *compose_message_id(struct arena *a, const uint8_t seed[16],
    const char *host);

/* A text template: first line "Subject: ...", an empty line, the body.
 * "{{name}}" is replaced; "{{#name}}...{{/name}}" stays if name is not "".
 * vars is name, value, ..., NULL. An unknown name is ERR_BADINPUT. */
int compose_template(struct arena *a, struct span text,
    const char *const *vars, const char **subject_out, const char **body_out,
    struct err *err);

#endif
