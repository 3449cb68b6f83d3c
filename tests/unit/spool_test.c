/* SPDX-License-Identifier: ISC */
/* Spool: the way of a body, names from outside, and what is refused. */
#include "tests/test.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "spool/spool.h"

struct ctx {
	char dir[40];
	struct spool *s;
	struct arena *a;
	struct err err;
};

static int
setup(void **state)
{
	struct ctx *c = calloc(1, sizeof(*c));

	assert_non_null(c);
	(void)snprintf(c->dir, sizeof(c->dir), "/tmp/jcad-spool-XXXXXX");
	assert_non_null(mkdtemp(c->dir));
	c->s = spool_open(c->dir, &c->err);
	assert_non_null(c->s);
	c->a = arena_new();
	*state = c;
	return 0;
}

static char *
path(struct ctx *c, const char *dir, const char *name)
{
	return arena_printf(c->a, "%s/%s/%s", c->dir, dir, name);
}

static void
remove_all(struct ctx *c, const char *dir)
{
	char *where = path(c, dir, "");
	DIR *d = opendir(where);
	struct dirent *e;

	while (d != NULL && (e = readdir(d)) != NULL)
		(void)unlinkat(dirfd(d), e->d_name, 0);	/* "." refuses */
	if (d != NULL)
		(void)closedir(d);
	(void)rmdir(where);
}

static int
teardown(void **state)
{
	struct ctx *c = *state;

	spool_close(c->s);
	remove_all(c, "incoming");
	remove_all(c, "bodies");
	remove_all(c, "quarantine");
	(void)rmdir(c->dir);
	arena_free(c->a);
	free(c);
	return 0;
}

static bool
is_in(struct ctx *c, const char *dir, const char *name)
{
	return access(path(c, dir, name), F_OK) == 0;
}

/* A finished incoming file. */
static void
arrive(struct ctx *c, char name[SPOOL_NAME_MAX], const char *text)
{
	int fd = spool_new(c->s, name, &c->err);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(spool_finish(c->s, fd, &c->err), 0);
}

static void
expect_body(struct ctx *c, const char *name, const char *text)
{
	struct span got;
	int fd = spool_open_body(c->s, name, &c->err);

	if (fd < 0)
		fail_msg("%s", c->err.text);
	assert_int_equal(file_read_fd(c->a, fd, 1000, &got, &c->err), 0);
	assert_string_equal(got.p, text);
	assert_int_equal(write(fd, "x", 1), -1);
	(void)close(fd);
}

static void
test_way(void **state)
{
	struct ctx *c = *state;
	char name[SPOOL_NAME_MAX];

	arrive(c, name, "hello\r\n");
	assert_true(is_in(c, "incoming", name));
	expect_body(c, name, "hello\r\n");
	assert_int_equal(spool_keep(c->s, name, &c->err), 0);
	assert_false(is_in(c, "incoming", name));
	assert_true(is_in(c, "bodies", name));
	assert_int_equal(spool_sync(c->s, &c->err), 0);
	assert_int_equal(spool_sync(c->s, &c->err), 0);
	expect_body(c, name, "hello\r\n");
	assert_int_equal(spool_remove(c->s, name, &c->err), 0);
	assert_int_equal(spool_remove(c->s, name, &c->err), 0);
	assert_false(is_in(c, "bodies", name));
	assert_int_equal(spool_open_body(c->s, name, &c->err), -1);
	assert_int_equal(c->err.kind, ERR_NOTFOUND);
}

static void
test_quarantine(void **state)
{
	struct ctx *c = *state;
	char name[SPOOL_NAME_MAX];

	arrive(c, name, "poison");
	assert_int_equal(spool_quarantine(c->s, name, &c->err), 0);
	assert_true(is_in(c, "quarantine", name));
	expect_body(c, name, "poison");
	assert_int_equal(spool_sync(c->s, &c->err), 0);
	assert_int_equal(spool_remove(c->s, name, &c->err), 0);
	assert_false(is_in(c, "quarantine", name));
}

static void
test_discard(void **state)
{
	struct ctx *c = *state;
	char name[SPOOL_NAME_MAX], kept[SPOOL_NAME_MAX];

	arrive(c, name, "half");
	spool_discard(c->s, name);
	assert_false(is_in(c, "incoming", name));
	spool_discard(c->s, name);
	arrive(c, kept, "whole");
	assert_int_equal(spool_keep(c->s, kept, &c->err), 0);
	spool_discard(c->s, kept);
	assert_true(is_in(c, "bodies", kept));
	assert_int_equal(spool_keep(c->s, name, &c->err), -1);
	assert_int_equal(c->err.kind, ERR_NOTFOUND);
}

static void
test_write(void **state)
{
	struct ctx *c = *state;
	char name[SPOOL_NAME_MAX], empty[SPOOL_NAME_MAX];

	assert_int_equal(spool_write(c->s, span_of("notice"), name, &c->err),
	    0);
	expect_body(c, name, "notice");
	assert_int_equal(spool_write(c->s, span_make(NULL, 0), empty,
	    &c->err), 0);
	expect_body(c, empty, "");
	assert_false(is_in(c, "incoming", name));
}

static void
test_names(void **state)
{
	struct ctx *c = *state;
	char a[SPOOL_NAME_MAX], b[SPOOL_NAME_MAX];

	arrive(c, a, "");
	arrive(c, b, "");
	assert_true(spool_is_name(a));
	assert_true(strcmp(a, b) < 0);
}

/* A body that is there is never replaced by a later file of its name. */
static void
test_no_replace(void **state)
{
	struct ctx *c = *state;
	char name[SPOOL_NAME_MAX];
	FILE *f;

	arrive(c, name, "first");
	assert_int_equal(spool_keep(c->s, name, &c->err), 0);
	f = fopen(path(c, "incoming", name), "w");
	assert_non_null(f);
	(void)fclose(f);
	assert_int_equal(spool_keep(c->s, name, &c->err), -1);
	assert_int_equal(c->err.kind, ERR_CONFLICT);
	expect_body(c, name, "first");
}

/* Something that is no file, in the place of a body. */
static void
test_no_file(void **state)
{
	struct ctx *c = *state;
	char name[SPOOL_NAME_MAX];

	arrive(c, name, "x");
	spool_discard(c->s, name);
	assert_int_equal(symlink("/etc/hostname", path(c, "bodies", name)),
	    0);
	assert_int_equal(spool_open_body(c->s, name, &c->err), -1);
	assert_int_equal(spool_remove(c->s, name, &c->err), 0);
	assert_int_equal(mkfifo(path(c, "bodies", name), 0600), 0);
	assert_int_equal(spool_open_body(c->s, name, &c->err), -1);
	assert_int_equal(c->err.kind, ERR_PERM);
}

struct walk {
	struct ctx *c;
	size_t n;
	size_t stop;
};

static int
walk(void *arg, const char *name)
{
	struct walk *w = arg;

	if (spool_is_name(name))
		spool_discard(w->c->s, name);
	return ++w->n == w->stop ? -1 : 0;
}

static void
test_each(void **state)
{
	struct ctx *c = *state;
	struct walk w = { c, 0, 0 };
	char name[SPOOL_NAME_MAX];
	FILE *f;

	for (int i = 0; i < 20; i++)
		arrive(c, name, "x");
	f = fopen(path(c, "incoming", "core.123"), "w");
	assert_non_null(f);
	(void)fclose(f);
	assert_int_equal(spool_each(c->s, "bodies", walk, &w, &c->err), 0);
	assert_int_equal(w.n, 0);
	/* Removing while walking, and a name that is not ours. */
	assert_int_equal(spool_each(c->s, "incoming", walk, &w, &c->err), 0);
	assert_int_equal(w.n, 21);
	assert_int_equal(spool_each(c->s, "incoming", walk, &w, &c->err), 0);
	assert_int_equal(w.n, 22);
	w = (struct walk){ c, 0, 1 };
	assert_int_equal(spool_each(c->s, "incoming", walk, &w, &c->err), -1);
	assert_int_equal(spool_each(c->s, "../x", walk, &w, &c->err), -1);
	assert_int_equal(c->err.kind, ERR_PERM);
}

static void
test_open(void **state)
{
	struct ctx *c = *state;
	struct spool *again = spool_open(c->dir, &c->err);
	struct stat st;
	char *file = path(c, "incoming", "x");
	FILE *f;

	assert_non_null(again);
	spool_close(again);
	spool_close(NULL);
	assert_int_equal(stat(path(c, "bodies", ""), &st), 0);
	assert_int_equal(st.st_mode & 0007, 0);
	assert_true(spool_free_bytes(c->s) > 0);
	f = fopen(file, "w");
	assert_non_null(f);
	(void)fclose(f);
	assert_null(spool_open(file, &c->err));
	assert_non_null(strstr(c->err.text, "incoming/x"));
}

/* --- names from outside --- */

struct name_row {
	const char *name;
	const char *text;
	bool ok;
};

static const struct name_row names[] = {
	{ "a good one", "0006274f2d9f3a-0123456789abcdef", true },
	{ "empty", "", false },
	{ "too short", "0006274f2d9f3a-0123456789abcde", false },
	{ "too long", "0006274f2d9f3a-0123456789abcdef0", false },
	{ "no dash", "0006274f2d9f3a00123456789abcdef", false },
	{ "two dashes", "0006274f2d9f3a-0123456789abcde-", false },
	{ "upper case", "0006274F2D9F3A-0123456789ABCDEF", false },
	{ "a slash", "0006274f2d9f3a-0123456/89abcdef", false },
	{ "the folder above", "..", false },
	{ "a way out", "../bodies/0006274f2d9f3a-0123456", false },
};

static void
test_name(void **state)
{
	const struct name_row *row = *state;
	struct ctx *c;
	void *own;

	assert_int_equal(spool_is_name(row->text), row->ok);
	if (row->ok)
		return;
	(void)setup(&own);
	c = own;
	assert_int_equal(spool_keep(c->s, row->text, &c->err), -1);
	assert_int_equal(c->err.kind, ERR_BADINPUT);
	assert_int_equal(spool_quarantine(c->s, row->text, &c->err), -1);
	assert_int_equal(spool_open_body(c->s, row->text, &c->err), -1);
	assert_int_equal(c->err.kind, ERR_BADINPUT);
	assert_int_equal(spool_remove(c->s, row->text, &c->err), -1);
	spool_discard(c->s, row->text);
	(void)teardown(&own);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_way),
		TEST(test_quarantine),
		TEST(test_discard),
		TEST(test_write),
		TEST(test_names),
		TEST(test_no_replace),
		TEST(test_no_file),
		TEST(test_each),
		TEST(test_open),
	};

	return test_exit(cmocka_run_group_tests_name("spool", tests, NULL,
	    NULL) + TEST_ROWS("spool names", names, test_name));
}
