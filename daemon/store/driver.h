/* SPDX-License-Identifier: ISC */
/*
 * Driver: the few primitive operations that a database engine gives to the
 * store. Only store/query.c, store/store.c and store/migrate.c call them.
 * SQL above it is portable: "?" placeholders, INSERT ... RETURNING, ON
 * CONFLICT, SAVEPOINT; and no statement counts on an error inside a
 * transaction being harmless (elsewhere it ends the transaction).
 */
#ifndef STORE_DRIVER_H
#define STORE_DRIVER_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/span.h"

struct db;		/* a connection; each driver defines its own */
struct db_stmt;		/* a prepared statement of one */

struct driver {
	const char *scheme;	/* "sqlite": what stands before ":" in a url */
	/* Open what the rest of the url names; creates it if need be. */
	struct db *(*open)(const char *where, struct err *err);
	void (*close)(struct db *db);
	/* Copy all to the new file path. */
	int (*backup)(struct db *db, const char *path, struct err *err);
	/* Number of the last migration in the database, 0 = empty. */
	int (*version)(struct db *db, uint32_t *out, struct err *err);
	int (*set_version)(struct db *db, uint32_t version, struct err *err);
	/* Run a file of statements; may translate the spellings that the head
	 * of conf/schema/001-first.sql names. */
	int (*script)(struct db *db, const char *sql, struct err *err);
	/* Begin to write: waits for the lock here, never later. */
	int (*begin)(struct db *db, struct err *err);
	/* Durable on 0; on -1 the transaction may be open still. */
	int (*commit)(struct db *db, struct err *err);
	void (*rollback)(struct db *db);
	/* False also when the engine gave the transaction up on its own. */
	bool (*in_transaction)(const struct db *db);
	/* Statement for sql, which must be a literal: it is kept, found again
	 * by its address, and freed by close. At most one use at a time. */
	struct db_stmt *(*prepare)(struct db *db, const char *sql,
	    struct err *err);
	/* Bind parameter at (from 0). What p points to lives until reset. */
	void (*bind_i64)(struct db_stmt *stmt, int at, int64_t v);
	void (*bind_text)(struct db_stmt *stmt, int at, struct span p);
	void (*bind_blob)(struct db_stmt *stmt, int at, struct span p);
	/* 1 = a row, 0 = no more, -1 = err. */
	int (*step)(struct db *db, struct db_stmt *stmt, struct err *err);
	/* Column at (from 0) of the row, 0 or empty for NULL; bytes live until
	 * the next step. */
	int64_t (*col_i64)(struct db_stmt *stmt, int at);
	struct span (*col_bytes)(struct db_stmt *stmt, int at);
	/* End the use of the statement. */
	void (*reset)(struct db_stmt *stmt);
	/* Rows that the last INSERT, UPDATE or DELETE touched. */
	int64_t (*changes)(struct db *db);
};

extern const struct driver sqlite_driver;
/* Kind of a SQLite result code (exported for its test). */
enum err_kind sqlite_err_kind(int code);

#endif
