/* SPDX-License-Identifier: ISC */
/*
 * The courier role as an object on a local link: batches as core sends them,
 * results as core gets them.
 */
#include "tests/test.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/codec.h"
#include "base/err.h"
#include "base/file.h"
#include "base/log.h"
#include "base/str.h"
#include "courier/courier.h"
#include "ev/ev.h"
#include "mail/recipe.h"
#include "model/event.h"
#include "model/settings.h"
#include "proc/link.h"

#define BODY "Date: d\r\nFrom: f\r\n\r\nhello\r\n"
#define COPIES 150

struct bed {
	struct settings settings;
	char dir[64], url[96];
	struct ev *ev;
	struct courier *courier;
	struct link *ends[2];	/* courier's, core's */
	struct arena *arena;
	unsigned parts, lasts, results;
	unsigned outcomes[3];
	bool seen[COPIES];
	const char *text;	/* of the last result */
	bool gone;
};

static void
no_log(void *arg, const char *line)
{
	(void)arg;
	(void)line;
}

static void
on_results(void *arg, struct link *link, uint32_t type, struct span body,
    int *fd)
{
	struct bed *b = arg;
	struct results msg;
	struct dec d;

	(void)link;
	assert_int_equal(type, MSG_RESULTS);
	assert_int_equal(*fd, -1);
	dec_init(&d, b->arena, body);
	wire_get_results(&d, &msg);
	assert_true(dec_end(&d));
	assert_int_equal(msg.batch, 9);
	assert_int_equal(b->lasts, 0);
	b->parts++;
	b->lasts += msg.last;
	for (size_t i = 0; i < msg.n_results; i++) {
		assert_true(msg.results[i].idx < COPIES);
		assert_false(b->seen[msg.results[i].idx]);
		b->seen[msg.results[i].idx] = true;
		b->outcomes[msg.results[i].outcome]++;
		b->text = msg.results[i].text;
		b->results++;
	}
}

static void
on_gone(void *arg, struct link *link)
{
	struct bed *b = arg;

	(void)link;
	b->gone = true;
}

static const struct link_ops core_ops = { on_results, on_gone };

static int
setup(void **state)
{
	struct bed *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	log_sink(no_log, NULL);
	(void)snprintf(b->dir, sizeof(b->dir), "/tmp/jcad-courier-XXXXXX");
	assert_non_null(mkdtemp(b->dir));
	(void)snprintf(b->url, sizeof(b->url), "outbox:%s", b->dir);
	b->settings.relay_url = b->url;
	b->arena = arena_new();
	b->ev = ev_new_virtual(1800000000000);
	b->courier = courier_new(&b->settings, b->ev);
	link_new_pair(b->ev, courier_ops(), b->courier, &core_ops, b,
	    b->ends);
	*state = b;
	return 0;
}

static unsigned
files(const struct bed *b)
{
	DIR *d = opendir(b->dir);
	struct dirent *e;
	unsigned n = 0;

	assert_non_null(d);
	while ((e = readdir(d)) != NULL)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			n++;
	(void)closedir(d);
	return n;
}

static int
teardown(void **state)
{
	struct bed *b = *state;
	DIR *d = opendir(b->dir);
	struct dirent *e;

	link_free(b->ends[0]);
	link_free(b->ends[1]);
	courier_free(b->courier);
	ev_free(b->ev);
	while (d != NULL && (e = readdir(d)) != NULL)
		(void)unlinkat(dirfd(d), e->d_name, 0);
	if (d != NULL)
		(void)closedir(d);
	(void)rmdir(b->dir);
	arena_free(b->arena);
	log_sink(NULL, NULL);
	free(b);
	return 0;
}

static void
turn(struct bed *b)
{
	while (ev_turn(b->ev, 0) > 0)
		;
}

/* A descriptor of a file with BODY that has no name any more. */
static int
body_fd(const struct bed *b)
{
	int fd = open(b->dir, O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(file_write_all(fd, BODY, strlen(BODY), NULL), 0);
	return fd;
}

/* Send n copies of "List-Id: VAR" and bytes [0, len) of the body. */
static void
send_batch(struct bed *b, size_t n, uint32_t len, int fd)
{
	struct recipe_builder rb;
	struct recipe recipe;
	struct batch batch = { .batch = 9, .job = 1, .message_id = "",
		.recipe = &recipe, .n_recipe = 1, .n_copies = n };
	struct err err;

	recipe_begin(&rb, b->arena);
	recipe_texts(&rb, "List-Id: ");
	recipe_var(&rb, 0);
	recipe_texts(&rb, "\r\n");
	recipe_body(&rb, 0, len);
	recipe = *recipe_end(&rb);
	batch.copies = arena_array(b->arena, n, sizeof(*batch.copies));
	for (size_t i = 0; i < n; i++) {
		batch.copies[i].idx = (uint32_t)i;
		batch.copies[i].mail_from = "a@lists.itu-t.example";
		batch.copies[i].rcpt_to = "b@vendor-g.example";
		batch.copies[i].vars = arena_array(b->arena, 1,
		    sizeof(struct var));
		batch.copies[i].vars[0].value = "<x>";
		batch.copies[i].n_vars = 1;
	}
	assert_int_equal(LINK_PUT(b->ends[1], MSG_COPIES, batch, &batch, fd,
	    &err), 0);
	turn(b);
}

static void
test_batch(void **state)
{
	struct bed *b = *state;
	struct span mail;
	int fd = body_fd(b), dir = open(b->dir, O_RDONLY | O_DIRECTORY);

	send_batch(b, COPIES, UINT32_MAX, fd);
	(void)close(fd);
	assert_int_equal(b->results, COPIES);
	assert_int_equal(b->outcomes[RESULT_OK], COPIES);
	assert_int_equal(b->lasts, 1);
	assert_int_equal(b->parts, 3);	/* 64, 64, 22 */
	assert_int_equal(files(b), COPIES);
	assert_int_equal(file_read(b->arena, dir, "1800000000000-9-149.eml",
	    10000, &mail, NULL), 0);
	assert_string_equal(mail.p, "Return-Path: <a@lists.itu-t.example>\r\n"
	    "Delivered-To: b@vendor-g.example\r\nList-Id: <x>\r\n" BODY);
	(void)close(dir);
}

static void
test_empty_batch(void **state)
{
	struct bed *b = *state;

	send_batch(b, 0, 0, -1);
	assert_int_equal(b->lasts, 1);
	assert_int_equal(b->results, 0);
}

/* Copies without a body consist of the recipe's own texts. */
static void
test_no_body(void **state)
{
	struct bed *b = *state;

	send_batch(b, 2, 0, -1);
	assert_int_equal(b->outcomes[RESULT_OK], 2);
}

static void
test_bad_recipe(void **state)
{
	struct bed *b = *state;
	int fd = body_fd(b);

	send_batch(b, 3, 1000, fd);
	(void)close(fd);
	assert_int_equal(b->outcomes[RESULT_FAILED], 3);
	assert_int_equal(b->lasts, 1);
	assert_non_null(strstr(b->text, "recipe step"));
	assert_int_equal(files(b), 0);
}

/* What cannot be opened now may be later. */
static void
test_no_transport(void **state)
{
	struct bed *b = *state;

	b->settings.relay_url = "outbox:/dev/null/x";
	send_batch(b, 3, 0, -1);
	assert_int_equal(b->outcomes[RESULT_RETRY], 3);
	assert_int_equal(b->lasts, 1);
	b->lasts = 0;
	memset(b->seen, 0, sizeof(b->seen));
	b->settings.relay_url = b->url;
	send_batch(b, 3, 0, -1);
	assert_int_equal(b->outcomes[RESULT_OK], 3);
}

static void
test_default_folder(void **state)
{
	struct bed *b = *state;
	char path[80];
	struct span mail;
	int dir;

	b->settings.relay_url = "";
	b->settings.spool = b->dir;
	send_batch(b, 1, 0, -1);
	assert_int_equal(b->outcomes[RESULT_OK], 1);
	(void)snprintf(path, sizeof(path), "%s/outbox", b->dir);
	dir = open(path, O_RDONLY | O_DIRECTORY);
	assert_int_equal(file_read(b->arena, dir, "1800000000000-9-0.eml",
	    10000, &mail, NULL), 0);
	assert_int_equal(unlinkat(dir, "1800000000000-9-0.eml", 0), 0);
	(void)close(dir);
	(void)rmdir(path);
}

/* A message that is no batch ends the courier; core sends all again to the
 * next one. */
static void
test_no_batch(void **state)
{
	struct bed *b = *state;
	struct err err;

	assert_int_equal(link_send(b->ends[1], MSG_COPIES, span_of("nonsense"),
	    -1, &err), 0);
	ev_run(b->ev);
	assert_int_equal(b->parts, 0);
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_batch),
		CASE(test_empty_batch),
		CASE(test_no_body),
		CASE(test_bad_recipe),
		CASE(test_no_transport),
		CASE(test_default_folder),
		CASE(test_no_batch),
	};

	return test_exit(cmocka_run_group_tests_name("courier", tests, NULL,
	    NULL));
}
