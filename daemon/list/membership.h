/* SPDX-License-Identifier: ISC */
/*
 * Membership: how members come and go, by confirmation, by the secretariat's
 * answer, or at the console.
 */
#ifndef LIST_MEMBERSHIP_H
#define LIST_MEMBERSHIP_H

#include "list/case.h"
#include "list/text.h"

/* End m's membership and say goodbye; how is for the audit. */
void list_membership_end(const struct list_case *c, const struct member *m,
    const char *who, const char *how);
/* Save the checked active member m; new: with a welcome. */
void list_membership_add(const struct list_case *c, const struct member *m,
    const char *who, bool is_new);
/* Tell m that it is a member already. */
void list_membership_already(const struct list_case *c,
    const struct member *m);
/* Answer a request that names no seat we know, with the choices. */
void list_membership_choose(const struct list_case *c, const char *addr,
    const char *problem);
/* Decide a mail with the token of a confirmation, good or not. */
void list_membership_confirm(const struct list_case *c);
/* Decide a mail with a good TOKEN_ADMIT. */
void list_membership_admit(const struct list_case *c, enum list_word decision,
    const char *reason);

#endif
