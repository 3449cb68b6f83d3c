/* SPDX-License-Identifier: ISC */
/*
 * Note: builder of a notice. Core adds the variables that all templates may
 * use (conf/templates/README.md).
 */
#ifndef LIST_NOTE_H
#define LIST_NOTE_H

#include <stdint.h>
#include "list/case.h"

#define LIST_NOTE_VARS 12
#define LIST_NOTE_TOKENS 5

struct list_note {
	struct notice *notice;	/* valid until the next action is added */
	struct notice_var vars[LIST_NOTE_VARS];
	struct token_request tokens[LIST_NOTE_TOKENS];
};

/* Append a notice from that template to an address; in the list's language,
 * or the member's if addr is that of the sender or token_member. */
struct list_note *list_note_new(const struct list_case *c,
    const char *template, const char *addr);
/* As list_note_new to a member, in the member's language. */
struct list_note *list_note_member(const struct list_case *c,
    const char *template, const struct member *m);
/* How many people moderate: the moderators, else the owner's address. */
size_t list_note_moderators(const struct list_case *c);
/* As list_note_new to the i-th of them. */
struct list_note *list_note_moderator(const struct list_case *c,
    const char *template, size_t i);
/* Set a variable; both strings must live as long as the actions. */
void list_note_var(struct list_note *n, const char *name, const char *value);
/* A token's address "LIST-verb-TOKEN" in the variable var. */
void list_note_token(struct list_note *n, const struct token_request *t);

/* "10 February 2027, 12:00 UTC", in a. */
char *list_note_time(struct arena *a, int64_t at);
/* "12.3 MB", "640 kB", in a. */
char *list_note_size(struct arena *a, int64_t bytes);
/* A text of a stranger on one line of at most max bytes, in a. */
char *list_note_line(struct arena *a, const char *text, size_t max);

#endif
