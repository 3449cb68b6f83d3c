/* SPDX-License-Identifier: ISC */
/*
 * The contract tests of the store: every case runs on a fresh store of each
 * kind. A new driver joins by one line in set_kinds.
 */
#ifndef TESTS_STORE_SET_H
#define TESTS_STORE_SET_H

#include "tests/test.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/xmalloc.h"
#include "store/store.h"

#define LIST "jca-qkdn"
#define OTHER "jca-ahf"

struct set_ctx {
	struct store *s;
	struct arena *a;
	struct err err;
	char dir[64];		/* of its own, removed at the end */
	char url[128];
};

struct set_case {
	const char *name;
	void (*fn)(struct set_ctx *c);
};

/* url NULL: a file in the folder of the test. */
struct set_kind {
	const char *name;
	const char *url;
};

static const struct set_kind set_kinds[] = {
	{ "memory", "sqlite::memory:" },
	{ "file", NULL },
};

struct set_row {
	const char *name;
	const struct set_kind *kind;
	const struct set_case *test;
};

#define OK(c, call) do { \
	if ((call) != 0) \
		fail_msg("%s: %s", #call, (c)->err.text); \
} while (0)

#define REFUSED(c, call, k) do { \
	memset(&(c)->err, 0, sizeof((c)->err)); \
	if ((call) != -1) \
		fail_msg("%s: not refused", #call); \
	if ((c)->err.kind != (k)) \
		fail_msg("%s: %s: %s", #call, \
		    err_kind_name((c)->err.kind), (c)->err.text); \
} while (0)

static inline void
set_dir(struct set_ctx *c)
{
	(void)snprintf(c->dir, sizeof(c->dir), "/tmp/jcad-test-XXXXXX");
	assert_non_null(mkdtemp(c->dir));
}

/* A folder, and the url of a store in it. */
static inline void
set_file(struct set_ctx *c)
{
	set_dir(c);
	(void)snprintf(c->url, sizeof(c->url), "sqlite:%.60s/store.db",
	    c->dir);
}

static inline void
set_remove_dir(const struct set_ctx *c)
{
	DIR *d = opendir(c->dir);
	struct dirent *e;

	assert_non_null(d);
	while ((e = readdir(d)) != NULL)
		(void)unlinkat(dirfd(d), e->d_name, 0);	/* "." refuses */
	(void)closedir(d);
	assert_int_equal(rmdir(c->dir), 0);
}

static inline void
set_open(struct set_ctx *c)
{
	c->s = store_open(c->url, &c->err);
	if (c->s == NULL)
		fail_msg("open: %s", c->err.text);
}

static inline void
set_reopen(struct set_ctx *c)
{
	store_close(c->s);
	set_open(c);
}

static inline void
set_run_row(void **state)
{
	const struct set_row *row = *state;
	struct set_ctx c = { 0 };

	set_file(&c);
	if (row->kind->url != NULL)
		(void)snprintf(c.url, sizeof(c.url), "%s", row->kind->url);
	c.a = arena_new();
	set_open(&c);
	row->test->fn(&c);
	store_close(c.s);
	arena_free(c.a);
	set_remove_dir(&c);
}

static inline int
set_run(const char *group, const struct set_case *cases, size_t n)
{
	size_t kinds = sizeof(set_kinds) / sizeof(set_kinds[0]), k = 0;
	struct set_row *rows = xcalloc(n * kinds, sizeof(*rows));
	struct arena *names = arena_new();
	int failed;

	for (size_t i = 0; i < kinds; i++)
		for (size_t j = 0; j < n; j++, k++) {
			rows[k].name = arena_printf(names, "%s: %s",
			    set_kinds[i].name, cases[j].name);
			rows[k].kind = &set_kinds[i];
			rows[k].test = &cases[j];
		}
	failed = test_rows(group, rows, k, sizeof(*rows), set_run_row);
	arena_free(names);
	free(rows);
	return failed;
}

#define SET_RUN(group, cases) \
	set_run(group, cases, sizeof(cases) / sizeof((cases)[0]))

/* --- rows that many tests need --- */

static inline struct mail_row
set_mail(const char *file, enum mail_state state)
{
	return (struct mail_row){ .file = file, .state = state, .list = LIST,
		.sender = "anna@vendor-g.example",
		.from = "Anna@vendor-g.example",
		.message_id = "<1@vendor-g.example>", .subject = "Gen\xC3\xA8ve",
		.size = 1234, .received_at = 1000,
		.digest = { "a\0b", 3 } };
}

static inline int64_t
set_add_mail(struct set_ctx *c, const char *file, enum mail_state state)
{
	struct mail_row m = set_mail(file, state);
	int64_t id = 0;

	OK(c, store_mail_add(c->s, &m, &id, &c->err));
	return id;
}

static inline struct member
set_member(const char *key, const char *token)
{
	return (struct member){ .list = LIST, .addr = key, .key = key,
		.name = "", .lang = "", .zone = "", .token = token,
		.state = MEMBER_ACTIVE, .mail_on = true, .since_at = 500 };
}

static inline int64_t
set_add_member(struct set_ctx *c, const char *key)
{
	struct member m = set_member(key, key);
	int64_t id = 0;

	OK(c, store_member_save(c->s, &m, &id, &c->err));
	return id;
}

#endif
