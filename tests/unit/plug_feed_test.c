/* SPDX-License-Identifier: ISC */
/*
 * The itu-feed plugin, loaded as jcad loads it: what stands in the files,
 * that they move only on a real change, that a rebuild is byte for byte the
 * same, and that other people's checkers accept them.
 */
#include "tests/test.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/civil.h"
#include "base/err.h"
#include "base/file.h"
#include "base/str.h"
#include "base/xmalloc.h"
#include "model/event.h"
#include "plug/flatten.h"
#include "plug/module.h"
#include "plugins/jcad_plugin.h"

#define AT(y, m, d, h, min) civil_to_unix(&(struct civil){ y, m, d, h, min, 0 })
#define NOT_FOUND 127
#define NO_MODULE 77

struct fixture {
	struct arena *arena;
	char dir[64];
	const char *so;
	struct module *module;
};

/* A meeting as the tables below need it. */
struct spec {
	const char *key;
	uint32_t rev;
	uint32_t kind;
	const char *status, *title, *start, *end, *zone;
	int64_t start_at, end_at;
	const char *place, *description;
	bool all_day;
};

static void
remove_tree(const char *path)
{
	struct arena *a = arena_new();
	DIR *d = opendir(path);
	struct dirent *e;

	while (d != NULL && (e = readdir(d)) != NULL) {
		const char *sub = arena_printf(a, "%s/%s", path, e->d_name);

		if (strcmp(e->d_name, ".") == 0 ||
		    strcmp(e->d_name, "..") == 0)
			continue;
		if (unlink(sub) != 0)
			remove_tree(sub);
	}
	if (d != NULL)
		(void)closedir(d);
	(void)rmdir(path);
	arena_free(a);
}

static void
open_module(struct fixture *f)
{
	const char *config[] = { "dir", f->dir, "base_url",
		"https://www.itu-t.example/jca", "id_authority",
		"lists.itu-t.example,2026", "contact",
		"jca-qkdn-owner@lists.itu-t.example", NULL };
	struct plugin_settings s = { "itu-feed", f->so, config };
	struct err err = { 0 };

	f->module = module_open(&s, &err);
	if (f->module == NULL)
		fail_msg("%s", err.text);
}

static int
setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));
	char self[1000];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	struct span s;

	assert_true(n > 0);
	s = span_make(self, (size_t)n);
	s = span_sub(s, 0, span_rfind(s, '/'));
	f->arena = arena_new();
	f->so = arena_printf(f->arena, "%.*s/../plugins/itu-feed.so",
	    (int)s.n, s.p);
	memcpy(f->dir, "/tmp/jcad-feed-XXXXXX", 22);
	assert_non_null(mkdtemp(f->dir));
	open_module(f);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	module_close(f->module);
	remove_tree(f->dir);
	arena_free(f->arena);
	free(f);
	return 0;
}

static const char *
or_empty(const char *s)
{
	return s != NULL ? s : "";
}

static uint32_t
send_spec(struct fixture *f, const struct spec *spec, int64_t id)
{
	struct arena *a = arena_new();
	struct deadline inputs = { "Inputs", AT(2027, 1, 29, 23, 59) };
	struct meeting_rev rev = {
		.key = spec->key, .uid = arena_printf(a, "%s.jca@l.example",
		spec->key), .list = "jca-qkdn", .number = 1, .rev = spec->rev,
		.sequence = spec->rev - 1, .status = spec->status,
		.title = spec->title, .start_local = spec->start,
		.end_local = spec->end, .tzid = spec->zone,
		.start_at = spec->start_at, .end_at = spec->end_at,
		.all_day = spec->all_day, .rrule = "",
		.place = or_empty(spec->place), .link = "https://secret/1",
		.pin = "987654", .agenda = "1. Opening\n2. Roadmap",
		.documents = "Docs: https://www.itu-t.example/docs?a=1&b=2.",
		.description = or_empty(spec->description), .reason = "",
		.deadlines = &inputs, .n_deadlines = 1, .language = "en",
		.announced_by = "chair@university-a.example",
		.created_at = 1799539200, .revised_at = 1799539200 + id,
		.source_id = "",
	};
	struct event e = {
		.id = id, .kind = spec->kind, .key = arena_printf(a, "%s/%u",
		spec->key, spec->rev), .list = "jca-qkdn",
		.list_title = "JCA-QKDN", .object = spec->key,
		.revision = spec->rev, .at = 1799625600 + id * 60,
		.subject = spec->title, .author = "", .message_id = "",
		.meeting = &rev, .n_meeting = 1,
	};
	struct module_answer answer;
	struct err err = { 0 };
	const struct jcad_event *flat = flatten_event(a, &e, &err);

	if (flat == NULL)
		fail_msg("%s", err.text);
	module_event(f->module, flat, &answer);
	arena_free(a);
	return answer.answer;
}

static void
flush(struct fixture *f)
{
	struct module_answer answer;

	module_idle(f->module, &answer);
	if (answer.answer != EVENT_OK)
		fail_msg("%s", answer.reason);
}

static const char *
slurp(struct fixture *f, const char *name)
{
	struct span s;
	struct err err = { 0 };

	if (file_read(f->arena, AT_FDCWD, arena_printf(f->arena, "%s/%s",
	    f->dir, name), 64 << 20, &s, &err) != 0)
		fail_msg("%s", err.text);
	return s.p;
}

static void
must_have(struct fixture *f, const char *name, const char *text)
{
	const char *all = slurp(f, name);

	if (strstr(all, text) == NULL)
		fail_msg("\"%s\" is not in %s:\n%s", text, name, all);
}

/* Names and contents of all files below dir, but for the journal. */
static void
snapshot(struct arena *a, const char *dir, struct str *out)
{
	struct dirent **list;
	int n = scandir(dir, &list, NULL, alphasort), i;

	assert_true(n >= 0);
	for (i = 0; i < n; i++) {
		const char *name = list[i]->d_name;
		const char *path = arena_printf(a, "%s/%s", dir, name);
		struct stat st;
		struct span s;

		assert_int_equal(stat(path, &st), 0);
		if (S_ISDIR(st.st_mode) && name[0] != '.' &&
		    strcmp(name, "state") != 0) {
			snapshot(a, path, out);
		} else if (S_ISREG(st.st_mode)) {
			assert_int_equal(file_read(a, AT_FDCWD, path, 64 << 20,
			    &s, NULL), 0);
			str_addf(out, "== %s\n", name);
			str_addspan(out, s);
		}
		free(list[i]);
	}
	free(list);
}

static char *
take_snapshot(struct fixture *f)
{
	struct str s = STR_EMPTY;
	char *copy;

	snapshot(f->arena, f->dir, &s);
	copy = str_dup(f->arena, &s);
	str_done(&s);
	return copy;
}

/* S1, S9 and S10 of the scenarios, and what may go wrong in between. */
static const struct spec story[] = {
	{ "m1", 1, EVENT_MEETING_PUBLISHED, "confirmed", "First meeting",
	    "2027-02-10T13:00:00", "2027-02-10T15:00:00", "Europe/Zurich",
	    1802260800, 1802268000, "e-meeting", "All are welcome", false },
	{ "m2", 1, EVENT_MEETING_PUBLISHED, "confirmed", "Meeting in Tokyo",
	    "2027-11-11T09:30:00", "2027-11-11T17:30:00", "Asia/Tokyo",
	    1825893000, 1825921800, "Tokyo, remote participation possible",
	    "", false },
	{ "m3", 1, EVENT_MEETING_PUBLISHED, "planned", "Save the date",
	    "2028-01-18T00:00:00", "2028-01-21T00:00:00", "Europe/Zurich",
	    1831762800, 1832022000, "Geneva", "", true },
	{ "m1", 2, EVENT_MEETING_REVISED, "confirmed", "First meeting",
	    "2027-02-11T13:00:00", "2027-02-11T15:00:00", "Europe/Zurich",
	    1802347200, 1802354400, "e-meeting", "All are welcome", false },
	{ "m3", 2, EVENT_MEETING_REVISED, "confirmed", "Third meeting",
	    "2028-01-18T09:30:00", "2028-01-18T12:30:00", "Europe/Zurich",
	    1831797000, 1831807800, "Geneva", "", false },
	{ "m2", 2, EVENT_MEETING_CANCELLED, "cancelled", "Meeting in Tokyo",
	    "2027-11-11T09:30:00", "2027-11-11T17:30:00", "Asia/Tokyo",
	    1825893000, 1825921800, "Tokyo, remote participation possible",
	    "", false },
	{ "m3", 3, EVENT_MEETING_REVISED, "confirmed", "Third meeting",
	    "2028-01-18T09:30:00", "2028-01-18T12:30:00", "Europe/Zurich",
	    1831797000, 1831807800, "e-meeting", "", false },
	/* Cairo's zone is not the same in both years. */
	{ "m4", 1, EVENT_MEETING_PUBLISHED, "confirmed", "Cairo one",
	    "2027-06-01T10:00:00", "2027-06-01T12:00:00", "Africa/Cairo",
	    1811833200, 1811840400, "Cairo", "", false },
	{ "m5", 1, EVENT_MEETING_PUBLISHED, "confirmed", "Cairo two",
	    "2031-06-03T10:00:00", "2031-06-03T12:00:00", "Africa/Cairo",
	    1938236400, 1938243600, "Cairo", "", false },
	{ "m6", 1, EVENT_MEETING_PUBLISHED, "confirmed",
	    "</title><script>alert(1)</script> & ]]> \"x\" «é 語 😀»",
	    "2027-03-01T10:00:00", "", "UTC", 1803895200, 0,
	    "<b>Room</b> 'K' & Co", "see http://a.example/<x>?a=1&b=2), or "
	    "javascript:alert(1)\n\n\xef\xbf\xbf end", false },
};

#define STORY (sizeof(story) / sizeof(story[0]))

static void
tell(struct fixture *f, size_t from, size_t to)
{
	size_t i;

	for (i = from; i < to; i++)
		assert_int_equal(send_spec(f, &story[i], (int64_t)i + 1),
		    EVENT_OK);
}

static void
test_first_meeting(void **state)
{
	struct fixture *f = *state;

	tell(f, 0, 1);
	flush(f);
	must_have(f, "meetings/jca-qkdn-m1.html",
	    "<time datetime=\"2027-02-10T13:00:00+01:00\">Wednesday 10 "
	    "February 2027, 13:00–15:00</time> CET (Geneva time)");
	must_have(f, "meetings/jca-qkdn-m1.html",
	    "<time datetime=\"2027-02-10T12:00:00Z\">");
	must_have(f, "meetings/jca-qkdn-m1.html",
	    "<li>Inputs: <time datetime=\"2027-01-29T23:59:00Z\">2027-01-29 "
	    "23:59 UTC</time></li>");
	must_have(f, "meetings/jca-qkdn-m1.html",
	    "<a href=\"https://www.itu-t.example/docs?a=1&amp;b=2\">");
	must_have(f, "meetings/jca-qkdn-m1.html",
	    "https://schema.org/OnlineEventAttendanceMode");
	must_have(f, "atom.xml",
	    "<id>tag:lists.itu-t.example,2026:jca-qkdn:m1</id>");
	must_have(f, "rss.xml", "<guid isPermaLink=\"false\">"
	    "tag:lists.itu-t.example,2026:jca-qkdn:m1</guid>");
	must_have(f, "feed.json", "\"https://www.itu-t.example/jca/meetings/"
	    "jca-qkdn-m1.html\"");
	must_have(f, "calendar.ics", "\r\nCATEGORIES:JCA-QKDN\r\n");
	must_have(f, "calendar.ics", "\r\nORGANIZER:mailto:jca-qkdn-owner@");
	must_have(f, "events.json", "\"status\": \"Confirmed\"");
	must_have(f, "events.json", "\"sector\": \"ITU-T\"");
	must_have(f, "index.html", "<h2>2027</h2>");
}

/* Nothing for members anywhere, the journal included. */
static void
test_no_secrets(void **state)
{
	struct fixture *f = *state;
	const char *all;

	tell(f, 0, STORY);
	flush(f);
	all = arena_printf(f->arena, "%s%s", take_snapshot(f),
	    slurp(f, "state/journal"));
	assert_null(strstr(all, "secret"));
	assert_null(strstr(all, "987654"));
	assert_null(strstr(all, "chair@"));
	assert_null(strstr(all, "ATTENDEE"));
}

static void
test_moved_and_cancelled(void **state)
{
	struct fixture *f = *state;

	tell(f, 0, STORY);
	flush(f);
	must_have(f, "meetings/jca-qkdn-m1.html",
	    "\"eventStatus\": \"https://schema.org/EventRescheduled\", "
	    "\"previousStartDate\": \"2027-02-10T13:00:00+01:00\"");
	must_have(f, "meetings/jca-qkdn-m2.html",
	    "\"eventStatus\": \"https://schema.org/EventCancelled\"");
	must_have(f, "meetings/jca-qkdn-m2.html",
	    "This meeting is cancelled.");
	must_have(f, "meetings/jca-qkdn-m2.html", "MixedEventAttendanceMode");
	must_have(f, "meetings/jca-qkdn-m2.html", "<dt>Geneva time</dt>");
	must_have(f, "meetings/jca-qkdn-m3.html", "EventMovedOnline");
	must_have(f, "calendar.ics", "\r\nSTATUS:CANCELLED\r\n");
	must_have(f, "events.json", "\"status\": \"Cancelled\"");
	must_have(f, "index.html", "Meeting in Tokyo");
	/* The identifier stays, published too; updated moved. */
	must_have(f, "atom.xml", "<published>2027-01-11T00:01:00Z</published>"
	    "\n    <updated>2027-01-11T00:04:00Z</updated>");
}

static void
test_hostile_texts(void **state)
{
	struct fixture *f = *state;
	const char *page;

	tell(f, 9, 10);
	flush(f);
	page = slurp(f, "meetings/jca-qkdn-m6.html");
	assert_null(strstr(page, "<script>"));
	assert_null(strstr(page, "<b>"));
	assert_null(strstr(page, "href=\"javascript"));
	assert_null(strstr(page, "\xef\xbf\xbf"));
	assert_non_null(strstr(page, "href=\"http://a.example/\""));
	assert_null(strstr(slurp(f, "atom.xml"), "<script>"));
	assert_null(strstr(slurp(f, "feed.json"), "<script>"));
}

/* A revision that changes nothing that the public sees. */
static void
test_no_real_change(void **state)
{
	struct fixture *f = *state;
	struct spec same = story[0];
	const char *before;

	tell(f, 0, 3);
	flush(f);
	before = take_snapshot(f);
	same.rev = 2;
	same.kind = EVENT_MEETING_REVISED;
	assert_int_equal(send_spec(f, &same, 20), EVENT_OK);
	flush(f);
	assert_string_equal(take_snapshot(f), before);
}

static void
test_repeated_and_late_events(void **state)
{
	struct fixture *f = *state;
	const char *before;
	size_t lines;

	tell(f, 0, STORY);
	flush(f);
	before = take_snapshot(f);
	lines = strlen(slurp(f, "state/journal"));
	tell(f, 0, STORY);
	tell(f, 3, STORY);
	flush(f);
	assert_string_equal(take_snapshot(f), before);
	assert_int_equal(strlen(slurp(f, "state/journal")), lines);
}

static void
test_rebuild(void **state)
{
	struct fixture *f = *state;
	const char *before;

	tell(f, 0, STORY);
	flush(f);
	before = take_snapshot(f);
	module_close(f->module);
	remove_tree(f->dir);
	open_module(f);
	tell(f, 0, STORY);
	flush(f);
	assert_string_equal(take_snapshot(f), before);
}

static void
test_restart_at_every_event(void **state)
{
	struct fixture *f = *state;
	const char *before;
	size_t i;

	tell(f, 0, STORY);
	flush(f);
	before = take_snapshot(f);
	module_close(f->module);
	remove_tree(f->dir);
	open_module(f);
	for (i = 0; i < STORY; i++) {
		tell(f, i, i + 1);
		if (i % 2 == 0)
			flush(f);
		module_close(f->module);
		open_module(f);
	}
	flush(f);
	assert_string_equal(take_snapshot(f), before);
}

/* Files that were lost or damaged come back with the next start. */
static void
test_lost_files(void **state)
{
	struct fixture *f = *state;
	const char *before;
	int fd;

	tell(f, 0, STORY);
	flush(f);
	before = take_snapshot(f);
	module_close(f->module);
	assert_int_equal(unlink(arena_printf(f->arena, "%s/atom.xml",
	    f->dir)), 0);
	fd = open(arena_printf(f->arena, "%s/meetings/jca-qkdn-m2.html",
	    f->dir), O_WRONLY | O_TRUNC | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(close(fd), 0);
	open_module(f);
	flush(f);
	assert_string_equal(take_snapshot(f), before);
}

/* A crash in the middle of a line: the line is dropped, jcad sends the event
 * again because it was not answered. */
static void
test_torn_journal(void **state)
{
	struct fixture *f = *state;
	const char *before, *path = arena_printf(f->arena,
	    "%s/state/journal", f->dir);
	struct stat st;

	tell(f, 0, STORY);
	flush(f);
	before = take_snapshot(f);
	module_close(f->module);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(truncate(path, st.st_size - 100), 0);
	open_module(f);
	tell(f, STORY - 1, STORY);
	flush(f);
	assert_string_equal(take_snapshot(f), before);
}

static void
test_full_disk(void **state)
{
	struct fixture *f = *state;
	struct rlimit old, tight;
	const char *before;
	uint32_t answer;

	tell(f, 0, STORY);
	flush(f);
	before = take_snapshot(f);
	module_close(f->module);
	remove_tree(f->dir);
	open_module(f);
	assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	tell(f, 0, 1);
	tight = old;
	tight.rlim_cur = strlen(slurp(f, "state/journal")) + 100;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
	answer = send_spec(f, &story[1], 2);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(answer, EVENT_RETRY);
	tell(f, 1, STORY);
	flush(f);
	assert_string_equal(take_snapshot(f), before);
}

/* If the files cannot be written, events wait and say why. */
static void
test_unwritable_feed(void **state)
{
	struct fixture *f = *state;
	struct module_answer answer;
	const char *blocked = arena_printf(f->arena, "%s/atom.xml", f->dir);

	tell(f, 0, 1);
	assert_int_equal(mkdir(blocked, 0755), 0);
	module_idle(f->module, &answer);
	assert_int_equal(answer.answer, EVENT_RETRY);
	assert_non_null(strstr(answer.reason, "cannot write the feed"));
	assert_int_equal(send_spec(f, &story[1], 2), EVENT_RETRY);
	assert_int_equal(rmdir(blocked), 0);
	assert_int_equal(send_spec(f, &story[1], 2), EVENT_OK);
	flush(f);
	must_have(f, "atom.xml", "Meeting in Tokyo");
}

static void
test_archive_pages(void **state)
{
	struct fixture *f = *state;
	struct str all = STR_EMPTY;
	int i;

	for (i = 0; i < 120; i++) {
		struct spec s = story[0];

		s.key = arena_printf(f->arena, "m%d", i + 1);
		assert_int_equal(send_spec(f, &s, i + 1), EVENT_OK);
	}
	flush(f);
	must_have(f, "atom.xml", "rel=\"prev-archive\" "
	    "type=\"application/atom+xml\" href=\"https://www.itu-t.example/"
	    "jca/atom-0002.xml\"");
	must_have(f, "atom-0001.xml", "<fh:archive");
	assert_int_equal(access(arena_printf(f->arena, "%s/atom-0003.xml",
	    f->dir), F_OK), -1);
	str_adds(&all, slurp(f, "atom.xml"));
	str_adds(&all, slurp(f, "atom-0001.xml"));
	str_adds(&all, slurp(f, "atom-0002.xml"));
	for (i = 0; i < 120; i++)
		assert_non_null(strstr(str_get(&all), arena_printf(f->arena,
		    ":m%d</id>", i + 1)));
	str_done(&all);
}

static void
test_odd_events(void **state)
{
	struct fixture *f = *state;
	struct spec s = story[0];

	s.key = "../../etc/passwd";
	assert_int_equal(send_spec(f, &s, 1), EVENT_DROP);
	s.key = ".hidden";
	assert_int_equal(send_spec(f, &s, 2), EVENT_DROP);
	s.key = "";
	assert_int_equal(send_spec(f, &s, 3), EVENT_DROP);
	flush(f);
	must_have(f, "index.html", "No meeting has been announced yet.");
}

/* ---- other people's checkers ---- */

/* Run a program; its output goes to ours. NOT_FOUND if it is not there. */
static int
run(const char *const *argv)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		(void)execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(NOT_FOUND);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

static void
must_accept(const char *const *argv)
{
	int status = run(argv);

	if (status == NOT_FOUND || status == NO_MODULE) {
		print_message("skipped: no %s\n", argv[0]);
		skip();
	}
	assert_int_equal(status, 0);
}

static const char *
corpora(struct fixture *f, const char *name)
{
	const char *top = getenv("JCAD_CORPORA");

	return arena_printf(f->arena, "%s/%s", top != NULL ? top :
	    "../shared/corpora", name);
}

static const char *
out_path(struct fixture *f, const char *name)
{
	return arena_printf(f->arena, "%s/%s", f->dir, name);
}

static void
test_xmllint(void **state)
{
	struct fixture *f = *state;

	tell(f, 0, STORY);
	flush(f);
	must_accept((const char *[]){ "xmllint", "--noout",
	    out_path(f, "atom.xml"), out_path(f, "rss.xml"),
	    out_path(f, "index.html"),
	    out_path(f, "meetings/jca-qkdn-m1.html"),
	    out_path(f, "meetings/jca-qkdn-m6.html"), NULL });
}

static void
test_atom_schema(void **state)
{
	struct fixture *f = *state;
	const char *schema = corpora(f, "feed/atom.rnc");
	int i;

	if (access(schema, R_OK) != 0) {
		print_message("skipped: no corpora\n");
		skip();
	}
	for (i = 0; i < 60; i++) {
		struct spec s = story[i % 3];

		s.key = arena_printf(f->arena, "m%d", i + 10);
		assert_int_equal(send_spec(f, &s, i + 10), EVENT_OK);
	}
	tell(f, 9, 10);
	flush(f);
	must_accept((const char *[]){ "jing", "-c", schema,
	    out_path(f, "atom.xml"), out_path(f, "atom-0001.xml"), NULL });
}

static void
test_read_by_python(void **state)
{
	struct fixture *f = *state;
	const char *schema = corpora(f, "feed/jsonfeed-1.1.schema.json");

	tell(f, 0, STORY);
	flush(f);
	must_accept((const char *[]){ "/usr/bin/python3",
	    "tests/unit/plug_feed_check.py", f->dir,
	    access(schema, R_OK) == 0 ? schema : NULL, NULL });
}

struct config_row {
	const char *name;
	const char *config[9];
	const char *error;
};

static const struct config_row config_rows[] = {
	{ "nothing set", { NULL }, "set \"dir\"" },
	{ "no base_url", { "dir", "/tmp/x", NULL }, "set \"base_url\"" },
	{ "no id_authority", { "dir", "/tmp/x", "base_url", "https://a.example",
	    NULL }, "set \"id_authority\"" },
	{ "misspelt setting", { "directory", "/tmp/x", NULL },
	    "unknown setting \"directory\"" },
	{ "base_url without scheme", { "dir", "/tmp/x", "base_url",
	    "www.itu.int/jca", "id_authority", "a.example,2026", NULL },
	    "is no address" },
	{ "base_url with a quote", { "dir", "/tmp/x", "base_url",
	    "https://a.example/\"x", "id_authority", "a.example,2026", NULL },
	    "is no address" },
	{ "authority without date", { "dir", "/tmp/x", "base_url",
	    "https://a.example/", "id_authority", "a.example", NULL },
	    "is not like" },
	{ "folder that cannot be", { "dir", "/nonexistent/x/y", "base_url",
	    "https://a.example/", "id_authority", "a.example,2026", NULL },
	    "No such file" },
};

static void
test_config(void **state)
{
	const struct config_row *row = *state;
	struct arena *a = arena_new();
	const char *config[9];
	char self[1000];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	struct span s = span_make(self, n > 0 ? (size_t)n : 0);
	struct plugin_settings p = { "itu-feed", NULL, config };
	struct err err = { 0 };

	memcpy(config, row->config, sizeof(config));
	p.file = arena_printf(a, "%.*s/../plugins/itu-feed.so",
	    (int)span_rfind(s, '/'), s.p);
	assert_null(module_open(&p, &err));
	if (strstr(err.text, row->error) == NULL)
		fail_msg("%s", err.text);
	arena_free(a);
}

#define FEED(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FEED(test_first_meeting), FEED(test_no_secrets),
		FEED(test_moved_and_cancelled), FEED(test_hostile_texts),
		FEED(test_no_real_change), FEED(test_repeated_and_late_events),
		FEED(test_rebuild), FEED(test_restart_at_every_event),
		FEED(test_lost_files), FEED(test_torn_journal),
		FEED(test_full_disk), FEED(test_unwritable_feed),
		FEED(test_archive_pages), FEED(test_odd_events),
		FEED(test_xmllint), FEED(test_atom_schema),
		FEED(test_read_by_python),
	};
	int failures = 0;

	failures += TEST_ROWS("settings of itu-feed", config_rows,
	    test_config);
	failures += cmocka_run_group_tests(tests, NULL, NULL);
	return test_exit(failures);
}
