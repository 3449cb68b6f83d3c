/* SPDX-License-Identifier: ISC */
/*
 * List: every decision about posts, commands, membership and moderation.
 * Pure: what it may know is in the snapshot, what it wants is in the actions.
 */
#ifndef LIST_LIST_H
#define LIST_LIST_H

#include <stdbool.h>
#include "model/action.h"

/* Decide about the mail d that came in by s->route (all verbs but
 * ROUTE_ANNOUNCE and ROUTE_MEETING, and but tokens of TOKEN_ANNOUNCE, which
 * are meet's). Appends at least one action. */
void list_decide(const struct digest *d, const struct snapshot *s,
    struct actions *out);

/* True if the mail is automatic (Auto-Submitted other than no, <> sender,
 * Precedence bulk/junk/list, a List-Id, RFC 3834): never answer it. */
bool list_is_automatic(const struct digest *d, const struct snapshot *s);
/* NULL, or why this mail would loop (own List-Id, too many Received). */
const char *list_loop_reason(struct arena *a, const struct digest *d,
    const struct snapshot *s);
/* True if d->auth_results proves the one From address: an aligned DKIM or
 * DMARC pass. The only thing besides a token that gives authority. */
bool list_is_proven(struct arena *a, const struct digest *d);
/* First line of the mail that says something: subject without localised
 * "Re:" if it holds a word, quoted lines and signature skipped; in a. */
const char *list_first_words(struct arena *a, const struct digest *d,
    bool body_first);

/* What a mail needs loaded before it is decided: the token named in a
 * "confirm TOKEN" command ("" none), whether members are wanted ("who"), and
 * the body named by a subscribe command ("" none). Same parser as
 * list_decide, so that core loads what decide will ask for. */
struct list_needs {
	const char *token;
	const char *body;
	bool members;
};
/* Fill *out; strings are in a. */
void list_needs(struct arena *a, const struct digest *d,
    const struct route *route, struct list_needs *out);

/* The List-* block (RFC 2369, 2919, 3834 Precedence) put before a post, CRLF
 * lines, in a. */
char *list_headers(struct arena *a, const struct list_settings *l);
/* Header names dropped from posts (for recipe_post). */
const char *const *list_dropped_headers(void);

struct err;

/* Decide s->held as the secretariat does at the console: same actions as by
 * mail. who is shown as actor. -1 with err if not possible (decided before,
 * or in quarantine). Also for HELD_EXPIRED. */
int list_held_decide(const struct snapshot *s, enum held_state decision,
    const char *who, const char *reason, struct actions *out,
    struct err *err);
/* Make wanted an active member, or change it (id not 0). A member of that
 * address is looked for in s->sender and s->members: active is ERR_CONFLICT,
 * pending is admitted. -1 with err naming the value that is wrong. */
int list_member_add(const struct snapshot *s, const struct member *wanted,
    const char *who, struct actions *out, struct err *err);
/* End the membership of m. -1 with err if it is over. */
int list_member_remove(const struct snapshot *s, const struct member *m,
    const char *who, struct actions *out, struct err *err);

#endif
