/* SPDX-License-Identifier: ISC */
/* Store: transactions, savepoints, values, opening, and backup. */
#include "tests/unit/store_set.h"

#include <sys/stat.h>

static void
put(struct set_ctx *c, const char *name, const char *value)
{
	OK(c, store_put(c->s, name, span_of(value), &c->err));
}

static void
expect(struct set_ctx *c, const char *name, const char *value)
{
	struct span v;

	if (value == NULL) {
		REFUSED(c, store_get(c->s, c->a, name, &v, &c->err),
		    ERR_NOTFOUND);
		return;
	}
	OK(c, store_get(c->s, c->a, name, &v, &c->err));
	assert_string_equal(v.p, value);
	assert_int_equal(v.n, strlen(value));
}

static void
test_value(struct set_ctx *c)
{
	struct span v;

	OK(c, store_begin(c->s, &c->err));
	put(c, "key", "one");
	put(c, "key", "two");
	OK(c, store_put(c->s, "bytes", span_make("\0\xFF\0", 3), &c->err));
	OK(c, store_put(c->s, "none", span_make(NULL, 0), &c->err));
	OK(c, store_commit(c->s, &c->err));
	expect(c, "key", "two");
	expect(c, "none", "");
	expect(c, "other", NULL);
	OK(c, store_get(c->s, c->a, "bytes", &v, &c->err));
	assert_int_equal(v.n, 3);
	assert_memory_equal(v.p, "\0\xFF\0", 3);
}

static void
test_outside(struct set_ctx *c)
{
	struct mail_row m = set_mail("f", MAIL_ACCEPTED);
	int64_t id;

	REFUSED(c, store_put(c->s, "k", span_of("v"), &c->err), ERR_PERM);
	REFUSED(c, store_mail_add(c->s, &m, &id, &c->err), ERR_PERM);
	REFUSED(c, store_commit(c->s, &c->err), ERR_PERM);
	REFUSED(c, store_savepoint(c->s, &c->err), ERR_PERM);
	expect(c, "k", NULL);
}

static void
test_rollback(struct set_ctx *c)
{
	assert_false(store_in_transaction(c->s));
	OK(c, store_begin(c->s, &c->err));
	assert_true(store_in_transaction(c->s));
	REFUSED(c, store_begin(c->s, &c->err), ERR_PERM);
	put(c, "k", "v");
	expect(c, "k", "v");
	store_rollback(c->s);
	assert_false(store_in_transaction(c->s));
	expect(c, "k", NULL);
	store_rollback(c->s);
	OK(c, store_begin(c->s, &c->err));
	put(c, "k", "w");
	OK(c, store_commit(c->s, &c->err));
	expect(c, "k", "w");
}

static void
test_savepoint(struct set_ctx *c)
{
	OK(c, store_begin(c->s, &c->err));
	put(c, "a", "1");
	OK(c, store_savepoint(c->s, &c->err));
	put(c, "b", "2");
	store_undo(c->s);
	OK(c, store_savepoint(c->s, &c->err));
	put(c, "c", "3");
	OK(c, store_release(c->s, &c->err));
	OK(c, store_savepoint(c->s, &c->err));
	put(c, "d", "4");
	OK(c, store_savepoint(c->s, &c->err));
	put(c, "e", "5");
	store_undo(c->s);
	OK(c, store_release(c->s, &c->err));
	OK(c, store_commit(c->s, &c->err));
	expect(c, "a", "1");
	expect(c, "b", NULL);
	expect(c, "c", "3");
	expect(c, "d", "4");
	expect(c, "e", NULL);
}

static void
test_close_open(struct set_ctx *c)
{
	OK(c, store_begin(c->s, &c->err));
	put(c, "k", "v");
	/* Closing with the transaction open rolls back and does not hang. */
	set_reopen(c);
	expect(c, "k", NULL);
}

static void
test_backup(struct set_ctx *c)
{
	char path[96], url[128];
	struct set_ctx copy = { .a = c->a };
	struct stat st;

	(void)snprintf(path, sizeof(path), "%s/copy.db", c->dir);
	OK(c, store_begin(c->s, &c->err));
	put(c, "k", "v");
	REFUSED(c, store_backup(c->s, path, &c->err), ERR_CONFLICT);
	OK(c, store_commit(c->s, &c->err));
	OK(c, store_backup(c->s, path, &c->err));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	/* Never over something else. */
	REFUSED(c, store_backup(c->s, path, &c->err), ERR_CONFLICT);
	(void)snprintf(url, sizeof(url), "sqlite:%s", path);
	copy.s = store_open(url, &copy.err);
	assert_non_null(copy.s);
	expect(&copy, "k", "v");
	store_close(copy.s);
	store_close(NULL);
}

static const struct set_case cases[] = {
	{ "values are replaced and hold any bytes", test_value },
	{ "a change outside a transaction is refused", test_outside },
	{ "rollback leaves nothing", test_rollback },
	{ "savepoints nest and undo only themselves", test_savepoint },
	{ "closing rolls back what is open", test_close_open },
	{ "a backup is a whole store", test_backup },
};

/* --- urls --- */

struct url_row {
	const char *name;
	const char *url;
	enum err_kind kind;
	const char *text;
};

static const struct url_row urls[] = {
	{ "an unknown scheme is named", "mysql:x", ERR_BADINPUT,
	    "\"mysql:x\" is no store that this program knows" },
	{ "a bare path is no url", "/tmp/x.db", ERR_BADINPUT, "sqlite:PATH" },
	{ "an empty path is refused", "sqlite:", ERR_BADINPUT,
	    "needs a path" },
	{ "a missing folder is told", "sqlite:/nonexistent/x.db",
	    ERR_NOTFOUND, "/nonexistent" },
	{ "a folder is no store", "sqlite:/tmp", ERR_TEMP, "/tmp" },
};

static void
test_url(void **state)
{
	const struct url_row *row = *state;
	struct err err = { 0 };

	assert_null(store_open(row->url, &err));
	if (err.kind != row->kind || strstr(err.text, row->text) == NULL)
		fail_msg("%s: %s", err_kind_name(err.kind), err.text);
}

int
main(void)
{
	return test_exit(SET_RUN("store", cases) +
	    TEST_ROWS("store urls", urls, test_url));
}
