/* SPDX-License-Identifier: ISC */
/* Store: meetings, revisions, invitations and answers. */
#include "tests/unit/store_set.h"

static struct meeting_rev
make(const char *uid, uint32_t rev, int64_t start_at)
{
	return (struct meeting_rev){ .key = "m1", .uid = uid, .list = LIST,
		.rev = rev, .title = "JCA call", .start_at = start_at,
		.end_at = start_at + 10, .rrule = "", .status = "confirmed" };
}

static int64_t
add(struct set_ctx *c)
{
	int64_t id = 0;

	OK(c, store_meeting_add(c->s, LIST, &id, &c->err));
	return id;
}

static void
announce(struct set_ctx *c, int64_t id, struct meeting_rev rev)
{
	OK(c, store_meeting_draft(c->s, id, &rev, &c->err));
	OK(c, store_meeting_release(c->s, id, 0, &c->err));
}

static void
test_life(struct set_ctx *c)
{
	struct meeting_rev r = make("u1", 1, 100), got;
	struct meeting m;
	int64_t id;

	OK(c, store_begin(c->s, &c->err));
	id = add(c);
	OK(c, store_meeting_get(c->s, c->a, id, &m, &c->err));
	assert_string_equal(m.key, arena_printf(c->a, "m%lld",
	    (long long)id));
	assert_null(m.current);
	assert_null(m.draft);
	OK(c, store_meeting_draft(c->s, id, &r, &c->err));
	OK(c, store_meeting_get(c->s, c->a, id, &m, &c->err));
	assert_null(m.current);
	assert_string_equal(m.draft->title, "JCA call");
	assert_string_equal(m.uid, "u1");
	OK(c, store_meeting_release(c->s, id, 0, &c->err));
	OK(c, store_meeting_get(c->s, c->a, id, &m, &c->err));
	assert_int_equal(m.current->rev, 1);
	assert_null(m.draft);
	r = make("u1", 2, 200);
	OK(c, store_meeting_draft(c->s, id, &r, &c->err));
	OK(c, store_meeting_get(c->s, c->a, id, &m, &c->err));
	assert_int_equal(m.current->rev, 1);
	assert_int_equal(m.draft->rev, 2);
	OK(c, store_meeting_release(c->s, id, 5, &c->err));
	OK(c, store_meeting_get(c->s, c->a, id, &m, &c->err));
	assert_int_equal(m.current->rev, 2);
	assert_int_equal(m.major_seq, 5);
	/* The old one is history. */
	OK(c, store_meeting_rev(c->s, c->a, id, 1, &got, &c->err));
	assert_int_equal(got.start_at, 100);
	REFUSED(c, store_meeting_rev(c->s, c->a, id, 3, &got, &c->err),
	    ERR_NOTFOUND);
}

static void
test_drafts(struct set_ctx *c)
{
	struct meeting_rev r = make("u1", 1, 100), got;
	struct meeting m;
	int64_t id;

	OK(c, store_begin(c->s, &c->err));
	id = add(c);
	REFUSED(c, store_meeting_release(c->s, id, 0, &c->err),
	    ERR_NOTFOUND);
	REFUSED(c, store_meeting_drop_draft(c->s, id, &c->err),
	    ERR_NOTFOUND);
	OK(c, store_meeting_draft(c->s, id, &r, &c->err));
	/* A new draft replaces the old, also its UID, before release. */
	r = make("u2", 2, 150);
	OK(c, store_meeting_draft(c->s, id, &r, &c->err));
	REFUSED(c, store_meeting_rev(c->s, c->a, id, 1, &got, &c->err),
	    ERR_NOTFOUND);
	OK(c, store_meeting_release(c->s, id, 0, &c->err));
	r = make("u2", 2, 150);
	REFUSED(c, store_meeting_draft(c->s, id, &r, &c->err), ERR_CONFLICT);
	r = make("u3", 3, 150);
	REFUSED(c, store_meeting_draft(c->s, id, &r, &c->err), ERR_CONFLICT);
	r = make("u2", 3, 150);
	OK(c, store_meeting_draft(c->s, id, &r, &c->err));
	OK(c, store_meeting_drop_draft(c->s, id, &c->err));
	OK(c, store_meeting_get(c->s, c->a, id, &m, &c->err));
	assert_null(m.draft);
	assert_int_equal(m.current->rev, 2);
	/* The same number again, after it was dropped. */
	OK(c, store_meeting_draft(c->s, id, &r, &c->err));
	REFUSED(c, store_meeting_draft(c->s, 99, &r, &c->err), ERR_NOTFOUND);
	r.rev = 0;
	REFUSED(c, store_meeting_draft(c->s, add(c), &r, &c->err),
	    ERR_CONFLICT);
}

static void
test_key(struct set_ctx *c)
{
	static const char *const bad[] = { "", "m", "m0", "m01", "M1", "1",
		"m1 ", "m-1", "mm1", "m99999999999999999999999" };
	struct meeting m;

	OK(c, store_begin(c->s, &c->err));
	OK(c, store_meeting_by_key(c->s, c->a, arena_printf(c->a, "m%lld",
	    (long long)add(c)), &m, &c->err));
	assert_string_equal(m.list, LIST);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		REFUSED(c, store_meeting_by_key(c->s, c->a, bad[i], &m,
		    &c->err), ERR_NOTFOUND);
	REFUSED(c, store_meeting_by_key(c->s, c->a, "m77", &m, &c->err),
	    ERR_NOTFOUND);
}

static void
test_list(struct set_ctx *c)
{
	struct meeting_rev series = make("u4", 1, 50),
	    draft = make("u5", 1, 10);
	int64_t late, early, weekly, unsent, other = 0;
	struct meeting *rows;
	size_t n;

	OK(c, store_begin(c->s, &c->err));
	late = add(c);
	announce(c, late, make("u1", 1, 300));
	early = add(c);
	announce(c, early, make("u2", 1, 100));
	weekly = add(c);
	series.rrule = "FREQ=WEEKLY";
	announce(c, weekly, series);
	unsent = add(c);
	OK(c, store_meeting_draft(c->s, unsent, &draft, &c->err));
	OK(c, store_meeting_add(c->s, OTHER, &other, &c->err));
	announce(c, other, make("u6", 1, 100));
	OK(c, store_meetings(c->s, c->a, LIST, 0, &rows, &n, &c->err));
	assert_int_equal(n, 4);
	assert_int_equal(rows[0].id, unsent);
	assert_int_equal(rows[1].id, weekly);
	assert_int_equal(rows[2].id, early);
	assert_int_equal(rows[3].id, late);
	/* Until its end a meeting is not over; a series never is. */
	OK(c, store_meetings(c->s, c->a, LIST, 110, &rows, &n, &c->err));
	assert_int_equal(n, 3);
	OK(c, store_meetings(c->s, c->a, LIST, 111, &rows, &n, &c->err));
	assert_int_equal(n, 2);
	assert_int_equal(rows[0].id, weekly);
	assert_int_equal(rows[1].id, late);
}

static void
test_invites(struct set_ctx *c)
{
	struct invite i = { .sent_rev = 1, .sent_seq = 2, .major_seq = 3,
		.sent_at = 4 }, *rows;
	int64_t anna, ben;
	size_t n;

	OK(c, store_begin(c->s, &c->err));
	anna = set_add_member(c, "anna@x");
	ben = set_add_member(c, "ben@x");
	i.meeting_id = add(c);
	i.member_id = ben;
	OK(c, store_invite_put(c->s, &i, &c->err));
	i.member_id = anna;
	OK(c, store_invite_put(c->s, &i, &c->err));
	i.sent_rev = 9;
	i.removed = true;
	OK(c, store_invite_put(c->s, &i, &c->err));
	OK(c, store_invites(c->s, c->a, i.meeting_id, &rows, &n, &c->err));
	assert_int_equal(n, 2);
	assert_int_equal(rows[0].member_id, anna);
	assert_int_equal(rows[0].sent_rev, 9);
	assert_true(rows[0].removed);
	assert_int_equal(rows[1].member_id, ben);
	assert_int_equal(rows[1].sent_rev, 1);
	assert_int_equal(rows[1].sent_seq, 2);
	assert_int_equal(rows[1].major_seq, 3);
	assert_int_equal(rows[1].sent_at, 4);
	assert_false(rows[1].removed);
	i.meeting_id = add(c);
	OK(c, store_invite_put(c->s, &i, &c->err));
	OK(c, store_invites_of(c->s, c->a, anna, &rows, &n, &c->err));
	assert_int_equal(n, 2);
	OK(c, store_invites_of(c->s, c->a, ben, &rows, &n, &c->err));
	assert_int_equal(n, 1);
	i.member_id = 99;
	REFUSED(c, store_invite_put(c->s, &i, &c->err), ERR_CONFLICT);
}

static void
test_answers(struct set_ctx *c)
{
	struct answer an = { .partstat = "ACCEPTED", .comment = "yes",
		.sequence = 1, .dtstamp_at = 2, .received_at = 3,
		.source = "itip" }, *rows;
	int64_t anna;
	size_t n;

	OK(c, store_begin(c->s, &c->err));
	anna = set_add_member(c, "anna@x");
	an.member_id = anna;
	an.meeting_id = add(c);
	OK(c, store_answer_put(c->s, &an, &c->err));
	an.recur_at = 500;
	an.partstat = "DECLINED";
	OK(c, store_answer_put(c->s, &an, &c->err));
	an.recur_at = 0;
	an.partstat = "TENTATIVE";
	an.comment = "";
	OK(c, store_answer_put(c->s, &an, &c->err));
	OK(c, store_answers(c->s, c->a, an.meeting_id, &rows, &n, &c->err));
	assert_int_equal(n, 2);
	assert_string_equal(rows[0].partstat, "TENTATIVE");
	assert_string_equal(rows[0].comment, "");
	assert_int_equal(rows[0].sequence, 1);
	assert_int_equal(rows[0].dtstamp_at, 2);
	assert_int_equal(rows[0].received_at, 3);
	assert_string_equal(rows[0].source, "itip");
	assert_int_equal(rows[1].recur_at, 500);
	assert_string_equal(rows[1].partstat, "DECLINED");
	OK(c, store_answers_of(c->s, c->a, anna, &rows, &n, &c->err));
	assert_int_equal(n, 2);
	OK(c, store_answers_reset(c->s, an.meeting_id, &c->err));
	OK(c, store_answers(c->s, c->a, an.meeting_id, &rows, &n, &c->err));
	assert_int_equal(n, 0);
	an.meeting_id = 99;
	REFUSED(c, store_answer_put(c->s, &an, &c->err), ERR_CONFLICT);
}

static const struct set_case cases[] = {
	{ "a meeting goes from draft to current to history", test_life },
	{ "drafts replace each other, the announced does not", test_drafts },
	{ "a key has one spelling", test_key },
	{ "meetings come by start, until they are over", test_list },
	{ "the last invitation put stands", test_invites },
	{ "the last answer put stands, by instance", test_answers },
};

int
main(void)
{
	return test_exit(SET_RUN("store meeting", cases));
}
