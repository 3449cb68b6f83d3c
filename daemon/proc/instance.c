/* SPDX-License-Identifier: ISC */
/*
 * Instance: the lock of a spool and sd_notify(3) without its library. Owns
 * nothing after it returned. Invariant: the lock file is never removed, so
 * that two starters always meet at the same one.
 */
#include "proc/instance.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/span.h"

static int
refuse(int fd, const char *folder, struct err *err)
{
	char text[32] = "";
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
	uint64_t pid;
	struct span s = span_trim(span_make(text, n > 0 ? (size_t)n : 0));

	if (!span_u64(s, INT32_MAX, &pid))
		pid = 0;
	return err_set(err, ERR_CONFLICT, "another jcad (pid %u) is "
	    "running on %s; stop it, or give this one a spool of its own",
	    (unsigned)pid, folder);
}

int
instance_lock(const char *folder, struct err *err)
{
	char text[32];
	int dir, fd, n;

	dir = file_open_dir(AT_FDCWD, folder, err);
	if (dir < 0)
		return -1;
	fd = openat(dir, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
	    0640);
	if (fd < 0) {
		(void)err_sys(err, "opening %s/lock", folder);
		(void)close(dir);	/* only used for opening */
		return -1;
	}
	(void)close(dir);		/* the same */
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno == EWOULDBLOCK)
			(void)refuse(fd, folder, err);
		else
			(void)err_sys(err, "locking %s/lock", folder);
		(void)close(fd);	/* not ours */
		return -1;
	}
	n = snprintf(text, sizeof(text), "%ld\n", (long)getpid());
	if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)n, 0) != n) {
		(void)err_sys(err, "writing %s/lock", folder);
		(void)close(fd);	/* the lock goes with it */
		return -1;
	}
	return fd;
}

void
instance_notify(const char *state)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	const char *path = getenv("NOTIFY_SOCKET");
	size_t n = path != NULL ? strlen(path) : 0;
	socklen_t len;
	int fd;

	if (n < 2 || n >= sizeof(addr.sun_path))
		return;
	memcpy(addr.sun_path, path, n);
	if (path[0] == '@')
		addr.sun_path[0] = '\0';
	len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return;
	(void)sendto(fd, state, strlen(state), MSG_NOSIGNAL,
	    (const struct sockaddr *)&addr, len);
	(void)close(fd);	/* sent or not */
}
