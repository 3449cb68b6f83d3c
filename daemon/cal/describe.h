/* SPDX-License-Identifier: ISC */
/*
 * Describe: the free text of a calendar object: description, agenda,
 * documents, deadlines and, for members, how to join. Pure.
 */
#ifndef CAL_DESCRIBE_H
#define CAL_DESCRIBE_H

#include <stdbool.h>
#include "model/wire.h"

struct arena;

/* UTF-8 with LF lines in a, "" if there is nothing to say. Labels are in
 * rev->language (the six UN languages, else English). */
char *describe_text(struct arena *a, const struct meeting_rev *rev,
    bool members_only);

#endif
