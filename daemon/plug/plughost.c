/* SPDX-License-Identifier: ISC */
/*
 * The plughost role. Owns the plugin and the timer of its postponed work.
 * Invariant: every event that came is answered exactly once, unless the
 * process ends before: then core sends it again.
 */
#include "plug/plughost.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/codec.h"
#include "base/err.h"
#include "base/log.h"
#include "base/str.h"
#include "base/utf8.h"
#include "base/xmalloc.h"
#include "ev/ev.h"
#include "model/event.h"
#include "model/settings.h"
#include "plug/flatten.h"
#include "plug/module.h"
#include "proc/link.h"

/* Postponed work waits until events pause, but not for ever. */
#define IDLE_AFTER_MS 300
#define IDLE_LATEST_MS 3000
#define IDLE_AGAIN_MS 30000

struct plughost {
	const char *name;
	struct module *module;
	struct arena *arena;
	struct ev *ev;
	struct ev_timer *idle;
	int64_t busy_since_ms;	/* first event since idle ran, 0 = none */
	bool is_role;		/* the loop is ours to stop */
	bool failed;
};

static void
on_idle(void *arg)
{
	struct plughost *h = arg;
	struct module_answer answer;

	h->busy_since_ms = 0;
	module_idle(h->module, &answer);
	if (answer.answer == EVENT_OK)
		return;
	log_event(LOG_WARN_, "plugin-idle-failed", "plugin", h->name,
	    "reason", answer.reason, NULL);
	ev_timer_again(h->idle, answer.retry_s > 0 ?
	    (int64_t)answer.retry_s * 1000 : IDLE_AGAIN_MS);
}

static void
postpone_idle(struct plughost *h)
{
	int64_t now = ev_now_ms(h->ev), wait = IDLE_AFTER_MS;

	if (h->busy_since_ms == 0)
		h->busy_since_ms = now;
	if (now + wait > h->busy_since_ms + IDLE_LATEST_MS)
		wait = h->busy_since_ms + IDLE_LATEST_MS - now;
	ev_timer_again(h->idle, wait > 0 ? wait : 1);
}

static void
handle(struct plughost *h, const struct event *e, struct module_answer *out)
{
	const struct jcad_event *flat;
	struct span why;
	struct err err;

	flat = flatten_event(h->arena, e, &err);
	if (flat == NULL) {
		/* It will not get better: let the events behind it pass. */
		out->answer = EVENT_DROP;
		out->retry_s = 0;
		why = utf8_truncate(span_of(err.text),
		    sizeof(out->reason) - 1);
		memcpy(out->reason, why.p, why.n);
		out->reason[why.n] = '\0';
		return;
	}
	module_event(h->module, flat, out);
	postpone_idle(h);
}

static int
answer_event(struct plughost *h, struct link *link, struct span body,
    struct err *err)
{
	struct module_answer answer;
	struct event e;
	struct dec d;
	struct ack ack;

	dec_init(&d, h->arena, body);
	wire_get_event(&d, &e);
	if (!dec_end(&d))
		return err_set(err, ERR_PERM, "core sent a broken event");
	handle(h, &e, &answer);
	ack = (struct ack){ .plugin = h->name, .id = e.id,
	    .answer = answer.answer, .retry_s = answer.retry_s,
	    .reason = answer.reason };
	return LINK_PUT(link, MSG_ACK, ack, &ack, -1, err);
}

static void
on_message(void *arg, struct link *link, uint32_t type, struct span body,
    int *fd)
{
	struct plughost *h = arg;
	struct err err;
	int r;

	(void)fd;
	if (type == MSG_EVENT)
		r = answer_event(h, link, body, &err);
	else
		r = err_set(&err, ERR_PERM, "message type %u", type);
	arena_reset(h->arena);
	if (r == 0)
		return;
	log_event(LOG_ERROR_, "plughost-failed", "plugin", h->name, "text",
	    err.text, NULL);
	h->failed = true;
	if (h->is_role)
		ev_stop(h->ev);
}

static void
on_closed(void *arg, struct link *link)
{
	struct plughost *h = arg;

	(void)link;
	if (h->is_role)
		ev_stop(h->ev);
}

const struct link_ops *
plughost_ops(void)
{
	static const struct link_ops ops = { on_message, on_closed };

	return &ops;
}

struct plughost *
plughost_new(const struct settings *settings, uint32_t index, struct ev *ev,
    struct err *err)
{
	struct plughost *h;
	struct module *m;

	if (index >= settings->n_plugins) {
		(void)err_set(err, ERR_NOTFOUND, "there is no plugin %u",
		    index);
		return NULL;
	}
	m = module_open(&settings->plugins[index], err);
	if (m == NULL)
		return NULL;
	h = xcalloc(1, sizeof(*h));
	h->name = settings->plugins[index].name;
	h->module = m;
	h->arena = arena_new();
	h->ev = ev;
	/* Soon after the start as well: the last run may have been cut. */
	h->idle = ev_timer_new(ev, IDLE_AFTER_MS, on_idle, h);
	return h;
}

void
plughost_free(struct plughost *h)
{
	struct module_answer answer;

	if (h == NULL)
		return;
	if (h->busy_since_ms != 0)
		module_idle(h->module, &answer);
	ev_timer_free(h->idle);
	module_close(h->module);
	arena_free(h->arena);
	free(h);
}

static void
on_term(void *arg, int signo)
{
	(void)signo;
	ev_stop(arg);
}

int
plughost_run(const struct role_env *env)
{
	struct ev *ev = ev_new();
	struct err err;
	struct plughost *h = plughost_new(env->settings, env->index, ev, &err);
	struct link *core;
	int rc;

	if (h == NULL) {
		log_event(LOG_ERROR_, "plugin-not-loaded", "text", err.text,
		    NULL);
		ev_free(ev);
		return 1;
	}
	h->is_role = true;
	core = link_new(ev, env->core_fd, plughost_ops(), h);
	ev_signal(ev, SIGTERM, on_term, ev);
	log_event(LOG_INFO_, "started", "plugin", h->name, NULL);
	ev_run(ev);
	rc = h->failed ? 1 : 0;
	link_free(core);
	plughost_free(h);
	ev_free(ev);
	return rc;
}
