/* SPDX-License-Identifier: ISC */
/*
 * Retry: recipients of a job that wait for another try, each with its own
 * time. Found by recipient in one step, however many wait. Invariant:
 * slot[retries[k].idx] == k + 1, all other slots are 0.
 */
#include "core/queue.h"

#include <stdio.h>
#include <string.h>
#include "core/bits.h"

#define RETRY_FIRST_S 60
#define RETRY_MAX_S 3600

struct retry *
retry_find(const struct active *act, uint32_t idx)
{
	return act->slot == NULL || act->slot[idx] == 0 ? NULL :
	    &act->retries[act->slot[idx] - 1];
}

static void
put_slot(struct active *act, uint32_t idx, size_t place)
{
	if (act->slot == NULL)
		act->slot = arena_array(act->arena, act->job.n,
		    sizeof(*act->slot));
	act->slot[idx] = (uint32_t)place;
}

void
retry_init(struct active *act)
{
	size_t n = 0;

	act->cap_retries = act->n_retries;
	act->wake_at = INT64_MAX;
	for (size_t i = 0; i < act->n_retries; i++) {
		struct retry *r = &act->retries[i];

		if (r->idx >= act->job.n || bit_get(act->job.done, r->idx))
			continue;
		act->retries[n++] = *r;
		put_slot(act, r->idx, n);
		bit_set(act->waiting, r->idx);
		if (r->next_at < act->wake_at)
			act->wake_at = r->next_at;
		(void)snprintf(act->last, sizeof(act->last), "%s", r->text);
	}
	act->n_retries = n;
}

static struct retry *
add(struct active *act, uint32_t idx)
{
	struct retry *r;

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
	r = &act->retries[act->n_retries++];
	memset(r, 0, sizeof(*r));
	r->job_id = act->job.id;
	r->idx = idx;
	put_slot(act, idx, act->n_retries);
	return r;
}

int
retry_put(struct queue *q, struct active *act, const struct result *r,
    struct err *err)
{
	struct retry *row = retry_find(act, r->idx), copy;
	int64_t wait = RETRY_FIRST_S;

	if (row == NULL)
		row = add(act, r->idx);
	for (uint32_t i = 0; i < row->tries && wait < RETRY_MAX_S; i++)
		wait *= 2;
	row->tries++;
	row->next_at = ev_now(q->core->ev) +
	    (wait < RETRY_MAX_S ? wait : RETRY_MAX_S);
	row->code = r->code;
	row->text = "";
	if (row->next_at < act->wake_at)
		act->wake_at = row->next_at;
	bit_set(act->waiting, r->idx);
	(void)snprintf(act->last, sizeof(act->last), "%s", r->text);
	copy = *row;
	copy.text = r->text;
	return store_retry_put(q->core->store, &copy, err);
}

int
retry_drop(struct queue *q, struct active *act, uint32_t idx,
    struct err *err)
{
	struct retry *row = retry_find(act, idx);

	if (row == NULL)
		return 0;
	*row = act->retries[--act->n_retries];
	act->slot[row->idx] = act->slot[idx];
	act->slot[idx] = 0;
	bit_clear(act->waiting, idx);
	return store_retry_drop(q->core->store, act->job.id, idx, err);
}

int64_t
retry_wake(struct active *act, int64_t now)
{
	if (act->wake_at > now)
		return act->wake_at;
	act->wake_at = INT64_MAX;
	for (size_t i = 0; i < act->n_retries; i++) {
		const struct retry *r = &act->retries[i];

		if (!bit_get(act->waiting, r->idx))
			continue;
		if (r->next_at <= now) {
			bit_clear(act->waiting, r->idx);
			if (r->idx < act->cursor)
				act->cursor = r->idx;
		} else if (r->next_at < act->wake_at) {
			act->wake_at = r->next_at;
		}
	}
	return act->wake_at;
}
