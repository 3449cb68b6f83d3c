/* SPDX-License-Identifier: ISC */
/*
 * People: ORGANIZER and ATTENDEE of a calendar object that came in. Addresses
 * are written in many ways by calendar programs; here they become plain.
 */
#ifndef CAL_PEOPLE_H
#define CAL_PEOPLE_H

#include <libical/ical.h>

struct arena;
struct itip;

/* Fill organizer and attendees of *out from the event; whoever has no usable
 * address is left out. */
void people_read(struct arena *a, icalcomponent *event, struct itip *out);

#endif
