/* SPDX-License-Identifier: ISC */
/*
 * Invite: the calendar object of one revision (RFC 5545, 5546), built and
 * checked once by libical; per recipient only the last lines of the VEVENT
 * (ORGANIZER, ATTENDEE) are put in by cal_attendee(). Output CRLF, folded.
 */
#ifndef CAL_INVITE_H
#define CAL_INVITE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/span.h"
#include "model/wire.h"

struct arena;
struct err;
struct str;

enum cal_method { CAL_REQUEST, CAL_CANCEL, CAL_PUBLISH };

/* The object in two parts: head ends before the place of ORGANIZER/ATTENDEE,
 * tail follows it ("END:VEVENT..."). */
struct cal_object {
	struct span head, tail;
};

/* Build for rev with that SEQUENCE and DTSTAMP. For CAL_PUBLISH no place is
 * meant to be filled. members_only: with link and pin. */
int cal_build(struct arena *a, const struct meeting_rev *rev,
    enum cal_method method, uint32_t sequence, int64_t dtstamp_at,
    bool members_only, struct cal_object *out, struct err *err);
/* Append ORGANIZER and ATTENDEE lines for one person, folded. partstat
 * "NEEDS-ACTION" etc.; role "REQ-PARTICIPANT", "CHAIR", "OPT-PARTICIPANT".
 * ERR_BADINPUT if an address is not safe in a URI. */
int cal_attendee(struct str *out, const char *organizer_name,
    const char *organizer, const char *name, const char *addr,
    const char *role, const char *partstat, struct err *err);

#endif
