/* SPDX-License-Identifier: ISC */
/*
 * Listen: binding of listening sockets. Owns nothing after it returned.
 * Invariant: only a socket on which nobody answers is ever unlinked.
 */
#include "proc/listen.h"

#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/span.h"

#define BACKLOG 128
#define UNIX "unix:"

const char *
listen_path(const char *place)
{
	return strncmp(place, UNIX, strlen(UNIX)) == 0 ?
	    place + strlen(UNIX) : NULL;
}

/* Close fd on the way out of a failure; errno is kept. */
static int
give_up(int fd)
{
	int saved = errno;

	(void)close(fd);	/* nothing was written */
	errno = saved;
	return -1;
}

/* Does somebody listen at addr? 1, 0 (stale), -1 other error. */
static int
is_alive(const struct sockaddr_un *addr, int type)
{
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int rc = 1;

	if (fd < 0)
		return -1;
	/* EAGAIN: the queue of a living one is full. */
	if (connect(fd, (const struct sockaddr *)addr, sizeof(*addr)) != 0 &&
	    errno != EAGAIN)
		rc = errno == ECONNREFUSED || errno == ENOENT ? 0 : -1;
	(void)give_up(fd);
	return rc;
}

/* Make room for a socket at path. */
static int
remove_stale(const char *path, const struct sockaddr_un *addr, int type,
    struct err *err)
{
	struct stat st;
	int alive;

	if (lstat(path, &st) != 0)
		return errno == ENOENT ? 0 : err_sys(err, "%s", path);
	if (!S_ISSOCK(st.st_mode))
		return err_set(err, ERR_CONFLICT, "%s is no socket; remove it "
		    "or choose another path", path);
	alive = is_alive(addr, type);
	if (alive > 0)
		return err_set(err, ERR_CONFLICT, "another process listens on "
		    "%s", path);
	if (alive < 0)
		return err_sys(err, "asking who listens on %s", path);
	if (unlink(path) != 0 && errno != ENOENT)
		return err_sys(err, "removing the left-over %s", path);
	return 0;
}

static int
make_folder(const char *path, struct err *err)
{
	const char *slash = strrchr(path, '/');
	char folder[sizeof(((struct sockaddr_un *)0)->sun_path)] = "";

	if (slash == NULL || slash == path)
		return 0;
	memcpy(folder, path, (size_t)(slash - path));
	return file_mkdirs(folder, 0755, err);
}

static int
open_unix(const char *path, int type, struct err *err)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	mode_t before;
	int fd, rc;

	if (strlen(path) >= sizeof(addr.sun_path))
		return err_set(err, ERR_BADINPUT, "the path of a socket is at "
		    "most %zu bytes: %s", sizeof(addr.sun_path) - 1, path);
	memcpy(addr.sun_path, path, strlen(path) + 1);
	if (make_folder(path, err) != 0 ||
	    remove_stale(path, &addr, type, err) != 0)
		return -1;
	fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return err_sys(err, "making a socket");
	before = umask(0117);
	rc = bind(fd, (const struct sockaddr *)&addr, sizeof(addr));
	(void)umask(before);	/* never fails */
	if (rc == 0)
		rc = listen(fd, BACKLOG);
	if (rc == 0)
		return fd;
	(void)give_up(fd);
	return err_sys(err, "listening on %s", path);
}

static int
open_address(const struct addrinfo *ai, int type)
{
	int fd = socket(ai->ai_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    ai->ai_protocol), on = 1;

	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
	    bind(fd, ai->ai_addr, ai->ai_addrlen) != 0 ||
	    listen(fd, BACKLOG) != 0)
		return give_up(fd);
	return fd;
}

static int
open_host(const char *place, int type, struct err *err)
{
	const struct addrinfo hints = { .ai_flags = AI_NUMERICSERV |
	    AI_PASSIVE, .ai_socktype = type };
	struct addrinfo *found, *ai;
	struct span s = span_of(place), host;
	size_t colon = span_rfind(s, ':');
	char name[256];
	int rc, fd = -1;

	host = span_sub(s, 0, colon);
	if (host.n > 2 && host.p[0] == '[')
		host = span_sub(host, 1, host.n - 1);
	if (colon == s.n || host.n == 0 || host.n >= sizeof(name))
		return err_set(err, ERR_BADINPUT, "\"%s\" is no HOST:PORT",
		    place);
	(void)snprintf(name, sizeof(name), "%.*s", (int)host.n, host.p);
	rc = getaddrinfo(name, place + colon + 1, &hints, &found);
	if (rc != 0)
		return err_set(err, ERR_TEMP, "looking up %s: %s", place,
		    gai_strerror(rc));
	for (ai = found; ai != NULL && fd < 0; ai = ai->ai_next)
		fd = open_address(ai, type);
	freeaddrinfo(found);
	return fd >= 0 ? fd : err_sys(err, "listening on %s", place);
}

int
listen_open(const char *place, int type, struct err *err)
{
	const char *path = listen_path(place);

	return path != NULL ? open_unix(path, type, err) :
	    open_host(place, type, err);
}
