/* SPDX-License-Identifier: ISC */
/*
 * Stand-alone main for a fuzz harness: runs it once over each file of the
 * folders given, without a fuzzing engine, and prints one TAP line a file.
 * Used by the replay of the corpus. Invariant: the name of a file is printed
 * before its run ends, so that a crash can be told.
 */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "base/span.h"

#define INPUT_MAX (32u << 20)

static int
is_visible(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

static int
run_file(const char *dir, const char *name, int number)
{
	struct arena *a = arena_new();
	struct err err = { ERR_NONE, "" };
	struct span in;
	const char *path;

	path = arena_printf(a, "%s/%s", dir, name);
	(void)printf("# %s\n", path);
	(void)fflush(stdout);
	if (file_read(a, AT_FDCWD, path, INPUT_MAX, &in, &err) != 0) {
		(void)printf("not ok %d - %s\n", number, err.text);
		arena_free(a);
		return 1;
	}
	(void)LLVMFuzzerTestOneInput((const uint8_t *)in.p, in.n);
	(void)printf("ok %d - %s\n", number, name);
	arena_free(a);
	return 0;
}

int
main(int argc, char **argv)
{
	struct dirent **found;
	int i, k, n, number = 0, bad = 0;

	for (i = 1; i < argc; i++) {
		n = scandir(argv[i], &found, is_visible, alphasort);
		if (n < 0) {
			perror(argv[i]);
			return 1;
		}
		for (k = 0; k < n; k++) {
			bad += run_file(argv[i], found[k]->d_name, ++number);
			free(found[k]);
		}
		free(found);
	}
	(void)printf("1..%d\n", number);
	return bad == 0 && number > 0 ? 0 : 1;
}
