/* SPDX-License-Identifier: ISC */
/* Store: tokens, and which of them are used up together. */
#include "tests/unit/store_set.h"

#define MOD_A "counsellor@tsb.example"
#define MOD_B "assistant@tsb.example"

static uint8_t *
hash(struct set_ctx *c, uint8_t seed)
{
	uint8_t *h = arena_alloc(c->a, 32);

	memset(h, seed, 32);
	return h;
}

static void
add(struct set_ctx *c, uint8_t seed, enum token_purpose purpose,
    const char *object, const char *actor)
{
	struct token t = { .purpose = purpose, .list = LIST,
		.object = object, .actor = actor, .content = "c0",
		.issued_at = 100, .expires_at = 900 };

	OK(c, store_token_add(c->s, &t, hash(c, seed), &c->err));
}

static struct token
get(struct set_ctx *c, uint8_t seed)
{
	struct token t;

	OK(c, store_token_get(c->s, c->a, LIST, hash(c, seed), &t, &c->err));
	return t;
}

static void
test_round(struct set_ctx *c)
{
	struct token t;

	OK(c, store_begin(c->s, &c->err));
	add(c, 1, TOKEN_ANNOUNCE, "m42/3", MOD_A);
	t = get(c, 1);
	assert_int_equal(t.purpose, TOKEN_ANNOUNCE);
	assert_string_equal(t.list, LIST);
	assert_string_equal(t.object, "m42/3");
	assert_string_equal(t.actor, MOD_A);
	assert_string_equal(t.content, "c0");
	assert_int_equal(t.issued_at, 100);
	assert_int_equal(t.expires_at, 900);
	assert_int_equal(t.used_at, 0);
	assert_string_equal(t.used_by, "");
	REFUSED(c, store_token_get(c->s, c->a, OTHER, hash(c, 1), &t,
	    &c->err), ERR_NOTFOUND);
	REFUSED(c, store_token_get(c->s, c->a, LIST, hash(c, 2), &t, &c->err),
	    ERR_NOTFOUND);
	REFUSED(c, store_token_add(c->s, &t, hash(c, 1), &c->err),
	    ERR_CONFLICT);
	t.issued_at = 0;
	REFUSED(c, store_token_add(c->s, &t, hash(c, 3), &c->err), ERR_PERM);
}

static void
test_once(struct set_ctx *c)
{
	struct token t;

	OK(c, store_begin(c->s, &c->err));
	add(c, 1, TOKEN_UNSUBSCRIBE, "7", MOD_A);
	t = get(c, 1);
	REFUSED(c, store_token_use(c->s, t.id, 0, MOD_A, "left", &c->err),
	    ERR_PERM);
	OK(c, store_token_use(c->s, t.id, 500, MOD_A, "left", &c->err));
	REFUSED(c, store_token_use(c->s, t.id, 501, MOD_B, "again", &c->err),
	    ERR_CONFLICT);
	t = get(c, 1);
	assert_int_equal(t.used_at, 500);
	assert_string_equal(t.used_by, MOD_A);
	assert_string_equal(t.outcome, "left");
	REFUSED(c, store_token_use(c->s, 99, 500, MOD_A, "", &c->err),
	    ERR_NOTFOUND);
}

/* --- what is used up together --- */

struct pair_row {
	const char *name;
	enum token_purpose used;
	enum token_purpose other;
	const char *object;		/* of both */
	const char *other_object;	/* NULL: the same */
	const char *actor;		/* of the other; the used one: MOD_A */
	bool together;
};

static const struct pair_row pairs[] = {
	{ "ok uses up the no of another moderator", TOKEN_HELD_OK,
	    TOKEN_HELD_NO, "5", NULL, MOD_B, true },
	{ "moderate uses up the author's cancel", TOKEN_HELD_MODERATE,
	    TOKEN_HELD_CANCEL, "5", NULL, "x@y.example", true },
	{ "cancel uses up drop", TOKEN_HELD_CANCEL, TOKEN_HELD_DROP, "5",
	    NULL, MOD_B, true },
	{ "another held item stays open", TOKEN_HELD_OK, TOKEN_HELD_OK, "5",
	    "6", MOD_A, false },
	{ "an unsubscribe of the same number stays open", TOKEN_HELD_OK,
	    TOKEN_UNSUBSCRIBE, "5", NULL, MOD_A, false },
	{ "admit uses up the admit of another moderator", TOKEN_ADMIT,
	    TOKEN_ADMIT, "5", NULL, MOD_B, true },
	{ "admit and held items differ", TOKEN_ADMIT, TOKEN_HELD_OK, "5",
	    NULL, MOD_B, false },
	{ "an announcement is released once", TOKEN_ANNOUNCE, TOKEN_ANNOUNCE,
	    "m4/2", NULL, MOD_B, true },
	{ "another draft stays open", TOKEN_ANNOUNCE, TOKEN_ANNOUNCE, "m4/2",
	    "m4/3", MOD_A, false },
	{ "a repeated subscribe is used up", TOKEN_SUBSCRIBE,
	    TOKEN_SUBSCRIBE, "category=a;body=SG13;name=", NULL, MOD_A,
	    true },
	{ "somebody else's subscribe stays open", TOKEN_SUBSCRIBE,
	    TOKEN_SUBSCRIBE, "category=a;body=SG13;name=", NULL, MOD_B,
	    false },
	{ "no object is nothing in common", TOKEN_HELD_OK, TOKEN_HELD_OK, "",
	    NULL, MOD_B, false },
};

static void
test_pair(void **state)
{
	const struct pair_row *row = *state;
	struct set_ctx ctx = { .url = "sqlite::memory:" }, *c = &ctx;
	struct token t;

	c->a = arena_new();
	set_open(c);
	OK(c, store_begin(c->s, &c->err));
	add(c, 1, row->used, row->object, MOD_A);
	add(c, 2, row->other, row->other_object != NULL ?
	    row->other_object : row->object, row->actor);
	OK(c, store_token_use(c->s, get(c, 1).id, 500, MOD_A, "done",
	    &c->err));
	t = get(c, 2);
	assert_int_equal(t.used_at, row->together ? 500 : 0);
	assert_string_equal(t.used_by, row->together ? MOD_A : "");
	assert_string_equal(t.outcome, row->together ? "done" : "");
	store_close(c->s);
	arena_free(c->a);
}

static void
test_other_list(struct set_ctx *c)
{
	struct token t = { .purpose = TOKEN_HELD_OK, .list = OTHER,
		.object = "5", .actor = MOD_A, .issued_at = 1,
		.expires_at = 9 };

	OK(c, store_begin(c->s, &c->err));
	add(c, 1, TOKEN_HELD_OK, "5", MOD_A);
	OK(c, store_token_add(c->s, &t, hash(c, 1), &c->err));
	OK(c, store_token_use(c->s, get(c, 1).id, 5, MOD_A, "", &c->err));
	OK(c, store_token_get(c->s, c->a, OTHER, hash(c, 1), &t, &c->err));
	assert_int_equal(t.used_at, 0);
}

static void
test_count(struct set_ctx *c)
{
	uint32_t n = 9;

	OK(c, store_begin(c->s, &c->err));
	add(c, 1, TOKEN_SUBSCRIBE, "a", MOD_A);
	add(c, 2, TOKEN_SUBSCRIBE, "b", MOD_A);
	add(c, 3, TOKEN_UNSUBSCRIBE, "1", MOD_A);
	add(c, 4, TOKEN_SUBSCRIBE, "a", MOD_B);
	OK(c, store_token_count(c->s, LIST, TOKEN_SUBSCRIBE, MOD_A, 100, &n,
	    &c->err));
	assert_int_equal(n, 2);
	OK(c, store_token_count(c->s, LIST, TOKEN_SUBSCRIBE, MOD_A, 101, &n,
	    &c->err));
	assert_int_equal(n, 0);
	OK(c, store_token_count(c->s, OTHER, TOKEN_SUBSCRIBE, MOD_A, 0, &n,
	    &c->err));
	assert_int_equal(n, 0);
	OK(c, store_token_purge(c->s, 900, &c->err));
	(void)get(c, 1);
	OK(c, store_token_purge(c->s, 901, &c->err));
	OK(c, store_token_count(c->s, LIST, TOKEN_SUBSCRIBE, MOD_A, 0, &n,
	    &c->err));
	assert_int_equal(n, 0);
}

static const struct set_case cases[] = {
	{ "a token comes back by its hash alone", test_round },
	{ "a token is used once", test_once },
	{ "lists do not share tokens", test_other_list },
	{ "tokens are counted by actor and purged by expiry", test_count },
};

int
main(void)
{
	return test_exit(SET_RUN("store token", cases) +
	    TEST_ROWS("tokens used up together", pairs, test_pair));
}
