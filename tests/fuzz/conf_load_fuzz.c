/* SPDX-License-Identifier: ISC */
/*
 * A whole configuration file over one input, up to the first NUL byte the
 * file and behind it an override: either settings without problem, or
 * problems of one clean line each.
 */
#include "tests/fuzz/fuzz.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/span.h"
#include "base/str.h"
#include "conf/conf.h"
#include "model/settings.h"

/* libconfig 1.5 loses the text that it was joining when it meets an error. */
const char *__lsan_default_suppressions(void);

const char *
__lsan_default_suppressions(void)
{
	return "leak:libconfig";
}

static void
must(int condition)
{
	if (!condition)
		abort();
}

static void
remove_file(void)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/tmp/jcad-conf-fuzz.%ld",
	    (long)getpid());
	(void)unlink(path);
}

/* The input as a file; conf_load() wants a name. */
static void
write_input(char path[64], struct span text)
{
	static int registered;
	int fd;

	(void)snprintf(path, 64, "/tmp/jcad-conf-fuzz.%ld", (long)getpid());
	if (!registered)
		registered = atexit(remove_file) == 0;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	must(fd >= 0 && file_write_all(fd, text.p, text.n, NULL) == 0);
	must(close(fd) == 0);
}

static void
check_settings(const struct settings *s)
{
	size_t i, j;

	must(s->spool[0] == '/' && s->control[0] == '/');
	must(s->n_lists > 0 && s->n_intake > 0);
	must(s->relay_batch >= 1 && s->relay_batch <= 500);
	for (i = 0; i < s->n_lists; i++) {
		must(strlen(s->lists[i].name) <= 24);
		must(strpbrk(s->lists[i].title, "\r\n") == NULL);
		for (j = 0; j < s->lists[i].n_bodies; j++)
			must(settings_category(&s->lists[i],
			    s->lists[i].bodies[j].category) != NULL);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct span in = span_make((const char *)data, size), file;
	struct str problems = STR_EMPTY;
	struct settings *s = NULL;
	const char *overrides[2] = { NULL, NULL };
	char path[64];
	size_t i;

	file = span_cut(&in, '\0');
	if (in.n > 0)
		overrides[0] = arena_strndup(a, in.p, strnlen(in.p, in.n));
	write_input(path, file);
	if (conf_load(a, path, overrides, &s, &problems) == 0) {
		must(problems.len == 0);
		check_settings(s);
	} else {
		must(problems.len > 0 && s == NULL);
		for (i = 0; i < problems.len; i++)
			must((unsigned char)problems.data[i] >= ' ' ||
			    problems.data[i] == '\n');
	}
	str_done(&problems);
	arena_free(a);
	return 0;
}
