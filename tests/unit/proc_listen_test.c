/* SPDX-License-Identifier: ISC */
/* Listening sockets and the lock of an instance. */
#include "tests/test.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/err.h"
#include "proc/instance.h"
#include "proc/listen.h"

struct fixture {
	char dir[64];
	char path[100];		/* dir/sub/sock */
	char place[108];
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	(void)snprintf(f->dir, sizeof(f->dir), "/tmp/jcad-listen-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	(void)snprintf(f->path, sizeof(f->path), "%s/sub/sock", f->dir);
	(void)snprintf(f->place, sizeof(f->place), "unix:%s", f->path);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;
	char sub[80];

	(void)snprintf(sub, sizeof(sub), "%s/lock", f->dir);
	(void)unlink(sub);
	(void)snprintf(sub, sizeof(sub), "%s/sub", f->dir);
	(void)unlink(f->path);
	(void)rmdir(sub);
	assert_int_equal(rmdir(f->dir), 0);
	free(f);
	return 0;
}

static void
a_unix_socket_is_made_with_its_folder_and_mode(void **state)
{
	struct fixture *f = *state;
	struct stat st;
	int fd = listen_open(f->place, SOCK_STREAM, NULL);

	assert_true(fd >= 0);
	assert_int_equal(stat(f->path, &st), 0);
	assert_true(S_ISSOCK(st.st_mode));
	assert_int_equal(st.st_mode & 0777, 0660);
	assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	assert_int_equal(close(fd), 0);
}

static void
a_left_over_socket_is_replaced(void **state)
{
	struct fixture *f = *state;
	int fd = listen_open(f->place, SOCK_SEQPACKET, NULL);

	assert_true(fd >= 0);
	assert_int_equal(close(fd), 0);
	assert_int_equal(access(f->path, F_OK), 0);
	fd = listen_open(f->place, SOCK_SEQPACKET, NULL);
	assert_true(fd >= 0);
	assert_int_equal(close(fd), 0);
}

static void
a_socket_that_somebody_listens_on_stays(void **state)
{
	struct fixture *f = *state;
	struct err err = { ERR_NONE, "" };
	int fd = listen_open(f->place, SOCK_STREAM, NULL);

	assert_int_equal(listen_open(f->place, SOCK_STREAM, &err), -1);
	assert_int_equal(err.kind, ERR_CONFLICT);
	assert_non_null(strstr(err.text, "another process listens"));
	assert_int_equal(access(f->path, F_OK), 0);
	assert_int_equal(close(fd), 0);
}

static void
what_is_no_socket_stays(void **state)
{
	struct fixture *f = *state;
	struct err err = { ERR_NONE, "" };
	int fd = listen_open(f->place, SOCK_STREAM, NULL);

	assert_int_equal(close(fd), 0);
	assert_int_equal(unlink(f->path), 0);
	fd = open(f->path, O_WRONLY | O_CREAT, 0600);
	assert_true(fd >= 0);
	assert_int_equal(close(fd), 0);
	assert_int_equal(listen_open(f->place, SOCK_STREAM, &err), -1);
	assert_non_null(strstr(err.text, "is no socket"));
	assert_int_equal(access(f->path, F_OK), 0);
}

static void
a_path_that_is_too_long_is_refused(void **state)
{
	struct err err = { ERR_NONE, "" };

	(void)state;
	assert_int_equal(listen_open("unix:/tmp/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaa", SOCK_STREAM, &err), -1);
	assert_int_equal(err.kind, ERR_BADINPUT);
}

struct host_row {
	const char *name;
	const char *place;
	bool good;
};

static const struct host_row hosts[] = {
	{ "IPv4, any port", "127.0.0.1:0", true },
	{ "no port", "127.0.0.1", false },
	{ "no host", ":25", false },
	{ "a port in words", "127.0.0.1:smtp", false },
	{ "an address of another machine", "192.0.2.1:0", false },
};

static void
a_host_and_port(void **state)
{
	const struct host_row *row = *state;
	struct err err = { ERR_NONE, "" };
	int fd = listen_open(row->place, SOCK_STREAM, &err);

	assert_int_equal(fd >= 0, row->good);
	if (fd >= 0)
		assert_int_equal(close(fd), 0);
	else
		assert_true(err.text[0] != '\0');
}

static void
a_folder_is_locked_once(void **state)
{
	struct fixture *f = *state;
	struct err err = { ERR_NONE, "" };
	char pid[32];
	int first, second;

	first = instance_lock(f->dir, NULL);
	assert_true(first >= 0);
	second = instance_lock(f->dir, &err);
	assert_int_equal(second, -1);
	assert_int_equal(err.kind, ERR_CONFLICT);
	(void)snprintf(pid, sizeof(pid), "(pid %ld)", (long)getpid());
	assert_non_null(strstr(err.text, pid));
	assert_int_equal(close(first), 0);
	second = instance_lock(f->dir, &err);
	assert_true(second >= 0);
	assert_int_equal(close(second), 0);
}

static void
a_folder_that_is_missing_cannot_be_locked(void **state)
{
	struct err err = { ERR_NONE, "" };

	(void)state;
	assert_int_equal(instance_lock("/nowhere", &err), -1);
	assert_int_equal(err.kind, ERR_NOTFOUND);
}

static void
the_service_manager_is_told(void **state)
{
	struct fixture *f = *state;
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	char path[100], got[32] = "";
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	(void)snprintf(path, sizeof(path), "%s/notify", f->dir);
	memcpy(addr.sun_path, path, strlen(path) + 1);
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	assert_int_equal(setenv("NOTIFY_SOCKET", path, 1), 0);
	instance_notify("READY=1");
	assert_int_equal(recv(fd, got, sizeof(got), MSG_DONTWAIT), 7);
	assert_string_equal(got, "READY=1");
	assert_int_equal(close(fd), 0);
	assert_int_equal(unlink(path), 0);
	instance_notify("READY=1");	/* nobody there: no harm */
	assert_int_equal(unsetenv("NOTIFY_SOCKET"), 0);
	instance_notify("READY=1");
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_unix_socket_is_made_with_its_folder_and_mode),
		T(a_left_over_socket_is_replaced),
		T(a_socket_that_somebody_listens_on_stays),
		T(what_is_no_socket_stays),
		cmocka_unit_test(a_path_that_is_too_long_is_refused),
		T(a_folder_is_locked_once),
		cmocka_unit_test(a_folder_that_is_missing_cannot_be_locked),
		T(the_service_manager_is_told),
	};
	int failures = 0;

	failures += TEST_ROWS("listen_open", hosts, a_host_and_port);
	failures += cmocka_run_group_tests(tests, NULL, NULL);
	return test_exit(failures);
}
