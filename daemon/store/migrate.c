/* SPDX-License-Identifier: ISC */
/*
 * Schema versions: file NNN-name.sql makes version NNN of NNN-1. Owns the
 * order and the all-or-nothing of each step; the SQL is in conf/schema.
 * Invariant: a database is always at exactly one version.
 */
#include "store/migrate.h"

#include <string.h>
#include "base/embedded.h"
#include "base/err.h"
#include "store/driver.h"

#define FOLDER "conf/schema/"

/* NNN of a schema file, 0 for other files, -1 if the name is not of the form
 * NNN-name.sql. */
static int
number_of(const char *path)
{
	size_t skip = sizeof(FOLDER) - 1, n = strlen(path);
	uint64_t number;

	if (strncmp(path, FOLDER, skip) != 0)
		return 0;
	path += skip;
	n -= skip;
	if (n < 9 || path[3] != '-' || strcmp(path + n - 4, ".sql") != 0 ||
	    !span_u64(span_make(path, 3), 999, &number) || number == 0)
		return -1;
	return (int)number;
}

/* The file of that number; NULL if there is none. */
static const struct embedded_file *
find(const struct embedded_file *files, uint32_t number)
{
	for (; files->path != NULL; files++)
		if (number_of(files->path) == (int)number)
			return files;
	return NULL;
}

/* Check the names and find the newest version. */
static int
newest(const struct embedded_file *files, uint32_t *out, struct err *err)
{
	uint32_t count = 0, top = 0;

	for (const struct embedded_file *f = files; f->path != NULL; f++) {
		int number = number_of(f->path);

		if (number < 0)
			return err_set(err, ERR_PERM,
			    "%s: a schema file is named NNN-name.sql", f->path);
		if (number == 0)
			continue;
		if (find(files, (uint32_t)number) != f)
			return err_set(err, ERR_PERM,
			    "%s: a second schema file of that number", f->path);
		count++;
		if ((uint32_t)number > top)
			top = (uint32_t)number;
	}
	/* Numbers differ and start at 1, so as many as the highest: no gap. */
	if (count != top)
		return err_set(err, ERR_PERM, "%s: %u files, but the highest "
		    "number is %u: one is missing", FOLDER, count, top);
	*out = top;
	return 0;
}

static int
apply(const struct driver *driver, struct db *db, uint32_t version,
    const struct embedded_file *f, struct err *err)
{
	if (driver->begin(db, err) < 0)
		return -1;
	if (driver->script(db, f->data, err) < 0)
		goto fail;
	if (!driver->in_transaction(db)) {
		(void)err_set(err, ERR_PERM,
		    "it ends the transaction that it runs in");
		goto fail;
	}
	if (driver->set_version(db, version, err) < 0 ||
	    driver->commit(db, err) < 0)
		goto fail;
	return 0;
fail:
	driver->rollback(db);
	return err_wrap(err, "%s", f->path);
}

int
migrate_run(const struct driver *driver, struct db *db,
    const struct embedded_file *files, struct err *err)
{
	uint32_t have = 0, want = 0;

	if (newest(files, &want, err) < 0 ||
	    driver->version(db, &have, err) < 0)
		return -1;
	if (have > want)
		return err_set(err, ERR_PERM, "store: its schema is version "
		    "%u, this program knows up to %u: use the newer program, "
		    "or a backup made before the upgrade", have, want);
	while (have < want) {
		have++;
		if (apply(driver, db, have, find(files, have), err) < 0)
			return -1;
	}
	return 0;
}
