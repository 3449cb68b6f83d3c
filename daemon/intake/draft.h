/* SPDX-License-Identifier: ISC */
/*
 * Draft: the spool file of a mail while it arrives. Writes in large pieces;
 * keeps some of the disk free. Embedded in its owner.
 */
#ifndef INTAKE_DRAFT_H
#define INTAKE_DRAFT_H

#include "base/span.h"
#include "base/str.h"
#include "spool/spool.h"

struct err;

struct draft {
	struct spool *spool;
	char name[SPOOL_NAME_MAX];	/* "" = none */
	int fd;				/* -1 = not open for writing */
	struct str unwritten;
};

/* No file yet. spool is borrowed. */
void draft_init(struct draft *d, struct spool *spool);
/* Drop what there is and free the memory. */
void draft_done(struct draft *d);
/* Make a file for a mail of at most max bytes. 0, or -1; ERR_LIMIT: the disk
 * is too full for it. */
int draft_open(struct draft *d, int64_t max, struct err *err);
/* Append. 0, or -1 and the file is dropped; ERR_LIMIT: no space. */
int draft_add(struct draft *d, struct span data, struct err *err);
/* All is in: make it durable and open it for reading. fd (the caller's), or
 * -1 and the file is dropped; ERR_LIMIT: no space. */
int draft_finish(struct draft *d, struct err *err);
/* Remove the file, if there is one. */
void draft_drop(struct draft *d);
/* The file is somebody else's now. */
void draft_release(struct draft *d);

#endif
