/* SPDX-License-Identifier: ISC */
/* Migrate: brings the schema of a database up to the newest version. */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

struct db;
struct driver;
struct embedded_file;
struct err;

/* Apply those of files (ended by a NULL path) named conf/schema/NNN-*.sql
 * that db lacks, in order, each in one transaction with its version number.
 * A database newer than files, and files with a gap, are refused. Blocks. */
int migrate_run(const struct driver *driver, struct db *db,
    const struct embedded_file *files, struct err *err);

#endif
