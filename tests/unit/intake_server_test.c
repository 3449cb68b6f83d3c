/* SPDX-License-Identifier: ISC */
/*
 * Intake's sockets, files and its talk with core, on a UNIX socket in a
 * scratch folder, a local link and a virtual clock.
 */
#include "tests/test.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/codec.h"
#include "base/err.h"
#include "base/file.h"
#include "base/log.h"
#include "base/str.h"
#include "ev/ev.h"
#include "intake/server.h"
#include "proc/link.h"
#include "spool/spool.h"

#define LIST "<jca-qkdn@lists.itu-t.example>"
#define BODY "Subject: x\r\n\r\nhello\r\n"
#define START_MS 1800000000000

struct bed {
	struct settings settings;
	struct list_settings list;
	char dir[64], path[96];
	struct ev *ev;
	struct spool *spool;
	struct server *server;
	struct link *ends[2];	/* intake's, core's */
	struct arena *arena;
	/* what core was offered last */
	struct mail mail;
	struct span body;
	unsigned offers;
	bool stopped;
};

static void
no_log(void *arg, const char *line)
{
	(void)arg;
	(void)line;
}

/* --- core's side --- */

static void
on_offer(void *arg, struct link *link, uint32_t type, struct span body,
    int *fd)
{
	struct bed *b = arg;
	struct dec d;

	(void)link;
	assert_int_equal(type, MSG_MAIL);
	dec_init(&d, b->arena, body);
	wire_get_mail(&d, &b->mail);
	assert_true(dec_end(&d));
	assert_true(*fd >= 0);
	assert_int_equal(file_read_fd(b->arena, *fd, 100000, &b->body, NULL),
	    0);
	b->offers++;
}

static const struct link_ops core_ops = { on_offer, NULL };

static void
answer(struct bed *b, uint32_t txn, unsigned code, const char *text)
{
	struct reply r[3] = { { code, text }, { code, text }, { code, text } };
	struct verdict v = { txn, r, b->mail.n_rcpts };
	struct err err;

	assert_int_equal(LINK_PUT(b->ends[1], MSG_VERDICT, verdict, &v, -1,
	    &err), 0);
}

/* --- bed --- */

static int
setup(void **state)
{
	struct bed *b = calloc(1, sizeof(*b));
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	struct err err = { 0 };
	int fd;

	assert_non_null(b);
	log_sink(no_log, NULL);
	(void)snprintf(b->dir, sizeof(b->dir), "/tmp/jcad-intake-XXXXXX");
	assert_non_null(mkdtemp(b->dir));
	(void)snprintf(b->path, sizeof(b->path), "%s/socket", b->dir);
	b->list.name = "jca-qkdn";
	b->list.domain = "lists.itu-t.example";
	b->settings = (struct settings){ .hostname = "lists.itu-t.example",
		.spool = b->dir, .intake_connections = 3, .intake_rcpts = 3,
		.intake_errors = 5, .intake_timeout_s = 60,
		.intake_session_s = 600, .max_message = 1000000,
		.lists = &b->list, .n_lists = 1 };
	b->arena = arena_new();
	b->ev = ev_new_virtual(START_MS);
	b->spool = spool_open(b->dir, &err);
	assert_non_null(b->spool);
	b->server = server_new(&b->settings, b->ev, b->spool);
	link_new_pair(b->ev, server_ops(), b->server, &core_ops, b, b->ends);
	server_set_core(b->server, b->ends[0]);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	(void)snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", b->path);
	assert_int_equal(bind(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	assert_int_equal(listen(fd, 16), 0);
	server_listen(b->server, fd, INTAKE_SMTP);
	*state = b;
	return 0;
}

/* Number of files in the spool's incoming/. */
static int
incoming(const struct bed *b)
{
	char path[128];
	struct dirent *e;
	DIR *d;
	int n = 0;

	(void)snprintf(path, sizeof(path), "%s/incoming", b->dir);
	d = opendir(path);
	assert_non_null(d);
	while ((e = readdir(d)) != NULL)
		n += e->d_name[0] != '.';
	(void)closedir(d);
	return n;
}

static int
teardown(void **state)
{
	struct bed *b = *state;
	char command[128];

	server_free(b->server);
	link_free(b->ends[0]);
	link_free(b->ends[1]);
	ev_free(b->ev);
	spool_close(b->spool);
	arena_free(b->arena);
	log_sink(NULL, NULL);
	for (int i = 0; i < 4; i++) {
		static const char *const sub[] = { "incoming", "bodies",
			"quarantine", "" };
		struct dirent *e;
		DIR *d;

		(void)snprintf(command, sizeof(command), "%s/%s", b->dir,
		    sub[i]);
		d = opendir(command);
		while (d != NULL && (e = readdir(d)) != NULL)
			(void)unlinkat(dirfd(d), e->d_name, 0);
		if (d != NULL)
			(void)closedir(d);
		(void)rmdir(command);
	}
	free(b);
	return 0;
}

/* --- the client's side --- */

static void
turn(struct bed *b)
{
	while (ev_turn(b->ev, 0) > 0)
		;
}

static int
dial(struct bed *b)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0);

	(void)snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", b->path);
	assert_int_equal(connect(fd, (struct sockaddr *)&sun, sizeof(sun)),
	    0);
	return fd;
}

/* Send text, run, and compare all that came back since. NULL: no matter. */
static void
talk(struct bed *b, int fd, const char *text, const char *want)
{
	char got[2000];
	ssize_t n;

	turn(b);
	if (text[0] != '\0')
		assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL),
		    strlen(text));
	turn(b);
	n = recv(fd, got, sizeof(got) - 1, MSG_DONTWAIT);
	got[n > 0 ? n : 0] = '\0';
	if (want != NULL)
		assert_string_equal(got, want);
}

static void
expect_end(int fd)
{
	char byte;

	assert_int_equal(recv(fd, &byte, 1, MSG_DONTWAIT), 0);
}

/* Bring a mail up to its final dot. */
static int
start_mail(struct bed *b)
{
	int fd = dial(b);

	talk(b, fd, "", "220 lists.itu-t.example ESMTP jcad\r\n");
	talk(b, fd, "EHLO mx.example\r\n", NULL);
	talk(b, fd, "MAIL FROM:<ada@vendor-g.example>\r\nRCPT TO:" LIST
	    "\r\nDATA\r\n", "250 2.1.0 Sender taken\r\n"
	    "250 2.1.5 Recipient taken\r\n354 End the mail with CRLF.CRLF\r\n");
	talk(b, fd, BODY ".\r\n", "");
	return fd;
}

/* --- tests --- */

static void
test_accepted(void **state)
{
	struct bed *b = *state;
	char peer[100];
	int fd = start_mail(b);

	assert_int_equal(b->offers, 1);
	assert_true(span_is(b->body, BODY));
	assert_int_equal(b->mail.size, strlen(BODY));
	assert_string_equal(b->mail.sender, "ada@vendor-g.example");
	assert_int_equal(b->mail.n_rcpts, 1);
	(void)snprintf(peer, sizeof(peer), "mx.example (local user %u)",
	    (unsigned)getuid());
	assert_string_equal(b->mail.peer, peer);
	assert_true(spool_is_name(b->mail.file));
	answer(b, b->mail.txn, 250, "2.0.0 Accepted");
	talk(b, fd, "QUIT\r\n", "250 2.0.0 Accepted\r\n221 2.0.0 Bye\r\n");
	expect_end(fd);
	assert_int_equal(incoming(b), 1);	/* core's from now on */
	(void)close(fd);
}

static void
test_refused(void **state)
{
	struct bed *b = *state;
	int fd = start_mail(b);

	assert_int_equal(incoming(b), 1);
	answer(b, b->mail.txn, 550, "5.7.1 No");
	talk(b, fd, "", "550 5.7.1 No\r\n");
	assert_int_equal(incoming(b), 0);
	talk(b, fd, "NOOP\r\n", "250 2.0.0 Fine\r\n");
	(void)close(fd);
}

/* Commands pipelined behind the final dot wait; other clients do not. */
static void
test_others_go_on(void **state)
{
	struct bed *b = *state;
	int fd = start_mail(b), other = dial(b);

	talk(b, fd, "NOOP\r\n", "");
	talk(b, other, "", "220 lists.itu-t.example ESMTP jcad\r\n");
	talk(b, other, "NOOP\r\n", "250 2.0.0 Fine\r\n");
	answer(b, b->mail.txn, 250, "2.0.0 Accepted");
	talk(b, fd, "", "250 2.0.0 Accepted\r\n250 2.0.0 Fine\r\n");
	(void)close(fd);
	(void)close(other);
}

static void
test_verdicts_by_number(void **state)
{
	struct bed *b = *state;
	int first = start_mail(b);
	uint32_t txn = b->mail.txn;
	int second = start_mail(b);

	answer(b, b->mail.txn, 250, "2.0.0 second");
	answer(b, txn + 100, 250, "2.0.0 nobody");
	talk(b, second, "", "250 2.0.0 second\r\n");
	talk(b, first, "", "");
	answer(b, txn, 451, "4.3.0 first");
	talk(b, first, "", "451 4.3.0 first\r\n");
	(void)close(first);
	(void)close(second);
}

static void
orphan(struct bed *b, unsigned code, int files)
{
	int fd = start_mail(b);

	(void)close(fd);
	turn(b);
	answer(b, b->mail.txn, code, "x");
	turn(b);
	assert_int_equal(incoming(b), files);
}

static void
test_orphan_refused(void **state)
{
	orphan(*state, 550, 0);
}

static void
test_orphan_accepted(void **state)
{
	orphan(*state, 250, 1);
}

static void
test_lost_in_data(void **state)
{
	struct bed *b = *state;
	int fd = dial(b);

	talk(b, fd, "EHLO mx.example\r\n", NULL);
	talk(b, fd, "MAIL FROM:<>\r\nRCPT TO:" LIST "\r\nDATA\r\n", NULL);
	talk(b, fd, "half a mail\r\n", "");
	assert_int_equal(incoming(b), 1);
	(void)close(fd);
	turn(b);
	assert_int_equal(incoming(b), 0);
	assert_int_equal(b->offers, 0);
}

static void
test_core_gone(void **state)
{
	struct bed *b = *state;
	int fd = start_mail(b);

	link_free(b->ends[1]);
	b->ends[1] = NULL;
	talk(b, fd, "", "451 4.3.0 Not stored, try again later\r\n");
	assert_int_equal(incoming(b), 0);
	talk(b, fd, "MAIL FROM:<>\r\nRCPT TO:" LIST "\r\nDATA\r\n",
	    "250 2.1.0 Sender taken\r\n250 2.1.5 Recipient taken\r\n"
	    "451 4.3.2 Shutting down\r\n");
	(void)close(fd);
}

static void
test_no_space(void **state)
{
	struct bed *b = *state;
	int fd = dial(b);

	b->settings.max_message = INT64_MAX / 4;
	talk(b, fd, "EHLO mx.example\r\n", NULL);
	talk(b, fd, "MAIL FROM:<>\r\nRCPT TO:" LIST "\r\nDATA\r\n",
	    "250 2.1.0 Sender taken\r\n250 2.1.5 Recipient taken\r\n"
	    "452 4.3.1 No space for mail now\r\n");
	(void)close(fd);
}

static void
test_too_many(void **state)
{
	struct bed *b = *state;
	int fds[4];

	for (int i = 0; i < 4; i++)
		fds[i] = dial(b);
	turn(b);
	talk(b, fds[0], "NOOP\r\n", NULL);
	talk(b, fds[3], "", "421 4.3.2 Too many connections\r\n");
	expect_end(fds[3]);
	(void)close(fds[0]);
	turn(b);
	(void)close(fds[3]);
	fds[3] = dial(b);
	talk(b, fds[3], "", "220 lists.itu-t.example ESMTP jcad\r\n");
	for (int i = 1; i < 4; i++)
		(void)close(fds[i]);
}

static void
test_early_talker(void **state)
{
	struct bed *b = *state;
	int fd = dial(b);

	assert_int_equal(send(fd, "EHLO x\r\n", 8, 0), 8);
	talk(b, fd, "", "554 5.5.0 You spoke before the greeting\r\n");
	(void)close(fd);
}

static void
test_idle(void **state)
{
	struct bed *b = *state;
	int fd = dial(b);

	talk(b, fd, "NOOP\r\n", NULL);
	ev_advance(b->ev, 59000);
	talk(b, fd, "NOOP\r\n", "250 2.0.0 Fine\r\n");
	ev_advance(b->ev, 59000);
	talk(b, fd, "", "");
	ev_advance(b->ev, 1000);
	talk(b, fd, "", "421 4.4.2 Nothing heard for too long, closing\r\n");
	expect_end(fd);
	ev_advance(b->ev, 5000);
	assert_int_equal(send(fd, "x", 1, MSG_NOSIGNAL), -1);
	(void)close(fd);
}

static void
test_long_session(void **state)
{
	struct bed *b = *state;
	int fd = dial(b);

	talk(b, fd, "NOOP\r\n", NULL);
	for (int i = 0; i < 14; i++) {
		ev_advance(b->ev, 40000);
		talk(b, fd, "NOOP\r\n", "250 2.0.0 Fine\r\n");
	}
	ev_advance(b->ev, 40000);
	talk(b, fd, "", "421 4.4.2 The session takes too long, closing\r\n");
	(void)close(fd);
}

/* Core's time is not the client's fault. */
static void
test_slow_core(void **state)
{
	struct bed *b = *state;
	int fd = start_mail(b);

	ev_advance(b->ev, 250000);
	answer(b, b->mail.txn, 250, "2.0.0 At last");
	talk(b, fd, "", "250 2.0.0 At last\r\n");
	(void)close(fd);
}

/* Who sends and does not read is not read from either. */
static void
test_deaf_client(void **state)
{
	struct bed *b = *state;
	char noops[6000];
	size_t sent = 0;
	int fd = dial(b), misses = 0;
	ssize_t n;

	for (size_t i = 0; i < sizeof(noops); i += 6)
		memcpy(noops + i, "NOOP\r\n", 6);
	turn(b);
	while (misses < 3 && sent < 50000000) {
		n = send(fd, noops, sizeof(noops), MSG_DONTWAIT);
		misses = n < 0 ? misses + 1 : 0;
		sent += n > 0 ? (size_t)n : 0;
		turn(b);
	}
	assert_true(sent < 5000000);
	ev_advance(b->ev, 66000);
	assert_int_equal(send(fd, "x", 1, MSG_NOSIGNAL), -1);
	(void)close(fd);
}

/* A mail larger than any buffer, byte for byte. */
static void
test_large(void **state)
{
	struct bed *b = *state;
	struct str mail = STR_EMPTY;
	int fd = dial(b);
	size_t pos = 0;

	while (mail.len < 90000)
		str_addf(&mail, "line %zu of a mail that has many\r\n",
		    mail.len);
	talk(b, fd, "EHLO mx.example\r\n", NULL);
	talk(b, fd, "MAIL FROM:<>\r\nRCPT TO:" LIST "\r\nDATA\r\n", NULL);
	while (pos < mail.len) {
		ssize_t n = send(fd, mail.data + pos, mail.len - pos, 0);

		assert_true(n > 0);
		pos += (size_t)n;
		turn(b);
	}
	talk(b, fd, ".\r\n", "");
	assert_int_equal(b->offers, 1);
	assert_true(span_eq(b->body, str_span(&mail)));
	str_done(&mail);
	(void)close(fd);
}

static void
on_stuck(void *arg)
{
	(void)arg;
	fail_msg("the loop was not stopped");
}

static void
test_stop(void **state)
{
	struct bed *b = *state;
	int fd = start_mail(b), idle = dial(b);
	struct ev_timer *t = ev_timer_new(b->ev, 60000, on_stuck, b);

	talk(b, idle, "", "220 lists.itu-t.example ESMTP jcad\r\n");
	server_stop(b->server);
	talk(b, idle, "", "421 4.3.2 Shutting down\r\n");
	(void)close(idle);
	talk(b, fd, "", "");
	answer(b, b->mail.txn, 250, "2.0.0 Accepted");
	talk(b, fd, "", "250 2.0.0 Accepted\r\n421 4.3.2 Shutting down\r\n");
	(void)close(fd);
	ev_run(b->ev);
	ev_timer_free(t);
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_accepted),
		CASE(test_refused),
		CASE(test_others_go_on),
		CASE(test_verdicts_by_number),
		CASE(test_orphan_refused),
		CASE(test_orphan_accepted),
		CASE(test_lost_in_data),
		CASE(test_core_gone),
		CASE(test_no_space),
		CASE(test_too_many),
		CASE(test_early_talker),
		CASE(test_idle),
		CASE(test_long_session),
		CASE(test_slow_core),
		CASE(test_deaf_client),
		CASE(test_large),
		CASE(test_stop),
	};

	return test_exit(cmocka_run_group_tests_name("intake server", tests,
	    NULL, NULL));
}
