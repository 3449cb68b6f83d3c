/* SPDX-License-Identifier: ISC */
/*
 * Tzrule: the POSIX TZ string in the footer of a TZif file (RFC 9636 section
 * 3.3): the rule for all years after the listed transitions. Pure.
 */
#ifndef CAL_TZRULE_H
#define CAL_TZRULE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/span.h"

#define TZNAME_MAX_ 16

/* A stretch of time [from, to) with one offset. INT64_MIN and INT64_MAX
 * stand for "always before" and "for ever". */
struct tzspan {
	int64_t from, to;
	int32_t offset_s;	/* east of UTC */
	bool dst;
	char name[TZNAME_MAX_];	/* "CET", "-03" */
};

enum tzdate_kind {
	TZDATE_WEEKDAY,		/* Mm.w.d: week 5 is the last */
	TZDATE_JULIAN,		/* Jn: 1 to 365, 29 February not counted */
	TZDATE_YEARDAY,		/* n: 0 to 365 */
};

struct tzdate {
	enum tzdate_kind kind;
	int month, week, day;	/* day: weekday 0 to 6, or the day's number */
	int32_t time_s;		/* -167 h to +167 h, local time before it */
};

struct tzrule {
	bool has_dst;
	int32_t std_s, dst_s;	/* offsets east of UTC */
	char std_name[TZNAME_MAX_], dst_name[TZNAME_MAX_];
	struct tzdate start, end;	/* of the dst part of the year */
};

/* Read the footer's text (without its line ends); false if it is none. */
bool tzrule_parse(struct span text, struct tzrule *out);
/* Day (seconds at 00:00, as if UTC) that date means in year, without time_s. */
int64_t tzrule_day(const struct tzdate *date, int year);
/* The stretch that holds the instant. */
void tzrule_at(const struct tzrule *rule, int64_t at, struct tzspan *out);

#endif
