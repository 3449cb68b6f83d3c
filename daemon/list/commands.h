/* SPDX-License-Identifier: ISC */
/*
 * Commands: the table of command words, the script of commands that a mail
 * holds, and the run that collects the answers into one mail. To add a
 * command, add a file cmd_NAME.c with its entry and a line to the table.
 */
#ifndef LIST_COMMANDS_H
#define LIST_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>
#include "list/case.h"

#define LIST_COMMANDS_MAX 10	/* of one mail */

struct list_run;
struct list_line;

enum list_actor { LIST_ANYONE, LIST_MEMBERS };

struct list_command {
	const char *name;
	const char *const *synonyms;	/* NULL-terminated */
	const char *usage;		/* "subscribe body=BODY name=NAME" */
	const char *help;		/* one line */
	enum list_actor who;
	void (*run)(struct list_run *r, const struct list_line *line);
};

extern const struct list_command list_cmd_subscribe;
extern const struct list_command list_cmd_unsubscribe;
extern const struct list_command list_cmd_confirm;
extern const struct list_command list_cmd_help;
extern const struct list_command list_cmd_who;

/* The token in the words of a confirm command: itself, or in an address of
 * ours; lower case, in a, "" if there is none. */
char *list_cmd_confirm_token(struct arena *a, const char *words);

/* One command as written; strings are "" if not given. */
struct list_line {
	const struct list_command *command;
	const char *text;	/* the line, fit to be shown */
	const char *category, *body, *name, *address;
	const char *words;	/* what has no "key=" before it */
};

/* The commands of a mail, in order. */
struct list_script {
	struct list_line lines[LIST_COMMANDS_MAX];
	size_t n;
	const char *unknown;	/* the line that stopped it, shown safely, "" */
	bool more;		/* there were more than the limit */
};

struct list_run {
	const struct list_case *c;
	const char *results;	/* so far */
	bool alone;		/* the only command: it may answer itself */
	bool asked;		/* a confirmation goes out already */
	bool confirmed;		/* the token was looked at already */
};

/* Decide a mail with commands. */
void list_commands_run(const struct list_case *c);
/* Append to the one result mail: "> line", then text. */
void list_commands_say(struct list_run *r, const struct list_line *line,
    const char *text);
/* Before a confirmation is sent: true if this mail has asked for one, or the
 * address has had its share today; then that is said or ignored. */
bool list_commands_is_spent(struct list_run *r, const struct list_line *line);
/* The commands with their usage, for help texts, in a. */
char *list_commands_table(struct arena *a);

#endif
