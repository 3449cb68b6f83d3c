/* SPDX-License-Identifier: ISC */
/*
 * The file of a mail that arrives. Invariant: name is "" or that of a file
 * in incoming/ that nobody else removes.
 */
#include "intake/draft.h"

#include <errno.h>
#include <unistd.h>
#include "base/err.h"
#include "base/file.h"

/* Bytes kept before they are written. */
#define WRITE_MAX 65536
/* Free space that is not for mail. */
#define RESERVE (16 * 1024 * 1024)

void
draft_init(struct draft *d, struct spool *spool)
{
	d->spool = spool;
	d->name[0] = '\0';
	d->fd = -1;
	str_init(&d->unwritten);
}

void
draft_done(struct draft *d)
{
	draft_drop(d);
	str_done(&d->unwritten);
}

int
draft_open(struct draft *d, int64_t max, struct err *err)
{
	int64_t space = spool_free_bytes(d->spool);

	if (space >= 0 && space < max + RESERVE)
		return err_set(err, ERR_LIMIT, "only %lld bytes are free",
		    (long long)space);
	d->fd = spool_new(d->spool, d->name, err);
	if (d->fd < 0)
		d->name[0] = '\0';
	return d->fd < 0 ? -1 : 0;
}

/* After a failed call that may have filled the disk. */
static int
fail(struct draft *d, struct err *err)
{
	if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG)
		err->kind = ERR_LIMIT;
	draft_drop(d);
	return -1;
}

static int
write_out(struct draft *d, struct err *err)
{
	if (d->unwritten.len == 0)
		return 0;
	if (file_write_all(d->fd, d->unwritten.data, d->unwritten.len,
	    err) < 0)
		return fail(d, err);
	str_clear(&d->unwritten);
	return 0;
}

int
draft_add(struct draft *d, struct span data, struct err *err)
{
	str_addspan(&d->unwritten, data);
	return d->unwritten.len < WRITE_MAX ? 0 : write_out(d, err);
}

int
draft_finish(struct draft *d, struct err *err)
{
	int fd;

	if (write_out(d, err) < 0)
		return -1;
	fd = d->fd;
	d->fd = -1;	/* closed by the next line, come what may */
	if (spool_finish(d->spool, fd, err) < 0)
		return fail(d, err);
	fd = spool_open_body(d->spool, d->name, err);
	if (fd < 0)
		draft_drop(d);
	return fd;
}

void
draft_drop(struct draft *d)
{
	if (d->fd >= 0)
		(void)close(d->fd);	/* it is thrown away */
	if (d->name[0] != '\0')
		spool_discard(d->spool, d->name);
	draft_release(d);
}

void
draft_release(struct draft *d)
{
	d->fd = -1;
	d->name[0] = '\0';
	str_clear(&d->unwritten);
}
