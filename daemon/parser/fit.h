/* SPDX-License-Identifier: ISC */
/* Fit: digests that fit into one message between roles. Pure. */
#ifndef PARSER_FIT_H
#define PARSER_FIT_H

#include <stddef.h>
#include "model/wire.h"

struct arena;

/* Shorten what decisions need least until the encoding of *p has at most max
 * bytes, and say so in the note. What must be dropped from posts (cuts) is
 * never shortened: a mail that is too large even so is marked refused. */
void fit_digest(struct arena *a, struct parsed *p, size_t max);

#endif
