/* SPDX-License-Identifier: ISC */
/*
 * Html: the readable text of an HTML mail, for commands, forms and notices:
 * lines as a reader sees them, "> " before quoted text, targets of links
 * behind their text. No browser: scripts and styles are dropped. Pure.
 */
#ifndef MAIL_HTML_H
#define MAIL_HTML_H

#include <stdbool.h>
#include "base/span.h"

struct arena;

/* Text (UTF-8, LF) of html (UTF-8), at most max bytes; *cut is set if there
 * is more. In a. */
char *html_text(struct arena *a, struct span html, size_t max, bool *cut);

#endif
