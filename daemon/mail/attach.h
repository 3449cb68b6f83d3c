/* SPDX-License-Identifier: ISC */
/*
 * Attach: the list of a mail's leaves and its calendar parts. Pure.
 */
#ifndef MAIL_ATTACH_H
#define MAIL_ATTACH_H

#include <stddef.h>
#include "mail/parse.h"
#include "model/wire.h"

struct arena;
struct mime;

/* Fill d->leaves; sizes are about those of the decoded parts. */
void attach_leaves(struct arena *a, const struct mime *m, struct digest *d);
/* Give every calendar part that is no copy of another to fn, decoded, at most
 * max bytes and one (so that fn can see that it is too long). */
void attach_calendars(struct arena *a, const struct mime *m, size_t max,
    parse_calendar_fn *fn, struct digest *d);

#endif
