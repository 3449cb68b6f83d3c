/* SPDX-License-Identifier: ISC */
/*
 * Place: cities where meetings are held but after which no IANA zone is
 * named, and city names that mean two places. Const tables.
 */
#ifndef CAL_PLACE_H
#define CAL_PLACE_H

#include <stdbool.h>
#include "base/span.h"

/* The IANA zone of that city (any ASCII case), static; NULL if unknown. */
const char *place_find(struct span city);
/* True if an IANA zone bears that name, but people may mean another place:
 * such a name must not be guessed ("Cordoba", "San Juan"). */
bool place_is_ambiguous(struct span city);

#endif
