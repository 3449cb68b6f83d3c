/* SPDX-License-Identifier: ISC */
/*
 * How fast the store is with many members: import, start-up, snapshot and
 * progress of a post. Prints "name value unit" lines, asserts nothing.
 *	import_bench [MEMBERS [FOLDER]]
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "store/store.h"

#define LIST "jca-bench"
#define PAGE 1000
#define GROUP 64	/* results in one commit */

struct bench {
	struct store *s;
	struct err err;
	char dir[128];
	char url[160];
	uint32_t members;
	struct timespec begun;
};

static void
must(struct bench *b, int rc, const char *what)
{
	if (rc == 0)
		return;
	(void)fprintf(stderr, "%s: %s\n", what, b->err.text);
	exit(1);
}

static void
start(struct bench *b)
{
	if (clock_gettime(CLOCK_MONOTONIC, &b->begun) != 0)
		abort();
}

static double
seconds(const struct bench *b)
{
	struct timespec now;

	if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
		abort();
	return (double)(now.tv_sec - b->begun.tv_sec) +
	    (double)(now.tv_nsec - b->begun.tv_nsec) / 1e9;
}

static void
row(const char *name, double value, const char *unit)
{
	(void)printf("%-32s %12.1f %s\n", name, value, unit);
}

static void
open_store(struct bench *b)
{
	b->s = store_open(b->url, &b->err);
	must(b, b->s == NULL, "open");
}

static void
import(struct bench *b)
{
	char key[64], token[32], body[16];
	double s;

	start(b);
	must(b, store_begin(b->s, &b->err), "begin");
	for (uint32_t i = 0; i < b->members; i++) {
		struct seat seat = { .category = "itu-t-sg", .body = body,
			.role = "representative",
			.evidence = "<appointment@lists.itu-t.example>",
			.since_at = 1700000000 };
		struct member m = { .list = LIST, .addr = key, .key = key,
			.name = "Representative of a member", .lang = "en",
			.zone = "Europe/Zurich", .token = token,
			.state = MEMBER_ACTIVE, .mail_on = true,
			.since_at = 1700000000, .seats = &seat,
			.n_seats = 1 };
		int64_t id;

		/* In no order, as addresses and tokens are. */
		(void)snprintf(key, sizeof(key), "member%08x@vendor-g.example",
		    i * 2654435761U);
		(void)snprintf(token, sizeof(token), "%013x",
		    i * 2246822519U);
		(void)snprintf(body, sizeof(body), "SG%u", i % 20);
		must(b, store_member_save(b->s, &m, &id, &b->err), "save");
	}
	must(b, store_commit(b->s, &b->err), "commit");
	s = seconds(b);
	row("store.import.members_per_s", b->members / s, "1/s");
}

static void
start_up(struct bench *b)
{
	struct arena *a = arena_new();
	struct member *page;
	uint32_t *ids;
	int64_t after = 0;
	size_t n, total = 0;

	store_close(b->s);
	start(b);
	open_store(b);
	row("store.open.ms", seconds(b) * 1e3, "ms");
	start(b);
	must(b, store_member_ids(b->s, a, LIST, &ids, &n, &b->err), "ids");
	row("store.member_ids.ms", seconds(b) * 1e3, "ms");
	arena_free(a);
	start(b);
	do {
		a = arena_new();
		must(b, store_members(b->s, a, LIST, MEMBER_ACTIVE, after,
		    PAGE, &page, &n, &b->err), "members");
		if (n > 0)
			after = page[n - 1].id;
		total += n;
		arena_free(a);
	} while (n > 0);
	row("store.members_paged.ms", seconds(b) * 1e3, "ms");
	if (total != b->members)
		(void)fprintf(stderr, "only %zu members\n", total);
}

static void
look_up(struct bench *b)
{
	struct arena *a = arena_new();
	struct member m;
	uint32_t n = b->members < 20000 ? b->members : 20000;

	start(b);
	for (uint32_t i = 0; i < n; i++) {
		char key[64];

		(void)snprintf(key, sizeof(key), "member%08x@vendor-g.example",
		    i * 2654435761U);
		must(b, store_member_by_addr(b->s, a, LIST, key, &m, &b->err),
		    "look up");
		arena_reset(a);
	}
	row("store.by_addr.per_s", n / seconds(b), "1/s");
	start(b);
	for (uint32_t i = 1; i <= n; i++) {
		must(b, store_member_addr(b->s, a, i, &m, &b->err), "addr");
		arena_reset(a);
	}
	row("store.member_addr.per_s", n / seconds(b), "1/s");
	arena_free(a);
}

/* A post to all: the job, then its progress in group commits. */
static void
post(struct bench *b)
{
	struct arena *a = arena_new();
	struct mail_row mail = { .file = "f", .state = MAIL_QUEUED,
		.list = LIST };
	struct job j = { .kind = JOB_POST, .list = LIST };
	size_t n;

	must(b, store_member_ids(b->s, a, LIST, &j.members, &n, &b->err),
	    "ids");
	j.n = n;
	start(b);
	must(b, store_begin(b->s, &b->err), "begin");
	must(b, store_mail_add(b->s, &mail, &j.mail_id, &b->err), "mail");
	must(b, store_job_add(b->s, &j, &j.id, &b->err), "job");
	must(b, store_commit(b->s, &b->err), "commit");
	row("store.job_add.ms", seconds(b) * 1e3, "ms");
	must(b, store_job_get(b->s, a, j.id, &j, &b->err), "job");
	start(b);
	for (size_t i = 0; i < n; i++) {
		j.done[i / 8] |= (uint8_t)(1U << i % 8);
		j.n_done++;
		if (j.n_done % GROUP != 0 && i + 1 < n)
			continue;
		must(b, store_begin(b->s, &b->err), "begin");
		must(b, store_job_progress(b->s, &j, &b->err), "progress");
		must(b, store_commit(b->s, &b->err), "commit");
	}
	row("store.progress.us_per_rcpt", seconds(b) * 1e6 / (double)n, "us");
	arena_free(a);
}

int
main(int argc, char **argv)
{
	struct bench b = { .members = 100000 };
	struct rusage use;
	char path[192];

	if (argc > 1)
		b.members = (uint32_t)strtoul(argv[1], NULL, 10);
	(void)snprintf(b.dir, sizeof(b.dir), "%s/jcad-bench-XXXXXX",
	    argc > 2 ? argv[2] : "/tmp");
	if (b.members == 0 || mkdtemp(b.dir) == NULL) {
		(void)fprintf(stderr, "usage: import_bench [MEMBERS "
		    "[FOLDER]]\n");
		return 2;
	}
	(void)snprintf(b.url, sizeof(b.url), "sqlite:%s/store.db", b.dir);
	open_store(&b);
	import(&b);
	start_up(&b);
	look_up(&b);
	post(&b);
	store_close(b.s);
	if (getrusage(RUSAGE_SELF, &use) == 0)
		row("store.rss_max_mb", (double)use.ru_maxrss / 1024, "MB");
	(void)snprintf(path, sizeof(path), "%s/store.db", b.dir);
	(void)unlink(path);	/* left over in /tmp at worst */
	(void)rmdir(b.dir);
	return 0;
}
