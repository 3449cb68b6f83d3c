/* SPDX-License-Identifier: ISC */
/*
 * The role's main: ties loop, spool, link and listeners together and logs.
 */
#include "intake/intake.h"

#include <signal.h>
#include "base/err.h"
#include "base/log.h"
#include "ev/ev.h"
#include "intake/server.h"
#include "model/settings.h"
#include "proc/link.h"
#include "proc/role.h"
#include "spool/spool.h"

static void
on_term(void *arg, int signo)
{
	(void)signo;
	server_stop(arg);
}

int
intake_run(const struct role_env *env)
{
	const struct settings *settings = env->settings;
	struct err err = { 0 };
	struct spool *spool = spool_open(settings->spool, &err);
	struct server *server;
	struct link *core;
	struct ev *ev;

	if (spool == NULL) {
		log_event(LOG_ERROR_, "no-spool", "text", err.text, NULL);
		return 1;
	}
	ev = ev_new();
	server = server_new(settings, ev, spool);
	core = link_new(ev, env->core_fd, server_ops(), server);
	server_set_core(server, core);
	for (size_t i = 0; i < env->n_listen && i < settings->n_intake; i++)
		server_listen(server, env->listen_fds[i],
		    settings->intake[i].protocol);
	ev_signal(ev, SIGTERM, on_term, server);
	log_event(LOG_INFO_, "started", "listeners", LOGN(env->n_listen), NULL);
	ev_run(ev);
	server_free(server);
	link_free(core);
	ev_free(ev);
	spool_close(spool);
	return 0;
}
