/* SPDX-License-Identifier: ISC */
/*
 * Children: the table of role processes and how each is started. Invariant:
 * pid is not 0 exactly while a process has not been waited for.
 */
#include "main/state.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "base/xmalloc.h"
#include "ev/ev.h"
#include "main/master.h"
#include "model/settings.h"
#include "model/wire.h"
#include "proc/link.h"
#include "proc/role.h"

#define BACKOFF_MIN_MS INT64_C(100)
#define BACKOFF_MAX_MS INT64_C(5000)
#define BACKOFF_RESET_MS INT64_C(60000)

void
children_make(struct master *m)
{
	const struct master_role *roles = m->args->roles;
	size_t r, i, n = 0, total = 0;

	for (r = 0; r < m->args->n_roles; r++)
		total += roles[r].count(m->s);
	m->children = xcalloc(total, sizeof(*m->children));
	m->n_children = total;
	for (r = 0; r < m->args->n_roles; r++)
		for (i = 0; i < roles[r].count(m->s); i++, n++) {
			m->children[n].master = m;
			m->children[n].role = &roles[r];
			m->children[n].index = (uint32_t)i;
		}
}

void
children_free(struct master *m)
{
	size_t i;

	for (i = 0; i < m->n_children; i++)
		ev_timer_free(m->children[i].respawn);
	free(m->children);
	m->children = NULL;
	m->n_children = 0;
}

bool
children_is_door(const struct child *c)
{
	return strcmp(c->role->name, "intake") == 0 ||
	    strcmp(c->role->name, "console") == 0;
}

bool
children_any(const struct master *m, bool doors_only)
{
	size_t i;

	for (i = 0; i < m->n_children; i++)
		if (m->children[i].pid > 0 &&
		    (!doors_only || children_is_door(&m->children[i])))
			return true;
	return false;
}

void
children_signal(const struct child *c, int signo)
{
	if (c->pid > 0)
		(void)kill(c->pid, signo);	/* may have ended just now */
}

/* Fork the role with fd as its link. */
static int
spawn(struct master *m, struct child *c, int fd, struct err *err)
{
	struct role_limits limits = { .user = m->s->user };
	struct role_env env = { .settings = m->s, .role = c->role->name,
		.index = c->index, .core_fd = fd };
	pid_t pid;

	env.listen_fds = xcalloc(m->n_doors, sizeof(*env.listen_fds));
	env.n_listen = doors_of(m, c, env.listen_fds);
	c->role->limits(m->s, &limits);
	c->started_ms = ev_now_ms(m->ev);
	pid = role_spawn(&env, &limits, c->role->run, err);
	free(env.listen_fds);
	if (pid < 0)
		return -1;
	c->pid = pid;
	log_event(LOG_DEBUG_, "spawned", "child", c->role->name, "index",
	    LOGN(c->index), "pid", LOGN(c->pid), NULL);
	return 0;
}

static int
make_pair(int fds[2], struct err *err)
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0)
		return err_sys(err, "making a link");
	return 0;
}

int
children_start_core(struct master *m, int *link_fd, struct err *err)
{
	int fds[2], rc;

	if (make_pair(fds, err) != 0)
		return -1;
	rc = spawn(m, &m->children[0], fds[1], err);
	(void)close(fds[1]);		/* core has it */
	if (rc == 0)
		*link_fd = fds[0];
	else
		(void)close(fds[0]);	/* unused */
	return rc;
}

int
children_start(struct child *c, struct err *err)
{
	struct master *m = c->master;
	struct peer peer = { c->role->name, c->index, 0 };
	int fds[2], rc;

	if (m->core == NULL)
		return err_set(err, ERR_TEMP, "core is not running");
	if (make_pair(fds, err) != 0)
		return -1;
	rc = spawn(m, c, fds[1], err);
	if (rc == 0) {
		peer.pid = c->pid;
		rc = LINK_PUT(m->core, MSG_PEER, peer, &peer, fds[0], err);
	}
	(void)close(fds[0]);		/* core has it */
	(void)close(fds[1]);		/* the role has it */
	return rc;
}

int64_t
children_backoff(struct child *c, int64_t now_ms)
{
	int64_t delay = 0;

	if (now_ms - c->started_ms >= BACKOFF_RESET_MS)
		c->failures = 0;
	if (c->failures > 0)
		delay = BACKOFF_MIN_MS << (c->failures - 1);
	if (c->failures < 10)
		c->failures++;
	return delay < BACKOFF_MAX_MS ? delay : BACKOFF_MAX_MS;
}
