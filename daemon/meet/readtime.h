/* SPDX-License-Identifier: ISC */
/*
 * Readtime: the ways in which people write a time of day, a range of times
 * and a duration (facts: domain 4.3). Pure.
 */
#ifndef MEET_READTIME_H
#define MEET_READTIME_H

#include <stdint.h>
#include "meet/token.h"

enum readtime_flaw {
	READTIME_FINE,
	READTIME_BARE,		/* "14" or "2-4": no minutes, no am or pm */
	READTIME_NO_SUCH,	/* 25:00, 14:00 am */
	READTIME_MIDNIGHT,	/* starts at "midnight": of which day? */
};

struct readtime {
	int start, end;		/* minutes after 00:00; -1: not written */
	bool next_day;		/* "24:00", "00:30 next day" */
	enum readtime_flaw flaw;
};

/* Read a time or a range of times at *i; on success *i is behind it. */
bool readtime_at(const struct token_line *l, size_t *i, struct readtime *out);
/* "next day", "(+1)", "the following day" at *i. */
bool readtime_next_day(const struct token_line *l, size_t *i);
/* "2 hours", "90 min", "1h30", "one hour", "1:30" at *i, in seconds. */
bool readtime_duration_at(const struct token_line *l, size_t *i,
    int64_t *out);

#endif
