/* SPDX-License-Identifier: ISC */
/* Token: is the one that came with this mail good now, and if not, why. */
#ifndef LIST_TOKEN_H
#define LIST_TOKEN_H

#include <stdbool.h>
#include "list/case.h"

/* A set of purposes: LIST_TOKEN_BIT(TOKEN_HELD_OK) | ... */
#define LIST_TOKEN_BIT(purpose) (1u << (purpose))

/* True if the snapshot's token is known, for one of the purposes, unused and
 * in time. Else a notice says which of these it is. */
bool list_token_is_good(const struct list_case *c, unsigned int purposes);
/* True if the mail comes from the address that the token was sent to. Else
 * that address is told that somebody else has its token. */
bool list_token_is_holder(const struct list_case *c);
/* Tell addr that this was decided before: outcome, by whom ("" unknown), when
 * (0 unknown). */
void list_token_tell_used(const struct list_case *c, const char *addr,
    const char *outcome, const char *who, int64_t at);
/* Alarm: what the holder has seen is not what would be decided now. */
void list_token_tell_changed(const struct list_case *c);
/* What the token is about, for a sentence; in the arena. */
const char *list_token_about(const struct list_case *c);

#endif
