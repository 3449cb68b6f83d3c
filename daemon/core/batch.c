/* SPDX-License-Identifier: ISC */
/*
 * Batch: some open recipients of one job, given to one courier. Knows nothing
 * of turns and timers. Invariant: a recipient that is busy belongs to one
 * flight, which has not had an answer for it; only that flight lets go.
 */
#include "core/queue.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/xmalloc.h"
#include "core/bits.h"

#define BATCH_BYTES 57344
#define PAUSE_S 2		/* after a failure that will pass */
/* A courier may die of anything once or twice; a mail that kills them all
 * must not stop the others, or be sent again and again. */
#define DEATHS_MAX 4

/* --- copies --- */

/* 1 = made, 0 = nobody there any more, -1 = err. */
static int
make_copy(struct core *c, struct arena *a, struct active *act, uint32_t idx,
    struct copy *out, struct err *err)
{
	const struct list_settings *l = settings_list_named(c->settings,
	    act->job.list);
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
		return err_set(err, ERR_PERM, "job %lld is for the list %s, "
		    "which is not in the settings", (long long)act->job.id,
		    act->job.list);
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

/* --- flights --- */

/* Take open recipients into f until the batch is full. */
static int
fill(struct queue *q, struct active *act, struct flight *f,
    struct batch *batch, struct err *err)
{
	size_t bytes = recipe_bytes(act->job.recipe);

	while (f->n < q->core->settings->relay_batch && queue_has_work(act)) {
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
	/* A descriptor for each job that waits would be too many. */
	if (--f->job->in_flight == 0 && f->job->fd >= 0) {
		(void)close(f->job->fd);	/* read only */
		f->job->fd = -1;
	}
	free(f->idx);
	free(f->answered);
	free(f);
}

void
batch_end(struct queue *q, struct flight *f)
{
	for (size_t i = 0; i < f->n; i++)
		if (!f->answered[i]) {
			bit_clear(f->job->busy, f->idx[i]);
			if (f->idx[i] < f->job->cursor)
				f->job->cursor = f->idx[i];
		}
	flight_free(q, f);
}

static int
by_idx(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

bool
batch_answer(struct flight *f, uint32_t idx)
{
	const uint32_t *at = f->n == 0 ? NULL :
	    bsearch(&idx, f->idx, f->n, sizeof(*f->idx), by_idx);

	if (at == NULL || f->answered[at - f->idx])
		return false;
	f->answered[at - f->idx] = 1;
	bit_clear(f->job->busy, idx);
	return true;
}

static struct flight *
flight_new(struct queue *q, struct active *act, struct core_peer *courier)
{
	struct flight *f = xcalloc(1, sizeof(*f));

	f->idx = xcalloc(q->core->settings->relay_batch, sizeof(*f->idx));
	f->answered = xcalloc(q->core->settings->relay_batch, 1);
	f->id = ++q->last_batch;
	f->sent_at = ev_now(q->core->ev);
	f->job = act;
	f->courier = courier;
	f->next = q->flights;
	q->flights = f;
	courier->busy++;
	act->in_flight++;
	return f;
}

/* No batch: the job's own fault, or something that will pass. */
static int
trouble(struct queue *q, struct flight *f, const struct err *err)
{
	struct active *act = f->job;

	batch_end(q, f);
	if (err->kind != ERR_TEMP) {
		queue_park(q, act, err);
		return 0;
	}
	core_log_err("batch-failed", err);
	q->relay_at = ev_now(q->core->ev) + PAUSE_S;
	return -1;
}

int
batch_send(struct queue *q, struct active *act, struct core_peer *courier)
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
	    fill(q, act, f, &batch, &err) < 0)
		return trouble(q, f, &err);
	if (f->n == 0) {
		flight_free(q, f);
		return 0;
	}
	/* If the courier is gone, its link will say so in the next turn. */
	return LINK_PUT(courier->link, MSG_COPIES, batch, &batch, act->fd,
	    &err) == 0 ? 0 : trouble(q, f, &err);
}

/* The oldest batch of a courier is the one that it was working on. */
static void
blame(struct queue *q, const struct core_peer *courier)
{
	struct flight *first = NULL;
	struct err err = { 0 };

	for (struct flight *f = q->flights; f != NULL; f = f->next)
		if (f->courier == courier &&
		    (first == NULL || f->id < first->id))
			first = f;
	if (first == NULL || ++first->job->deaths < DEATHS_MAX)
		return;
	(void)err_set(&err, ERR_PERM, "job %lld: %u couriers in a row ended "
	    "while they sent it", (long long)first->job->job.id,
	    first->job->deaths);
	queue_park(q, first->job, &err);
}

void
batch_courier_gone(struct core *c, struct core_peer *courier)
{
	struct flight *next;

	if (c->queue == NULL)
		return;
	blame(c->queue, courier);
	for (struct flight *f = c->queue->flights; f != NULL; f = next) {
		next = f->next;
		if (f->courier == courier)
			batch_end(c->queue, f);
	}
}
