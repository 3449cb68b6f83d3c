/* SPDX-License-Identifier: ISC */
/*
 * Error: what failed and of what kind, by value, no allocation. The kind
 * decides the outcome once (SMTP 4xx or 5xx, retry or bounce, HTTP code).
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdarg.h>

enum err_kind {
	ERR_NONE,
	ERR_TEMP,	/* try again later */
	ERR_PERM,	/* never works this way */
	ERR_DENIED,	/* not allowed for this actor */
	ERR_NOTFOUND,
	ERR_CONFLICT,	/* exists, or already decided */
	ERR_LIMIT,	/* a configured limit is exceeded */
	ERR_BADINPUT,	/* the user can mend it */
};

struct err {
	enum err_kind kind;
	char text[480];
};

/* Fill e (NULL allowed) and return -1, so that "return err_set(...)" works. */
int err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* As err_set with ": strerror(errno)" appended; ENOSPC, EIO, EMFILE etc. and
 * all others are ERR_TEMP, ENOENT is ERR_NOTFOUND, EEXIST ERR_CONFLICT. */
int err_sys(struct err *e, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Put "context: " in front of the text; returns -1. */
int err_wrap(struct err *e, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Name of a kind ("temp", "perm" ...), static. */
const char *err_kind_name(enum err_kind kind);

#endif
