/* SPDX-License-Identifier: ISC */
/*
 * Delivery jobs: one body for many recipients, of whom only ids and one bit
 * each are stored. What a job is, is written once; how far it is, with every
 * group of results. Invariant: a job that is done stays done.
 */
#include "store/store.h"

#include <string.h>
#include "base/arena.h"
#include "base/codec.h"
#include "base/err.h"
#include "base/str.h"
#include "store/query.h"

#define KINDS 3
#define STATES 3
#define RCPT_MAX 10000000	/* 40 MB of ids; far above any list */

const char *
store_job_kind_name(enum job_kind kind)
{
	static const char *const names[KINDS] = { "post", "notice",
		"invite" };

	return names[kind];
}

const char *
store_job_state_name(enum job_state state)
{
	static const char *const names[STATES] = { "active", "done",
		"parked" };

	return names[state];
}

static const char *
kind_name(int i)
{
	return store_job_kind_name((enum job_kind)i);
}

static const char *
state_name(int i)
{
	return store_job_state_name((enum job_state)i);
}

/* moves[from] is the set of states that progress may write, as bits. */
static const unsigned moves[STATES] = {
	[JOB_ACTIVE] = 1U << JOB_ACTIVE | 1U << JOB_DONE | 1U << JOB_PARKED,
	[JOB_PARKED] = 1U << JOB_ACTIVE | 1U << JOB_DONE | 1U << JOB_PARKED,
	[JOB_DONE] = 0,
};

static size_t
bitmap_size(size_t n)
{
	return (n + 7) / 8;
}

/* --- blobs --- */

static void
put_members(struct str *out, const struct job *j)
{
	if (j->kind != JOB_NOTICE)
		for (size_t i = 0; i < j->n; i++)
			enc_u32(out, j->members[i]);
}

static void
take_members(struct query *q, struct arena *a, struct job *j)
{
	struct span ids = query_take_span(q);
	struct dec d;

	dec_init(&d, a, ids);
	if (ids.n != (j->kind == JOB_NOTICE ? 0 : 4 * j->n)) {
		query_bad(q, "a job's list of members");
		return;
	}
	j->members = NULL;
	if (ids.n > 0)
		j->members = arena_array(a, j->n, sizeof(*j->members));
	for (size_t i = 0; i < ids.n / 4; i++)
		j->members[i] = dec_u32(&d);
}

static void
take_recipe(struct query *q, struct arena *a, struct job *j)
{
	struct span blob = query_take_span(q);
	struct dec d;

	j->recipe = NULL;
	if (blob.n == 0)
		return;
	j->recipe = arena_alloc(a, sizeof(*j->recipe));
	dec_init(&d, a, blob);
	wire_get_recipe(&d, j->recipe);
	if (!dec_end(&d))
		query_bad(q, "a job's recipe");
}

static void
take_done(struct query *q, struct arena *a, struct job *j)
{
	struct span bits = query_take_span(q);

	if (bits.n != bitmap_size(j->n)) {
		query_bad(q, "a job's bitmap");
		return;
	}
	j->done = arena_alloc(a, bits.n);
	if (bits.n > 0)
		memcpy(j->done, bits.p, bits.n);
}

/* --- rows --- */

static int
check(const struct job *j, struct err *err)
{
	if (j->n > RCPT_MAX)
		return err_set(err, ERR_LIMIT,
		    "a job has at most %d recipients", RCPT_MAX);
	if (j->kind == JOB_NOTICE ? j->n != 1 || j->to == NULL :
	    j->n > 0 && j->members == NULL)
		return err_set(err, ERR_PERM, "store: a job's recipients");
	return 0;
}

static int
add_row(struct store *s, const struct job *j, int64_t *id, struct err *err)
{
	struct str members = STR_EMPTY, recipe = STR_EMPTY;
	struct query q;
	int rc;

	put_members(&members, j);
	if (j->recipe != NULL)
		wire_put_recipe(&recipe, j->recipe);
	query_write(&q, s, "INSERT INTO job (mail_id, kind, list, message_id, "
	    "subject, recipe, rcpt_to, members, n, eight_bit, utf8, author, "
	    "extra, created_at) "
	    "VALUES (NULLIF(?, 0), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
	    "RETURNING id",
	    err);
	query_put_i64(&q, j->mail_id);
	query_put_text(&q, store_job_kind_name(j->kind));
	query_put_text(&q, j->list);
	query_put_text(&q, j->message_id);
	query_put_text(&q, j->subject);
	query_put_blob(&q, str_span(&recipe));
	query_put_text(&q, j->kind == JOB_NOTICE ? j->to : "");
	query_put_blob(&q, str_span(&members));
	query_put_i64(&q, (int64_t)j->n);
	query_put_i64(&q, j->eight_bit);
	query_put_i64(&q, j->utf8);
	query_put_text(&q, j->author);
	query_put_blob(&q, j->extra);
	query_put_i64(&q, j->created_at);
	rc = query_insert(&q, id);
	str_done(&members);
	str_done(&recipe);
	return rc < 0 ? -1 : 0;
}

/* Put the columns state, n_done, n_failed, next_at, done. */
static void
put_progress(struct query *q, const struct job *j, struct str *none)
{
	size_t n = bitmap_size(j->n);

	query_put_text(q, store_job_state_name(j->state));
	query_put_i64(q, j->n_done);
	query_put_i64(q, j->n_failed);
	query_put_i64(q, j->next_at);
	if (j->done != NULL) {
		query_put_blob(q, span_make((const char *)j->done, n));
		return;
	}
	while (none->len < n)
		str_addc(none, '\0');
	query_put_blob(q, str_span(none));
}

int
store_job_add(struct store *s, const struct job *j, int64_t *id,
    struct err *err)
{
	struct str none = STR_EMPTY;
	struct query q;
	int64_t made, rc;

	if (check(j, err) < 0 || add_row(s, j, &made, err) < 0)
		return -1;
	query_write(&q, s, "INSERT INTO job_progress (state, n_done, n_failed, "
	    "next_at, done, job_id) VALUES (?, ?, ?, ?, ?, ?)", err);
	put_progress(&q, j, &none);
	query_put_i64(&q, made);
	rc = query_run(&q);
	str_done(&none);
	if (rc < 0)
		return -1;
	*id = made;
	return 0;
}

static void
take(struct query *q, struct arena *a, struct job *j)
{
	j->id = query_take_i64(q);
	j->mail_id = query_take_i64(q);
	j->kind = (enum job_kind)query_take_name(q, kind_name, KINDS);
	j->state = (enum job_state)query_take_name(q, state_name, STATES);
	j->list = query_take_text(q, a);
	j->message_id = query_take_text(q, a);
	j->subject = query_take_text(q, a);
	j->to = query_take_text(q, a);
	j->n = query_take_u32(q);
	j->eight_bit = query_take_flag(q);
	j->utf8 = query_take_flag(q);
	j->author = query_take_text(q, a);
	j->extra = query_take_blob(q, a);
	j->created_at = query_take_i64(q);
	j->next_at = query_take_i64(q);
	j->n_done = query_take_u32(q);
	j->n_failed = query_take_u32(q);
	take_recipe(q, a, j);
	take_members(q, a, j);
	take_done(q, a, j);
}

int
store_job_get(struct store *s, struct arena *a, int64_t id,
    struct job *out, struct err *err)
{
	struct job j;
	struct query q;

	query_read(&q, s, "SELECT j.id, j.mail_id, j.kind, p.state, j.list, "
	    "j.message_id, j.subject, j.rcpt_to, j.n, j.eight_bit, j.utf8, "
	    "j.author, j.extra, j.created_at, p.next_at, p.n_done, "
	    "p.n_failed, j.recipe, j.members, p.done FROM job j "
	    "JOIN job_progress p ON p.job_id = j.id WHERE j.id = ?", err);
	query_put_i64(&q, id);
	if (query_one(&q, "such job") < 0)
		return -1;
	take(&q, a, &j);
	if (query_end(&q) < 0)
		return -1;
	*out = j;
	return 0;
}

int
store_job_list(struct store *s, struct arena *a, enum job_state state,
    int64_t **out, size_t *n, struct err *err)
{
	struct query q;
	int64_t *ids = NULL;
	size_t cap = 0, i = 0;

	query_read(&q, s, "SELECT job_id FROM job_progress WHERE state = ? "
	    "ORDER BY job_id", err);
	query_put_text(&q, store_job_state_name(state));
	while (query_row(&q) == 1) {
		ids = query_grow(a, ids, i, &cap, sizeof(*ids));
		ids[i++] = query_take_i64(&q);
	}
	if (query_end(&q) < 0)
		return -1;
	*out = ids;
	*n = i;
	return 0;
}

int
store_job_active(struct store *s, struct arena *a, int64_t **out,
    size_t *n, struct err *err)
{
	return store_job_list(s, a, JOB_ACTIVE, out, n, err);
}

/* State and number of recipients as they are stored. */
static int
stored(struct store *s, int64_t id, enum job_state *state, size_t *n,
    struct err *err)
{
	struct query q;

	query_read(&q, s, "SELECT p.state, j.n FROM job_progress p "
	    "JOIN job j ON j.id = p.job_id WHERE p.job_id = ?", err);
	query_put_i64(&q, id);
	if (query_one(&q, "such job") < 0)
		return -1;
	*state = (enum job_state)query_take_name(&q, state_name, STATES);
	*n = query_take_u32(&q);
	return query_end(&q);
}

int
store_job_progress(struct store *s, const struct job *j, struct err *err)
{
	struct str none = STR_EMPTY;
	enum job_state from;
	struct query q;
	int64_t rc;
	size_t n;

	if (stored(s, j->id, &from, &n, err) < 0)
		return -1;
	if (n != j->n)
		return err_set(err, ERR_PERM,
		    "store: job %lld has other recipients", (long long)j->id);
	if ((moves[from] & 1U << j->state) == 0)
		return err_set(err, ERR_CONFLICT,
		    "job %lld is %s: it cannot become %s", (long long)j->id,
		    store_job_state_name(from),
		    store_job_state_name(j->state));
	query_write(&q, s, "UPDATE job_progress SET state = ?, n_done = ?, "
	    "n_failed = ?, next_at = ?, done = ? WHERE job_id = ?", err);
	put_progress(&q, j, &none);
	query_put_i64(&q, j->id);
	rc = query_run(&q);
	str_done(&none);
	return rc < 0 ? -1 : 0;
}

int
store_job_count(struct store *s, const char *list, const char *to,
    int64_t since, uint32_t *out, struct err *err)
{
	struct query q;
	uint32_t n;

	query_read(&q, s, "SELECT count(*) FROM job WHERE rcpt_to <> '' "
	    "AND rcpt_to = ? COLLATE NOCASE AND created_at >= ? "
	    "AND list = ?", err);
	query_put_text(&q, to);
	query_put_i64(&q, since);
	query_put_text(&q, list);
	if (query_one(&q, "count") < 0)
		return -1;
	n = query_take_u32(&q);
	if (query_end(&q) < 0)
		return -1;
	*out = n;
	return 0;
}

int
store_job_purge(struct store *s, int64_t before, struct err *err)
{
	struct query q;

	query_write(&q, s, "DELETE FROM job WHERE created_at < ? AND id IN "
	    "(SELECT job_id FROM job_progress WHERE state = 'done')", err);
	query_put_i64(&q, before);
	return query_run(&q) < 0 ? -1 : 0;
}

int
store_job_drop(struct store *s, int64_t id, struct err *err)
{
	struct query q;

	query_write(&q, s, "DELETE FROM job WHERE id = ?", err);
	query_put_i64(&q, id);
	return query_run(&q) < 0 ? -1 : 0;
}
