/* SPDX-License-Identifier: ISC */
/*
 * One client connection. Invariant: txn is not 0 exactly while core owes a
 * verdict; then nothing is read from the client, and the connection's file
 * is left alone. A client that goes meanwhile leaves an orphan behind, so
 * that a refused file is still removed.
 */
#include "intake/conn.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "base/str.h"
#include "base/xmalloc.h"
#include "ev/ev.h"
#include "intake/draft.h"
#include "intake/session.h"
#include "proc/link.h"

/* Replies that the client does not read stop its commands. */
#define OUT_MAX 16384
/* How long a client may take to read the last reply and go. */
#define LINGER_MS 5000

enum conn_state {
	CONN_OPEN,
	CONN_CLOSING,	/* the last replies are on their way */
	CONN_LINGER,	/* all is sent; wait for the client to go */
	CONN_ORPHAN,	/* the client is gone, the verdict is not here */
};

struct conn {
	struct hub *hub;
	struct conn *prev, *next;
	enum conn_state state;
	int fd;
	struct ev_io *io;
	struct ev_timer *timer;
	int64_t begun_ms, active_ms;
	struct session *session;
	struct str in;		/* input that waits */
	size_t out_pos;		/* sent part of the session's output */
	size_t logged;		/* looked-at part of it */
	char peer[64];
	struct draft draft;
	uint32_t txn;
};

static void pump(struct conn *c, struct span in);

/* --- life --- */

static void
drop_client(struct conn *c)
{
	ev_io_free(c->io);
	c->io = NULL;
	if (c->fd >= 0)
		(void)close(c->fd);	/* nothing can be done about it */
	c->fd = -1;
}

static void
destroy(struct conn *c)
{
	struct hub *hub = c->hub;

	if (c->txn != 0)
		draft_release(&c->draft);
	draft_done(&c->draft);
	drop_client(c);
	ev_timer_free(c->timer);
	session_free(c->session);
	str_done(&c->in);
	if (c->prev != NULL)
		c->prev->next = c->next;
	else
		hub->conns = c->next;
	if (c->next != NULL)
		c->next->prev = c->prev;
	hub->n_conns--;
	free(c);
	hub->emptied(hub->arg);
}

/* The client is gone, or has had its time. */
static void
abandon(struct conn *c)
{
	if (c->txn == 0) {
		destroy(c);
		return;
	}
	drop_client(c);
	ev_timer_free(c->timer);
	c->timer = NULL;
	c->state = CONN_ORPHAN;
}

/* End the dialogue from our side; c may be gone after it. */
static void
hang_up(struct conn *c, const char *why)
{
	session_hangup(c->session, why);
	draft_drop(&c->draft);
	c->state = CONN_CLOSING;
	ev_timer_again(c->timer, LINGER_MS);
	pump(c, span_make(NULL, 0));
}

/* --- the mail --- */

/* The mail cannot be kept. */
static void
fail_mail(struct conn *c, const char *event, const struct err *err)
{
	bool full = err->kind == ERR_LIMIT;

	log_event(LOG_ERROR_, event, "peer", c->peer, "text", err->text, NULL);
	session_fail(c->session, full ? 452 : 451, full ?
	    "4.3.1 No space for mail now" :
	    "4.3.0 Not stored, try again later");
}

static void
begin(struct conn *c)
{
	struct err err = { 0 };

	if (c->hub->stopping || c->hub->core == NULL)
		session_fail(c->session, 451, "4.3.2 Shutting down");
	else if (draft_open(&c->draft, c->hub->settings->max_message,
	    &err) < 0)
		fail_mail(c, "no-file", &err);
}

static void
store(struct conn *c, struct span data)
{
	struct err err = { 0 };

	if (draft_add(&c->draft, data, &err) < 0)
		fail_mail(c, "not-written", &err);
}

static int
send_offer(struct conn *c, struct mail *m, int fd, struct err *err)
{
	char from[256];

	(void)snprintf(from, sizeof(from), "%s (%s)",
	    session_helo(c->session), c->peer);
	if (++c->hub->last_txn == 0)
		c->hub->last_txn = 1;
	m->txn = c->hub->last_txn;
	m->file = c->draft.name;
	m->peer = from;
	if (c->hub->core == NULL)
		return err_set(err, ERR_TEMP, "core is gone");
	return LINK_PUT(c->hub->core, MSG_MAIL, mail, m, fd, err);
}

/* The mail is whole: make it durable and ask core. */
static void
offer(struct conn *c)
{
	struct mail m = *session_mail(c->session);
	struct err err = { 0 };
	int fd = draft_finish(&c->draft, &err);

	if (fd < 0) {
		fail_mail(c, "not-written", &err);
		return;
	}
	if (send_offer(c, &m, fd, &err) == 0) {
		c->txn = m.txn;
	} else {
		draft_drop(&c->draft);
		fail_mail(c, "not-offered", &err);
	}
	(void)close(fd);	/* core has its own */
}

static bool
is_taken(const struct verdict *v)
{
	for (size_t i = 0; i < v->n_replies; i++)
		if (v->replies[i].code / 100 == 2)
			return true;
	return false;
}

/* Core has answered, or never will (v is NULL). */
static void
settle(struct conn *c, const struct verdict *v)
{
	c->txn = 0;
	if (v != NULL && is_taken(v))
		draft_release(&c->draft);
	else
		draft_drop(&c->draft);
	if (c->state == CONN_ORPHAN) {
		destroy(c);
		return;
	}
	if (v != NULL)
		session_verdict(c->session, v->replies, v->n_replies);
	else
		session_fail(c->session, 451,
		    "4.3.0 Not stored, try again later");
	c->active_ms = ev_now_ms(c->hub->ev);
	if (c->hub->stopping)
		hang_up(c, "4.3.2 Shutting down");
	else
		pump(c, span_make(NULL, 0));
}

/* --- output --- */

/* Log what the client was refused; its errors are limited. */
static void
log_refusals(struct conn *c)
{
	struct span rest = str_span(session_output(c->session)), line;
	char text[256];

	rest = span_sub(rest, c->logged, rest.n);
	c->logged += rest.n;
	while (rest.n > 0) {
		line = span_line(&rest);
		if (line.n < 4 || (line.p[0] != '4' && line.p[0] != '5'))
			continue;
		(void)snprintf(text, sizeof(text), "%.*s", (int)line.n,
		    line.p);
		log_event(LOG_INFO_, "refused", "peer", c->peer, "reply", text,
		    NULL);
	}
}

static size_t
unsent(const struct conn *c)
{
	return session_output(c->session)->len - c->out_pos;
}

/* Forget what was sent, so that a slow reader costs no more memory. */
static void
trim_output(struct conn *c)
{
	struct str *out = session_output(c->session), rest = STR_EMPTY;

	if (c->out_pos == 0)
		return;
	str_add(&rest, out->data + c->out_pos, unsent(c));
	str_done(out);
	*out = rest;
	c->logged -= c->out_pos;
	c->out_pos = 0;
}

/* Send what the socket takes. -1: the client is gone. */
static int
flush(struct conn *c)
{
	struct str *out = session_output(c->session);
	ssize_t n;

	log_refusals(c);
	while (unsent(c) > 0) {
		n = send(c->fd, out->data + c->out_pos, unsent(c),
		    MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN) {
			trim_output(c);
			return 0;
		}
		if (n < 0)
			return -1;
		c->out_pos += (size_t)n;
	}
	str_clear(out);
	c->out_pos = c->logged = 0;
	return 0;
}

/* --- the loop of a connection --- */

/* Run the session over *in until it needs more input, output, or core. */
static void
step(struct conn *c, struct span *in)
{
	struct span data;

	while (c->state == CONN_OPEN && c->txn == 0 && unsent(c) < OUT_MAX) {
		switch (session_step(c->session, in, &data)) {
		case SESSION_MORE:
			return;
		case SESSION_BEGIN:
			begin(c);
			break;
		case SESSION_DATA:
			store(c, data);
			break;
		case SESSION_END:
			offer(c);
			break;
		case SESSION_DISCARD:
			draft_drop(&c->draft);
			break;
		case SESSION_CLOSE:
			draft_drop(&c->draft);
			c->state = CONN_CLOSING;
			break;
		case SESSION_WAIT:
			return;
		}
	}
}

/* All was said: let the client read it. A socket closed with input unread
 * would be reset, and the last reply lost with it. */
static void
linger(struct conn *c)
{
	c->state = CONN_LINGER;
	(void)shutdown(c->fd, SHUT_WR);	/* it may be gone already */
	ev_timer_again(c->timer, LINGER_MS);
}

static void
watch(struct conn *c)
{
	uint32_t events = 0;

	if (c->state == CONN_LINGER ||
	    (c->state == CONN_OPEN && c->txn == 0 && c->in.len == 0))
		events |= EV_READ;
	if (unsent(c) > 0)
		events |= EV_WRITE;
	ev_io_set(c->io, events);
}

/* Go on with what waits and then with in, until nothing moves. The last call
 * of every callback: c may be gone after it. */
static void
pump(struct conn *c, struct span in)
{
	struct str was = c->in;

	str_init(&c->in);
	str_addspan(&was, in);
	in = str_span(&was);
	do {
		step(c, &in);
		if (flush(c) < 0) {
			str_done(&was);
			abandon(c);
			return;
		}
	} while (c->state == CONN_OPEN && c->txn == 0 && in.n > 0 &&
	    unsent(c) < OUT_MAX);
	if (c->state == CONN_OPEN)
		str_addspan(&c->in, in);
	str_done(&was);
	if (c->state == CONN_CLOSING && unsent(c) == 0)
		linger(c);
	watch(c);
}

static void
on_ready(void *arg, uint32_t events)
{
	struct conn *c = arg;
	ssize_t n;

	if ((events & EV_READ) == 0) {
		pump(c, span_make(NULL, 0));
		return;
	}
	do
		n = recv(c->fd, c->hub->buf, CONN_READ, 0);
	while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0) {
		abandon(c);
		return;
	}
	if (c->state == CONN_LINGER)
		return;
	c->active_ms = ev_now_ms(c->hub->ev);
	pump(c, span_make(c->hub->buf, (size_t)n));
}

/* Milliseconds left to the next deadline; 0 = it has passed. */
static int64_t
time_left(const struct conn *c, const char **why)
{
	const struct settings *s = c->hub->settings;
	int64_t now = ev_now_ms(c->hub->ev);
	int64_t idle = c->active_ms + s->intake_timeout_s * 1000 - now;
	int64_t whole = c->begun_ms + s->intake_session_s * 1000 - now;

	*why = idle < whole ? "4.4.2 Nothing heard for too long, closing" :
	    "4.4.2 The session takes too long, closing";
	if (c->txn != 0)
		return s->intake_timeout_s * 1000;
	if (whole < idle)
		idle = whole;
	return idle > 0 ? idle : 0;
}

static void
on_timer(void *arg)
{
	struct conn *c = arg;
	const char *why;
	int64_t left = time_left(c, &why);

	if (c->state != CONN_OPEN) {
		abandon(c);
	} else if (left > 0) {
		ev_timer_again(c->timer, left);
	} else {
		hang_up(c, why);
	}
}

/* --- from outside --- */

/* Where the client is, as it stands in a Received field. */
static void
name_peer(struct conn *c)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
		struct sockaddr_storage space;
	} a;
	struct ucred cred;
	socklen_t n = sizeof(a), n_cred = sizeof(cred);
	char ip[INET6_ADDRSTRLEN] = "?";

	memset(&a, 0, sizeof(a));
	if (getpeername(c->fd, &a.any, &n) < 0)
		a.any.sa_family = AF_UNSPEC;
	if (a.any.sa_family == AF_INET)
		(void)inet_ntop(AF_INET, &a.v4.sin_addr, ip, sizeof(ip));
	else if (a.any.sa_family == AF_INET6)
		(void)inet_ntop(AF_INET6, &a.v6.sin6_addr, ip, sizeof(ip));
	if (a.any.sa_family == AF_UNIX && getsockopt(c->fd, SOL_SOCKET,
	    SO_PEERCRED, &cred, &n_cred) == 0)
		(void)snprintf(c->peer, sizeof(c->peer), "local user %u",
		    (unsigned)cred.uid);
	else
		(void)snprintf(c->peer, sizeof(c->peer), "[%s%s]",
		    a.any.sa_family == AF_INET6 ? "IPv6:" : "", ip);
}

void
conn_new(struct hub *hub, int fd, enum intake_protocol protocol)
{
	struct conn *c = xcalloc(1, sizeof(*c));
	bool early;
	char byte;
	const char *why;

	c->hub = hub;
	c->fd = fd;
	draft_init(&c->draft, hub->spool);
	c->session = session_new(hub->settings, protocol);
	c->begun_ms = c->active_ms = ev_now_ms(hub->ev);
	name_peer(c);
	c->next = hub->conns;
	if (c->next != NULL)
		c->next->prev = c;
	hub->conns = c;
	hub->n_conns++;
	c->io = ev_io_new(hub->ev, fd, 0, on_ready, c);
	c->timer = ev_timer_new(hub->ev, time_left(c, &why), on_timer, c);
	early = recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
	session_greet(c->session, early);
	pump(c, span_make(NULL, 0));
}

void
conn_verdict(struct hub *hub, const struct verdict *verdict)
{
	for (struct conn *c = hub->conns; c != NULL; c = c->next)
		if (c->txn != 0 && c->txn == verdict->txn) {
			settle(c, verdict);
			return;
		}
}

void
conn_core_gone(struct hub *hub)
{
	struct conn *c, *next;

	hub->core = NULL;
	for (c = hub->conns; c != NULL; c = next) {
		next = c->next;
		if (c->txn != 0)
			settle(c, NULL);
	}
}

void
conn_stop(struct hub *hub)
{
	struct conn *c, *next;

	hub->stopping = true;
	for (c = hub->conns; c != NULL; c = next) {
		next = c->next;
		if (c->txn != 0 || c->state != CONN_OPEN)
			continue;
		hang_up(c, "4.3.2 Shutting down");
	}
}

void
conn_free_all(struct hub *hub)
{
	while (hub->conns != NULL)
		destroy(hub->conns);
}
