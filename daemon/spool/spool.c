/* SPDX-License-Identifier: ISC */
/*
 * Bodies on disk: three folders, and renames between them. Knows no rows.
 * Invariants: a file is complete and synced before it leaves incoming/; it
 * moves there once, to a name that nothing has; its bytes never change.
 */
#include "spool/spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "base/crypt.h"
#include "base/err.h"
#include "base/file.h"
#include "base/str.h"
#include "base/xmalloc.h"

enum place { INCOMING, BODIES, QUARANTINE, N_PLACES };

static const char *const place_names[N_PLACES] = { "incoming", "bodies",
	"quarantine" };

struct spool {
	int dirs[N_PLACES];
	bool touched[N_PLACES];	/* since the last sync */
};

/* 14 hex digits of microseconds, "-", 16 of chance. */
#define NAME_LEN 31
#define NAME_DASH 14

/* --- names --- */

bool
spool_is_name(const char *name)
{
	size_t i;

	for (i = 0; name[i] != '\0'; i++)
		if (i == NAME_DASH ? name[i] != '-' :
		    strchr("0123456789abcdef", name[i]) == NULL)
			return false;
	return i == NAME_LEN;
}

static int
check_name(const char *name, struct err *err)
{
	if (!spool_is_name(name))
		return err_set(err, ERR_BADINPUT,
		    "spool: not a name of the spool");
	return 0;
}

static void
make_name(char name[SPOOL_NAME_MAX])
{
	struct timespec now;
	uint64_t us, chance;

	/* Only for order and uniqueness, so the virtual clock is no use. */
	if (clock_gettime(CLOCK_REALTIME, &now) < 0)
		abort();
	us = (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
	crypt_random(&chance, sizeof(chance));
	(void)snprintf(name, SPOOL_NAME_MAX, "%014" PRIx64 "-%016" PRIx64,
	    us & UINT64_C(0xFFFFFFFFFFFFFF), chance);
}

/* --- open and close --- */

struct spool *
spool_open(const char *path, struct err *err)
{
	struct spool *s = xcalloc(1, sizeof(*s));
	struct str dir = STR_EMPTY;

	for (int i = 0; i < N_PLACES; i++)
		s->dirs[i] = -1;
	for (int i = 0; i < N_PLACES; i++) {
		str_clear(&dir);
		str_addf(&dir, "%s/%s", path, place_names[i]);
		if (file_mkdirs(str_get(&dir), 0750, err) == 0)
			s->dirs[i] = file_open_dir(AT_FDCWD, str_get(&dir),
			    err);
		if (s->dirs[i] < 0) {
			(void)err_wrap(err, "spool %s", str_get(&dir));
			spool_close(s);
			s = NULL;
			break;
		}
	}
	str_done(&dir);
	return s;
}

void
spool_close(struct spool *s)
{
	if (s == NULL)
		return;
	for (int i = 0; i < N_PLACES; i++)
		if (s->dirs[i] >= 0)
			(void)close(s->dirs[i]);	/* read only */
	free(s);
}

/* --- arriving --- */

int
spool_new(struct spool *s, char name[SPOOL_NAME_MAX], struct err *err)
{
	int fd;

	do {
		make_name(name);
		fd = openat(s->dirs[INCOMING], name, O_WRONLY | O_CREAT |
		    O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640);
	} while (fd < 0 && errno == EEXIST);
	if (fd < 0)
		return err_sys(err, "spool: incoming/%s", name);
	return fd;
}

int
spool_finish(struct spool *s, int fd, struct err *err)
{
	(void)s;
	if (fsync(fd) < 0) {
		(void)err_sys(err, "spool: fsync");
		(void)close(fd);	/* the first error is the one told */
		return -1;
	}
	if (close(fd) < 0)
		return err_sys(err, "spool: close");
	return 0;
}

void
spool_discard(struct spool *s, const char *name)
{
	/* What stays behind is removed at the next start. */
	if (spool_is_name(name))
		(void)unlinkat(s->dirs[INCOMING], name, 0);
}

/* --- keeping --- */

/* Rename unless the target exists; intake is not trusted to name well. */
static int
rename_new(int from, int to, const char *name)
{
	if (renameat2(from, name, to, name, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	/* A file system without that flag: core is the only one that makes
	 * names in the target, so look and then rename. */
	if (faccessat(to, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
		errno = EEXIST;
		return -1;
	}
	return renameat(from, name, to, name);
}

static int
move(struct spool *s, const char *name, enum place to, struct err *err)
{
	if (check_name(name, err) < 0)
		return -1;
	if (rename_new(s->dirs[INCOMING], s->dirs[to], name) < 0)
		return err_sys(err, "spool: incoming/%s to %s", name,
		    place_names[to]);
	s->touched[to] = true;
	return 0;
}

int
spool_keep(struct spool *s, const char *name, struct err *err)
{
	return move(s, name, BODIES, err);
}

int
spool_quarantine(struct spool *s, const char *name, struct err *err)
{
	return move(s, name, QUARANTINE, err);
}

int
spool_write(struct spool *s, struct span data, char name[SPOOL_NAME_MAX],
    struct err *err)
{
	int fd = spool_new(s, name, err);

	if (fd < 0)
		return -1;
	if (file_write_all(fd, data.p, data.n, err) < 0) {
		(void)close(fd);	/* the first error is the one told */
		goto fail;
	}
	if (spool_finish(s, fd, err) < 0 || spool_keep(s, name, err) < 0)
		goto fail;
	return 0;
fail:
	spool_discard(s, name);
	return -1;
}

/* incoming/ needs no sync: what comes back there after a crash is removed
 * if nobody has it and ignored if the body is in its place as well. */
int
spool_sync(struct spool *s, struct err *err)
{
	for (int i = 0; i < N_PLACES; i++) {
		if (!s->touched[i])
			continue;
		if (file_sync_dir(s->dirs[i], err) < 0)
			return err_wrap(err, "spool: %s", place_names[i]);
		s->touched[i] = false;
	}
	return 0;
}

/* --- reading and removing --- */

static int
open_regular(int dir, const char *name, struct err *err)
{
	struct stat st;
	/* O_NONBLOCK: a pipe of that name must not stop us. */
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW |
	    O_NONBLOCK);

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		(void)close(fd);	/* read only: nothing to lose */
		errno = EINVAL;
		(void)err_set(err, ERR_PERM, "spool: %s is no file", name);
		return -1;
	}
	return fd;
}

int
spool_open_body(struct spool *s, const char *name, struct err *err)
{
	static const enum place order[] = { BODIES, QUARANTINE, INCOMING };

	if (check_name(name, err) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		int fd = open_regular(s->dirs[order[i]], name, err);

		if (fd >= 0)
			return fd;
		if (errno == EINVAL)
			return -1;
		if (errno != ENOENT)
			return err_sys(err, "spool: %s/%s",
			    place_names[order[i]], name);
	}
	return err_set(err, ERR_NOTFOUND, "spool: no body %s", name);
}

int
spool_remove(struct spool *s, const char *name, struct err *err)
{
	if (check_name(name, err) < 0)
		return -1;
	for (int i = BODIES; i <= QUARANTINE; i++)
		if (unlinkat(s->dirs[i], name, 0) < 0 && errno != ENOENT)
			return err_sys(err, "spool: remove %s/%s",
			    place_names[i], name);
	return 0;
}

/* --- walking --- */

static int
each(DIR *d, int (*fn)(void *arg, const char *name), void *arg,
    struct err *err)
{
	struct dirent *e;

	for (;;) {
		errno = 0;
		e = readdir(d);
		if (e == NULL && errno != 0)
			return err_sys(err, "spool: readdir");
		if (e == NULL)
			return 0;
		if (strcmp(e->d_name, ".") == 0 ||
		    strcmp(e->d_name, "..") == 0)
			continue;
		if (fn(arg, e->d_name) < 0)
			return err_set(err, ERR_TEMP,
			    "spool: stopped at %s", e->d_name);
	}
}

int
spool_each(struct spool *s, const char *dir,
    int (*fn)(void *arg, const char *name), void *arg, struct err *err)
{
	int place = 0, fd, rc;
	DIR *d;

	while (place < N_PLACES && strcmp(place_names[place], dir) != 0)
		place++;
	if (place == N_PLACES)
		return err_set(err, ERR_PERM, "spool: no folder %s", dir);
	/* A descriptor of its own: a duplicate would share the position. */
	fd = file_open_dir(s->dirs[place], ".", err);
	if (fd < 0)
		return -1;
	d = fdopendir(fd);
	if (d == NULL) {
		rc = err_sys(err, "spool: %s", dir);
		(void)close(fd);	/* read only: nothing to lose */
		return rc;
	}
	rc = each(d, fn, arg, err);
	(void)closedir(d);	/* as above */
	return rc;
}

int64_t
spool_free_bytes(struct spool *s)
{
	struct statvfs v;

	if (fstatvfs(s->dirs[INCOMING], &v) < 0)
		return -1;
	return (int64_t)v.f_bavail * (int64_t)v.f_frsize;
}
