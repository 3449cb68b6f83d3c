/* SPDX-License-Identifier: ISC */
/*
 * Readdate: the ways in which people write a date or a range of days
 * (facts: domain 4.3). Reads what is written, judges nothing. Pure.
 */
#ifndef MEET_READDATE_H
#define MEET_READDATE_H

#include "meet/token.h"

struct readdate_day {
	int year, month, day;	/* year 0: not written */
	int weekday;		/* -1: not written */
};

enum readdate_flaw {
	READDATE_FINE,
	READDATE_AMBIGUOUS,	/* 03/04/2027: day is its first reading, last
				 * its second */
	READDATE_SHORT_YEAR,	/* 10.2.27 */
	READDATE_NO_SUCH_DAY,	/* 31 February */
};

struct readdate {
	struct readdate_day day, last;	/* last.day 0: one day only */
	enum readdate_flaw flaw;
};

/* Read a date at piece *i; on success *i is behind it. */
bool readdate_at(const struct token_line *l, size_t *i, struct readdate *out);

#endif
