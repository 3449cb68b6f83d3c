/* SPDX-License-Identifier: ISC */
/*
 * Master: with roles made for the test, in a process of its own. What it does
 * is read from its log, line by line; nothing sleeps.
 */
#include "tests/test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/codec.h"
#include "base/err.h"
#include "base/log.h"
#include "base/str.h"
#include "ev/ev.h"
#include "main/master.h"
#include "model/settings.h"
#include "model/wire.h"
#include "proc/link.h"
#include "proc/role.h"

/* ---- roles ---- */

static void
on_signal(void *arg, int signo)
{
	(void)signo;
	ev_stop(arg);
}

static void
on_peer(void *arg, struct link *link, uint32_t type, struct span body,
    int *fd)
{
	static unsigned n;
	struct arena *a = arena_new();
	struct dec d;
	struct peer peer;
	struct kill k = { "parser", 1, "because" };

	(void)arg;
	dec_init(&d, a, body);
	wire_get_peer(&d, &peer);
	if (type == MSG_PEER && *fd >= 0) {
		n++;
		*fd = -1;	/* stays open until core ends */
	}
	log_event(LOG_INFO_, "peer", "name", peer.role, "index",
	    LOGN(peer.index), NULL);
	/* The first start of parser 1 is not liked. */
	if (strcmp(peer.role, "parser") == 0 && peer.index == 1 && n < 8)
		(void)LINK_PUT(link, MSG_KILL, kill, &k, -1, NULL);
	arena_free(a);
}

static void
on_gone(void *arg, struct link *link)
{
	(void)link;
	ev_stop(arg);
}

static const struct link_ops core_ops = { on_peer, on_gone };

static int
run_core(const struct role_env *env)
{
	struct ev *ev = ev_new();
	struct link *link;

	ev_signal(ev, SIGTERM, on_signal, ev);
	link = link_new(ev, env->core_fd, &core_ops, ev);
	ev_run(ev);
	link_free(link);
	ev_free(ev);
	return 0;
}

static int
run_core_that_fails(const struct role_env *env)
{
	(void)env;
	return 1;
}

static void
on_nothing(void *arg, struct link *link, uint32_t type, struct span body,
    int *fd)
{
	(void)arg;
	(void)link;
	(void)type;
	(void)body;
	(void)fd;
}

static const struct link_ops role_ops = { on_nothing, on_gone };

/* Any other role: until SIGTERM or the end of core. */
static int
run_role(const struct role_env *env)
{
	struct ev *ev = ev_new();
	struct link *link = link_new(ev, env->core_fd, &role_ops, ev);

	if (env->n_listen > 0)
		ev_signal(ev, SIGTERM, on_signal, ev);
	log_event(LOG_INFO_, "begun", "index", LOGN(env->index), "sockets",
	    LOGN(env->n_listen), NULL);
	ev_run(ev);
	link_free(link);
	ev_free(ev);
	return 0;
}

static size_t
one(const struct settings *s)
{
	(void)s;
	return 1;
}

static size_t
parsers(const struct settings *s)
{
	return s->parser_workers;
}

static void
no_limits(const struct settings *s, struct role_limits *out)
{
	(void)s;
	(void)out;
}

static const struct master_role good_roles[] = {
	{ "core", run_core, one, no_limits },
	{ "parser", run_role, parsers, no_limits },
	{ "courier", run_role, one, no_limits },
	{ "console", run_role, one, no_limits },
	{ "intake", run_role, one, no_limits },
};

static const struct master_role bad_roles[] = {
	{ "core", run_core_that_fails, one, no_limits },
	{ "courier", run_role, one, no_limits },
};

/* ---- a master in a process ---- */

struct fixture {
	char dir[64];
	char conf[96];
	pid_t pid;
	FILE *log;
	char line[2048];
};

static void
write_conf(struct fixture *f, const char *extra)
{
	FILE *out = fopen(f->conf, "we");

	assert_non_null(out);
	assert_true(fprintf(out, "instance: { spool = \"./s\"; log_level = "
	    "\"debug\"; };\n"
	    "intake = ( { protocol = \"lmtp\"; listen = \"unix:./lmtp\"; } );\n"
	    "lists = ( { name = \"j\"; domain = \"l.example\"; } );\n%s",
	    extra) > 0);
	assert_int_equal(fclose(out), 0);
}

static void
spawn(struct fixture *f, const struct master_role *roles, size_t n)
{
	struct master_args args = { f->conf, NULL, roles, n };
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	(void)fflush(NULL);
	f->pid = fork();
	assert_true(f->pid >= 0);
	if (f->pid == 0) {
		if (dup2(fds[1], STDERR_FILENO) < 0 || close(fds[0]) != 0 ||
		    close(fds[1]) != 0)
			_exit(99);
		_exit(master_run(&args));
	}
	assert_int_equal(close(fds[1]), 0);
	f->log = fdopen(fds[0], "r");
	assert_non_null(f->log);
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	(void)snprintf(f->dir, sizeof(f->dir), "/tmp/jcad-master-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	(void)snprintf(f->conf, sizeof(f->conf), "%s/jcad.conf", f->dir);
	write_conf(f, "");
	*state = f;
	(void)alarm(60);	/* a line that never comes ends the test */
	return 0;
}

static int
teardown(void **state)
{
	static const char *const files[] = { "jcad.conf", "lmtp", "s/lock",
		"s/control" };
	struct fixture *f = *state;
	char path[128];
	size_t i;

	if (f->pid > 0) {
		(void)kill(f->pid, SIGKILL);
		(void)waitpid(f->pid, NULL, 0);
	}
	if (f->log != NULL)
		(void)fclose(f->log);
	for (i = 0; i < 4; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", f->dir, files[i]);
		(void)unlink(path);
	}
	(void)snprintf(path, sizeof(path), "%s/s", f->dir);
	(void)rmdir(path);
	(void)rmdir(f->dir);
	free(f);
	(void)alarm(0);
	return 0;
}

/* Read on until a line has all of the texts. */
static void
expect(struct fixture *f, const char *a, const char *b, const char *c)
{
	while (fgets(f->line, sizeof(f->line), f->log) != NULL)
		if (strstr(f->line, a) != NULL && strstr(f->line, b) != NULL &&
		    strstr(f->line, c) != NULL)
			return;
	fail_msg("no line with \"%s\", \"%s\" and \"%s\"", a, b, c);
}

/* The pid in the line read last. */
static pid_t
pid_of(const struct fixture *f)
{
	const char *p = strstr(f->line, " pid=");

	assert_non_null(p);
	return (pid_t)strtol(p + 5, NULL, 10);
}

static void
expect_end(struct fixture *f, int want)
{
	int status;

	assert_int_equal(waitpid(f->pid, &status, 0), f->pid);
	f->pid = 0;
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), want);
}

#define START(f) spawn(f, good_roles, sizeof(good_roles) / \
	sizeof(good_roles[0]))

/* ---- the tests ---- */

static void
all_start_and_end_in_order(void **state)
{
	struct fixture *f = *state;

	START(f);
	expect(f, "event=ready", "role=master", "");
	assert_int_equal(kill(f->pid, SIGTERM), 0);
	expect(f, "event=stopping", "", "");
	expect(f, "event=role-ended", "child=", "status=0");
	assert_true(strstr(f->line, "child=intake") != NULL ||
	    strstr(f->line, "child=console") != NULL);
	expect(f, "event=role-ended", "child=", "status=0");
	assert_true(strstr(f->line, "child=intake") != NULL ||
	    strstr(f->line, "child=console") != NULL);
	expect(f, "event=role-ended", "child=core", "status=0");
	expect(f, "event=stopped", "", "");
	expect_end(f, 0);
}

static void
each_role_gets_its_sockets(void **state)
{
	struct fixture *f = *state;
	bool intake = false, console = false, courier = false;

	START(f);
	while (!intake || !console || !courier) {
		expect(f, "event=begun", "", "");
		intake |= strstr(f->line, "role=intake") != NULL &&
		    strstr(f->line, "sockets=1") != NULL;
		console |= strstr(f->line, "role=console") != NULL &&
		    strstr(f->line, "sockets=1") != NULL;
		courier |= strstr(f->line, "role=courier") != NULL &&
		    strstr(f->line, "sockets=0") != NULL;
	}
	assert_int_equal(kill(f->pid, SIGINT), 0);
	expect_end(f, 0);
}

static void
a_role_that_dies_is_started_again(void **state)
{
	struct fixture *f = *state;

	START(f);
	expect(f, "event=spawned", "child=courier", "");
	assert_int_equal(kill(pid_of(f), SIGKILL), 0);
	expect(f, "event=role-ended", "child=courier", "signal=9");
	expect(f, "event=spawned", "child=courier", "");
	expect(f, "event=peer", "name=courier", "");
	assert_int_equal(kill(f->pid, SIGTERM), 0);
	expect_end(f, 0);
}

static void
core_can_have_a_role_killed(void **state)
{
	struct fixture *f = *state;

	START(f);
	expect(f, "event=killed", "child=parser", "why=because");
	expect(f, "event=role-ended", "child=parser", "signal=9");
	expect(f, "event=spawned", "child=parser", "index=1");
	assert_int_equal(kill(f->pid, SIGTERM), 0);
	expect_end(f, 0);
}

static void
the_death_of_core_restarts_all(void **state)
{
	struct fixture *f = *state;
	pid_t core;

	START(f);
	expect(f, "event=spawned", "child=core", "");
	core = pid_of(f);
	expect(f, "event=ready", "", "");
	assert_int_equal(kill(core, SIGKILL), 0);
	expect(f, "event=role-ended", "child=core", "signal=9");
	expect(f, "event=spawned", "child=core", "");
	assert_int_not_equal(pid_of(f), core);
	expect(f, "event=spawned", "child=intake", "");
	expect(f, "event=ready", "", "");
	assert_int_equal(kill(f->pid, SIGTERM), 0);
	expect_end(f, 0);
}

static void
a_core_that_gives_up_ends_the_start(void **state)
{
	struct fixture *f = *state;

	spawn(f, bad_roles, 2);
	expect(f, "event=start-failed", "core gave up", "");
	expect_end(f, 1);
}

static void
a_second_start_names_the_first(void **state)
{
	struct fixture *f = *state, second = { .pid = 0 };
	char text[64];

	START(f);
	expect(f, "event=ready", "", "");
	(void)snprintf(text, sizeof(text), "another jcad (pid %ld)",
	    (long)f->pid);
	memcpy(second.conf, f->conf, sizeof(second.conf));
	START(&second);
	expect(&second, "event=start-failed", text, "");
	expect_end(&second, 1);
	assert_int_equal(fclose(second.log), 0);
	assert_int_equal(kill(f->pid, SIGTERM), 0);
	expect_end(f, 0);
}

static void
a_bad_configuration_is_not_taken_up(void **state)
{
	struct fixture *f = *state;

	START(f);
	expect(f, "event=ready", "", "");
	write_conf(f, "parser: { workers = 99; };\n");
	assert_int_equal(kill(f->pid, SIGHUP), 0);
	expect(f, "event=config-refused", "parser.workers: 99", "");
	expect(f, "event=reload-refused", "", "");
	write_conf(f, "parser: { workers = 4; };\n");
	assert_int_equal(kill(f->pid, SIGHUP), 0);
	expect(f, "event=reloading", "", "");
	expect(f, "event=spawned", "child=parser", "index=3");
	expect(f, "event=ready", "", "");
	assert_int_equal(kill(f->pid, SIGTERM), 0);
	expect_end(f, 0);
}

/* A client of the LMTP socket. */
static int
dial(struct fixture *f)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	(void)snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/lmtp",
	    f->dir);
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) == 0)
		return fd;
	(void)close(fd);
	return -1;
}

static void
a_reload_turns_nobody_away_and_an_end_leaves_no_socket(void **state)
{
	struct fixture *f = *state;
	int fd;

	START(f);
	expect(f, "event=ready", "", "");
	write_conf(f, "parser: { workers = 1; };\n");
	assert_int_equal(kill(f->pid, SIGHUP), 0);
	expect(f, "event=role-ended", "child=intake", "");
	fd = dial(f);
	assert_true(fd >= 0);
	assert_int_equal(close(fd), 0);
	expect(f, "event=ready", "", "");
	assert_int_equal(kill(f->pid, SIGTERM), 0);
	expect_end(f, 0);
	assert_int_equal(dial(f), -1);
}

static void
what_a_killed_master_left_is_no_obstacle(void **state)
{
	struct fixture *f = *state;

	START(f);
	expect(f, "event=ready", "", "");
	assert_int_equal(kill(f->pid, SIGKILL), 0);
	assert_int_equal(waitpid(f->pid, NULL, 0), f->pid);
	/* The children die with it: the end of the log says so. */
	while (fgets(f->line, sizeof(f->line), f->log) != NULL)
		;
	assert_int_equal(fclose(f->log), 0);
	START(f);
	expect(f, "event=ready", "", "");
	assert_int_equal(kill(f->pid, SIGTERM), 0);
	expect_end(f, 0);
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(all_start_and_end_in_order),
		T(each_role_gets_its_sockets),
		T(a_role_that_dies_is_started_again),
		T(core_can_have_a_role_killed),
		T(the_death_of_core_restarts_all),
		T(a_core_that_gives_up_ends_the_start),
		T(a_second_start_names_the_first),
		T(a_bad_configuration_is_not_taken_up),
		T(a_reload_turns_nobody_away_and_an_end_leaves_no_socket),
		T(what_a_killed_master_left_is_no_obstacle),
	};

	return test_exit(cmocka_run_group_tests(tests, NULL, NULL));
}
