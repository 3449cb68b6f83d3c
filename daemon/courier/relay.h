/* SPDX-License-Identifier: ISC */
/*
 * Relay: the mail server that copies are handed to: its name and port, TLS,
 * account and password.
 */
#ifndef COURIER_RELAY_H
#define COURIER_RELAY_H

#include <stdbool.h>
#include <stdint.h>
#include "base/span.h"

struct err;
struct settings;
struct tls;

#define RELAY_HOST_MAX 253

struct relay {
	const struct settings *settings;
	char host[RELAY_HOST_MAX + 1];
	char server[RELAY_HOST_MAX + 8];	/* "host:port" */
	struct tls *tls;			/* NULL = never */
	char *password;				/* NULL = no log-in */
};

/* Split "//HOST:PORT". 0, or -1 and what is wrong; *host borrows. Pure. */
int relay_parse(const char *place, struct span *host, uint64_t *port,
    struct err *err);
/* Make a relay of "//HOST:PORT" and the settings (borrowed). NULL with err. */
struct relay *relay_open(const struct settings *settings, const char *place,
    struct err *err);
/* NULL allowed. */
void relay_close(struct relay *r);
/* Only TLS with a verified certificate will do. */
bool relay_is_strict(const struct relay *r);

#endif
