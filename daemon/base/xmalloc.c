/* SPDX-License-Identifier: ISC */
/*
 * Allocation that cannot fail. Owns nothing: callers free(3) what they get.
 * The one line on memory shortage goes out by write(2), since the log itself
 * allocates. Invariant: no function here ever returns NULL.
 */
#include "base/xmalloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static _Noreturn void
die_oom(void)
{
	static const char text[] = "event=out-of-memory\n";

	/* The process ends here whether or not the line gets out. */
	if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
		abort();
	abort();
}

void *
xmalloc(size_t n)
{
	void *p;

	if (n > PTRDIFF_MAX)
		die_oom();
	p = malloc(n > 0 ? n : 1);
	if (p == NULL)
		die_oom();
	return p;
}

void *
xcalloc(size_t count, size_t size)
{
	void *p;

	if (size > 0 && count > PTRDIFF_MAX / size)
		die_oom();
	if (count == 0 || size == 0)
		count = size = 1;
	p = calloc(count, size);
	if (p == NULL)
		die_oom();
	return p;
}

void *
xrealloc(void *p, size_t n)
{
	void *q;

	if (n > PTRDIFF_MAX)
		die_oom();
	q = realloc(p, n > 0 ? n : 1);
	if (q == NULL)
		die_oom();
	return q;
}

char *
xstrdup(const char *s)
{
	size_t n = strlen(s) + 1;

	return memcpy(xmalloc(n), s, n);
}
