/* SPDX-License-Identifier: ISC */
/*
 * Master: starts the roles as a star around core, restarts what dies, and
 * ends or reloads all in order. It reads no foreign byte and no mail.
 */
#ifndef MAIN_MASTER_H
#define MAIN_MASTER_H

#include <stddef.h>
#include <stdint.h>

struct role_env;
struct role_limits;
struct settings;

/* A kind of role: how many, and with which rights. */
struct master_role {
	const char *name;
	int (*run)(const struct role_env *env);
	/* How many processes these settings ask for. */
	size_t (*count)(const struct settings *s);
	/* Rights beyond those of the account. */
	void (*limits)(const struct settings *s, struct role_limits *out);
};

struct master_args {
	const char *file;		/* configuration */
	const char *const *overrides;	/* NULL at the end */
	const struct master_role *roles;/* roles[0] is core */
	size_t n_roles;
};

/* Run until SIGTERM or SIGINT; SIGHUP reloads. The roles named "intake" and
 * "console" get their listening sockets and stop first. Returns the exit
 * status: 0 after an orderly end, 1 when it could not start (already
 * logged). */
int master_run(const struct master_args *args);

#endif
