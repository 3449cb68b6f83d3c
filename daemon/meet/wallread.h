/* SPDX-License-Identifier: ISC */
/* Wallread: the values of date and time fields into a wall. Pure. */
#ifndef MEET_WALLREAD_H
#define MEET_WALLREAD_H

#include "meet/wall.h"

/* Read the value of a field into w; line is shown in questions. */
void wallread_value(const struct wall_env *env, struct wall *w,
    enum wall_field field, const char *value, const char *line);

#endif
