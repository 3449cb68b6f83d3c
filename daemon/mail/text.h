/* SPDX-License-Identifier: ISC */
/*
 * Text: which part of a mail is what its author wrote, as plain text. Pure.
 */
#ifndef MAIL_TEXT_H
#define MAIL_TEXT_H

#include <stddef.h>
#include "model/wire.h"

struct arena;
struct mime;

/* Fill d->text, text_truncated and text_from_html; at most max bytes. */
void text_digest(struct arena *a, const struct mime *m, size_t max,
    struct digest *d);

#endif
