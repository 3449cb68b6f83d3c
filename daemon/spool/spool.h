/* SPDX-License-Identifier: ISC */
/*
 * Spool: mail bodies on disk. incoming/ holds what is arriving (no row yet),
 * bodies/ what a row points to, quarantine/ what the parser died of. Names
 * are made here, never taken from mail. A body is never rewritten. The state
 * table is spool/README.md. All calls block.
 */
#ifndef SPOOL_SPOOL_H
#define SPOOL_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/span.h"

struct arena;
struct err;
struct spool;

#define SPOOL_NAME_MAX 40

/* Is it of the form that spool_new() makes? Every call below that takes a
 * name refuses others (ERR_BADINPUT). */
bool spool_is_name(const char *name);

/* Open (and make, mode 0750) the folders below path. NULL with err. */
struct spool *spool_open(const char *path, struct err *err);
void spool_close(struct spool *s);

/* intake: make a new file in incoming/, opened for writing. name gets its
 * name (unique, sortable by time). fd, or -1 with err. */
int spool_new(struct spool *s, char name[SPOOL_NAME_MAX], struct err *err);
/* intake: fsync and close fd; after this the mail may be offered to core. */
int spool_finish(struct spool *s, int fd, struct err *err);
/* intake: remove an unfinished or refused incoming file. */
void spool_discard(struct spool *s, const char *name);

/* core: incoming/name becomes bodies/name; a body of that name is never
 * replaced (ERR_CONFLICT). The directory is NOT yet synced:
 * call spool_sync() once for all keeps before the rows are committed. */
int spool_keep(struct spool *s, const char *name, struct err *err);
/* core: as spool_keep into quarantine/. */
int spool_quarantine(struct spool *s, const char *name, struct err *err);
/* core: write a body of our own (a notice) durably but for the directory
 * sync; name is made and returned. */
int spool_write(struct spool *s, struct span data, char name[SPOOL_NAME_MAX],
    struct err *err);
/* fsync the directories touched since the last call. */
int spool_sync(struct spool *s, struct err *err);
/* Open bodies/name (or quarantine/name, or incoming/name) for reading; only
 * a regular file. fd or -1. */
int spool_open_body(struct spool *s, const char *name, struct err *err);
/* Delete bodies/name (or quarantine/name); a missing file is fine. */
int spool_remove(struct spool *s, const char *name, struct err *err);
/* Call fn for each name in dir ("incoming", "bodies", "quarantine"), also
 * those that are not ours; a name may be removed or moved meanwhile. -1 from
 * fn ends it. */
int spool_each(struct spool *s, const char *dir,
    int (*fn)(void *arg, const char *name), void *arg, struct err *err);
/* Bytes free for this user on the file system. -1 if unknown. */
int64_t spool_free_bytes(struct spool *s);

#endif
