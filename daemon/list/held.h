/* SPDX-License-Identifier: ISC */
/* Held: decisions about held mails by mail. See list.h for the console's. */
#ifndef LIST_HELD_H
#define LIST_HELD_H

#include "list/case.h"

/* Decide a mail to -ok, -no, -drop or -moderate: about a held mail, or about
 * somebody who waits for admission. */
void list_held_moderate(const struct list_case *c);

#endif
