/* SPDX-License-Identifier: ISC */
/*
 * Windows: the time zone ids that Microsoft's software writes into TZID,
 * and the IANA zone that each stands for (the territory "001" of CLDR's
 * public mapping). A const table.
 */
#ifndef CAL_WINDOWS_H
#define CAL_WINDOWS_H

#include <stddef.h>
#include "base/span.h"

struct windows_zone {
	const char *id;		/* "W. Europe Standard Time" */
	const char *iana;	/* "Europe/Berlin" */
};

/* The IANA zone of a Windows id or a display name (any case), static; NULL
 * if it is none. */
const char *windows_find(struct span id);
/* The whole table, for tests. */
const struct windows_zone *windows_all(size_t *n);

#endif
