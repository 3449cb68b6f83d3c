/* SPDX-License-Identifier: ISC */
/* Post: mails to the posting address. */
#ifndef LIST_POST_H
#define LIST_POST_H

#include "list/case.h"

/* Decide a mail to the posting address: distribute, hold, reject, answer. */
void list_post(const struct list_case *c);

#endif
