/* SPDX-License-Identifier: ISC */
/*
 * Civil dates without time zones (proleptic Gregorian) and the fixed text
 * forms of UTC instants. Pure; no libc time functions.
 */
#ifndef BASE_CIVIL_H
#define BASE_CIVIL_H

#include <stdbool.h>
#include <stdint.h>
#include "base/span.h"

struct arena;

struct civil {
	int year, month, day;		/* month 1-12, day 1-31 */
	int hour, min, sec;
};

/* Seconds since 1970 of c taken as UTC. c must be valid (civil_is_valid). */
int64_t civil_to_unix(const struct civil *c);
/* Split at into *out; instants outside the years 1 to 9999 are clamped. */
void civil_from_unix(int64_t at, struct civil *out);
/* True for a real date of the years 1 to 9999 and a time without leap
 * second. */
bool civil_is_valid(const struct civil *c);
/* 0 Sunday .. 6 Saturday. */
int civil_weekday(const struct civil *c);
/* "Wed, 10 Feb 2027 12:00:00 +0000" (RFC 5322 section 3.3). */
char *civil_rfc5322(struct arena *a, int64_t at);
/* "2027-02-10T12:00:00Z" (RFC 3339). */
char *civil_rfc3339(struct arena *a, int64_t at);
/* "20270210T120000Z" (RFC 5545 section 3.3.5). */
char *civil_ical(struct arena *a, int64_t at);
/* Parse an RFC 5322 date (obsolete zones too); false if it is none. */
bool civil_parse_rfc5322(struct span s, int64_t *out);
/* Parse RFC 3339, or "2027-02-10 12:00" taken as UTC. */
bool civil_parse_rfc3339(struct span s, int64_t *out);
/* English names, index as civil_weekday / month 1-12: "Wednesday", "Wed",
 * "February", "Feb". */
const char *civil_day_name(int weekday, bool full);
const char *civil_month_name(int month, bool full);

#endif
