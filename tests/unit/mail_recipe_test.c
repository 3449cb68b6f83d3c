/* SPDX-License-Identifier: ISC */
/* Recipe: what copies come out, what a check refuses, what a post loses. */
#include "tests/test.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "mail/recipe.h"

#define LIT(s) { s, sizeof(s) - 1 }

static struct var vars[] = { { "<ann@x.example>" }, { "" } };

/* ---- building and applying; steps as "op:a:b" or text ---- */

static void
test_apply(void **state)
{
	struct arena *a = arena_new();
	struct span body = LIT("0123456789");
	struct str out = STR_EMPTY;
	struct recipe_builder b;
	const struct recipe *r;
	struct err err;

	(void)state;
	recipe_begin(&b, a);
	recipe_texts(&b, "To: ");
	recipe_var(&b, 0);
	recipe_texts(&b, "\r\n");
	recipe_texts(&b, "");
	recipe_texts(&b, "X: ");
	recipe_var(&b, 1);
	recipe_body(&b, 2, 3);
	recipe_body(&b, 9, UINT32_MAX);
	recipe_body(&b, 10, UINT32_MAX);
	recipe_b64(&b, 1);
	recipe_texts(&b, "Aladdin:");
	recipe_body(&b, 0, 1);
	recipe_b64(&b, 0);
	r = recipe_end(&b);
	assert_int_equal(r->n_steps, 11);
	assert_int_equal(recipe_check(r, body.n, 2, &err), 0);
	recipe_apply(r, body, vars, 2, &out);
	assert_string_equal(str_get(&out),
	    "To: <ann@x.example>\r\nX: 2349QWxhZGRpbjow\r\n");
	str_done(&out);
	arena_free(a);
}

static void
test_merge(void **state)
{
	struct arena *a = arena_new();
	struct str want = STR_EMPTY, got = STR_EMPTY;
	struct recipe_builder b;
	const struct recipe *r;
	char text[32];
	int i;

	(void)state;
	recipe_begin(&b, a);
	for (i = 0; i < 500; i++) {
		(void)snprintf(text, sizeof(text), "text %d;", i);
		recipe_texts(&b, text);
		str_adds(&want, text);
	}
	r = recipe_end(&b);
	assert_int_equal(r->n_steps, 1);
	recipe_apply(r, span_make("", 0), NULL, 0, &got);
	assert_string_equal(str_get(&got), str_get(&want));
	str_done(&want);
	str_done(&got);
	arena_free(a);
}

/* ---- checking, for a body of 10 bytes and 2 variables ---- */

struct check_row {
	const char *name;
	struct step steps[3];
	size_t n;
	const char *error;	/* NULL: fine */
};

static const struct check_row checks[] = {
	{ "empty", { { 0 } }, 0, NULL },
	{ "all of the body", { { RECIPE_BODY, 0, 10, { "", 0 } } }, 1, NULL },
	{ "to the end", { { RECIPE_BODY, 10, UINT32_MAX, { "", 0 } } }, 1,
	    NULL },
	{ "one byte too long", { { RECIPE_BODY, 1, 10, { "", 0 } } }, 1,
	    "recipe step 1: bytes 1+10 of a body of 10" },
	{ "begins behind the end",
	    { { RECIPE_BODY, 11, UINT32_MAX, { "", 0 } } }, 1,
	    "recipe step 1: bytes 11+4294967295 of a body of 10" },
	{ "sum overflows", { { RECIPE_BODY, 5, UINT32_MAX - 1, { "", 0 } } },
	    1, "recipe step 1: bytes 5+4294967294 of a body of 10" },
	{ "unknown variable", { { RECIPE_VAR, 2, 0, { "", 0 } } }, 1,
	    "recipe step 1: variable 2 of 2" },
	{ "unknown operation", { { 0, 0, 0, { "", 0 } } }, 1,
	    "recipe step 1: unknown operation 0" },
	{ "base64 nested", { { RECIPE_B64_BEGIN, 0, 0, { "", 0 } },
	    { RECIPE_B64_BEGIN, 0, 0, { "", 0 } } }, 2,
	    "recipe step 2: base64 begins or ends twice" },
	{ "base64 ends first", { { RECIPE_B64_END, 0, 0, { "", 0 } } }, 1,
	    "recipe step 1: base64 begins or ends twice" },
	{ "base64 without end", { { RECIPE_B64_BEGIN, 0, 0, { "", 0 } } }, 1,
	    "recipe: base64 has no end" },
};

static void
test_check(void **state)
{
	const struct check_row *row = *state;
	struct step steps[3];
	struct recipe r = { steps, row->n };
	struct err err = { ERR_NONE, "" };

	memcpy(steps, row->steps, sizeof(steps));
	assert_int_equal(recipe_check(&r, 10, 2, &err),
	    row->error != NULL ? -1 : 0);
	assert_string_equal(err.text, row->error != NULL ? row->error : "");
}

/* ---- posts: the mail "AABBCCDDEE" with fields AA, BB ... ---- */

struct post_row {
	const char *name;
	struct cut cuts[3];
	size_t n;
	const char *out;
};

static const struct post_row posts[] = {
	{ "nothing to drop", { { "", 0, 0 } }, 0, "+AABBCCDDEE" },
	{ "a field that stays", { { "subject", 2, 2 } }, 1, "+AABBCCDDEE" },
	{ "first field", { { "bcc", 0, 2 } }, 1, "+BBCCDDEE" },
	{ "inner field", { { "bcc", 2, 2 } }, 1, "+AACCDDEE" },
	{ "by prefix, any case", { { "List-Id", 4, 2 } }, 1, "+AABBDDEE" },
	{ "a prefix is no word", { { "lis", 4, 2 } }, 1, "+AABBCCDDEE" },
	{ "neighbours", { { "bcc", 2, 2 }, { "list-id", 4, 2 } }, 2,
	    "+AADDEE" },
	{ "apart", { { "bcc", 0, 2 }, { "to", 2, 2 }, { "bcc", 4, 2 } }, 3,
	    "+BBDDEE" },
	{ "overlapping cuts do not read twice",
	    { { "bcc", 0, 6 }, { "bcc", 2, 2 } }, 2, "+DDEE" },
};

static void
test_post(void **state)
{
	static const char *const drop[] = { "bcc", "list-*", NULL };
	const struct post_row *row = *state;
	struct arena *a = arena_new();
	struct str out = STR_EMPTY;
	struct digest d;
	struct cut cuts[3];
	struct recipe_builder b;
	const struct recipe *r;

	memset(&d, 0, sizeof(d));
	memcpy(cuts, row->cuts, sizeof(cuts));
	d.cuts = cuts;
	d.n_cuts = row->n;
	recipe_begin(&b, a);
	recipe_texts(&b, "+");
	recipe_post(&b, &d, drop);
	r = recipe_end(&b);
	assert_int_equal(recipe_check(r, 10, 0, NULL), 0);
	recipe_apply(r, span_make("AABBCCDDEE", 10), NULL, 0, &out);
	assert_string_equal(str_get(&out), row->out);
	str_done(&out);
	arena_free(a);
}

static void
test_wild_cut(void **state)
{
	static const char *const drop[] = { "bcc", NULL };
	struct cut cut = { "bcc", UINT32_MAX - 1, UINT32_MAX };
	struct arena *a = arena_new();
	struct recipe_builder b;
	struct digest d;

	(void)state;
	memset(&d, 0, sizeof(d));
	d.cuts = &cut;
	d.n_cuts = 1;
	recipe_begin(&b, a);
	recipe_post(&b, &d, drop);
	assert_int_equal(recipe_check(recipe_end(&b), 10, 0, NULL), -1);
	arena_free(a);
}

int
main(void)
{
	static const struct CMUnitTest plain[] = {
		cmocka_unit_test(test_apply),
		cmocka_unit_test(test_merge),
		cmocka_unit_test(test_wild_cut),
	};
	int failed = 0;

	failed += cmocka_run_group_tests_name("recipe", plain, NULL, NULL);
	failed += TEST_ROWS("recipe_check", checks, test_check);
	failed += TEST_ROWS("recipe_post", posts, test_post);
	return test_exit(failed);
}
