/* SPDX-License-Identifier: ISC */
/*
 * Recover: the table of spool/README.md, all combinations of the three
 * folders with no row, a live row and a row that is done.
 */
#include "tests/test.h"

#include <stdbool.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "spool/recover.h"

#define NAME "0006274f2d9f3a-0123456789abcdef"

enum row { NO, LIVE, DONE };

#define K RECOVER_KEEP
#define R RECOVER_REMOVE
#define P RECOVER_RESTORE	/* put in place */
#define A RECOVER_ALARM
#define X -1			/* no step for this place */

struct combo {
	const char *name;
	bool in[3];		/* incoming, bodies, quarantine */
	enum row row;
	int want[3];		/* step for each place */
};

static const struct combo combos[] = {
	{ "nothing at all", { 0, 0, 0 }, NO, { X, X, X } },
	{ "incoming, no row: never accepted", { 1, 0, 0 }, NO, { R, X, X } },
	{ "body, no row: never acknowledged", { 0, 1, 0 }, NO, { X, R, X } },
	{ "quarantine, no row: never acknowledged", { 0, 0, 1 }, NO,
	    { X, X, R } },
	{ "incoming and body, no row", { 1, 1, 0 }, NO, { R, R, X } },
	{ "incoming and quarantine, no row", { 1, 0, 1 }, NO, { R, X, R } },
	{ "body and quarantine, no row", { 0, 1, 1 }, NO, { X, R, R } },
	{ "all three, no row", { 1, 1, 1 }, NO, { R, R, R } },
	{ "live row without a file: alarm", { 0, 0, 0 }, LIVE, { X, A, X } },
	{ "live row, file still incoming: put in place", { 1, 0, 0 }, LIVE,
	    { P, X, X } },
	{ "live row and body: all is well", { 0, 1, 0 }, LIVE, { X, K, X } },
	{ "live row and quarantine: all is well", { 0, 0, 1 }, LIVE,
	    { X, X, K } },
	{ "live row, rename half undone", { 1, 1, 0 }, LIVE, { R, K, X } },
	{ "live row, quarantine half undone", { 1, 0, 1 }, LIVE,
	    { R, X, K } },
	{ "live row, two bodies: alarm, nothing removed", { 0, 1, 1 }, LIVE,
	    { X, A, A } },
	{ "live row, all three", { 1, 1, 1 }, LIVE, { R, A, A } },
	{ "done row without a file: nothing to do", { 0, 0, 0 }, DONE,
	    { X, X, X } },
	{ "done row, file incoming", { 1, 0, 0 }, DONE, { R, X, X } },
	{ "done row and body: deleted in its turn", { 0, 1, 0 }, DONE,
	    { X, K, X } },
	{ "done row and quarantine: deleted in its turn", { 0, 0, 1 }, DONE,
	    { X, X, K } },
	{ "done row, incoming and body", { 1, 1, 0 }, DONE, { R, K, X } },
	{ "done row, incoming and quarantine", { 1, 0, 1 }, DONE,
	    { R, X, K } },
	{ "done row, two bodies", { 0, 1, 1 }, DONE, { X, A, A } },
	{ "done row, all three", { 1, 1, 1 }, DONE, { R, A, A } },
};

static int
knows(void *arg, const char *file, struct err *err)
{
	const enum row *row = arg;

	(void)err;
	assert_string_equal(file, NAME);
	return *row != NO;
}

static void
test_combo(void **state)
{
	static const char *const name[] = { NAME };
	const struct combo *c = *state;
	enum row row = c->row;
	struct recover_input in = { .knows = knows, .arg = &row,
		.orphans_max = 1 };
	struct recover_step *steps = NULL;
	struct arena *a = arena_new();
	struct err err = { 0 };
	int got[3] = { X, X, X };
	size_t n = 0;

	for (int p = 0; p < 3; p++)
		if (c->in[p])
			in.files[p] = (struct recover_names){ name, 1 };
	if (row == LIVE)
		in.rows = (struct recover_names){ name, 1 };
	assert_int_equal(recover_plan(a, &in, &steps, &n, &err), 0);
	for (size_t i = 0; i < n; i++) {
		assert_string_equal(steps[i].name, NAME);
		assert_int_equal(got[steps[i].place], X);
		assert_true(strlen(steps[i].why) > 0);
		got[steps[i].place] = (int)steps[i].what;
	}
	for (int p = 0; p < 3; p++)
		assert_int_equal(got[p], c->want[p]);
	arena_free(a);
}

/* --- more than one --- */

#define N(i) "0006274f2d9f3a-00000000000000" #i

static int
knows_none(void *arg, const char *file, struct err *err)
{
	size_t *asked = arg;

	(void)file;
	(void)err;
	(*asked)++;
	return 0;
}

static size_t
count(const struct recover_step *steps, size_t n, enum recover_what what)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++)
		k += steps[i].what == what;
	return k;
}

/* The wrong store: then no body is touched, but rubbish still arrives. */
static void
test_wrong_store(void **state)
{
	static const char *const bodies[] = { N(01), N(02), N(03) };
	static const char *const incoming[] = { N(04), N(05) };
	size_t asked = 0, n;
	struct recover_input in = { .knows = knows_none, .arg = &asked };
	struct recover_step *steps;
	struct arena *a = arena_new();
	struct err err = { 0 };

	(void)state;
	in.files[RECOVER_INCOMING] = (struct recover_names){ incoming, 2 };
	in.files[RECOVER_BODIES] = (struct recover_names){ bodies, 3 };
	in.orphans_max = 3;
	assert_int_equal(recover_plan(a, &in, &steps, &n, &err), 0);
	assert_int_equal(n, 5);
	assert_int_equal(asked, 5);
	assert_int_equal(count(steps, n, RECOVER_REMOVE), 5);
	in.orphans_max = 2;
	assert_int_equal(recover_plan(a, &in, &steps, &n, &err), 0);
	assert_int_equal(count(steps, n, RECOVER_REMOVE), 2);
	assert_int_equal(count(steps, n, RECOVER_ALARM), 3);
	arena_free(a);
}

static void
test_foreign_names(void **state)
{
	static const char *const odd[] = { "core.99", ".nfs01", "lost+found",
		"store.db" };
	size_t asked = 0, n;
	struct recover_input in = { .knows = knows_none, .arg = &asked };
	struct recover_step *steps;
	struct arena *a = arena_new();
	struct err err = { 0 };

	(void)state;
	for (int p = 0; p < 3; p++)
		in.files[p] = (struct recover_names){ odd, 4 };
	assert_int_equal(recover_plan(a, &in, &steps, &n, &err), 0);
	assert_int_equal(n, 12);
	assert_int_equal(asked, 0);
	assert_int_equal(count(steps, n, RECOVER_ALARM), 12);
	arena_free(a);
}

static void
test_rows_twice(void **state)
{
	static const char *const rows[] = { N(01), N(02), N(01) };
	static const char *const bodies[] = { N(01) };
	size_t asked = 0, n;
	struct recover_input in = { .knows = knows_none, .arg = &asked,
		.rows = { rows, 3 } };
	struct recover_step *steps;
	struct arena *a = arena_new();
	struct err err = { 0 };

	(void)state;
	in.files[RECOVER_BODIES] = (struct recover_names){ bodies, 1 };
	assert_int_equal(recover_plan(a, &in, &steps, &n, &err), 0);
	assert_int_equal(n, 2);
	assert_int_equal(steps[0].what, RECOVER_KEEP);
	assert_int_equal(steps[1].what, RECOVER_ALARM);
	assert_string_equal(steps[1].name, N(02));
	assert_int_equal(asked, 0);
	arena_free(a);
}

static int
cannot_tell(void *arg, const char *file, struct err *err)
{
	(void)arg;
	return err_set(err, ERR_TEMP, "%s: store is away", file);
}

static void
test_unknown(void **state)
{
	static const char *const bodies[] = { N(01) };
	struct recover_input in = { .knows = cannot_tell, .orphans_max = 9 };
	struct recover_step *steps = NULL;
	struct arena *a = arena_new();
	struct err err = { 0 };
	size_t n = 77;

	(void)state;
	in.files[RECOVER_BODIES] = (struct recover_names){ bodies, 1 };
	assert_int_equal(recover_plan(a, &in, &steps, &n, &err), -1);
	assert_int_equal(err.kind, ERR_TEMP);
	assert_null(steps);
	assert_int_equal(n, 77);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wrong_store),
		cmocka_unit_test(test_foreign_names),
		cmocka_unit_test(test_rows_twice),
		cmocka_unit_test(test_unknown),
	};

	return test_exit(TEST_ROWS("recover", combos, test_combo) +
	    cmocka_run_group_tests_name("recover more", tests, NULL, NULL));
}
