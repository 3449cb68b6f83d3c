/* SPDX-License-Identifier: ISC */
/*
 * The program's own connect(). Single-threaded, like every role; the one
 * variable is what makes it a window in time.
 */
#include "courier/nodelay.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

static struct {
	bool open;
	int timeout_ms;
	int fd;
} window = { false, 0, -1 };

void
nodelay_begin(int timeout_ms)
{
	window.open = true;
	window.timeout_ms = timeout_ms;
	window.fd = -1;
}

int
nodelay_fd(void)
{
	return window.fd;
}

void
nodelay_end(void)
{
	window.open = false;
	window.fd = -1;
}

/* A blocking connect() ends with EINPROGRESS after the send timeout. */
static void
limit_time(int fd, int ms)
{
	struct timeval tv = { ms / 1000, ms % 1000 * 1000 };

	/* Without it the kernel's own limit holds. */
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
}

static int
connect_soon(int fd, const struct sockaddr *addr, socklen_t len)
{
	int one = 1, rc;

	/* Without it sending is slow, not wrong. */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	limit_time(fd, window.timeout_ms);
	rc = (int)syscall(SYS_connect, fd, addr, len);
	if (rc < 0 && errno == EINPROGRESS)
		errno = ETIMEDOUT;
	if (rc == 0) {
		limit_time(fd, 0);
		window.fd = fd;
	}
	return rc;
}

int
connect(int fd, __CONST_SOCKADDR_ARG arg, socklen_t len)
{
	const struct sockaddr *addr = arg.__sockaddr__;

	if (window.open && (addr->sa_family == AF_INET ||
	    addr->sa_family == AF_INET6))
		return connect_soon(fd, addr, len);
	return (int)syscall(SYS_connect, fd, addr, len);
}
