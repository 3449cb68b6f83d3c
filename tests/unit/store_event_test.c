/* SPDX-License-Identifier: ISC */
/* Store: the outbox and the plugins' cursors. */
#include "tests/unit/store_set.h"

#include "model/event.h"

static int64_t
add(struct set_ctx *c, const char *key)
{
	struct meeting_rev rev = { .key = "m1", .title = "JCA call" };
	struct event e = { .kind = EVENT_MEETING_PUBLISHED, .key = key,
		.list = LIST, .object = "m1", .revision = 3, .at = 44,
		.meeting = &rev, .n_meeting = 1 };
	int64_t id = 0;

	OK(c, store_event_add(c->s, &e, &id, &c->err));
	return id;
}

static void
test_order(struct set_ctx *c)
{
	struct event e;
	int64_t one, two, last = -1;

	OK(c, store_event_last(c->s, &last, &c->err));
	assert_int_equal(last, 0);
	REFUSED(c, store_event_next(c->s, c->a, 0, &e, &c->err),
	    ERR_NOTFOUND);
	OK(c, store_begin(c->s, &c->err));
	one = add(c, "m1/1");
	two = add(c, "m1/2");
	assert_true(two > one);
	OK(c, store_event_next(c->s, c->a, 0, &e, &c->err));
	assert_int_equal(e.id, one);
	assert_int_equal(e.kind, EVENT_MEETING_PUBLISHED);
	assert_string_equal(e.key, "m1/1");
	assert_int_equal(e.revision, 3);
	assert_int_equal(e.at, 44);
	assert_int_equal(e.n_meeting, 1);
	assert_string_equal(e.meeting[0].title, "JCA call");
	assert_string_equal(e.subject, "");
	OK(c, store_event_next(c->s, c->a, one, &e, &c->err));
	assert_int_equal(e.id, two);
	REFUSED(c, store_event_next(c->s, c->a, two, &e, &c->err),
	    ERR_NOTFOUND);
	OK(c, store_event_last(c->s, &last, &c->err));
	assert_int_equal(last, two);
}

static void
test_cursor(struct set_ctx *c)
{
	struct cursor cur;

	OK(c, store_cursor_get(c->s, c->a, "itu-feed", &cur, &c->err));
	assert_string_equal(cur.plugin, "itu-feed");
	assert_int_equal(cur.event_id, 0);
	assert_false(cur.parked);
	assert_string_equal(cur.reason, "");
	cur = (struct cursor){ "itu-feed", 12, 99, 3, true, "disk full" };
	OK(c, store_begin(c->s, &c->err));
	OK(c, store_cursor_put(c->s, &cur, &c->err));
	cur.event_id = 13;
	OK(c, store_cursor_put(c->s, &cur, &c->err));
	OK(c, store_cursor_get(c->s, c->a, "itu-feed", &cur, &c->err));
	assert_int_equal(cur.event_id, 13);
	assert_int_equal(cur.retry_at, 99);
	assert_int_equal(cur.failures, 3);
	assert_true(cur.parked);
	assert_string_equal(cur.reason, "disk full");
	OK(c, store_cursor_get(c->s, c->a, "other", &cur, &c->err));
	assert_int_equal(cur.event_id, 0);
}

static const struct set_case cases[] = {
	{ "events come in the order of their commits", test_order },
	{ "a cursor starts at zero and is kept", test_cursor },
};

int
main(void)
{
	return test_exit(SET_RUN("store event", cases));
}
