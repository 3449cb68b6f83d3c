/* SPDX-License-Identifier: ISC */
/* Misplaced: commands sent to the posting address by mistake. */
#ifndef LIST_MISPLACED_H
#define LIST_MISPLACED_H

struct arena;
struct digest;
struct list_command;
struct list_settings;

/* The command that a short mail to the posting address is in truth ("please
 * unsubscribe me"), else NULL. */
const struct list_command *list_misplaced(struct arena *a,
    const struct digest *d, const struct list_settings *l);

#endif
