/* SPDX-License-Identifier: ISC */
/*
 * Single recipients that did not just go through: those that wait for
 * another try (rows of their job), and the record of final failures (which
 * outlives the job).
 */
#include "store/store.h"

#include "store/query.h"

int
store_retry_put(struct store *s, const struct retry *r, struct err *err)
{
	struct query q;

	query_write(&q, s, "INSERT INTO retry (job_id, idx, tries, next_at, "
	    "code, text) VALUES (?, ?, ?, ?, ?, ?) "
	    "ON CONFLICT (job_id, idx) DO UPDATE SET tries = excluded.tries, "
	    "next_at = excluded.next_at, code = excluded.code, "
	    "text = excluded.text", err);
	query_put_i64(&q, r->job_id);
	query_put_i64(&q, r->idx);
	query_put_i64(&q, r->tries);
	query_put_i64(&q, r->next_at);
	query_put_i64(&q, r->code);
	query_put_text(&q, r->text);
	return query_run(&q) < 0 ? -1 : 0;
}

int
store_retry_drop(struct store *s, int64_t job_id, uint32_t idx,
    struct err *err)
{
	struct query q;

	query_write(&q, s, "DELETE FROM retry WHERE job_id = ? AND idx = ?",
	    err);
	query_put_i64(&q, job_id);
	query_put_i64(&q, idx);
	return query_run(&q) < 0 ? -1 : 0;
}

int
store_retries(struct store *s, struct arena *a, int64_t job_id,
    struct retry **out, size_t *n, struct err *err)
{
	struct query q;
	struct retry *rows = NULL;
	size_t cap = 0, i = 0;

	query_read(&q, s, "SELECT idx, tries, next_at, code, text FROM retry "
	    "WHERE job_id = ? ORDER BY idx", err);
	query_put_i64(&q, job_id);
	while (query_row(&q) == 1) {
		struct retry *r;

		rows = query_grow(a, rows, i, &cap, sizeof(*rows));
		r = &rows[i++];
		r->job_id = job_id;
		r->idx = query_take_u32(&q);
		r->tries = query_take_u32(&q);
		r->next_at = query_take_i64(&q);
		r->code = query_take_u32(&q);
		r->text = query_take_text(&q, a);
	}
	if (query_end(&q) < 0)
		return -1;
	*out = rows;
	*n = i;
	return 0;
}

/* --- final failures --- */

/* wide: the columns of a record. */
int
store_failure_add(struct store *s, int64_t job_id, int64_t member_id,
    const char *addr, uint32_t code, const char *text, int64_t now,
    struct err *err)
{
	struct query q;

	query_write(&q, s, "INSERT INTO failure (job_id, member_id, addr, "
	    "code, text, at) VALUES (?, ?, ?, ?, ?, ?)", err);
	query_put_i64(&q, job_id);
	query_put_i64(&q, member_id);
	query_put_text(&q, addr);
	query_put_i64(&q, code);
	query_put_text(&q, text);
	query_put_i64(&q, now);
	return query_run(&q) < 0 ? -1 : 0;
}

/* wide: filter and result of a query. */
int
store_failures(struct store *s, struct arena *a, int64_t member_id,
    int64_t since, struct failure **out, size_t *n, struct err *err)
{
	struct query q;
	struct failure *rows = NULL;
	size_t cap = 0, i = 0;

	query_read(&q, s, "SELECT job_id, addr, code, text, at FROM failure "
	    "WHERE member_id = ? AND at >= ? ORDER BY at, id", err);
	query_put_i64(&q, member_id);
	query_put_i64(&q, since);
	while (query_row(&q) == 1) {
		struct failure *f;

		rows = query_grow(a, rows, i, &cap, sizeof(*rows));
		f = &rows[i++];
		f->member_id = member_id;
		f->job_id = query_take_i64(&q);
		f->addr = query_take_text(&q, a);
		f->code = query_take_u32(&q);
		f->text = query_take_text(&q, a);
		f->at = query_take_i64(&q);
	}
	if (query_end(&q) < 0)
		return -1;
	*out = rows;
	*n = i;
	return 0;
}

int
store_failure_purge(struct store *s, int64_t before, struct err *err)
{
	struct query q;

	query_write(&q, s, "DELETE FROM failure WHERE at < ?", err);
	query_put_i64(&q, before);
	return query_run(&q) < 0 ? -1 : 0;
}
