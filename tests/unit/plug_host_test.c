/* SPDX-License-Identifier: ISC */
/*
 * The plugin host: what plugins get (and what not), how foreign code is
 * loaded, and the way of an event from core to its acknowledgement. The
 * example plugin is the one under test.
 */
#include "tests/test.h"

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
#include "ev/ev.h"
#include "model/event.h"
#include "plug/flatten.h"
#include "plug/module.h"
#include "plug/plughost.h"
#include "plug/public.h"
#include "plug/when.h"
#include "plugins/jcad_plugin.h"
#include "proc/link.h"

/* Folder of this program's build: build/MODE/. */
static const char *
build_path(struct arena *a, const char *name)
{
	char self[1000];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self));
	struct span s;

	assert_true(n > 0 && (size_t)n < sizeof(self));
	s = span_make(self, (size_t)n);
	s = span_sub(s, 0, span_rfind(s, '/'));
	s = span_sub(s, 0, span_rfind(s, '/'));
	return arena_printf(a, "%.*s/%s", (int)s.n, s.p, name);
}

static struct meeting_rev
tokyo(void)
{
	struct meeting_rev rev = {
		.key = "m9", .uid = "m9.jca-qkdn@lists.itu-t.example",
		.list = "jca-qkdn", .rev = 1, .status = "confirmed",
		.title = "Meeting in Tokyo",
		.start_local = "2027-11-11T09:30:00",
		.end_local = "2027-11-11T17:30:00", .tzid = "Asia/Tokyo",
		.start_at = 1825893000, .end_at = 1825921800, .rrule = "",
		.place = "Tokyo", .link = "https://secret.example/room",
		.pin = "987654", .agenda = "1. Opening", .documents = "",
		.description = "", .reason = "", .language = "en",
		.announced_by = "chair@university-a.example",
		.created_at = 1823990400, .revised_at = 1823990400,
		.source_id = "<private@university-a.example>",
	};

	return rev;
}

static struct event
published(struct meeting_rev *rev)
{
	struct event e = {
		.id = 7, .kind = EVENT_MEETING_PUBLISHED, .key = "m9/1",
		.list = "jca-qkdn", .list_title = "JCA-QKDN", .object = "m9",
		.revision = 1, .at = 1823990400, .subject = rev->title,
		.author = "chair@university-a.example", .message_id = "",
		.meeting = rev, .n_meeting = 1,
	};

	return e;
}

static void
test_flatten(void **state)
{
	struct arena *a = arena_new();
	struct meeting_rev rev = tokyo();
	struct event e = published(&rev);
	struct err err = { 0 };
	const struct jcad_event *f = flatten_event(a, &e, &err);
	const struct jcad_meeting *m;

	(void)state;
	assert_non_null(f);
	m = f->meeting;
	assert_string_equal(m->start, "2027-11-11T09:30:00+09:00");
	assert_string_equal(m->end_geneva, "2027-11-11T09:30:00+01:00");
	assert_string_equal(m->start_utc, "2027-11-11T00:30:00Z");
	assert_string_equal(m->when, "Thursday 11 November 2027, 09:30–17:30");
	assert_string_equal(m->zone_name, "JST");
	assert_non_null(strstr(m->vevent,
	    "\r\nDTSTART;TZID=Asia/Tokyo:20271111T093000\r\n"));
	assert_memory_equal(m->vevent, "BEGIN:VEVENT\r\n", 14);
	assert_string_equal(m->vevent + strlen(m->vevent) - 12,
	    "END:VEVENT\r\n");
	assert_memory_equal(m->vtimezone, "BEGIN:VTIMEZONE\r\n", 17);
	assert_string_equal(m->vtimezone + strlen(m->vtimezone) - 15,
	    "END:VTIMEZONE\r\n");
	assert_non_null(strstr(m->vevent_utc,
	    "\r\nDTSTART:20271111T003000Z\r\n"));
	arena_free(a);
}

/* What is for members must not be anywhere in what a plugin gets. */
static void
test_no_secrets(void **state)
{
	static const char *const secrets[] = {
		"secret.example", "987654", "chair@", "private@", "11223344",
		"zoom.us", "passe",
	};
	struct arena *a = arena_new();
	struct meeting_rev rev = tokyo();
	struct event e = published(&rev);
	struct err err = { 0 };
	const struct jcad_meeting *m;
	const char *all;
	size_t i;

	(void)state;
	rev.description = "All are welcome.\nJoin: "
	    "https://itu.zoom.us/j/11223344\nPasscode: 11223344\nBye";
	rev.agenda = "1. Opening (mot de passe 11223344)\n2. Closing";
	rev.place = "https://itu.zoom.us/j/11223344";
	m = flatten_event(a, &e, &err)->meeting;
	assert_non_null(m);
	all = arena_printf(a, "%s|%s|%s|%s|%s|%s|%s|%s", m->description,
	    m->agenda, m->place, m->documents, m->vevent, m->vevent_utc,
	    m->reason, m->title);
	for (i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++) {
		if (strcasestr(all, secrets[i]) != NULL)
			fail_msg("\"%s\" is in %s", secrets[i], all);
	}
	assert_string_equal(m->description, "All are welcome.\nBye");
	assert_string_equal(m->agenda, "2. Closing");
	arena_free(a);
}

static void
test_bad_meeting(void **state)
{
	struct arena *a = arena_new();
	struct meeting_rev rev = tokyo();
	struct event e = published(&rev);
	struct err err = { 0 };

	(void)state;
	rev.tzid = "Mars/Olympus_Mons";
	assert_null(flatten_event(a, &e, &err));
	assert_non_null(strstr(err.text, "Mars"));
	arena_free(a);
}

struct when_row {
	const char *name, *zone;
	int64_t start_at, end_at;
	const char *start, *end, *text, *zone_name;
};

static const struct when_row when_rows[] = {
	{ "winter in Geneva", "Europe/Zurich", 1802260800, 1802268000,
	    "2027-02-10T13:00:00+01:00", "2027-02-10T15:00:00+01:00",
	    "Wednesday 10 February 2027, 13:00–15:00", "CET" },
	{ "over midnight", "Asia/Tokyo", 1802268000, 1802275200,
	    "2027-02-10T23:00:00+09:00", "2027-02-11T01:00:00+09:00",
	    "Wednesday 10 February 2027, 23:00 – Thursday 11 February 2027, "
	    "01:00", "JST" },
	{ "no end", "UTC", 1802260800, 0, "2027-02-10T12:00:00Z", "",
	    "Wednesday 10 February 2027, 12:00", "UTC" },
	{ "zone without a name", "America/Sao_Paulo", 1802260800, 1802264400,
	    "2027-02-10T09:00:00-03:00", "2027-02-10T10:00:00-03:00",
	    "Wednesday 10 February 2027, 09:00–10:00", "UTC-03:00" },
	{ "half hours", "Asia/Kolkata", 1802260800, 0,
	    "2027-02-10T17:30:00+05:30", "",
	    "Wednesday 10 February 2027, 17:30", "IST" },
	{ "unknown zone is UTC", "Mars/Olympus_Mons", 1802260800, 0,
	    "2027-02-10T12:00:00Z", "", "Wednesday 10 February 2027, 12:00",
	    "UTC" },
};

static void
test_when(void **state)
{
	const struct when_row *row = *state;
	struct arena *a = arena_new();
	struct meeting_rev rev = tokyo();
	struct when w;

	rev.start_at = row->start_at;
	rev.end_at = row->end_at;
	w = when_make(a, &rev, row->zone);
	assert_string_equal(w.start, row->start);
	assert_string_equal(w.end, row->end);
	assert_string_equal(w.text, row->text);
	assert_string_equal(w.zone_name, row->zone_name);
	arena_free(a);
}

static void
test_whole_days(void **state)
{
	struct arena *a = arena_new();
	struct meeting_rev rev = tokyo();
	struct when w;

	(void)state;
	rev.all_day = true;
	rev.start_local = "2028-01-18T00:00:00";
	rev.end_local = "2028-01-21T00:00:00";
	w = when_make(a, &rev, "America/New_York");
	assert_string_equal(w.start, "2028-01-18");
	assert_string_equal(w.end, "2028-01-20");
	assert_string_equal(w.text,
	    "Tuesday 18 January 2028 – Thursday 20 January 2028");
	rev.end_local = "";
	w = when_make(a, &rev, "UTC");
	assert_string_equal(w.end, "2028-01-18");
	assert_string_equal(w.text, "Tuesday 18 January 2028");
	arena_free(a);
}

struct open_row {
	const char *name, *file;	/* file below build/MODE/, or absolute */
	const char *config[3];
	const char *error;
};

static const struct open_row open_rows[] = {
	{ "a file that is not there", "/nonexistent/x.so", { NULL },
	    "cannot load" },
	{ "a file that is no shared object", "/etc/passwd", { NULL },
	    "cannot load" },
	{ "a library that is no plugin", "libm.so.6", { NULL },
	    "does not export jcad_plugin" },
	{ "a plugin without its settings", "plugins/example.so", { NULL },
	    "set \"file\"" },
	{ "a plugin that cannot do its work", "plugins/example.so",
	    { "file", "/nonexistent/file", NULL }, "No such file" },
};

static void
test_open(void **state)
{
	const struct open_row *row = *state;
	struct arena *a = arena_new();
	const char *config[3] = { row->config[0], row->config[1], NULL };
	struct plugin_settings s = { "p", row->file, config };
	struct err err = { 0 };

	if (strncmp(row->file, "plugins/", 8) == 0)
		s.file = build_path(a, row->file);
	assert_null(module_open(&s, &err));
	if (strstr(err.text, row->error) == NULL)
		fail_msg("%s", err.text);
	assert_memory_equal(err.text, "plugin p: ", 10);
	arena_free(a);
}

/* Core's end of the link: what was acknowledged. */
struct core_end {
	struct arena *arena;
	struct ack last;
	int n;
	bool closed;
};

static void
core_message(void *arg, struct link *link, uint32_t type, struct span body,
    int *fd)
{
	struct core_end *c = arg;
	struct dec d;

	(void)link;
	(void)fd;
	assert_int_equal(type, MSG_ACK);
	dec_init(&d, c->arena, body);
	wire_get_ack(&d, &c->last);
	assert_true(dec_end(&d));
	c->n++;
}

static void
core_closed(void *arg, struct link *link)
{
	struct core_end *c = arg;

	(void)link;
	c->closed = true;
}

static const char *
read_file(struct arena *a, const char *path)
{
	struct span s;

	assert_int_equal(file_read(a, AT_FDCWD, path, 1 << 20, &s, NULL), 0);
	return s.p;
}

static void
silent(void *arg, const char *line)
{
	(void)arg;
	(void)line;
}

/* The whole way with the example plugin: each event one line, also when it
 * comes twice and when the plugin is started anew. */
static void
test_way_of_an_event(void **state)
{
	static const struct link_ops ops = { core_message, core_closed };
	struct arena *a = arena_new();
	char dir[] = "/tmp/jcad-plug-XXXXXX";
	struct core_end core = { a, { 0 }, 0, false };
	struct meeting_rev rev = tokyo();
	struct event e = published(&rev), post = {
		.id = 9, .kind = EVENT_POST_DISTRIBUTED, .key = "post/1",
		.list = "jca-qkdn", .list_title = "JCA-QKDN",
		.object = "<1@b.example>", .revision = 1, .at = 1823990500,
		.subject = "Hello", .author = "a@b.example",
		.message_id = "<1@b.example>",
	};
	struct plugin_settings plugin = { "example", NULL, NULL };
	struct settings settings = { .plugins = &plugin, .n_plugins = 1 };
	struct ev *ev = ev_new_virtual(1800000000000);
	struct plughost *h;
	struct link *ends[2];
	struct err err = { 0 };
	const char *file;
	int round;

	(void)state;
	log_sink(silent, NULL);
	assert_non_null(mkdtemp(dir));
	file = arena_printf(a, "%s/events.txt", dir);
	plugin.file = build_path(a, "plugins/example.so");
	plugin.config = (const char *[]){ "file", file, NULL };
	for (round = 0; round < 2; round++) {
		h = plughost_new(&settings, 0, ev, &err);
		if (h == NULL)
			fail_msg("%s", err.text);
		link_new_pair(ev, &ops, &core, plughost_ops(), h, ends);
		assert_int_equal(LINK_PUT(ends[0], MSG_EVENT, event, &e, -1,
		    &err), 0);
		ev_advance(ev, 1000);
		assert_int_equal(core.last.id, 7);
		assert_int_equal(core.last.answer, EVENT_OK);
		assert_int_equal(LINK_PUT(ends[0], MSG_EVENT, event, &post, -1,
		    &err), 0);
		ev_advance(ev, 1000);
		assert_int_equal(core.last.id, 9);
		assert_int_equal(core.n, 2 * round + 2);
		assert_string_equal(core.last.plugin, "example");
		link_free(ends[0]);
		link_free(ends[1]);
		plughost_free(h);
	}
	assert_string_equal(read_file(a, file),
	    "7 meeting-published jca-qkdn m9/1 Meeting in Tokyo\n"
	    "9 post-distributed jca-qkdn post/1 Hello\n");
	assert_int_equal(unlink(file), 0);
	assert_int_equal(rmdir(dir), 0);
	log_sink(NULL, NULL);
	ev_free(ev);
	arena_free(a);
}

static void
test_dropped_event(void **state)
{
	static const struct link_ops ops = { core_message, core_closed };
	struct arena *a = arena_new();
	struct core_end core = { a, { 0 }, 0, false };
	struct meeting_rev rev = tokyo();
	struct event e = published(&rev);
	struct plugin_settings plugin = { "example",
	    build_path(a, "plugins/example.so"),
	    (const char *[]){ "file", "/dev/null", NULL } };
	struct settings settings = { .plugins = &plugin, .n_plugins = 1 };
	struct ev *ev = ev_new_virtual(1800000000000);
	struct err err = { 0 };
	struct plughost *h;
	struct link *ends[2];

	(void)state;
	log_sink(silent, NULL);
	rev.tzid = "Mars/Olympus_Mons";
	h = plughost_new(&settings, 0, ev, &err);
	assert_non_null(h);
	link_new_pair(ev, &ops, &core, plughost_ops(), h, ends);
	assert_int_equal(LINK_PUT(ends[0], MSG_EVENT, event, &e, -1, &err), 0);
	ev_advance(ev, 1000);
	assert_int_equal(core.last.answer, EVENT_DROP);
	assert_non_null(strstr(core.last.reason, "Mars"));
	link_free(ends[0]);
	link_free(ends[1]);
	plughost_free(h);
	log_sink(NULL, NULL);
	ev_free(ev);
	arena_free(a);
}

static void
test_no_such_plugin(void **state)
{
	struct settings settings = { .n_plugins = 0 };
	struct ev *ev = ev_new_virtual(1800000000000);
	struct err err = { 0 };

	(void)state;
	assert_null(plughost_new(&settings, 3, ev, &err));
	assert_int_equal(err.kind, ERR_NOTFOUND);
	plughost_free(NULL);
	ev_free(ev);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_flatten),
		cmocka_unit_test(test_no_secrets),
		cmocka_unit_test(test_bad_meeting),
		cmocka_unit_test(test_whole_days),
		cmocka_unit_test(test_way_of_an_event),
		cmocka_unit_test(test_dropped_event),
		cmocka_unit_test(test_no_such_plugin),
	};
	int failures = 0;

	failures += TEST_ROWS("when_make", when_rows, test_when);
	failures += TEST_ROWS("module_open", open_rows, test_open);
	failures += cmocka_run_group_tests(tests, NULL, NULL);
	return test_exit(failures);
}
