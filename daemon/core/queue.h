/* SPDX-License-Identifier: ISC */
/* Queue: its structs, for queue.c, batch.c, retry.c and results.c, and for
 * the views in control. */
#ifndef CORE_QUEUE_H
#define CORE_QUEUE_H

#include "core/state.h"

#define COURIER_DEPTH 2		/* batches a courier has at once */

struct active {
	struct active *next;
	struct arena *arena;
	struct job job;
	uint8_t *busy;		/* in a batch now */
	uint8_t *waiting;	/* has a retry that is not due */
	struct retry *retries;	/* in no order; their text is in the store */
	size_t n_retries, cap_retries;
	uint32_t *slot;		/* by recipient: place in retries + 1, 0 none;
				 * NULL while nobody waits */
	int64_t wake_at;	/* the earliest next try */
	char last[160];		/* what was said of the last one */
	size_t cursor;		/* nobody before it is open */
	uint32_t in_flight;
	uint32_t deaths;	/* couriers that ended while sending it */
	uint32_t silent;	/* batches without an answer, others had some */
	int fd;			/* body, while a batch is in flight */
	bool dirty;
};

struct flight {
	struct flight *next;
	struct active *job;
	struct core_peer *courier;
	uint32_t id;
	uint32_t *idx;		/* rising */
	uint8_t *answered;	/* by place in idx */
	size_t n, settled;
	int64_t sent_at;
};

struct queue {
	struct core *core;
	struct active *jobs;	/* oldest first */
	struct active **tail;
	struct flight *flights;
	struct { int64_t id, mail_id; } *fresh;	/* added, not yet committed */
	size_t n_new, cap_new;
	struct arena *scratch;
	struct ev_timer *timer;
	int64_t last_served;
	int64_t answered_at;	/* last batch with an answer came back */
	int64_t relay_at;	/* leave the relay alone until then */
	uint32_t relay_failures;
	uint32_t last_batch;
};

/* --- queue.c --- */
/* Settle one recipient for good. */
void queue_settle(struct active *act, uint32_t idx, bool failed);
/* Put a job aside that cannot be worked on; a human must look. */
void queue_park(struct queue *q, struct active *act, const struct err *err);
/* Has it a recipient to send to now? Moves the cursor there. */
bool queue_has_work(struct active *act);
/* Does an active or new job send the body of that mail? */
bool queue_uses(const struct core *c, int64_t mail_id);
/* For the secretariat: try all recipients of a job now, also one that was
 * parked; or give up those that are left. ERR_NOTFOUND, ERR_CONFLICT. */
int queue_retry(struct core *c, int64_t id, struct err *err);
int queue_drop(struct core *c, int64_t id, struct err *err);

/* --- batch.c --- */
/* Send one batch of the job. -1: nothing can be sent for now. */
int batch_send(struct queue *q, struct active *act,
    struct core_peer *courier);
/* Is idx in f, and this its first answer? */
bool batch_answer(struct flight *f, uint32_t idx);
/* What was not answered is open again; frees f. */
void batch_end(struct queue *q, struct flight *f);

/* --- retry.c --- */
/* Take over the rows loaded from the store. */
void retry_init(struct active *act);
/* The retry row of recipient idx, or NULL. */
struct retry *retry_find(const struct active *act, uint32_t idx);
/* One more try failed: wait longer than the time before. */
int retry_put(struct queue *q, struct active *act, const struct result *r,
    struct err *err);
/* The recipient is settled. */
int retry_drop(struct queue *q, struct active *act, uint32_t idx,
    struct err *err);
/* Let go of recipients whose next try is due; earliest time of the others. */
int64_t retry_wake(struct active *act, int64_t now);

#endif
