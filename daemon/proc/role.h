/* SPDX-License-Identifier: ISC */
/*
 * Role start: fork, give up rights, run. Master side of the star.
 */
#ifndef PROC_ROLE_H
#define PROC_ROLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct err;
struct settings;

/* What a role process gets; it owns the descriptors. */
struct role_env {
	const struct settings *settings;
	const char *role;	/* "core" "intake" "parser" "courier" "console"
				 * "plughost" */
	uint32_t index;		/* which of several */
	int core_fd;		/* link to core (in core: link to master) */
	int *listen_fds;	/* listening sockets, in settings' order */
	size_t n_listen;
};

/* Rights that a role keeps. */
struct role_limits {
	const char *user;	/* setuid to when root; "" = stay */
	int64_t memory;		/* RLIMIT_AS above current use, 0 = none */
	int64_t cpu_s;		/* RLIMIT_CPU, 0 = none */
	uint32_t files;		/* RLIMIT_NOFILE, 0 = leave */
	int64_t file_size;	/* RLIMIT_FSIZE, 0 = leave, -1 = no writing */
	bool confined;		/* no sockets or processes (proc/sandbox.h) */
};

/* Give the file at path to the account that roles will run as; nothing to do
 * when we are not root or user is "". 0 or -1. */
int role_own(const char *path, const char *user, struct err *err);
/* Open the log of this process under that name, at the level that the
 * settings (NULL = info) ask for. */
void role_log(const char *role, const struct settings *s);
/* Fork and run main_fn(env) in the child after its rights were given up
 * (no_new_privs, limits, uid, all other descriptors closed, killed when the
 * master dies); its log has the role's name. Returns the pid, or -1. */
pid_t role_spawn(const struct role_env *env, const struct role_limits *limits,
    int (*main_fn)(const struct role_env *env), struct err *err);

#endif
