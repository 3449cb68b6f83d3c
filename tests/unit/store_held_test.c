/* SPDX-License-Identifier: ISC */
/* Store: held items and their decisions over all pairs. */
#include "tests/unit/store_set.h"

static int64_t
add(struct set_ctx *c, const char *list, enum held_state state, int64_t at)
{
	struct held h = { .list = list, .mail_id = 7, .sender = "a@x",
		.subject = "Hello", .message_id = "<1@x>",
		.reason = "not a member", .content = "ab12", .state = state,
		.held_at = at };
	int64_t id = 0;

	OK(c, store_held_add(c->s, &h, &id, &c->err));
	return id;
}

static void
test_round(struct set_ctx *c)
{
	struct held h;
	int64_t id;

	OK(c, store_begin(c->s, &c->err));
	id = add(c, LIST, HELD_WAITING, 50);
	OK(c, store_held_get(c->s, c->a, id, &h, &c->err));
	assert_int_equal(h.id, id);
	assert_string_equal(h.list, LIST);
	assert_int_equal(h.mail_id, 7);
	assert_string_equal(h.sender, "a@x");
	assert_string_equal(h.subject, "Hello");
	assert_string_equal(h.message_id, "<1@x>");
	assert_string_equal(h.reason, "not a member");
	assert_string_equal(h.content, "ab12");
	assert_int_equal(h.state, HELD_WAITING);
	assert_string_equal(h.decided_by, "");
	assert_int_equal(h.decided_at, 0);
	assert_int_equal(h.held_at, 50);
	OK(c, store_held_decide(c->s, id, HELD_REJECTED, "mod@x", 60,
	    &c->err));
	OK(c, store_held_get(c->s, c->a, id, &h, &c->err));
	assert_int_equal(h.state, HELD_REJECTED);
	assert_string_equal(h.decided_by, "mod@x");
	assert_int_equal(h.decided_at, 60);
	REFUSED(c, store_held_get(c->s, c->a, id + 1, &h, &c->err),
	    ERR_NOTFOUND);
	REFUSED(c, store_held_decide(c->s, id + 1, HELD_APPROVED, "", 1,
	    &c->err), ERR_NOTFOUND);
}

static void
test_decisions(struct set_ctx *c)
{
	OK(c, store_begin(c->s, &c->err));
	for (int from = HELD_WAITING; from <= HELD_QUARANTINED; from++)
		for (int to = HELD_WAITING; to <= HELD_QUARANTINED; to++) {
			bool start = from == HELD_WAITING ||
			    from == HELD_QUARANTINED;
			int64_t id = add(c, LIST, from == HELD_QUARANTINED ?
			    HELD_QUARANTINED : HELD_WAITING, 1);

			if (!start)
				OK(c, store_held_decide(c->s, id,
				    (enum held_state)from, "x", 1, &c->err));
			if (start && to != HELD_WAITING &&
			    to != HELD_QUARANTINED &&
			    (from == HELD_WAITING || to != HELD_WITHDRAWN))
				OK(c, store_held_decide(c->s, id,
				    (enum held_state)to, "x", 2, &c->err));
			else
				REFUSED(c, store_held_decide(c->s, id,
				    (enum held_state)to, "x", 2, &c->err),
				    ERR_CONFLICT);
		}
}

static void
test_starts(struct set_ctx *c)
{
	struct held h = { .list = LIST };
	int64_t id;

	OK(c, store_begin(c->s, &c->err));
	for (int st = HELD_APPROVED; st <= HELD_WITHDRAWN; st++) {
		h.state = (enum held_state)st;
		REFUSED(c, store_held_add(c->s, &h, &id, &c->err), ERR_PERM);
	}
}

static size_t
count(struct set_ctx *c, const char *list, bool all)
{
	struct held *rows;
	size_t n;

	OK(c, store_held_list(c->s, c->a, list, all, &rows, &n, &c->err));
	return n;
}

static void
test_list(struct set_ctx *c)
{
	struct held *rows;
	int64_t old, bad, decided;
	size_t n;

	OK(c, store_begin(c->s, &c->err));
	(void)add(c, LIST, HELD_WAITING, 30);
	old = add(c, LIST, HELD_WAITING, 10);
	bad = add(c, LIST, HELD_QUARANTINED, 5);
	(void)add(c, OTHER, HELD_WAITING, 20);
	decided = add(c, LIST, HELD_WAITING, 5);
	OK(c, store_held_decide(c->s, decided, HELD_APPROVED, "", 6,
	    &c->err));
	assert_int_equal(count(c, LIST, false), 3);
	assert_int_equal(count(c, LIST, true), 4);
	assert_int_equal(count(c, "", false), 4);
	assert_int_equal(count(c, "", true), 5);
	OK(c, store_held_due(c->s, c->a, 30, &rows, &n, &c->err));
	assert_int_equal(n, 3);
	assert_int_equal(rows[0].id, bad);
	assert_int_equal(rows[1].id, old);
	assert_string_equal(rows[2].list, OTHER);
}

static const struct set_case cases[] = {
	{ "an item and its decision come back", test_round },
	{ "decided once, by the moves of the table", test_decisions },
	{ "an item starts as waiting or quarantined", test_starts },
	{ "what waits, and what is due", test_list },
};

int
main(void)
{
	return test_exit(SET_RUN("store held", cases));
}
