/* SPDX-License-Identifier: ISC */
/*
 * Batches in, results out. Invariant: each copy of a batch gets one result,
 * and the last part of the results says so, whatever the transport did.
 */
#include "courier/courier.h"

#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include "base/arena.h"
#include "base/codec.h"
#include "base/err.h"
#include "base/log.h"
#include "base/str.h"
#include "base/xmalloc.h"
#include "courier/transport.h"
#include "ev/ev.h"
#include "mail/recipe.h"
#include "model/settings.h"
#include "proc/link.h"
#include "proc/role.h"

/* Results in one message: what a crash may repeat, and what fits 64 KiB. */
#define PART_MAX 64

struct courier {
	const struct settings *settings;
	struct ev *ev;
	struct transport *transport;	/* NULL until it could be opened */
};

/* One batch in hand. */
struct job {
	struct courier *courier;
	struct link *link;
	struct arena *arena;
	struct batch batch;
	struct transport_order order;
	void *map;			/* of the body, or NULL */
	struct result part[PART_MAX];
	size_t n_part;
	struct arena *texts;		/* of part */
};

struct courier *
courier_new(const struct settings *settings, struct ev *ev)
{
	struct courier *c = xcalloc(1, sizeof(*c));

	c->settings = settings;
	c->ev = ev;
	return c;
}

void
courier_free(struct courier *c)
{
	if (c == NULL)
		return;
	transport_close(c->transport);
	free(c);
}

int
courier_url_check(const char *url, struct err *err)
{
	/* Empty is the folder "outbox" in the spool. */
	return url[0] == '\0' ? 0 : transport_check(url, err);
}

/* --- results --- */

static void
send_part(struct job *j, bool last)
{
	struct results msg = { j->batch.batch, last, j->part, j->n_part };
	struct err err = { 0 };

	if (LINK_PUT(j->link, MSG_RESULTS, results, &msg, -1, &err) < 0)
		log_event(LOG_ERROR_, "results-lost", "batch",
		    LOGN(j->batch.batch), "text", err.text, NULL);
	j->n_part = 0;
	arena_reset(j->texts);
}

static void
on_result(void *arg, const struct result *r)
{
	struct job *j = arg;

	if (j->n_part == PART_MAX)
		send_part(j, false);
	j->part[j->n_part] = *r;
	j->part[j->n_part++].text = arena_strdup(j->texts, r->text);
}

static void
on_done(void *arg)
{
	struct job *j = arg;

	send_part(j, true);
	if (j->map != NULL)
		(void)munmap(j->map, j->order.body.n);
	arena_free(j->texts);
	arena_free(j->arena);
	free(j);
}

/* The batch cannot be sent at all. */
static void
give_up(struct job *j, enum result_outcome outcome, const char *why)
{
	for (size_t i = 0; i < j->batch.n_copies; i++)
		transport_report(&j->order, i, outcome, 0, why);
	on_done(j);
}

/* --- batches --- */

/* Map the body; a batch without one consists of its recipe's texts. */
static int
map_body(struct job *j, int fd, struct err *err)
{
	struct stat st;

	j->order.body = span_make("", 0);
	if (fd < 0)
		return 0;
	if (fstat(fd, &st) < 0)
		return err_sys(err, "body");
	if (st.st_size == 0)
		return 0;
	j->map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd,
	    0);
	if (j->map == MAP_FAILED) {
		j->map = NULL;
		return err_sys(err, "body");
	}
	j->order.body = span_make(j->map, (size_t)st.st_size);
	return 0;
}

static int
check_recipe(const struct job *j, struct err *err)
{
	if (j->batch.n_recipe != 1)
		return err_set(err, ERR_BADINPUT, "a batch without a recipe");
	for (size_t i = 0; i < j->batch.n_copies; i++)
		if (recipe_check(&j->batch.recipe[0], j->order.body.n,
		    j->batch.copies[i].n_vars, err) < 0)
			return -1;
	return 0;
}

static int
open_transport(struct courier *c, struct err *err)
{
	if (c->transport == NULL)
		c->transport = transport_open(c->settings, c->ev, err);
	return c->transport != NULL ? 0 : -1;
}

static void
start(struct job *j, int fd)
{
	struct err err = { 0 };

	if (open_transport(j->courier, &err) < 0 || map_body(j, fd, &err) < 0) {
		log_event(LOG_ERROR_, "no-transport", "text", err.text, NULL);
		give_up(j, RESULT_RETRY, err.text);
	} else if (check_recipe(j, &err) < 0) {
		log_event(LOG_ERROR_, "bad-batch", "job",
		    LOGN(j->batch.job), "text", err.text, NULL);
		give_up(j, RESULT_FAILED, err.text);
	} else {
		transport_send(j->courier->transport, &j->order);
	}
}

static void
on_message(void *arg, struct link *link, uint32_t type, struct span body,
    int *fd)
{
	struct courier *c = arg;
	struct job *j = xcalloc(1, sizeof(*j));
	struct dec d;

	j->courier = c;
	j->link = link;
	j->arena = arena_new();
	j->texts = arena_new();
	j->order = (struct transport_order){ .batch = &j->batch,
		.result = on_result, .done = on_done, .arg = j };
	dec_init(&d, j->arena, body);
	wire_get_batch(&d, &j->batch);
	if (type == MSG_COPIES && dec_end(&d)) {
		start(j, *fd);
		return;
	}
	/* Core would wait for ever; a new courier gets the work again. */
	log_event(LOG_ERROR_, "bad-message", "type", LOGN(type), NULL);
	arena_free(j->texts);
	arena_free(j->arena);
	free(j);
	ev_stop(c->ev);
}

static void
on_core_gone(void *arg, struct link *link)
{
	struct courier *c = arg;

	(void)link;
	ev_stop(c->ev);
}

const struct link_ops *
courier_ops(void)
{
	static const struct link_ops ops = { on_message, on_core_gone };

	return &ops;
}

/* --- the role --- */

static void
on_term(void *arg, int signo)
{
	(void)signo;
	ev_stop(arg);
}

int
courier_run(const struct role_env *env)
{
	struct err err = { 0 };
	struct courier *c;
	struct link *core;
	struct ev *ev;

	/* libesmtp writes to sockets that may be gone. */
	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		return 1;
	ev = ev_new();
	c = courier_new(env->settings, ev);
	if (open_transport(c, &err) < 0)
		log_event(LOG_ERROR_, "no-transport", "text", err.text, NULL);
	core = link_new(ev, env->core_fd, courier_ops(), c);
	ev_signal(ev, SIGTERM, on_term, ev);
	log_event(LOG_INFO_, "started", "relay", env->settings->relay_url,
	    NULL);
	ev_run(ev);
	courier_free(c);
	link_free(core);
	ev_free(ev);
	return 0;
}
