/* SPDX-License-Identifier: ISC */
/*
 * jcadctl: argv, the verbs as they are called and shown. What a verb does is
 * core's matter (core/control.c). Owns nothing.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "conf/conf.h"
#include "ctl/client.h"
#include "ctl/debug.h"
#include "ctl/show.h"
#include "main/version.h"

#define OVERRIDES_MAX 200

struct verb {
	const char *words[2];
	const char *usage;
	enum show_form form;
	const char *columns;	/* of a table, in order; "" all */
	bool file;		/* its last plain argument is a file */
	const char *progress;	/* shown while it lasts, or NULL */
};

static const struct verb verbs[] = {
	{ { "status", NULL }, "status", SHOW_FIELDS, "", false, NULL },
	{ { "member", "list" }, "member list [LIST] [state=active|pending]",
	    SHOW_TABLE, "address,name,category,body,role,state", false, NULL },
	{ { "member", "add" },
	    "member add [LIST] ADDRESS category=C [body=B] [role=R] [name=N] "
	    "[zone=Z] [lang=L]", SHOW_TABLE, "", false, NULL },
	{ { "member", "remove" }, "member remove [LIST] ADDRESS", SHOW_TABLE,
	    "", false, NULL },
	{ { "member", "import" }, "member import [LIST] FILE", SHOW_TABLE, "",
	    true, "importing" },
	{ { "held", "list" }, "held list [all]", SHOW_TABLE,
	    "id,list,held_at,sender,subject,state,reason", false, NULL },
	{ { "held", "show" }, "held show ID", SHOW_FIELDS, "", false, NULL },
	{ { "held", "approve" }, "held approve ID", SHOW_TABLE, "", false,
	    NULL },
	{ { "held", "reject" }, "held reject ID [reason=TEXT]", SHOW_TABLE,
	    "", false, NULL },
	{ { "held", "discard" }, "held discard ID", SHOW_TABLE, "", false,
	    NULL },
	{ { "meeting", "list" }, "meeting list [LIST] [all]", SHOW_TABLE,
	    "key,list,status,when,title", false, NULL },
	{ { "meeting", "show" }, "meeting show KEY", SHOW_FIELDS, "", false,
	    NULL },
	{ { "meeting", "answers" }, "meeting answers KEY", SHOW_TABLE,
	    "kind,name,category,invited,accepted,tentative,declined,none",
	    false, NULL },
	{ { "meeting", "announce" }, "meeting announce [LIST] FILE",
	    SHOW_TABLE, "", true, "announcing" },
	{ { "meeting", "update" }, "meeting update KEY FILE", SHOW_TABLE, "",
	    true, "announcing" },
	{ { "meeting", "cancel" }, "meeting cancel KEY [reason=TEXT]",
	    SHOW_TABLE, "", false, "announcing" },
	{ { "queue", "list" }, "queue list", SHOW_TABLE,
	    "id,list,kind,state,recipients,done,failed,retrying,subject,last",
	    false, NULL },
	{ { "queue", "retry" }, "queue retry ID", SHOW_TABLE, "", false, NULL },
	{ { "queue", "drop" }, "queue drop ID", SHOW_TABLE, "", false, NULL },
	{ { "plugin", "list" }, "plugin list", SHOW_TABLE,
	    "name,state,event,of,failures,reason", false, NULL },
	{ { "plugin", "replay" }, "plugin replay NAME", SHOW_TABLE, "", false,
	    NULL },
	{ { "audit", "verify" }, "audit verify", SHOW_TABLE, "", false,
	    "checking" },
};

#define N_VERBS (sizeof(verbs) / sizeof(verbs[0]))

struct options {
	const char *file;
	const char *overrides[OVERRIDES_MAX + 1];
	size_t n_overrides;
	bool json;
};

static void
print_usage(FILE *out)
{
	const char *debug = debug_usage(), *end;
	size_t i;

	(void)fputs("usage: jcadctl [-c FILE] [-o SETTING=VALUE]... [--json] "
	    "VERB ...\n"
	    "       jcadctl debug WHAT ...\n"
	    "       jcadctl -V | -h\n\nVerbs:\n", out);
	for (i = 0; i < N_VERBS; i++)
		(void)fprintf(out, "  %s\n", verbs[i].usage);
	for (; (end = strchr(debug, '\n')) != NULL; debug = end + 1)
		(void)fprintf(out, "  %.*s\n", (int)(end - debug), debug);
	(void)fputs("\nA FILE may be -, standard input. Exit status: 0 done, "
	    "1 refused, 2 wrong call.\n", out);
}

static int
misuse(const char *why)
{
	(void)fprintf(stderr, "jcadctl: %s\n\n", why);
	print_usage(stderr);
	return 2;
}

static int
fail(const struct err *err)
{
	(void)fprintf(stderr, "jcadctl: %s\n", err->text);
	return 1;
}

static const struct verb *
find_verb(char *const *args, size_t n)
{
	size_t i;

	for (i = 0; i < N_VERBS; i++) {
		if (n < 1 || strcmp(args[0], verbs[i].words[0]) != 0)
			continue;
		if (verbs[i].words[1] == NULL || (n > 1 &&
		    strcmp(args[1], verbs[i].words[1]) == 0))
			return &verbs[i];
	}
	return NULL;
}

/* The file that goes along: the last argument that is no name=value. */
static const char *
file_argument(const struct verb *v, char *const *args, size_t n)
{
	const char *file = NULL;
	size_t i;

	for (i = 2; v->file && i < n; i++)
		if (strchr(args[i], '=') == NULL ||
		    access(args[i], F_OK) == 0)
			file = args[i];
	return file;
}

static size_t
terminal_width(void)
{
	struct winsize size = { 0, 0, 0, 0 };

	if (!isatty(STDOUT_FILENO) ||
	    ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0)
		return 0;
	return size.ws_col;
}

/* Say the closing sentence: on standard output if it is good news. */
static void
say(const struct options *o, int status, const char *text)
{
	struct arena *a = arena_new();
	struct str out = STR_EMPTY;
	struct span rest = span_of(text), line;
	bool first = true;

	while (rest.n > 0) {
		line = span_line(&rest);
		if (first && status != 0)
			str_adds(&out, "jcadctl: ");
		show_clean(&out, arena_strndup(a, line.p, line.n), 0);
		str_addc(&out, '\n');
		first = false;
	}
	if (status != 0)
		(void)fputs(str_get(&out), stderr);
	else if (!o->json)
		(void)fputs(str_get(&out), stdout);	/* flushed later */
	str_done(&out);
	arena_free(a);
}

static int
ask(const struct options *o, const struct verb *v,
    struct client_question *q, int sock)
{
	struct err err = { ERR_NONE, "" };
	struct str text = STR_EMPTY;
	struct show *show = show_new(stdout, o->json ? SHOW_JSON : v->form,
	    v->columns, terminal_width());
	int status;

	q->progress = v->progress;
	status = client_ask(sock, q, show, &text, &err);
	if (show_end(show) != 0) {
		(void)fputs("jcadctl: cannot write\n", stderr);
		status = status == 0 ? 1 : status;
	}
	if (status < 0)
		status = fail(&err);
	else
		say(o, status, str_get(&text));
	str_done(&text);
	return fflush(stdout) != 0 && status == 0 ? 1 : status;
}

/* Problems of the configuration matter only when nobody answers. */
static int
dial(const struct options *o)
{
	struct arena *a = arena_new();
	struct str problems = STR_EMPTY;
	struct err err = { ERR_NONE, "" };
	const char *control;
	int sock = -1;

	control = conf_control(a, o->file, o->overrides, &problems);
	if (control != NULL)
		sock = client_connect(control, &err);
	if (sock < 0)
		(void)fputs(str_get(&problems), stderr);
	if (sock < 0 && control != NULL)
		(void)fail(&err);
	str_done(&problems);
	arena_free(a);
	return sock;
}

static int
run(const struct options *o, const struct verb *v, char *const *args,
    size_t n)
{
	struct client_question q = { (const char *const *)args, n, -1, NULL };
	const char *file = file_argument(v, args, n);
	struct err err = { ERR_NONE, "" };
	int status = 1, sock;

	if (file != NULL) {
		q.fd = client_open(file, &err);
		if (q.fd < 0)
			return fail(&err);
	}
	sock = dial(o);
	if (sock >= 0) {
		status = ask(o, v, &q, sock);
		(void)close(sock);	/* all is read */
	}
	if (q.fd >= 0)
		(void)close(q.fd);	/* only read */
	return status;
}

/* One option before the verb, at argv[*i]. 0, or -1 - status to end with. */
static int
take_option(struct options *o, char **argv, int *i)
{
	const char *arg = argv[*i], *value = argv[*i + 1];

	if (strcmp(arg, "-V") == 0 || strcmp(arg, "--version") == 0)
		return printf("jcadctl %s\n", VERSION) < 0 ? -2 : -1;
	if (strcmp(arg, "-h") == 0 || strcmp(arg, "--help") == 0) {
		print_usage(stdout);
		return -1;
	}
	if (value == NULL || (strcmp(arg, "-c") != 0 &&
	    strcmp(arg, "-o") != 0))
		return -1 - misuse("unknown option, or one without its value");
	if (arg[1] == 'c')
		o->file = value;
	else if (o->n_overrides < OVERRIDES_MAX)
		o->overrides[o->n_overrides++] = value;
	else
		return -1 - misuse("too many options -o");
	++*i;
	return 0;
}

/* Options stand before the verb; --json may stand anywhere, but for debug,
 * whose arguments may be anything. Returns the number of words left in argv,
 * or -1 - status to end with. */
static int
take_options(struct options *o, int argc, char **argv)
{
	int i, n = 0, rc;

	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0 &&
		    (n == 0 || strcmp(argv[0], "debug") != 0)) {
			o->json = true;
		} else if (n > 0 || argv[i][0] != '-') {
			argv[n++] = argv[i];
		} else {
			rc = take_option(o, argv, &i);
			if (rc != 0)
				return rc;
		}
	}
	argv[n] = NULL;
	return n;
}

int
main(int argc, char **argv)
{
	struct options o = { .file = CONF_DEFAULT_FILE };
	const struct verb *v;
	int n, rc;

	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR || argc < 1)
		return 1;
	n = take_options(&o, argc, argv);
	if (n < 0)
		return -1 - n;
	if (n == 0)
		return misuse("say what to do");
	if (strcmp(argv[0], "debug") == 0) {
		rc = debug_run((const char *const *)argv + 1);
		return rc == 2 ? misuse("wrong call of debug") : rc;
	}
	v = find_verb(argv, (size_t)n);
	if (v == NULL)
		return misuse("there is no such verb");
	return run(&o, v, argv, (size_t)n);
}
