/* SPDX-License-Identifier: ISC */
/*
 * The contract of every transport: one result a copy, true to what became of
 * it, and the bytes of each mail unchanged. First what holds for all kinds,
 * then relays that misbehave (tests/tools/smtp_peer.py, on loopback).
 */
#include "tests/test.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "base/str.h"
#include "courier/nodelay.h"
#include "courier/transport.h"
#include "ev/ev.h"
#include "mail/recipe.h"
#include "model/settings.h"

#define PEER "tests/tools/smtp_peer.py"
#define COPIES_MAX 20
#define HEADER "Date: d\r\nFrom: f\r\nMessage-ID: <i@lists.itu-t.example>\r\n"
#define MAIL HEADER "Subject: s\r\n\r\nhello\r\n.\r\n..dots\r\n"

struct bed {
	struct arena *arena;
	struct settings settings;
	struct ev *ev;
	char dir[64];
	pid_t peer;
	int port;
	/* what came back */
	struct str outcomes;	/* "ok:250 retry:0 ..." in copies' order */
	const char *tokens[COPIES_MAX];
	const char *texts[COPIES_MAX];
	size_t n_results;
	int dones;
	const struct batch *batch;
};

/* --- a peer --- */

static void
peer_exec(struct bed *b, int out, const char *ext, const char *cert,
    const char *const *rules)
{
	const char *argv[20] = { "/usr/bin/python3", PEER, "--save", b->dir,
		"--ext", ext };
	int n = 6;

	if (cert != NULL) {
		argv[n++] = "--cert";
		argv[n++] = cert;
	}
	for (int i = 0; i < 8 && rules[i] != NULL; i++)
		argv[n++] = rules[i];
	if (dup2(out, STDOUT_FILENO) >= 0)
		(void)execv(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

static void
peer_start(struct bed *b, const char *ext, const char *cert,
    const char *const *rules)
{
	char text[16] = "";
	int fds[2];
	size_t n = 0;

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	b->peer = fork();
	assert_true(b->peer >= 0);
	if (b->peer == 0)
		peer_exec(b, fds[1], ext, cert, rules);
	(void)close(fds[1]);
	while (n < sizeof(text) - 1 && strchr(text, '\n') == NULL &&
	    read(fds[0], text + n, 1) == 1)
		n++;
	(void)close(fds[0]);
	b->port = (int)strtol(text, NULL, 10);
	assert_true(b->port > 0);
}

static void
peer_stop(struct bed *b)
{
	if (b->peer <= 0)
		return;
	(void)kill(b->peer, SIGKILL);
	assert_int_equal(waitpid(b->peer, NULL, 0), b->peer);
	b->peer = 0;
}

/* --- bed --- */

static struct bed *
bed_new(void)
{
	struct bed *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	(void)signal(SIGPIPE, SIG_IGN);
	b->arena = arena_new();
	b->ev = ev_new_virtual(1800000000000);
	b->settings = (struct settings){ .hostname = "lists.itu-t.example",
		.relay_tls = "none", .relay_ca = "", .relay_user = "",
		.relay_password_file = "", .relay_timeout_s = 10 };
	(void)snprintf(b->dir, sizeof(b->dir), "/tmp/jcad-courier-XXXXXX");
	assert_non_null(mkdtemp(b->dir));
	return b;
}

static void
bed_free(struct bed *b)
{
	struct dirent *e;
	DIR *d = opendir(b->dir);

	peer_stop(b);
	while (d != NULL && (e = readdir(d)) != NULL)
		(void)unlinkat(dirfd(d), e->d_name, 0);
	if (d != NULL)
		(void)closedir(d);
	(void)rmdir(b->dir);
	str_done(&b->outcomes);
	ev_free(b->ev);
	arena_free(b->arena);
	free(b);
}

static struct span
read_saved(struct bed *b, const char *name)
{
	struct span out = { NULL, 0 };
	int dir = open(b->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (file_read(b->arena, dir, name, 10000000, &out, NULL) != 0)
		out = span_make(NULL, 0);
	(void)close(dir);
	return out;
}

/* --- sending --- */

static void
on_result(void *arg, const struct result *r)
{
	static const char *const names[] = { "ok", "retry", "failed" };
	struct bed *b = arg;

	/* idx is 100 for the first copy: it need not be the place. */
	assert_true(r->idx >= 100 && r->idx - 100 < b->batch->n_copies);
	assert_null(b->tokens[r->idx - 100]);
	assert_int_equal(b->dones, 0);
	b->tokens[r->idx - 100] = arena_printf(b->arena, "%s:%u",
	    names[r->outcome], r->code);
	b->texts[r->idx - 100] = arena_strdup(b->arena, r->text);
	b->n_results++;
}

static void
on_done(void *arg)
{
	struct bed *b = arg;

	b->dones++;
}

/* Send copies (whole mails in vars[0]) and gather the results. */
static void
send_copies(struct bed *b, struct copy *copies, size_t n, bool eight_bit,
    bool utf8)
{
	struct recipe_builder rb;
	struct batch batch = { .batch = 7, .job = 1, .eight_bit = eight_bit,
		.utf8 = utf8, .message_id = "<i@lists.itu-t.example>",
		.n_recipe = 1, .copies = copies, .n_copies = n };
	struct transport_order order = { .batch = &batch,
		.body = span_make("", 0), .result = on_result,
		.done = on_done, .arg = b };
	struct transport *t;
	struct err err = { 0 };
	struct recipe recipe;

	recipe_begin(&rb, b->arena);
	recipe_var(&rb, 0);
	recipe = *recipe_end(&rb);
	batch.recipe = &recipe;
	b->batch = &batch;
	t = transport_open(&b->settings, b->ev, &err);
	if (t == NULL)
		fail_msg("%s", err.text);
	transport_send(t, &order);
	transport_close(t);
	assert_int_equal(b->dones, 1);
	assert_int_equal(b->n_results, n);
	for (size_t i = 0; i < n; i++)
		str_addf(&b->outcomes, "%s%s", i > 0 ? " " : "",
		    b->tokens[i]);
}

static struct copy *
make_copies(struct bed *b, size_t n, const char *mail)
{
	struct copy *copies = arena_array(b->arena, n, sizeof(*copies));

	for (size_t i = 0; i < n; i++) {
		copies[i].idx = 100 + (uint32_t)i;
		copies[i].mail_from = "jca-qkdn-b-x@lists.itu-t.example";
		copies[i].rcpt_to = arena_printf(b->arena,
		    "member%zu@vendor-g.example", i);
		copies[i].vars = arena_array(b->arena, 1,
		    sizeof(*copies[i].vars));
		copies[i].vars[0].value = mail;
		copies[i].n_vars = 1;
	}
	return copies;
}

/* --- what holds for all --- */

enum kind { KIND_OUTBOX, KIND_ESMTP, KIND_ESMTP_BDAT };

struct common_row {
	const char *name;
	const char *mail;
	const char *from, *to;	/* NULL = good ones */
	const char *outcome;	/* of each of two copies; "ok:250" */
	const char *added;	/* what a transport may put behind */
	bool utf8;
	bool files_only;	/* what esmtp:// refuses */
};

static const struct common_row common_rows[] = {
	{ "a mail, byte for byte", MAIL, NULL, NULL, "ok:250", "", false,
	    false },
	{ "fields that libesmtp would drop", "Return-Path: <x@y.example>\r\n"
	    HEADER "Cc: a@b.example\r\nCc: c@d.example\r\nReply-To: a\r\n"
	    "Reply-To: b\r\nOriginal-Recipient: rfc822;x\r\n"
	    "Resent-Reply-To: z\r\nDate: again\r\nDate : x\r\n"
	    "DKIM-Signature: v=1;\r\n\tb=abc\r\n\r\nx\r\n", NULL, NULL,
	    "ok:250", "", false, false },
	{ "fields that libesmtp would add", "Subject: something\r\n"
	    "To: ada@vendor-g.example\r\nX-Something: long enough\r\n\r\nx\r\n",
	    NULL, NULL, "ok:250", "", false, false },
	{ "a field that begins with a dot", ".odd: x\r\n" HEADER "\r\n.\r\n",
	    NULL, NULL, "ok:250", "", false, false },
	{ "8-bit text", HEADER "\r\nGen\xc3\xa8ve\r\n", NULL, NULL, "ok:250",
	    "", false, false },
	{ "a last line without end", HEADER "\r\nx", NULL, NULL, "ok:250",
	    "\r\n", false, false },
	{ "an empty sender", MAIL, "", NULL, "ok:250", "", false, false },
	{ "no blank line", HEADER, NULL, NULL, "ok:250", "", false, true },
	{ "a bare LF", HEADER "\r\nx\n.\ny\r\n", NULL, NULL, "failed:0", "",
	    false, false },
	{ "a bare CR", HEADER "\r\nx\ry\r\n", NULL, NULL, "failed:0", "",
	    false, false },
	{ "nothing", "", NULL, NULL, "failed:0", "", false, false },
	{ "a recipient with a line break", MAIL, NULL,
	    "a@b.example>\r\nRSET\r\n<c@d.example", "failed:0", "", false,
	    false },
	{ "a sender with a line break", MAIL, "a\r\nb@c.example", NULL,
	    "failed:0", "", false, false },
	{ "an international address", MAIL, NULL, "j\xc3\xb6rg@b.example",
	    "ok:250", "", false, true },
	{ "an international mail", MAIL, NULL, NULL, "ok:250", "", true,
	    true },
};

static const char *
mail_on_disk(struct bed *b, enum kind kind, const struct copy *copy,
    const char *mail)
{
	if (kind != KIND_OUTBOX)
		return mail;
	return arena_printf(b->arena,
	    "Return-Path: <%s>\r\nDelivered-To: %s\r\n%s", copy->mail_from,
	    copy->rcpt_to, mail);
}

static void
check_saved(struct bed *b, enum kind kind, const struct common_row *row,
    const struct copy *copies)
{
	const char *mail = arena_printf(b->arena, "%s%s", row->mail,
	    row->added);

	for (unsigned i = 0; i < 2; i++) {
		const char *name = kind == KIND_OUTBOX ?
		    arena_printf(b->arena, "1800000000000-7-%u.eml", 100 + i) :
		    arena_printf(b->arena, "%u", i + 1);
		struct span got = read_saved(b, name);

		assert_non_null(got.p);
		assert_string_equal(got.p,
		    mail_on_disk(b, kind, &copies[i], mail));
	}
}

static void
run_common(const struct common_row *row, enum kind kind)
{
	static const char *const no_rules[] = { NULL };
	struct bed *b = bed_new();
	struct copy *copies = make_copies(b, 2, row->mail);
	bool refused = row->files_only && kind != KIND_OUTBOX &&
	    strstr(row->name, "international") != NULL;
	const char *one = refused ? "failed:0" : row->outcome;

	for (int i = 0; i < 2; i++) {
		if (row->from != NULL)
			copies[i].mail_from = row->from;
		if (row->to != NULL)
			copies[i].rcpt_to = row->to;
	}
	if (kind == KIND_OUTBOX) {
		b->settings.relay_url = arena_printf(b->arena, "outbox:%s",
		    b->dir);
	} else {
		peer_start(b, kind == KIND_ESMTP ? "PIPELINING,8BITMIME,DSN" :
		    "PIPELINING,8BITMIME,CHUNKING", NULL, no_rules);
		b->settings.relay_url = arena_printf(b->arena,
		    "esmtp://127.0.0.1:%d", b->port);
	}
	send_copies(b, copies, 2, false, row->utf8);
	peer_stop(b);
	assert_string_equal(str_get(&b->outcomes),
	    arena_printf(b->arena, "%s %s", one, one));
	if (strcmp(one, "ok:250") != 0)
		assert_null(read_saved(b, "1").p);
	else if (!row->files_only || kind == KIND_OUTBOX)
		check_saved(b, kind, row, copies);
	bed_free(b);
}

static void
test_outbox(void **state)
{
	run_common(*state, KIND_OUTBOX);
}

static void
test_esmtp(void **state)
{
	run_common(*state, KIND_ESMTP);
}

static void
test_esmtp_bdat(void **state)
{
	run_common(*state, KIND_ESMTP_BDAT);
}

/* --- relays that misbehave --- */

struct bad_row {
	const char *name;
	const char *ext;	/* NULL = PIPELINING,8BITMIME */
	const char *rules[8];
	size_t n;
	const char *outcomes;
	const char *text;	/* part of the first text that is not ok */
	int saved;		/* mails that the relay has */
	const char *mail;	/* NULL = MAIL */
};

#define BDAT "PIPELINING,8BITMIME,CHUNKING"

static const struct bad_row bad_rows[] = {
	{ "all is well", NULL, { NULL }, 5,
	    "ok:250 ok:250 ok:250 ok:250 ok:250", NULL, 5, NULL },
	{ "no extensions", "", { NULL }, 2, "ok:250 ok:250", NULL, 2, NULL },
	{ "only HELO", NULL, { "EHLO=502 5.5.1 what" }, 2, "ok:250 ok:250",
	    NULL, 2, NULL },
	{ "8-bit text in the reply to EHLO", "X\xc3\xa8,\xc3\xa8\xc3\xa9,"
	    "8BITMIME", { NULL }, 2, "ok:250 ok:250", NULL, 2, NULL },
	{ "replies of many lines", "PIPELINING,ENHANCEDSTATUSCODES", {
	    "CONNECT=220-a|220-b|220 c", "RCPT=250-2.1.5 a|250 2.1.5 b",
	    "DOT#2=550-5.7.1 one|550-5.7.1 two|550 5.7.1 three" }, 2,
	    "ok:250 failed:550", "550 5.7.1 one two three", 1, NULL },
	{ "enhanced codes that differ", "PIPELINING,ENHANCEDSTATUSCODES", {
	    "RCPT#1=550-5.7.1 one|550 5.1.1 two" }, 2,
	    "failed:550 ok:250", "550 5.7.1", 1, NULL },

	{ "421 instead of a greeting", NULL, { "CONNECT=421 4.3.2 busy" }, 2,
	    "retry:0 retry:0", "421 4.3.2 busy", 0, NULL },
	{ "554 instead of a greeting", NULL, { "CONNECT=554 5.3.2 no" }, 2,
	    "retry:0 retry:0", "554 5.3.2 no", 0, NULL },
	{ "dropped at once", NULL, { "CONNECT=drop" }, 2, "retry:0 retry:0",
	    "dropped connection", 0, NULL },
	{ "421 to EHLO", NULL, { "EHLO=421 4.3.2 later" }, 1, "retry:0",
	    "421 4.3.2 later", 0, NULL },
	{ "554 to EHLO", NULL, { "EHLO=554 5.7.1 not you" }, 1, "retry:0",
	    "554 5.7.1 not you", 0, NULL },
	{ "dropped at EHLO", NULL, { "EHLO=drop" }, 1, "retry:0",
	    "no session", 0, NULL },

	{ "451 to MAIL", NULL, { "MAIL#2=451 4.3.0 later" }, 3,
	    "ok:250 retry:451 ok:250", "451 4.3.0 later", 2, NULL },
	{ "550 to MAIL", NULL, { "MAIL#1=550 5.7.1 no" }, 3,
	    "failed:550 ok:250 ok:250", "550 5.7.1 no", 2, NULL },
	{ "550 to each MAIL", NULL, { "MAIL=550 5.7.1 no" }, 3,
	    "failed:550 failed:550 failed:550", "550 5.7.1 no", 0, NULL },
	{ "dropped at MAIL", NULL, { "MAIL#2=drop" }, 3,
	    "ok:250 ok:250 ok:250", NULL, 3, NULL },
	{ "421 to MAIL and gone", NULL, { "MAIL#2=answer-drop:421 bye" }, 3,
	    "ok:250 ok:250 ok:250", NULL, 3, NULL },
	{ "421 to each MAIL", NULL, { "MAIL=answer-drop:421 bye" }, 3,
	    "retry:421 retry:0 retry:0", "421 bye", 0, NULL },
	{ "421 to each MAIL, and still there", NULL, { "MAIL=421 bye" }, 3,
	    "retry:421 retry:421 retry:0", "421 bye", 0, NULL },
	{ "two mails a connection", NULL, { "MAIL#3=answer-drop:421 enough",
	    "MAIL#6=answer-drop:421 enough" }, 5,
	    "ok:250 ok:250 ok:250 ok:250 ok:250", NULL, 5, NULL },
	{ "530 to MAIL is not the member's fault", NULL, {
	    "MAIL=530 5.7.0 log in" }, 2, "retry:530 retry:530",
	    "530 5.7.0 log in", 0, NULL },

	{ "451 to RCPT", NULL, { "RCPT#2=451 4.2.1 full" }, 3,
	    "ok:250 retry:451 ok:250", "451 4.2.1 full", 2, NULL },
	{ "550 to RCPT", NULL, { "RCPT#1=550 5.1.1 who" }, 3,
	    "failed:550 ok:250 ok:250", "550 5.1.1 who", 2, NULL },
	{ "all recipients refused", NULL, { "RCPT=550 5.1.1 who" }, 3,
	    "failed:550 failed:550 failed:550", "550 5.1.1 who", 0, NULL },
	{ "all refused, but 354 and 250 all the same", NULL, {
	    "RCPT=550 5.1.1 who", "DATA=354 go on" }, 2,
	    "failed:550 failed:550", "550 5.1.1 who", 2, NULL },
	{ "all refused without PIPELINING", "8BITMIME", {
	    "RCPT=550 5.1.1 who" }, 2, "failed:550 failed:550",
	    "550 5.1.1 who", 0, NULL },
	{ "dropped at RCPT", NULL, { "RCPT#2=drop" }, 3,
	    "ok:250 retry:0 ok:250", "before an answer", 2, NULL },

	{ "451 to DATA", NULL, { "DATA#2=451 4.3.0 later" }, 3,
	    "ok:250 retry:451 ok:250", "451 4.3.0 later", 2, NULL },
	{ "554 to DATA", NULL, { "DATA#1=554 5.6.0 no" }, 3,
	    "failed:554 ok:250 ok:250", "554 5.6.0 no", 2, NULL },
	{ "554 to each DATA", NULL, { "DATA=554 5.6.0 no" }, 4,
	    "failed:554 failed:554 failed:554 failed:554", "554 5.6.0 no", 0,
	    NULL },
	{ "250 to DATA", NULL, { "DATA#2=250 huh" }, 2, "ok:250 retry:0",
	    "before an answer", 1, NULL },
	{ "dropped at DATA", NULL, { "DATA#2=drop" }, 3,
	    "ok:250 retry:0 ok:250", "before an answer", 2, NULL },
	{ "dropped inside the data", NULL, { "DATA#2=cut:20" }, 3,
	    "ok:250 retry:0 ok:250", "before an answer", 2, NULL },

	{ "451 to the final dot", NULL, { "DOT#2=451 4.3.0 later" }, 3,
	    "ok:250 retry:451 ok:250", "451 4.3.0 later", 2, NULL },
	{ "550 to the final dot", NULL, { "DOT#1=550 5.7.1 spam" }, 3,
	    "failed:550 ok:250 ok:250", "550 5.7.1 spam", 2, NULL },
	{ "550 to each final dot", NULL, { "DOT=550 5.7.1 spam" }, 3,
	    "failed:550 failed:550 failed:550", "550 5.7.1 spam", 0, NULL },
	{ "dropped after the final dot", NULL, { "DOT#2=drop" }, 3,
	    "ok:250 retry:0 ok:250", "before an answer", 2, NULL },
	{ "421 to the final dot and gone", NULL, {
	    "DOT#2=answer-drop:421 4.3.2 bye" }, 3,
	    "ok:250 ok:250 ok:250", NULL, 3, NULL },
	{ "dropped at QUIT", NULL, { "QUIT=drop" }, 2, "ok:250 ok:250", NULL,
	    2, NULL },

	{ "chunks", BDAT, { NULL }, 3, "ok:250 ok:250 ok:250", NULL, 3,
	    NULL },
	{ "451 to the last chunk", BDAT, { "BDAT#6=451 4.3.0 later" }, 3,
	    "ok:250 retry:451 ok:250", "451 4.3.0 later", 2, NULL },
	{ "550 to the last chunk", BDAT, { "BDAT#3=550 5.7.1 spam" }, 3,
	    "failed:550 ok:250 ok:250", "550 5.7.1 spam", 2, NULL },
	{ "452 to the first chunk is no 5xx", BDAT, {
	    "BDAT#1=452 4.3.1 full" }, 2, "retry:503 ok:250", "503", 1, NULL },
	{ "550 to RCPT before chunks", BDAT, { "RCPT#1=550 5.1.1 who" }, 2,
	    "failed:550 ok:250", "550 5.1.1 who", 1, NULL },
	{ "dropped inside a chunk", BDAT, { "BDAT#5=cut:3" }, 3,
	    "ok:250 retry:0 ok:250", "before an answer", 2, NULL },
	{ "dropped after the last chunk", BDAT, { "BDAT#6=drop" }, 3,
	    "ok:250 retry:0 ok:250", "before an answer", 2, NULL },

	{ "8-bit mail, and no 8BITMIME", "PIPELINING", { NULL }, 3,
	    "failed:0 failed:0 failed:0", "8BITMIME", 0,
	    HEADER "\r\n\xc3\xa8\r\n" },
	{ "a slow relay", NULL, { "EHLO=slow:300", "DOT=slow:300" }, 2,
	    "ok:250 ok:250", NULL, 2, NULL },
	{ "a silent relay", NULL, { "DOT#2=silent" }, 3,
	    "ok:250 retry:0 retry:0", "before an answer", 1, NULL },
	{ "a relay that never greets", NULL, { "CONNECT=silent" }, 2,
	    "retry:0 retry:0", "no session", 0, NULL },
};

static int
count_saved(struct bed *b)
{
	int n = 0;

	while (read_saved(b, arena_printf(b->arena, "%d", n + 1)).p != NULL)
		n++;
	return n;
}

static const char *
first_text(const struct bed *b)
{
	for (size_t i = 0; i < b->n_results; i++)
		if (strncmp(b->tokens[i], "ok:", 3) != 0)
			return b->texts[i];
	return NULL;
}

static void
check_text(const struct bed *b, const char *want)
{
	const char *text = first_text(b);

	if (want == NULL)
		assert_null(text);
	else if (text == NULL || strstr(text, want) == NULL)
		fail_msg("\"%s\" lacks \"%s\"", text, want);
}

static void
test_bad(void **state)
{
	const struct bad_row *row = *state;
	struct bed *b = bed_new();
	const char *mail = row->mail != NULL ? row->mail : MAIL;

	if (strstr(row->name, "silent") != NULL ||
	    strstr(row->name, "never greets") != NULL)
		b->settings.relay_timeout_s = 1;
	peer_start(b, row->ext != NULL ? row->ext : "PIPELINING,8BITMIME",
	    NULL, row->rules);
	b->settings.relay_url = arena_printf(b->arena, "esmtp://127.0.0.1:%d",
	    b->port);
	send_copies(b, make_copies(b, row->n, mail), row->n, false, false);
	peer_stop(b);
	assert_string_equal(str_get(&b->outcomes), row->outcomes);
	check_text(b, row->text);
	assert_int_equal(count_saved(b), row->saved);
	bed_free(b);
}

/* Nobody listens there. */
static void
test_no_relay(void **state)
{
	struct bed *b = bed_new();
	static const char *const no_rules[] = { NULL };

	(void)state;
	peer_start(b, "", NULL, no_rules);
	peer_stop(b);
	b->settings.relay_url = arena_printf(b->arena, "esmtp://127.0.0.1:%d",
	    b->port);
	send_copies(b, make_copies(b, 3, MAIL), 3, false, false);
	assert_string_equal(str_get(&b->outcomes), "retry:0 retry:0 retry:0");
	check_text(b, "refused");
	bed_free(b);
}

/* The library finds the program's connect(), which sets TCP_NODELAY while a
 * session is open and only then. */
static void
test_nodelay(void **state)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof(in), n = sizeof(int);

	(void)state;
	assert_true(dlsym(RTLD_DEFAULT, "connect") ==
	    (void *)(uintptr_t)connect);
	assert_int_equal(bind(listener, (struct sockaddr *)&in, len), 0);
	assert_int_equal(listen(listener, 4), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&in, &len),
	    0);
	for (int open = 0; open < 2; open++) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		int on = -1;

		if (open)
			nodelay_begin(1000);
		assert_int_equal(connect(fd, (struct sockaddr *)&in, len), 0);
		assert_int_equal(getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on,
		    &n), 0);
		assert_int_equal(on != 0, open);
		assert_int_equal(nodelay_fd(), open ? fd : -1);
		nodelay_end();
		assert_int_equal(nodelay_fd(), -1);
		(void)close(fd);
	}
	(void)close(listener);
}

/* A mail that fills many buffers, and a copy in the middle that cannot go. */
static void
test_large(void **state)
{
	struct bed *b = bed_new();
	static const char *const no_rules[] = { NULL };
	struct str mail = STR_EMPTY;
	struct copy *copies;

	(void)state;
	str_adds(&mail, HEADER "\r\n");
	while (mail.len < 300000)
		str_addf(&mail, ".line %zu\r\n", mail.len);
	copies = make_copies(b, 4, str_get(&mail));
	copies[1].rcpt_to = "nonsense\r\n";
	peer_start(b, "PIPELINING", NULL, no_rules);
	b->settings.relay_url = arena_printf(b->arena, "esmtp://127.0.0.1:%d",
	    b->port);
	send_copies(b, copies, 4, false, false);
	peer_stop(b);
	assert_string_equal(str_get(&b->outcomes),
	    "ok:250 failed:0 ok:250 ok:250");
	assert_int_equal(count_saved(b), 3);
	for (int i = 1; i <= 3; i++)
		assert_true(span_eq(read_saved(b, arena_printf(b->arena, "%d",
		    i)), str_span(&mail)));
	str_done(&mail);
	bed_free(b);
}

/* What goes with MAIL and RCPT when the relay can DSN. */
static void
test_reports(void **state)
{
	struct bed *b = bed_new();
	static const char *const no_rules[] = { NULL };
	struct span log;
	struct copy *copies = make_copies(b, 2, MAIL);

	(void)state;
	/* Longer as xtext than the library's buffer. */
	copies[1].rcpt_to = "++++++++++++++++++++++++++++++++++++++++"
	    "++++++++++++++++++++++@bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
	    "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.example";
	peer_start(b, "PIPELINING,DSN,SIZE 100000", NULL, no_rules);
	b->settings.relay_url = arena_printf(b->arena, "esmtp://127.0.0.1:%d",
	    b->port);
	send_copies(b, copies, 2, false, false);
	peer_stop(b);
	log = read_saved(b, "log");
	assert_non_null(log.p);
	assert_non_null(strstr(log.p, "EHLO lists.itu-t.example\n"));
	assert_non_null(strstr(log.p, "MAIL FROM:<jca-qkdn-b-x@lists.itu-t."
	    "example> SIZE=87 RET=HDRS ENVID=<i@lists.itu-t.example>\n"));
	assert_non_null(strstr(log.p, "RCPT TO:<member0@vendor-g.example> "
	    "ORCPT=rfc822;member0@vendor-g.example\n"));
	assert_null(strstr(log.p, "ORCPT=rfc822;+"));
	bed_free(b);
}

/* --- TLS and log-in --- */

struct tls_row {
	const char *name;
	const char *mode;
	bool offered;
	bool trusted;		/* relay_ca is the peer's certificate */
	const char *host;	/* in relay.url; NULL = localhost */
	const char *rules[8];
	const char *outcomes;
	const char *text;
	const char *log;	/* must be in the peer's log */
	const char *never;	/* must not be */
};

static const struct tls_row tls_rows[] = {
	{ "may and offered", "may", true, false, NULL, { NULL },
	    "ok:250 ok:250", NULL, "TLS TLSv1.2", NULL },
	{ "may and not offered", "may", false, false, NULL, { NULL },
	    "ok:250 ok:250", NULL, "MAIL", "TLS" },
	{ "may and refused", "may", true, false, NULL, {
	    "STARTTLS=454 4.7.0 not now" }, "ok:250 ok:250", NULL, "MAIL",
	    NULL },
	{ "none and offered", "none", true, false, NULL, { NULL },
	    "ok:250 ok:250", NULL, "MAIL", "TLS" },
	{ "must and trusted", "must", true, true, NULL, { NULL },
	    "ok:250 ok:250", NULL, "SNI localhost\nTLS TLSv1.2", NULL },
	{ "must and not trusted", "must", true, false, NULL, { NULL },
	    "retry:0 retry:0", "self-signed certificate", "STARTTLS",
	    "MAIL" },
	{ "must and another name", "must", true, true, "127.0.0.1", { NULL },
	    "retry:0 retry:0", "IP address mismatch", "STARTTLS", "MAIL" },
	{ "must and not offered", "must", false, true, NULL, { NULL },
	    "retry:0 retry:0", "STARTTLS is not offered", "EHLO", "MAIL" },
	{ "must and refused", "must", true, true, NULL, {
	    "STARTTLS=454 4.7.0 not now" }, "retry:0 retry:0",
	    "454 4.7.0 not now", "EHLO", "MAIL" },
	{ "text behind the STARTTLS reply", "must", true, true, NULL, {
	    "STARTTLS=inject:250 ha" }, "retry:0 retry:0",
	    "behind its STARTTLS reply", "EHLO", "MAIL" },
	{ "text behind the STARTTLS reply, and may", "may", true, true, NULL,
	    { "STARTTLS=inject:250 ha" }, "retry:0 retry:0",
	    "behind its STARTTLS reply", "EHLO", "MAIL" },
};

static char cert_path[64], ca_path[64];

/* A certificate for "localhost" by the openssl program. */
static int
make_cert(void **state)
{
	char key[64];
	const char *argv[] = { "openssl", "req", "-x509", "-newkey",
		"ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
		"-days", "2", "-subj", "/CN=localhost", "-addext",
		"subjectAltName=DNS:localhost", "-keyout", key, "-out",
		ca_path, NULL };
	struct arena *a = arena_new();
	struct span k, c;
	int status, fd;
	pid_t pid;

	(void)state;
	(void)snprintf(ca_path, sizeof(ca_path), "/tmp/jcad-ca-%d.pem",
	    (int)getpid());
	(void)snprintf(key, sizeof(key), "/tmp/jcad-key-%d.pem",
	    (int)getpid());
	(void)snprintf(cert_path, sizeof(cert_path), "/tmp/jcad-cert-%d.pem",
	    (int)getpid());
	pid = fork();
	if (pid == 0) {
		fd = open("/dev/null", O_WRONLY);
		(void)dup2(fd, STDERR_FILENO);	/* its progress dots */
		(void)execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(file_read(a, AT_FDCWD, key, 10000, &k, NULL), 0);
	assert_int_equal(file_read(a, AT_FDCWD, ca_path, 10000, &c, NULL), 0);
	fd = open(cert_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_int_equal(file_write_all(fd, k.p, k.n, NULL), 0);
	assert_int_equal(file_write_all(fd, c.p, c.n, NULL), 0);
	(void)close(fd);
	(void)unlink(key);
	arena_free(a);
	return 0;
}

static int
drop_cert(void **state)
{
	(void)state;
	(void)unlink(cert_path);
	(void)unlink(ca_path);
	return 0;
}

static void
test_tls(void **state)
{
	const struct tls_row *row = *state;
	struct bed *b = bed_new();
	struct span log;

	b->settings.relay_tls = row->mode;
	b->settings.relay_ca = row->trusted ? ca_path : "";
	peer_start(b, row->offered ? "PIPELINING,STARTTLS" : "PIPELINING",
	    cert_path, row->rules);
	b->settings.relay_url = arena_printf(b->arena, "esmtp://%s:%d",
	    row->host != NULL ? row->host : "localhost", b->port);
	send_copies(b, make_copies(b, 2, MAIL), 2, false, false);
	peer_stop(b);
	assert_string_equal(str_get(&b->outcomes), row->outcomes);
	check_text(b, row->text);
	log = read_saved(b, "log");
	assert_non_null(log.p);
	if (strstr(log.p, row->log) == NULL)
		fail_msg("no \"%s\" in: %s", row->log, log.p);
	if (row->never != NULL && strstr(log.p, row->never) != NULL)
		fail_msg("\"%s\" in: %s", row->never, log.p);
	bed_free(b);
}

/* Many sessions in one process: the library's own context would crash at the
 * second, TLS 1.3 would hang in some. */
static void
test_many_sessions(void **state)
{
	static const char *const no_rules[] = { NULL };
	struct bed *b = bed_new();

	(void)state;
	b->settings.relay_tls = "must";
	b->settings.relay_ca = ca_path;
	peer_start(b, "PIPELINING,STARTTLS", cert_path, no_rules);
	b->settings.relay_url = arena_printf(b->arena, "esmtp://localhost:%d",
	    b->port);
	for (int i = 0; i < 20; i++) {
		b->dones = 0;
		b->n_results = 0;
		memset(b->tokens, 0, sizeof(b->tokens));
		str_clear(&b->outcomes);
		send_copies(b, make_copies(b, 2, MAIL), 2, false, false);
		assert_string_equal(str_get(&b->outcomes), "ok:250 ok:250");
	}
	bed_free(b);
}

struct auth_row {
	const char *name;
	const char *mode;
	const char *ext;
	const char *rules[8];
	const char *outcomes;
	const char *text;
	const char *never;
};

static const struct auth_row auth_rows[] = {
	{ "accepted inside verified TLS", "must",
	    "STARTTLS,AUTH PLAIN", { NULL }, "ok:250", NULL, NULL },
	{ "refused", "must", "STARTTLS,AUTH PLAIN", {
	    "AUTH=535 5.7.8 wrong" }, "retry:0", "535 5.7.8 wrong", "MAIL" },
	{ "not offered", "must", "STARTTLS", { NULL }, "retry:0",
	    "the log-in failed", "MAIL" },
	{ "the bare password is not sent without TLS", "none", "AUTH PLAIN",
	    { NULL }, "retry:0", "the log-in failed", "AUTH" },
	{ "nor without a verified certificate", "may",
	    "STARTTLS,AUTH PLAIN", { NULL }, "retry:0", "the log-in failed",
	    "AUTH" },
};

static void
test_auth(void **state)
{
	const struct auth_row *row = *state;
	struct bed *b = bed_new();
	struct span log;
	char path[80];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/password", b->dir);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	assert_int_equal(file_write_all(fd, "secret\n", 7, NULL), 0);
	(void)close(fd);
	b->settings.relay_user = "jcad";
	b->settings.relay_password_file = path;
	b->settings.relay_tls = row->mode;
	b->settings.relay_ca = ca_path;
	peer_start(b, row->ext, cert_path, row->rules);
	b->settings.relay_url = arena_printf(b->arena, "esmtp://localhost:%d",
	    b->port);
	send_copies(b, make_copies(b, 1, MAIL), 1, false, false);
	peer_stop(b);
	assert_string_equal(str_get(&b->outcomes), row->outcomes);
	check_text(b, row->text);
	log = read_saved(b, "log");
	assert_non_null(log.p);
	if (row->text == NULL)
		assert_non_null(strstr(log.p, "AUTH PLAIN AGpjYWQAc2VjcmV0\n"));
	if (row->never != NULL && strstr(log.p, row->never) != NULL)
		fail_msg("\"%s\" in: %s", row->never, log.p);
	bed_free(b);
}

int
main(void)
{
	const struct CMUnitTest single[] = {
		cmocka_unit_test(test_no_relay),
		cmocka_unit_test(test_nodelay),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_reports),
		cmocka_unit_test(test_many_sessions),
	};
	int failed = 0;

	(void)make_cert(NULL);
	failed += TEST_ROWS("outbox", common_rows, test_outbox);
	failed += TEST_ROWS("esmtp with DATA", common_rows, test_esmtp);
	failed += TEST_ROWS("esmtp with BDAT", common_rows, test_esmtp_bdat);
	failed += TEST_ROWS("bad relays", bad_rows, test_bad);
	failed += TEST_ROWS("TLS", tls_rows, test_tls);
	failed += TEST_ROWS("log-in", auth_rows, test_auth);
	failed += cmocka_run_group_tests_name("esmtp", single, NULL, NULL);
	(void)drop_cert(NULL);
	return test_exit(failed);
}
