/* SPDX-License-Identifier: ISC */
/*
 * Store: entities, not SQL. One writer (core). Every call blocks. Results
 * live in the arena given. Changes need an open transaction: store_begin(),
 * then any calls, then store_commit() (durable on return) or
 * store_rollback(); store_savepoint() and friends nest one mail in a group
 * commit. Strings out are never NULL. The driver is behind store/driver.h.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/span.h"
#include "model/action.h"

struct arena;
struct err;
struct store;

/* Open url ("sqlite:PATH", "sqlite::memory:"), migrate the schema up to this
 * version from conf/schema (embedded). A newer schema is refused. */
struct store *store_open(const char *url, struct err *err);
/* Roll back what is open and close (NULL allowed). */
void store_close(struct store *s);
/* Write a consistent, durable copy to the new file path, while the store is
 * in use but outside a transaction. */
int store_backup(struct store *s, const char *path, struct err *err);
int store_begin(struct store *s, struct err *err);
/* 0 = durable. On -1 everything since store_begin() is rolled back. */
int store_commit(struct store *s, struct err *err);
void store_rollback(struct store *s);
bool store_in_transaction(const struct store *s);
int store_savepoint(struct store *s, struct err *err);
int store_release(struct store *s, struct err *err);
void store_undo(struct store *s);	/* back to the savepoint, and drop it */

/* --- one value by name: keys, counters --- */
int store_get(struct store *s, struct arena *a, const char *name,
    struct span *out, struct err *err);		/* ERR_NOTFOUND */
int store_put(struct store *s, const char *name, struct span value,
    struct err *err);

/* --- mails: an accepted body (or one of our own) --- */
enum mail_state { MAIL_ACCEPTED, MAIL_HELD, MAIL_QUEUED, MAIL_DONE,
	MAIL_QUARANTINED };
/* "accepted", "held" ...: as stored and shown. */
const char *store_mail_state_name(enum mail_state state);
struct mail_row {
	int64_t id;
	const char *file;	/* name in the spool */
	enum mail_state state;
	const char *list;
	const char *sender;	/* envelope */
	const char *from;	/* header From address */
	const char *message_id;
	const char *subject;
	int64_t size;
	int64_t received_at;
	struct span digest;	/* encoded struct digest, may be empty */
};
/* A row in any state; its body must be in its place already. */
int store_mail_add(struct store *s, const struct mail_row *m, int64_t *id,
    struct err *err);
/* Whole, or ERR_NOTFOUND. */
int store_mail_get(struct store *s, struct arena *a, int64_t id,
    struct mail_row *out, struct err *err);
/* The one place that changes state; refuses moves not in the table. */
int store_mail_move(struct store *s, int64_t id, enum mail_state to,
    struct err *err);
/* Rows of all lists in one state, by id, starting after id "after", at most
 * max (0 = all). Rows in lists come without their digest. */
int store_mail_list(struct store *s, struct arena *a, enum mail_state state,
    int64_t after, size_t max, struct mail_row **out, size_t *n,
    struct err *err);
/* Rows in MAIL_DONE whose file may be deleted (no job or held item that is
 * open, no other row that needs the file), oldest first; then drop. */
int store_mail_done(struct store *s, struct arena *a, size_t max,
    struct mail_row **out, size_t *n, struct err *err);
/* With its finished jobs. ERR_CONFLICT unless store_mail_done() names it. */
int store_mail_drop(struct store *s, int64_t id, struct err *err);
/* Is a body of that file name known? 1, 0, or -1. */
int store_mail_has_file(struct store *s, const char *file, struct err *err);
/* Was this mail already taken for the list (same Message-ID and SHA-256)?
 * Remembers it if not. 1 = seen before. */
int store_seen(struct store *s, const char *list, const char *message_id,
    const char *sha256, int64_t now, struct err *err);
/* Forget what was seen before that time. */
int store_seen_purge(struct store *s, int64_t before, struct err *err);

/* --- members --- */
int store_member_by_addr(struct store *s, struct arena *a, const char *list,
    const char *key, struct member *out, struct err *err); /* active+pending */
int store_member_by_id(struct store *s, struct arena *a, int64_t id,
    struct member *out, struct err *err);		/* any state */
/* Any state: who is gone keeps the token for ever. */
int store_member_by_token(struct store *s, struct arena *a, const char *list,
    const char *token, struct member *out, struct err *err);
/* All of a list in one state, by id, starting after id "after", at most max
 * (0 = all). With seats. */
int store_members(struct store *s, struct arena *a, const char *list,
    enum member_state state, int64_t after, size_t max, struct member **out,
    size_t *n, struct err *err);
/* Ids only of active members with mail_on, rising: the snapshot of a post. */
int store_member_ids(struct store *s, struct arena *a, const char *list,
    uint32_t **out, size_t *n, struct err *err);
/* Active members of a list with a seat in one of roles (NULL-terminated). */
int store_members_by_role(struct store *s, struct arena *a, const char *list,
    const char *const *roles, struct member **out, size_t *n,
    struct err *err);
/* As store_member_by_id without the seats: for the fan-out. */
int store_member_addr(struct store *s, struct arena *a, int64_t id,
    struct member *out, struct err *err);
/* Insert (id 0; the new id in *id) or update with all seats: a seat with an
 * id is kept, one without is new, one not named is removed. A second row of
 * the same address (not gone) or of the same token is ERR_CONFLICT. */
int store_member_save(struct store *s, const struct member *m, int64_t *id,
    struct err *err);
/* pending -> active -> gone; whoever is gone comes back as a new row. Going
 * ends the open seats. ERR_CONFLICT for any other move. */
int store_member_state(struct store *s, int64_t id, enum member_state to,
    int64_t now, struct err *err);
/* Seats of the body that active members hold now. */
int store_body_seats(struct store *s, const char *list, const char *body,
    int64_t now, uint32_t *out, struct err *err);
int store_member_count(struct store *s, const char *list, uint32_t counts[3],
    struct err *err);				/* by enum member_state */

/* --- tokens: only the SHA-256 of the secret is stored --- */
int store_token_add(struct store *s, const struct token *t,
    const uint8_t hash[32], struct err *err);
int store_token_get(struct store *s, struct arena *a, const char *list,
    const uint8_t hash[32], struct token *out, struct err *err);
/* Marks it and every other open token of the same list, purpose group (all
 * HELD_*, else same purpose) and object as used. A TOKEN_SUBSCRIBE takes only
 * those of the same actor along: two persons may ask for the same thing.
 * ERR_CONFLICT if used. */
int store_token_use(struct store *s, int64_t id, int64_t now, const char *who,
    const char *outcome, struct err *err);
/* Confirmations issued to actor since then. */
int store_token_count(struct store *s, const char *list,
    enum token_purpose purpose, const char *actor, int64_t since,
    uint32_t *out, struct err *err);
/* Forget tokens that expired before that time. */
int store_token_purge(struct store *s, int64_t before, struct err *err);

/* --- held --- */
/* state: HELD_WAITING or HELD_QUARANTINED. */
int store_held_add(struct store *s, const struct held *h, int64_t *id,
    struct err *err);
int store_held_get(struct store *s, struct arena *a, int64_t id,
    struct held *out, struct err *err);
/* list "" = all lists. Waiting and quarantined, or all. */
int store_held_list(struct store *s, struct arena *a, const char *list,
    bool all, struct held **out, size_t *n, struct err *err);
/* ERR_CONFLICT if it is decided already. */
int store_held_decide(struct store *s, int64_t id, enum held_state to,
    const char *who, int64_t now, struct err *err);
/* Waiting and quarantined items held before that time. */
int store_held_due(struct store *s, struct arena *a, int64_t before,
    struct held **out, size_t *n, struct err *err);

/* --- delivery jobs: one body, one recipe, a compact recipient snapshot --- */
enum job_kind { JOB_POST, JOB_NOTICE, JOB_INVITE };
enum job_state { JOB_ACTIVE, JOB_DONE, JOB_PARKED };
/* "post", "notice", "invite"; "active", "done", "parked". */
const char *store_job_kind_name(enum job_kind kind);
const char *store_job_state_name(enum job_state state);
struct job {
	int64_t id;
	int64_t mail_id;	/* whose file is the body; 0 = none, the recipe
				 * holds the whole mail */
	enum job_kind kind;
	enum job_state state;
	const char *list;
	const char *message_id;
	const char *subject;
	struct recipe *recipe;
	const char *to;		/* JOB_NOTICE: the one recipient, else "" */
	uint32_t *members;	/* else: member ids, in order of idx */
	size_t n;		/* recipients */
	uint8_t *done;		/* bitmap of n bits: settled (sent or failed) */
	uint32_t n_done;
	uint32_t n_failed;
	bool eight_bit, utf8;
	const char *author;	/* who is told of trouble, "" nobody */
	struct span extra;	/* invites: encoded meeting_rev etc. */
	int64_t created_at;
	int64_t next_at;	/* not before */
};
/* One recipient that waits for another try. */
struct retry {
	int64_t job_id;
	uint32_t idx;
	uint32_t tries;
	int64_t next_at;
	uint32_t code;
	const char *text;
};
/* done NULL: nobody settled yet. A mail_id without a row is ERR_CONFLICT. */
int store_job_add(struct store *s, const struct job *j, int64_t *id,
    struct err *err);
/* With recipe, recipients and bitmap, or ERR_NOTFOUND. */
int store_job_get(struct store *s, struct arena *a, int64_t id,
    struct job *out, struct err *err);
/* Ids of active jobs, oldest first. */
int store_job_active(struct store *s, struct arena *a, int64_t **out,
    size_t *n, struct err *err);
/* Ids of jobs in that state, oldest first. */
int store_job_list(struct store *s, struct arena *a, enum job_state state,
    int64_t **out, size_t *n, struct err *err);
/* Number of notices to that address (in any case of letters) since then. */
int store_job_count(struct store *s, const char *list, const char *to,
    int64_t since, uint32_t *out, struct err *err);
/* Write back bitmap, counters, state and next_at of j. A job that is done
 * stays done: ERR_CONFLICT. */
int store_job_progress(struct store *s, const struct job *j, struct err *err);
/* Forget jobs that are done and were made before that time. */
int store_job_purge(struct store *s, int64_t before, struct err *err);
/* With its retries. */
int store_job_drop(struct store *s, int64_t id, struct err *err);
int store_retry_put(struct store *s, const struct retry *r, struct err *err);
int store_retry_drop(struct store *s, int64_t job_id, uint32_t idx,
    struct err *err);
int store_retries(struct store *s, struct arena *a, int64_t job_id,
    struct retry **out, size_t *n, struct err *err);
/* A final failure of one recipient, for bounce handling and the record.
 * job_id 0: told by a bounce. */
int store_failure_add(struct store *s, int64_t job_id, int64_t member_id,
    const char *addr, uint32_t code, const char *text, int64_t now,
    struct err *err);
struct failure {
	int64_t job_id;
	int64_t member_id;
	const char *addr;
	uint32_t code;
	const char *text;
	int64_t at;
};
/* Failures of one member at or after since, oldest first. */
int store_failures(struct store *s, struct arena *a, int64_t member_id,
    int64_t since, struct failure **out, size_t *n, struct err *err);
int store_failure_purge(struct store *s, int64_t before, struct err *err);

/* --- meetings --- */
int store_meeting_add(struct store *s, const char *list, int64_t *id,
    struct err *err);				/* key is "m<id>" */
int store_meeting_get(struct store *s, struct arena *a, int64_t id,
    struct meeting *out, struct err *err);
int store_meeting_by_key(struct store *s, struct arena *a, const char *key,
    struct meeting *out, struct err *err);
/* Announced and not ended before "after" (0 = all, drafts too), by start. A
 * series (rrule) counts as not ended: the store does not expand rules. */
int store_meetings(struct store *s, struct arena *a, const char *list,
    int64_t after, struct meeting **out, size_t *n, struct err *err);
/* Revisions: draft or current; the old current is kept as history. A draft
 * replaces the one before; its rev must be above the current one, and once a
 * meeting is announced its UID stays: else ERR_CONFLICT. */
int store_meeting_draft(struct store *s, int64_t id,
    const struct meeting_rev *rev, struct err *err);
int store_meeting_release(struct store *s, int64_t id, uint32_t major_seq,
    struct err *err);
int store_meeting_drop_draft(struct store *s, int64_t id, struct err *err);
int store_meeting_rev(struct store *s, struct arena *a, int64_t id,
    uint32_t rev, struct meeting_rev *out, struct err *err);
int store_invite_put(struct store *s, const struct invite *i,
    struct err *err);
int store_invites(struct store *s, struct arena *a, int64_t meeting_id,
    struct invite **out, size_t *n, struct err *err);
int store_invites_of(struct store *s, struct arena *a, int64_t member_id,
    struct invite **out, size_t *n, struct err *err);
/* Replaces the member's answer for that instance and logs it append-only. */
int store_answer_put(struct store *s, const struct answer *an,
    struct err *err);
int store_answers(struct store *s, struct arena *a, int64_t meeting_id,
    struct answer **out, size_t *n, struct err *err);
int store_answers_of(struct store *s, struct arena *a, int64_t member_id,
    struct answer **out, size_t *n, struct err *err);
/* All current answers of the meeting back to none (major change). */
int store_answers_reset(struct store *s, int64_t meeting_id, struct err *err);

/* --- outbox of events for plugins --- */
int store_event_add(struct store *s, const struct event *e, int64_t *id,
    struct err *err);
/* The first event after id, ERR_NOTFOUND if none. */
int store_event_next(struct store *s, struct arena *a, int64_t after,
    struct event *out, struct err *err);
struct cursor {
	const char *plugin;
	int64_t event_id;	/* last one settled */
	int64_t retry_at;
	uint32_t failures;	/* in a row */
	bool parked;
	const char *reason;	/* of the last refusal */
};
/* A zero cursor if there is none. */
int store_cursor_get(struct store *s, struct arena *a, const char *plugin,
    struct cursor *out, struct err *err);
int store_cursor_put(struct store *s, const struct cursor *c,
    struct err *err);
int store_event_last(struct store *s, int64_t *out, struct err *err);

/* --- audit: append-only, each row hashes the one before --- */
int store_audit_add(struct store *s, int64_t at, const char *actor,
    const char *action, const char *object, const char *detail,
    struct err *err);
/* Walk the chain: 0 and *rows, or ERR_PERM naming the first broken row. */
int store_audit_verify(struct store *s, int64_t *rows, struct err *err);

#endif
