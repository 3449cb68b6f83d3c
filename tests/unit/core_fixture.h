/* SPDX-License-Identifier: ISC */
/*
 * A core with peers that do what the test says: mails are offered as an intake
 * does, digests are made here (as a parser that may lie, or die), and each
 * batch is kept until the test answers it. Everything runs in one loop on a
 * virtual clock.
 */
#ifndef TESTS_CORE_FIXTURE_H
#define TESTS_CORE_FIXTURE_H

#include "tests/test.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/codec.h"
#include "base/err.h"
#include "base/file.h"
#include "base/log.h"
#include "base/str.h"
#include "conf/conf.h"
#include "core/core.h"
#include "ev/ev.h"
#include "mail/parse.h"
#include "model/event.h"
#include "model/settings.h"
#include "proc/link.h"
#include "spool/spool.h"
#include "store/store.h"

#define COURIERS 2
#define BATCHES 64

struct fix_batch {
	struct batch b;
	struct link *link;
};

struct fix {
	struct arena *a;
	struct ev *ev;
	struct settings *settings;
	struct core *core;
	struct spool *spool;
	struct link *intake, *parser, *console, *courier[COURIERS];
	struct span mail;		/* that the parser has in hand */
	uint32_t job;			/* its number, 0 = none */
	bool parse;			/* digests are made at once */
	struct fix_batch batches[BATCHES];
	size_t n_batches, n_copies;
	bool deliver;			/* batches succeed at once */
	char verdict[400], ctl[4000];
	char dir[64];
	uint32_t txn;
	struct err err;
};

static void
fix_verdict(void *arg, struct link *link, uint32_t type, struct span body,
    int *fd)
{
	struct fix *f = arg;
	struct verdict v;
	struct dec d;

	(void)link, (void)type, (void)fd;
	dec_init(&d, f->a, body);
	wire_get_verdict(&d, &v);
	f->verdict[0] = '\0';
	for (size_t i = 0; i < v.n_replies; i++)
		(void)snprintf(f->verdict + strlen(f->verdict),
		    sizeof(f->verdict) - strlen(f->verdict), "%u ",
		    v.replies[i].code);
}

static void
fix_reply(void *arg, struct link *link, uint32_t type, struct span body,
    int *fd)
{
	struct fix *f = arg;
	struct ctl_reply v;
	struct dec d;

	(void)link, (void)type, (void)fd;
	dec_init(&d, f->a, body);
	wire_get_ctl_reply(&d, &v);
	(void)snprintf(f->ctl + strlen(f->ctl), sizeof(f->ctl) -
	    strlen(f->ctl), "%u %s%s\n", v.status, v.json, v.text);
}

static void
fix_digest(struct fix *f, struct digest *d)
{
	memset(d, 0, sizeof(*d));
	parse_mail(f->a, f->mail, "", parse_defaults(), NULL, d);
}

static void
fix_parsed(struct fix *f, struct digest *d)
{
	struct parsed p = { f->job, d, 1 };

	f->job = 0;
	assert_int_equal(LINK_PUT(f->parser, MSG_PARSED, parsed, &p, -1,
	    &f->err), 0);
}

static void
fix_parse(void *arg, struct link *link, uint32_t type, struct span body,
    int *fd)
{
	struct fix *f = arg;
	struct parse p;
	struct digest d;
	struct dec dec;

	(void)link, (void)type;
	dec_init(&dec, f->a, body);
	wire_get_parse(&dec, &p);
	assert_int_equal(file_read_fd(f->a, *fd, 1 << 20, &f->mail, &f->err),
	    0);
	f->job = p.job;
	if (!f->parse)
		return;
	fix_digest(f, &d);
	fix_parsed(f, &d);
}

/* Answer copies [from, to) of batch k. */
static void
fix_answer(struct fix *f, size_t k, size_t from, size_t to,
    enum result_outcome outcome, uint32_t code, bool last)
{
	struct fix_batch *b = &f->batches[k];
	struct results res = { .batch = b->b.batch, .last = last };

	res.results = arena_array(f->a, b->b.n_copies, sizeof(*res.results));
	for (size_t i = from; i < to; i++) {
		struct result *r = &res.results[res.n_results++];

		r->idx = b->b.copies[i].idx;
		r->outcome = outcome;
		r->code = code;
		r->text = "as the test says";
	}
	assert_int_equal(LINK_PUT(b->link, MSG_RESULTS, results, &res, -1,
	    &f->err), 0);
}

static void
fix_copies(void *arg, struct link *link, uint32_t type, struct span body,
    int *fd)
{
	struct fix *f = arg;
	struct fix_batch *b = &f->batches[f->n_batches];
	struct dec d;

	(void)type, (void)fd;
	assert_true(f->n_batches < BATCHES);
	b->link = link;
	dec_init(&d, f->a, body);
	wire_get_batch(&d, &b->b);
	f->n_batches++;
	f->n_copies += b->b.n_copies;
	if (f->deliver)
		fix_answer(f, f->n_batches - 1, 0, b->b.n_copies, RESULT_OK,
		    250, true);
}

static void
fix_closed(void *arg, struct link *link)
{
	struct fix *f = arg;

	if (f->parser == link)
		f->parser = NULL;
	for (size_t i = 0; i < COURIERS; i++)
		if (f->courier[i] == link)
			f->courier[i] = NULL;
	link_free(link);
}

static const struct link_ops fix_intake = { fix_verdict, fix_closed };
static const struct link_ops fix_console = { fix_reply, fix_closed };
static const struct link_ops fix_parser = { fix_parse, fix_closed };
static const struct link_ops fix_courier = { fix_copies, fix_closed };

static void
fix_join(struct fix *f, const char *role, uint32_t index,
    const struct link_ops *ops, struct link **out)
{
	struct core_peer *p = core_peer_new(f->core, role, index);
	struct link *ends[2];

	link_new_pair(f->ev, core_link_ops(), p, ops, f, ends);
	*out = ends[1];
	core_peer_link(p, ends[0]);
}

static void
fix_settle(struct fix *f)
{
	ev_advance(f->ev, 10);
}

static void
fix_start(struct fix *f)
{
	f->core = core_new(f->settings, f->ev, &f->err);
	if (f->core == NULL)
		fail_msg("core: %s", f->err.text);
	fix_join(f, "intake", 0, &fix_intake, &f->intake);
	fix_join(f, "console", 0, &fix_console, &f->console);
	fix_join(f, "parser", 0, &fix_parser, &f->parser);
	for (uint32_t i = 0; i < COURIERS; i++)
		fix_join(f, "courier", i, &fix_courier, &f->courier[i]);
	fix_settle(f);
}

/* A jcadctl verb; words are parted by blanks. file: name or NULL. */
static void
fix_ctl_put(struct fix *f, const char *words, const char *file)
{
	struct arg args[8];
	struct ctl c = { .args = args };
	struct span rest = span_of(words);
	int fd = file == NULL ? -1 : open(file, O_RDONLY | O_CLOEXEC);

	while (rest.p != NULL && rest.n > 0) {
		struct span w = span_cut(&rest, ' ');

		args[c.n_args++].value = arena_strndup(f->a, w.p, w.n);
	}
	f->ctl[0] = '\0';
	assert_int_equal(LINK_PUT(f->console, MSG_CTL, ctl, &c, fd, &f->err),
	    0);
	if (fd >= 0)
		(void)close(fd);
}

static void
fix_ctl(struct fix *f, const char *words, const char *expected)
{
	fix_ctl_put(f, words, NULL);
	fix_settle(f);
	if (strstr(f->ctl, expected) == NULL)
		fail_msg("%s: %s", words, f->ctl);
}

/* Offer a mail; to: addresses parted by blanks. */
static void
fix_offer(struct fix *f, const char *to, const char *text)
{
	char name[SPOOL_NAME_MAX];
	struct address rcpts[8];
	struct mail m = { .txn = ++f->txn, .file = name, .lmtp = true,
		.sender = "gul@vendor-g.example", .peer = "test [127.0.0.1]",
		.rcpts = rcpts, .size = (int64_t)strlen(text) };
	struct span rest = span_of(to);
	int fd = spool_new(f->spool, name, &f->err);

	while (rest.p != NULL && rest.n > 0) {
		struct span w = span_cut(&rest, ' ');

		rcpts[m.n_rcpts++].addr = arena_strndup(f->a, w.p, w.n);
	}
	assert_true(fd >= 0);
	assert_int_equal(file_write_all(fd, text, strlen(text), &f->err), 0);
	assert_int_equal(spool_finish(f->spool, fd, &f->err), 0);
	fd = open(arena_printf(f->a, "%s/incoming/%s", f->dir, name),
	    O_RDONLY | O_CLOEXEC);
	f->verdict[0] = '\0';
	assert_int_equal(LINK_PUT(f->intake, MSG_MAIL, mail, &m, fd, &f->err),
	    0);
	(void)close(fd);
}

static void
fix_quiet(void *arg, const char *line)
{
	(void)arg;
	if (getenv("CORE_LOG") != NULL)
		(void)fprintf(stderr, "%s\n", line);
}

static struct fix *
fix_open(void)
{
	struct arena *a = arena_new();
	struct fix *f = arena_alloc(a, sizeof(*f));
	const char *overrides[3] = { NULL };
	struct str problems = STR_EMPTY;

	f->a = a;
	f->parse = f->deliver = true;
	(void)snprintf(f->dir, sizeof(f->dir), "build/core-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	overrides[0] = arena_printf(a, "instance.spool=%s", f->dir);
	overrides[1] = arena_printf(a, "instance.store=sqlite:%s/jcad.db",
	    f->dir);
	if (conf_load(a, "tests/scenario/scenario.conf", overrides,
	    &f->settings, &problems) < 0)
		fail_msg("%s", str_get(&problems));
	str_done(&problems);
	log_sink(fix_quiet, NULL);
	f->ev = ev_new_virtual(INT64_C(1799654400) * 1000);
	f->spool = spool_open(f->dir, &f->err);
	fix_start(f);
	fix_ctl_put(f, "member import", "tests/scenario/roster.csv");
	fix_settle(f);
	assert_non_null(strstr(f->ctl, "6 members added"));
	return f;
}

/* Core is gone without notice; only the disk remains. */
static void
fix_stop(struct fix *f)
{
	core_free(f->core);
	fix_settle(f);
	f->n_batches = 0;
}

static int
fix_remove(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st, (void)type, (void)at;
	return remove(path);
}

static void
fix_close(struct fix *f)
{
	struct arena *a = f->a;

	core_free(f->core);
	fix_settle(f);
	spool_close(f->spool);
	ev_free(f->ev);
	(void)nftw(f->dir, fix_remove, 8, FTW_DEPTH | FTW_PHYS);
	arena_free(a);
}

/* Files in a folder of the spool. */
static inline int
fix_count_one(void *arg, const char *name)
{
	(void)name;
	++*(size_t *)arg;
	return 0;
}

static inline size_t
fix_files(struct fix *f, const char *folder)
{
	size_t n = 0;

	assert_int_equal(spool_each(f->spool, folder, fix_count_one, &n,
	    &f->err), 0);
	return n;
}

#define FIX_LIST "jca-qkdn@lists.itu-t.example"
#define FIX_POST(n) "From: Gul <gul@vendor-g.example>\r\n" \
	"Subject: Post " n "\r\nMessage-ID: <" n "@vendor-g.example>\r\n" \
	"Date: Mon, 11 Jan 2027 08:00:00 +0000\r\n\r\ntext " n "\r\n"

#endif
