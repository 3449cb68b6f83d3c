/* SPDX-License-Identifier: ISC */
/* Store: delivery jobs, their progress, retries and failures. */
#include "tests/unit/store_set.h"

#include "mail/recipe.h"

static int64_t
add(struct set_ctx *c, size_t n)
{
	uint32_t *members = arena_array(c->a, n, sizeof(*members));
	struct job j = { .mail_id = set_add_mail(c, "f", MAIL_QUEUED),
		.kind = JOB_POST, .list = LIST, .members = members, .n = n };
	int64_t id = 0;

	for (size_t i = 0; i < n; i++)
		members[i] = (uint32_t)(i * 3 + 1);
	OK(c, store_job_add(c->s, &j, &id, &c->err));
	return id;
}

static void
test_round(struct set_ctx *c)
{
	uint32_t members[] = { 1, 0x01020304, UINT32_MAX };
	uint8_t bits[] = { 0x05 };
	struct step steps[] = { { RECIPE_TEXT, 0, 0, { "X: y\r\n", 6 } },
		{ RECIPE_BODY, 0, UINT32_MAX, { "", 0 } } };
	struct recipe recipe = { steps, 2 };
	struct job j = { .kind = JOB_INVITE, .state = JOB_ACTIVE,
		.list = LIST, .message_id = "<m@x>", .subject = "S",
		.recipe = &recipe, .to = "not used", .members = members,
		.n = 3, .done = bits, .n_done = 2, .n_failed = 1,
		.eight_bit = true, .author = "a@x",
		.extra = { "\0e", 2 }, .created_at = 5, .next_at = 6 }, got;
	int64_t id = 0;

	OK(c, store_begin(c->s, &c->err));
	j.mail_id = set_add_mail(c, "f", MAIL_QUEUED);
	OK(c, store_job_add(c->s, &j, &id, &c->err));
	OK(c, store_job_get(c->s, c->a, id, &got, &c->err));
	assert_int_equal(got.id, id);
	assert_int_equal(got.mail_id, j.mail_id);
	assert_int_equal(got.kind, JOB_INVITE);
	assert_int_equal(got.state, JOB_ACTIVE);
	assert_string_equal(got.list, LIST);
	assert_string_equal(got.message_id, "<m@x>");
	assert_string_equal(got.subject, "S");
	assert_string_equal(got.to, "");
	assert_int_equal(got.n, 3);
	assert_memory_equal(got.members, members, sizeof(members));
	assert_int_equal(got.done[0], 0x05);
	assert_int_equal(got.n_done, 2);
	assert_int_equal(got.n_failed, 1);
	assert_true(got.eight_bit);
	assert_false(got.utf8);
	assert_string_equal(got.author, "a@x");
	assert_int_equal(got.extra.n, 2);
	assert_memory_equal(got.extra.p, "\0e", 2);
	assert_int_equal(got.created_at, 5);
	assert_int_equal(got.next_at, 6);
	assert_int_equal(got.recipe->n_steps, 2);
	assert_int_equal(got.recipe->steps[0].text.n, 6);
	assert_int_equal(got.recipe->steps[1].b, UINT32_MAX);
}

static void
test_notice(struct set_ctx *c)
{
	struct job j = { .kind = JOB_NOTICE, .list = LIST, .to = "b@x",
		.n = 1, .utf8 = true }, got;
	int64_t id = 0;

	OK(c, store_begin(c->s, &c->err));
	j.mail_id = set_add_mail(c, "f", MAIL_QUEUED);
	OK(c, store_job_add(c->s, &j, &id, &c->err));
	OK(c, store_job_get(c->s, c->a, id, &got, &c->err));
	assert_string_equal(got.to, "b@x");
	assert_null(got.members);
	assert_null(got.recipe);
	assert_int_equal(got.done[0], 0);
	/* One whose recipe holds the whole mail. */
	j.mail_id = 0;
	OK(c, store_job_add(c->s, &j, &id, &c->err));
	OK(c, store_job_get(c->s, c->a, id, &got, &c->err));
	assert_int_equal(got.mail_id, 0);
	j.n = 2;
	REFUSED(c, store_job_add(c->s, &j, &id, &c->err), ERR_PERM);
	j.kind = JOB_POST;
	REFUSED(c, store_job_add(c->s, &j, &id, &c->err), ERR_PERM);
	j.n = 20000000;
	REFUSED(c, store_job_add(c->s, &j, &id, &c->err), ERR_LIMIT);
}

static void
test_no_mail(struct set_ctx *c)
{
	struct job j = { .kind = JOB_NOTICE, .list = LIST, .to = "b@x",
		.n = 1, .mail_id = 12345 };
	int64_t id = 0;

	OK(c, store_begin(c->s, &c->err));
	REFUSED(c, store_job_add(c->s, &j, &id, &c->err), ERR_CONFLICT);
}

static void
test_progress(struct set_ctx *c)
{
	struct job j;
	int64_t id;

	OK(c, store_begin(c->s, &c->err));
	id = add(c, 11);
	OK(c, store_job_get(c->s, c->a, id, &j, &c->err));
	assert_int_equal(j.done[0], 0);
	assert_int_equal(j.done[1], 0);
	j.done[1] = 0x04;
	j.n_done = 1;
	j.next_at = 77;
	OK(c, store_job_progress(c->s, &j, &c->err));
	OK(c, store_job_get(c->s, c->a, id, &j, &c->err));
	assert_int_equal(j.done[0], 0);
	assert_int_equal(j.done[1], 0x04);
	assert_int_equal(j.n_done, 1);
	assert_int_equal(j.next_at, 77);
	assert_int_equal(j.members[10], 31);
	j.n = 12;
	REFUSED(c, store_job_progress(c->s, &j, &c->err), ERR_PERM);
	j.id = 99;
	REFUSED(c, store_job_progress(c->s, &j, &c->err), ERR_NOTFOUND);
}

static void
test_states(struct set_ctx *c)
{
	static const bool allowed[3][3] = { { 1, 1, 1 }, { 0, 0, 0 },
		{ 1, 1, 1 } };

	OK(c, store_begin(c->s, &c->err));
	for (int from = 0; from < 3; from++)
		for (int to = 0; to < 3; to++) {
			struct job j;

			OK(c, store_job_get(c->s, c->a, add(c, 1), &j,
			    &c->err));
			j.state = (enum job_state)from;
			OK(c, store_job_progress(c->s, &j, &c->err));
			j.state = (enum job_state)to;
			if (allowed[from][to])
				OK(c, store_job_progress(c->s, &j, &c->err));
			else
				REFUSED(c, store_job_progress(c->s, &j,
				    &c->err), ERR_CONFLICT);
		}
}

static void
test_list(struct set_ctx *c)
{
	int64_t one, two, *ids;
	struct job j;
	size_t n;

	OK(c, store_begin(c->s, &c->err));
	one = add(c, 1);
	two = add(c, 0);
	OK(c, store_job_active(c->s, c->a, &ids, &n, &c->err));
	assert_int_equal(n, 2);
	assert_int_equal(ids[0], one);
	assert_int_equal(ids[1], two);
	OK(c, store_job_get(c->s, c->a, one, &j, &c->err));
	j.state = JOB_PARKED;
	OK(c, store_job_progress(c->s, &j, &c->err));
	OK(c, store_job_list(c->s, c->a, JOB_PARKED, &ids, &n, &c->err));
	assert_int_equal(n, 1);
	assert_int_equal(ids[0], one);
	OK(c, store_job_drop(c->s, one, &c->err));
	REFUSED(c, store_job_get(c->s, c->a, one, &j, &c->err),
	    ERR_NOTFOUND);
	OK(c, store_job_list(c->s, c->a, JOB_PARKED, &ids, &n, &c->err));
	assert_int_equal(n, 0);
}

static void
test_purge(struct set_ctx *c)
{
	int64_t old, new, open;
	struct job j;

	OK(c, store_begin(c->s, &c->err));
	j = (struct job){ .kind = JOB_NOTICE, .list = LIST, .to = "a@x",
		.n = 1, .message_id = "", .subject = "", .author = "",
		.created_at = 10 };
	OK(c, store_job_add(c->s, &j, &open, &c->err));
	j.state = JOB_DONE;
	OK(c, store_job_add(c->s, &j, &old, &c->err));
	j.created_at = 20;
	OK(c, store_job_add(c->s, &j, &new, &c->err));
	OK(c, store_job_purge(c->s, 20, &c->err));
	OK(c, store_job_get(c->s, c->a, open, &j, &c->err));
	OK(c, store_job_get(c->s, c->a, new, &j, &c->err));
	REFUSED(c, store_job_get(c->s, c->a, old, &j, &c->err),
	    ERR_NOTFOUND);
}

static void
test_count(struct set_ctx *c)
{
	struct job j = { .kind = JOB_NOTICE, .list = LIST, .to = "Al@x.example",
		.n = 1, .message_id = "", .subject = "", .author = "",
		.created_at = 10 };
	uint32_t n = 9;
	int64_t id;

	OK(c, store_begin(c->s, &c->err));
	OK(c, store_job_add(c->s, &j, &id, &c->err));
	j.to = "al@x.example";
	j.created_at = 20;
	OK(c, store_job_add(c->s, &j, &id, &c->err));
	OK(c, store_job_count(c->s, LIST, "al@x.example", 10, &n, &c->err));
	assert_int_equal(n, 2);
	OK(c, store_job_count(c->s, LIST, "al@x.example", 11, &n, &c->err));
	assert_int_equal(n, 1);
	OK(c, store_job_count(c->s, LIST, "a@x.example", 0, &n, &c->err));
	assert_int_equal(n, 0);
	OK(c, store_job_count(c->s, "other", "al@x.example", 0, &n, &c->err));
	assert_int_equal(n, 0);
}

static void
test_retries(struct set_ctx *c)
{
	struct retry r = { .idx = 4, .tries = 1, .next_at = 60, .code = 451,
		.text = "later" }, *rows;
	size_t n;

	OK(c, store_begin(c->s, &c->err));
	r.job_id = add(c, 9);
	OK(c, store_retry_put(c->s, &r, &c->err));
	r.idx = 2;
	OK(c, store_retry_put(c->s, &r, &c->err));
	r.idx = 4;
	r.tries = 2;
	r.next_at = 120;
	r.text = "still";
	OK(c, store_retry_put(c->s, &r, &c->err));
	OK(c, store_retries(c->s, c->a, r.job_id, &rows, &n, &c->err));
	assert_int_equal(n, 2);
	assert_int_equal(rows[0].idx, 2);
	assert_int_equal(rows[0].job_id, r.job_id);
	assert_int_equal(rows[1].tries, 2);
	assert_int_equal(rows[1].next_at, 120);
	assert_int_equal(rows[1].code, 451);
	assert_string_equal(rows[1].text, "still");
	OK(c, store_retry_drop(c->s, r.job_id, 2, &c->err));
	OK(c, store_retry_drop(c->s, r.job_id, 2, &c->err));
	OK(c, store_job_drop(c->s, r.job_id, &c->err));
	OK(c, store_retries(c->s, c->a, r.job_id, &rows, &n, &c->err));
	assert_int_equal(n, 0);
}

static void
test_failures(struct set_ctx *c)
{
	struct failure *rows;
	size_t n;

	OK(c, store_begin(c->s, &c->err));
	OK(c, store_failure_add(c->s, 3, 7, "b@x", 550, "no user", 20,
	    &c->err));
	OK(c, store_failure_add(c->s, 0, 7, "", 0, "5.1.1", 10, &c->err));
	OK(c, store_failure_add(c->s, 3, 8, "c@x", 550, "no", 20, &c->err));
	OK(c, store_failures(c->s, c->a, 7, 10, &rows, &n, &c->err));
	assert_int_equal(n, 2);
	assert_string_equal(rows[0].text, "5.1.1");
	assert_int_equal(rows[1].job_id, 3);
	assert_int_equal(rows[1].member_id, 7);
	assert_string_equal(rows[1].addr, "b@x");
	assert_int_equal(rows[1].code, 550);
	assert_int_equal(rows[1].at, 20);
	OK(c, store_failures(c->s, c->a, 7, 11, &rows, &n, &c->err));
	assert_int_equal(n, 1);
	OK(c, store_failure_purge(c->s, 20, &c->err));
	OK(c, store_failures(c->s, c->a, 7, 0, &rows, &n, &c->err));
	assert_int_equal(n, 1);
}

/* 100,000 recipients: what a post adds to the store, from its backup. */
static void
test_size(struct set_ctx *c)
{
	char path[96];
	long before, after;
	FILE *f;

	for (int i = 0; i < 2; i++) {
		long *size = i == 0 ? &before : &after;

		if (i == 1) {
			OK(c, store_begin(c->s, &c->err));
			(void)add(c, 100000);
			OK(c, store_commit(c->s, &c->err));
		}
		(void)snprintf(path, sizeof(path), "%s/%d", c->dir, i);
		OK(c, store_backup(c->s, path, &c->err));
		f = fopen(path, "r");
		assert_non_null(f);
		assert_int_equal(fseek(f, 0, SEEK_END), 0);
		*size = ftell(f);
		(void)fclose(f);
	}
	assert_true(after - before <= 8 * 100000);
}

static const struct set_case cases[] = {
	{ "a job comes back as it was put", test_round },
	{ "a notice has one recipient and no members", test_notice },
	{ "a job needs its mail", test_no_mail },
	{ "progress writes the bitmap and counters", test_progress },
	{ "only the moves of the table are made", test_states },
	{ "jobs are listed by state, oldest first", test_list },
	{ "a purge takes old jobs that are done, no others", test_purge },
	{ "notices to an address are counted", test_count },
	{ "retries replace each other and go with the job", test_retries },
	{ "failures of a member are kept", test_failures },
	{ "100,000 recipients take at most 8 bytes each", test_size },
};

int
main(void)
{
	return test_exit(SET_RUN("store job", cases));
}
