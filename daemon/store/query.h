/* SPDX-License-Identifier: ISC */
/*
 * Query: one use of one statement, written top to bottom: begin, put the
 * parameters in order, then run, or row by row take the columns in order. The
 * first failure sticks: later calls do nothing and the last one returns -1, so
 * that only the ends need checks. Strings put must live until the end.
 */
#ifndef STORE_QUERY_H
#define STORE_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/span.h"

struct arena;
struct db;
struct db_stmt;
struct driver;
struct err;

/* The open store, as the entities see it. */
struct store {
	const struct driver *driver;
	struct db *db;
	unsigned savepoints;	/* open ones */
	bool in_transaction;	/* between store_begin() and its end */
	bool lost;		/* the engine gave the transaction up */
};

struct query {
	struct store *store;
	struct err *err;
	struct db_stmt *stmt;	/* NULL: ended */
	int at;			/* next parameter or column */
	bool failed;
};

/* sql must be a string literal. A write needs an open transaction. */
void query_read(struct query *q, struct store *s, const char *sql,
    struct err *err);
void query_write(struct query *q, struct store *s, const char *sql,
    struct err *err);
void query_put_i64(struct query *q, int64_t v);
/* NULL counts as "". */
void query_put_text(struct query *q, const char *text);
void query_put_blob(struct query *q, struct span data);

/* Step: 1 = a row is there, 0 = no more, -1 = failed. Ended unless 1. */
int query_row(struct query *q);
/* The one row: 0, ERR_NOTFOUND with "no <what>" if there is none, or -1.
 * Then take columns and call query_end(). */
int query_one(struct query *q, const char *what);
/* Run to the end without rows: number of rows touched, or -1. */
int64_t query_run(struct query *q);
/* Run an INSERT ... RETURNING id: 1 and *id; 0 if ON CONFLICT DO NOTHING did
 * nothing; or -1. */
int query_insert(struct query *q, int64_t *id);
/* End early or after query_one(): 0, or -1 if anything failed. */
int query_end(struct query *q);

/* The next column as a number. */
int64_t query_take_i64(struct query *q);
/* A column that must be 0..UINT32_MAX; else the query fails. */
uint32_t query_take_u32(struct query *q);
bool query_take_flag(struct query *q);
/* NUL-terminated copy in a, never NULL. */
const char *query_take_text(struct query *q, struct arena *a);
struct span query_take_blob(struct query *q, struct arena *a);
/* As the bytes are, valid until the next row or end. */
struct span query_take_span(struct query *q);
/* The index of a name column among n names, name(arg, i) each; the query
 * fails if it is none of them. */
int query_take_name(struct query *q, const char *(*name)(int i), int n);
/* Fail because what the row holds cannot be. */
void query_bad(struct query *q, const char *what);

/* Room for one more in the arena array items of n elements; returns the
 * (possibly moved) array. *cap starts as 0. */
void *query_grow(struct arena *a, void *items, size_t n, size_t *cap,
    size_t size);

#endif
