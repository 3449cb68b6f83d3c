/* SPDX-License-Identifier: ISC */
/* The loop: order of timers, handles freed in callbacks, signals, turns. */
#include "tests/test.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "ev/ev.h"

#define DAY_MS 86400000

struct trace {
	struct ev *ev;
	char log[64];
	struct ev_timer *timers[4];
	struct ev_io *io[2];
	int fds[2][2];
	int turns, count;
};

struct tick {
	struct trace *t;
	char mark;
};

static void
mark(void *arg)
{
	const struct tick *k = arg;
	size_t n = strlen(k->t->log);

	assert_true(n + 1 < sizeof(k->t->log));
	k->t->log[n] = k->mark;
	k->t->log[n + 1] = '\0';
}

struct order_row {
	const char *name;
	int64_t after[6];	/* of timers a b c ...; ends with -1 */
	int64_t advance;
	const char *log;
};

static const struct order_row orders[] = {
	{ "by time", { 30, 10, 20, -1 }, 100, "bca" },
	{ "equal times in order of arming", { 5, 5, 5, 5, -1 }, 5, "abcd" },
	{ "only what is due", { 30, 10, 20, -1 }, 20, "bc" },
	{ "at the very instant", { 10, -1 }, 10, "a" },
	{ "one millisecond early", { 10, -1 }, 9, "" },
	{ "no delay", { 0, 1, -1 }, 0, "a" },
	{ "a week in one go", { 7 * (int64_t)DAY_MS, DAY_MS, -1 },
	    7 * (int64_t)DAY_MS, "ba" },
};

static void
test_order(void **state)
{
	const struct order_row *row = *state;
	struct ev *ev = ev_new_virtual(1000);
	struct trace t = { .ev = ev };
	struct tick ticks[6];
	int i;

	for (i = 0; row->after[i] >= 0; i++) {
		ticks[i].t = &t;
		ticks[i].mark = (char)('a' + i);
		(void)ev_timer_new(ev, row->after[i], mark, &ticks[i]);
	}
	ev_advance(ev, row->advance);
	assert_string_equal(t.log, row->log);
	assert_true(ev_now_ms(ev) == 1000 + row->advance);
	assert_true(ev_now(ev) == (1000 + row->advance) / 1000);
	ev_free(ev);
}

/* Against a plain sort: many timers, some cancelled. */
static void
test_many_timers(void **state)
{
	enum { N = 500 };
	static struct ev_timer *timers[N];
	static struct tick ticks[N];
	struct ev *ev = ev_new_virtual(0);
	struct trace t = { .ev = ev };
	unsigned r = 12345;
	int i, left = 0;

	(void)state;
	for (i = 0; i < N; i++) {
		ticks[i].t = &t;
		ticks[i].mark = 'x';
		r = r * 1103515245u + 12345u;
		timers[i] = ev_timer_new(ev, r / 65536 % 1000 + 1, mark,
		    &ticks[i]);
	}
	for (i = 0; i < N; i += 3) {
		ev_timer_free(timers[i]);
		timers[i] = NULL;
	}
	for (i = 0; i < 1001; i++) {
		t.log[0] = '\0';
		ev_advance(ev, 1);
		left += (int)strlen(t.log);
	}
	assert_int_equal(left, N - (N + 2) / 3);
	ev_free(ev);
}

static void
free_all_timers(void *arg)
{
	struct trace *t = arg;
	int i;

	t->count++;
	for (i = 0; i < 3; i++) {
		ev_timer_free(t->timers[i]);
		t->timers[i] = NULL;
	}
}

static void
test_timer_frees(void **state)
{
	struct ev *ev = ev_new_virtual(0);
	struct trace t = { .ev = ev };
	int i;

	(void)state;
	for (i = 0; i < 3; i++)
		t.timers[i] = ev_timer_new(ev, 10, free_all_timers, &t);
	ev_advance(ev, 100);
	assert_int_equal(t.count, 1);
	ev_timer_free(NULL);
	ev_free(ev);
	ev_free(NULL);
}

static void
again(void *arg)
{
	struct trace *t = arg;

	t->count++;
	ev_timer_again(t->timers[0], 1000);
}

static void
test_again(void **state)
{
	struct ev *ev = ev_new_virtual(0);
	struct trace t = { .ev = ev };

	(void)state;
	t.timers[0] = ev_timer_new(ev, 1000, again, &t);
	ev_advance(ev, 10500);
	assert_int_equal(t.count, 10);
	/* A pending timer is moved, not doubled. */
	ev_timer_again(t.timers[0], 5000);
	ev_advance(ev, 4999);
	assert_int_equal(t.count, 10);
	ev_advance(ev, 1);
	assert_int_equal(t.count, 11);
	ev_timer_free(t.timers[0]);
	ev_advance(ev, DAY_MS);
	assert_int_equal(t.count, 11);
	ev_free(ev);
}

static void
pipes_open(struct trace *t, struct ev *ev)
{
	int i;

	memset(t, 0, sizeof(*t));
	t->ev = ev;
	for (i = 0; i < 2; i++)
		assert_int_equal(pipe2(t->fds[i], O_NONBLOCK | O_CLOEXEC), 0);
}

static void
pipes_close(struct trace *t)
{
	int i;

	for (i = 0; i < 2; i++) {
		assert_int_equal(close(t->fds[i][0]), 0);
		assert_int_equal(close(t->fds[i][1]), 0);
	}
}

static void
drop_both(void *arg, uint32_t events)
{
	struct trace *t = arg;
	int i;

	assert_int_equal(events, EV_READ);
	t->count++;
	for (i = 0; i < 2; i++) {
		ev_io_free(t->io[i]);
		t->io[i] = NULL;
	}
}

static void
test_io_frees(void **state)
{
	struct ev *ev = ev_new_virtual(0);
	struct trace t;
	int i;

	(void)state;
	pipes_open(&t, ev);
	for (i = 0; i < 2; i++) {
		t.io[i] = ev_io_new(ev, t.fds[i][0], EV_READ, drop_both, &t);
		assert_int_equal(write(t.fds[i][1], "x", 1), 1);
	}
	/* Both are ready in one turn; the first call frees the second. */
	assert_int_equal(ev_turn(ev, 0), 1);
	assert_int_equal(t.count, 1);
	assert_int_equal(ev_turn(ev, 0), 0);
	pipes_close(&t);
	ev_free(ev);
}

static void
take_byte(void *arg, uint32_t events)
{
	struct trace *t = arg;
	char c;

	assert_int_equal(events, EV_READ);
	if (read(t->fds[0][0], &c, 1) == 1)
		t->count++;
	else
		ev_io_set(t->io[0], 0);
}

static void
test_io_set(void **state)
{
	struct ev *ev = ev_new_virtual(0);
	struct trace t;

	(void)state;
	pipes_open(&t, ev);
	t.io[0] = ev_io_new(ev, t.fds[0][0], 0, take_byte, &t);
	assert_int_equal(write(t.fds[0][1], "abc", 3), 3);
	assert_int_equal(ev_turn(ev, 0), 0);
	ev_io_set(t.io[0], EV_READ);
	ev_advance(ev, 0);
	assert_int_equal(t.count, 3);
	/* The end of the other side is told as readable, once unwatched it
	 * is silent. */
	assert_int_equal(close(t.fds[0][1]), 0);
	assert_int_equal(ev_turn(ev, 0), 1);
	assert_int_equal(ev_turn(ev, 0), 0);
	t.fds[0][1] = dup(t.fds[0][0]);
	assert_true(t.fds[0][1] >= 0);
	ev_io_free(t.io[0]);
	pipes_close(&t);
	ev_free(ev);
}

static void
count_turn(void *arg)
{
	struct trace *t = arg;

	t->turns++;
}

static void
test_turn_hook(void **state)
{
	struct ev *ev = ev_new_virtual(0);
	struct trace t = { .ev = ev };
	struct tick k = { &t, 'a' };

	(void)state;
	ev_on_turn(ev, count_turn, &t);
	assert_int_equal(ev_turn(ev, 0), 0);
	assert_int_equal(t.turns, 0);
	(void)ev_timer_new(ev, 5, mark, &k);
	(void)ev_timer_new(ev, 5, mark, &k);
	(void)ev_timer_new(ev, 6, mark, &k);
	ev_advance(ev, 10);
	assert_string_equal(t.log, "aaa");
	assert_int_equal(t.turns, 2);
	ev_free(ev);
}

static void
on_signal(void *arg, int signo)
{
	struct trace *t = arg;

	assert_int_equal(signo, SIGUSR1);
	t->count++;
	ev_stop(t->ev);
}

static void
test_signal(void **state)
{
	struct ev *ev = ev_new();
	struct trace t = { .ev = ev };

	(void)state;
	ev_signal(ev, SIGUSR2, on_signal, &t);
	ev_signal(ev, SIGUSR1, on_signal, &t);
	assert_int_equal(kill(getpid(), SIGUSR1), 0);
	ev_run(ev);
	assert_int_equal(t.count, 1);
	ev_free(ev);
}

static void
stop(void *arg)
{
	struct trace *t = arg;

	t->count++;
	ev_stop(t->ev);
}

static void
test_real_clock(void **state)
{
	struct ev *ev = ev_new();
	struct trace t = { .ev = ev };
	int64_t before = ev_now_ms(ev);

	(void)state;
	(void)ev_timer_new(ev, 2, stop, &t);
	(void)ev_timer_new(ev, INT64_MAX, stop, &t);
	(void)ev_timer_new(ev, -5, count_turn, &t);
	ev_run(ev);
	assert_int_equal(t.count, 1);
	assert_int_equal(t.turns, 1);
	assert_true(ev_now_ms(ev) >= before);
	assert_true(before > 1700000000000);
	ev_free(ev);
}

int
main(void)
{
	const struct CMUnitTest single[] = {
		cmocka_unit_test(test_many_timers),
		cmocka_unit_test(test_timer_frees),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_io_frees),
		cmocka_unit_test(test_io_set),
		cmocka_unit_test(test_turn_hook),
		cmocka_unit_test(test_signal),
		cmocka_unit_test(test_real_clock),
	};
	int failed = 0;

	failed += TEST_ROWS("ev_order", orders, test_order);
	failed += cmocka_run_group_tests_name("ev", single, NULL, NULL);
	return test_exit(failed);
}
