/* SPDX-License-Identifier: ISC */
/*
 * Plughost: the role that runs one plugin. Events come from core one at a
 * time, each is answered with an acknowledgement. Foreign code runs here and
 * nowhere else: if it dies or hangs, only this process does.
 */
#ifndef PLUG_PLUGHOST_H
#define PLUG_PLUGHOST_H

#include <stdint.h>
#include "proc/role.h"

struct err;
struct ev;
struct link_ops;
struct plughost;
struct settings;

/* Run as a role process: settings->plugins[env->index]. Returns the exit
 * status: 0 when asked to end, 1 when the plugin cannot be loaded. */
int plughost_run(const struct role_env *env);

/* In-process form (the role itself, and scenario tests): load the plugin,
 * then make a link to core with the ops and the struct as argument. The link
 * must be freed first. NULL with err. */
struct plughost *plughost_new(const struct settings *settings, uint32_t index,
    struct ev *ev, struct err *err);
const struct link_ops *plughost_ops(void);
/* NULL allowed. Lets the plugin finish what it put off. */
void plughost_free(struct plughost *h);

#endif
