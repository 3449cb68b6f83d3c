/* SPDX-License-Identifier: ISC */
/*
 * Queue: active jobs, cut into batches for the couriers. What is settled is
 * one bit a recipient; only who waits for another try has a row. All writing
 * of a turn is one commit, so a crash can repeat at most what was in flight.
 */
#include "core/queue.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/log.h"
#include "base/str.h"
#include "base/xmalloc.h"
#include "core/bits.h"

#define COURIER_DEPTH 2		/* batches a courier has at once */
#define BATCH_BYTES 57344

/* --- jobs --- */

static struct active *
active_new(struct queue *q, int64_t id, struct err *err)
{
	struct active *act = xcalloc(1, sizeof(*act));
	struct active **at = &q->jobs;

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
	act->cap_retries = act->n_retries;
	for (size_t i = 0; i < act->n_retries; i++)
		bit_set(act->waiting, act->retries[i].idx);
	while (*at != NULL)
		at = &(*at)->next;
	*at = act;
	return act;
}

static void
active_free(struct queue *q, struct active *act)
{
	for (struct active **at = &q->jobs; *at != NULL; at = &(*at)->next)
		if (*at == act) {
			*at = act->next;
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
	log_event(LOG_INFO_, "job-done", "job", LOGN(act->job.id), "list",
	    act->job.list, "recipients", LOGN(act->job.n), "failed",
	    LOGN(act->job.n_failed), "msgid", act->job.message_id, NULL);
	if (core_begin(c, &err) < 0 ||
	    store_job_progress(c->store, &act->job, &err) < 0)
		core_log_err("job-done-failed", &err);
	active_free(q, act);
	if (mail_id == 0 || queue_uses(c, mail_id))
		return;
	if (store_mail_get(c->store, q->scratch, mail_id, &mail, &err) < 0 ||
	    (mail.state == MAIL_QUEUED &&
	    store_mail_move(c->store, mail_id, MAIL_DONE, &err) < 0))
		core_log_err("mail-done-failed", &err);
}

/* --- batches --- */

struct retry *
queue_find_retry(struct active *act, uint32_t idx)
{
	for (size_t i = 0; i < act->n_retries; i++)
		if (act->retries[i].idx == idx)
			return &act->retries[i];
	return NULL;
}

/* Let go of recipients whose next try is due; earliest time of the others. */
static int64_t
wake_retries(struct active *act, int64_t now)
{
	int64_t earliest = INT64_MAX;

	for (size_t i = 0; i < act->n_retries; i++) {
		struct retry *r = &act->retries[i];

		if (!bit_get(act->waiting, r->idx))
			continue;
		if (r->next_at <= now) {
			bit_clear(act->waiting, r->idx);
			if (r->idx < act->cursor)
				act->cursor = r->idx;
		} else if (r->next_at < earliest) {
			earliest = r->next_at;
		}
	}
	return earliest;
}

static bool
is_open(const struct active *act, size_t i)
{
	return !bit_get(act->job.done, i) && !bit_get(act->busy, i) &&
	    !bit_get(act->waiting, i);
}

static bool
has_work(struct active *act)
{
	while (act->cursor < act->job.n && !is_open(act, act->cursor))
		act->cursor++;
	return act->cursor < act->job.n;
}

static const struct list_settings *
list_of(const struct core *c, const char *name)
{
	for (size_t i = 0; i < c->settings->n_lists; i++)
		if (strcmp(c->settings->lists[i].name, name) == 0)
			return &c->settings->lists[i];
	return NULL;
}

/* 1 = made, 0 = nobody there any more, -1 = err. */
static int
make_copy(struct core *c, struct arena *a, struct active *act, uint32_t idx,
    struct copy *out, struct err *err)
{
	const struct list_settings *l = list_of(c, act->job.list);
	struct member m;
	int64_t id;
	int rc;

	memset(out, 0, sizeof(*out));
	out->idx = idx;
	out->mail_from = "";
	if (act->job.to[0] != '\0') {
		out->rcpt_to = act->job.to;
		return 1;
	}
	if (l == NULL)
		return 0;
	id = act->job.members[idx];
	rc = act->job.kind == JOB_INVITE ?
	    store_member_by_id(c->store, a, id, &m, err) :
	    store_member_addr(c->store, a, id, &m, err);
	if (rc < 0)
		return err->kind == ERR_NOTFOUND ? 0 : -1;
	if (m.state == MEMBER_GONE)
		return 0;
	out->rcpt_to = m.addr;
	out->mail_from = ident_verp(c, a, l, id, act->job.id);
	if (act->job.kind == JOB_INVITE &&
	    invite_vars(c, a, &act->job, &m, out, err) < 0)
		return -1;
	return 1;
}

static size_t
copy_bytes(const struct copy *copy)
{
	size_t n = 32 + strlen(copy->mail_from) + strlen(copy->rcpt_to);

	for (size_t i = 0; i < copy->n_vars; i++)
		n += 8 + strlen(copy->vars[i].value);
	return n;
}

static size_t
recipe_bytes(const struct recipe *r)
{
	size_t n = 256;

	for (size_t i = 0; i < r->n_steps; i++)
		n += 16 + r->steps[i].text.n;
	return n;
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

/* Take open recipients into f until the batch is full. */
static int
fill(struct queue *q, struct active *act, struct flight *f,
    struct batch *batch, struct err *err)
{
	size_t bytes = recipe_bytes(act->job.recipe);

	while (f->n < q->core->settings->relay_batch && has_work(act)) {
		uint32_t idx = (uint32_t)act->cursor;
		struct copy *copy = &batch->copies[f->n];
		int rc = make_copy(q->core, q->scratch, act, idx, copy, err);

		if (rc < 0)
			return -1;
		if (rc == 0) {
			queue_settle(act, idx, true);
			continue;
		}
		bytes += copy_bytes(copy);
		if (bytes > BATCH_BYTES && f->n > 0)
			break;
		bit_set(act->busy, idx);
		f->idx[f->n++] = idx;
		act->cursor++;
	}
	batch->n_copies = f->n;
	return 0;
}

static int
open_body(struct queue *q, struct active *act, struct err *err)
{
	struct mail_row mail;

	if (act->job.mail_id == 0 || act->fd >= 0)
		return 0;
	if (store_mail_get(q->core->store, q->scratch, act->job.mail_id,
	    &mail, err) < 0)
		return -1;
	act->fd = spool_open_body(q->core->spool, mail.file, err);
	return act->fd < 0 ? -1 : 0;
}

static void
flight_free(struct queue *q, struct flight *f)
{
	for (struct flight **at = &q->flights; *at != NULL;
	    at = &(*at)->next)
		if (*at == f) {
			*at = f->next;
			break;
		}
	f->courier->busy--;
	f->job->in_flight--;
	free(f->idx);
	free(f);
}

void
queue_reopen(struct queue *q, struct flight *f)
{
	for (size_t i = 0; i < f->n; i++)
		if (bit_get(f->job->busy, f->idx[i])) {
			bit_clear(f->job->busy, f->idx[i]);
			if (f->idx[i] < f->job->cursor)
				f->job->cursor = f->idx[i];
		}
	flight_free(q, f);
}

static struct flight *
flight_new(struct queue *q, struct active *act, struct core_peer *courier)
{
	struct flight *f = xcalloc(1, sizeof(*f));

	f->idx = xcalloc(q->core->settings->relay_batch, sizeof(*f->idx));
	f->id = ++q->last_batch;
	f->job = act;
	f->courier = courier;
	f->next = q->flights;
	q->flights = f;
	courier->busy++;
	act->in_flight++;
	return f;
}

/* Put a job aside that cannot be worked on; a human must look. */
static void
park(struct queue *q, struct active *act, const struct err *err)
{
	struct err ignored = { 0 };

	core_log_err("job-parked", err);
	act->job.state = JOB_PARKED;
	if (core_begin(q->core, &ignored) < 0 ||
	    store_job_progress(q->core->store, &act->job, &ignored) < 0)
		core_log_err("park-failed", &ignored);
}

static void
send_batch(struct queue *q, struct active *act, struct core_peer *courier)
{
	struct flight *f = flight_new(q, act, courier);
	struct err err = { 0 };
	struct batch batch = { .batch = f->id, .job = act->job.id,
		.eight_bit = act->job.eight_bit, .utf8 = act->job.utf8,
		.message_id = act->job.message_id,
		.recipe = act->job.recipe, .n_recipe = 1 };

	batch.copies = arena_array(q->scratch,
	    q->core->settings->relay_batch, sizeof(*batch.copies));
	if (open_body(q, act, &err) < 0 ||
	    fill(q, act, f, &batch, &err) < 0) {
		queue_reopen(q, f);
		park(q, act, &err);
		return;
	}
	if (f->n == 0) {
		flight_free(q, f);
		return;
	}
	if (LINK_PUT(courier->link, MSG_COPIES, batch, &batch, act->fd,
	    &err) < 0) {
		queue_reopen(q, f);
		park(q, act, &err);
	}
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
next_job(struct queue *q)
{
	struct active *first = NULL;

	for (struct active *a = q->jobs; a != NULL; a = a->next) {
		if (a->job.state != JOB_ACTIVE || !has_work(a))
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
	struct queue *q = arg;

	queue_pump(q->core);
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
		int64_t at = wake_retries(a, now);

		next = a->next;
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
		a->dirty = false;
		if (core_begin(q->core, &err) < 0 ||
		    store_job_progress(q->core->store, &a->job, &err) < 0)
			core_log_err("progress-failed", &err);
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
		    (job = next_job(q)) != NULL)
			send_batch(q, job, courier);
	}
	save_progress(q);
	set_timer(q, earliest);
	arena_reset(q->scratch);
}

void
queue_peer_gone(struct core *c, struct core_peer *courier)
{
	struct flight *next;

	if (c->queue == NULL)
		return;
	for (struct flight *f = c->queue->flights; f != NULL; f = next) {
		next = f->next;
		if (f->courier == courier)
			queue_reopen(c->queue, f);
	}
}

struct queue *
queue_new(struct core *c, struct err *err)
{
	struct queue *q = xcalloc(1, sizeof(*q));
	int64_t *ids;
	size_t n;

	q->core = c;
	q->scratch = arena_new();
	q->timer = ev_timer_new(c->ev, 1, on_timer, q);
	c->queue = q;
	if (store_job_active(c->store, q->scratch, &ids, &n, err) < 0)
		goto fail;
	for (size_t i = 0; i < n; i++)
		if (active_new(q, ids[i], err) == NULL)
			goto fail;
	return q;
fail:
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
		free(f);
	}
	while (q->jobs != NULL)
		active_free(q, q->jobs);
	ev_timer_free(q->timer);
	arena_free(q->scratch);
	free(q->fresh);
	free(q);
}
