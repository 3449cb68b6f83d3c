/* SPDX-License-Identifier: ISC */
/* Console: questions of several askers, answers to the right ones. */
#include "tests/test.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/codec.h"
#include "base/err.h"
#include "base/log.h"
#include "base/str.h"
#include "console/console.h"
#include "ev/ev.h"
#include "model/wire.h"
#include "proc/link.h"
#include "proc/listen.h"

struct fixture {
	char dir[64];
	struct sockaddr_un addr;
	int listen_fd;
	struct ev *ev;
	struct console *console;
	struct link *core;	/* our end: we are core */
	struct arena *arena;
	struct ctl asked[64];
	size_t n_asked;
	size_t n_fds;
};

static void
on_question(void *arg, struct link *link, uint32_t type, struct span body,
    int *fd)
{
	struct fixture *f = arg;
	struct dec d;

	(void)link;
	assert_int_equal(type, MSG_CTL);
	dec_init(&d, f->arena, body);
	wire_get_ctl(&d, &f->asked[f->n_asked++]);
	assert_true(dec_end(&d));
	f->n_fds += *fd >= 0;
}

static const struct link_ops core_ops = { on_question, NULL };

static void
no_log(void *arg, const char *line)
{
	(void)arg;
	(void)line;
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	char place[100];
	struct link *ends[2];

	log_sink(no_log, NULL);
	(void)snprintf(f->dir, sizeof(f->dir), "/tmp/jcad-console-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	(void)snprintf(place, sizeof(place), "unix:%s/control", f->dir);
	f->addr.sun_family = AF_UNIX;
	memcpy(f->addr.sun_path, place + 5, strlen(place + 5) + 1);
	f->listen_fd = listen_open(place, SOCK_SEQPACKET, NULL);
	assert_true(f->listen_fd >= 0);
	f->ev = ev_new_virtual(0);
	f->arena = arena_new();
	f->console = console_new(f->ev, f->listen_fd);
	link_new_pair(f->ev, &core_ops, f, console_ops(), f->console, ends);
	f->core = ends[0];
	console_core(f->console, ends[1]);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	console_free(f->console);
	link_free(f->core);
	ev_free(f->ev);
	arena_free(f->arena);
	assert_int_equal(close(f->listen_fd), 0);
	(void)unlink(f->addr.sun_path);
	assert_int_equal(rmdir(f->dir), 0);
	free(f);
	log_sink(NULL, NULL);
	return 0;
}

static int
dial(struct fixture *f)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);

	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&f->addr,
	    sizeof(f->addr)), 0);
	ev_advance(f->ev, 10);
	return fd;
}

static void
ask(struct fixture *f, int sock, const char *word, int fd)
{
	struct arg args[] = { { word } };
	struct ctl ctl = { 77, 4711, args, 1 };
	struct str body = STR_EMPTY;

	wire_put_ctl(&body, &ctl);
	assert_int_equal(link_send_fd(sock, MSG_CTL, str_span(&body), fd,
	    NULL), 0);
	str_done(&body);
	ev_advance(f->ev, 10);
}

static void
answer(struct fixture *f, uint32_t conn, const char *json, bool last)
{
	struct ctl_reply r = { conn, 0, last, json, "" };

	assert_int_equal(LINK_PUT(f->core, MSG_CTL_REPLY, ctl_reply, &r, -1,
	    NULL), 0);
	ev_advance(f->ev, 10);
}

/* The next message on sock; false if the other side has closed it. */
static bool
hear(struct fixture *f, int sock, struct ctl_reply *out)
{
	struct span body;
	struct dec d;
	uint32_t type;
	int rc;

	assert_int_equal(setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO,
	    &(struct timeval){ 5, 0 }, sizeof(struct timeval)), 0);
	rc = link_recv_fd(f->arena, sock, &type, &body, NULL);
	assert_true(rc >= 0);
	if (rc == 0)
		return false;
	assert_int_equal(type, MSG_CTL_REPLY);
	dec_init(&d, f->arena, body);
	wire_get_ctl_reply(&d, out);
	assert_true(dec_end(&d));
	return true;
}

static void
a_question_goes_to_core_with_the_real_uid(void **state)
{
	struct fixture *f = *state;
	int sock = dial(f);

	ask(f, sock, "status", STDIN_FILENO);
	assert_int_equal(f->n_asked, 1);
	assert_string_equal(f->asked[0].args[0].value, "status");
	assert_int_equal(f->asked[0].uid, getuid());
	assert_int_not_equal(f->asked[0].conn, 77);
	assert_int_equal(f->n_fds, 1);
	assert_int_equal(close(sock), 0);
}

static void
answers_go_to_those_who_asked(void **state)
{
	struct fixture *f = *state;
	int one = dial(f), two = dial(f);
	struct ctl_reply r;

	ask(f, one, "first", -1);
	ask(f, two, "second", -1);
	answer(f, f->asked[1].conn, "{\"n\":2}", true);
	answer(f, f->asked[0].conn, "{\"n\":1}", false);
	answer(f, f->asked[0].conn, "", true);
	assert_true(hear(f, one, &r));
	assert_string_equal(r.json, "{\"n\":1}");
	assert_true(hear(f, one, &r));
	assert_true(r.last);
	assert_true(hear(f, two, &r));
	assert_string_equal(r.json, "{\"n\":2}");
	assert_int_equal(close(one), 0);
	assert_int_equal(close(two), 0);
}

static void
an_answer_to_nobody_is_dropped(void **state)
{
	struct fixture *f = *state;
	int sock = dial(f), again;
	struct ctl_reply r;

	ask(f, sock, "first", -1);
	assert_int_equal(close(sock), 0);
	ev_advance(f->ev, 10);
	again = dial(f);
	ask(f, again, "second", -1);
	assert_int_not_equal(f->asked[0].conn, f->asked[1].conn);
	answer(f, f->asked[0].conn, "{\"late\":1}", true);
	answer(f, f->asked[1].conn, "{\"mine\":1}", true);
	assert_true(hear(f, again, &r));
	assert_string_equal(r.json, "{\"mine\":1}");
	assert_int_equal(close(again), 0);
}

static void
a_second_question_before_the_answer_ends_the_connection(void **state)
{
	struct fixture *f = *state;
	int sock = dial(f);
	struct ctl_reply r;

	ask(f, sock, "first", -1);
	ask(f, sock, "second", -1);
	assert_int_equal(f->n_asked, 1);
	assert_false(hear(f, sock, &r));
	assert_int_equal(close(sock), 0);
}

static void
a_second_question_after_the_answer_is_fine(void **state)
{
	struct fixture *f = *state;
	int sock = dial(f);
	struct ctl_reply r;

	ask(f, sock, "first", -1);
	answer(f, f->asked[0].conn, "", true);
	assert_true(hear(f, sock, &r));
	ask(f, sock, "second", -1);
	assert_int_equal(f->n_asked, 2);
	assert_int_equal(close(sock), 0);
}

static void
rubbish_ends_the_connection(void **state)
{
	struct fixture *f = *state;
	int sock = dial(f);
	struct ctl_reply r;

	assert_int_equal(link_send_fd(sock, MSG_CTL, span_of("rubbish"), -1,
	    NULL), 0);
	ev_advance(f->ev, 10);
	assert_int_equal(f->n_asked, 0);
	assert_false(hear(f, sock, &r));
	assert_int_equal(close(sock), 0);
}

static void
one_too_many_is_told_so(void **state)
{
	struct fixture *f = *state;
	int socks[33], i;
	struct ctl_reply r;

	for (i = 0; i < 33; i++)
		socks[i] = dial(f);
	assert_true(hear(f, socks[32], &r));
	assert_int_equal(r.status, 1);
	assert_non_null(strstr(r.text, "too many"));
	ask(f, socks[31], "status", -1);
	assert_int_equal(f->n_asked, 1);
	for (i = 0; i < 33; i++)
		assert_int_equal(close(socks[i]), 0);
	ev_advance(f->ev, 10);
	i = dial(f);
	ask(f, i, "status", -1);
	assert_int_equal(f->n_asked, 2);
	assert_int_equal(close(i), 0);
}

static void
without_core_there_is_an_answer(void **state)
{
	struct fixture *f = *state;
	int sock = dial(f);
	struct ctl_reply r;

	link_free(f->core);
	f->core = NULL;
	ev_advance(f->ev, 10);
	ask(f, sock, "status", -1);
	assert_true(hear(f, sock, &r));
	assert_int_equal(r.status, 1);
	assert_true(r.last);
	assert_int_equal(close(sock), 0);
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_question_goes_to_core_with_the_real_uid),
		T(answers_go_to_those_who_asked),
		T(an_answer_to_nobody_is_dropped),
		T(a_second_question_before_the_answer_ends_the_connection),
		T(a_second_question_after_the_answer_is_fine),
		T(rubbish_ends_the_connection),
		T(one_too_many_is_told_so),
		T(without_core_there_is_an_answer),
	};

	return test_exit(cmocka_run_group_tests(tests, NULL, NULL));
}
