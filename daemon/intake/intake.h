/* SPDX-License-Identifier: ISC */
/*
 * Intake: the role that accepts mail over SMTP and LMTP and offers it to core.
 */
#ifndef INTAKE_INTAKE_H
#define INTAKE_INTAKE_H

struct role_env;

/* Run the role until core goes or SIGTERM comes. env->listen_fds[i] speaks
 * settings->intake[i].protocol. Returns the exit status. */
int intake_run(const struct role_env *env);

#endif
