/* SPDX-License-Identifier: ISC */
/*
 * Link: messages over a SOCK_SEQPACKET socket, each one frame of a 4-byte
 * little-endian type and the encoded struct. Owns the socket, the frames that
 * the kernel did not take yet and their duplicated descriptors. Invariant:
 * frames leave in the order of link_send(), closed() is called at most once,
 * and only after everything that the peer had sent was handed over.
 */
#include "proc/link.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/xmalloc.h"
#include "ev/ev.h"

#define HEAD 4
#define FRAME_MAX (HEAD + LINK_MAX)
/* Messages taken in one loop turn, so that a busy peer starves nobody. */
#define READS_PER_TURN 32
/* Pause when the kernel is out of memory or of descriptors in flight: the
 * socket stays writable then, so there is no event to wait for. */
#define CONGESTED_MS 10

struct frame {
	struct frame *next;
	int fd;			/* owned, -1 = none */
	uint32_t type;
	size_t n;
	char body[];
};

struct link {
	struct ev *ev;
	const struct link_ops *ops;
	void *arg;
	int fd;
	struct ev_io *io;	/* NULL once the peer is gone */
	struct ev_timer *retry;
	struct frame *first, **last;
	size_t backlog;
	char *buf;		/* FRAME_MAX bytes for reading */
	bool closed;		/* nothing more can be sent */
	bool busy;		/* inside on_ready() */
	bool freed;		/* by a callback inside on_ready() */
};

static void
close_fd(int fd)
{
	if (fd >= 0)
		(void)close(fd);	/* nothing was written through it */
}

static void
drop_backlog(struct link *link)
{
	struct frame *f;

	while ((f = link->first) != NULL) {
		link->first = f->next;
		close_fd(f->fd);
		free(f);
	}
	link->last = &link->first;
	link->backlog = 0;
}

static void
destroy(struct link *link)
{
	drop_backlog(link);
	ev_timer_free(link->retry);
	ev_io_free(link->io);
	close_fd(link->fd);
	free(link->buf);
	free(link);
}

static bool
is_congestion(int error)
{
	return error == ENOBUFS || error == ENOMEM || error == ETOOMANYREFS;
}

/* One sendmsg(); 0, or -1 with errno. */
static int
send_frame(int sock, uint32_t type, struct span body, int fd)
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	unsigned char head[HEAD] = { (unsigned char)type,
		(unsigned char)(type >> 8), (unsigned char)(type >> 16),
		(unsigned char)(type >> 24) };
	struct iovec iov[2] = { { head, HEAD },
		{ (void *)(uintptr_t)body.p, body.n } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };
	struct cmsghdr *c;
	ssize_t r;

	if (fd >= 0) {
		memset(&control, 0, sizeof(control));
		msg.msg_control = &control;
		msg.msg_controllen = sizeof(control);
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &fd, sizeof(int));
	}
	do
		r = sendmsg(sock, &msg, MSG_NOSIGNAL);
	while (r < 0 && errno == EINTR);
	return r < 0 ? -1 : 0;
}

/* Take the first descriptor of the message, close all others: a control
 * buffer for one int has room for two after alignment. */
static int
take_fd(struct msghdr *msg)
{
	struct cmsghdr *c;
	size_t i, n;
	int fd, taken = -1;

	for (c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (i = 0; i < n; i++) {
			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int),
			    sizeof(int));
			if (taken < 0)
				taken = fd;
			else
				close_fd(fd);
		}
	}
	return taken;
}

/*
 * One recvmsg() into buf of FRAME_MAX bytes. 1 = a frame, its body in buf
 * after the head; 0 = the peer is gone or broke the framing; -1 = errno.
 */
static int
recv_frame(int sock, char *buf, uint32_t *type, struct span *body, int *fd)
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec iov = { buf, FRAME_MAX };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control) };
	const unsigned char *u = (const unsigned char *)buf;
	ssize_t r;

	/* ECONNRESET says that the peer left something of ours unread; what
	 * it sent before is still to be had by the next call. */
	do
		r = recvmsg(sock, &msg, MSG_CMSG_CLOEXEC);
	while (r < 0 && (errno == EINTR || errno == ECONNRESET));
	if (r < 0)
		return -1;
	*fd = take_fd(&msg);
	if (r < HEAD || (msg.msg_flags & MSG_TRUNC) != 0) {
		close_fd(*fd);
		*fd = -1;
		return 0;
	}
	*type = (uint32_t)u[0] | (uint32_t)u[1] << 8 | (uint32_t)u[2] << 16 |
	    (uint32_t)u[3] << 24;
	*body = span_make(buf + HEAD, (size_t)r - HEAD);
	return 1;
}

/* Wait for what the link needs now. */
static void
watch(struct link *link)
{
	uint32_t events = EV_READ;

	if (link->io == NULL)
		return;
	if (link->first != NULL && link->retry == NULL)
		events |= EV_WRITE;
	ev_io_set(link->io, events);
}

static void flush(struct link *link);

static void
on_retry(void *arg)
{
	struct link *link = arg;

	ev_timer_free(link->retry);
	link->retry = NULL;
	flush(link);
	watch(link);
}

/* Send as much of the backlog as the kernel takes. */
static void
flush(struct link *link)
{
	struct frame *f;

	while ((f = link->first) != NULL && link->retry == NULL) {
		if (send_frame(link->fd, f->type, span_make(f->body, f->n),
			f->fd) != 0) {
			if (errno == EAGAIN)
				return;
			if (is_congestion(errno)) {
				link->retry = ev_timer_new(link->ev,
				    CONGESTED_MS, on_retry, link);
				return;
			}
			/* Gone: closed() follows when all is read. */
			link->closed = true;
			drop_backlog(link);
			return;
		}
		link->first = f->next;
		if (link->first == NULL)
			link->last = &link->first;
		link->backlog -= HEAD + f->n;
		close_fd(f->fd);
		free(f);
	}
}

/* The peer is gone: no more events, then tell the owner. */
static void
hang_up(struct link *link)
{
	link->closed = true;
	drop_backlog(link);
	ev_io_free(link->io);
	link->io = NULL;
	if (link->ops->closed != NULL)
		link->ops->closed(link->arg, link);
}

static void
read_some(struct link *link)
{
	struct span body;
	uint32_t type;
	int fd, rc, i;

	for (i = 0; i < READS_PER_TURN && !link->freed; i++) {
		rc = recv_frame(link->fd, link->buf, &type, &body, &fd);
		if (rc < 0 && (errno == EAGAIN || is_congestion(errno)))
			return;
		if (rc <= 0) {
			hang_up(link);
			return;
		}
		link->ops->message(link->arg, link, type, body, &fd);
		close_fd(fd);
	}
}

static void
on_ready(void *arg, uint32_t events)
{
	struct link *link = arg;

	link->busy = true;
	if ((events & EV_WRITE) != 0)
		flush(link);
	if ((events & EV_READ) != 0)
		read_some(link);
	link->busy = false;
	if (link->freed)
		destroy(link);
	else
		watch(link);
}

static void
set_nonblocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0)
		abort();	/* not a descriptor: a bug of ours */
}

struct link *
link_new(struct ev *ev, int fd, const struct link_ops *ops, void *arg)
{
	struct link *link;

	set_nonblocking(fd);
	link = xcalloc(1, sizeof(*link));
	link->ev = ev;
	link->fd = fd;
	link->ops = ops;
	link->arg = arg;
	link->last = &link->first;
	link->buf = xmalloc(FRAME_MAX);
	link->io = ev_io_new(ev, fd, EV_READ, on_ready, link);
	return link;
}

void
link_new_pair(struct ev *ev, const struct link_ops *ops_a, void *arg_a,
    const struct link_ops *ops_b, void *arg_b, struct link *out[2])
{
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0)
		abort();	/* out of descriptors in a test program */
	out[0] = link_new(ev, fds[0], ops_a, arg_a);
	out[1] = link_new(ev, fds[1], ops_b, arg_b);
}

void
link_free(struct link *link)
{
	if (link == NULL)
		return;
	link->closed = true;
	if (link->busy)
		link->freed = true;
	else
		destroy(link);
}

/* Keep a frame for later. */
static int
enqueue(struct link *link, uint32_t type, struct span body, int fd,
    struct err *err)
{
	struct frame *f;
	int copy = -1;

	if (link->backlog + HEAD + body.n > LINK_BACKLOG_MAX)
		return err_set(err, ERR_LIMIT,
		    "the other role does not read: %zu bytes wait for it",
		    link->backlog);
	if (fd >= 0) {
		copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
		if (copy < 0)
			return err_sys(err, "keeping a descriptor to send");
	}
	f = xmalloc(sizeof(*f) + body.n);
	f->next = NULL;
	f->fd = copy;
	f->type = type;
	f->n = body.n;
	if (body.n > 0)
		memcpy(f->body, body.p, body.n);
	*link->last = f;
	link->last = &f->next;
	link->backlog += HEAD + body.n;
	return 0;
}

int
link_send(struct link *link, uint32_t type, struct span body, int fd,
    struct err *err)
{
	if (body.n > LINK_MAX)
		return err_set(err, ERR_LIMIT,
		    "message of %zu bytes, at most %d fit", body.n, LINK_MAX);
	if (link->closed)
		return err_set(err, ERR_TEMP, "the other role is gone");
	if (link->first == NULL && link->retry == NULL) {
		if (send_frame(link->fd, type, body, fd) == 0)
			return 0;
		if (errno != EAGAIN && !is_congestion(errno)) {
			link->closed = true;
			return err_sys(err, "sending to another role");
		}
		if (errno != EAGAIN)
			link->retry = ev_timer_new(link->ev, CONGESTED_MS,
			    on_retry, link);
	}
	if (enqueue(link, type, body, fd, err) != 0)
		return -1;
	watch(link);
	return 0;
}

size_t
link_backlog(const struct link *link)
{
	return link->backlog;
}

int
link_send_fd(int sock, uint32_t type, struct span body, int fd,
    struct err *err)
{
	if (body.n > LINK_MAX)
		return err_set(err, ERR_LIMIT,
		    "message of %zu bytes, at most %d fit", body.n, LINK_MAX);
	if (send_frame(sock, type, body, fd) != 0)
		return err_sys(err, "sending");
	return 0;
}

int
link_recv_fd(struct arena *a, int sock, uint32_t *type, struct span *body,
    struct err *err)
{
	char *buf = xmalloc(FRAME_MAX);
	struct span got;
	int fd = -1, rc;

	rc = recv_frame(sock, buf, type, &got, &fd);
	if (rc < 0)
		rc = err_sys(err, "receiving");
	if (rc == 1) {
		close_fd(fd);
		*body = span_make(arena_strndup(a, got.p, got.n), got.n);
	}
	free(buf);
	return rc;
}
