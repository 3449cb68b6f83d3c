/* SPDX-License-Identifier: ISC */
/* Store: the audit chain, and what it tells of whoever changes the rows. */
#include "tests/unit/store_set.h"

#include "store/query.h"

static void
fill(struct set_ctx *c, int n)
{
	OK(c, store_begin(c->s, &c->err));
	for (int i = 0; i < n; i++)
		OK(c, store_audit_add(c->s, 100 + i, "counsellor@tsb.example",
		    "hold", "held 7", i % 2 == 0 ? "not a member" : "",
		    &c->err));
	OK(c, store_commit(c->s, &c->err));
}

static void
test_chain(struct set_ctx *c)
{
	int64_t rows = -1;

	OK(c, store_audit_verify(c->s, &rows, &c->err));
	assert_int_equal(rows, 0);
	fill(c, 3);
	fill(c, 2);
	OK(c, store_audit_verify(c->s, &rows, &c->err));
	assert_int_equal(rows, 5);
	if (strchr(c->url, '/') != NULL) {
		set_reopen(c);
		fill(c, 1);
		OK(c, store_audit_verify(c->s, &rows, &c->err));
		assert_int_equal(rows, 6);
	}
}

static void
test_rolled_back(struct set_ctx *c)
{
	int64_t rows = -1;

	fill(c, 1);
	OK(c, store_begin(c->s, &c->err));
	OK(c, store_audit_add(c->s, 1, "a", "b", "c", "d", &c->err));
	store_rollback(c->s);
	OK(c, store_begin(c->s, &c->err));
	OK(c, store_savepoint(c->s, &c->err));
	OK(c, store_audit_add(c->s, 1, "a", "b", "c", "d", &c->err));
	store_undo(c->s);
	OK(c, store_commit(c->s, &c->err));
	fill(c, 1);
	OK(c, store_audit_verify(c->s, &rows, &c->err));
	assert_int_equal(rows, 2);
}

static const struct set_case cases[] = {
	{ "rows form one chain", test_chain },
	{ "what is rolled back leaves no gap", test_rolled_back },
};

/* --- tampering: five rows, then one statement --- */

struct tamper_row {
	const char *name;
	const char *sql;
	const char *text;
};

static const struct tamper_row tampers[] = {
	{ "another actor", "UPDATE audit SET actor = 'x' WHERE id = 3",
	    "row 3 or the one before was changed" },
	{ "another time", "UPDATE audit SET at = at + 1 WHERE id = 1",
	    "row 1 or" },
	{ "text moved from field to field", "UPDATE audit SET object = "
	    "'held 7n', detail = 'ot a member' WHERE id = 5", "row 5 or" },
	{ "two rows swapped", "UPDATE audit SET at = 203 - at "
	    "WHERE id IN (2, 3)", "row 2 or" },
	{ "a row taken out", "DELETE FROM audit WHERE id = 2",
	    "row 2 is missing" },
	{ "the first rows taken out", "DELETE FROM audit WHERE id < 3",
	    "row 1 is missing" },
	{ "the last row taken out", "DELETE FROM audit WHERE id = 5",
	    "row 5 is missing" },
	{ "all rows taken out", "DELETE FROM audit", "row 1 is missing" },
	{ "a row added", "INSERT INTO audit (id, at, actor, action, object, "
	    "detail, hash) SELECT 6, at, actor, action, object, detail, hash "
	    "FROM audit WHERE id = 5", "row 6 or" },
	{ "the end forgotten", "DELETE FROM value WHERE name = 'audit.head'",
	    "row 1 was added from outside" },
	{ "the end broken", "UPDATE value SET data = '' "
	    "WHERE name = 'audit.head'", "its end is not readable" },
};

static void
test_tamper(void **state)
{
	const struct tamper_row *row = *state;
	struct set_ctx ctx = { .url = "sqlite::memory:" }, *c = &ctx;
	struct query q;
	int64_t rows = -1;

	set_open(c);
	fill(c, 5);
	OK(c, store_begin(c->s, &c->err));
	query_write(&q, c->s, row->sql, &c->err);
	assert_true(query_run(&q) > 0);
	OK(c, store_commit(c->s, &c->err));
	REFUSED(c, store_audit_verify(c->s, &rows, &c->err), ERR_PERM);
	if (strstr(c->err.text, row->text) == NULL)
		fail_msg("%s", c->err.text);
	assert_int_equal(rows, -1);
	store_close(c->s);
}

int
main(void)
{
	return test_exit(SET_RUN("store audit", cases) +
	    TEST_ROWS("audit tampering", tampers, test_tamper));
}
