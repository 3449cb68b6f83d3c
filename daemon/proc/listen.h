/* SPDX-License-Identifier: ISC */
/* Listen: sockets on which others reach us, by the place they are written as
 * in settings. */
#ifndef PROC_LISTEN_H
#define PROC_LISTEN_H

struct err;

/*
 * Bind and listen on "unix:PATH" or "HOST:PORT" with a socket of that type
 * (SOCK_STREAM, SOCK_SEQPACKET). A UNIX socket gets mode 0660; folders on the
 * way to it are made; one that a dead process left behind is replaced, one
 * that somebody listens on is ERR_CONFLICT. Non-blocking descriptor, or -1.
 */
int listen_open(const char *place, int type, struct err *err);
/* Path of "unix:PATH", else NULL. Borrowed from place. */
const char *listen_path(const char *place);

#endif
