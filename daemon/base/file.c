/* SPDX-License-Identifier: ISC */
/*
 * Durable and atomic file writing, bounded reading. Knows nothing of what the
 * files mean. Temporary names begin with ".tmp-", so that start-up can clear
 * what a crash left. Invariant: a name becomes visible only after its
 * contents are complete.
 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/crypt.h"
#include "base/err.h"

/* For files that tell no size (in /proc). */
#define UNSIZED_MAX 65536

static int
check_name(const char *name, struct err *err)
{
	if (name[0] == '\0' || strchr(name, '/') != NULL ||
	    strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return err_set(err, ERR_BADINPUT,
		    "\"%s\" cannot be a file name", name);
	return 0;
}

int
file_write_all(int fd, const void *p, size_t n, struct err *err)
{
	const char *at = p;
	ssize_t r;

	while (n > 0) {
		r = write(fd, at, n);
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return err_sys(err, "write");
		at += r;
		n -= (size_t)r;
	}
	return 0;
}

/* Make a file of a fresh temporary name (tmp, 24 bytes). fd or -1. */
static int
open_temp(int dirfd, char *tmp, size_t size, struct err *err)
{
	uint64_t id;
	int fd;

	crypt_random(&id, sizeof(id));
	(void)snprintf(tmp, size, ".tmp-%016llx", (unsigned long long)id);
	fd = openat(dirfd, tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC |
	    O_NOFOLLOW, 0640);
	if (fd < 0)
		return err_sys(err, "create %s", tmp);
	return fd;
}

/* Write, sync if asked, and close; the descriptor is closed in any case. */
static int
fill(int fd, struct span data, bool durable, struct err *err)
{
	if (file_write_all(fd, data.p, data.n, err) != 0) {
		(void)close(fd);	/* the first error is the one told */
		return -1;
	}
	if (durable && fsync(fd) != 0) {
		err_sys(err, "fsync");
		(void)close(fd);	/* as above */
		return -1;
	}
	if (close(fd) != 0)
		return err_sys(err, "close");
	return 0;
}

static int
write_and_rename(int dirfd, const char *name, struct span data, bool durable,
    struct err *err)
{
	char tmp[24];
	bool existed;
	int fd;

	if (check_name(name, err) != 0)
		return -1;
	fd = open_temp(dirfd, tmp, sizeof(tmp), err);
	if (fd < 0)
		return err_wrap(err, "%s", name);
	if (fill(fd, data, durable, err) != 0)
		goto fail;
	existed = faccessat(dirfd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
	if (renameat(dirfd, tmp, dirfd, name) != 0) {
		err_sys(err, "rename");
		goto fail;
	}
	if (durable && file_sync_dir(dirfd, err) != 0) {
		/* A replaced file stays: taking it away would lose both. */
		if (!existed)
			(void)unlinkat(dirfd, name, 0);	/* best effort */
		return err_wrap(err, "%s", name);
	}
	return 0;
fail:
	(void)unlinkat(dirfd, tmp, 0);	/* best effort; start-up clears too */
	return err_wrap(err, "%s", name);
}

int
file_write(int dirfd, const char *name, struct span data, struct err *err)
{
	return write_and_rename(dirfd, name, data, true, err);
}

int
file_replace(int dirfd, const char *name, struct span data, struct err *err)
{
	return write_and_rename(dirfd, name, data, false, err);
}

int
file_move(int fromdir, const char *from, int todir, const char *to,
    struct err *err)
{
	if (renameat(fromdir, from, todir, to) != 0)
		return err_sys(err, "rename %s to %s", from, to);
	return file_sync_dir(todir, err);
}

int
file_sync_dir(int dirfd, struct err *err)
{
	if (fsync(dirfd) != 0)
		return err_sys(err, "fsync of the directory");
	return 0;
}

int
file_read_fd(struct arena *a, int fd, size_t max, struct span *out,
    struct err *err)
{
	struct stat st;
	size_t want, n = 0;
	ssize_t r;
	char *p;

	if (fstat(fd, &st) != 0)
		return err_sys(err, "stat");
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_PERM, "not a regular file");
	if ((uintmax_t)st.st_size > max)
		return err_set(err, ERR_LIMIT,
		    "%jd bytes, the limit is %zu", (intmax_t)st.st_size, max);
	want = (size_t)st.st_size;
	if (want == 0)
		want = max < UNSIZED_MAX ? max : UNSIZED_MAX;
	p = arena_alloc(a, want + 1);
	while (n < want) {
		r = pread(fd, p + n, want - n, (off_t)n);
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return err_sys(err, "read");
		if (r == 0)
			break;
		n += (size_t)r;
	}
	*out = span_make(p, n);
	return 0;
}

int
file_read(struct arena *a, int dirfd, const char *path, size_t max,
    struct span *out, struct err *err)
{
	int fd, r;

	/* O_NONBLOCK: opening a FIFO must not hang; no effect on files. */
	fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return err_sys(err, "%s", path);
	r = file_read_fd(a, fd, max, out, err);
	if (r != 0)
		err_wrap(err, "%s", path);
	(void)close(fd);	/* read only: nothing can be lost */
	return r;
}

int
file_mkdirs(const char *path, mode_t mode, struct err *err)
{
	char part[PATH_MAX];
	struct stat st;
	size_t n = strlen(path), i;

	if (n == 0 || n >= sizeof(part))
		return err_set(err, ERR_BADINPUT,
		    "\"%.80s\" cannot be a directory name", path);
	for (i = 1; i <= n; i++) {
		if (path[i] != '/' && path[i] != '\0')
			continue;
		memcpy(part, path, i);
		part[i] = '\0';
		if (mkdir(part, mode) != 0 && errno != EEXIST)
			return err_sys(err, "mkdir %s", part);
	}
	if (stat(path, &st) != 0)
		return err_sys(err, "%s", path);
	if (!S_ISDIR(st.st_mode))
		return err_set(err, ERR_PERM, "%s is not a directory", path);
	return 0;
}

int
file_open_dir(int dirfd, const char *path, struct err *err)
{
	int fd;

	fd = openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(err, "%s", path);
	return fd;
}
