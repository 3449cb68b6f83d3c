/* SPDX-License-Identifier: ISC */
/*
 * Screen: a hostile calendar part becomes a short, flat, valid UTF-8 text that
 * libical may see, or a reason why not. Everything that we do not use (X-
 * properties, alarms, attachments, tasks) is left out before libical. Pure;
 * time and memory are linear in the size of the part.
 */
#ifndef CAL_SCREEN_H
#define CAL_SCREEN_H

#include <stdbool.h>
#include "base/span.h"

struct arena;

struct screen {
	struct span text;	/* unfolded lines, CRLF, NUL-terminated after */
	const char *problem;	/* "" or why the part cannot be read */
	const char *other;	/* first component besides VEVENT that would
				 * be an object of its own ("VTODO"), or "" */
};

/* Limits: 256 kB, 2,000 lines, 4 levels, 50 components, 8 kB a line, 100
 * properties (200 ATTENDEE) a component, 20 parameters a property. */
void screen_part(struct arena *a, struct span raw, struct screen *out);

#endif
