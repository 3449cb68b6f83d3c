/* SPDX-License-Identifier: ISC */
/* Files: written whole or not at all, read within limits, no leftovers. */
#include "tests/test.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/embedded.h"
#include "base/err.h"
#include "base/file.h"

struct box {
	char path[64];
	int fd;
	struct arena *a;
};

static int
box_open(void **state)
{
	struct box *box = calloc(1, sizeof(*box));

	if (box == NULL)
		return -1;
	(void)snprintf(box->path, sizeof(box->path), "/tmp/jcad-file.XXXXXX");
	if (mkdtemp(box->path) == NULL)
		return -1;
	box->fd = file_open_dir(AT_FDCWD, box->path, NULL);
	box->a = arena_new();
	*state = box;
	return box->fd < 0 ? -1 : 0;
}

static int
remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

static int
box_close(void **state)
{
	struct box *box = *state;
	int r;

	r = nftw(box->path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	r |= close(box->fd);
	arena_free(box->a);
	free(box);
	return r;
}

static int
count_files(const struct box *box)
{
	struct dirent *e;
	int n = 0;
	DIR *d;

	d = opendir(box->path);
	assert_non_null(d);
	while ((e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			n++;
	}
	assert_int_equal(closedir(d), 0);
	return n;
}

static void
test_write(void **state)
{
	struct box *box = *state;
	struct err err = { ERR_NONE, "" };
	struct span got;
	struct stat st;

	assert_int_equal(file_write(box->fd, "post", span_make("a\0b", 3),
	    &err), 0);
	assert_int_equal(fstatat(box->fd, "post", &st, 0), 0);
	assert_int_equal(st.st_mode & 0137, 0);
	assert_int_equal(file_read(box->a, box->fd, "post", 10, &got, &err),
	    0);
	assert_int_equal(got.n, 3);
	assert_memory_equal(got.p, "a\0b", 4);
	assert_int_equal(file_replace(box->fd, "post", span_of("new"), &err),
	    0);
	assert_int_equal(file_read(box->a, box->fd, "post", 3, &got, &err), 0);
	assert_true(span_is(got, "new"));
	assert_int_equal(file_write(box->fd, "empty", span_of(""), &err), 0);
	assert_int_equal(file_read(box->a, box->fd, "empty", 0, &got, &err),
	    0);
	assert_int_equal(got.n, 0);
	assert_int_equal(count_files(box), 2);
}

static void
test_write_fails(void **state)
{
	struct box *box = *state;
	struct err err = { ERR_NONE, "" };

	/* A directory stands where the file should go. */
	assert_int_equal(mkdirat(box->fd, "taken", 0700), 0);
	assert_int_equal(file_write(box->fd, "taken", span_of("x"), &err), -1);
	assert_int_equal(err.kind, ERR_TEMP);
	assert_string_equal(err.text, "taken: rename: Is a directory");
	assert_int_equal(count_files(box), 1);
	assert_int_equal(file_write(-1, "x", span_of("x"), &err), -1);
	assert_int_equal(file_write(box->fd, "../x", span_of("x"), &err), -1);
	assert_int_equal(err.kind, ERR_BADINPUT);
	assert_int_equal(file_write(box->fd, "", span_of("x"), &err), -1);
	assert_int_equal(file_write(box->fd, "..", span_of("x"), &err), -1);
	assert_int_equal(count_files(box), 1);
}

static void
test_read_fails(void **state)
{
	struct box *box = *state;
	struct err err = { ERR_NONE, "" };
	struct span got = { NULL, 7 };

	assert_int_equal(file_read(box->a, box->fd, "none", 9, &got, &err),
	    -1);
	assert_int_equal(err.kind, ERR_NOTFOUND);
	assert_int_equal(file_write(box->fd, "big", span_of("12345"), &err),
	    0);
	assert_int_equal(file_read(box->a, box->fd, "big", 4, &got, &err), -1);
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_string_equal(err.text, "big: 5 bytes, the limit is 4");
	assert_int_equal(mkfifoat(box->fd, "pipe", 0600), 0);
	assert_int_equal(file_read(box->a, box->fd, "pipe", 4, &got, &err),
	    -1);
	assert_string_equal(err.text, "pipe: not a regular file");
	assert_int_equal(got.n, 7);
}

static void
test_read_fd(void **state)
{
	struct box *box = *state;
	struct err err = { ERR_NONE, "" };
	struct span got;
	char c;
	int fd;

	assert_int_equal(file_write(box->fd, "x", span_of("body"), &err), 0);
	fd = openat(box->fd, "x", O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(read(fd, &c, 1), 1);
	assert_int_equal(file_read_fd(box->a, fd, 100, &got, &err), 0);
	assert_true(span_is(got, "body"));
	assert_int_equal(read(fd, &c, 1), 1);
	assert_int_equal(c, 'o');
	assert_int_equal(close(fd), 0);
	/* A file of the kernel that tells no size. */
	assert_int_equal(file_read(box->a, AT_FDCWD, "/proc/self/stat", 4096,
	    &got, &err), 0);
	assert_true(got.n > 0);
}

static void
test_move(void **state)
{
	struct box *box = *state;
	struct err err = { ERR_NONE, "" };
	struct span got;
	int sub;

	assert_int_equal(mkdirat(box->fd, "sub", 0700), 0);
	sub = file_open_dir(box->fd, "sub", &err);
	assert_true(sub >= 0);
	assert_int_equal(file_write(box->fd, "a", span_of("x"), &err), 0);
	assert_int_equal(file_move(box->fd, "a", sub, "b", &err), 0);
	assert_int_equal(file_read(box->a, sub, "b", 9, &got, &err), 0);
	assert_int_equal(count_files(box), 1);
	assert_int_equal(file_move(box->fd, "a", sub, "b", &err), -1);
	assert_int_equal(err.kind, ERR_NOTFOUND);
	assert_int_equal(close(sub), 0);
	assert_int_equal(file_open_dir(box->fd, "nowhere", &err), -1);
	assert_int_equal(err.kind, ERR_NOTFOUND);
}

static void
test_mkdirs(void **state)
{
	struct box *box = *state;
	struct err err = { ERR_NONE, "" };
	struct stat st;
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/a//b/c/", box->path);
	assert_int_equal(file_mkdirs(path, 0700, &err), 0);
	assert_int_equal(file_mkdirs(path, 0700, &err), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_true(S_ISDIR(st.st_mode));
	assert_int_equal(file_write(box->fd, "f", span_of(""), &err), 0);
	(void)snprintf(path, sizeof(path), "%s/f", box->path);
	assert_int_equal(file_mkdirs(path, 0700, &err), -1);
	assert_int_equal(err.kind, ERR_PERM);
	(void)snprintf(path, sizeof(path), "%s/f/g", box->path);
	assert_int_equal(file_mkdirs(path, 0700, &err), -1);
	assert_int_equal(file_mkdirs("", 0700, &err), -1);
	assert_int_equal(err.kind, ERR_BADINPUT);
}

static void
test_embedded(void **state)
{
	const struct embedded_file *f;
	struct span got;

	(void)state;
	for (f = embedded_files; f->path != NULL; f++) {
		got = embedded_get(f->path);
		assert_ptr_equal(got.p, f->data);
		assert_int_equal(got.n, f->size);
		assert_int_equal(f->data[f->size], '\0');
	}
	assert_null(embedded_get("no/such/file").p);
}

#define BOXED(fn) cmocka_unit_test_setup_teardown(fn, box_open, box_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		BOXED(test_write),
		BOXED(test_write_fails),
		BOXED(test_read_fails),
		BOXED(test_read_fd),
		BOXED(test_move),
		BOXED(test_mkdirs),
		cmocka_unit_test(test_embedded),
	};

	return test_exit(cmocka_run_group_tests_name("file", tests, NULL,
	    NULL));
}
