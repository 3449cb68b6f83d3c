/* SPDX-License-Identifier: ISC */
/* Queue: nobody gets a copy twice, nobody waits for somebody else's mail. */
#include "tests/unit/core_fixture.h"

static struct fix *
open_by_hand(void)
{
	struct fix *f = fix_open();

	f->deliver = false;
	return f;
}

static void
post(struct fix *f, const char *text)
{
	fix_offer(f, FIX_LIST, text);
	fix_settle(f);
	assert_string_equal(f->verdict, "250 ");
}

/* A recipient's next try comes while the batch of the first one goes on. */
static void
test_slow_batch(void **state)
{
	struct fix *f = open_by_hand();

	(void)state;
	post(f, FIX_POST("one"));
	assert_int_equal(f->n_batches, 1);
	fix_answer(f, 0, 0, 1, RESULT_RETRY, 451, false);
	ev_advance(f->ev, 61 * 1000);
	assert_int_equal(f->n_batches, 2);
	assert_int_equal(f->batches[1].b.n_copies, 1);
	fix_answer(f, 0, 1, 6, RESULT_OK, 250, true);
	fix_settle(f);
	assert_int_equal(f->n_batches, 2);
	fix_answer(f, 1, 0, 1, RESULT_OK, 250, true);
	fix_settle(f);
	fix_ctl(f, "queue list", "The queue is empty");
	assert_int_equal(f->n_batches, 2);
	fix_close(f);
}

/* No connection, told in parts: nothing is open again before the last. */
static void
test_parts(void **state)
{
	struct fix *f = open_by_hand();

	(void)state;
	post(f, FIX_POST("one"));
	fix_answer(f, 0, 0, 3, RESULT_RETRY, 0, false);
	fix_settle(f);
	assert_int_equal(f->n_batches, 1);
	fix_answer(f, 0, 3, 6, RESULT_RETRY, 0, true);
	fix_settle(f);
	assert_int_equal(f->n_batches, 1);
	ev_advance(f->ev, 2000);
	assert_int_equal(f->n_batches, 2);
	assert_int_equal(f->batches[1].b.n_copies, 6);
	fix_close(f);
}

/* Results that nobody asked for: unknown and foreign recipients. */
static void
test_foreign_results(void **state)
{
	struct fix *f = open_by_hand();
	uint32_t *idx;

	(void)state;
	f->settings->relay_batch = 3;
	post(f, FIX_POST("one"));
	assert_int_equal(f->n_batches, 2);
	idx = &f->batches[0].b.copies[0].idx;
	*idx = UINT32_MAX;
	fix_answer(f, 0, 0, 1, RESULT_OK, 250, false);
	*idx = 4;		/* is in the other batch */
	fix_answer(f, 0, 0, 1, RESULT_OK, 250, false);
	fix_settle(f);
	fix_ctl(f, "queue list", "\"done\":0");
	fix_close(f);
}

/* Every courier that takes this mail ends. */
static void
test_killer(void **state)
{
	struct fix *f = open_by_hand();

	(void)state;
	post(f, FIX_POST("one"));
	for (int i = 0; i < 4; i++) {
		struct link *l = f->batches[f->n_batches - 1].link;
		int k = l == f->courier[1];

		link_free(l);
		f->courier[k] = NULL;
		fix_settle(f);
		fix_join(f, "courier", (uint32_t)k, &fix_courier,
		    &f->courier[k]);
		fix_settle(f);
	}
	assert_int_equal(f->n_batches, 4);
	f->deliver = true;
	post(f, FIX_POST("two"));
	assert_int_equal(f->n_batches, 5);
	fix_ctl(f, "queue list", "\"state\":\"parked\"");
	/* Still there after a restart, and tried when somebody says so. */
	fix_stop(f);
	fix_start(f);
	assert_int_equal(f->n_batches, 0);
	fix_ctl(f, "queue list", "\"state\":\"parked\"");
	fix_ctl(f, "queue retry 7", "1 No job 7 waits");
	fix_ctl(f, "queue retry 1", "0 ");
	assert_int_equal(f->n_batches, 1);
	fix_ctl(f, "queue list", "The queue is empty");
	fix_close(f);
}

static void
test_drop(void **state)
{
	struct fix *f = open_by_hand();

	(void)state;
	post(f, FIX_POST("one"));
	fix_ctl(f, "queue drop 1", "1 Job 1 is being sent");
	fix_answer(f, 0, 0, 6, RESULT_RETRY, 450, true);
	fix_settle(f);
	fix_ctl(f, "queue drop 1", "0 ");
	ev_advance(f->ev, 3 * 3600 * 1000);
	assert_int_equal(f->n_batches, 1);
	fix_ctl(f, "queue list", "The queue is empty");
	/* Its body goes, too. */
	assert_int_equal(fix_files(f, "bodies"), 0);
	fix_close(f);
}

/* The relay hangs up on one mail only: the others do not wait for it. */
static void
test_silent(void **state)
{
	struct fix *f = open_by_hand();
	size_t last;

	(void)state;
	f->settings->relay_batch = 6;
	post(f, FIX_POST("bad"));
	post(f, FIX_POST("one"));
	assert_int_equal(f->n_batches, 2);
	fix_answer(f, 1, 0, 6, RESULT_OK, 250, true);
	fix_answer(f, 0, 0, 6, RESULT_RETRY, 0, true);
	fix_settle(f);
	post(f, FIX_POST("two"));
	assert_int_equal(f->n_batches, 3);
	fix_answer(f, 2, 0, 6, RESULT_OK, 250, true);
	fix_settle(f);
	ev_advance(f->ev, 61 * 1000);
	assert_int_equal(f->n_batches, 4);
	/* In the end they are told, like everybody else. */
	last = 3;
	for (int i = 0; i < 500 && last < f->n_batches; i++) {
		fix_answer(f, last, 0, 6, RESULT_RETRY, 0, true);
		fix_settle(f);
		f->n_batches = last;
		ev_advance(f->ev, 3600 * 1000);
	}
	fix_ctl(f, "queue list", "The queue is empty");
	fix_close(f);
}

/* Down for longer than a mail may wait. */
static void
test_expiry(void **state)
{
	struct fix *f = open_by_hand();
	int64_t left = f->settings->relay_expire_s + 3600;

	(void)state;
	post(f, FIX_POST("one"));
	for (; left > 0; left -= 300) {
		if (f->n_batches > 0)
			fix_answer(f, 0, 0, f->batches[0].b.n_copies,
			    RESULT_RETRY, 0, true);
		fix_settle(f);
		f->n_batches = 0;
		ev_advance(f->ev, 300 * 1000);
	}
	fix_ctl(f, "queue list", "The queue is empty");
	fix_close(f);
}

static const struct CMUnitTest tests[] = {
	{ "a retry during its first batch is sent once", test_slow_batch,
		NULL, NULL, NULL },
	{ "parts of a failed batch open nothing", test_parts, NULL, NULL,
		NULL },
	{ "results for others settle nobody", test_foreign_results, NULL,
		NULL, NULL },
	{ "a mail that ends each courier is parked", test_killer, NULL, NULL,
		NULL },
	{ "the secretariat gives a job up", test_drop, NULL, NULL, NULL },
	{ "one mail without an answer stops no other", test_silent, NULL,
		NULL, NULL },
	{ "a relay that stays down is given up", test_expiry, NULL, NULL,
		NULL },
};

int
main(void)
{
	return test_exit(cmocka_run_group_tests_name("core queue", tests,
	    NULL, NULL));
}
