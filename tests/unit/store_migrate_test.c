/* SPDX-License-Identifier: ISC */
/*
 * Migrations: order, gaps, failures, newer schemas; and that a store which an
 * older version filled is read by this one. When a migration is added, add
 * the rows that the version before could hold to fill_v<N> and to old[].
 */
#include "tests/unit/store_set.h"

#include "base/embedded.h"
#include "store/driver.h"
#include "store/migrate.h"
#include "store/query.h"

#define FILE_(path, text) { path, text, sizeof(text) - 1 }
#define END { NULL, NULL, 0 }
#define MAX_FILES 5

/* --- the runner, on files of our own --- */

struct run_row {
	const char *name;
	struct embedded_file first[MAX_FILES];	/* may be none */
	struct embedded_file files[MAX_FILES];
	uint32_t version;			/* afterwards */
	const char *text;			/* of the refusal, or NULL */
};

#define ONE FILE_("conf/schema/001-a.sql", "CREATE TABLE a (x INTEGER);")
#define TWO FILE_("conf/schema/002-b.sql", \
	"CREATE TABLE b (x INTEGER); INSERT INTO a VALUES (2);")
#define THREE FILE_("conf/schema/003-c.sql", "INSERT INTO b VALUES (3);")

static const struct run_row runs[] = {
	{ "nothing to do", { END }, { END }, 0, NULL },
	{ "all in order", { END }, { ONE, TWO, THREE, END }, 3, NULL },
	{ "in the order of their numbers", { END },
	    { THREE, ONE, TWO, END }, 3, NULL },
	{ "only the new ones", { ONE, END }, { ONE, TWO, END }, 2, NULL },
	{ "other embedded files are no matter", { END },
	    { FILE_("conf/templates/en/help.txt", "hello"), ONE, END }, 1,
	    NULL },
	{ "a gap is refused before anything is done", { END },
	    { ONE, THREE, END }, 0, "one is missing" },
	{ "a missing first is refused", { END }, { TWO, END }, 0,
	    "one is missing" },
	{ "a number twice is refused", { END },
	    { ONE, FILE_("conf/schema/001-z.sql", "SELECT 1;"), END }, 0,
	    "001-z.sql: a second" },
	{ "a name without a number is refused", { END },
	    { FILE_("conf/schema/extra.sql", "SELECT 1;"), END }, 0,
	    "extra.sql: a schema file is named" },
	{ "number 0 is refused", { END },
	    { FILE_("conf/schema/000-a.sql", "SELECT 1;"), END }, 0,
	    "named NNN-name.sql" },
	{ "another ending is refused", { END },
	    { FILE_("conf/schema/001-a.txt", "SELECT 1;"), END }, 0,
	    "named NNN-name.sql" },
	{ "a newer schema is refused", { ONE, TWO, END }, { ONE, END }, 2,
	    "its schema is version 2, this program knows up to 1" },
	{ "a failure leaves the version before, whole", { END },
	    { ONE, FILE_("conf/schema/002-b.sql",
		"CREATE TABLE b (x INTEGER); INSERT INTO nowhere VALUES (1);"),
	      END }, 1, "002-b.sql: store: script" },
	{ "a file that commits is refused", { ONE, END },
	    { ONE, FILE_("conf/schema/002-b.sql",
		"CREATE TABLE c (x INTEGER); COMMIT;"), END }, 1,
	    "it ends the transaction" },
};

static bool
has_table(struct db *db, const char *sql)
{
	const struct driver *d = &sqlite_driver;
	struct err err;
	struct db_stmt *st = d->prepare(db, sql, &err);

	if (st == NULL)
		return false;
	d->reset(st);
	return true;
}

static void
test_run(void **state)
{
	const struct run_row *row = *state;
	const struct driver *d = &sqlite_driver;
	struct err err = { 0 };
	struct db *db = d->open(":memory:", &err);
	uint32_t version = 99;
	int rc;

	assert_non_null(db);
	assert_int_equal(migrate_run(d, db, row->first, &err), 0);
	rc = migrate_run(d, db, row->files, &err);
	if (row->text == NULL && rc != 0)
		fail_msg("%s", err.text);
	if (row->text != NULL && (rc == 0 ||
	    strstr(err.text, row->text) == NULL))
		fail_msg("%d %s", rc, err.text);
	assert_false(d->in_transaction(db));
	assert_int_equal(d->version(db, &version, &err), 0);
	assert_int_equal(version, row->version);
	/* Table b is there exactly if migration 2 is. */
	assert_int_equal(has_table(db, "SELECT * FROM b"), version >= 2);
	/* Running again changes nothing. */
	if (row->text == NULL)
		assert_int_equal(migrate_run(d, db, row->files, &err), 0);
	d->close(db);
}

/* --- the real files --- */

static uint32_t
newest(void)
{
	uint32_t n = 0;

	for (const struct embedded_file *f = embedded_files; f->path; f++)
		n += strncmp(f->path, "conf/schema/", 12) == 0;
	return n;
}

/* The real files up to version v. */
static struct embedded_file *
up_to(struct arena *a, uint32_t v)
{
	struct embedded_file *some = arena_array(a, v + 1, sizeof(*some));
	uint32_t n = 0;

	for (const struct embedded_file *f = embedded_files; f->path; f++)
		if (strncmp(f->path, "conf/schema/", 12) == 0 &&
		    (uint32_t)strtoul(f->path + 12, NULL, 10) <= v)
			some[n++] = *f;
	return some;
}

/* What version 1 could hold, as version 1 wrote it. */
static const char fill_v1[] =
    "INSERT INTO value VALUES ('hmac-key', x'00ff');"
    "INSERT INTO mail VALUES (3, '00000000000001-0000000000000001', 'held',"
    " 'jca-qkdn', 'a@x', 'A@x', '<1@x>', 'S', 10, 20, x'');"
    "INSERT INTO seen VALUES ('jca-qkdn', '<1@x>', 'aa', 20);"
    "INSERT INTO member VALUES (7, 'jca-qkdn', 'A@x', 'a@x', 'Anna', 'en',"
    " '', 'tok', 'active', 1, 5, 5);"
    "INSERT INTO seat VALUES (1, 7, 'itu-t-sg', 'SG13', 'representative',"
    " '', 5, 0);"
    "INSERT INTO token VALUES (2, 'held-ok', 'jca-qkdn', '4', 'm@x', 'ab',"
    " x'0101010101010101010101010101010101010101010101010101010101010101',"
    " 10, 90, 0, '', '');"
    "INSERT INTO held VALUES (4, 'jca-qkdn', 3, 'a@x', 'S', '<1@x>', 'why',"
    " 'ab', 'waiting', '', 0, 20);"
    "INSERT INTO job VALUES (5, 3, 'post', 'jca-qkdn', '<1@x>', 'S', x'',"
    " '', x'07000000', 1, 0, 0, '', x'', 20);"
    "INSERT INTO job_progress VALUES (5, 'active', 0, 0, 30, x'00');"
    "INSERT INTO retry VALUES (5, 0, 1, 60, 451, 'later');"
    "INSERT INTO failure VALUES (1, 5, 7, 'a@x', 550, 'no', 70);"
    "INSERT INTO meeting VALUES (6, 'jca-qkdn', 'u1', 0, 0, 0);"
    "INSERT INTO invite VALUES (6, 7, 1, 0, 0, 9, 0);"
    "INSERT INTO answer VALUES (6, 7, 0, 'ACCEPTED', '', 0, 1, 2, 'itip');"
    "INSERT INTO plugin_cursor VALUES ('itu-feed', 3, 0, 0, 0, '');";

struct old_row {
	const char *name;
	uint32_t version;
	const char *fill;
};

static const struct old_row old[] = {
	{ "a store of version 1 is read", 1, fill_v1 },
};

/* The rows of fill_v1, through the entities of today. */
static void
check_v1(struct set_ctx *c)
{
	struct mail_row mail;
	struct member m;
	struct token t;
	struct held h;
	struct job j;
	struct answer *answers;
	struct cursor cur;
	uint8_t hash[32];
	size_t n;

	memset(hash, 1, sizeof(hash));
	OK(c, store_mail_get(c->s, c->a, 3, &mail, &c->err));
	assert_int_equal(mail.state, MAIL_HELD);
	OK(c, store_member_by_addr(c->s, c->a, LIST, "a@x", &m, &c->err));
	assert_int_equal(m.n_seats, 1);
	OK(c, store_token_get(c->s, c->a, LIST, hash, &t, &c->err));
	assert_int_equal(t.purpose, TOKEN_HELD_OK);
	OK(c, store_held_get(c->s, c->a, 4, &h, &c->err));
	OK(c, store_job_get(c->s, c->a, 5, &j, &c->err));
	assert_int_equal(j.members[0], 7);
	OK(c, store_answers(c->s, c->a, 6, &answers, &n, &c->err));
	assert_int_equal(n, 1);
	OK(c, store_cursor_get(c->s, c->a, "itu-feed", &cur, &c->err));
	assert_int_equal(cur.event_id, 3);
	OK(c, store_begin(c->s, &c->err));
	assert_int_equal(store_seen(c->s, LIST, "<1@x>", "aa", 9, &c->err),
	    1);
	/* Ids go on where the old version stopped. */
	assert_true(set_add_mail(c, "f", MAIL_DONE) > 3);
	OK(c, store_commit(c->s, &c->err));
}

static void
test_old(void **state)
{
	const struct old_row *row = *state;
	const struct driver *d = &sqlite_driver;
	struct set_ctx ctx = { .a = arena_new() }, *c = &ctx;
	uint32_t version;
	struct db *db;

	set_file(c);
	db = d->open(c->url + 7, &c->err);
	assert_non_null(db);
	OK(c, migrate_run(d, db, up_to(c->a, row->version), &c->err));
	OK(c, d->script(db, row->fill, &c->err));
	d->close(db);
	set_open(c);
	OK(c, d->version(c->s->db, &version, &c->err));
	assert_int_equal(version, newest());
	check_v1(c);
	store_close(c->s);
	set_remove_dir(c);
	arena_free(c->a);
}

/* Every version but the newest must have its row in old[]. */
static void
test_all_covered(void **state)
{
	(void)state;
	assert_true(newest() >= 1);
	assert_true(sizeof(old) / sizeof(old[0]) + 1 >= newest());
}

static void
test_newer(void **state)
{
	const struct driver *d = &sqlite_driver;
	struct set_ctx ctx = { 0 }, *c = &ctx;

	(void)state;
	set_file(c);
	set_open(c);
	OK(c, d->set_version(c->s->db, newest() + 1, &c->err));
	store_close(c->s);
	assert_null(store_open(c->url, &c->err));
	assert_int_equal(c->err.kind, ERR_PERM);
	assert_non_null(strstr(c->err.text, "use the newer program"));
	set_remove_dir(c);
}

static void
test_foreign(void **state)
{
	const struct driver *d = &sqlite_driver;
	struct set_ctx ctx = { 0 }, *c = &ctx;
	struct db *db;

	(void)state;
	set_file(c);
	db = d->open(c->url + 7, &c->err);
	assert_non_null(db);
	OK(c, d->script(db, "CREATE TABLE songs (x TEXT)", &c->err));
	d->close(db);
	assert_null(store_open(c->url, &c->err));
	assert_int_equal(c->err.kind, ERR_PERM);
	assert_non_null(strstr(c->err.text, "belongs to another program"));
	set_remove_dir(c);
}

static void
test_garbage(void **state)
{
	struct set_ctx ctx = { 0 }, *c = &ctx;
	FILE *f;

	(void)state;
	set_file(c);
	f = fopen(c->url + 7, "w");
	assert_non_null(f);
	for (int i = 0; i < 1000; i++)
		assert_true(fputs("this is not a database\n", f) >= 0);
	assert_int_equal(fclose(f), 0);
	assert_null(store_open(c->url, &c->err));
	assert_non_null(strstr(c->err.text, "not a database"));
	set_remove_dir(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_covered),
		cmocka_unit_test(test_newer),
		cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_garbage),
	};

	return test_exit(TEST_ROWS("migrations", runs, test_run) +
	    TEST_ROWS("old stores", old, test_old) +
	    cmocka_run_group_tests_name("stores that are not ours", tests,
	    NULL, NULL));
}
