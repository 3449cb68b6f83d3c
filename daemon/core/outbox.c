/* SPDX-License-Identifier: ISC */
/*
 * Outbox: events for plugins. Each plugin has a cursor; one event is out at a
 * time, in order, at least once. A plugin that fails parks its own cursor
 * and never delays mail.
 */
#include "core/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/codec.h"
#include "base/log.h"
#include "base/str.h"
#include "base/xmalloc.h"
#include "model/event.h"

#define PARK_AFTER 20		/* failures in a row */
#define RETRY_MIN_S 1
#define RETRY_MAX_S 3600

struct outbox {
	struct core *core;
	struct ev_timer *timer;
	struct arena *scratch;
	int64_t *busy;		/* per plugin: event that is out, or 0 */
	int64_t *due;		/* per plugin: when its answer must be here */
	bool *idle;		/* per plugin: nothing new since last look */
};

static void
on_timer(void *arg)
{
	(void)arg;		/* the turn that follows pumps */
}

struct outbox *
outbox_new(struct core *c)
{
	struct outbox *o = xcalloc(1, sizeof(*o));

	o->core = c;
	o->scratch = arena_new();
	o->busy = xcalloc(c->settings->n_plugins + 1, sizeof(*o->busy));
	o->due = xcalloc(c->settings->n_plugins + 1, sizeof(*o->due));
	o->idle = xcalloc(c->settings->n_plugins + 1, sizeof(*o->idle));
	o->timer = ev_timer_new(c->ev, 1, on_timer, o);
	return o;
}

void
outbox_free(struct outbox *o)
{
	if (o == NULL)
		return;
	ev_timer_free(o->timer);
	arena_free(o->scratch);
	free(o->busy);
	free(o->due);
	free(o->idle);
	free(o);
}

static void
wake(struct outbox *o)
{
	for (size_t i = 0; i < o->core->settings->n_plugins; i++)
		o->idle[i] = false;
}

int
outbox_add(struct core *c, const struct event *e, struct err *err)
{
	int64_t id;

	if (c->outbox != NULL)
		wake(c->outbox);
	return core_begin(c, err) < 0 ? -1 :
	    store_event_add(c->store, e, &id, err);
}

/* Count a failure and choose when to try again. */
static void
failed(struct core *c, struct cursor *cur, uint32_t retry_s,
    const char *reason)
{
	int64_t wait = RETRY_MIN_S;

	for (uint32_t i = 0; i < cur->failures && wait < RETRY_MAX_S; i++)
		wait *= 2;
	if (retry_s > 0 && retry_s <= RETRY_MAX_S)
		wait = retry_s;
	cur->failures++;
	cur->retry_at = ev_now(c->ev) + (wait < RETRY_MAX_S ? wait :
	    RETRY_MAX_S);
	cur->parked = cur->failures >= PARK_AFTER;
	cur->reason = reason;
	log_event(cur->parked ? LOG_ERROR_ : LOG_WARN_, cur->parked ?
	    "plugin-parked" : "plugin-failed", "plugin", cur->plugin,
	    "reason", reason, NULL);
}

static int
settle(struct core *c, const struct ack *ack, struct err *err)
{
	struct cursor cur;

	if (store_cursor_get(c->store, c->outbox->scratch, ack->plugin,
	    &cur, err) < 0)
		return -1;
	if (ack->answer == EVENT_RETRY) {
		failed(c, &cur, ack->retry_s, ack->reason);
	} else {
		cur.event_id = ack->id;
		cur.failures = 0;
		cur.retry_at = 0;
		cur.reason = ack->reason;
		if (ack->answer == EVENT_DROP)
			log_event(LOG_WARN_, "event-dropped", "plugin",
			    ack->plugin, "id", LOGN(ack->id), "reason",
			    ack->reason, NULL);
	}
	return core_begin(c, err) < 0 ? -1 :
	    store_cursor_put(c->store, &cur, err);
}

/* An event that no message can hold would stop all others. */
static int
drop(struct outbox *o, size_t i, int64_t id, struct err *err)
{
	char reason[sizeof(err->text)];
	struct ack ack = { .plugin = o->core->settings->plugins[i].name,
		.id = id, .answer = EVENT_DROP, .reason = reason };

	(void)snprintf(reason, sizeof(reason), "%s", err->text);
	ev_timer_again(o->core->kick, 0);	/* for the event after it */
	return settle(o->core, &ack, err);
}

/* A plugin that hangs is ended; that its process ends counts as a failure. 0,
 * or seconds that it still has. */
static int64_t
watch(struct outbox *o, const struct core_peer *host, int64_t now)
{
	struct core_peer *master = core_next_peer(o->core, PEER_MASTER, NULL);
	struct kill kill = { "plughost", host->index,
		"the plugin does not answer" };
	struct err err = { 0 };

	if (o->due[host->index] > now)
		return o->due[host->index] - now;
	o->due[host->index] = now + o->core->settings->plugin_timeout_s;
	if (master != NULL && LINK_PUT(master->link, MSG_KILL, kill, &kill,
	    -1, &err) < 0)
		core_log_err("kill-failed", &err);
	return o->due[host->index] - now;
}

/* Send the next event to plugin i if it may have one. 0, or seconds to wait. */
static int64_t
serve(struct outbox *o, struct core_peer *host, struct err *err)
{
	struct core *c = o->core;
	size_t i = host->index;
	struct cursor cur;
	struct event e;
	int64_t now = ev_now(c->ev);

	if (i >= c->settings->n_plugins)
		return 0;
	if (o->busy[i] != 0)
		return watch(o, host, now);
	if (o->idle[i])
		return 0;
	if (store_cursor_get(c->store, o->scratch,
	    c->settings->plugins[i].name, &cur, err) < 0)
		return -1;
	if (cur.parked) {
		o->idle[i] = true;
		return 0;
	}
	if (cur.retry_at > now)
		return cur.retry_at - now;
	if (store_event_next(c->store, o->scratch, cur.event_id, &e,
	    err) < 0) {
		o->idle[i] = true;
		return err->kind == ERR_NOTFOUND ? 0 : -1;
	}
	if (LINK_PUT(host->link, MSG_EVENT, event, &e, -1, err) < 0)
		return err->kind == ERR_LIMIT ? drop(o, i, e.id, err) : 0;
	o->busy[i] = e.id;
	o->due[i] = now + c->settings->plugin_timeout_s;
	return c->settings->plugin_timeout_s;
}

void
outbox_pump(struct core *c)
{
	struct outbox *o = c->outbox;
	struct err err = { 0 };
	int64_t wait = INT64_MAX;

	if (o == NULL)
		return;
	for (struct core_peer *p = core_next_peer(c, PEER_PLUGHOST, NULL);
	    p != NULL; p = core_next_peer(c, PEER_PLUGHOST, p)) {
		int64_t s = serve(o, p, &err);

		if (s < 0)
			core_log_err("outbox", &err);
		else if (s > 0 && s < wait)
			wait = s;
	}
	if (wait != INT64_MAX)
		ev_timer_again(o->timer, wait * 1000);
	arena_reset(o->scratch);
}

void
outbox_ack(struct core *c, struct core_peer *host, struct span body)
{
	struct outbox *o = c->outbox;
	struct err err = { 0 };
	struct ack ack;
	struct dec d;

	dec_init(&d, o->scratch, body);
	wire_get_ack(&d, &ack);
	if (!dec_end(&d) || host->index >= c->settings->n_plugins ||
	    o->busy[host->index] != ack.id)
		return;
	ack.plugin = c->settings->plugins[host->index].name;
	o->busy[host->index] = 0;
	if (settle(c, &ack, &err) < 0)
		core_log_err("outbox-ack", &err);
}

void
outbox_peer_gone(struct core *c, struct core_peer *host)
{
	struct outbox *o = c->outbox;
	struct ack ack = { .answer = EVENT_RETRY,
		.reason = "the plugin's process ended" };
	struct err err = { 0 };

	if (o == NULL || host->index >= c->settings->n_plugins ||
	    o->busy[host->index] == 0)
		return;
	ack.id = o->busy[host->index];
	ack.plugin = c->settings->plugins[host->index].name;
	o->busy[host->index] = 0;
	if (settle(c, &ack, &err) < 0)
		core_log_err("outbox-gone", &err);
}

int
outbox_replay(struct core *c, const char *plugin, struct err *err)
{
	struct cursor cur = { .plugin = plugin, .reason = "" };

	for (size_t i = 0; i < c->settings->n_plugins; i++) {
		if (strcmp(c->settings->plugins[i].name, plugin) != 0)
			continue;
		/* An event that is out is answered for the old cursor. */
		c->outbox->busy[i] = 0;
		wake(c->outbox);
		return core_begin(c, err) < 0 ? -1 :
		    store_cursor_put(c->store, &cur, err);
	}
	return err_set(err, ERR_NOTFOUND, "no plugin \"%s\": see "
	    "\"jcadctl plugin list\"", plugin);
}
