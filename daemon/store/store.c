/* SPDX-License-Identifier: ISC */
/*
 * The open store: finds the driver, migrates, and owns the transaction.
 * Knows no entity. Invariant: after a failed commit, or when the engine gave
 * a transaction up by itself (disk full), nothing of it is left and nothing
 * more is written until store_rollback().
 */
#include "store/store.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "base/embedded.h"
#include "base/err.h"
#include "base/xmalloc.h"
#include "store/driver.h"
#include "store/migrate.h"
#include "store/query.h"

static const struct driver *const drivers[] = { &sqlite_driver };

static const struct driver *
find_driver(const char *url, const char **where)
{
	for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++) {
		size_t n = strlen(drivers[i]->scheme);

		if (strncmp(url, drivers[i]->scheme, n) == 0 &&
		    url[n] == ':') {
			*where = url + n + 1;
			return drivers[i];
		}
	}
	return NULL;
}

struct store *
store_open(const char *url, struct err *err)
{
	const char *where;
	const struct driver *driver = find_driver(url, &where);
	struct store *s;

	if (driver == NULL) {
		(void)err_set(err, ERR_BADINPUT, "store: \"%s\" is no store "
		    "that this program knows; sqlite:PATH is", url);
		return NULL;
	}
	s = xcalloc(1, sizeof(*s));
	s->driver = driver;
	s->db = driver->open(where, err);
	if (s->db == NULL) {
		free(s);
		return NULL;
	}
	if (migrate_run(driver, s->db, embedded_files, err) < 0) {
		(void)err_wrap(err, "%s", url);
		store_close(s);
		return NULL;
	}
	return s;
}

void
store_close(struct store *s)
{
	if (s == NULL)
		return;
	if (s->in_transaction)
		store_rollback(s);
	s->driver->close(s->db);
	free(s);
}

int
store_backup(struct store *s, const char *path, struct err *err)
{
	if (s->in_transaction)
		return err_set(err, ERR_CONFLICT,
		    "store: a backup needs the transaction closed");
	return s->driver->backup(s->db, path, err);
}

int
store_begin(struct store *s, struct err *err)
{
	if (s->in_transaction)
		return err_set(err, ERR_PERM,
		    "store: a transaction is open already");
	if (s->driver->begin(s->db, err) < 0)
		return -1;
	s->in_transaction = true;
	s->lost = false;
	s->savepoints = 0;
	return 0;
}

int
store_commit(struct store *s, struct err *err)
{
	int rc;

	if (!s->in_transaction)
		return err_set(err, ERR_PERM, "store: nothing to commit");
	if (s->lost)
		rc = err_set(err, ERR_TEMP,
		    "store: the transaction was given up after a failure");
	else
		rc = s->driver->commit(s->db, err);
	if (rc < 0)
		s->driver->rollback(s->db);
	s->in_transaction = s->lost = false;
	return rc;
}

void
store_rollback(struct store *s)
{
	if (s->in_transaction)
		s->driver->rollback(s->db);
	s->in_transaction = s->lost = false;
}

bool
store_in_transaction(const struct store *s)
{
	return s->in_transaction;
}

static int
run(struct store *s, const char *sql, struct err *err)
{
	struct query q;

	query_write(&q, s, sql, err);
	return query_run(&q) < 0 ? -1 : 0;
}

/* Savepoints of one name nest: the newest is meant. */
int
store_savepoint(struct store *s, struct err *err)
{
	if (run(s, "SAVEPOINT one_mail", err) < 0)
		return -1;
	s->savepoints++;
	return 0;
}

int
store_release(struct store *s, struct err *err)
{
	assert(s->savepoints > 0);
	s->savepoints--;
	if (run(s, "RELEASE SAVEPOINT one_mail", err) < 0) {
		s->lost = true;		/* else the commit would keep it */
		return -1;
	}
	return 0;
}

void
store_undo(struct store *s)
{
	struct err err;

	assert(s->savepoints > 0);
	s->savepoints--;
	/* If undoing fails, the whole transaction must not be committed. */
	if (!s->lost && (run(s, "ROLLBACK TO SAVEPOINT one_mail", &err) < 0 ||
	    run(s, "RELEASE SAVEPOINT one_mail", &err) < 0))
		s->lost = true;
}
