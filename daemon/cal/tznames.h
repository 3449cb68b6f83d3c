/* SPDX-License-Identifier: ISC */
/*
 * Tznames: the list of zone names that the system's tzdata knows, from the
 * texts of tzdata.zi (zones and links) and zone.tab (a zone for each place).
 * Pure: the texts are given in.
 */
#ifndef CAL_TZNAMES_H
#define CAL_TZNAMES_H

#include <stddef.h>
#include "base/span.h"

struct arena;
struct tznames;

/* Index the texts (either may be empty); never NULL, all memory from a. */
struct tznames *tznames_load(struct arena *a, struct span zi, struct span tab);
size_t tznames_count(const struct tznames *t);
/* Place of an IANA name of any case in the index, or -1. */
int tznames_index(const struct tznames *t, struct span name);
/* The name as tzdata writes it, valid as long as the arena. */
const char *tznames_name(const struct tznames *t, int idx);
/* Place of the name that should be shown and sent instead of a spelling that
 * tzdata keeps only for old times (Asia/Calcutta); idx itself if there is
 * none. */
int tznames_modern(const struct tznames *t, int idx);
/* Place of the zone that is named after a city ("new york"), or -1 if there
 * is none or more than one. */
int tznames_city(const struct tznames *t, struct span city);

#endif
