/* SPDX-License-Identifier: ISC */
/* Client: one question to the running daemon over its control socket. */
#ifndef CTL_CLIENT_H
#define CTL_CLIENT_H

#include <stddef.h>

struct err;
struct show;
struct str;

/* Connect to the socket at path. A descriptor, or -1: the text says what to
 * do about it. Blocking. */
int client_connect(const char *path, struct err *err);
/* Open what a FILE argument names ("-" = standard input) such that core can
 * read it from offset 0: what is no regular file is copied into memory.
 * A descriptor, or -1. */
int client_open(const char *file, struct err *err);
/* A question. */
struct client_question {
	const char *const *args;
	size_t n_args;
	int fd;			/* file sent along, -1 = none */
	const char *progress;	/* said on a terminal while it lasts, or NULL */
};

/* Ask, and show the rows as they come. The closing sentence is appended to
 * text. Returns the status of the answer (0 done, 1 refused, 2 not
 * understood), or -1 with err. */
int client_ask(int sock, const struct client_question *q, struct show *show,
    struct str *text, struct err *err);

#endif
