/* SPDX-License-Identifier: ISC */
/* Role start: what a child has, what it cannot do any more. Each child tells
 * its findings by its exit status. */
#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "proc/role.h"

/* Run fn as a role with these limits; its exit status, or -signal. */
static int
run_with(const struct role_limits *limits, int fds[2],
    int (*fn)(const struct role_env *env))
{
	struct role_env env = { .role = "parser", .index = 1 };
	struct err err = { ERR_NONE, "" };
	int status, own[2];
	pid_t pid;

	if (fds == NULL) {
		fds = own;
		assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds),
		    0);
	}
	env.core_fd = fds[1];
	env.listen_fds = &fds[0];
	env.n_listen = fds == own ? 0 : 1;
	pid = role_spawn(&env, limits, fn, &err);
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(close(fds[0]), 0);
	assert_int_equal(close(fds[1]), 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static int
has_only_its_descriptors(const struct role_env *env)
{
	int fd;

	for (fd = 3; fd < 256; fd++)
		if (fcntl(fd, F_GETFD) >= 0 && fd != env->core_fd &&
		    fd != env->listen_fds[0])
			return 10;
	return fcntl(env->core_fd, F_GETFD) >= 0 &&
	    fcntl(env->listen_fds[0], F_GETFD) >= 0 ? 0 : 11;
}

static void
a_role_has_only_its_descriptors(void **state)
{
	const struct role_limits none = { .user = "" };
	int extra = open("/dev/null", O_RDONLY), fds[2];

	(void)state;
	assert_true(extra >= 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	assert_int_equal(run_with(&none, fds, has_only_its_descriptors), 0);
	assert_int_equal(close(extra), 0);
}

static int
answers_on_its_link(const struct role_env *env)
{
	return send(env->core_fd, env->role, 6, 0) == 6 ? 3 : 10;
}

static void
a_role_has_its_link_and_its_status_comes_back(void **state)
{
	const struct role_limits none = { .user = "" };
	int fds[2], keep;
	char buf[8] = "";

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	keep = dup(fds[0]);
	assert_true(keep >= 0);
	assert_int_equal(run_with(&none, fds, answers_on_its_link), 3);
	assert_int_equal(recv(keep, buf, sizeof(buf), 0), 6);
	assert_string_equal(buf, "parser");
	assert_int_equal(close(keep), 0);
}

static int
is_plain(const struct role_env *env)
{
	struct rlimit core;
	sigset_t mask;
	int death = 0;

	(void)env;
	if (prctl(PR_GET_PDEATHSIG, &death) != 0 || death != SIGKILL)
		return 10;
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		return 11;
	if (getrlimit(RLIMIT_CORE, &core) != 0 || core.rlim_max != 0)
		return 12;
	if (sigprocmask(SIG_BLOCK, NULL, &mask) != 0 ||
	    sigismember(&mask, SIGTERM) != 0)
		return 13;
	return 0;
}

static void
a_role_dies_with_the_master_and_gains_nothing(void **state)
{
	const struct role_limits none = { .user = "" };
	sigset_t term;

	(void)state;
	assert_int_equal(sigemptyset(&term), 0);
	assert_int_equal(sigaddset(&term, SIGTERM), 0);
	assert_int_equal(sigprocmask(SIG_BLOCK, &term, NULL), 0);
	assert_int_equal(run_with(&none, NULL, is_plain), 0);
	assert_int_equal(sigprocmask(SIG_UNBLOCK, &term, NULL), 0);
}

static int
has_limits(const struct role_env *env)
{
	struct rlimit files, cpu;

	(void)env;
	if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur != 64)
		return 10;
	if (getrlimit(RLIMIT_CPU, &cpu) != 0 || cpu.rlim_cur != 100)
		return 11;
	return 0;
}

static void
a_role_has_the_limits_asked_for(void **state)
{
	const struct role_limits limits = { .user = "", .files = 64,
		.cpu_s = 100 };

	(void)state;
	assert_int_equal(run_with(&limits, NULL, has_limits), 0);
}

static int
cannot_take_much_memory(const struct role_env *env)
{
	char *volatile p = malloc(64u << 20);
	int rc = p == NULL ? 0 : 10;

	(void)env;
	free(p);
	if (rc != 0)
		return rc;
	p = malloc(1u << 20);
	rc = p != NULL ? 0 : 11;
	free(p);
	return rc;
}

static void
a_role_has_no_more_memory_than_allowed(void **state)
{
	const struct role_limits limits = { .user = "", .memory = 16 << 20 };

	(void)state;
#if defined(__SANITIZE_ADDRESS__)
	(void)limits;
	(void)cannot_take_much_memory;
	skip();		/* the shadow memory needs the address space */
#else
	assert_int_equal(run_with(&limits, NULL, cannot_take_much_memory), 0);
#endif
}

static int
cannot_reach_out(const struct role_env *env)
{
	FILE *f;

	if (socket(AF_INET, SOCK_STREAM, 0) >= 0 || errno != EPERM)
		return 10;
	if (execl("/bin/true", "true", (char *)NULL) == 0 || errno != EPERM)
		return 11;
	f = fopen("/etc/passwd", "re");
	if (f == NULL || fgetc(f) == EOF || fclose(f) != 0)
		return 12;
	if (send(env->core_fd, "x", 1, 0) != 1)
		return 13;
	return open("/dev/full", O_WRONLY) >= 0 ? 14 : 0;
}

static void
a_confined_role_reads_and_answers_but_no_more(void **state)
{
	const struct role_limits limits = { .user = "", .file_size = -1,
		.confined = true };

	(void)state;
	assert_int_equal(run_with(&limits, NULL, cannot_reach_out), 0);
}

static int
never_runs(const struct role_env *env)
{
	(void)env;
	return 10;
}

static void
an_unknown_account_is_named(void **state)
{
	const struct role_limits limits = { .user = "no-such-account-x" };
	const struct role_env env = { .role = "core", .core_fd = 0 };
	struct err err = { ERR_NONE, "" };

	(void)state;
	if (geteuid() != 0)
		skip();		/* only root changes accounts */
	assert_int_equal(role_spawn(&env, &limits, never_runs, &err), -1);
	assert_non_null(strstr(err.text, "no-such-account-x"));
	assert_int_equal(err.kind, ERR_NOTFOUND);
}

static int
is_nobody(const struct role_env *env)
{
	int death = 0;

	(void)env;
	if (geteuid() == 0 || getuid() == 0 || getegid() == 0)
		return 10;
	if (prctl(PR_GET_PDEATHSIG, &death) != 0 || death != SIGKILL)
		return 11;
	return 0;
}

static void
root_becomes_the_account(void **state)
{
	const struct role_limits limits = { .user = "nobody" };

	(void)state;
	if (geteuid() != 0)
		skip();		/* only root changes accounts */
	assert_int_equal(run_with(&limits, NULL, is_nobody), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_role_has_only_its_descriptors),
		cmocka_unit_test(a_role_has_its_link_and_its_status_comes_back),
		cmocka_unit_test(a_role_dies_with_the_master_and_gains_nothing),
		cmocka_unit_test(a_role_has_the_limits_asked_for),
		cmocka_unit_test(a_role_has_no_more_memory_than_allowed),
		cmocka_unit_test(a_confined_role_reads_and_answers_but_no_more),
		cmocka_unit_test(an_unknown_account_is_named),
		cmocka_unit_test(root_becomes_the_account),
	};

	return test_exit(cmocka_run_group_tests(tests, NULL, NULL));
}
