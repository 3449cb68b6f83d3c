/* SPDX-License-Identifier: ISC */
/*
 * Store: what is left after SIGKILL in the middle of a transaction, between
 * commits, and after a full disk. The writer is a child that is killed.
 */
#include "tests/unit/store_set.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/codec.h"
#include "base/str.h"
#include "store/driver.h"

static void
setup(struct set_ctx *c)
{
	memset(c, 0, sizeof(*c));
	set_file(c);
	c->a = arena_new();
}

static void
teardown(struct set_ctx *c)
{
	store_close(c->s);
	arena_free(c->a);
	set_remove_dir(c);
}

/* --- the child's side: no asserts, it must not return into cmocka --- */

static void
must(int rc)
{
	if (rc != 0)
		_exit(9);
}

static void
put_number(struct store *s, const char *name, int64_t n)
{
	struct str v = STR_EMPTY;
	struct err err;

	enc_i64(&v, n);
	must(store_put(s, name, str_span(&v), &err));
	str_done(&v);
}

/* Commit one thing, then write more than any cache holds, then wait. */
static void
write_and_wait(const char *url, int fd)
{
	static char block[4096];
	struct err err;
	struct store *s = store_open(url, &err);

	if (s == NULL)
		_exit(9);
	must(store_begin(s, &err));
	put_number(s, "committed", 1);
	must(store_audit_add(s, 1, "a", "b", "c", "d", &err));
	must(store_commit(s, &err));
	must(store_begin(s, &err));
	must(store_audit_add(s, 2, "a", "b", "c", "d", &err));
	for (int64_t i = 0; i < 2000; i++) {
		struct mail_row m = { .file = "f", .list = LIST,
			.digest = { block, sizeof(block) } };
		int64_t id;

		must(store_mail_add(s, &m, &id, &err));
	}
	put_number(s, "committed", 2);
	must(write(fd, "x", 1) == 1 ? 0 : -1);
	for (;;)
		(void)pause();
}

/* Commit 1, 2, 3 ...; tell each number when its commit has returned. */
static void
commit_forever(const char *url, int fd)
{
	struct err err;
	struct store *s = store_open(url, &err);

	if (s == NULL)
		_exit(9);
	for (int64_t i = 1;; i++) {
		must(store_begin(s, &err));
		put_number(s, "n", i);
		must(store_audit_add(s, i, "a", "b", "c", "d", &err));
		must(store_commit(s, &err));
		must(write(fd, &i, sizeof(i)) == sizeof(i) ? 0 : -1);
	}
}

static pid_t
start(const char *url, void (*fn)(const char *url, int fd), int *fd)
{
	int ends[2];
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		(void)close(ends[0]);
		fn(url, ends[1]);
		_exit(9);
	}
	(void)close(ends[1]);
	*fd = ends[0];
	return pid;
}

static void
end(pid_t pid)
{
	int status;

	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
}

static int64_t
number(struct set_ctx *c, const char *name)
{
	struct span v;
	struct dec d;

	OK(c, store_get(c->s, c->a, name, &v, &c->err));
	dec_init(&d, c->a, v);
	return dec_i64(&d);
}

/* --- the parent's side --- */

static void
test_killed_inside(void **state)
{
	struct set_ctx c;
	struct mail_row *rows;
	int64_t n = -1;
	size_t mails;
	char byte;
	pid_t pid;
	int fd;

	(void)state;
	setup(&c);
	pid = start(c.url, write_and_wait, &fd);
	assert_int_equal(read(fd, &byte, 1), 1);
	end(pid);
	(void)close(fd);
	set_open(&c);
	assert_int_equal(number(&c, "committed"), 1);
	OK(&c, store_mail_list(c.s, c.a, MAIL_ACCEPTED, 0, 0, &rows, &mails,
	    &c.err));
	assert_int_equal(mails, 0);
	OK(&c, store_audit_verify(c.s, &n, &c.err));
	assert_int_equal(n, 1);
	OK(&c, store_begin(c.s, &c.err));
	OK(&c, store_audit_add(c.s, 3, "a", "b", "c", "d", &c.err));
	OK(&c, store_commit(c.s, &c.err));
	teardown(&c);
}

static void
test_killed_between(void **state)
{
	struct set_ctx c;
	int64_t told = 0, n = -1;
	pid_t pid;
	int fd;

	(void)state;
	setup(&c);
	pid = start(c.url, commit_forever, &fd);
	while (told < 50)
		assert_int_equal(read(fd, &told, sizeof(told)), sizeof(told));
	end(pid);
	/* What it told before it died counts as well. */
	while (read(fd, &n, sizeof(n)) == sizeof(n))
		told = n;
	(void)close(fd);
	set_open(&c);
	n = number(&c, "n");
	assert_true(n == told || n == told + 1);
	OK(&c, store_audit_verify(c.s, &told, &c.err));
	assert_int_equal(told, n);
	teardown(&c);
}

/* The file must not grow beyond now + more bytes. */
static void
limit_files(rlim_t bytes)
{
	struct rlimit lim;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &lim), 0);
	lim.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &lim), 0);
}

static void
test_full_disk(void **state)
{
	static char block[1 << 20];
	struct set_ctx c;
	struct span v;

	(void)state;
	setup(&c);
	set_open(&c);
	OK(&c, store_begin(c.s, &c.err));
	OK(&c, store_put(c.s, "k", span_of("v"), &c.err));
	OK(&c, store_commit(c.s, &c.err));
	assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	limit_files(400000);
	OK(&c, store_begin(c.s, &c.err));
	OK(&c, store_put(c.s, "k", span_of("w"), &c.err));
	for (int i = 0; i < 8; i++)
		if (store_put(c.s, "big", span_make(block, sizeof(block)),
		    &c.err) < 0)
			break;
	/* At the latest the commit notices, and then nothing is left. */
	REFUSED(&c, store_commit(c.s, &c.err), ERR_TEMP);
	limit_files(RLIM_INFINITY);
	assert_false(store_in_transaction(c.s));
	OK(&c, store_get(c.s, c.a, "k", &v, &c.err));
	assert_string_equal(v.p, "v");
	REFUSED(&c, store_get(c.s, c.a, "big", &v, &c.err), ERR_NOTFOUND);
	OK(&c, store_begin(c.s, &c.err));
	OK(&c, store_put(c.s, "k", span_of("x"), &c.err));
	OK(&c, store_commit(c.s, &c.err));
	set_reopen(&c);
	OK(&c, store_get(c.s, c.a, "k", &v, &c.err));
	assert_string_equal(v.p, "x");
	teardown(&c);
}

/* The engine gave the transaction up: nothing may be written after it, as
 * that would be committed by itself. */
static void
test_lost(void **state)
{
	static char block[4096];
	struct set_ctx c;
	struct mail_row m = { .file = "f", .list = LIST,
		.digest = { block, sizeof(block) } };
	struct span v;
	int64_t id;
	int i, rc = 0;

	(void)state;
	setup(&c);
	set_open(&c);
	assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	limit_files(400000);
	OK(&c, store_begin(c.s, &c.err));
	OK(&c, store_savepoint(c.s, &c.err));
	for (i = 0; i < 5000 && rc == 0; i++)
		rc = store_mail_add(c.s, &m, &id, &c.err);
	limit_files(RLIM_INFINITY);
	assert_int_equal(rc, -1);
	assert_int_equal(c.err.kind, ERR_TEMP);
	store_undo(c.s);
	rc = store_put(c.s, "k", span_of("v"), &c.err);
	if (rc == 0) {
		/* Only the savepoint was undone: the rest may be kept. */
		OK(&c, store_commit(c.s, &c.err));
		OK(&c, store_get(c.s, c.a, "k", &v, &c.err));
	} else {
		REFUSED(&c, store_commit(c.s, &c.err), ERR_TEMP);
		REFUSED(&c, store_get(c.s, c.a, "k", &v, &c.err),
		    ERR_NOTFOUND);
	}
	assert_int_equal(store_mail_has_file(c.s, "f", &c.err), 0);
	teardown(&c);
}

/* --- kinds of errors --- */

struct kind_row {
	const char *name;
	int code;
	enum err_kind kind;
};

/* Numbers as in the SQLite documentation (rescode.html). */
static const struct kind_row kinds[] = {
	{ "ok", 0, ERR_NONE },
	{ "row", 100, ERR_NONE },
	{ "done", 101, ERR_NONE },
	{ "error", 1, ERR_TEMP },
	{ "busy", 5, ERR_TEMP },
	{ "busy snapshot", 517, ERR_TEMP },
	{ "locked", 6, ERR_TEMP },
	{ "read only", 8, ERR_TEMP },
	{ "input or output error", 10, ERR_TEMP },
	{ "fsync error", 1034, ERR_TEMP },
	{ "corrupt", 11, ERR_TEMP },
	{ "full", 13, ERR_TEMP },
	{ "cannot open", 14, ERR_TEMP },
	{ "too big", 18, ERR_LIMIT },
	{ "constraint", 19, ERR_CONFLICT },
	{ "unique constraint", 2067, ERR_CONFLICT },
	{ "foreign key constraint", 787, ERR_CONFLICT },
	{ "not null constraint", 1299, ERR_CONFLICT },
};

static void
test_kind(void **state)
{
	const struct kind_row *row = *state;

	assert_int_equal(sqlite_err_kind(row->code), row->kind);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_killed_inside),
		cmocka_unit_test(test_killed_between),
		cmocka_unit_test(test_full_disk),
		cmocka_unit_test(test_lost),
	};

	return test_exit(cmocka_run_group_tests_name("store crashes", tests,
	    NULL, NULL) + TEST_ROWS("SQLite errors", kinds, test_kind));
}
