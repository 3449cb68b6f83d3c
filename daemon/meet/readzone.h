/* SPDX-License-Identifier: ISC */
/*
 * Readzone: the zone that somebody means by "Geneva time", "JST", "UTC+2" or
 * "W. Europe Standard Time", and what to ask when it could be two. Pure but
 * for the zone files.
 */
#ifndef MEET_READZONE_H
#define MEET_READZONE_H

#include <stdbool.h>
#include "meet/token.h"

struct arena;
struct list_settings;

struct readzone {
	const char *tzid;	/* IANA name or "UTC"; "" with an offset or
				 * an ambiguous abbreviation only */
	const char *abbrev;	/* "CET": to be checked against the date */
	bool fixed;		/* abbreviation or "UTC+2": see offset_s */
	int offset_s;
	const char *choices;	/* ambiguous abbreviation: what it may mean */
};

/* Read a zone at *i; on success *i is behind it. */
bool readzone_at(struct arena *a, const struct token_line *l, size_t *i,
    struct readzone *out);
/* The whole of text as a zone. */
bool readzone_text(struct arena *a, struct span text, struct readzone *out);
/* What to write instead of an unknown zone: the nearest names, in a. */
char *readzone_suggest(struct arena *a, struct span text,
    const struct list_settings *l);

#endif
