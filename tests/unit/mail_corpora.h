/* SPDX-License-Identifier: ISC */
/*
 * Where test data of others lies: JCAD_CORPORA, or ../shared/corpora next to
 * the repository. Tests that need it say so and pass where it is missing.
 */
#ifndef TESTS_UNIT_MAIL_CORPORA_H
#define TESTS_UNIT_MAIL_CORPORA_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"

/* Read a file of the corpora into a; false (and a line says so) if the
 * corpora are not there. A file that is missing from them is a failure. */
static inline bool
corpora_read(struct arena *a, const char *path, struct span *out)
{
	const char *root = getenv("JCAD_CORPORA");
	struct err err;
	int dir;

	if (root == NULL)
		root = "../shared/corpora";
	dir = file_open_dir(AT_FDCWD, root, &err);
	if (dir < 0) {
		(void)printf("skipped: no corpora\n");
		return false;
	}
	if (file_read(a, dir, path, 64u << 20, out, &err) != 0) {
		(void)fprintf(stderr, "%s\n", err.text);
		abort();
	}
	(void)close(dir);
	return true;
}

#endif
