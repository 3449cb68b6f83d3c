/* SPDX-License-Identifier: ISC */
/*
 * Results: what couriers say of each copy. 2xx settles, 5xx settles and is
 * recorded, 4xx waits for its own next try; when a whole batch fails without
 * one answer, the relay is to blame and is left alone for a while.
 */
#include "core/queue.h"

#include <string.h>
#include "base/codec.h"
#include "base/log.h"
#include "core/bits.h"
#include "model/event.h"

#define RETRY_FIRST_S 60
#define RETRY_MAX_S 3600
#define RELAY_FIRST_S 1
#define RELAY_MAX_S 300

static int
put_retry(struct queue *q, struct active *act, const struct result *r,
    struct err *err)
{
	struct retry *row = queue_find_retry(act, r->idx);
	int64_t wait = RETRY_FIRST_S, now = ev_now(q->core->ev);

	if (row == NULL) {
		if (act->n_retries == act->cap_retries) {
			size_t cap = 2 * act->cap_retries + 16;
			struct retry *more = arena_array(act->arena, cap,
			    sizeof(*more));

			if (act->n_retries > 0)
				memcpy(more, act->retries,
				    act->n_retries * sizeof(*more));
			act->retries = more;
			act->cap_retries = cap;
		}
		row = &act->retries[act->n_retries++];
		memset(row, 0, sizeof(*row));
		row->job_id = act->job.id;
		row->idx = r->idx;
	}
	for (uint32_t i = 0; i < row->tries && wait < RETRY_MAX_S; i++)
		wait *= 2;
	row->tries++;
	row->next_at = now + (wait < RETRY_MAX_S ? wait : RETRY_MAX_S);
	row->code = r->code;
	row->text = arena_strdup(q->scratch, r->text);
	bit_set(act->waiting, r->idx);
	return store_retry_put(q->core->store, row, err);
}

static int
fail_for_good(struct queue *q, struct active *act, const struct result *r,
    struct err *err)
{
	struct core *c = q->core;
	int64_t member = act->job.to[0] == '\0' ?
	    act->job.members[r->idx] : 0;

	queue_settle(act, r->idx, true);
	c->failed++;
	log_event(LOG_INFO_, "undeliverable", "job", LOGN(act->job.id),
	    "member", LOGN(member), "code", LOGN(r->code), "text", r->text,
	    NULL);
	if (queue_find_retry(act, r->idx) != NULL &&
	    store_retry_drop(c->store, act->job.id, r->idx, err) < 0)
		return -1;
	return store_failure_add(c->store, act->job.id, member, act->job.to,
	    r->code, r->text, ev_now(c->ev), err);
}

static int
apply_result(struct queue *q, struct flight *f, const struct result *r,
    struct err *err)
{
	struct active *act = f->job;
	int64_t age = ev_now(q->core->ev) - act->job.created_at;

	if (r->idx >= act->job.n || !bit_get(act->busy, r->idx))
		return 0;	/* not asked for */
	bit_clear(act->busy, r->idx);
	f->answered++;
	if (r->outcome == RESULT_OK) {
		f->settled++;
		q->core->delivered++;
		queue_settle(act, r->idx, false);
		return queue_find_retry(act, r->idx) == NULL ? 0 :
		    store_retry_drop(q->core->store, act->job.id, r->idx, err);
	}
	if (r->outcome == RESULT_FAILED ||
	    age >= q->core->settings->relay_expire_s) {
		f->settled++;
		return fail_for_good(q, act, r, err);
	}
	if (r->code != 0 || f->settled > 0) {
		f->settled += r->code != 0;
		return put_retry(q, act, r, err);
	}
	/* The relay, not this recipient, is to blame: just try again. */
	if (r->idx < act->cursor)
		act->cursor = r->idx;
	return 0;
}

/* A whole batch failed without one answer: leave the relay alone a while. */
static void
judge_relay(struct queue *q, const struct flight *f, const char *text)
{
	int64_t wait = RELAY_FIRST_S;

	if (f->settled > 0) {
		q->relay_failures = 0;
		return;
	}
	for (uint32_t i = 0; i < q->relay_failures && wait < RELAY_MAX_S; i++)
		wait *= 2;
	wait = wait < RELAY_MAX_S ? wait : RELAY_MAX_S;
	if (q->relay_at <= ev_now(q->core->ev)) {
		q->relay_failures++;
		log_event(LOG_WARN_, "relay-unreachable", "wait_s",
		    LOGN(wait), "text", text, NULL);
	}
	q->relay_at = ev_now(q->core->ev) + wait;
}

static struct flight *
find_flight(struct queue *q, uint32_t id, const struct core_peer *courier)
{
	for (struct flight *f = q->flights; f != NULL; f = f->next)
		if (f->id == id && f->courier == courier)
			return f;
	return NULL;
}

void
results_take(struct core *c, struct core_peer *courier, struct span body)
{
	struct queue *q = c->queue;
	struct arena *a = arena_new();
	struct results msg;
	struct flight *f;
	struct err err = { 0 };
	struct dec d;

	dec_init(&d, a, body);
	wire_get_results(&d, &msg);
	f = dec_end(&d) ? find_flight(q, msg.batch, courier) : NULL;
	if (f == NULL || core_begin(c, &err) < 0) {
		log_event(LOG_WARN_, "unexpected-results", "batch",
		    LOGN(msg.batch), NULL);
		arena_free(a);
		return;
	}
	for (size_t i = 0; i < msg.n_results; i++)
		if (apply_result(q, f, &msg.results[i], &err) < 0)
			core_log_err("result-failed", &err);
	if (msg.last) {
		judge_relay(q, f, msg.n_results > 0 ?
		    msg.results[0].text : "");
		queue_reopen(q, f);
	}
	arena_free(a);
}
