/* SPDX-License-Identifier: ISC */
/* When: the times of a meeting as texts, in one zone. Pure but for tzdata. */
#ifndef PLUG_WHEN_H
#define PLUG_WHEN_H

#include "model/wire.h"

struct arena;

/* Strings in the arena given, never NULL. end is "" if there is none. */
struct when {
	const char *start, *end;	/* RFC 3339, dates if all day */
	const char *text;		/* "Wednesday 10 February 2027, ..." */
	const char *zone_name;		/* "CET", "UTC+05:30" */
};

/* Times of rev in zone; an unknown zone counts as UTC. Whole days are the
 * same in every zone. */
struct when when_make(struct arena *a, const struct meeting_rev *rev,
    const char *zone);

#endif
