/* SPDX-License-Identifier: ISC */
/*
 * Core: all state, all decisions, the only writer of the store. What arrives
 * from the roles is decided by the pure modules and carried out here; every
 * loop turn ends with one group commit, and only then anything is answered.
 */
#ifndef CORE_CORE_H
#define CORE_CORE_H

#include <stdint.h>
#include "proc/role.h"

struct core;
struct core_peer;
struct err;
struct ev;
struct link;
struct link_ops;
struct settings;

/* Run as a role process; returns its exit status. */
int core_run(const struct role_env *env);

/* In-process form (the role itself, and scenario tests): open store and
 * spool, recover, hook into the loop. NULL with err. */
struct core *core_new(const struct settings *settings, struct ev *ev,
    struct err *err);
/* Commit what is pending, close all. NULL allowed. */
void core_free(struct core *c);

/* A peer of core: role "intake" "parser" "courier" "console" "plughost"
 * "master", which index, and its link once link_new() gave it. Owned by core;
 * freed when the link closes. */
struct core_peer *core_peer_new(struct core *c, const char *role,
    uint32_t index);
/* Give the link to the peer: from now on core may send. */
void core_peer_link(struct core_peer *p, struct link *link);
/* The handlers and argument to make that link with. */
const struct link_ops *core_link_ops(void);

#endif
