/* SPDX-License-Identifier: ISC */
/*
 * Zone: IANA time zones from the system's tzdata (TZif, read by ourselves or
 * libical), wall time to instant and back, and the small VTIMEZONE for output
 * (one STANDARD/DAYLIGHT pair at most; facts: calendar 4). Thread: one.
 */
#ifndef CAL_ZONE_H
#define CAL_ZONE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/civil.h"
#include "base/span.h"

struct arena;
struct err;
struct str;

enum zone_fit { ZONE_ONCE, ZONE_TWICE, ZONE_NEVER };

/* Canonical IANA name for an IANA name (any case), a Windows zone name
 * (CLDR), "UTC", "Geneva time" or a known venue city; NULL if unknown. The
 * result is in a. Ambiguous abbreviations (CST, IST, BST, EST) are unknown. */
const char *zone_find(struct arena *a, const char *name);
/* Local time in zone to UTC. Returns how often that wall time exists;
 * ZONE_NEVER gives the instant with the offset before the gap, ZONE_TWICE the
 * first. -1 if the zone is unknown. */
int zone_to_utc(const char *zone, const struct civil *local, int64_t *out);
/* UTC to local; offset_s = seconds east of UTC, abbrev: "CET" (static 16 byte
 * buffer of the caller). -1 if the zone is unknown. */
int zone_from_utc(const char *zone, int64_t at, struct civil *local,
    int *offset_s, char abbrev[16]);
/* Append the VTIMEZONE component (CRLF lines) for zone around at. Nothing for
 * UTC. */
int zone_vtimezone(struct str *out, const char *zone, int64_t at,
    struct err *err);

#endif
