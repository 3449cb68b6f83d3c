/* SPDX-License-Identifier: ISC */
/*
 * Recover: what start-up does with each body, from the names in the folders
 * and the rows in the store (the table of spool/README.md). Pure: it only
 * says what to do; core does it.
 */
#ifndef SPOOL_RECOVER_H
#define SPOOL_RECOVER_H

#include <stddef.h>

struct arena;
struct err;

enum recover_place { RECOVER_INCOMING, RECOVER_BODIES, RECOVER_QUARANTINE,
	RECOVER_PLACES };

enum recover_what {
	RECOVER_KEEP,		/* nothing to do */
	RECOVER_REMOVE,		/* delete this file: nobody was promised it */
	RECOVER_RESTORE,	/* spool_keep(): acknowledged, not in place */
	RECOVER_ALARM,		/* leave all as it is and tell the operator */
};

struct recover_names {
	const char *const *names;
	size_t n;
};

struct recover_input {
	struct recover_names files[RECOVER_PLACES];
	/* Files that live rows need: all states but done. */
	struct recover_names rows;
	/* Does any row know this file? 1, 0, or -1 with err. */
	int (*knows)(void *arg, const char *file, struct err *err);
	void *arg;
	/* Bodies without a row that one crash can leave (a group commit):
	 * more of them means that this is not the store of this spool, and
	 * none is removed. */
	size_t orphans_max;
};

struct recover_step {
	enum recover_place place;	/* of an absent file: RECOVER_BODIES */
	const char *name;		/* borrowed from the input */
	enum recover_what what;
	const char *why;		/* static, for the log */
};

/* One step for each file, and one more for each live row without a file. */
int recover_plan(struct arena *a, const struct recover_input *in,
    struct recover_step **out, size_t *n, struct err *err);

#endif
