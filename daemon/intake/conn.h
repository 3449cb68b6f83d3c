/* SPDX-License-Identifier: ISC */
/*
 * Conn: one client connection: moves bytes between its socket, its session
 * and its spool file, offers the mail to core and waits for the verdict while
 * all others go on. Frees itself; the hub is what all connections share.
 */
#ifndef INTAKE_CONN_H
#define INTAKE_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "model/settings.h"
#include "model/wire.h"

struct conn;
struct ev;
struct link;
struct spool;

/* Bytes read from a client at once. */
#define CONN_READ 65536

struct hub {
	const struct settings *settings;
	struct ev *ev;
	struct spool *spool;
	struct link *core;	/* NULL when core is gone */
	struct conn *conns;
	size_t n_conns;
	uint32_t last_txn;
	bool stopping;		/* no new mails */
	char *buf;		/* CONN_READ bytes, used within one callback */
	void (*emptied)(void *arg);	/* a connection is gone */
	void *arg;
};

/* Serve the accepted, non-blocking socket fd (owned from now on). */
void conn_new(struct hub *hub, int fd, enum intake_protocol protocol);
/* Give a verdict to the connection that waits for it, if it still does. */
void conn_verdict(struct hub *hub, const struct verdict *verdict);
/* Core is gone: mails that wait for a verdict get 451 and are discarded. */
void conn_core_gone(struct hub *hub);
/* Hang up (421) on those that do not wait for a verdict; with a verdict the
 * others follow, as hub->stopping is set. */
void conn_stop(struct hub *hub);
/* Free all connections at once. */
void conn_free_all(struct hub *hub);

#endif
