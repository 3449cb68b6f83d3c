/* SPDX-License-Identifier: ISC */
/*
 * Server: the listening sockets of intake, the limit of connections, and the
 * link to core.
 */
#ifndef INTAKE_SERVER_H
#define INTAKE_SERVER_H

#include "model/settings.h"

struct ev;
struct link;
struct link_ops;
struct server;
struct spool;

/* Make a server without listeners; settings, ev and spool are borrowed. */
struct server *server_new(const struct settings *settings, struct ev *ev,
    struct spool *spool);
/* Free it with all its connections; the link stays its owner's. */
void server_free(struct server *s);
/* Offer mails over this link, made with server_ops() and s as its arg. */
void server_set_core(struct server *s, struct link *core);
/* What a link to core is made with. When core goes, the mails that wait are
 * refused for now and the loop is stopped. */
const struct link_ops *server_ops(void);
/* Accept connections on fd (owned from now on; made non-blocking). */
void server_listen(struct server *s, int fd, enum intake_protocol protocol);
/* Take nothing new; stop the loop when the mails that wait are answered, or
 * after a few seconds. */
void server_stop(struct server *s);

#endif
