/* SPDX-License-Identifier: ISC */
/* Instance: one master a spool, and how it talks to a service manager. */
#ifndef PROC_INSTANCE_H
#define PROC_INSTANCE_H

struct err;

/* Lock the folder by its file "lock", which gets our pid. The descriptor
 * holds the lock until it is closed; or -1, ERR_CONFLICT naming the pid of
 * the instance that has it. */
int instance_lock(const char *folder, struct err *err);
/* Tell the service manager ("READY=1"), if NOTIFY_SOCKET names one. Never
 * blocks; failure is ignored, the manager has its own time limit. */
void instance_notify(const char *state);

#endif
