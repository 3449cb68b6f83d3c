/* SPDX-License-Identifier: ISC */
/* Conf: whole files in, settings or problems out. */
#include "tests/test.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/str.h"
#include "conf/conf.h"
#include "conf/jca.h"
#include "model/route.h"
#include "model/settings.h"

#define LIST "lists = ( { name = \"jca-x\"; domain = \"l.example\"; } );\n"

/* A folder with a.conf in it, and what loading gave. */
struct fixture {
	char dir[64];
	char file[80];
	struct arena *arena;
	struct settings *s;
	struct str problems;
	int rc;
};

static void
write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(file_write_all(fd, text, strlen(text), NULL), 0);
	assert_int_equal(close(fd), 0);
}

static void
begin(struct fixture *f, const char *text)
{
	memset(f, 0, sizeof(*f));
	(void)snprintf(f->dir, sizeof(f->dir), "/tmp/jcad-conf-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	(void)snprintf(f->file, sizeof(f->file), "%s/a.conf", f->dir);
	write_text(f->file, text);
	f->arena = arena_new();
}

static void
load(struct fixture *f, const char *const *overrides)
{
	f->rc = conf_load(f->arena, f->file, overrides, &f->s, &f->problems);
}

static void
end(struct fixture *f)
{
	arena_free(f->arena);
	str_done(&f->problems);
	(void)unlink(f->file);
	assert_int_equal(rmdir(f->dir), 0);
}

/* ---- one problem a row ---- */

struct problem_row {
	const char *name;
	const char *text;	/* the file, before LIST */
	const char *override;	/* or NULL */
	const char *want;	/* the whole problem, "FILE" for the name */
};

static const struct problem_row refused[] = {
	{ "an unknown setting names the nearest",
	    "instance: { spol = \"/x\"; };\n", NULL,
	    "FILE:1: instance.spol: there is no such setting; did you mean "
	    "spool?" },
	{ "a setting in the wrong group is shown its group",
	    "spool = \"/x\";\n", NULL,
	    "FILE:1: spool: there is no such setting; did you mean "
	    "instance.spool?" },
	{ "a wrong word is shown the right ones",
	    "\ninstance: { log_level = \"loud\"; };\n", NULL,
	    "FILE:2: instance.log_level: \"loud\" is refused; allowed: debug, "
	    "info, warn or error; for example log_level = \"info\";" },
	{ "a number where text belongs",
	    "instance: { user = 5; };\n", NULL,
	    "FILE:1: instance.user: a number cannot stand here; allowed: text "
	    "of at most 63 bytes" },
	{ "text where a number belongs",
	    "relay: { batch = \"5\"; };\n", NULL,
	    "FILE:1: relay.batch: a text cannot stand here; allowed: 1 to "
	    "500; for example batch = 100;" },
	{ "a number out of range", "relay: { batch = 501; };\n", NULL,
	    "FILE:1: relay.batch: 501 is out of range; allowed: 1 to 500; for "
	    "example batch = 100;" },
	{ "a negative number", "relay: { batch = -1; };\n", NULL,
	    "FILE:1: relay.batch: -1 is out of range; allowed: 1 to 500; for "
	    "example batch = 100;" },
	{ "a 64-bit number is not cut", "relay: { batch = 4294967297L; };\n",
	    NULL,
	    "FILE:1: relay.batch: 4294967297 is out of range; allowed: 1 to "
	    "500; for example batch = 100;" },
	{ "a number that libconfig would wrap",
	    "relay: {\n batch = 4294967297;\n};\n", NULL,
	    "FILE:2: relay.batch: 4294967297 is out of range; allowed: 1 to "
	    "500; for example batch = 100;" },
	{ "a number that no type holds",
	    "relay: { batch = -99999999999999999999; };\n", NULL,
	    "FILE:1: relay.batch: -99999999999999999999 is out of range; "
	    "allowed: 1 to 500; for example batch = 100;" },
	{ "a wrapping hexadecimal number", "relay: { batch = 0xFFFFFFFF; };\n",
	    NULL,
	    "FILE:1: relay.batch: 0xFFFFFFFF is out of range; allowed: 1 to "
	    "500; for example batch = 100;" },
	{ "a size as bare number",
	    "limits: { message_size = 1000000; };\n", NULL,
	    "FILE:1: limits.message_size: a number cannot stand here; "
	    "allowed: 10k to 100M; for example message_size = \"25M\";" },
	{ "a time that is no whole number of seconds",
	    "relay: { timeout = \"1500ms\"; };\n", NULL,
	    "FILE:1: relay.timeout: \"1500ms\" is refused; allowed: 1s to 1h; "
	    "for example timeout = \"5m\";" },
	{ "a comment without end", "/* to here\n", NULL,
	    "FILE:1: this comment has no end: write */ where it ends" },
	{ "a text without end", "\nx = \"abc;\n", NULL,
	    "FILE:3: this text has no end: write \" where it ends" },
	{ "a zero byte in a text",
	    "instance: { user = \"a\\x00b\"; };\n", NULL,
	    "FILE:1: \\x00 would cut the text here: remove it" },
	{ "a comma too many",
	    "plugins = (\n { name = \"a\"; file = \"/etc/passwd\"; },\n);\n",
	    NULL, "FILE:2: a comma before the closing ): remove it" },
	{ "an include that is missing", "@include \"none.conf\"\n", NULL,
	    "DIR/none.conf: cannot be read: No such file or directory" },
	{ "an include that is a folder", "@include \".\"\n", NULL,
	    "DIR/.: cannot be read: this is no regular file" },
	{ "a file that includes itself", "@include \"a.conf\"\n", NULL,
	    "DIR/a.conf:1: files include each other more than 10 levels "
	    "deep" },
	{ "a group where a list belongs", "intake: { };\n", NULL,
	    "FILE:1: intake: a group { } cannot stand here; write a list of "
	    "groups: intake = ( { ... }, { ... } );" },
	{ "a list of no groups", "plugins = ( 5 );\n", NULL,
	    "FILE:1: plugins[0]: a number cannot stand here; write a group: "
	    "{ name = value; ... }" },
	{ "a missing setting of a group",
	    "plugins = ( { name = \"a\"; } );\n", NULL,
	    "FILE:1: plugins[0].file: this setting is missing; allowed: text "
	    "of at most 4000 bytes; for example file = "
	    "\"/usr/local/lib/jcad/itu-feed.so\";" },
	{ "a duplicate", "relay: { batch = 5;\n batch = 6; };\n", NULL,
	    "FILE:2: duplicate setting name, at: batch = 6; };" },
	{ "a listener for other machines",
	    "intake = ( { listen = \"0.0.0.0:2525\"; } );\n", NULL,
	    "FILE:1: intake[0].listen: 0.0.0.0:2525 can be reached from other "
	    "machines; listen on 127.0.0.1 behind your mail server, or, if a "
	    "firewall admits nobody else, add allow_remote = true; there" },
	{ "no listener", "intake = ();\n", NULL,
	    "FILE:1: intake: no mail can come in; for example intake = ( { "
	    "protocol = \"smtp\"; listen = \"127.0.0.1:2525\"; } );" },
	{ "a listener twice",
	    "intake = ( { listen = \"[::1]:25\"; },\n"
	    "{ listen = \"[::1]:25\"; } );\n", NULL,
	    "FILE:2: intake[1].listen: [::1]:25 is listened on already "
	    "(intake[0])" },
	{ "a web console", "console: { listen = \"127.0.0.1:80\"; };\n", NULL,
	    "FILE:1: console.listen: \"127.0.0.1:80\" is refused; allowed: "
	    "nothing in this version" },
	{ "a store that is not built in",
	    "instance: { store = \"postgres://x\"; };\n", NULL,
	    "FILE:1: instance.store: \"postgres://x\" is refused; allowed: "
	    "sqlite:PATH; for example store = "
	    "\"sqlite:/var/spool/jcad/jcad.db\";" },
	{ "a line break in a text",
	    "instance: { authserv_id = \"a\\nb\"; };\n", NULL,
	    "FILE:1: instance.authserv_id: \"a b\" is refused; allowed: text "
	    "of at most 253 bytes" },
	{ "a password without account",
	    "relay: { password_file = \"/etc/passwd\"; };\n", NULL,
	    "FILE:1: relay.password_file: there is no account for this "
	    "password; add user = \"NAME\";" },
	{ "an override of nothing", "", "relay.bach=5",
	    "-o relay.bach=5: there is no setting bach; did you mean "
	    "batch?" },
	{ "an override without value", "", "relay.batch",
	    "-o relay.batch: write -o SETTING=VALUE, for example "
	    "-o relay.url=smtp://127.0.0.1:25" },
	{ "an override of a group", "", "relay=5",
	    "-o relay=5: this is a group: name a setting inside it" },
	{ "an override past the end", "", "lists[2].owner=a@b.example",
	    "-o lists[2].owner=a@b.example: there are only 1; the next would "
	    "be lists[1]" },
	{ "an override of the wrong type", "", "relay.batch=many",
	    "-o relay.batch=many: a text cannot stand here; allowed: 1 to 500; for "
	    "example batch = 100;" },
	{ "an override out of range", "", "relay.batch=501",
	    "-o relay.batch=501: 501 is out of range; allowed: 1 to 500; for "
	    "example batch = 100;" },
	{ "a clock that is no time", "", "instance.clock=tomorrow",
	    "-o instance.clock=tomorrow: \"tomorrow\" is no time; for example clock = "
	    "\"2027-01-11T08:00:00Z\";" },
	{ "a list name that is an address of another list", "",
	    "lists[0].name=jca-bounces",
	    "-o lists[0].name=jca-bounces: \"jca-bounces\" ends in -bounces, which is an "
	    "address of the list \"jca\"; choose another name" },
	{ "a list name in capitals", "", "lists[0].name=JCA",
	    "-o lists[0].name=JCA: \"JCA\" is refused; allowed: a to z, 0 to 9, "
	    "and between them . and -" },
	{ "a list name too long", "",
	    "lists[0].name=abcdefghijklmnopqrstuvwxy",
	    "-o lists[0].name=abcdefghijklmnopqrstuvwxy: \"abcdefghijklmnopqrstuvwxy\" is refused; "
	    "allowed: text of at most 24 bytes; for example name = "
	    "\"jca-qkdn\";" },
	{ "no domain", "", "lists[0].domain=localhost",
	    "-o lists[0].domain=localhost: \"localhost\" is no domain in lower case; "
	    "for example domain = \"lists.itu-t.example\";" },
	{ "an unknown zone", "", "lists[0].zone=Mars/Base",
	    "-o lists[0].zone=Mars/Base: there is no time zone \"Mars/Base\" in "
	    "/usr/share/zoneinfo/; write a name such as Europe/Zurich, "
	    "Asia/Shanghai or UTC" },
	{ "a zone outside the folder", "", "lists[0].zone=../../../etc/passwd",
	    "-o lists[0].zone=../../../etc/passwd: there is no time zone \"../../../etc/passwd\" "
	    "in /usr/share/zoneinfo/; write a name such as Europe/Zurich, "
	    "Asia/Shanghai or UTC" },
	{ "a body of an unknown category", "",
	    "lists[0].bodies[0].category=alien",
	    "-o lists[0].bodies[0].category=alien: the list has no category "
	    "\"alien\"; allowed: itu-t-sg, tsag, sg-secretariat, other-itu, "
	    "external, expert, leadership, observer" },
};

/* want with FILE and DIR put in. */
static const char *
expand(struct fixture *f, const char *want)
{
	struct str out = STR_EMPTY;
	const char *text;

	if (strncmp(want, "FILE", 4) == 0)
		str_addf(&out, "%s%s\n", f->file, want + 4);
	else if (strncmp(want, "DIR", 3) == 0)
		str_addf(&out, "%s%s\n", f->dir, want + 3);
	else
		str_addf(&out, "%s\n", want);
	text = str_dup(f->arena, &out);
	str_done(&out);
	return text;
}

static void
is_refused(void **state)
{
	const struct problem_row *row = *state;
	const char *overrides[3] = { row->override, NULL, NULL };
	struct str text = STR_EMPTY;
	struct fixture f;

	str_adds(&text, row->text);
	str_adds(&text, LIST);
	if (row->override != NULL && strstr(row->override, "bodies") != NULL) {
		overrides[1] = row->override;
		overrides[0] = "lists[0].bodies[0].name=SG13";
	}
	begin(&f, str_get(&text));
	load(&f, overrides);
	assert_string_equal(str_get(&f.problems), expand(&f, row->want));
	assert_int_equal(f.rc, -1);
	end(&f);
	str_done(&text);
}

/* ---- settings ---- */

static void
a_minimal_file_works(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, LIST);
	load(&f, NULL);
	assert_string_equal(str_get(&f.problems), "");
	assert_int_equal(f.rc, 0);
	assert_string_equal(f.s->file, f.file);
	assert_string_equal(f.s->store, "sqlite:/var/spool/jcad/jcad.db");
	assert_string_equal(f.s->control, "/var/spool/jcad/control");
	assert_string_equal(f.s->relay_url, "outbox:/var/spool/jcad/outbox");
	assert_int_equal(f.s->n_intake, 1);
	assert_int_equal(f.s->intake[0].protocol, INTAKE_SMTP);
	assert_string_equal(f.s->intake[0].listen, "127.0.0.1:2525");
	assert_true(f.s->max_message == 25 << 20);
	assert_true(f.s->parser_timeout_ms == 800);
	assert_int_equal(f.s->relay_batch, 100);
	assert_true(f.s->hostname[0] != '\0');
	assert_string_equal(f.s->lists[0].title, "JCA-X");
	assert_string_equal(f.s->lists[0].owner, "postmaster@l.example");
	assert_string_equal(f.s->lists[0].zones[2], "Asia/Tokyo");
	assert_null(f.s->lists[0].zones[3]);
	assert_true(f.s->lists[0].held_ttl_s == 14 * 86400);
	assert_int_equal(f.s->lists[0].n_categories, jca_n_categories);
	end(&f);
}

static void
all_values_arrive(void **state)
{
	struct fixture f;
	const struct list_settings *l;

	(void)state;
	begin(&f, "instance: { spool = \"../s\"; user = \"root\"; };\n"
	    "intake = ( { protocol = \"lmtp\"; listen = \"unix:./l\"; },\n"
	    " { listen = \"0.0.0.0:25\"; allow_remote = true; } );\n"
	    "relay: { url = \"lmtp+unix:/run/x\"; timeout = \"90s\"; };\n"
	    "plugins = ( { name = \"p\"; file = \"a.conf\";\n"
	    "  config = { dir = \"./out\"; n = 5; on = true; }; } );\n"
	    "lists = ( { name = \"j\"; domain = \"l.example\";\n"
	    "  zones = [ \"UTC\" ]; language = \"fr\"; max_size = \"1M\";\n"
	    "  categories = ( { name = \"c\"; admission = \"by-right\";\n"
	    "     posting = \"none\"; quota = 3; } );\n"
	    "  bodies = ( { name = \"B\"; category = \"c\";\n"
	    "     aliases = [ \"b1\", \"b2\" ]; } ); } );\n");
	load(&f, NULL);
	assert_string_equal(str_get(&f.problems), "");
	assert_string_equal(f.s->spool, "/tmp/s");
	assert_string_equal(f.s->intake[0].listen, arena_printf(f.arena,
	    "unix:%s/l", f.dir));
	assert_int_equal(f.s->intake[0].protocol, INTAKE_LMTP);
	assert_true(f.s->intake[1].allow_remote);
	assert_string_equal(f.s->relay_url, "lmtp+unix:/run/x");
	assert_true(f.s->relay_timeout_s == 90);
	assert_string_equal(f.s->plugins[0].file, f.file);
	assert_string_equal(f.s->plugins[0].config[0], "dir");
	assert_string_equal(f.s->plugins[0].config[1], arena_printf(f.arena,
	    "%s/out", f.dir));
	assert_string_equal(f.s->plugins[0].config[3], "5");
	assert_string_equal(f.s->plugins[0].config[5], "true");
	assert_null(f.s->plugins[0].config[6]);
	l = settings_list(f.s, "J", "L.EXAMPLE");
	assert_non_null(l);
	assert_null(l->zones[1]);
	assert_int_equal(l->categories[0].posting, POSTING_NONE);
	assert_int_equal(l->categories[0].quota, 3);
	assert_string_equal(l->categories[0].title, "c");
	assert_string_equal(settings_body(l, "B2")->name, "B");
	end(&f);
}

static void
overrides_win_and_make_what_is_missing(void **state)
{
	static const char *const overrides[] = { "relay.batch=7",
		"relay.url=smtp://127.0.0.1:2602", "instance.spool=rel",
		"intake[0].listen=127.0.0.1:2599", "intake[1].protocol=lmtp",
		"intake[1].listen=unix:/tmp/x", "lists[0].zones=UTC,Asia/Tokyo",
		"lists[0].owner=a=b@l.example", "plugins[0].name=p",
		"plugins[0].file=/etc/passwd", "plugins[0].config.dir=/srv",
		"intake[1].allow_remote=true", NULL };
	char cwd[4096];
	struct fixture f;

	(void)state;
	begin(&f, "relay: { batch = 5; };\n" LIST);
	load(&f, overrides);
	assert_string_equal(str_get(&f.problems), "");
	assert_int_equal(f.s->relay_batch, 7);
	assert_string_equal(f.s->relay_url, "smtp://127.0.0.1:2602");
	assert_non_null(getcwd(cwd, sizeof(cwd)));
	assert_string_equal(f.s->spool, arena_printf(f.arena, "%s/rel", cwd));
	assert_int_equal(f.s->n_intake, 2);
	assert_string_equal(f.s->intake[0].listen, "127.0.0.1:2599");
	assert_int_equal(f.s->intake[1].protocol, INTAKE_LMTP);
	assert_true(f.s->intake[1].allow_remote);
	assert_string_equal(f.s->lists[0].zones[1], "Asia/Tokyo");
	assert_string_equal(f.s->lists[0].owner, "a=b@l.example");
	assert_string_equal(f.s->plugins[0].config[1], "/srv");
	end(&f);
}

static void
includes_are_read_from_the_folder_of_the_file(void **state)
{
	struct fixture f;
	char other[96];

	(void)state;
	begin(&f, "@include \"b.conf\"\n" LIST);
	(void)snprintf(other, sizeof(other), "%s/b.conf", f.dir);
	write_text(other, "relay: {\n batch = 0;\n};\n");
	load(&f, NULL);
	assert_non_null(strstr(str_get(&f.problems),
	    "b.conf:2: relay.batch: 0 is out of range"));
	assert_int_equal(unlink(other), 0);
	end(&f);
}

static void
all_problems_come_in_one_run(void **state)
{
	struct fixture f;
	size_t i, lines = 0;

	(void)state;
	begin(&f, "relay: { batch = 0; tls = \"x\"; expire = 5; };\n"
	    "limits: { errors = true; foo = 1; };\n" LIST);
	load(&f, (const char *const[]){ "bar=1", NULL });
	for (i = 0; i < f.problems.len; i++)
		lines += f.problems.data[i] == '\n';
	assert_int_equal(lines, 6);
	end(&f);
}

static void
a_missing_file_is_named(void **state)
{
	struct arena *a = arena_new();
	struct str problems = STR_EMPTY;
	struct settings *s = NULL;

	(void)state;
	assert_int_equal(conf_load(a, "/nowhere/jcad.conf", NULL, &s,
	    &problems), -1);
	assert_string_equal(str_get(&problems), "/nowhere/jcad.conf: cannot "
	    "be read: No such file or directory\n");
	assert_null(s);
	str_done(&problems);
	arena_free(a);
}

static void
the_control_socket_is_found_in_spite_of_problems(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, "instance: { spool = \"./s\"; };\nfoo = 1;\n" LIST);
	assert_string_equal(conf_control(f.arena, f.file, NULL, &f.problems),
	    arena_printf(f.arena, "%s/s/control", f.dir));
	assert_non_null(strstr(str_get(&f.problems), "foo"));
	write_text(f.file, "instance: {");
	assert_null(conf_control(f.arena, f.file, NULL, &f.problems));
	end(&f);
}

/* Every verb of our addresses is refused at the end of a list's name. */
static void
no_list_takes_an_address_of_another(void **state)
{
	const char *overrides[2] = { NULL, NULL };
	struct fixture f;
	int verb;

	(void)state;
	for (verb = ROUTE_POST + 1; verb <= ROUTE_MEETING; verb++) {
		begin(&f, LIST);
		overrides[0] = arena_printf(f.arena, "lists[0].name=x-%s",
		    route_verb_name((enum route_verb)verb));
		load(&f, overrides);
		assert_non_null(strstr(str_get(&f.problems), "ends in -"));
		end(&f);
	}
}

/* ---- what the table prints ---- */

static const char *
read_file(struct arena *a, const char *path)
{
	struct span text = { NULL, 0 };

	assert_int_equal(file_read(a, AT_FDCWD, path, 1 << 20, &text, NULL),
	    0);
	return text.p;
}

static void
the_sample_in_the_tree_is_that_of_the_table(void **state)
{
	struct arena *a = arena_new();
	struct str out = STR_EMPTY;

	(void)state;
	conf_sample(&out);
	assert_string_equal(str_get(&out),
	    read_file(a, "conf/jcad.conf.sample"));
	str_done(&out);
	arena_free(a);
}

static void
the_sample_loads(void **state)
{
	struct str out = STR_EMPTY;
	struct fixture f;

	(void)state;
	conf_sample(&out);
	begin(&f, str_get(&out));
	load(&f, NULL);
	assert_string_equal(str_get(&f.problems), "");
	assert_int_equal(f.s->lists[0].n_bodies, jca_n_bodies);
	assert_string_equal(f.s->lists[0].name, "jca-qkdn");
	assert_string_equal(settings_body(f.s->lists, "q16/13")->name, "SG13");
	end(&f);
	str_done(&out);
}

static void
the_demo_configuration_loads(void **state)
{
	static const char *const overrides[] = {
		"plugins[0].file=/etc/passwd", NULL };
	struct arena *a = arena_new();
	struct str problems = STR_EMPTY;
	struct settings *s = NULL;

	(void)state;
	(void)conf_load(a, "conf/demo.conf", overrides, &s, &problems);
	assert_string_equal(str_get(&problems), "");
	assert_string_equal(s->intake[0].listen, "127.0.0.1:2601");
	assert_non_null(strstr(s->relay_url, "/build/demo/outbox"));
	str_done(&problems);
	arena_free(a);
}

static void
the_manual_has_the_settings_of_the_table(void **state)
{
	struct arena *a = arena_new();
	struct str out = STR_EMPTY;

	(void)state;
	conf_man(&out);
	assert_non_null(strstr(read_file(a, "man/jcad.conf.5"),
	    str_get(&out)));
	str_done(&out);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_minimal_file_works),
		cmocka_unit_test(all_values_arrive),
		cmocka_unit_test(overrides_win_and_make_what_is_missing),
		cmocka_unit_test(includes_are_read_from_the_folder_of_the_file),
		cmocka_unit_test(all_problems_come_in_one_run),
		cmocka_unit_test(a_missing_file_is_named),
		cmocka_unit_test(
		    the_control_socket_is_found_in_spite_of_problems),
		cmocka_unit_test(no_list_takes_an_address_of_another),
		cmocka_unit_test(the_sample_in_the_tree_is_that_of_the_table),
		cmocka_unit_test(the_sample_loads),
		cmocka_unit_test(the_demo_configuration_loads),
		cmocka_unit_test(the_manual_has_the_settings_of_the_table),
	};
	int failures = 0;

	failures += TEST_ROWS("conf_problems", refused, is_refused);
	failures += cmocka_run_group_tests(tests, NULL, NULL);
	return test_exit(failures);
}
