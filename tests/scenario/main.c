/* SPDX-License-Identifier: ISC */
/*
 * Scenario runner: the whole daemon in one process on a virtual clock: the
 * real core, parser, store and spool, and a relay that does what the script
 * says. One file is one test; each line is a command (see README.md).
 */
#include <fcntl.h>
#include <ftw.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/arena.h"
#include "base/civil.h"
#include "base/codec.h"
#include "base/err.h"
#include "base/file.h"
#include "base/log.h"
#include "base/str.h"
#include "base/xmalloc.h"
#include "conf/conf.h"
#include "core/core.h"
#include "ev/ev.h"
#include "mail/parse.h"
#include "mail/recipe.h"
#include "model/event.h"
#include "model/settings.h"
#include "parser/parser.h"
#include "proc/link.h"
#include "spool/spool.h"

#define MAX_MAILS 100000
#define MAX_VARS 64

struct sent {
	char *rcpt, *from, *bytes, *text;
	bool seen;
};

struct run {
	const char *file;
	size_t line;
	struct arena *arena;
	struct settings *settings;
	struct ev *ev;
	struct core *core;
	struct parser *parser;
	struct spool *spool;
	struct link *intake, *courier, *console, *parser_link;
	struct sent *mails;
	size_t n_mails;
	struct sent *last;
	struct { char *name, *value; } vars[MAX_VARS];
	size_t n_vars;
	uint32_t txn;
	struct str verdict, ctl;
	bool ctl_done, relay_down;
	char *relay_addr;	/* "4xx/5xx text" for this address */
	uint32_t relay_code;
	uint64_t delivered;
};

static void
die(const struct run *r, const char *what, const char *detail)
{
	printf("  %s:%zu: %s: %s\n", r->file, r->line, what, detail);
	printf("  verdict: %s\n  ctl: %s\n", str_get(&r->verdict),
	    str_get(&r->ctl));
	for (size_t i = r->n_mails > 5 ? r->n_mails - 5 : 0; i < r->n_mails;
	    i++)
		printf("  --- mail to %s%s ---\n%.1500s\n", r->mails[i].rcpt,
		    r->mails[i].seen ? " (seen)" : "", r->mails[i].bytes);
	printf("not ok - %s\n", r->file);
	exit(1);
}

/* --- peers: intake, relay, console --- */

static void
on_verdict(void *arg, struct link *link, uint32_t type, struct span body,
    int *fd)
{
	struct run *r = arg;
	struct arena *a = arena_new();
	struct verdict v;
	struct dec d;

	(void)link, (void)type, (void)fd;
	dec_init(&d, a, body);
	wire_get_verdict(&d, &v);
	str_clear(&r->verdict);
	for (size_t i = 0; i < v.n_replies; i++)
		str_addf(&r->verdict, "%u %s\n", v.replies[i].code,
		    v.replies[i].text);
	arena_free(a);
}

static void
on_reply(void *arg, struct link *link, uint32_t type, struct span body,
    int *fd)
{
	struct run *r = arg;
	struct arena *a = arena_new();
	struct ctl_reply v;
	struct dec d;

	(void)link, (void)type, (void)fd;
	dec_init(&d, a, body);
	wire_get_ctl_reply(&d, &v);
	str_addf(&r->ctl, "%s%s%s", v.json, v.text, v.last ? "" : "\n");
	r->ctl_done = v.last;
	arena_free(a);
}

static void
on_closed(void *arg, struct link *link)
{
	(void)arg;
	link_free(link);
}

/* Calendar parts are text to the script, too; unfolded, LF lines. */
static void
show_calendar(struct arena *a, struct span ics, const char *method,
    struct digest *d)
{
	struct str out = STR_EMPTY;

	for (size_t i = 0; i < ics.n; i++) {
		if (i + 1 < ics.n && memcmp(ics.p + i, "\n ", 2) == 0)
			i++;
		else if (ics.p[i] != '\r')
			str_addc(&out, ics.p[i]);
	}
	d->note = arena_printf(a, "%s\nmethod=%s\n%s", d->note, method,
	    str_get(&out));
	str_done(&out);
}

static char *
decoded_text(const char *bytes, size_t n)
{
	struct arena *a = arena_new();
	struct digest d;
	char *text;

	memset(&d, 0, sizeof(d));
	parse_mail(a, span_make(bytes, n), "", parse_defaults(),
	    show_calendar, &d);
	text = xstrdup(arena_printf(a, "Subject: %s\n%s\n%s", d.subject,
	    d.text, d.note));
	arena_free(a);
	return text;
}

static void
keep_mail(struct run *r, const struct copy *c, struct str *bytes)
{
	struct sent *m;

	r->mails = xrealloc(r->mails, (r->n_mails + 1) * sizeof(*r->mails));
	m = &r->mails[r->n_mails++];
	m->rcpt = xstrdup(c->rcpt_to);
	m->from = xstrdup(c->mail_from);
	m->bytes = xstrdup(str_get(bytes));
	m->text = decoded_text(bytes->data, bytes->len);
	m->seen = false;
	r->delivered++;
}

static void
deliver(struct run *r, const struct batch *b, struct span body, size_t i,
    struct result *out)
{
	const struct copy *c = &b->copies[i];
	struct str bytes = STR_EMPTY;

	out->idx = c->idx;
	out->text = "2.0.0 Ok";
	if (r->relay_down) {
		out->outcome = RESULT_RETRY;
		out->text = "no connection";
		return;
	}
	if (r->relay_addr != NULL && strcmp(c->rcpt_to, r->relay_addr) == 0) {
		out->code = r->relay_code;
		out->outcome = out->code >= 500 ? RESULT_FAILED :
		    RESULT_RETRY;
		out->text = "the script says so";
		return;
	}
	recipe_apply(&b->recipe[0], body, c->vars, c->n_vars, &bytes);
	keep_mail(r, c, &bytes);
	str_done(&bytes);
	out->code = 250;
	out->outcome = RESULT_OK;
}

static void
on_batch(void *arg, struct link *link, uint32_t type, struct span msg,
    int *fd)
{
	struct run *r = arg;
	struct arena *a = arena_new();
	struct batch b;
	struct results res = { .last = true };
	struct span body = { "", 0 };
	struct err err = { 0 };
	struct dec d;

	(void)type;
	dec_init(&d, a, msg);
	wire_get_batch(&d, &b);
	if (!dec_end(&d) || b.n_recipe != 1)
		die(r, "broken batch", "");
	if (*fd >= 0 && file_read_fd(a, *fd, 1 << 26, &body, &err) < 0)
		die(r, "body", err.text);
	if (b.n_copies > 0 && recipe_check(&b.recipe[0], body.n,
	    b.copies[0].n_vars, &err) < 0)
		die(r, "recipe", err.text);
	res.batch = b.batch;
	res.results = arena_array(a, b.n_copies, sizeof(*res.results));
	res.n_results = b.n_copies;
	for (size_t i = 0; i < b.n_copies; i++)
		deliver(r, &b, body, i, &res.results[i]);
	if (LINK_PUT(link, MSG_RESULTS, results, &res, -1, &err) < 0)
		die(r, "results", err.text);
	arena_free(a);
}

static const struct link_ops intake_ops = { on_verdict, on_closed };
static const struct link_ops courier_fake_ops = { on_batch, on_closed };
static const struct link_ops console_ops = { on_reply, on_closed };

static void
join(struct run *r, const char *role, const struct link_ops *ops, void *arg,
    struct link **out)
{
	struct core_peer *p = core_peer_new(r->core, role, 0);
	struct link *ends[2];

	link_new_pair(r->ev, core_link_ops(), p, ops, arg, ends);
	*out = ends[1];
	core_peer_link(p, ends[0]);
}

static void
start(struct run *r)
{
	struct err err = { 0 };

	r->core = core_new(r->settings, r->ev, &err);
	if (r->core == NULL)
		die(r, "core does not start", err.text);
	join(r, "intake", &intake_ops, r, &r->intake);
	join(r, "courier", &courier_fake_ops, r, &r->courier);
	join(r, "console", &console_ops, r, &r->console);
	join(r, "parser", parser_ops(), r->parser, &r->parser_link);
}

static void
settle(struct run *r)
{
	ev_advance(r->ev, 100);
}

/* Core is gone without notice; only the disk remains. */
static void
restart(struct run *r)
{
	core_free(r->core);
	settle(r);
	link_free(r->parser_link);
	start(r);
	settle(r);
}

/* --- script --- */

static char *
expand(struct run *r, const char *text)
{
	struct str out = STR_EMPTY;
	char *copy;

	for (const char *p = text; *p != '\0'; p++) {
		const char *end = p[0] == '$' && p[1] == '{' ?
		    strchr(p, '}') : NULL;
		bool known = false;

		for (size_t i = 0; end != NULL && i < r->n_vars; i++)
			if (span_is(span_make(p + 2, (size_t)(end - p - 2)),
			    r->vars[i].name)) {
				str_adds(&out, r->vars[i].value);
				known = true;
			}
		if (end != NULL && !known)
			die(r, "unknown variable", p);
		if (known)
			p = end;
		else
			str_addc(&out, *p);
	}
	copy = str_dup(r->arena, &out);
	str_done(&out);
	return copy;
}

/* send FROM -> TO[, TO]: the lines up to "." are the mail. */
static void
cmd_send(struct run *r, char *args, FILE *in)
{
	char name[SPOOL_NAME_MAX], *line = NULL, *to = strstr(args, " -> ");
	size_t cap = 0;
	struct address rcpts[16];
	struct mail m = { .txn = ++r->txn, .peer = "test [127.0.0.1]",
		.lmtp = true, .rcpts = rcpts };
	struct str bytes = STR_EMPTY;
	struct err err = { 0 };
	struct span list;
	int fd;

	if (to == NULL)
		die(r, "send FROM -> TO", args);
	*to = '\0';
	m.sender = strcmp(args, "<>") == 0 ? "" : args;
	list = span_of(to + 4);
	while (list.p != NULL && list.n > 0 && m.n_rcpts < 16) {
		struct span one = span_trim(span_cut(&list, ','));

		rcpts[m.n_rcpts++].addr = arena_strndup(r->arena, one.p,
		    one.n);
	}
	while (getline(&line, &cap, in) > 0 && strcmp(line, ".\n") != 0) {
		r->line++;
		line[strcspn(line, "\n")] = '\0';
		str_addf(&bytes, "%s\r\n", expand(r, line));
	}
	r->line++;
	free(line);
	fd = spool_new(r->spool, name, &err);
	if (fd < 0 || file_write_all(fd, bytes.data, bytes.len, &err) < 0 ||
	    spool_finish(r->spool, fd, &err) < 0)
		die(r, "spool", err.text);
	m.file = name;
	m.size = (int64_t)bytes.len;
	str_done(&bytes);
	fd = open(arena_printf(r->arena, "%s/incoming/%s",
	    r->settings->spool, name), O_RDONLY | O_CLOEXEC);
	str_clear(&r->verdict);
	if (fd < 0 || LINK_PUT(r->intake, MSG_MAIL, mail, &m, fd, &err) < 0)
		die(r, "offer", err.text);
	(void)close(fd);
	settle(r);
}

static void
cmd_ctl(struct run *r, const char *args)
{
	struct arg items[64];
	struct ctl c = { .args = items };
	struct span rest = span_of(args);
	struct err err = { 0 };
	int fd = -1;

	while (rest.p != NULL && rest.n > 0) {
		struct span word;

		if (rest.p[0] == '"') {
			rest = span_sub(rest, 1, rest.n);
			word = span_cut(&rest, '"');
			rest = span_trim(rest);
		} else {
			word = span_cut(&rest, ' ');
		}
		if (word.n > 5 && span_has_prefix(word, "file:")) {
			fd = open(arena_strndup(r->arena, word.p + 5,
			    word.n - 5), O_RDONLY | O_CLOEXEC);
			continue;
		}
		items[c.n_args++].value = arena_strndup(r->arena, word.p,
		    word.n);
	}
	str_clear(&r->ctl);
	r->ctl_done = false;
	if (LINK_PUT(r->console, MSG_CTL, ctl, &c, fd, &err) < 0)
		die(r, "ctl", err.text);
	if (fd >= 0)
		(void)close(fd);
	settle(r);
	if (!r->ctl_done)
		die(r, "ctl gave no answer", args);
}

static bool
matches(const struct sent *m, const char *to, const char *with)
{
	if (m->seen || (to[0] != '\0' && strcasecmp(m->rcpt, to) != 0))
		return false;
	return strstr(m->text, with) != NULL ||
	    strstr(m->bytes, with) != NULL;
}

static void
expect_mail(struct run *r, const char *to, const char *with)
{
	for (size_t i = 0; i < r->n_mails; i++)
		if (matches(&r->mails[i], to, with)) {
			r->last = &r->mails[i];
			r->last->seen = true;
			return;
		}
	die(r, "no such mail", with);
}

static void
expect_count(struct run *r, size_t want, const char *with)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n_mails; i++)
		if (matches(&r->mails[i], "", with)) {
			r->last = &r->mails[i];
			r->last->seen = true;
			n++;
		}
	if (n != want)
		die(r, "count of mails is", arena_printf(r->arena, "%zu", n));
}

static void
expect_no(struct run *r, const char *to)
{
	for (size_t i = 0; i < r->n_mails; i++)
		if (matches(&r->mails[i], to, "")) {
			r->n_mails = i + 1;
			die(r, "unexpected mail to", r->mails[i].rcpt);
		}
}

static void
expect_in(struct run *r, const char *what, const char *text,
    const char *with)
{
	bool negate = with[0] == '!';

	if ((strstr(text, with + negate) != NULL) == negate)
		die(r, what, with);
}

/* expect mail to A [with T] | expect N mails with T | expect no mail [to A]
 * | expect verdict T | expect ctl T | expect last T */
static void
cmd_expect(struct run *r, char *args)
{
	char *with = strstr(args, " with "), *to;

	if (with != NULL) {
		*with = '\0';
		with += 6;
	}
	if (strncmp(args, "mail to ", 8) == 0)
		expect_mail(r, args + 8, with != NULL ? with : "");
	else if (strncmp(args, "no mail", 7) == 0)
		expect_no(r, (to = strstr(args, " to ")) != NULL ? to + 4 :
		    "");
	else if (strncmp(args, "verdict ", 8) == 0)
		expect_in(r, "verdict", str_get(&r->verdict), args + 8);
	else if (strncmp(args, "ctl ", 4) == 0)
		expect_in(r, "ctl", str_get(&r->ctl), args + 4);
	else if (strncmp(args, "last ", 5) == 0 && r->last != NULL)
		expect_in(r, "last mail", arena_printf(r->arena, "%s\n%s",
		    r->last->bytes, r->last->text), args + 5);
	else if (strstr(args, " mails") != NULL && with != NULL)
		expect_count(r, (size_t)strtoul(args, NULL, 10), with);
	else
		die(r, "unknown expectation", args);
}

/* let NAME = REGEX: the first match (group 1 if there is one) in the last
 * answer of ctl, if it matches there, else in the last mail. */
static void
cmd_let(struct run *r, char *args)
{
	char *pattern = strstr(args, " = ");
	regmatch_t m[2];
	regex_t re;
	char *all;
	int g;

	if (pattern == NULL || r->n_vars == MAX_VARS)
		die(r, "let NAME = REGEX", args);
	*pattern = '\0';
	pattern += 3;
	all = arena_strdup(r->arena, str_get(&r->ctl));
	if (regcomp(&re, pattern, REG_EXTENDED) != 0)
		die(r, "no regular expression", pattern);
	if (regexec(&re, all, 2, m, 0) != 0) {
		all = r->last == NULL ? all : arena_printf(r->arena,
		    "%s\n%s", r->last->bytes, r->last->text);
		if (regexec(&re, all, 2, m, 0) != 0)
			die(r, "no match", pattern);
	}
	g = re.re_nsub > 0 ? 1 : 0;
	for (size_t i = 0; i < r->n_vars; i++)
		if (strcmp(r->vars[i].name, args) == 0)
			r->vars[i].name = arena_strdup(r->arena, "");
	r->vars[r->n_vars].name = arena_strdup(r->arena, args);
	r->vars[r->n_vars++].value = arena_strndup(r->arena,
	    all + m[g].rm_so, (size_t)(m[g].rm_eo - m[g].rm_so));
	regfree(&re);
}

/* pass 90s | 10m | 3h | 2d */
static void
cmd_pass(struct run *r, const char *args)
{
	char *unit;
	int64_t n = strtoll(args, &unit, 10);

	n *= *unit == 'd' ? 86400 : *unit == 'h' ? 3600 : *unit == 'm' ?
	    60 : 1;
	ev_advance(r->ev, n * 1000);
}

static void
cmd_relay(struct run *r, char *args)
{
	r->relay_down = strcmp(args, "down") == 0;
	r->relay_addr = NULL;
	if (args[0] == '4' || args[0] == '5') {
		r->relay_code = (uint32_t)strtoul(args, &args, 10);
		r->relay_addr = arena_strdup(r->arena, args + 1);
	}
}

static void
command(struct run *r, char *line, FILE *in)
{
	if (strncmp(line, "send ", 5) == 0)
		cmd_send(r, expand(r, line + 5), in);
	else if (strncmp(line, "expect ", 7) == 0)
		cmd_expect(r, expand(r, line + 7));
	else if (strncmp(line, "let ", 4) == 0)
		cmd_let(r, line + 4);
	else if (strncmp(line, "ctl ", 4) == 0)
		cmd_ctl(r, expand(r, line + 4));
	else if (strncmp(line, "pass ", 5) == 0)
		cmd_pass(r, line + 5);
	else if (strncmp(line, "relay ", 6) == 0)
		cmd_relay(r, line + 6);
	else if (strcmp(line, "crash") == 0)
		restart(r);
	else if (strcmp(line, "forget mails") == 0)
		for (size_t i = 0; i < r->n_mails; i++)
			r->mails[i].seen = true;
	else
		die(r, "unknown command", line);
}

static void
script(struct run *r, FILE *in)
{
	char *line = NULL;
	size_t cap = 0;

	while (getline(&line, &cap, in) > 0) {
		r->line++;
		line[strcspn(line, "\n")] = '\0';
		if (line[0] != '#' && line[0] != '\0')
			command(r, line, in);
	}
	free(line);
}

static void
quiet(void *arg, const char *line)
{
	(void)arg;
	if (getenv("SCENARIO_LOG") != NULL)
		fprintf(stderr, "%s\n", line);
}

static void
setup(struct run *r, const char *dir)
{
	char *spool = arena_printf(r->arena, "instance.spool=%s", dir);
	char *store = arena_printf(r->arena, "instance.store=sqlite:%s/jcad.db",
	    dir);
	const char *overrides[] = { spool, store, NULL };
	struct civil day = { 2027, 1, 11, 8, 0, 0 };
	struct str problems = STR_EMPTY;
	struct err err = { 0 };

	if (conf_load(r->arena, "tests/scenario/scenario.conf", overrides,
	    &r->settings, &problems) < 0)
		die(r, "scenario.conf", str_get(&problems));
	str_done(&problems);
	r->ev = ev_new_virtual(civil_to_unix(&day) * 1000);
	r->spool = spool_open(dir, &err);
	if (r->spool == NULL)
		die(r, "spool", err.text);
	r->parser = parser_new(r->settings);
	start(r);
}

static void
teardown(struct run *r)
{
	core_free(r->core);
	settle(r);
	link_free(r->parser_link);
	parser_free(r->parser);
	spool_close(r->spool);
	ev_free(r->ev);
	for (size_t i = 0; i < r->n_mails; i++) {
		free(r->mails[i].rcpt);
		free(r->mails[i].from);
		free(r->mails[i].bytes);
		free(r->mails[i].text);
	}
	free(r->mails);
	str_done(&r->verdict);
	str_done(&r->ctl);
	arena_free(r->arena);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st, (void)type, (void)at;
	return remove(path);
}

/* scenario FILE: run one script; its data is in a folder of its own. */
int
main(int argc, char **argv)
{
	struct run r = { .verdict = STR_EMPTY, .ctl = STR_EMPTY };
	char dir[] = "build/scenario-XXXXXX";
	FILE *in;

	if (argc != 2 || (in = fopen(argv[1], "r")) == NULL ||
	    mkdtemp(dir) == NULL) {
		fprintf(stderr, "usage: scenario FILE (in the root folder)\n");
		return 2;
	}
	r.file = argv[1];
	r.arena = arena_new();
	log_sink(quiet, NULL);
	setup(&r, dir);
	script(&r, in);
	(void)fclose(in);
	teardown(&r);
	(void)nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	printf("ok - %s\n", argv[1]);
	return 0;
}
