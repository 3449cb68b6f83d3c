/* SPDX-License-Identifier: ISC */
/*
 * Console: a small switch between the connections of jcadctl and core. Owns
 * the connections and the link. Invariant: core sees only questions of a user
 * who may ask, each under the number of its connection, which is never used
 * twice; an answer whose asker is gone is dropped.
 */
#include "console/console.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/codec.h"
#include "base/err.h"
#include "base/log.h"
#include "base/str.h"
#include "base/xmalloc.h"
#include "ev/ev.h"
#include "model/wire.h"
#include "proc/link.h"

#define CONNECTIONS_MAX 32
/* Rows that may wait for one asker who does not read. */
#define UNREAD_MAX (8u << 20)
/* Pause in accepting when the process has no descriptor left. */
#define ACCEPT_PAUSE_MS 100

struct conn {
	struct console *console;
	struct conn *next;
	struct link *link;
	uint32_t number;
	int64_t uid;
	bool asked;		/* waits for an answer */
};

struct console {
	struct ev *ev;
	struct link *core;	/* NULL = gone */
	int listen_fd;
	struct ev_io *io;
	struct ev_timer *pause;
	struct conn *conns;
	size_t n_conns;
	uint32_t last_number;
	bool stopping;
};

static void
drop(struct conn *conn)
{
	struct console *c = conn->console;
	struct conn **at;

	for (at = &c->conns; *at != conn; at = &(*at)->next)
		;
	*at = conn->next;
	c->n_conns--;
	link_free(conn->link);
	free(conn);
	if (c->stopping && c->n_conns == 0)
		ev_stop(c->ev);
}

static void
answer(struct conn *conn, uint32_t status, const char *text)
{
	struct ctl_reply reply = { conn->number, status, true, "", text };

	conn->asked = false;
	if (LINK_PUT(conn->link, MSG_CTL_REPLY, ctl_reply, &reply, -1,
		NULL) != 0)
		log_event(LOG_DEBUG_, "answer-lost", "conn",
		    LOGN(conn->number), NULL);
}

/* Pass a question on. */
static void
ask(struct conn *conn, struct ctl *ctl, int fd)
{
	struct console *c = conn->console;
	struct err err = { ERR_NONE, "" };

	if (conn->asked) {
		log_event(LOG_WARN_, "refused", "why",
		    "question before the answer", "uid", LOGN(conn->uid),
		    NULL);
		drop(conn);
		return;
	}
	if (c->core == NULL || c->stopping) {
		answer(conn, 1, "jcad is stopping");
		return;
	}
	ctl->conn = conn->number;
	ctl->uid = conn->uid;
	conn->asked = true;
	if (LINK_PUT(c->core, MSG_CTL, ctl, ctl, fd, &err) != 0)
		answer(conn, 1, err.text);
}

static void
on_request(void *arg, struct link *link, uint32_t type, struct span body,
    int *fd)
{
	struct conn *conn = arg;
	struct arena *a = arena_new();
	struct dec d;
	struct ctl ctl;

	(void)link;
	dec_init(&d, a, body);
	wire_get_ctl(&d, &ctl);
	if (type == MSG_CTL && dec_end(&d)) {
		ask(conn, &ctl, *fd);
	} else {
		log_event(LOG_WARN_, "refused", "why", "not understood",
		    "uid", LOGN(conn->uid), NULL);
		drop(conn);
	}
	arena_free(a);
}

static void
on_asker_gone(void *arg, struct link *link)
{
	(void)link;
	drop(arg);
}

static const struct link_ops conn_ops = { on_request, on_asker_gone };

/* Root and the account that the daemon runs as. */
static bool
may_ask(int fd, int64_t *uid)
{
	struct ucred cred = { 0, (uid_t)-1, (gid_t)-1 };
	socklen_t n = sizeof(cred);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &n) != 0)
		return false;
	*uid = cred.uid;
	return cred.uid == 0 || cred.uid == geteuid();
}

static void
refuse(int fd, const char *text)
{
	struct ctl_reply reply = { 0, 1, true, "", text };
	struct str body = STR_EMPTY;

	/* A new socket takes one message without waiting. */
	wire_put_ctl_reply(&body, &reply);
	(void)link_send_fd(fd, MSG_CTL_REPLY, str_span(&body), -1, NULL);
	str_done(&body);
	(void)close(fd);	/* sent or not */
}

static void
welcome(struct console *c, int fd)
{
	struct conn *conn;
	int64_t uid = -1;

	if (!may_ask(fd, &uid)) {
		log_event(LOG_WARN_, "refused", "why", "not allowed", "uid",
		    LOGN(uid), NULL);
		refuse(fd, "only root and the account of jcad may ask");
		return;
	}
	if (c->n_conns >= CONNECTIONS_MAX) {
		log_event(LOG_WARN_, "refused", "why", "too many", "uid",
		    LOGN(uid), NULL);
		refuse(fd, "too many are asking; try again in a moment");
		return;
	}
	conn = xcalloc(1, sizeof(*conn));
	conn->console = c;
	conn->uid = uid;
	conn->number = ++c->last_number;
	conn->next = c->conns;
	c->conns = conn;
	c->n_conns++;
	conn->link = link_new(c->ev, fd, &conn_ops, conn);
}

static void
on_pause_over(void *arg)
{
	struct console *c = arg;

	ev_timer_free(c->pause);
	c->pause = NULL;
	if (c->io != NULL)
		ev_io_set(c->io, EV_READ);
}

static void
on_listen(void *arg, uint32_t events)
{
	struct console *c = arg;
	int fd;

	(void)events;
	fd = accept4(c->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd >= 0) {
		welcome(c, fd);
	} else if (errno != EAGAIN && errno != EINTR &&
	    errno != ECONNABORTED && c->pause == NULL) {
		ev_io_set(c->io, 0);
		c->pause = ev_timer_new(c->ev, ACCEPT_PAUSE_MS, on_pause_over,
		    c);
	}
}

static struct conn *
find(struct console *c, uint32_t number)
{
	struct conn *conn;

	for (conn = c->conns; conn != NULL; conn = conn->next)
		if (conn->number == number)
			return conn;
	return NULL;
}

static void
on_answer(void *arg, struct link *link, uint32_t type, struct span body,
    int *fd)
{
	struct console *c = arg;
	struct arena *a = arena_new();
	struct dec d;
	struct ctl_reply reply;
	struct conn *conn;

	(void)link;
	(void)fd;	/* closed by the link */
	dec_init(&d, a, body);
	wire_get_ctl_reply(&d, &reply);
	if (type != MSG_CTL_REPLY || !dec_end(&d)) {
		log_event(LOG_WARN_, "unexpected-message", "type",
		    LOGN(type), NULL);
	} else if ((conn = find(c, reply.conn)) != NULL) {
		if (reply.last)
			conn->asked = false;
		if (link_backlog(conn->link) > UNREAD_MAX ||
		    link_send(conn->link, type, body, -1, NULL) != 0)
			drop(conn);
	}
	arena_free(a);
}

static void
on_core_gone(void *arg, struct link *link)
{
	struct console *c = arg;

	link_free(link);
	c->core = NULL;
	ev_stop(c->ev);
}

static const struct link_ops core_ops = { on_answer, on_core_gone };

const struct link_ops *
console_ops(void)
{
	return &core_ops;
}

struct console *
console_new(struct ev *ev, int listen_fd)
{
	struct console *c = xcalloc(1, sizeof(*c));

	c->ev = ev;
	c->listen_fd = listen_fd;
	c->io = ev_io_new(ev, listen_fd, EV_READ, on_listen, c);
	return c;
}

void
console_core(struct console *c, struct link *core)
{
	c->core = core;
}

void
console_free(struct console *c)
{
	struct conn *conn, *next;

	if (c == NULL)
		return;
	c->stopping = false;	/* nobody is to be woken any more */
	for (conn = c->conns; conn != NULL; conn = next) {
		next = conn->next;
		drop(conn);
	}
	ev_timer_free(c->pause);
	ev_io_free(c->io);
	link_free(c->core);
	free(c);
}

/* No new questions; those that were asked get their answers. */
static void
on_term(void *arg, int signo)
{
	struct console *c = arg;
	struct conn *conn, *next;

	(void)signo;
	c->stopping = true;
	ev_io_free(c->io);
	c->io = NULL;
	for (conn = c->conns; conn != NULL; conn = next) {
		next = conn->next;
		if (!conn->asked)
			drop(conn);
	}
	if (c->n_conns == 0)
		ev_stop(c->ev);
}

int
console_run(const struct role_env *env)
{
	struct ev *ev = ev_new();
	struct console *c = console_new(ev, env->listen_fds[0]);

	ev_signal(ev, SIGTERM, on_term, c);
	console_core(c, link_new(ev, env->core_fd, console_ops(), c));
	ev_run(ev);
	console_free(c);
	ev_free(ev);
	return 0;
}
