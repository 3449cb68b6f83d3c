/* SPDX-License-Identifier: ISC */
/*
 * One use of one statement over the driver's primitives. Owns the rule that
 * nothing is written outside a transaction, or inside one that the engine
 * has given up. Invariant: a statement is always reset when its query ended,
 * so that no read transaction stays open behind our back.
 */
#include "store/query.h"

#include <string.h>
#include "base/arena.h"
#include "base/err.h"
#include "store/driver.h"

static void
stop(struct query *q)
{
	if (q->stmt != NULL)
		q->store->driver->reset(q->stmt);
	q->stmt = NULL;
}

static void
fail(struct query *q)
{
	struct store *s = q->store;

	q->failed = true;
	stop(q);
	if (s->in_transaction && !s->driver->in_transaction(s->db))
		s->lost = true;
}

void
query_read(struct query *q, struct store *s, const char *sql, struct err *err)
{
	q->store = s;
	q->err = err;
	q->at = 0;
	q->failed = false;
	q->stmt = s->driver->prepare(s->db, sql, err);
	if (q->stmt == NULL)
		q->failed = true;
}

void
query_write(struct query *q, struct store *s, const char *sql,
    struct err *err)
{
	if (s->in_transaction && !s->lost) {
		query_read(q, s, sql, err);
		return;
	}
	*q = (struct query){ .store = s, .err = err, .failed = true };
	if (s->lost)
		(void)err_set(err, ERR_TEMP,
		    "store: the transaction was given up after a failure");
	else
		(void)err_set(err, ERR_PERM,
		    "store: change outside a transaction");
}

void
query_put_i64(struct query *q, int64_t v)
{
	if (q->stmt != NULL)
		q->store->driver->bind_i64(q->stmt, q->at++, v);
}

void
query_put_text(struct query *q, const char *text)
{
	if (q->stmt != NULL)
		q->store->driver->bind_text(q->stmt, q->at++, span_of(text));
}

void
query_put_blob(struct query *q, struct span data)
{
	if (q->stmt != NULL)
		q->store->driver->bind_blob(q->stmt, q->at++, data);
}

int
query_row(struct query *q)
{
	int rc;

	if (q->stmt == NULL)
		return q->failed ? -1 : 0;
	q->at = 0;
	rc = q->store->driver->step(q->store->db, q->stmt, q->err);
	if (rc < 0)
		fail(q);
	else if (rc == 0)
		stop(q);
	return rc;
}

int
query_one(struct query *q, const char *what)
{
	int rc = query_row(q);

	if (rc == 0) {
		q->failed = true;
		return err_set(q->err, ERR_NOTFOUND, "no %s", what);
	}
	return rc < 0 ? -1 : 0;
}

int64_t
query_run(struct query *q)
{
	struct store *s = q->store;

	if (query_row(q) < 0)
		return -1;
	stop(q);
	return s->driver->changes(s->db);
}

int
query_insert(struct query *q, int64_t *id)
{
	int64_t made;
	int rc = query_row(q);

	if (rc <= 0)
		return rc;
	made = query_take_i64(q);
	/* Checks at the end of the statement show only in this step. */
	if (query_row(q) < 0)
		return -1;
	stop(q);
	*id = made;
	return 1;
}

int
query_end(struct query *q)
{
	stop(q);
	return q->failed ? -1 : 0;
}

int64_t
query_take_i64(struct query *q)
{
	if (q->stmt == NULL)
		return 0;
	return q->store->driver->col_i64(q->stmt, q->at++);
}

uint32_t
query_take_u32(struct query *q)
{
	int64_t v = query_take_i64(q);

	if (v < 0 || v > UINT32_MAX) {
		query_bad(q, "number out of range");
		return 0;
	}
	return (uint32_t)v;
}

bool
query_take_flag(struct query *q)
{
	return query_take_i64(q) != 0;
}

struct span
query_take_span(struct query *q)
{
	if (q->stmt == NULL)
		return span_make("", 0);
	return q->store->driver->col_bytes(q->stmt, q->at++);
}

const char *
query_take_text(struct query *q, struct arena *a)
{
	struct span s = query_take_span(q);

	/* Most texts of a large table are empty: they share one. */
	return s.n == 0 ? "" : arena_strndup(a, s.p, s.n);
}

struct span
query_take_blob(struct query *q, struct arena *a)
{
	struct span s = query_take_span(q);

	return span_make(arena_strndup(a, s.p, s.n), s.n);
}

int
query_take_name(struct query *q, const char *(*name)(int i), int n)
{
	struct span s = query_take_span(q);

	for (int i = 0; i < n; i++)
		if (span_is(s, name(i)))
			return i;
	query_bad(q, "unknown state or kind");
	return 0;
}

void
query_bad(struct query *q, const char *what)
{
	if (q->failed)
		return;
	(void)err_set(q->err, ERR_PERM, "store: broken row: %s", what);
	fail(q);
}

void *
query_grow(struct arena *a, void *items, size_t n, size_t *cap, size_t size)
{
	void *more;

	if (n < *cap)
		return items;
	*cap = *cap == 0 ? 16 : 2 * *cap;
	more = arena_array(a, *cap, size);
	if (n > 0)
		memcpy(more, items, n * size);
	return more;
}
