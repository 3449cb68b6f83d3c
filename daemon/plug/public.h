/* SPDX-License-Identifier: ISC */
/*
 * Public: what of a meeting the public may see. Link and PIN are fields that
 * never leave core; but people also paste them into texts, so that lines
 * which look like a way into a conference are left out (facts: domain R27).
 */
#ifndef PLUG_PUBLIC_H
#define PLUG_PUBLIC_H

#include "model/wire.h"

struct arena;

/* A copy of rev in a with clean UTF-8 texts and nothing for members. */
struct meeting_rev public_rev(struct arena *a, const struct meeting_rev *rev);

#endif
