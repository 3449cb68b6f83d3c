/* SPDX-License-Identifier: ISC */
/*
 * Console: the role that jcadctl talks to. It checks who asks, relays the
 * question to core and the answer back; it knows no verb.
 */
#ifndef CONSOLE_CONSOLE_H
#define CONSOLE_CONSOLE_H

#include <stdint.h>
#include "proc/role.h"

struct console;
struct ev;
struct link;
struct link_ops;

/* Run as a role process: env->listen_fds[0] is the control socket. Returns
 * the exit status. */
int console_run(const struct role_env *env);

/* In-process form (the role itself, and tests): serve listen_fd (borrowed) on
 * that loop. Then make a link to core with console_ops() and the console as
 * argument, and hand it over. */
struct console *console_new(struct ev *ev, int listen_fd);
const struct link_ops *console_ops(void);
/* Take the link to core; owned from now on. */
void console_core(struct console *c, struct link *core);
/* Close all connections and the link. NULL allowed. */
void console_free(struct console *c);

#endif
