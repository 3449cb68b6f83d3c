/* SPDX-License-Identifier: ISC */
/*
 * The core object: peers, the turn that ends in a group commit, and the role's
 * main. Order at the end of a turn: directories synced, rows committed, then
 * answers, then new work. A commit that fails ends the role: what was not
 * committed was not acknowledged.
 */
#include "core/core.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/codec.h"
#include "base/log.h"
#include "base/str.h"
#include "base/xmalloc.h"
#include "core/state.h"

#define TICK_MS (60 * 1000)

static const char *const role_names[] = { "master", "intake", "parser",
	"courier", "console", "plughost" };

void
core_log_err(const char *event, const struct err *err)
{
	log_event(LOG_ERROR_, event, "kind", err_kind_name(err->kind),
	    "text", err->text, NULL);
}

int
core_begin(struct core *c, struct err *err)
{
	if (c->in_transaction)
		return 0;
	if (c->broken)
		return err_set(err, ERR_TEMP, "the last commit failed");
	if (store_begin(c->store, err) < 0)
		return -1;
	c->in_transaction = true;
	return 0;
}

int
core_commit(struct core *c, struct err *err)
{
	if (c->broken)
		return err_set(err, ERR_TEMP, "the last commit failed");
	if (!c->in_transaction)
		return 0;
	c->in_transaction = false;
	if (spool_sync(c->spool, err) < 0)
		store_rollback(c->store);
	else if (store_commit(c->store, err) == 0)
		return 0;
	/* Verdicts and jobs of this turn may wait for what is gone now. */
	core_log_err("commit-failed", err);
	c->broken = true;
	ev_stop(c->ev);
	return -1;
}

int
core_savepoint(struct core *c, struct err *err)
{
	c->n_made = 0;
	c->fresh_mark = queue_mark(c);
	return core_begin(c, err) < 0 ? -1 : store_savepoint(c->store, err);
}

int
core_release(struct core *c, struct err *err)
{
	return store_release(c->store, err);
}

void
core_undo(struct core *c)
{
	struct err err = { 0 };

	store_undo(c->store);
	/* The next job may get the very id that was undone. */
	queue_forget(c, c->fresh_mark);
	for (size_t i = 0; i < c->n_made; i++)
		if (spool_remove(c->spool, c->made[i], &err) < 0)
			core_log_err("undo", &err);
	c->n_made = 0;
}

void
core_made(struct core *c, const char *name)
{
	if (c->n_made == c->cap_made) {
		c->cap_made = c->cap_made == 0 ? 16 : 2 * c->cap_made;
		c->made = xrealloc(c->made, c->cap_made * sizeof(*c->made));
	}
	(void)snprintf(c->made[c->n_made++], SPOOL_NAME_MAX, "%s", name);
}

static void
turn(void *arg)
{
	struct core *c = arg;
	struct err err = { 0 };

	if (core_commit(c, &err) < 0) {
		pipeline_answer(c, false);
		return;
	}
	pipeline_answer(c, true);
	pipeline_pump(c);
	queue_pump(c);
	outbox_pump(c);
	/* Pumping may have written (a job's end, a cursor). */
	(void)core_commit(c, &err);	/* told, and the role ends */
}

/* Nothing to do but the turn that follows. */
static void
on_kick(void *arg)
{
	(void)arg;
}

static void
tick(void *arg)
{
	struct core *c = arg;

	recover_tick(c);
	ev_timer_again(c->tick, TICK_MS);
}

struct core_peer *
core_next_peer(struct core *c, enum peer_role role, struct core_peer *prev)
{
	struct core_peer *p = prev == NULL ? c->peers : prev->next;

	for (; p != NULL; p = p->next)
		if (p->role == role && p->link != NULL)
			return p;
	return NULL;
}

static void
add_peer_from_master(struct core *c, struct span body, int *fd)
{
	struct arena *a = arena_new();
	struct core_peer *p;
	struct peer msg;
	struct dec d;

	dec_init(&d, a, body);
	wire_get_peer(&d, &msg);
	if (dec_end(&d) && *fd >= 0) {
		p = core_peer_new(c, msg.role, msg.index);
		if (p != NULL) {
			core_peer_link(p, link_new(c->ev, *fd,
			    core_link_ops(), p));
			*fd = -1;
			log_event(LOG_INFO_, "peer", "peer", msg.role,
			    "index", LOGN(msg.index), "pid", LOGN(msg.pid),
			    NULL);
		}
	}
	arena_free(a);
}

/* Who may send what: anything else is dropped and logged. */
static void
on_message(void *arg, struct link *link, uint32_t type, struct span body,
    int *fd)
{
	struct core_peer *p = arg;
	struct core *c = p->core;

	(void)link;	/* known to the peer */
	if (p->role == PEER_MASTER && type == MSG_PEER)
		add_peer_from_master(c, body, fd);
	else if (p->role == PEER_INTAKE && type == MSG_MAIL)
		pipeline_mail(c, p, body, fd);
	else if (p->role == PEER_PARSER && type == MSG_PARSED)
		pipeline_parsed(c, p, body);
	else if (p->role == PEER_COURIER && type == MSG_RESULTS)
		results_take(c, p, body);
	else if (p->role == PEER_PLUGHOST && type == MSG_ACK)
		outbox_ack(c, p, body);
	else if (p->role == PEER_CONSOLE && type == MSG_CTL)
		control_request(c, p, body, fd);
	else
		log_event(LOG_WARN_, "unexpected-message",
		    "peer", role_names[p->role], "type", LOGN(type), NULL);
}

static void
unlink_peer(struct core *c, struct core_peer *p)
{
	for (struct core_peer **at = &c->peers; *at != NULL;
	    at = &(*at)->next)
		if (*at == p) {
			*at = p->next;
			return;
		}
}

static void
on_closed(void *arg, struct link *link)
{
	struct core_peer *p = arg;
	struct core *c = p->core;

	link_free(link);
	p->link = NULL;
	unlink_peer(c, p);
	pipeline_peer_gone(c, p);
	if (p->role == PEER_COURIER)
		batch_courier_gone(c, p);
	else if (p->role == PEER_PLUGHOST)
		outbox_peer_gone(c, p);
	else if (p->role == PEER_MASTER)
		ev_stop(c->ev);
	if (p->role != PEER_MASTER)
		log_event(LOG_INFO_, "peer-gone", "peer", role_names[p->role],
		    "index", LOGN(p->index), NULL);
	free(p);
}

const struct link_ops *
core_link_ops(void)
{
	static const struct link_ops ops = { on_message, on_closed };

	return &ops;
}

struct core_peer *
core_peer_new(struct core *c, const char *role, uint32_t index)
{
	for (size_t i = 0; i < sizeof(role_names) / sizeof(*role_names); i++)
		if (strcmp(role, role_names[i]) == 0) {
			struct core_peer *p = xcalloc(1, sizeof(*p));

			p->core = c;
			p->role = (enum peer_role)i;
			p->index = index;
			p->next = c->peers;
			c->peers = p;
			return p;
		}
	return NULL;
}

void
core_peer_link(struct core_peer *p, struct link *link)
{
	p->link = link;
	/* It gets work at the end of the turn, after the commit. */
	ev_timer_again(p->core->kick, 0);
}

struct core *
core_new(const struct settings *settings, struct ev *ev, struct err *err)
{
	struct core *c = xcalloc(1, sizeof(*c));

	c->settings = settings;
	c->ev = ev;
	c->spool = spool_open(settings->spool, err);
	if (c->spool == NULL)
		goto err0;
	c->store = store_open(settings->store, err);
	if (c->store == NULL)
		goto err1;
	if (settings->clock[0] != '\0' && ident_set_clock(c, err) < 0)
		goto err2;
	c->started_at = ev_now(ev);
	if (ident_load_key(c, err) < 0 || recover_start(c, err) < 0 ||
	    core_commit(c, err) < 0)
		goto err2;
	c->queue = queue_new(c, err);
	if (c->queue == NULL)
		goto err2;
	c->outbox = outbox_new(c);
	c->tick = ev_timer_new(ev, TICK_MS, tick, c);
	c->kick = ev_timer_new(ev, 0, on_kick, c);
	ev_on_turn(ev, turn, c);
	return c;
err2:
	store_close(c->store);
err1:
	spool_close(c->spool);
err0:
	free(c);
	return NULL;
}

void
core_free(struct core *c)
{
	struct err err = { 0 };

	if (c == NULL)
		return;
	(void)core_commit(c, &err);	/* as in turn() */
	ev_on_turn(c->ev, NULL, NULL);
	ev_timer_free(c->tick);
	ev_timer_free(c->kick);
	while (c->peers != NULL) {
		struct core_peer *p = c->peers;

		c->peers = p->next;
		link_free(p->link);
		free(p);
	}
	pipeline_free(c);
	outbox_free(c->outbox);
	queue_free(c->queue);
	store_close(c->store);
	spool_close(c->spool);
	free(c->made);
	free(c);
}

static void
on_signal(void *arg, int signo)
{
	struct core *c = arg;

	log_event(LOG_INFO_, "stopping", "signal", LOGN(signo), NULL);
	ev_stop(c->ev);
}

int
core_run(const struct role_env *env)
{
	struct ev *ev = ev_new();
	struct err err = { 0 };
	struct core *c = core_new(env->settings, ev, &err);
	struct core_peer *master;
	int status;

	if (c == NULL) {
		core_log_err("start-failed", &err);
		ev_free(ev);
		return 1;
	}
	ev_signal(ev, SIGTERM, on_signal, c);
	master = core_peer_new(c, "master", 0);
	core_peer_link(master, link_new(ev, env->core_fd, core_link_ops(),
	    master));
	log_event(LOG_INFO_, "started", "store", env->settings->store, NULL);
	ev_run(ev);
	status = c->broken ? 1 : 0;
	core_free(c);
	ev_free(ev);
	return status;
}
