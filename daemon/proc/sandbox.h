/* SPDX-License-Identifier: ISC */
/*
 * Sandbox: what a role that reads hostile bytes gives up beyond limits. Both
 * need no_new_privs, hold for ever, and do nothing where the kernel or the
 * processor has no such thing.
 */
#ifndef PROC_SANDBOX_H
#define PROC_SANDBOX_H

struct err;

/* No file can be created, removed or opened for writing any more; what is
 * open stays as it is (Landlock). 0 or -1. */
int sandbox_read_only(struct err *err);
/* No new sockets, programs, processes or signals to others: such calls fail
 * with EPERM; open descriptors go on working (seccomp). 0 or -1. */
int sandbox_confine(struct err *err);

#endif
