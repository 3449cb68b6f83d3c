/* SPDX-License-Identifier: ISC */
/* Queue: its structs, for queue.c and for the views in control. */
#ifndef CORE_QUEUE_H
#define CORE_QUEUE_H

#include "core/state.h"

struct active {
	struct active *next;
	struct arena *arena;
	struct job job;
	uint8_t *busy;		/* in a batch now */
	uint8_t *waiting;	/* has a retry that is not due */
	struct retry *retries;
	size_t n_retries, cap_retries;
	size_t cursor;		/* nobody before it is open */
	uint32_t in_flight;
	int fd;			/* body, opened when first needed */
	bool dirty;
};

struct flight {
	struct flight *next;
	struct active *job;
	struct core_peer *courier;
	uint32_t id;
	uint32_t *idx;
	size_t n, answered, settled;
};

struct queue {
	struct core *core;
	struct active *jobs;	/* oldest first */
	struct flight *flights;
	struct { int64_t id, mail_id; } *fresh;	/* added, not yet committed */
	size_t n_new, cap_new;
	struct arena *scratch;
	struct ev_timer *timer;
	int64_t last_served;
	int64_t relay_at;	/* leave the relay alone until then */
	uint32_t relay_failures;
	uint32_t last_batch;
};

/* The retry row of recipient idx, or NULL. */
struct retry *queue_find_retry(struct active *act, uint32_t idx);
/* Settle one recipient for good. */
void queue_settle(struct active *act, uint32_t idx, bool failed);
/* What was not answered is open again; frees f. */
void queue_reopen(struct queue *q, struct flight *f);
/* Does an active or new job send the body of that mail? */
bool queue_uses(const struct core *c, int64_t mail_id);

#endif
