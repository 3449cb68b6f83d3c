/* SPDX-License-Identifier: ISC */
/* Script: the commands that a mail holds, read but not yet run. */
#ifndef LIST_SCRIPT_H
#define LIST_SCRIPT_H

#include <stdbool.h>
#include "base/span.h"
#include "list/commands.h"

/* The table of commands, ends with NULL. */
const struct list_command *const *list_script_commands(void);
/* The command of that word: name, synonym in any language, or a prefix of
 * three letters that fits one command only; NULL if none. */
const struct list_command *list_script_command(struct span word);
/* True if mails to this route are read as commands. */
bool list_script_is_read(const struct route *route);
/* Read the commands of a mail to this route. An address verb that is a
 * command itself (-subscribe) gives that one command. */
void list_script_read(struct arena *a, const struct digest *d,
    const struct route *route, struct list_script *out);
/* As list_script_command, but whole names and synonyms only. */
const struct list_command *list_script_named(struct span word);
/* True if the list itself is named by word. */
bool list_script_is_list(struct span word, const struct list_settings *l);

#endif
