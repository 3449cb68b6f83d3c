/* SPDX-License-Identifier: ISC */
/* Store: members and seats. */
#include "tests/unit/store_set.h"

#define ANNA "anna@vendor-g.example"
#define BEN "ben@agency-l.example"

static struct seat two_seats[] = {
	{ .category = "itu-t-sg", .body = "SG13", .role = "Representative",
	    .evidence = "<a@x>", .since_at = 10, .until_at = 0 },
	{ .category = "leadership", .body = "", .role = "Vice-Chair",
	    .evidence = "", .since_at = 20, .until_at = 900 },
};

static void
test_round(struct set_ctx *c)
{
	struct member m = set_member(ANNA, "abc"), got;
	int64_t id = 0;

	m.addr = "Anna@vendor-g.example";
	m.name = "\xC3\x84nna";
	m.lang = "fr";
	m.zone = "Asia/Seoul";
	m.mail_on = false;
	m.seats = two_seats;
	m.n_seats = 2;
	OK(c, store_begin(c->s, &c->err));
	OK(c, store_member_save(c->s, &m, &id, &c->err));
	OK(c, store_member_by_id(c->s, c->a, id, &got, &c->err));
	assert_int_equal(got.id, id);
	assert_string_equal(got.list, LIST);
	assert_string_equal(got.addr, "Anna@vendor-g.example");
	assert_string_equal(got.key, ANNA);
	assert_string_equal(got.name, "\xC3\x84nna");
	assert_string_equal(got.lang, "fr");
	assert_string_equal(got.zone, "Asia/Seoul");
	assert_string_equal(got.token, "abc");
	assert_int_equal(got.state, MEMBER_ACTIVE);
	assert_false(got.mail_on);
	assert_int_equal(got.since_at, 500);
	assert_int_equal(got.n_seats, 2);
	assert_string_equal(got.seats[0].category, "itu-t-sg");
	assert_string_equal(got.seats[0].body, "SG13");
	assert_string_equal(got.seats[0].role, "representative");
	assert_string_equal(got.seats[0].evidence, "<a@x>");
	assert_int_equal(got.seats[0].since_at, 10);
	assert_int_equal(got.seats[1].until_at, 900);
	assert_string_equal(got.seats[1].role, "vice-chair");
	OK(c, store_member_addr(c->s, c->a, id, &got, &c->err));
	assert_string_equal(got.key, ANNA);
	assert_int_equal(got.n_seats, 0);
}

static void
test_find(struct set_ctx *c)
{
	struct member m = set_member(ANNA, "ta"), got;
	int64_t id = 0;

	OK(c, store_begin(c->s, &c->err));
	OK(c, store_member_save(c->s, &m, &id, &c->err));
	OK(c, store_member_by_addr(c->s, c->a, LIST, ANNA, &got, &c->err));
	assert_int_equal(got.id, id);
	OK(c, store_member_by_token(c->s, c->a, LIST, "ta", &got, &c->err));
	assert_int_equal(got.id, id);
	REFUSED(c, store_member_by_addr(c->s, c->a, OTHER, ANNA, &got,
	    &c->err), ERR_NOTFOUND);
	REFUSED(c, store_member_by_addr(c->s, c->a, LIST, BEN, &got, &c->err),
	    ERR_NOTFOUND);
	REFUSED(c, store_member_by_token(c->s, c->a, OTHER, "ta", &got,
	    &c->err), ERR_NOTFOUND);
	REFUSED(c, store_member_by_id(c->s, c->a, id + 1, &got, &c->err),
	    ERR_NOTFOUND);
	REFUSED(c, store_member_addr(c->s, c->a, id + 1, &got, &c->err),
	    ERR_NOTFOUND);
}

static void
test_unique(struct set_ctx *c)
{
	struct member m = set_member(ANNA, "ta"), other;
	int64_t id = 0, again = 0;

	OK(c, store_begin(c->s, &c->err));
	OK(c, store_member_save(c->s, &m, &id, &c->err));
	other = set_member(ANNA, "tb");
	REFUSED(c, store_member_save(c->s, &other, &again, &c->err),
	    ERR_CONFLICT);
	other = set_member(BEN, "ta");
	REFUSED(c, store_member_save(c->s, &other, &again, &c->err),
	    ERR_CONFLICT);
	other = set_member(ANNA, "ta");
	other.list = OTHER;
	OK(c, store_member_save(c->s, &other, &again, &c->err));
	/* A refusal leaves the transaction usable. */
	other = set_member(BEN, "tb");
	OK(c, store_member_save(c->s, &other, &again, &c->err));
	other.id = again;
	other.key = ANNA;
	REFUSED(c, store_member_save(c->s, &other, &again, &c->err),
	    ERR_CONFLICT);
	other.key = BEN;
	other.token = "ta";
	REFUSED(c, store_member_save(c->s, &other, &again, &c->err),
	    ERR_CONFLICT);
	other.token = "tb";
	other.list = OTHER;
	REFUSED(c, store_member_save(c->s, &other, &again, &c->err),
	    ERR_NOTFOUND);
	OK(c, store_commit(c->s, &c->err));
}

static void
test_rejoin(struct set_ctx *c)
{
	struct member m = set_member(ANNA, "ta"), got;
	int64_t old = 0, new = 0;

	m.seats = two_seats;
	m.n_seats = 2;
	OK(c, store_begin(c->s, &c->err));
	OK(c, store_member_save(c->s, &m, &old, &c->err));
	OK(c, store_member_state(c->s, old, MEMBER_GONE, 800, &c->err));
	REFUSED(c, store_member_by_addr(c->s, c->a, LIST, ANNA, &got,
	    &c->err), ERR_NOTFOUND);
	OK(c, store_member_by_token(c->s, c->a, LIST, "ta", &got, &c->err));
	assert_int_equal(got.state, MEMBER_GONE);
	/* Open seats ended with it, and one that would have ended later. */
	assert_int_equal(got.seats[0].until_at, 800);
	assert_int_equal(got.seats[1].until_at, 800);
	/* Old seats given along with a new row are new seats. */
	m.token = "tb";
	m.seats = got.seats;
	OK(c, store_member_save(c->s, &m, &new, &c->err));
	assert_true(new > old);
	OK(c, store_member_by_addr(c->s, c->a, LIST, ANNA, &got, &c->err));
	assert_int_equal(got.id, new);
	assert_int_equal(got.n_seats, 2);
	m.seats = NULL;
	m.n_seats = 0;
	m.token = "ta";
	m.key = BEN;
	REFUSED(c, store_member_save(c->s, &m, &new, &c->err), ERR_CONFLICT);
}

static void
test_states(struct set_ctx *c)
{
	static const bool allowed[3][3] = { { 0, 1, 1 }, { 0, 0, 1 },
		{ 0, 0, 0 } };
	struct member m = set_member(ANNA, "ta");
	struct arena *a = c->a;

	OK(c, store_begin(c->s, &c->err));
	for (int from = 0; from < 3; from++)
		for (int to = 0; to < 3; to++) {
			int64_t id = 0;

			m.id = 0;
			m.state = (enum member_state)from;
			m.key = m.token = arena_printf(a, "%d-%d@x", from, to);
			OK(c, store_member_save(c->s, &m, &id, &c->err));
			m.id = id;
			m.state = (enum member_state)to;
			if (allowed[from][to]) {
				OK(c, store_member_state(c->s, id, m.state, 9,
				    &c->err));
				continue;
			}
			REFUSED(c, store_member_state(c->s, id, m.state, 9,
			    &c->err), ERR_CONFLICT);
			if (from != to)
				REFUSED(c, store_member_save(c->s, &m, &id,
				    &c->err), ERR_CONFLICT);
			else
				OK(c, store_member_save(c->s, &m, &id,
				    &c->err));
		}
	REFUSED(c, store_member_state(c->s, 999, MEMBER_GONE, 9, &c->err),
	    ERR_NOTFOUND);
}

static void
test_seats(struct set_ctx *c)
{
	struct member m = set_member(ANNA, "ta"), got;
	struct seat seats[3];
	int64_t id = 0, kept, stranger = 0;

	m.seats = two_seats;
	m.n_seats = 2;
	OK(c, store_begin(c->s, &c->err));
	OK(c, store_member_save(c->s, &m, &id, &c->err));
	OK(c, store_member_by_id(c->s, c->a, id, &got, &c->err));
	/* Drop the first, change the second, add one. */
	kept = got.seats[1].id;
	seats[0] = got.seats[1];
	seats[0].body = "TSAG";
	seats[1] = (struct seat){ .category = "expert", .body = "",
		.role = "observer" };
	got.seats = seats;
	got.n_seats = 2;
	OK(c, store_member_save(c->s, &got, &id, &c->err));
	OK(c, store_member_by_id(c->s, c->a, id, &got, &c->err));
	assert_int_equal(got.n_seats, 2);
	assert_int_equal(got.seats[0].id, kept);
	assert_string_equal(got.seats[0].body, "TSAG");
	assert_true(got.seats[1].id > kept);
	assert_string_equal(got.seats[1].role, "observer");
	/* Nobody takes another member's seat. */
	m = set_member(BEN, "tb");
	OK(c, store_member_save(c->s, &m, &stranger, &c->err));
	m.id = stranger;
	m.seats = &got.seats[0];
	m.n_seats = 1;
	REFUSED(c, store_member_save(c->s, &m, &stranger, &c->err),
	    ERR_NOTFOUND);
	m.seats = NULL;
	m.n_seats = 65;
	REFUSED(c, store_member_save(c->s, &m, &stranger, &c->err),
	    ERR_LIMIT);
}

/* Five members: 1 and 4 pending or gone, the rest active, 3 without mail. */
static void
fill(struct set_ctx *c, int64_t ids[5])
{
	static const enum member_state states[] = { MEMBER_PENDING,
		MEMBER_ACTIVE, MEMBER_ACTIVE, MEMBER_GONE, MEMBER_ACTIVE };

	OK(c, store_begin(c->s, &c->err));
	for (int i = 0; i < 5; i++) {
		struct member m = set_member("", "");

		m.key = m.token = arena_printf(c->a, "m%d@x", i);
		m.state = states[i];
		m.mail_on = i != 2;
		m.seats = two_seats;
		m.n_seats = i == 2 ? 0 : i == 4 ? 2 : 1;
		OK(c, store_member_save(c->s, &m, &ids[i], &c->err));
		m.id = 0;
		m.list = OTHER;
		OK(c, store_member_save(c->s, &m, &m.id, &c->err));
	}
}

static void
test_pages(struct set_ctx *c)
{
	int64_t ids[5];
	struct member *rows;
	size_t n;

	fill(c, ids);
	OK(c, store_members(c->s, c->a, LIST, MEMBER_ACTIVE, 0, 0, &rows, &n,
	    &c->err));
	assert_int_equal(n, 3);
	assert_int_equal(rows[0].id, ids[1]);
	assert_int_equal(rows[0].n_seats, 1);
	assert_string_equal(rows[0].seats[0].body, "SG13");
	assert_string_equal(rows[0].list, LIST);
	assert_int_equal(rows[1].n_seats, 0);
	assert_int_equal(rows[2].id, ids[4]);
	assert_int_equal(rows[2].n_seats, 2);
	assert_string_equal(rows[2].seats[1].category, "leadership");
	OK(c, store_members(c->s, c->a, LIST, MEMBER_ACTIVE, ids[1], 1,
	    &rows, &n, &c->err));
	assert_int_equal(n, 1);
	assert_int_equal(rows[0].id, ids[2]);
	OK(c, store_members(c->s, c->a, LIST, MEMBER_PENDING, 0, 50, &rows,
	    &n, &c->err));
	assert_int_equal(n, 1);
	OK(c, store_members(c->s, c->a, "none", MEMBER_ACTIVE, 0, 0, &rows,
	    &n, &c->err));
	assert_int_equal(n, 0);
}

static void
test_ids(struct set_ctx *c)
{
	int64_t ids[5];
	uint32_t *got, counts[3];
	size_t n;

	fill(c, ids);
	OK(c, store_member_ids(c->s, c->a, LIST, &got, &n, &c->err));
	assert_int_equal(n, 2);
	assert_int_equal(got[0], ids[1]);
	assert_int_equal(got[1], ids[4]);
	OK(c, store_member_count(c->s, LIST, counts, &c->err));
	assert_int_equal(counts[MEMBER_PENDING], 1);
	assert_int_equal(counts[MEMBER_ACTIVE], 3);
	assert_int_equal(counts[MEMBER_GONE], 1);
	OK(c, store_member_count(c->s, "none", counts, &c->err));
	assert_int_equal(counts[MEMBER_ACTIVE], 0);
}

static void
test_roles(struct set_ctx *c)
{
	static const char *const roles[] = { "vice-chair", "representative",
		NULL };
	static const char *const none[] = { "owner", NULL };
	int64_t ids[5];
	struct member *rows;
	size_t n;

	fill(c, ids);
	OK(c, store_members_by_role(c->s, c->a, LIST, roles, &rows, &n,
	    &c->err));
	/* Member 4 has both roles and comes once. */
	assert_int_equal(n, 2);
	assert_int_equal(rows[0].id, ids[4]);
	assert_int_equal(rows[0].n_seats, 2);
	assert_int_equal(rows[1].id, ids[1]);
	OK(c, store_members_by_role(c->s, c->a, LIST, none, &rows, &n,
	    &c->err));
	assert_int_equal(n, 0);
}

static void
test_body_seats(struct set_ctx *c)
{
	struct seat seats[] = {
		{ .category = "x", .body = "SG13", .role = "r" },
		{ .category = "x", .body = "SG13", .role = "r",
		    .until_at = 100 },
		{ .category = "x", .body = "SG17", .role = "r" },
		{ .category = "x", .body = "", .role = "r" },
	};
	static const enum member_state states[] = { MEMBER_ACTIVE,
		MEMBER_PENDING, MEMBER_GONE };
	uint32_t n = 0;

	OK(c, store_begin(c->s, &c->err));
	for (int i = 0; i < 3; i++) {
		struct member m = set_member("", "");
		int64_t id;

		m.key = m.token = arena_printf(c->a, "%d@x", i);
		m.state = states[i];
		m.seats = seats;
		m.n_seats = 4;
		OK(c, store_member_save(c->s, &m, &id, &c->err));
	}
	OK(c, store_body_seats(c->s, LIST, "SG13", 99, &n, &c->err));
	assert_int_equal(n, 2);
	OK(c, store_body_seats(c->s, LIST, "SG13", 100, &n, &c->err));
	assert_int_equal(n, 1);
	OK(c, store_body_seats(c->s, LIST, "SG17", 100, &n, &c->err));
	assert_int_equal(n, 1);
	OK(c, store_body_seats(c->s, OTHER, "SG13", 100, &n, &c->err));
	assert_int_equal(n, 0);
	OK(c, store_body_seats(c->s, LIST, "", 100, &n, &c->err));
	assert_int_equal(n, 0);
}

static const struct set_case cases[] = {
	{ "a member comes back with all seats", test_round },
	{ "a member is found by address, token and id", test_find },
	{ "address and token are unique in a list", test_unique },
	{ "who left can come back as a new row", test_rejoin },
	{ "only the moves of the table are made", test_states },
	{ "seats keep their ids and their member", test_seats },
	{ "members come in pages with their seats", test_pages },
	{ "ids of a post: active with mail on", test_ids },
	{ "members by role come once each", test_roles },
	{ "seats of a body: of active members, open", test_body_seats },
};

int
main(void)
{
	return test_exit(SET_RUN("store member", cases));
}
