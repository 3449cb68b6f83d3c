/* SPDX-License-Identifier: ISC */
/* Walllimit: the instants of deadlines. Pure but for the zone files. */
#ifndef MEET_WALLLIMIT_H
#define MEET_WALLLIMIT_H

#include "meet/wall.h"

/* The instant of a deadline; rev has the meeting's start and zone. A missing
 * time is 23:59, a missing year that of the last such day before the
 * meeting. False if a question was asked. */
bool walllimit_resolve(const struct wall_env *env,
    const struct wall_limit *limit, const struct meeting_rev *rev,
    int64_t *out);

#endif
