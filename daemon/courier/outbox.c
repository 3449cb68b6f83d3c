/* SPDX-License-Identifier: ISC */
/*
 * Files instead of a relay. A batch is written under hidden names, synced,
 * renamed, and the folder synced, so that the cost of durability is paid once
 * for many copies.
 */
#include "courier/outbox.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/err.h"
#include "base/file.h"
#include "base/xmalloc.h"
#include "courier/letter.h"
#include "courier/transport.h"
#include "ev/ev.h"

/* Up to so many files are synced one by one; above it costs less to sync the
 * file system. */
#define SINGLE_MAX 16
#define NAME_LEN 64

struct outbox {
	struct ev *ev;
	int dir;
};

struct run {
	struct outbox *self;
	const struct transport_order *order;
	bool *written;		/* copies that have a hidden file */
	size_t n_written;
};

static int
check(const char *place, struct err *err)
{
	if (place[0] == '\0')
		return err_set(err, ERR_BADINPUT,
		    "name a folder: outbox:DIR");
	return 0;
}

static void *
outbox_open(const struct settings *settings, struct ev *ev,
    const char *place, struct err *err)
{
	struct outbox *self;
	int dir;

	(void)settings;
	if (file_mkdirs(place, 0750, err) < 0)
		return NULL;
	dir = file_open_dir(AT_FDCWD, place, err);
	if (dir < 0)
		return NULL;
	self = xcalloc(1, sizeof(*self));
	self->ev = ev;
	self->dir = dir;
	return self;
}

static void
outbox_close(void *arg)
{
	struct outbox *self = arg;

	(void)close(self->dir);		/* nothing is written through it */
	free(self);
}

/* The name of copy i, with its hidden form at +0 and its final one at +1. */
static void
make_name(const struct run *r, size_t i, char name[NAME_LEN])
{
	(void)snprintf(name, NAME_LEN, ".%013lld-%u-%u.eml",
	    (long long)ev_now_ms(r->self->ev), r->order->batch->batch,
	    r->order->batch->copies[i].idx);
}

/* Write and close fd; keep: it must last. The two are not joined: a copy may
 * be large. */
static int
fill(int fd, struct span head, struct span text, bool keep, struct err *err)
{
	int rc = file_write_all(fd, head.p, head.n, err);

	if (rc == 0)
		rc = file_write_all(fd, text.p, text.n, err);
	if (rc == 0 && keep && fsync(fd) < 0)
		rc = err_sys(err, "outbox: fsync");
	if (close(fd) < 0 && rc == 0)
		rc = err_sys(err, "outbox: close");
	return rc;
}

static int
write_file(const struct run *r, size_t i, struct span head,
    struct span text, struct err *err)
{
	char name[NAME_LEN];
	int fd;

	make_name(r, i, name);
	fd = openat(r->self->dir, name,
	    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (fd < 0)
		return err_sys(err, "outbox: %s", name);
	if (fill(fd, head, text, r->order->batch->n_copies <= SINGLE_MAX,
	    err) < 0) {
		(void)unlinkat(r->self->dir, name, 0);
		return -1;
	}
	return 0;
}

static void
write_copy(struct run *r, size_t i, struct letter *l)
{
	const struct copy *c = &r->order->batch->copies[i];
	struct err err = { 0 };
	struct str head = STR_EMPTY;

	if (letter_make(r->order, i, l, &err) < 0) {
		transport_report(r->order, i, RESULT_FAILED, 0, err.text);
		return;
	}
	str_addf(&head, "Return-Path: <%s>\r\nDelivered-To: %s\r\n",
	    c->mail_from, c->rcpt_to);
	if (write_file(r, i, str_span(&head), str_span(&l->text), &err) == 0) {
		r->written[i] = true;
		r->n_written++;
	} else {
		transport_report(r->order, i, RESULT_RETRY, 0, err.text);
	}
	str_done(&head);
}

/* Make all that was written visible. */
static int
publish(const struct run *r, struct err *err)
{
	char name[NAME_LEN];
	int dir = r->self->dir;

	if (r->n_written == 0)
		return 0;
	if (r->order->batch->n_copies > SINGLE_MAX && syncfs(dir) < 0)
		return err_sys(err, "outbox: syncfs");
	for (size_t i = 0; i < r->order->batch->n_copies; i++) {
		make_name(r, i, name);
		if (r->written[i] && renameat(dir, name, dir, name + 1) < 0)
			return err_sys(err, "outbox: rename");
	}
	return file_sync_dir(dir, err);
}

/* Remove what is left of a copy that will be tried again. */
static void
withdraw(const struct run *r, size_t i)
{
	char name[NAME_LEN];

	make_name(r, i, name);
	(void)unlinkat(r->self->dir, name, 0);
	(void)unlinkat(r->self->dir, name + 1, 0);
}

static void
outbox_send(void *arg, const struct transport_order *order)
{
	struct run r = { .self = arg, .order = order };
	struct letter l = { STR_EMPTY, false };
	struct err err = { 0 };
	size_t i, n = order->batch->n_copies;
	int rc;

	r.written = xcalloc(n + 1, sizeof(*r.written));
	for (i = 0; i < n; i++)
		write_copy(&r, i, &l);
	rc = publish(&r, &err);
	for (i = 0; i < n; i++) {
		if (!r.written[i])
			continue;
		if (rc < 0)
			withdraw(&r, i);
		transport_report(order, i, rc == 0 ? RESULT_OK : RESULT_RETRY,
		    rc == 0 ? 250 : 0, rc == 0 ?
		    "2.0.0 written to the outbox" : err.text);
	}
	letter_done(&l);
	free(r.written);
	order->done(order->arg);
}

const struct transport_ops *
outbox_ops(void)
{
	static const struct transport_ops ops = { "outbox", check, outbox_open,
		outbox_send, outbox_close };

	return &ops;
}
