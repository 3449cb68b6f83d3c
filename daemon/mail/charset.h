/* SPDX-License-Identifier: ISC */
/*
 * Charset: text of foreign character sets to UTF-8. Only names in its own
 * table reach iconv(3): a stranger must not choose which converter is loaded.
 * Pure.
 */
#ifndef MAIL_CHARSET_H
#define MAIL_CHARSET_H

#include <stdbool.h>
#include "base/span.h"

struct str;

/* True if that charset (any case, known aliases) can be converted. */
bool charset_is_known(struct span name);
/* Append in, converted to UTF-8, to out; bytes that the charset does not have
 * become U+FFFD. False (and nothing appended) if the charset is unknown. The
 * output still needs utf8_clean() or utf8_line(). */
bool charset_convert(struct span name, struct span in, struct str *out);
/* For text without a (true) label: appended as it is if it is UTF-8, else
 * taken as windows-1252, the superset of ISO 8859-1. */
void charset_guess(struct span in, struct str *out);

#endif
