/* SPDX-License-Identifier: ISC */
/*
 * Accepting, and what core says. Invariant: at most settings.intake_connections
 * clients are served at once; one more hears 421 and is closed.
 */
#include "intake/server.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/arena.h"
#include "base/codec.h"
#include "base/log.h"
#include "base/xmalloc.h"
#include "ev/ev.h"
#include "intake/conn.h"
#include "proc/link.h"

/* Pause when no descriptor is left: the backlog stays readable. */
#define PAUSE_MS 200
/* Connections accepted in one turn of the loop. */
#define ACCEPT_MAX 64
/* Longest wait for verdicts at the end. */
#define STOP_MS 5000

struct listener {
	struct listener *next;
	struct server *server;
	struct ev_io *io;
	int fd;
	enum intake_protocol protocol;
};

struct server {
	struct hub hub;
	struct listener *listeners;
	struct ev_timer *pause;
	struct ev_timer *stop;
};

static void
emptied(void *arg)
{
	struct server *s = arg;

	if (s->hub.stopping && s->hub.n_conns == 0)
		ev_stop(s->hub.ev);
}

struct server *
server_new(const struct settings *settings, struct ev *ev,
    struct spool *spool)
{
	struct server *s = xcalloc(1, sizeof(*s));

	s->hub.settings = settings;
	s->hub.ev = ev;
	s->hub.spool = spool;
	s->hub.buf = xmalloc(CONN_READ);
	s->hub.emptied = emptied;
	s->hub.arg = s;
	return s;
}

static void
stop_listening(struct server *s)
{
	struct listener *l;

	while ((l = s->listeners) != NULL) {
		s->listeners = l->next;
		ev_io_free(l->io);
		(void)close(l->fd);	/* a listener has nothing to lose */
		free(l);
	}
}

void
server_free(struct server *s)
{
	if (s == NULL)
		return;
	conn_free_all(&s->hub);
	stop_listening(s);
	ev_timer_free(s->pause);
	ev_timer_free(s->stop);
	free(s->hub.buf);
	free(s);
}

/* --- accepting --- */

static void
watch_listeners(struct server *s, uint32_t events)
{
	for (struct listener *l = s->listeners; l != NULL; l = l->next)
		ev_io_set(l->io, events);
}

static void
on_pause_end(void *arg)
{
	struct server *s = arg;

	ev_timer_free(s->pause);
	s->pause = NULL;
	watch_listeners(s, EV_READ);
}

static void
pause_accepting(struct server *s)
{
	log_event(LOG_WARN_, "no-descriptors", "connections",
	    LOGN(s->hub.n_conns), NULL);
	watch_listeners(s, 0);
	if (s->pause == NULL)
		s->pause = ev_timer_new(s->hub.ev, PAUSE_MS, on_pause_end, s);
}

static void
turn_away(struct server *s, int fd)
{
	static const char text[] = "421 4.3.2 Too many connections\r\n";

	log_event(LOG_WARN_, "too-many-connections", "connections",
	    LOGN(s->hub.n_conns), NULL);
	/* Who does not hear it will come again all the same. */
	(void)send(fd, text, sizeof(text) - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
	(void)close(fd);
}

static void
on_connect(void *arg, uint32_t events)
{
	struct listener *l = arg;
	struct server *s = l->server;
	int fd, one = 1;

	(void)events;
	for (int i = 0; i < ACCEPT_MAX; i++) {
		fd = accept4(l->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0 && (errno == EMFILE || errno == ENFILE ||
		    errno == ENOBUFS || errno == ENOMEM)) {
			pause_accepting(s);
			return;
		}
		if (fd < 0 && errno == EAGAIN)
			return;
		if (fd < 0)
			continue;	/* that client is gone already */
		if (s->hub.n_conns >= s->hub.settings->intake_connections) {
			turn_away(s, fd);
			continue;
		}
		/* Fails on UNIX sockets, which need it not. */
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one,
		    sizeof(one));
		conn_new(&s->hub, fd, l->protocol);
	}
}

void
server_listen(struct server *s, int fd, enum intake_protocol protocol)
{
	struct listener *l = xcalloc(1, sizeof(*l));
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		abort();	/* not a descriptor: a bug of ours */
	l->server = s;
	l->fd = fd;
	l->protocol = protocol;
	l->next = s->listeners;
	s->listeners = l;
	l->io = ev_io_new(s->hub.ev, fd, EV_READ, on_connect, l);
}

/* --- core --- */

void
server_set_core(struct server *s, struct link *core)
{
	s->hub.core = core;
}

static void
on_message(void *arg, struct link *link, uint32_t type, struct span body,
    int *fd)
{
	struct server *s = arg;
	struct arena *a = arena_new();
	struct verdict v;
	struct dec d;

	(void)link;
	(void)fd;
	dec_init(&d, a, body);
	wire_get_verdict(&d, &v);
	if (type == MSG_VERDICT && dec_end(&d))
		conn_verdict(&s->hub, &v);
	else
		log_event(LOG_ERROR_, "bad-message", "type", LOGN(type), NULL);
	arena_free(a);
}

static void
on_core_gone(void *arg, struct link *link)
{
	struct server *s = arg;

	(void)link;
	conn_core_gone(&s->hub);
	ev_stop(s->hub.ev);
}

const struct link_ops *
server_ops(void)
{
	static const struct link_ops ops = { on_message, on_core_gone };

	return &ops;
}

static void
on_stop_timer(void *arg)
{
	struct server *s = arg;

	ev_stop(s->hub.ev);
}

void
server_stop(struct server *s)
{
	if (s->hub.stopping)
		return;
	stop_listening(s);
	conn_stop(&s->hub);
	s->stop = ev_timer_new(s->hub.ev, STOP_MS, on_stop_timer, s);
	emptied(s);
}
