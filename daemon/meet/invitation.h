/* SPDX-License-Identifier: ISC */
/* Invitation: the details of a meeting as people read them. Pure. */
#ifndef MEET_INVITATION_H
#define MEET_INVITATION_H

#include "meet/meet.h"

/* "When:  ...", "Where: ..." of a revision as plain text, in a. */
char *invitation_details(struct arena *a, const struct meeting_rev *rev,
    const struct list_settings *l);
/* One line a current (not cancelled) meeting of the list: key, when, title;
 * "" if there is none. */
char *invitation_list(struct arena *a, const struct snapshot *s);

#endif
