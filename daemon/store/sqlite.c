/* SPDX-License-Identifier: ISC */
/*
 * SQLite driver: the only file that knows <sqlite3.h>. One connection, one
 * writer. Invariant: WAL with synchronous=FULL, so that a commit that
 * returned 0 survives a power cut; writes begin with BEGIN IMMEDIATE, because
 * a read that turns into a write fails at once when somebody else wrote.
 */
#include "store/driver.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sqlite3.h>

#include "base/file.h"
#include "base/str.h"
#include "base/xmalloc.h"

#define APPLICATION_ID 0x6a636164	/* "jcad" */
#define BUSY_MS 5000			/* only a backup or a reader by hand */
#define MEMORY ":memory:"

struct db_stmt {
	const char *sql;
	sqlite3_stmt *handle;
	bool busy;
};

struct db {
	sqlite3 *handle;
	struct db_stmt **stmts;
	size_t n;
	size_t cap;
};

/*
 * Nothing here may turn into a permanent refusal of a mail: a full disk or a
 * broken file is the operator's to mend, and until then senders shall keep
 * their mail and come again.
 */
enum err_kind
sqlite_err_kind(int code)
{
	switch (code & 0xFF) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return ERR_NONE;
	case SQLITE_CONSTRAINT:
		return ERR_CONFLICT;
	case SQLITE_TOOBIG:
		return ERR_LIMIT;
	default:
		return ERR_TEMP;
	}
}

static int
fail(const struct db *db, const char *what, struct err *err)
{
	int code = sqlite3_extended_errcode(db->handle);

	return err_set(err, sqlite_err_kind(code), "store: %s: %s (SQLite %d)",
	    what, sqlite3_errmsg(db->handle), code);
}

static int
run(struct db *db, const char *sql, struct err *err)
{
	if (sqlite3_exec(db->handle, sql, NULL, NULL, NULL) != SQLITE_OK)
		return fail(db, sql, err);
	return 0;
}

/* First column of the first row as a number and (if text is not NULL) as
 * text; not kept. */
static int
ask(struct db *db, const char *sql, int64_t *out, char text[16],
    struct err *err)
{
	sqlite3_stmt *st;
	int rc;

	if (sqlite3_prepare_v2(db->handle, sql, -1, &st, NULL) != SQLITE_OK)
		return fail(db, sql, err);
	rc = sqlite3_step(st);
	if (rc == SQLITE_ROW) {
		*out = sqlite3_column_int64(st, 0);
		if (text != NULL)
			(void)sqlite3_snprintf(16, text, "%s",
			    sqlite3_column_text(st, 0));
	}
	if (sqlite3_finalize(st) != SQLITE_OK || rc != SQLITE_ROW)
		return fail(db, sql, err);
	return 0;
}

/* --- open and close --- */

static void
sqlite_close(struct db *db)
{
	if (db == NULL)
		return;
	for (size_t i = 0; i < db->n; i++) {
		(void)sqlite3_finalize(db->stmts[i]->handle);	/* repeats */
		free(db->stmts[i]);
	}
	free(db->stmts);
	/* All statements are finalized, so this cannot refuse. */
	(void)sqlite3_close(db->handle);
	free(db);
}

/* SQLite would make the file readable for everyone, and never syncs the
 * folder that a new one stands in. */
static int
make_file(const char *path, struct err *err)
{
	char *dir = xstrdup(path), *slash = strrchr(dir, '/');
	int rc = -1, dirfd, fd;

	if (slash == dir)
		dir[1] = '\0';
	else if (slash != NULL)
		*slash = '\0';
	dirfd = file_open_dir(AT_FDCWD, slash != NULL ? dir : ".", err);
	free(dir);
	if (dirfd < 0)
		return -1;
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
	    0640);
	if (fd < 0 && errno == EEXIST)
		rc = 0;
	else if (fd < 0 || close(fd) < 0)
		(void)err_sys(err, "%s", path);
	else
		rc = file_sync_dir(dirfd, err);
	(void)close(dirfd);	/* read only: nothing to lose */
	return rc;
}

static int
set_up(struct db *db, bool memory, struct err *err)
{
	static const char *const pragmas[] = {
		"PRAGMA synchronous=FULL",
		"PRAGMA foreign_keys=ON",
		"PRAGMA trusted_schema=OFF",
		"PRAGMA temp_store=MEMORY",
		/* Addresses and tokens come in no order: hold the indexes of a
		 * large list, or an import writes them again and again. */
		"PRAGMA cache_size=-8000",
		/* An import leaves a large log behind: cut it. */
		"PRAGMA journal_size_limit=16777216",
	};
	int64_t n = 0;
	char mode[16] = "";

	(void)sqlite3_extended_result_codes(db->handle, 1);
	if (sqlite3_busy_timeout(db->handle, BUSY_MS) != SQLITE_OK)
		return fail(db, "busy timeout", err);
	for (size_t i = 0; i < sizeof(pragmas) / sizeof(pragmas[0]); i++)
		if (run(db, pragmas[i], err) < 0)
			return -1;
	if (ask(db, "PRAGMA journal_mode=WAL", &n, mode, err) < 0)
		return -1;
	if (strcmp(mode, memory ? "memory" : "wal") != 0)
		return err_set(err, ERR_PERM, "store: no write-ahead log here "
		    "(%s): is it on a network file system?", mode);
	if (ask(db, "PRAGMA foreign_keys", &n, NULL, err) < 0)
		return -1;
	if (n != 1)
		return err_set(err, ERR_PERM,
		    "store: this SQLite does not check foreign keys");
	return 0;
}

static struct db *
sqlite_open(const char *where, struct err *err)
{
	bool memory = strcmp(where, MEMORY) == 0;
	struct db *db;

	if (where[0] == '\0') {
		(void)err_set(err, ERR_BADINPUT,
		    "store: sqlite: needs a path, as in sqlite:/var/lib/jcad/"
		    "store.db");
		return NULL;
	}
	if (!memory && make_file(where, err) < 0)
		return NULL;
	db = xcalloc(1, sizeof(*db));
	if (sqlite3_open_v2(where, &db->handle, SQLITE_OPEN_READWRITE |
	    SQLITE_OPEN_NOMUTEX | (memory ? SQLITE_OPEN_CREATE : 0), NULL) !=
	    SQLITE_OK) {
		if (db->handle == NULL)
			(void)err_set(err, ERR_TEMP, "store: no memory");
		else
			(void)fail(db, where, err);
	} else if (set_up(db, memory, err) == 0) {
		return db;
	}
	(void)err_wrap(err, "%s", where);
	sqlite_close(db);
	return NULL;
}

/* --- schema --- */

static int
sqlite_version(struct db *db, uint32_t *out, struct err *err)
{
	int64_t id, tables, version;

	if (ask(db, "PRAGMA application_id", &id, NULL, err) < 0 ||
	    ask(db, "SELECT count(*) FROM sqlite_master", &tables, NULL,
	    err) < 0 ||
	    ask(db, "PRAGMA user_version", &version, NULL, err) < 0)
		return -1;
	if (id != APPLICATION_ID && (id != 0 || tables != 0 || version != 0))
		return err_set(err, ERR_PERM,
		    "store: this database belongs to another program");
	if (version < 0)
		return err_set(err, ERR_PERM,
		    "store: schema version %lld cannot be",
		    (long long)version);
	*out = (uint32_t)version;
	return 0;
}

static int
sqlite_set_version(struct db *db, uint32_t version, struct err *err)
{
	struct str sql = STR_EMPTY;
	int rc;

	str_addf(&sql, "PRAGMA application_id=%d; PRAGMA user_version=%u",
	    APPLICATION_ID, version);
	rc = run(db, str_get(&sql), err);
	str_done(&sql);
	return rc;
}

static int
sqlite_script(struct db *db, const char *sql, struct err *err)
{
	if (sqlite3_exec(db->handle, sql, NULL, NULL, NULL) != SQLITE_OK)
		return fail(db, "script", err);
	return 0;
}

/* --- transactions --- */

static int
sqlite_begin(struct db *db, struct err *err)
{
	return run(db, "BEGIN IMMEDIATE", err);
}

static int
sqlite_commit(struct db *db, struct err *err)
{
	return run(db, "COMMIT", err);
}

static void
sqlite_rollback(struct db *db)
{
	/* It may fail only because SQLite has done it already. */
	if (sqlite3_get_autocommit(db->handle) == 0)
		(void)sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
}

static bool
sqlite_in_transaction(const struct db *db)
{
	return sqlite3_get_autocommit(db->handle) == 0;
}

/* --- statements --- */

static struct db_stmt *
remember(struct db *db, const char *sql, sqlite3_stmt *handle)
{
	struct db_stmt *st = xcalloc(1, sizeof(*st));

	st->sql = sql;
	st->handle = handle;
	if (db->n == db->cap) {
		db->cap = db->cap == 0 ? 64 : 2 * db->cap;
		db->stmts = xrealloc(db->stmts,
		    db->cap * sizeof(struct db_stmt *));
	}
	db->stmts[db->n++] = st;
	return st;
}

static struct db_stmt *
sqlite_prepare(struct db *db, const char *sql, struct err *err)
{
	sqlite3_stmt *handle;
	struct db_stmt *st;

	/* About a hundred statements: a walk costs less than one step. */
	for (size_t i = 0; i < db->n; i++) {
		st = db->stmts[i];
		if (st->sql != sql)
			continue;
		if (st->busy)
			abort();	/* nested use of one statement */
		st->busy = true;
		return st;
	}
	if (sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT,
	    &handle, NULL) != SQLITE_OK) {
		(void)fail(db, sql, err);
		return NULL;
	}
	st = remember(db, sql, handle);
	st->busy = true;
	return st;
}

/* Binding fails for a wrong number (our bug: the statement then misses a
 * value and NOT NULL refuses it) or a value that is too big (as well). */
static void
sqlite_bind_i64(struct db_stmt *st, int at, int64_t v)
{
	(void)sqlite3_bind_int64(st->handle, at + 1, v);
}

static void
sqlite_bind_text(struct db_stmt *st, int at, struct span p)
{
	(void)sqlite3_bind_text64(st->handle, at + 1, p.n > 0 ? p.p : "", p.n,
	    SQLITE_STATIC, SQLITE_UTF8);
}

static void
sqlite_bind_blob(struct db_stmt *st, int at, struct span p)
{
	(void)sqlite3_bind_blob64(st->handle, at + 1, p.n > 0 ? p.p : "", p.n,
	    SQLITE_STATIC);
}

static int
sqlite_step(struct db *db, struct db_stmt *st, struct err *err)
{
	switch (sqlite3_step(st->handle)) {
	case SQLITE_ROW:
		return 1;
	case SQLITE_DONE:
		return 0;
	default:
		return fail(db, st->sql, err);
	}
}

static int64_t
sqlite_col_i64(struct db_stmt *st, int at)
{
	return sqlite3_column_int64(st->handle, at);
}

static struct span
sqlite_col_bytes(struct db_stmt *st, int at)
{
	const void *p = sqlite3_column_blob(st->handle, at);
	int n = sqlite3_column_bytes(st->handle, at);

	return span_make(p != NULL ? p : "", p != NULL ? (size_t)n : 0);
}

static void
sqlite_reset(struct db_stmt *st)
{
	/* Returns the error of the last step again: reported already. */
	(void)sqlite3_reset(st->handle);
	(void)sqlite3_clear_bindings(st->handle);
	st->busy = false;
}

static int64_t
sqlite_changes(struct db *db)
{
	return sqlite3_changes64(db->handle);
}

/* --- backup --- */

/* VACUUM INTO does not sync what it wrote. */
static int
sync_copy(const char *path, struct err *err)
{
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	int rc;

	if (fd < 0)
		return err_sys(err, "%s", path);
	rc = fsync(fd);
	if (rc < 0)
		(void)err_sys(err, "fsync %s", path);
	if (close(fd) < 0 && rc == 0)
		rc = err_sys(err, "close %s", path);
	return rc;
}

static int
sqlite_backup(struct db *db, const char *path, struct err *err)
{
	sqlite3_stmt *st;
	int rc, fd;

	/* Ours to make, so that nobody else can read it: VACUUM INTO takes an
	 * empty file. */
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || close(fd) < 0)
		return err_sys(err, "%s", path);
	if (sqlite3_prepare_v2(db->handle, "VACUUM INTO ?", -1, &st, NULL) !=
	    SQLITE_OK) {
		rc = fail(db, "backup", err);
	} else {
		(void)sqlite3_bind_text(st, 1, path, -1, SQLITE_STATIC);
		rc = sqlite3_step(st) == SQLITE_DONE ? 0 :
		    fail(db, "backup", err);
		(void)sqlite3_finalize(st);	/* repeats the error */
	}
	if (rc == 0)
		rc = sync_copy(path, err);
	if (rc < 0)
		(void)unlink(path);	/* half a copy helps nobody */
	return rc;
}

const struct driver sqlite_driver = {
	.scheme = "sqlite",
	.open = sqlite_open,
	.close = sqlite_close,
	.backup = sqlite_backup,
	.version = sqlite_version,
	.set_version = sqlite_set_version,
	.script = sqlite_script,
	.begin = sqlite_begin,
	.commit = sqlite_commit,
	.rollback = sqlite_rollback,
	.in_transaction = sqlite_in_transaction,
	.prepare = sqlite_prepare,
	.bind_i64 = sqlite_bind_i64,
	.bind_text = sqlite_bind_text,
	.bind_blob = sqlite_bind_blob,
	.step = sqlite_step,
	.col_i64 = sqlite_col_i64,
	.col_bytes = sqlite_col_bytes,
	.reset = sqlite_reset,
	.changes = sqlite_changes,
};
