/* SPDX-License-Identifier: ISC */
/* jcadctl status, queue, plugin, audit: what the daemon is doing. */
#include "core/control.h"

#include <string.h>
#include "core/queue.h"

static void
put_list_counts(struct control *ctl, struct json *j)
{
	const struct settings *s = ctl->core->settings;
	struct err err = { 0 };

	json_array(j, "lists");
	for (size_t i = 0; i < s->n_lists; i++) {
		uint32_t counts[3] = { 0 };

		if (store_member_count(ctl->core->store, s->lists[i].name,
		    counts, &err) < 0)
			core_log_err("status", &err);
		json_object(j, NULL);
		json_str(j, "name", s->lists[i].name);
		json_str(j, "address", route_format(ctl->arena, &s->lists[i],
		    ROUTE_POST, ""));
		json_int(j, "active", counts[MEMBER_ACTIVE]);
		json_int(j, "pending", counts[MEMBER_PENDING]);
		json_end_object(j);
	}
	json_end_array(j);
}

static int64_t
count_peers(struct core *c, enum peer_role role)
{
	int64_t n = 0;

	for (struct core_peer *p = core_next_peer(c, role, NULL); p != NULL;
	    p = core_next_peer(c, role, p))
		n++;
	return n;
}

int
control_status(struct control *ctl, struct err *err)
{
	struct core *c = ctl->core;
	struct json *j = control_row(ctl);
	struct held *held;
	int64_t jobs = 0, waiting = 0;
	size_t n_held;

	if (store_held_list(c->store, ctl->arena, "", false, &held, &n_held,
	    err) < 0)
		return -1;
	for (const struct active *a = c->queue->jobs; a != NULL; a = a->next) {
		jobs++;
		waiting += (int64_t)(a->job.n - a->job.n_done);
	}
	json_int(j, "uptime_s", ev_now(c->ev) - c->started_at);
	json_int(j, "accepted", (int64_t)c->accepted);
	json_int(j, "refused", (int64_t)c->refused);
	json_int(j, "delivered", (int64_t)c->delivered);
	json_int(j, "failed", (int64_t)c->failed);
	json_int(j, "held", (int64_t)n_held);
	json_int(j, "jobs", jobs);
	json_int(j, "recipients_waiting", waiting);
	json_int(j, "relay_failures", c->queue->relay_failures);
	json_int(j, "intakes", count_peers(c, PEER_INTAKE));
	json_int(j, "parsers", count_peers(c, PEER_PARSER));
	json_int(j, "couriers", count_peers(c, PEER_COURIER));
	json_int(j, "plughosts", count_peers(c, PEER_PLUGHOST));
	put_list_counts(ctl, j);
	return control_send(ctl, err);
}

static const char *
kind_name(enum job_kind kind)
{
	static const char *const names[] = { "post", "notice", "invitation" };

	return names[kind];
}

int
control_queue_list(struct control *ctl, struct err *err)
{
	struct core *c = ctl->core;

	for (const struct active *a = c->queue->jobs; a != NULL; a = a->next) {
		struct json *j = control_row(ctl);

		json_int(j, "id", a->job.id);
		json_str(j, "list", a->job.list);
		json_str(j, "kind", kind_name(a->job.kind));
		json_str(j, "state", a->job.state == JOB_PARKED ? "parked" :
		    "active");
		json_str(j, "subject", a->job.subject);
		json_int(j, "recipients", (int64_t)a->job.n);
		json_int(j, "done", a->job.n_done);
		json_int(j, "failed", a->job.n_failed);
		json_int(j, "retrying", (int64_t)a->n_retries);
		json_str(j, "last", a->n_retries > 0 ? a->last : "");
		if (control_send(ctl, err) < 0)
			return -1;
	}
	ctl->done = c->queue->jobs == NULL ? "The queue is empty" : "";
	return 0;
}

static int
change_job(struct control *ctl, const char *what,
    int (*change)(struct core *c, int64_t id, struct err *err),
    struct err *err)
{
	struct core *c = ctl->core;
	const char *id = control_arg(ctl, 0);
	uint64_t n;

	if (!span_u64(span_of(id), INT64_MAX, &n))
		return err_set(err, ERR_BADINPUT, "\"%s\" is no number: see "
		    "\"jcadctl queue list\"", id);
	return change(c, (int64_t)n, err) < 0 ? -1 :
	    store_audit_add(c->store, ev_now(c->ev), control_who(ctl), what,
	    arena_printf(ctl->arena, "job %s", id), "", err);
}

int
control_queue_retry(struct control *ctl, struct err *err)
{
	ctl->done = "It is tried again now";
	return change_job(ctl, "queue-retry", queue_retry, err);
}

int
control_queue_drop(struct control *ctl, struct err *err)
{
	ctl->done = "It is given up";
	return change_job(ctl, "queue-drop", queue_drop, err);
}

int
control_plugin_list(struct control *ctl, struct err *err)
{
	struct core *c = ctl->core;
	int64_t last;

	if (store_event_last(c->store, &last, err) < 0)
		return -1;
	for (size_t i = 0; i < c->settings->n_plugins; i++) {
		const char *name = c->settings->plugins[i].name;
		struct cursor cur;
		struct json *j;
		bool up = false;

		if (store_cursor_get(c->store, ctl->arena, name, &cur,
		    err) < 0)
			return -1;
		for (struct core_peer *p = core_next_peer(c, PEER_PLUGHOST,
		    NULL); p != NULL; p = core_next_peer(c, PEER_PLUGHOST, p))
			up = up || p->index == i;
		j = control_row(ctl);
		json_str(j, "name", name);
		json_str(j, "state", cur.parked ? "parked" : !up ? "down" :
		    cur.event_id >= last ? "idle" : "behind");
		json_int(j, "event", cur.event_id);
		json_int(j, "of", last);
		json_int(j, "failures", cur.failures);
		json_str(j, "reason", cur.reason);
		if (control_send(ctl, err) < 0)
			return -1;
	}
	return 0;
}

int
control_plugin_replay(struct control *ctl, struct err *err)
{
	ctl->done = "All events are given to the plugin again";
	return outbox_replay(ctl->core, control_arg(ctl, 0), err);
}

int
control_audit_verify(struct control *ctl, struct err *err)
{
	int64_t rows;

	if (store_audit_verify(ctl->core->store, &rows, err) < 0)
		return -1;
	ctl->done = arena_printf(ctl->arena, "%lld entries, the chain is "
	    "whole", (long long)rows);
	return 0;
}
