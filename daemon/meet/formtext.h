/* SPDX-License-Identifier: ISC */
/* Formtext: the fields of an announcement that are plain text or a link. */
#ifndef MEET_FORMTEXT_H
#define MEET_FORMTEXT_H

#include "meet/lines.h"
#include "meet/wall.h"

/* Put a text field into form->rev. False if f is none of them. */
bool formtext_take(const struct wall_env *env, const struct lines_field *f,
    struct meet_form *form);
/* The free text below the fields, appended to the description. */
void formtext_add(const struct wall_env *env, struct meet_form *form,
    const char *text);
/* All strings of rev "". */
void formtext_clear(struct meeting_rev *rev);

#endif
