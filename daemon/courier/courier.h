/* SPDX-License-Identifier: ISC */
/*
 * Courier: the role that sends batches of copies and reports what became of
 * each. Sees no store and accepts nothing from the network.
 */
#ifndef COURIER_COURIER_H
#define COURIER_COURIER_H

struct courier;
struct err;
struct ev;
struct link_ops;
struct role_env;
struct settings;

/* Run the role until core goes or SIGTERM comes. Returns the exit status. */
int courier_run(const struct role_env *env);

/* Is this a relay.url that can be used? 0, or -1 and what is wrong. Pure. */
int courier_url_check(const char *url, struct err *err);

/* The role as an object, for tests: make it (settings and ev are borrowed),
 * and link_new() core's link with courier_ops() and the object as its arg. */
struct courier *courier_new(const struct settings *settings, struct ev *ev);
/* NULL allowed; no batch is in hand. */
void courier_free(struct courier *c);
const struct link_ops *courier_ops(void);

#endif
