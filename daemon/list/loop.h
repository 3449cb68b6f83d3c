/* SPDX-License-Identifier: ISC */
/* Loop: mail that no person wrote. See list.h for what others may ask. */
#ifndef LIST_LOOP_H
#define LIST_LOOP_H

#include <stdbool.h>

struct digest;
struct snapshot;

/* True if a machine answers to something: vacation notices, bounces. Such
 * mail is never worth a person's time, unlike other automatic mail. */
bool list_loop_is_reply(const struct digest *d, const struct snapshot *s);

#endif
