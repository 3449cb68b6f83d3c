/* SPDX-License-Identifier: ISC */
/* Core: what is undone leaves nothing behind, what is not committed is not
 * acknowledged, and records do not grow for ever. */
#include "tests/unit/core_fixture.h"

#include <signal.h>
#include <sys/resource.h>

/* A post that also goes to an address whose answer cannot be made, and another
 * one that comes with it. */
static void
test_undo(void **state)
{
	struct fix *f = fix_open();
	char *dir = arena_printf(f->a, "%s/templates", f->dir);
	struct digest d, d2;
	struct link *second;
	uint32_t job, job2;
	int fd;

	(void)state;
	assert_int_equal(file_mkdirs(arena_printf(f->a, "%s/en", dir), 0750,
	    &f->err), 0);
	f->settings->templates = dir;
	fd = open(arena_printf(f->a, "%s/en/help.txt", dir),
	    O_WRONLY | O_CREAT | O_CLOEXEC, 0640);
	assert_int_equal(file_write_all(fd, "broken {{", 9, &f->err), 0);
	(void)close(fd);
	f->parse = false;
	fix_offer(f, FIX_LIST " jca-qkdn-help@lists.itu-t.example",
	    FIX_POST("one"));
	fix_settle(f);
	job = f->job;
	fix_digest(f, &d);
	fix_join(f, "parser", 1, &fix_parser, &second);
	fix_offer(f, FIX_LIST, FIX_POST("two"));
	fix_settle(f);
	fix_digest(f, &d2);
	/* Both in one turn: the second job gets the number of the first. */
	job2 = f->job;
	f->job = job;
	fix_parsed(f, &d);
	f->parser = second;
	f->job = job2;
	fix_parsed(f, &d2);
	fix_settle(f);
	assert_int_equal(f->n_copies, 6);
	fix_ctl(f, "queue list", "The queue is empty");
	/* Nothing of the first: the second's body is the only file. */
	assert_int_equal(fix_files(f, "bodies"), 1);
	assert_int_equal(fix_files(f, "incoming"), 0);
	fix_close(f);
}

/* A verb commits in the middle of a turn, and the disk is full. */
static void
test_failed_commit(void **state)
{
	struct fix *f = fix_open();
	struct rlimit old, full;
	struct digest d;

	(void)state;
	f->parse = false;
	fix_offer(f, FIX_LIST, FIX_POST("one"));
	fix_settle(f);
	assert_int_not_equal(f->job, 0);
	fix_digest(f, &d);
	fix_parsed(f, &d);
	fix_ctl_put(f, "member remove eve@lab-e.example", NULL);
	assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	full = old;
	full.rlim_cur = 1;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &full), 0);
	fix_settle(f);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_string_equal(f->verdict, "451 ");
	assert_int_equal(f->n_copies, 0);
	/* The role ends; the next one has neither the rows nor the body. */
	fix_stop(f);
	fix_start(f);
	assert_int_equal(fix_files(f, "bodies"), 0);
	f->parse = true;
	fix_offer(f, FIX_LIST, FIX_POST("one"));
	fix_settle(f);
	assert_string_equal(f->verdict, "250 ");
	assert_int_equal(f->n_copies, 6);
	fix_close(f);
}

static struct link *timer_closes;

static void
close_link(void *arg)
{
	(void)arg;
	link_free(timer_closes);
	timer_closes = NULL;
}

/* The courier dies after the turn looked for hang-ups, before it sends. */
static void
test_courier_gone_at_send(void **state)
{
	struct fix *f = fix_open();
	struct ev_timer *t;
	struct digest d;

	(void)state;
	link_free(f->courier[1]);
	f->courier[1] = NULL;
	f->parse = false;
	fix_offer(f, FIX_LIST, FIX_POST("one"));
	fix_settle(f);
	fix_digest(f, &d);
	fix_parsed(f, &d);
	timer_closes = f->courier[0];
	f->courier[0] = NULL;
	t = ev_timer_new(f->ev, 0, close_link, f);
	fix_settle(f);
	ev_timer_free(t);
	assert_string_equal(f->verdict, "250 ");
	fix_join(f, "courier", 0, &fix_courier, &f->courier[0]);
	ev_advance(f->ev, 5000);
	assert_int_equal(f->n_copies, 6);
	fix_ctl(f, "queue list", "The queue is empty");
	fix_close(f);
}

/* A mail that the parser dies of is held once, and can be let go. */
static void
test_quarantine(void **state)
{
	struct fix *f = fix_open();

	(void)state;
	f->parse = false;
	fix_offer(f, FIX_LIST, FIX_POST("one"));
	fix_settle(f);
	for (int i = 0; i < 2; i++) {
		assert_string_equal(f->verdict, "");
		link_free(f->parser);
		fix_settle(f);
		fix_join(f, "parser", 0, &fix_parser, &f->parser);
		fix_settle(f);
	}
	assert_string_equal(f->verdict, "250 ");
	assert_int_equal(fix_files(f, "quarantine"), 1);
	fix_ctl(f, "held approve 1", "1 This mail is in quarantine");
	fix_ctl(f, "held discard 1", "0 1 discarded");
	ev_advance(f->ev, 120 * 1000);
	assert_int_equal(fix_files(f, "quarantine"), 0);
	fix_ctl(f, "held list", "Nothing is held");
	fix_close(f);
}

static void
beyond_end(struct digest *d)
{
	d->cuts[0].len = UINT32_MAX;
}

static void
backwards(struct digest *d)
{
	d->cuts[1].off = d->cuts[0].off;
}

static void
other_size(struct digest *d)
{
	d->size++;
}

static void
header_in_id(struct digest *d)
{
	d->message_id = "<x@x>\r\nBcc: everybody@x.example";
}

static void
header_in_hash(struct digest *d)
{
	d->sha256 = "x\r\nBcc: everybody@x.example";
}

struct lie_row {
	const char *name;
	void (*lie)(struct digest *d);
};

static void
test_lie(void **state)
{
	const struct lie_row *row = *state;
	struct fix *f = fix_open();
	struct digest d;

	f->parse = false;
	fix_offer(f, FIX_LIST, FIX_POST("one"));
	fix_settle(f);
	fix_digest(f, &d);
	row->lie(&d);
	fix_parsed(f, &d);
	fix_settle(f);
	assert_string_equal(f->verdict, "250 ");
	fix_ctl(f, "held list", "The parser gave a broken answer");
	assert_int_equal(fix_files(f, "quarantine"), 1);
	fix_close(f);
}

static const struct lie_row lies[] = {
	{ "a field that ends after the mail is no digest", beyond_end },
	{ "fields out of order are no digest", backwards },
	{ "another size is no digest", other_size },
	{ "a header inside a Message-ID is no digest", header_in_id },
	{ "a header instead of a hash is no digest", header_in_hash },
};

/* Nobody moderates and the settings name no owner. */
static void
test_no_owner(void **state)
{
	struct fix *f = fix_open();

	(void)state;
	f->settings->lists[0].owner = "";
	fix_ctl(f, "member remove dag@lists.itu-t.example", "0 ");
	fix_offer(f, "jca-qkdn-owner@lists.itu-t.example", FIX_POST("one"));
	fix_settle(f);
	assert_string_equal(f->verdict, "550 ");
	fix_close(f);
}

/* Over LMTP a refusal is the reply: whoever lost it must hear it again. */
static void
test_refused_again(void **state)
{
	struct fix *f = fix_open();

	(void)state;
	fix_offer(f, "jca-qkdn-m-aaaaaaaaaaaaa@lists.itu-t.example",
	    FIX_POST("one"));
	fix_settle(f);
	assert_string_equal(f->verdict, "550 ");
	fix_offer(f, "jca-qkdn-m-aaaaaaaaaaaaa@lists.itu-t.example",
	    FIX_POST("one"));
	fix_settle(f);
	assert_string_equal(f->verdict, "550 ");
	fix_close(f);
}

static size_t
jobs_done(struct fix *f)
{
	struct store *s = store_open(f->settings->store, &f->err);
	int64_t *ids;
	size_t n;

	assert_non_null(s);
	assert_int_equal(store_job_list(s, f->a, JOB_DONE, &ids, &n,
	    &f->err), 0);
	store_close(s);
	return n;
}

static void
test_purge(void **state)
{
	struct fix *f = fix_open();

	(void)state;
	fix_offer(f, "jca-qkdn-help@lists.itu-t.example", FIX_POST("one"));
	fix_settle(f);
	assert_int_equal(f->n_copies, 1);
	assert_int_equal(jobs_done(f), 1);
	ev_advance(f->ev, INT64_C(6) * 86400 * 1000);
	assert_int_equal(jobs_done(f), 1);
	ev_advance(f->ev, INT64_C(2) * 86400 * 1000);
	assert_int_equal(jobs_done(f), 0);
	/* Still a repeat; a week later nobody sends it again. */
	fix_offer(f, "jca-qkdn-help@lists.itu-t.example", FIX_POST("one"));
	fix_settle(f);
	assert_int_equal(f->n_copies, 1);
	ev_advance(f->ev, INT64_C(7) * 86400 * 1000);
	fix_offer(f, "jca-qkdn-help@lists.itu-t.example", FIX_POST("one"));
	fix_settle(f);
	assert_int_equal(f->n_copies, 2);
	fix_close(f);
}

static const struct CMUnitTest tests[] = {
	{ "a mail that is undone leaves neither a job nor a body", test_undo,
		NULL, NULL, NULL },
	{ "a commit that fails in a verb acknowledges no mail",
		test_failed_commit, NULL, NULL, NULL },
	{ "a courier that is gone at the send parks nothing",
		test_courier_gone_at_send, NULL, NULL, NULL },
	{ "what the parser died of can be discarded, not approved",
		test_quarantine, NULL, NULL, NULL },
	{ "a mail that nobody would get is refused", test_no_owner, NULL,
		NULL, NULL },
	{ "a refused mail is refused again", test_refused_again, NULL, NULL,
		NULL },
	{ "old jobs and old repeats are forgotten", test_purge, NULL, NULL,
		NULL },
};

int
main(void)
{
	int failures = cmocka_run_group_tests_name("core", tests, NULL, NULL);

	failures += TEST_ROWS("digests", lies, test_lie);
	return test_exit(failures);
}
