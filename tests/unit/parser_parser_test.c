/* SPDX-License-Identifier: ISC */
/* Parser: jobs over a link, and digests that fit into a message whatever the
 * mail is like. */
#include "tests/test.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/codec.h"
#include "base/err.h"
#include "base/log.h"
#include "base/str.h"
#include "ev/ev.h"
#include "mail/parse.h"
#include "model/settings.h"
#include "parser/fit.h"
#include "parser/parser.h"
#include "proc/link.h"

#define MAIL "From: a@x.example\r\nSubject: hello\r\n\r\ntext\r\n"

/* ---- fit: what is left of digests of large lists ---- */

struct fit_row {
	const char *name;
	size_t text;		/* bytes */
	size_t to;		/* addresses */
	size_t leaves;
	size_t itips;
	size_t cuts;
	size_t max;
	const char *refused;
	size_t left_text, left_to, left_leaves, left_itips, left_cuts;
};

static const struct fit_row fits[] = {
	{ "small", 100, 2, 1, 1, 3, 65000, "", 100, 2, 1, 1, 3 },
	{ "long text", 24000, 100, 1, 1, 3, 36000, "", 12288, 100, 1, 1, 3 },
	{ "many addresses", 10000, 100, 1, 1, 3, 21000, "", 10000, 30, 1, 1,
	    3 },
	{ "many leaves", 1000, 2, 200, 1, 3, 14000, "", 1000, 2, 50, 1, 3 },
	{ "long calendars", 1000, 2, 1, 20, 3, 65000, "", 1000, 2, 1, 20,
	    3 },
	{ "everything", 24000, 100, 200, 20, 200, 56000, "", 6000, 30, 20,
	    20, 200 },
	{ "cuts stay", 24000, 100, 200, 20, 200, 26000, "", 2000, 5, 5, 5,
	    200 },
	{ "too much", 24000, 100, 200, 20, 200, 4000,
	    "the header of the mail is too complex", 0, 0, 0, 0, 0 },
};

static char *
fill(struct arena *a, size_t n)
{
	char *s = arena_alloc(a, n + 1);

	memset(s, 'x', n);
	return s;
}

static void
make_lists(struct arena *a, const struct fit_row *row, struct digest *d)
{
	size_t i;

	d->to = arena_array(a, row->to, sizeof(*d->to));
	d->n_to = row->to;
	for (i = 0; i < row->to; i++)
		d->to[i].name = d->to[i].addr = d->to[i].key = fill(a, 40);
	d->leaves = arena_array(a, row->leaves, sizeof(*d->leaves));
	d->n_leaves = row->leaves;
	for (i = 0; i < row->leaves; i++)
		d->leaves[i].name = fill(a, 50);
	d->cuts = arena_array(a, row->cuts, sizeof(*d->cuts));
	d->n_cuts = row->cuts;
	for (i = 0; i < row->cuts; i++)
		d->cuts[i].name = fill(a, 50);
	d->itips = arena_array(a, row->itips, sizeof(*d->itips));
	d->n_itips = row->itips;
	for (i = 0; i < row->itips; i++) {
		struct itip *t = &d->itips[i];

		t->description = fill(a, 3000);
		t->comment = t->location = t->summary = t->rrule = "";
		t->attendees = arena_array(a, 200, sizeof(*t->attendees));
		t->n_attendees = 200;
	}
}

static void
test_fit(void **state)
{
	const struct fit_row *row = *state;
	struct arena *a = arena_new();
	struct digest d;
	struct parsed p = { 7, &d, 1 };
	struct str out = STR_EMPTY;

	parse_mail(a, span_of(MAIL), "", parse_defaults(), NULL, &d);
	make_lists(a, row, &d);
	d.text = fill(a, row->text);
	fit_digest(a, &p, row->max);
	assert_string_equal(d.refused, row->refused);
	assert_int_equal(strlen(d.text), row->left_text);
	assert_int_equal(d.n_to, row->left_to);
	assert_int_equal(d.n_leaves, row->left_leaves);
	assert_int_equal(d.n_itips, row->left_itips);
	assert_int_equal(d.n_cuts, row->left_cuts);
	wire_put_parsed(&out, &p);
	assert_true(out.len <= row->max);
	str_done(&out);
	arena_free(a);
}

/* ---- jobs over a local link ---- */

struct core {
	struct ev *ev;
	struct link *ends[2];	/* core's, parser's */
	struct settings settings;
	struct parser *parser;
	struct arena *arena;
	struct parsed last;
	unsigned answers;
	unsigned errors;
};

static void
on_answer(void *arg, struct link *link, uint32_t type, struct span body,
    int *fd)
{
	struct core *c = arg;
	struct dec dec;

	(void)link;
	(void)fd;
	assert_int_equal(type, MSG_PARSED);
	dec_init(&dec, c->arena, body);
	wire_get_parsed(&dec, &c->last);
	assert_true(dec_end(&dec));
	assert_int_equal(c->last.n_digest, 1);
	c->answers++;
}

static const struct link_ops core_ops = { on_answer, NULL };

static void
on_log(void *arg, const char *line)
{
	struct core *c = arg;

	if (strstr(line, "parser-failed") != NULL)
		c->errors++;
}

static int
setup(void **state)
{
	static struct core c;

	memset(&c, 0, sizeof(c));
	c.settings.max_message = 1000;
	c.arena = arena_new();
	c.ev = ev_new_virtual(0);
	c.parser = parser_new(&c.settings);
	link_new_pair(c.ev, &core_ops, &c, parser_ops(), c.parser, c.ends);
	log_sink(on_log, &c);
	*state = &c;
	return 0;
}

static int
teardown(void **state)
{
	struct core *c = *state;

	log_sink(NULL, NULL);
	link_free(c->ends[0]);
	link_free(c->ends[1]);
	parser_free(c->parser);
	ev_free(c->ev);
	arena_free(c->arena);
	return 0;
}

/* Give text as a mail to the parser. */
static void
give(struct core *c, uint32_t job, const char *text)
{
	struct parse msg = { job, "" };
	int fd = memfd_create("mail", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)),
	    (ssize_t)strlen(text));
	assert_int_equal(LINK_PUT(c->ends[0], MSG_PARSE, parse, &msg, fd,
	    NULL), 0);
	(void)close(fd);
	ev_advance(c->ev, 1);
}

static void
test_job(void **state)
{
	struct core *c = *state;

	give(c, 41, MAIL);
	assert_int_equal(c->answers, 1);
	assert_int_equal(c->last.job, 41);
	assert_string_equal(c->last.digest->subject, "hello");
	assert_string_equal(c->last.digest->text, "text\n");
	assert_string_equal(c->last.digest->refused, "");
	assert_int_equal(c->last.digest->size, strlen(MAIL));
	give(c, 42, "");
	assert_int_equal(c->answers, 2);
	assert_int_equal(c->last.job, 42);
	assert_string_equal(c->last.digest->refused, "the mail is empty");
	assert_int_equal(c->errors, 0);
}

static void
test_calendar(void **state)
{
	struct core *c = *state;

	give(c, 1, "From: a@x.example\r\nContent-Type: text/calendar\r\n\r\n"
	    "no calendar\r\n");
	assert_int_equal(c->last.digest->n_itips, 1);
	assert_true(c->last.digest->itips[0].problem[0] != '\0');
}

static void
test_too_large(void **state)
{
	struct core *c = *state;
	char *text = fill(c->arena, 1001);

	give(c, 1, text);
	assert_int_equal(c->answers, 0);
	assert_int_equal(c->errors, 1);
}

static void
test_no_descriptor(void **state)
{
	struct core *c = *state;
	struct parse msg = { 1, "" };

	assert_int_equal(LINK_PUT(c->ends[0], MSG_PARSE, parse, &msg, -1,
	    NULL), 0);
	ev_advance(c->ev, 1);
	assert_int_equal(c->answers, 0);
	assert_int_equal(c->errors, 1);
}

static void
test_broken_message(void **state)
{
	struct core *c = *state;

	assert_int_equal(link_send(c->ends[0], MSG_PARSE, span_of("x"), -1,
	    NULL), 0);
	assert_int_equal(link_send(c->ends[0], MSG_EVENT, span_of(""), -1,
	    NULL), 0);
	ev_advance(c->ev, 1);
	assert_int_equal(c->answers, 0);
	assert_int_equal(c->errors, 2);
}

#define JOB(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int
main(void)
{
	static const struct CMUnitTest jobs[] = {
		JOB(test_job),
		JOB(test_calendar),
		JOB(test_too_large),
		JOB(test_no_descriptor),
		JOB(test_broken_message),
	};
	int failed = 0;

	failed += TEST_ROWS("fit_digest", fits, test_fit);
	failed += cmocka_run_group_tests_name("parser", jobs, NULL, NULL);
	return test_exit(failed);
}
