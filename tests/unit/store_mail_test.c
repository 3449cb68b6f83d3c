/* SPDX-License-Identifier: ISC */
/* Store: mails, their states over all pairs, and what was seen before. */
#include "tests/unit/store_set.h"

static void
test_round(struct set_ctx *c)
{
	int64_t id;
	struct mail_row m;

	OK(c, store_begin(c->s, &c->err));
	id = set_add_mail(c, "f1", MAIL_HELD);
	OK(c, store_mail_get(c->s, c->a, id, &m, &c->err));
	assert_int_equal(m.id, id);
	assert_string_equal(m.file, "f1");
	assert_int_equal(m.state, MAIL_HELD);
	assert_string_equal(m.list, LIST);
	assert_string_equal(m.sender, "anna@vendor-g.example");
	assert_string_equal(m.from, "Anna@vendor-g.example");
	assert_string_equal(m.message_id, "<1@vendor-g.example>");
	assert_string_equal(m.subject, "Gen\xC3\xA8ve");
	assert_int_equal(m.size, 1234);
	assert_int_equal(m.received_at, 1000);
	assert_int_equal(m.digest.n, 3);
	assert_memory_equal(m.digest.p, "a\0b", 3);
	REFUSED(c, store_mail_get(c->s, c->a, id + 1, &m, &c->err),
	    ERR_NOTFOUND);
	assert_string_equal(m.file, "f1");
}

static void
test_null_strings(struct set_ctx *c)
{
	struct mail_row m = { .file = "f", .list = LIST };
	int64_t id;

	OK(c, store_begin(c->s, &c->err));
	OK(c, store_mail_add(c->s, &m, &id, &c->err));
	OK(c, store_mail_get(c->s, c->a, id, &m, &c->err));
	assert_string_equal(m.sender, "");
	assert_string_equal(m.subject, "");
	assert_int_equal(m.digest.n, 0);
	m.file = "";
	REFUSED(c, store_mail_add(c->s, &m, &id, &c->err), ERR_PERM);
}

/* Rows: from; columns: to; in the order of enum mail_state. */
static const bool allowed[5][5] = {
	{ 0, 1, 1, 1, 1 },	/* accepted */
	{ 0, 0, 1, 1, 0 },	/* held */
	{ 0, 0, 0, 1, 0 },	/* queued */
	{ 0, 0, 0, 0, 0 },	/* done */
	{ 0, 0, 1, 1, 0 },	/* quarantined */
};

static void
test_moves(struct set_ctx *c)
{
	OK(c, store_begin(c->s, &c->err));
	for (int from = 0; from < 5; from++)
		for (int to = 0; to < 5; to++) {
			int64_t id = set_add_mail(c, "f",
			    (enum mail_state)from);
			struct mail_row m;

			if (allowed[from][to])
				OK(c, store_mail_move(c->s, id,
				    (enum mail_state)to, &c->err));
			else
				REFUSED(c, store_mail_move(c->s, id,
				    (enum mail_state)to, &c->err),
				    ERR_CONFLICT);
			OK(c, store_mail_get(c->s, c->a, id, &m, &c->err));
			assert_int_equal(m.state,
			    allowed[from][to] ? to : from);
		}
	REFUSED(c, store_mail_move(c->s, 9999, MAIL_DONE, &c->err),
	    ERR_NOTFOUND);
}

static void
test_list(struct set_ctx *c)
{
	int64_t first, second;
	struct mail_row *rows;
	size_t n;

	OK(c, store_begin(c->s, &c->err));
	first = set_add_mail(c, "f1", MAIL_QUEUED);
	(void)set_add_mail(c, "f2", MAIL_HELD);
	second = set_add_mail(c, "f3", MAIL_QUEUED);
	OK(c, store_mail_list(c->s, c->a, MAIL_QUEUED, 0, 0, &rows, &n,
	    &c->err));
	assert_int_equal(n, 2);
	assert_int_equal(rows[0].id, first);
	assert_string_equal(rows[0].file, "f1");
	assert_int_equal(rows[0].received_at, 1000);
	assert_int_equal(rows[0].digest.n, 0);
	assert_int_equal(rows[1].id, second);
	OK(c, store_mail_list(c->s, c->a, MAIL_QUEUED, 0, 1, &rows, &n,
	    &c->err));
	assert_int_equal(n, 1);
	OK(c, store_mail_list(c->s, c->a, MAIL_QUEUED, first, 9, &rows, &n,
	    &c->err));
	assert_int_equal(n, 1);
	assert_int_equal(rows[0].id, second);
	OK(c, store_mail_list(c->s, c->a, MAIL_DONE, 0, 0, &rows, &n,
	    &c->err));
	assert_int_equal(n, 0);
}

static void
test_has_file(struct set_ctx *c)
{
	int64_t id;

	OK(c, store_begin(c->s, &c->err));
	id = set_add_mail(c, "f1", MAIL_DONE);
	assert_int_equal(store_mail_has_file(c->s, "f1", &c->err), 1);
	assert_int_equal(store_mail_has_file(c->s, "f2", &c->err), 0);
	OK(c, store_mail_drop(c->s, id, &c->err));
	assert_int_equal(store_mail_has_file(c->s, "f1", &c->err), 0);
}

static size_t
done(struct set_ctx *c)
{
	struct mail_row *rows;
	size_t n;

	OK(c, store_mail_done(c->s, c->a, 0, &rows, &n, &c->err));
	return n;
}

static void
test_shared_file(struct set_ctx *c)
{
	int64_t one, two;

	OK(c, store_begin(c->s, &c->err));
	one = set_add_mail(c, "f", MAIL_DONE);
	two = set_add_mail(c, "f", MAIL_QUEUED);
	assert_int_equal(done(c), 0);
	REFUSED(c, store_mail_drop(c->s, one, &c->err), ERR_CONFLICT);
	OK(c, store_mail_move(c->s, two, MAIL_DONE, &c->err));
	assert_int_equal(done(c), 2);
	OK(c, store_mail_drop(c->s, one, &c->err));
	OK(c, store_mail_drop(c->s, two, &c->err));
	assert_int_equal(done(c), 0);
	REFUSED(c, store_mail_drop(c->s, two, &c->err), ERR_NOTFOUND);
}

static void
test_needed(struct set_ctx *c)
{
	int64_t id, held, job;
	uint32_t members[] = { 1 };
	struct job j = { .kind = JOB_POST, .list = LIST, .members = members,
		.n = 1 };
	struct held h = { .list = LIST, .state = HELD_QUARANTINED };

	OK(c, store_begin(c->s, &c->err));
	id = set_add_mail(c, "f", MAIL_DONE);
	j.mail_id = h.mail_id = id;
	OK(c, store_job_add(c->s, &j, &job, &c->err));
	OK(c, store_held_add(c->s, &h, &held, &c->err));
	assert_int_equal(done(c), 0);
	OK(c, store_held_decide(c->s, held, HELD_DISCARDED, "x", 1, &c->err));
	REFUSED(c, store_mail_drop(c->s, id, &c->err), ERR_CONFLICT);
	OK(c, store_job_get(c->s, c->a, job, &j, &c->err));
	j.state = JOB_PARKED;
	OK(c, store_job_progress(c->s, &j, &c->err));
	assert_int_equal(done(c), 0);
	j.state = JOB_DONE;
	OK(c, store_job_progress(c->s, &j, &c->err));
	assert_int_equal(done(c), 1);
	/* The finished job goes with the mail, the decision stays. */
	OK(c, store_mail_drop(c->s, id, &c->err));
	REFUSED(c, store_job_get(c->s, c->a, job, &j, &c->err), ERR_NOTFOUND);
	OK(c, store_held_get(c->s, c->a, held, &h, &c->err));
	assert_int_equal(h.state, HELD_DISCARDED);
}

static void
test_ids(struct set_ctx *c)
{
	int64_t id;

	OK(c, store_begin(c->s, &c->err));
	id = set_add_mail(c, "f", MAIL_DONE);
	OK(c, store_mail_drop(c->s, id, &c->err));
	OK(c, store_commit(c->s, &c->err));
	if (strchr(c->url, '/') != NULL)
		set_reopen(c);
	OK(c, store_begin(c->s, &c->err));
	assert_true(set_add_mail(c, "g", MAIL_DONE) > id);
}

static int
seen(struct set_ctx *c, const char *list, const char *id, const char *sum,
    int64_t now)
{
	return store_seen(c->s, list, id, sum, now, &c->err);
}

static void
test_seen(struct set_ctx *c)
{
	OK(c, store_begin(c->s, &c->err));
	assert_int_equal(seen(c, LIST, "<1@x>", "aa", 10), 0);
	assert_int_equal(seen(c, LIST, "<1@x>", "aa", 20), 1);
	assert_int_equal(seen(c, LIST, "<1@x>", "bb", 20), 0);
	assert_int_equal(seen(c, LIST, "<2@x>", "aa", 20), 0);
	assert_int_equal(seen(c, OTHER, "<1@x>", "aa", 20), 0);
	OK(c, store_seen_purge(c->s, 20, &c->err));
	assert_int_equal(seen(c, LIST, "<2@x>", "aa", 30), 1);
	assert_int_equal(seen(c, LIST, "<1@x>", "aa", 30), 0);
	store_rollback(c->s);
	assert_int_equal(seen(c, LIST, "<1@x>", "aa", 10), -1);
	assert_int_equal(c->err.kind, ERR_PERM);
}

static const struct set_case cases[] = {
	{ "a mail comes back as it was put", test_round },
	{ "absent strings are empty, a file must be", test_null_strings },
	{ "only the moves of the table are made", test_moves },
	{ "rows of a state are listed in pages", test_list },
	{ "a file is known as long as a row is", test_has_file },
	{ "a file that two lists share waits for both", test_shared_file },
	{ "open jobs and held items keep a body", test_needed },
	{ "ids are never used again", test_ids },
	{ "the same mail is seen once a list", test_seen },
};

int
main(void)
{
	return test_exit(SET_RUN("store mail", cases));
}
