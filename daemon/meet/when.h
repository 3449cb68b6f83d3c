/* SPDX-License-Identifier: ISC */
/* When: how dates, times and zones are written in jcad's mails. Pure but for
 * the zone files. See meet.h for meet_when() and meet_when_short(). */
#ifndef MEET_WHEN_H
#define MEET_WHEN_H

#include <stdbool.h>
#include <stdint.h>
#include "base/civil.h"

struct arena;

/* "2027-02-10T13:00:00" to and from civil time. */
bool when_parse(const char *local, struct civil *out);
char *when_local(struct arena *a, const struct civil *c);
/* "Wed 10 Feb 2027"; full: "Wednesday 10 February 2027". */
char *when_day(struct arena *a, const struct civil *c, bool full);
/* "Geneva time", "New York time", "UTC". */
char *when_zone(struct arena *a, const char *tzid);
/* "UTC", "UTC+1", "UTC+5:30". */
char *when_offset(struct arena *a, int offset_s);
/* "Wed 10 Feb 2027 13:00 Geneva time": an instant in a zone. */
char *when_instant(struct arena *a, int64_t at, const char *tzid);
/* As when_instant, with UTC behind it if the zone is another. */
char *when_both(struct arena *a, int64_t at, const char *tzid);
/* A deadline: as when_both, but 23:59 UTC stays in UTC, because its date is
 * another one elsewhere. */
char *when_deadline(struct arena *a, int64_t at, const char *tzid);

#endif
