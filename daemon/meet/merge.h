/* SPDX-License-Identifier: ISC */
/* Merge: the revision that a form makes of an announced meeting. Pure. */
#ifndef MEET_MERGE_H
#define MEET_MERGE_H

#include "meet/wall.h"

/* The form's fields on top of the announced revision; date and time are
 * resolved, and what is unclear is asked. */
void merge_update(const struct wall_env *env, const struct meet_form *form,
    const struct meeting_rev *current, struct meeting_rev *out);
/* The announced revision, cancelled. A date in the form must be its date. */
void merge_cancel(const struct wall_env *env, const struct meet_form *form,
    const struct meeting_rev *current, struct meeting_rev *out);

#endif
