/* SPDX-License-Identifier: ISC */
/*
 * Results: what couriers say of each copy. 2xx settles, 5xx settles and is
 * recorded, 4xx waits for its own next try; when a whole batch fails without
 * one answer, the relay is to blame and is left alone for a while.
 */
#include "core/queue.h"

#include "base/codec.h"
#include "base/log.h"
#include "model/event.h"

#define RELAY_FIRST_S 1
#define RELAY_MAX_S 300
#define JOB_FIRST_S 60
#define JOB_MAX_S 3600

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
	if (retry_drop(q, act, r->idx, err) < 0)
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

	/* The relay, not this recipient, is to blame: open again when the
	 * batch is over. */
	if (r->outcome == RESULT_RETRY && r->code == 0 && f->settled == 0 &&
	    age < q->core->settings->relay_expire_s)
		return 0;
	if (!batch_answer(f, r->idx))
		return 0;	/* not asked for */
	if (r->outcome == RESULT_OK) {
		f->settled++;
		q->core->delivered++;
		queue_settle(act, r->idx, false);
		return retry_drop(q, act, r->idx, err);
	}
	if (r->outcome == RESULT_FAILED ||
	    age >= q->core->settings->relay_expire_s) {
		f->settled++;
		return fail_for_good(q, act, r, err);
	}
	f->settled += r->code != 0;
	return retry_put(q, act, r, err);
}

/* Others got answers in the same time: it is this mail that the relay cannot
 * bear, and nobody else shall wait for it. */
static void
leave_job(struct queue *q, struct active *act, const char *text)
{
	int64_t wait = JOB_FIRST_S;

	for (uint32_t i = 0; i < act->silent && wait < JOB_MAX_S; i++)
		wait *= 2;
	act->silent++;
	act->job.next_at = ev_now(q->core->ev) +
	    (wait < JOB_MAX_S ? wait : JOB_MAX_S);
	act->dirty = true;
	log_event(LOG_WARN_, "no-answer", "job", LOGN(act->job.id), "text",
	    text, NULL);
}

/* A whole batch failed without one answer: leave the relay alone a while. */
static void
judge_relay(struct queue *q, const struct flight *f, const char *text)
{
	int64_t wait = RELAY_FIRST_S;

	if (f->settled > 0) {
		q->relay_failures = 0;
		q->answered_at = ev_now(q->core->ev);
		f->job->silent = 0;
		return;
	}
	if (q->answered_at >= f->sent_at) {
		leave_job(q, f->job, text);
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
	if (f == NULL) {
		log_event(LOG_WARN_, "unexpected-results", "batch",
		    LOGN(msg.batch), NULL);
		arena_free(a);
		return;
	}
	/* Without a transaction the map in memory is still right, and saved
	 * as soon as there is one. */
	if (core_begin(c, &err) < 0)
		core_log_err("results", &err);
	for (size_t i = 0; i < msg.n_results; i++)
		if (apply_result(q, f, &msg.results[i], &err) < 0)
			core_log_err("result-failed", &err);
	if (msg.last) {
		judge_relay(q, f, msg.n_results > 0 ?
		    msg.results[0].text : "");
		f->job->deaths = 0;
		batch_end(q, f);
	}
	arena_free(a);
}
