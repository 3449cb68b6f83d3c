/* SPDX-License-Identifier: ISC */
/*
 * Case: one mail to decide, with what may be known of it and what was decided
 * so far. Passed to every decider of this module.
 */
#ifndef LIST_CASE_H
#define LIST_CASE_H

#include <stdbool.h>
#include "model/action.h"

struct list_case {
	const struct digest *d;		/* NULL at the console */
	const struct snapshot *s;
	struct actions *out;
};

/* The author's mailbox, or NULL if the mail has none. */
const struct mailbox *list_case_from(const struct list_case *c);
/* Where answers go: the address on file, else the From address; "" none. */
const char *list_case_address(const struct list_case *c);
/* NULL, or why this mail must not be answered at all (static or in the
 * arena): a loop, automatic, from one of our own addresses. */
const char *list_case_silence(const struct list_case *c);
/* True if the day's confirmations to this address are used up. */
bool list_case_is_over_limit(const struct list_case *c);
/* The same for a mail whose From is not proven: the address may be that of a
 * victim, and gets nothing more today. */
bool list_case_is_flooded(const struct list_case *c);
/* True if addr can be written to and is none of our own addresses. */
bool list_case_is_writable(const struct list_case *c, const char *addr);
/* The sender as a member in the state MEMBER_ACTIVE, or NULL. */
const struct member *list_case_member(const struct list_case *c);
/* Append ACT_IGNORE, ACT_REJECT, ACT_AUDIT. */
void list_case_ignore(const struct list_case *c, const char *reason);
void list_case_reject(const struct list_case *c, const char *text);
void list_case_audit(const struct list_case *c, const char *who,
    const char *what, const char *object);
/* Append ACT_TOKEN_USED for the token of the snapshot. */
void list_case_token_used(const struct list_case *c, const char *who,
    const char *outcome);

#endif
