/* SPDX-License-Identifier: ISC */
/* Question: the growing list of what is unclear in an announcement. Pure. */
#ifndef MEET_QUESTION_H
#define MEET_QUESTION_H

#include "meet/meet.h"

#define QUESTION_MAX 30

struct arena;

/* Append a question; strings must live as long as the list. After
 * QUESTION_MAX the rest is dropped: the first ones are enough to act on. */
void question_add(struct arena *a, struct meet_questions *q,
    const char *line, const char *why, const char *fix);
/* Append a warning, which stops nothing. */
void question_warn(struct arena *a, struct meet_questions *q,
    const char *why);
/* Is there one that must be answered first? */
bool question_blocks(const struct meet_questions *q);
/* The numbered questions, as shown to the chairman, in a. */
char *question_text(struct arena *a, const struct meet_questions *q);
/* One line a warning, in a; "" if there is none. */
char *question_warnings(struct arena *a, const struct meet_questions *q);

#endif
