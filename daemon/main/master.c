/* SPDX-License-Identifier: ISC */
/*
 * Master: owns the lock, the listening sockets, the children and the link to
 * core. One state machine: running; draining (doors, then core, then the
 * rest); at its end the process ends or everything starts again. Invariant:
 * in no state does a child outlive its deadline, and a death is answered by
 * exactly one new start.
 */
#include "main/master.h"

#include <linux/sockios.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/codec.h"
#include "base/err.h"
#include "base/file.h"
#include "base/log.h"
#include "base/span.h"
#include "base/str.h"
#include "ev/ev.h"
#include "main/load.h"
#include "main/state.h"
#include "model/settings.h"
#include "model/wire.h"
#include "proc/instance.h"
#include "proc/link.h"
#include "proc/role.h"

#define DOORS_MS 2000		/* for intake and console to finish */
#define DRAIN_MS 4500		/* for all to end; then SIGKILL */
#define READY_POLL_MS 10

static const char *const phase_names[] = { "running", "doors", "core",
	"rest" };

static void start_all(struct master *m);
static void drain(struct master *m, enum phase phase, bool again);
static void advance(struct master *m);
static void set_deadline(struct master *m, int64_t ms);

static void
log_err(const char *event, const struct err *err)
{
	log_event(LOG_ERROR_, event, "kind", err_kind_name(err->kind), "text",
	    err->text, NULL);
}

/* ---- the link to core ---- */

static void
kill_child(struct master *m, const struct kill *k)
{
	size_t i;

	for (i = 1; i < m->n_children; i++) {
		const struct child *c = &m->children[i];

		if (c->index != k->index ||
		    strcmp(c->role->name, k->role) != 0)
			continue;
		log_event(LOG_WARN_, "killed", "child", c->role->name, "index",
		    LOGN(c->index), "why", k->reason, NULL);
		children_signal(c, SIGKILL);
	}
}

static void
on_message(void *arg, struct link *link, uint32_t type, struct span body,
    int *fd)
{
	struct master *m = arg;
	struct arena *a = arena_new();
	struct dec d;
	struct kill k;

	(void)link;
	(void)fd;	/* closed by the link */
	dec_init(&d, a, body);
	wire_get_kill(&d, &k);
	if (type == MSG_KILL && dec_end(&d))
		kill_child(m, &k);
	else
		log_event(LOG_WARN_, "unexpected-message", "type",
		    LOGN(type), NULL);
	arena_free(a);
}

/* Core closes its link only on its way out, and SIGCHLD says how it ended;
 * a core that does not end then is killed with all others. */
static void
on_core_closed(void *arg, struct link *link)
{
	struct master *m = arg;

	link_free(link);
	m->core = NULL;
	m->core_fd = -1;
	if (m->phase == RUNNING)
		set_deadline(m, DRAIN_MS);
}

static const struct link_ops core_ops = { on_message, on_core_closed };

/* ---- deaths ---- */

static void on_respawn(void *arg);

static void
schedule(struct master *m, struct child *c)
{
	int64_t delay = children_backoff(c, ev_now_ms(m->ev));

	ev_timer_free(c->respawn);
	c->respawn = ev_timer_new(m->ev, delay, on_respawn, c);
}

/* Start c; what cannot be forked now is tried again. */
static void
start(struct master *m, struct child *c)
{
	struct err err = { ERR_NONE, "" };

	if (children_start(c, &err) == 0)
		return;
	log_err("spawn-failed", &err);
	if (c->pid == 0)
		schedule(m, c);
}

static void
on_respawn(void *arg)
{
	struct child *c = arg;
	struct master *m = c->master;

	ev_timer_free(c->respawn);
	c->respawn = NULL;
	if (m->phase != RUNNING)
		return;
	if (c == &m->children[0])
		start_all(m);
	else if (m->core != NULL)	/* else all start again, soon */
		start(m, c);
}

static void
log_end(const struct master *m, const struct child *c, int status)
{
	bool signaled = WIFSIGNALED(status);

	log_event(m->phase == RUNNING ? LOG_WARN_ : LOG_INFO_, "role-ended",
	    "child", c->role->name, "index", LOGN(c->index), "pid",
	    LOGN(c->pid), signaled ? "signal" : "status",
	    LOGN(signaled ? WTERMSIG(status) : WEXITSTATUS(status)), NULL);
}

static void
child_ended(struct master *m, struct child *c, int status)
{
	log_end(m, c, status);
	c->pid = 0;
	if (m->phase != RUNNING) {
		advance(m);
	} else if (c != &m->children[0]) {
		schedule(m, c);
	} else if (!m->was_ready && WIFEXITED(status)) {
		/* A core that gives up before it ever worked would only do
		 * so again: its reason is in the log. */
		log_event(LOG_ERROR_, "start-failed", "text",
		    "core gave up; see its line above", NULL);
		m->status = 1;
		drain(m, REST, false);
	} else {
		drain(m, REST, true);
	}
}

static void
on_sigchld(void *arg, int signo)
{
	struct master *m = arg;
	int status;
	pid_t pid;
	size_t i;

	(void)signo;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (i = 0; i < m->n_children; i++)
			if (m->children[i].pid == pid) {
				child_ended(m, &m->children[i], status);
				break;
			}
}

/* ---- starting ---- */

/* All roles are up when core has taken its links, which it does only after
 * it opened the store: nothing that we sent waits in the socket. */
static void
on_ready_poll(void *arg)
{
	struct master *m = arg;
	int waiting = 0;

	if (m->core == NULL || m->phase != RUNNING)
		return;
	if (link_backlog(m->core) > 0 ||
	    (ioctl(m->core_fd, SIOCOUTQ, &waiting) == 0 && waiting > 0)) {
		ev_timer_again(m->ready, READY_POLL_MS);
		return;
	}
	m->was_ready = true;
	log_event(LOG_INFO_, "ready", "pid", LOGN(getpid()), "control",
	    m->s->control, "relay", m->s->relay_url, NULL);
	instance_notify("READY=1");
}

static void
start_all(struct master *m)
{
	struct err err = { ERR_NONE, "" };
	size_t i;

	if (children_start_core(m, &m->core_fd, &err) != 0) {
		log_err("spawn-failed", &err);
		schedule(m, &m->children[0]);
		return;
	}
	m->core = link_new(m->ev, m->core_fd, &core_ops, m);
	for (i = 1; i < m->n_children; i++) {
		m->children[i].failures = 0;
		start(m, &m->children[i]);
	}
	if (m->ready == NULL)
		m->ready = ev_timer_new(m->ev, READY_POLL_MS, on_ready_poll,
		    m);
	else
		ev_timer_again(m->ready, READY_POLL_MS);
}

/* ---- draining ---- */

static void
on_deadline(void *arg)
{
	struct master *m = arg;
	size_t i;

	for (i = 0; i < m->n_children; i++) {
		const struct child *c = &m->children[i];

		if (c->pid == 0 ||
		    (m->phase == DOORS && !children_is_door(c)))
			continue;
		log_event(LOG_WARN_, "overdue", "child", c->role->name,
		    "index", LOGN(c->index), "phase", phase_names[m->phase],
		    NULL);
		children_signal(c, SIGKILL);
	}
}

static void
set_deadline(struct master *m, int64_t ms)
{
	if (m->deadline == NULL)
		m->deadline = ev_timer_new(m->ev, ms, on_deadline, m);
	else
		ev_timer_again(m->deadline, ms);
}

/* Enter a phase: tell those whose turn it is. */
static void
enter(struct master *m, enum phase phase)
{
	size_t i;

	m->phase = phase;
	for (i = 0; i < m->n_children; i++) {
		struct child *c = &m->children[i];

		ev_timer_free(c->respawn);
		c->respawn = NULL;
		if ((phase == DOORS && children_is_door(c)) ||
		    (phase == CORE && i == 0) || phase == REST)
			children_signal(c, SIGTERM);
	}
	set_deadline(m, phase == DOORS ? DOORS_MS : DRAIN_MS - DOORS_MS);
}

/* End all roles from this phase on; then end, or start again. */
static void
drain(struct master *m, enum phase phase, bool again)
{
	m->again = again;
	enter(m, phase);
	advance(m);
}

/* Take up the settings that were checked before. */
static void
adopt(struct master *m)
{
	arena_free(m->arena);
	m->arena = m->next_arena;
	m->s = m->next;
	m->next_arena = NULL;
	m->next = NULL;
	children_free(m);
	children_make(m);
}

/* Nobody is left. */
static void
drained(struct master *m)
{
	ev_timer_free(m->deadline);
	m->deadline = NULL;
	link_free(m->core);
	m->core = NULL;
	m->core_fd = -1;
	if (!m->again) {
		ev_stop(m->ev);
		return;
	}
	m->phase = RUNNING;
	if (m->next != NULL) {
		adopt(m);
		start_all(m);
	} else {
		schedule(m, &m->children[0]);
	}
}

/* Go on to the next phase when this one is done. */
static void
advance(struct master *m)
{
	if (m->phase == DOORS && !children_any(m, true))
		enter(m, CORE);
	if (m->phase == CORE && m->children[0].pid == 0)
		m->phase = REST;	/* they see the end of their links */
	if (m->phase != RUNNING && !children_any(m, false))
		drained(m);
}

/* ---- signals ---- */

static void
on_term(void *arg, int signo)
{
	struct master *m = arg;

	log_event(LOG_INFO_, "stopping", "signal", LOGN(signo), NULL);
	instance_notify("STOPPING=1");
	if (m->phase == RUNNING)
		drain(m, DOORS, false);
	else
		m->again = false;
}

static void
log_problems(struct arena *a, const struct str *problems)
{
	struct span rest = str_span(problems), line;

	while (rest.n > 0) {
		line = span_line(&rest);
		log_event(LOG_ERROR_, "config-refused", "text",
		    arena_strndup(a, line.p, line.n), NULL);
	}
}

/* What cannot change while we run. */
static const char *
frozen(const struct settings *old, const struct settings *new)
{
	if (strcmp(old->spool, new->spool) != 0)
		return "instance.spool";
	if (strcmp(old->store, new->store) != 0)
		return "instance.store";
	return strcmp(old->user, new->user) != 0 ? "instance.user" : NULL;
}

static int
load_next(struct master *m, struct err *err)
{
	struct str problems = STR_EMPTY;
	const char *name;
	int rc;

	m->next_arena = arena_new();
	rc = load_settings(m->next_arena, m->args->file, m->args->overrides,
	    &m->next, &problems);
	log_problems(m->next_arena, &problems);
	str_done(&problems);
	if (rc != 0)
		return err_set(err, ERR_BADINPUT, "the configuration has "
		    "problems; the old one stays in force");
	name = frozen(m->s, m->next);
	if (name != NULL)
		return err_set(err, ERR_BADINPUT, "%s can only change when "
		    "jcad is started anew; the old configuration stays in "
		    "force", name);
	return doors_open(m, m->next, err);
}

static void
on_hup(void *arg, int signo)
{
	struct master *m = arg;
	struct err err = { ERR_NONE, "" };

	(void)signo;
	if (m->phase != RUNNING) {
		log_event(LOG_WARN_, "reload-refused", "text", "the roles are "
		    "being restarted; try again in a few seconds", NULL);
		return;
	}
	if (load_next(m, &err) != 0) {
		log_err("reload-refused", &err);
		arena_free(m->next_arena);
		m->next_arena = NULL;
		m->next = NULL;
		return;
	}
	log_event(LOG_INFO_, "reloading", "file", m->args->file, NULL);
	drain(m, DOORS, true);
}

/* ---- the life of the process ---- */

static int
prepare(struct master *m, struct err *err)
{
	if (file_mkdirs(m->s->spool, 0750, err) != 0)
		return err_wrap(err, "instance.spool");
	if (role_own(m->s->spool, m->s->user, err) != 0)
		return -1;
	m->lock = instance_lock(m->s->spool, err);
	if (m->lock < 0)
		return -1;
	return doors_open(m, m->s, err);
}

static void
watch_signals(struct master *m)
{
	ev_signal(m->ev, SIGCHLD, on_sigchld, m);
	ev_signal(m->ev, SIGTERM, on_term, m);
	ev_signal(m->ev, SIGINT, on_term, m);
	ev_signal(m->ev, SIGHUP, on_hup, m);
	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		abort();	/* cannot fail for this signal */
}

static int
load_first(struct master *m)
{
	struct str problems = STR_EMPTY;
	int rc;

	m->arena = arena_new();
	rc = load_settings(m->arena, m->args->file, m->args->overrides, &m->s,
	    &problems);
	if (rc != 0)
		(void)fputs(str_get(&problems), stderr);
	str_done(&problems);
	return rc;
}

static void
run(struct master *m)
{
	if (geteuid() == 0 && m->s->user[0] == '\0')
		log_event(LOG_WARN_, "running-as-root", "text",
		    "set instance.user to an account of its own", NULL);
	watch_signals(m);
	children_make(m);
	start_all(m);
	ev_run(m->ev);
	log_event(LOG_INFO_, "stopped", NULL);
}

int
master_run(const struct master_args *args)
{
	struct master m = { .args = args, .core_fd = -1, .lock = -1 };
	struct err err = { ERR_NONE, "" };

	if (load_first(&m) != 0) {
		arena_free(m.arena);
		return 1;
	}
	role_log("master", m.s);
	m.ev = ev_new();
	if (prepare(&m, &err) == 0) {
		run(&m);
	} else {
		log_err("start-failed", &err);
		m.status = 1;
	}
	children_free(&m);
	doors_close(&m);
	ev_timer_free(m.ready);
	ev_timer_free(m.deadline);
	ev_free(m.ev);
	arena_free(m.next_arena);
	arena_free(m.arena);
	if (m.lock >= 0)
		(void)close(m.lock);	/* the kernel unlocks */
	return m.status;
}
