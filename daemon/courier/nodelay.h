/* SPDX-License-Identifier: ISC */
/*
 * Nodelay: what libesmtp does not do for its socket. It writes a message in
 * pieces of 2 kB and leaves Nagle's algorithm on, which waits 40 ms a message
 * for the receiver's delayed acknowledgement; it connects without a limit of
 * time; and it never shows its descriptor. It calls connect() through the
 * dynamic linker, so the program's own connect() (nodelay.c) stands in between
 * while a session is open, and is the plain system call otherwise.
 */
#ifndef COURIER_NODELAY_H
#define COURIER_NODELAY_H

/* From now on sockets that are connected get TCP_NODELAY, and at most
 * timeout_ms to connect. */
void nodelay_begin(int timeout_ms);
/* The socket connected last since nodelay_begin(), borrowed; -1 = none. */
int nodelay_fd(void);
/* connect() is the plain system call again. */
void nodelay_end(void);

#endif
