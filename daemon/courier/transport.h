/* SPDX-License-Identifier: ISC */
/*
 * Transport: how copies leave the house. The part of relay.url before the
 * first ":" picks one of a table. A transport may block inside send() (then
 * done() is called before it returns) or work on in the loop and call back
 * later, with several orders at once; the courier does not care.
 */
#ifndef COURIER_TRANSPORT_H
#define COURIER_TRANSPORT_H

#include <stddef.h>
#include <stdint.h>
#include "base/span.h"
#include "model/event.h"
#include "model/wire.h"

struct err;
struct ev;
struct settings;
struct transport;

/* Copies to send. Valid until done() was called. */
struct transport_order {
	const struct batch *batch;	/* its recipe was checked */
	struct span body;
	/* Exactly one call for each copy; r is borrowed. */
	void (*result)(void *arg, const struct result *r);
	/* Once, after all results. */
	void (*done)(void *arg);
	void *arg;
};

/* One kind of transport. place is the URL without "scheme:". */
struct transport_ops {
	const char *scheme;
	/* Check place. 0 or -1; pure. */
	int (*check)(const char *place, struct err *err);
	/* Make an instance; connections may come later. NULL with err. */
	void *(*open)(const struct settings *settings, struct ev *ev,
	    const char *place, struct err *err);
	void (*send)(void *self, const struct transport_order *order);
	/* No order is in hand. */
	void (*close)(void *self);
};

/* Check a relay.url. 0, or -1 and what is wrong with it; pure. */
int transport_check(const char *url, struct err *err);
/* Open settings->relay_url ("" is the folder "outbox" in the spool).
 * NULL with err. */
struct transport *transport_open(const struct settings *settings,
    struct ev *ev, struct err *err);
/* Send the copies of order (borrowed until its done()). */
void transport_send(struct transport *t, const struct transport_order *order);
/* NULL allowed. */
void transport_close(struct transport *t);
/* For transports: report copy i of order. text is cleaned and cut here. */
void transport_report(const struct transport_order *order, size_t i,
    enum result_outcome outcome, uint32_t code, const char *text);

#endif
