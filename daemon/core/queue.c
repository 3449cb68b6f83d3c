/* SPDX-License-Identifier: ISC */
/*
 * Queue: active jobs, of which couriers get batches in turn. What is settled
 * is one bit a recipient; only who waits for another try has a row. All writing
 * of a turn is one commit, so a crash can repeat at most what was in flight.
 */
#include "core/queue.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/log.h"
#include "base/str.h"
#include "base/xmalloc.h"
#include "core/bits.h"

/* --- jobs --- */

static struct active *
active_new(struct queue *q, int64_t id, struct err *err)
{
	struct active *act = xcalloc(1, sizeof(*act));

	act->arena = arena_new();
	act->fd = -1;
	if (store_job_get(q->core->store, act->arena, id, &act->job,
	    err) < 0 || store_retries(q->core->store, act->arena, id,
	    &act->retries, &act->n_retries, err) < 0) {
		arena_free(act->arena);
		free(act);
		return NULL;
	}
	act->busy = arena_alloc(act->arena, act->job.n / 8 + 1);
	act->waiting = arena_alloc(act->arena, act->job.n / 8 + 1);
	retry_init(act);
	*q->tail = act;
	q->tail = &act->next;
	return act;
}

static void
active_free(struct queue *q, struct active *act)
{
	for (struct active **at = &q->jobs; *at != NULL; at = &(*at)->next)
		if (*at == act) {
			*at = act->next;
			if (act->next == NULL)
				q->tail = at;
			break;
		}
	if (act->fd >= 0)
		(void)close(act->fd);	/* read only */
	arena_free(act->arena);
	free(act);
}

bool
queue_uses(const struct core *c, int64_t mail_id)
{
	for (const struct active *a = c->queue->jobs; a != NULL; a = a->next)
		if (a->job.mail_id == mail_id)
			return true;
	for (size_t i = 0; i < c->queue->n_new; i++)
		if (c->queue->fresh[i].mail_id == mail_id)
			return true;
	return false;
}

size_t
queue_mark(const struct core *c)
{
	return c->queue->n_new;
}

void
queue_forget(struct core *c, size_t mark)
{
	c->queue->n_new = mark;
}

int
queue_add(struct core *c, const struct job *j, struct err *err)
{
	struct queue *q = c->queue;
	struct job copy = *j;
	int64_t id;

	copy.state = JOB_ACTIVE;
	copy.done = NULL;
	if (core_begin(c, err) < 0 ||
	    store_job_add(c->store, &copy, &id, err) < 0)
		return -1;
	if (q->n_new == q->cap_new) {
		q->cap_new = q->cap_new == 0 ? 16 : 2 * q->cap_new;
		q->fresh = xrealloc(q->fresh, q->cap_new * sizeof(*q->fresh));
	}
	q->fresh[q->n_new].id = id;
	q->fresh[q->n_new++].mail_id = j->mail_id;
	return 0;
}

/* A job all of whose recipients are settled. */
static void
finish_job(struct queue *q, struct active *act)
{
	struct core *c = q->core;
	int64_t mail_id = act->job.mail_id;
	struct mail_row mail;
	struct err err = { 0 };

	act->job.state = JOB_DONE;
	if (core_begin(c, &err) < 0 ||
	    store_job_progress(c->store, &act->job, &err) < 0) {
		/* Not known to be done: the next turn tries again. */
		core_log_err("job-done-failed", &err);
		act->job.state = JOB_ACTIVE;
		return;
	}
	log_event(LOG_INFO_, "job-done", "job", LOGN(act->job.id), "list",
	    act->job.list, "recipients", LOGN(act->job.n), "failed",
	    LOGN(act->job.n_failed), "msgid", act->job.message_id, NULL);
	active_free(q, act);
	if (mail_id == 0 || queue_uses(c, mail_id))
		return;
	if (store_mail_get(c->store, q->scratch, mail_id, &mail, &err) < 0 ||
	    (mail.state == MAIL_QUEUED &&
	    store_mail_move(c->store, mail_id, MAIL_DONE, &err) < 0))
		core_log_err("mail-done-failed", &err);
}

/* --- recipients --- */

static bool
is_open(const struct active *act, size_t i)
{
	return !bit_get(act->job.done, i) && !bit_get(act->busy, i) &&
	    !bit_get(act->waiting, i);
}

bool
queue_has_work(struct active *act)
{
	while (act->cursor < act->job.n && !is_open(act, act->cursor))
		act->cursor++;
	return act->cursor < act->job.n;
}

void
queue_settle(struct active *act, uint32_t idx, bool failed)
{
	if (bit_get(act->job.done, idx))
		return;
	bit_set(act->job.done, idx);
	act->job.n_done++;
	act->job.n_failed += failed;
	act->dirty = true;
}

void
queue_park(struct queue *q, struct active *act, const struct err *err)
{
	struct err ignored = { 0 };

	core_log_err("job-parked", err);
	act->job.state = JOB_PARKED;
	if (core_begin(q->core, &ignored) < 0 ||
	    store_job_progress(q->core->store, &act->job, &ignored) < 0)
		core_log_err("park-failed", &ignored);
}

/* --- pumping --- */

static struct core_peer *
free_courier(struct core *c)
{
	struct core_peer *best = NULL;

	for (struct core_peer *p = core_next_peer(c, PEER_COURIER, NULL);
	    p != NULL; p = core_next_peer(c, PEER_COURIER, p))
		if (p->busy < COURIER_DEPTH &&
		    (best == NULL || p->busy < best->busy))
			best = p;
	return best;
}

/* The next job in turn with something to send: none can starve others. */
static struct active *
next_job(struct queue *q, int64_t now)
{
	struct active *first = NULL;

	for (struct active *a = q->jobs; a != NULL; a = a->next) {
		if (a->job.state != JOB_ACTIVE || a->job.next_at > now ||
		    !queue_has_work(a))
			continue;
		if (a->job.id > q->last_served) {
			first = a;
			break;
		}
		if (first == NULL)
			first = a;
	}
	if (first != NULL)
		q->last_served = first->job.id;
	return first;
}

static void
on_timer(void *arg)
{
	(void)arg;		/* the turn that follows pumps */
}

static void
set_timer(struct queue *q, int64_t at)
{
	int64_t wait = (at - ev_now(q->core->ev)) * 1000;

	if (at == INT64_MAX)
		return;
	ev_timer_again(q->timer, wait > 0 ? wait : 1);
}

static void
take_new(struct queue *q)
{
	struct err err = { 0 };

	for (size_t i = 0; i < q->n_new; i++)
		if (active_new(q, q->fresh[i].id, &err) == NULL)
			core_log_err("job-lost", &err);
	q->n_new = 0;
}

static void
sweep(struct queue *q, int64_t now, int64_t *earliest)
{
	struct active *next;

	for (struct active *a = q->jobs; a != NULL; a = next) {
		int64_t at = retry_wake(a, now);

		next = a->next;
		if (a->job.next_at > now && a->job.next_at < at)
			at = a->job.next_at;
		if (at < *earliest)
			*earliest = at;
		if (a->job.n_done >= a->job.n && a->in_flight == 0)
			finish_job(q, a);
	}
}

/* Write what this turn learnt of each job. */
static void
save_progress(struct queue *q)
{
	struct err err = { 0 };

	for (struct active *a = q->jobs; a != NULL; a = a->next) {
		if (!a->dirty)
			continue;
		if (core_begin(q->core, &err) < 0 ||
		    store_job_progress(q->core->store, &a->job, &err) < 0)
			core_log_err("progress-failed", &err);
		else
			a->dirty = false;
	}
}

void
queue_pump(struct core *c)
{
	struct queue *q = c->queue;
	int64_t now = ev_now(c->ev), earliest = INT64_MAX;
	struct core_peer *courier;
	struct active *job;

	if (q == NULL)
		return;
	take_new(q);
	sweep(q, now, &earliest);
	if (q->relay_at > now) {
		earliest = q->relay_at < earliest ? q->relay_at : earliest;
	} else {
		while ((courier = free_courier(c)) != NULL &&
		    (job = next_job(q, now)) != NULL)
			if (batch_send(q, job, courier) < 0)
				break;
		if (q->relay_at > now && q->relay_at < earliest)
			earliest = q->relay_at;
	}
	save_progress(q);
	set_timer(q, earliest);
	arena_reset(q->scratch);
}

/* One job that cannot be read must not keep all others from their way. */
static int
load_jobs(struct queue *q, enum job_state state, struct err *err)
{
	int64_t *ids;
	size_t n;

	if (store_job_list(q->core->store, q->scratch, state, &ids, &n,
	    err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (active_new(q, ids[i], err) == NULL)
			core_log_err("job-lost", err);
	return 0;
}

struct queue *
queue_new(struct core *c, struct err *err)
{
	struct queue *q = xcalloc(1, sizeof(*q));

	q->core = c;
	q->tail = &q->jobs;
	q->scratch = arena_new();
	q->timer = ev_timer_new(c->ev, 1, on_timer, q);
	c->queue = q;
	if (load_jobs(q, JOB_ACTIVE, err) == 0 &&
	    load_jobs(q, JOB_PARKED, err) == 0)
		return q;
	c->queue = NULL;
	queue_free(q);
	return NULL;
}

void
queue_free(struct queue *q)
{
	if (q == NULL)
		return;
	while (q->flights != NULL) {
		struct flight *f = q->flights;

		q->flights = f->next;
		free(f->idx);
		free(f->answered);
		free(f);
	}
	while (q->jobs != NULL)
		active_free(q, q->jobs);
	ev_timer_free(q->timer);
	arena_free(q->scratch);
	free(q->fresh);
	free(q);
}

/* --- the secretariat's hand --- */

static struct active *
find(struct queue *q, int64_t id, struct err *err)
{
	for (struct active *a = q->jobs; a != NULL; a = a->next)
		if (a->job.id == id)
			return a;
	(void)err_set(err, ERR_NOTFOUND, "No job %lld waits: see \"jcadctl "
	    "queue list\"", (long long)id);
	return NULL;
}

int
queue_retry(struct core *c, int64_t id, struct err *err)
{
	struct queue *q = c->queue;
	struct active *act = find(q, id, err);

	if (act == NULL)
		return -1;
	act->job.state = JOB_ACTIVE;
	act->job.next_at = 0;
	act->deaths = act->silent = 0;
	act->dirty = true;
	act->wake_at = 0;
	for (size_t i = 0; i < act->n_retries; i++)
		act->retries[i].next_at = 0;
	q->relay_at = 0;
	return core_begin(c, err);
}

int
queue_drop(struct core *c, int64_t id, struct err *err)
{
	struct active *act = find(c->queue, id, err);

	if (act == NULL)
		return -1;
	if (act->in_flight > 0)
		return err_set(err, ERR_CONFLICT, "Job %lld is being sent "
		    "just now: try again", (long long)id);
	for (size_t i = 0; i < act->job.n; i++)
		queue_settle(act, (uint32_t)i, true);
	return core_begin(c, err);
}
