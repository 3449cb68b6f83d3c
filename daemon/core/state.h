/* SPDX-License-Identifier: ISC */
/*
 * State: what core's own files share. Nobody outside core/ includes this.
 * Everything in memory can be thrown away: start-up rebuilds it from the
 * store and the spool.
 */
#ifndef CORE_STATE_H
#define CORE_STATE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "core/core.h"
#include "ev/ev.h"
#include "model/action.h"
#include "proc/link.h"
#include "spool/spool.h"
#include "store/store.h"

struct incoming;
struct queue;
struct outbox;

enum peer_role { PEER_MASTER, PEER_INTAKE, PEER_PARSER, PEER_COURIER,
	PEER_CONSOLE, PEER_PLUGHOST };

struct core_peer {
	struct core *core;
	struct core_peer *next;
	enum peer_role role;
	uint32_t index;
	struct link *link;	/* NULL until given */
	struct incoming *job;	/* parser: the mail that it works on */
	uint32_t busy;		/* courier: batches under way; plughost: 1 */
};

/* A verdict that waits for the commit. */
struct waiting_verdict {
	struct waiting_verdict *next;
	struct core_peer *intake;	/* NULL if it went away */
	uint32_t txn;
	struct reply *replies;
	size_t n;
	struct arena *arena;
};

struct core {
	const struct settings *settings;
	struct ev *ev;
	struct store *store;
	struct spool *spool;
	struct core_peer *peers;
	struct incoming *incoming;	/* all mails not yet answered */
	struct waiting_verdict *verdicts;
	struct queue *queue;
	struct outbox *outbox;
	struct ev_timer *tick;
	uint8_t key[32];		/* HMAC key of VERP and member tokens */
	int64_t started_at;
	int64_t purge_at;		/* next time that records are dropped */
	uint64_t accepted, refused, delivered, failed;	/* since start */
	bool in_transaction;
	bool broken;			/* a commit failed: nothing goes on */
	struct ev_timer *kick;		/* asks for a turn */
	/* Since the savepoint: what an undo must take back by hand. */
	char (*made)[SPOOL_NAME_MAX];	/* files moved into their place */
	size_t n_made, cap_made;
	size_t fresh_mark;		/* jobs added before it */
};

/* --- core.c --- */
/* Open the turn's transaction if it is not open. 0 or -1. */
int core_begin(struct core *c, struct err *err);
/* Commit now what this turn changed so far (before jcadctl is answered). If
 * that fails, every later call fails as well: all that waits is answered
 * 451, and core ends. */
int core_commit(struct core *c, struct err *err);
/* Begin one mail (or verb) of the turn: core_release() keeps it, core_undo()
 * takes back its rows, its jobs and its files. They do not nest. */
int core_savepoint(struct core *c, struct err *err);
int core_release(struct core *c, struct err *err);
void core_undo(struct core *c);
/* A file was moved into its place for a row of the open savepoint. */
void core_made(struct core *c, const char *name);
/* First peer of that role that is linked (after prev, NULL = from start). */
struct core_peer *core_next_peer(struct core *c, enum peer_role role,
    struct core_peer *prev);
/* Log a failure that core itself cannot mend. */
void core_log_err(const char *event, const struct err *err);

/* --- pipeline.c: the way of a mail --- */
void pipeline_mail(struct core *c, struct core_peer *intake,
    struct span body, int *fd);
void pipeline_parsed(struct core *c, struct core_peer *parser,
    struct span body);
/* A parser or intake went away. */
void pipeline_peer_gone(struct core *c, struct core_peer *p);
/* Give waiting mails to free parsers. */
void pipeline_pump(struct core *c);
/* After the commit: send the verdicts (ok), or answer them all 451. */
void pipeline_answer(struct core *c, bool ok);
void pipeline_free(struct core *c);

/* --- snapshot.c --- */
/* Load what the deciders may look at for this mail and route. */
int snapshot_load(struct core *c, struct arena *a, const struct digest *d,
    const struct route *route, struct snapshot *out, struct err *err);
/* Moderators of a list. */
int snapshot_moderators(struct core *c, struct arena *a,
    struct snapshot *out, struct err *err);
/* Meetings of the list that are not over. */
int snapshot_meetings(struct core *c, struct arena *a, struct snapshot *out,
    struct err *err);

/* --- apply.c: actions, in the open transaction --- */
struct apply {
	struct core *core;
	struct arena *arena;
	const struct digest *digest;	/* NULL when jcadctl acts */
	const struct snapshot *snap;
	const char *file;		/* spool name in incoming/, "" none */
	const char *peer;		/* where the mail came from */
	bool kept;			/* the file was moved to bodies/ */
	int64_t mail_id;		/* row of this mail, 0 = none yet */
	int64_t held_id;		/* made by ACT_HOLD */
	int64_t member_id;		/* made by ACT_MEMBER_SAVE */
	const char *draft;		/* "m42/3" made by ACT_MEETING_DRAFT */
	const char *draft_hash;
	const char *reject;		/* text of ACT_REJECT, or NULL */
};
/* Carry out all actions; the transaction is open. */
int apply_actions(struct apply *ap, const struct actions *actions,
    struct err *err);
/* The row of this mail (makes it: file moves to bodies/). */
int apply_keep_mail(struct apply *ap, enum mail_state state, int64_t *id,
    struct err *err);
/* A body of our own: file and row, to be sent by a job. */
int apply_own_mail(struct apply *ap, struct span data, const char *subject,
    int64_t *id, struct err *err);

/* --- notice.c --- */
/* Make the job of one notice. attach: whether mail_id's body is added. */
int notice_send(struct apply *ap, const struct notice *n, struct err *err);

/* --- post.c --- */
/* Distribute mail row mail_id (digest d) to the list. */
int post_distribute(struct apply *ap, int64_t mail_id,
    const struct digest *d, struct err *err);
/* Send the mail of mail_id unchanged but for trace fields to each address. */
int post_forward(struct apply *ap, int64_t mail_id, const struct digest *d,
    const struct member *to, size_t n, struct err *err);

/* --- invite.c --- */
int invite_release(struct apply *ap, int64_t meeting_id, bool major,
    struct err *err);
/* The variables of one copy of a JOB_INVITE for m. */
int invite_vars(struct core *c, struct arena *a, const struct job *j,
    const struct member *m, struct copy *copy, struct err *err);

/* --- queue.c --- */
struct queue *queue_new(struct core *c, struct err *err);
void queue_free(struct queue *q);
/* Add a job row; it is picked up after the commit. */
int queue_add(struct core *c, const struct job *j, struct err *err);
/* Forget all jobs added since *mark: their rows were undone. */
size_t queue_mark(const struct core *c);
void queue_forget(struct core *c, size_t mark);
/* After the commit, so only from the end of a turn: take new jobs, send
 * batches. */
void queue_pump(struct core *c);

/* --- batch.c --- */
/* What it had in hand is open again. */
void batch_courier_gone(struct core *c, struct core_peer *courier);

/* --- results.c --- */
/* A MSG_RESULTS of a courier. */
void results_take(struct core *c, struct core_peer *courier,
    struct span body);

/* --- outbox.c --- */
struct outbox *outbox_new(struct core *c);
void outbox_free(struct outbox *o);
int outbox_add(struct core *c, const struct event *e, struct err *err);
/* Only from the end of a turn, as queue_pump(). */
void outbox_pump(struct core *c);
void outbox_ack(struct core *c, struct core_peer *host, struct span body);
void outbox_peer_gone(struct core *c, struct core_peer *host);
/* Start again from the first event. */
int outbox_replay(struct core *c, const char *plugin, struct err *err);

/* --- control.c --- */
void control_request(struct core *c, struct core_peer *console,
    struct span body, int *fd);

/* --- recover.c --- */
int recover_start(struct core *c, struct err *err);
/* Each minute: expire what is due, delete bodies that are done; each hour:
 * drop records that nobody asks for any more. */
void recover_tick(struct core *c);

/* --- ident.c: keys, tokens, VERP, names --- */
int ident_load_key(struct core *c, struct err *err);
/* Shift the clock as instance.clock wants it (demonstrations). */
int ident_set_clock(struct core *c, struct err *err);
/* 26 base32 characters, and its hash for the store. */
char *ident_token(struct arena *a, uint8_t hash[32]);
void ident_token_hash(const char *token, uint8_t hash[32]);
/* 13 characters: organizer token of a member (facts: calendar 6.3). */
char *ident_member_token(struct core *c, struct arena *a, const char *list,
    const char *addr_key);
/* "LIST-b-xxxxxxxyyyyyyyzzzzzzzz@domain". */
char *ident_verp(struct core *c, struct arena *a,
    const struct list_settings *l, int64_t member_id, int64_t job_id);
/* Member and job of a VERP token if its MAC is right. */
bool ident_verp_parse(struct core *c, const struct list_settings *l,
    const char *token, int64_t *member_id, int64_t *job_id);
/* Fresh "<...@host>". */
char *ident_message_id(struct core *c, struct arena *a);
/* The list's Received and trace line for a mail that came from peer. */
char *ident_received(struct core *c, struct arena *a, const char *peer,
    const char *id);

#endif
