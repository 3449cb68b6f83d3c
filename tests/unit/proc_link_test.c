/* SPDX-License-Identifier: ISC */
/* Link: order, back-pressure, descriptors, and every way to end. */
#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "ev/ev.h"
#include "proc/link.h"

/* What one end has seen. */
struct end {
	struct link *link;
	unsigned messages;
	unsigned closed;
	unsigned fds;
	uint32_t last_type;
	struct str text;	/* first byte of each body */
	bool free_on_message;
	bool free_on_closed;
	bool keep_fd;
	int fd;
};

struct fixture {
	struct ev *ev;
	struct end a, b;
};

static void
on_message(void *arg, struct link *link, uint32_t type, struct span body,
    int *fd)
{
	struct end *e = arg;

	assert_ptr_equal(link, e->link);
	e->messages++;
	e->last_type = type;
	if (body.n > 0)
		str_addc(&e->text, body.p[0]);
	if (*fd >= 0)
		e->fds++;
	if (e->keep_fd && *fd >= 0) {
		e->fd = *fd;
		*fd = -1;
	}
	if (e->free_on_message) {
		link_free(link);
		e->link = NULL;
	}
}

static void
on_closed(void *arg, struct link *link)
{
	struct end *e = arg;

	e->closed++;
	if (e->free_on_closed) {
		link_free(link);
		e->link = NULL;
	}
}

static const struct link_ops ops = { on_message, on_closed };

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct link *ends[2];

	f->ev = ev_new_virtual(0);
	f->a.fd = f->b.fd = -1;
	link_new_pair(f->ev, &ops, &f->a, &ops, &f->b, ends);
	f->a.link = ends[0];
	f->b.link = ends[1];
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	link_free(f->a.link);
	link_free(f->b.link);
	ev_free(f->ev);
	str_done(&f->a.text);
	str_done(&f->b.text);
	free(f);
	return 0;
}

static void
settle(struct fixture *f)
{
	ev_advance(f->ev, 1000);
}

static int
open_descriptors(void)
{
	int fd, n = 0;

	for (fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void
a_message_arrives_with_type_and_body(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(link_send(f->a.link, 7, span_of("hello"), -1, NULL),
	    0);
	assert_int_equal(f->b.messages, 0);
	settle(f);
	assert_int_equal(f->b.messages, 1);
	assert_int_equal(f->b.last_type, 7);
	assert_string_equal(str_get(&f->b.text), "h");
	assert_int_equal(link_backlog(f->a.link), 0);
}

static void
a_struct_is_sent_by_the_macro(void **state)
{
	struct fixture *f = *state;
	struct peer peer = { "core", 3, 42 };

	assert_int_equal(LINK_PUT(f->a.link, MSG_PEER, peer, &peer, -1, NULL),
	    0);
	settle(f);
	assert_int_equal(f->b.last_type, MSG_PEER);
}

static void
a_descriptor_travels_and_is_closed_if_not_taken(void **state)
{
	struct fixture *f = *state;
	int before, pipe_fds[2];

	before = open_descriptors();
	assert_int_equal(pipe(pipe_fds), 0);
	assert_int_equal(link_send(f->a.link, 1, span_of("x"), pipe_fds[0],
	    NULL), 0);
	settle(f);
	assert_int_equal(f->b.fds, 1);
	assert_int_equal(close(pipe_fds[0]), 0);
	assert_int_equal(close(pipe_fds[1]), 0);
	assert_int_equal(open_descriptors(), before);
}

static void
a_taken_descriptor_stays_open(void **state)
{
	struct fixture *f = *state;
	int pipe_fds[2];
	char c = 0;

	f->b.keep_fd = true;
	assert_int_equal(pipe(pipe_fds), 0);
	assert_int_equal(link_send(f->a.link, 1, span_of("x"), pipe_fds[0],
	    NULL), 0);
	assert_int_equal(close(pipe_fds[0]), 0);
	settle(f);
	assert_true(f->b.fd >= 0);
	assert_int_equal(write(pipe_fds[1], "z", 1), 1);
	assert_int_equal(read(f->b.fd, &c, 1), 1);
	assert_int_equal(c, 'z');
	assert_int_equal(close(pipe_fds[1]), 0);
	assert_int_equal(close(f->b.fd), 0);
}

static void
what_the_kernel_does_not_take_waits_in_order(void **state)
{
	struct fixture *f = *state;
	static char body[LINK_MAX];
	char want[27] = "";
	int i, null = open("/dev/null", O_RDONLY);

	assert_true(null >= 0);
	for (i = 0; i < 26; i++) {
		body[0] = (char)('a' + i);
		want[i] = body[0];
		assert_int_equal(link_send(f->a.link, 1,
		    span_make(body, sizeof(body)), null, NULL), 0);
	}
	assert_int_equal(close(null), 0);
	assert_true(link_backlog(f->a.link) > 0);
	settle(f);
	assert_string_equal(str_get(&f->b.text), want);
	assert_int_equal(f->b.fds, 26);
	assert_int_equal(link_backlog(f->a.link), 0);
}

static void
a_message_over_the_limit_is_refused(void **state)
{
	struct fixture *f = *state;
	static char body[LINK_MAX + 1];
	struct err err = { ERR_NONE, "" };

	assert_int_equal(link_send(f->a.link, 1,
	    span_make(body, sizeof(body)), -1, &err), -1);
	assert_int_equal(err.kind, ERR_LIMIT);
	settle(f);
	assert_int_equal(f->b.messages, 0);
	assert_int_equal(f->b.closed, 0);
}

static void
an_endless_backlog_is_refused(void **state)
{
	struct fixture *f = *state;
	static char body[LINK_MAX];
	struct err err = { ERR_NONE, "" };
	int i;

	for (i = 0; i < 2000; i++)
		if (link_send(f->a.link, 1, span_make(body, sizeof(body)), -1,
			&err) != 0)
			break;
	assert_in_range(i, 400, 600);
	assert_int_equal(err.kind, ERR_LIMIT);
	settle(f);
	assert_int_equal(f->b.messages, i);
}

static void
all_that_was_sent_arrives_before_closed(void **state)
{
	struct fixture *f = *state;
	int i;

	for (i = 0; i < 100; i++)
		assert_int_equal(link_send(f->a.link, 1, span_of("y"), -1,
		    NULL), 0);
	/* Something that a never reads: the kernel then reports a reset. */
	assert_int_equal(link_send(f->b.link, 1, span_of("n"), -1, NULL), 0);
	link_free(f->a.link);
	f->a.link = NULL;
	settle(f);
	assert_int_equal(f->b.messages, 100);
	assert_int_equal(f->b.closed, 1);
}

static void
sending_to_a_closed_link_fails_and_closed_comes_once(void **state)
{
	struct fixture *f = *state;
	struct err err = { ERR_NONE, "" };

	link_free(f->a.link);
	f->a.link = NULL;
	assert_int_equal(link_send(f->b.link, 1, span_of("x"), -1, &err), -1);
	assert_int_equal(err.kind, ERR_TEMP);
	assert_int_equal(f->b.closed, 0);
	settle(f);
	assert_int_equal(f->b.closed, 1);
	assert_int_equal(link_send(f->b.link, 1, span_of("x"), -1, &err), -1);
	settle(f);
	assert_int_equal(f->b.closed, 1);
}

static void
a_link_may_be_freed_by_its_message(void **state)
{
	struct fixture *f = *state;

	f->b.free_on_message = true;
	assert_int_equal(link_send(f->a.link, 1, span_of("1"), -1, NULL), 0);
	assert_int_equal(link_send(f->a.link, 1, span_of("2"), -1, NULL), 0);
	settle(f);
	assert_int_equal(f->b.messages, 1);
	assert_int_equal(f->a.closed, 1);
}

static void
a_link_may_be_freed_by_closed(void **state)
{
	struct fixture *f = *state;

	f->b.free_on_closed = true;
	link_free(f->a.link);
	f->a.link = NULL;
	settle(f);
	assert_null(f->b.link);
}

static void
a_backlog_dies_with_the_peer(void **state)
{
	struct fixture *f = *state;
	static char body[LINK_MAX];
	int i, before = open_descriptors();

	for (i = 0; i < 20; i++)
		assert_int_equal(link_send(f->a.link, 1,
		    span_make(body, sizeof(body)), STDERR_FILENO, NULL), 0);
	link_free(f->b.link);
	f->b.link = NULL;
	settle(f);
	assert_int_equal(f->a.closed, 1);
	assert_int_equal(link_backlog(f->a.link), 0);
	assert_int_equal(open_descriptors(), before - 1);
}

/* A link whose other end is a bare socket in *raw. */
static void
open_raw(struct fixture *f, int *raw)
{
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
	    fds), 0);
	*raw = fds[1];
	link_free(f->a.link);
	f->a.link = link_new(f->ev, fds[0], &ops, &f->a);
}

static void
a_frame_without_a_type_ends_the_link(void **state)
{
	struct fixture *f = *state;
	int raw;

	open_raw(f, &raw);
	assert_int_equal(send(raw, "abc", 3, 0), 3);
	settle(f);
	assert_int_equal(f->a.messages, 0);
	assert_int_equal(f->a.closed, 1);
	assert_int_equal(close(raw), 0);
}

static void
a_frame_over_the_limit_ends_the_link(void **state)
{
	struct fixture *f = *state;
	static char frame[LINK_MAX + 5];
	int raw;

	open_raw(f, &raw);
	assert_int_equal(send(raw, frame, sizeof(frame), 0), sizeof(frame));
	settle(f);
	assert_int_equal(f->a.messages, 0);
	assert_int_equal(f->a.closed, 1);
	assert_int_equal(close(raw), 0);
}

static void
of_two_descriptors_one_is_kept(void **state)
{
	struct fixture *f = *state;
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(2 * sizeof(int))];
	} control = { .space = { 0 } };
	struct iovec iov = { (char[]){ "\1\0\0\0x" }, 5 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
	int raw, before, two[2] = { STDERR_FILENO, STDERR_FILENO };

	open_raw(f, &raw);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(two));
	memcpy(CMSG_DATA(c), two, sizeof(two));
	before = open_descriptors();
	assert_int_equal(sendmsg(raw, &msg, 0), 5);
	settle(f);
	assert_int_equal(f->a.messages, 1);
	assert_int_equal(f->a.fds, 1);
	assert_int_equal(open_descriptors(), before);
	assert_int_equal(close(raw), 0);
}

static void
a_plain_socket_can_ask_and_hear(void **state)
{
	struct fixture *f = *state;
	struct arena *a = arena_new();
	struct span body;
	uint32_t type;
	int raw;

	open_raw(f, &raw);
	assert_int_equal(link_send_fd(raw, MSG_CTL, span_of("q"),
	    STDERR_FILENO, NULL), 0);
	settle(f);
	assert_int_equal(f->a.last_type, MSG_CTL);
	assert_int_equal(f->a.fds, 1);
	assert_int_equal(link_send(f->a.link, MSG_CTL_REPLY, span_of("r"), -1,
	    NULL), 0);
	assert_int_equal(link_recv_fd(a, raw, &type, &body, NULL), 1);
	assert_int_equal(type, MSG_CTL_REPLY);
	assert_true(span_is(body, "r"));
	link_free(f->a.link);
	f->a.link = NULL;
	assert_int_equal(link_recv_fd(a, raw, &type, &body, NULL), 0);
	assert_int_equal(close(raw), 0);
	arena_free(a);
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_message_arrives_with_type_and_body),
		T(a_struct_is_sent_by_the_macro),
		T(a_descriptor_travels_and_is_closed_if_not_taken),
		T(a_taken_descriptor_stays_open),
		T(what_the_kernel_does_not_take_waits_in_order),
		T(a_message_over_the_limit_is_refused),
		T(an_endless_backlog_is_refused),
		T(all_that_was_sent_arrives_before_closed),
		T(sending_to_a_closed_link_fails_and_closed_comes_once),
		T(a_link_may_be_freed_by_its_message),
		T(a_link_may_be_freed_by_closed),
		T(a_backlog_dies_with_the_peer),
		T(a_frame_without_a_type_ends_the_link),
		T(a_frame_over_the_limit_ends_the_link),
		T(of_two_descriptors_one_is_kept),
		T(a_plain_socket_can_ask_and_hear),
	};

	return test_exit(cmocka_run_group_tests(tests, NULL, NULL));
}
