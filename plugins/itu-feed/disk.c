/* SPDX-License-Identifier: ISC */
/*
 * Files for the web server. A crash may leave an empty or missing file behind
 * (nothing is synced here: the journal is); every start compares all files
 * with what they should be. Invariant: a name is either the old or the new
 * file for whoever reads it.
 */
#include "feed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX_ (256u << 20)
#define TEMPORARY ".new"

int
disk_write_all(int fd, const char *p, size_t n)
{
	ssize_t w;

	while (n > 0) {
		w = write(fd, p, n);
		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			return -1;
		p += w;
		n -= (size_t)w;
	}
	return 0;
}

char *
disk_read(int dir, const char *name, size_t *n)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	char *p;
	ssize_t r;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    st.st_size > (off_t)FILE_MAX_) {
		(void)close(fd);	/* only read */
		errno = EFBIG;
		return NULL;
	}
	p = malloc((size_t)st.st_size + 1);
	if (p == NULL)
		abort();
	*n = 0;
	do {
		r = read(fd, p + *n, (size_t)st.st_size - *n);
		if (r > 0)
			*n += (size_t)r;
	} while (r > 0 || (r < 0 && errno == EINTR));
	(void)close(fd);		/* only read */
	p[*n] = '\0';
	return p;
}

static bool
is_there(int dir, const char *name, const struct buf *text)
{
	size_t n = 0;
	char *old = disk_read(dir, name, &n);
	bool same = old != NULL && n == text->n &&
	    memcmp(old, buf_get(text), n) == 0;

	free(old);
	return same;
}

int
disk_replace(int dir, const char *name, const struct buf *text)
{
	int fd, r;

	if (is_there(dir, name, text))
		return 0;
	fd = openat(dir, TEMPORARY, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC |
	    O_NOFOLLOW, 0644);
	if (fd < 0)
		return -1;
	r = disk_write_all(fd, buf_get(text), text->n);
	if (close(fd) != 0)
		r = -1;
	if (r == 0)
		r = renameat(dir, TEMPORARY, dir, name);
	return r;
}

int
disk_folder(int dir, const char *name)
{
	if (mkdirat(dir, name, 0755) != 0 && errno != EEXIST)
		return -1;
	return openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}
