/* SPDX-License-Identifier: ISC */
/*
 * Debug: a table of readers. Owns nothing. Invariant: a reader that dies of
 * its input does so in a process of its own, and is one line of the output
 * like any other finding.
 */
#include "ctl/debug.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/civil.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/str.h"
#include "cal/read.h"
#include "cal/zone.h"
#include "conf/conf.h"
#include "ctl/client.h"
#include "mail/address.h"
#include "mail/parse.h"
#include "meet/meet.h"
#include "model/action.h"

#define FILE_MAX (200u << 20)
#define READER_S 20		/* longest time for one file */

/* ---- output ---- */

static void
begin_row(struct json *j, struct str *row)
{
	str_clear(row);
	json_init(j, row);
	json_object(j, NULL);
}

static void
end_row(struct json *j, struct str *row)
{
	json_end_object(j);
	(void)printf("%s\n", str_get(row));	/* checked by the last flush */
}

/* ---- address ---- */

static void
one_address(const char *text)
{
	struct arena *a = arena_new();
	struct str row = STR_EMPTY;
	struct err err = { ERR_NONE, "" };
	struct json j;
	const char *normal = NULL;
	int rc = address_parse(a, span_of(text), &normal, &err);

	begin_row(&j, &row);
	json_str(&j, "text", text);
	json_bool(&j, "ok", rc == 0);
	if (rc == 0)
		json_str(&j, "address", normal);
	else
		json_str(&j, "reason", err.text);
	end_row(&j, &row);
	str_done(&row);
	arena_free(a);
}

/* Without words: one address a line on standard input. */
static int
debug_address(const char *const *args)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;

	for (; *args != NULL; args++) {
		one_address(*args);
		if (args[1] == NULL)
			return 0;
	}
	while ((n = getline(&line, &cap, stdin)) > 0) {
		if (line[n - 1] == '\n')
			line[n - 1] = '\0';
		one_address(line);
	}
	free(line);
	return 0;
}

/* ---- tzid ---- */

static int
debug_tzid(const char *const *args)
{
	struct arena *a = arena_new();
	struct str row = STR_EMPTY;
	struct json j;
	const char *zone;

	for (; *args != NULL; args++) {
		zone = zone_find(a, *args);
		begin_row(&j, &row);
		json_str(&j, "text", *args);
		json_bool(&j, "ok", zone != NULL);
		if (zone != NULL)
			json_str(&j, "zone", zone);
		else
			json_str(&j, "reason", "no zone of that name, or "
			    "several");
		end_row(&j, &row);
	}
	str_done(&row);
	arena_free(a);
	return 0;
}

/* ---- files ---- */

struct input {
	struct arena *arena;
	const char *file;
	struct span data;
	int64_t now;
};

/* Run fn on the input in a process of its own. */
static void
guarded(const struct input *in, void (*fn)(const struct input *in))
{
	struct str row = STR_EMPTY;
	struct json j;
	int status = 0;
	pid_t pid;

	(void)fflush(stdout);	/* or the child would print it again */
	pid = fork();
	if (pid == 0) {
		(void)alarm(READER_S);
		fn(in);
		_exit(fflush(stdout) == 0 ? 0 : 1);
	}
	if (pid > 0 && waitpid(pid, &status, 0) == pid &&
	    !WIFSIGNALED(status))
		return;
	begin_row(&j, &row);
	json_str(&j, "file", in->file);
	json_str(&j, "refused", pid < 0 ? "cannot fork" :
	    WTERMSIG(status) == SIGALRM ? "the reader took too long" :
	    arena_printf(in->arena, "the reader died of signal %d",
		WTERMSIG(status)));
	end_row(&j, &row);
	str_done(&row);
}

static int
each_file(const char *const *files, int64_t now,
    void (*fn)(const struct input *in))
{
	struct input in = { .now = now };
	struct err err = { ERR_NONE, "" };
	int status = 0, fd;

	for (; *files != NULL; files++) {
		in.arena = arena_new();
		in.file = *files;
		fd = client_open(*files, &err);
		if (fd >= 0 && file_read_fd(in.arena, fd, FILE_MAX, &in.data,
			&err) == 0) {
			guarded(&in, fn);
		} else {
			(void)fprintf(stderr, "jcadctl: %s\n", err.text);
			status = 1;
		}
		if (fd >= 0)
			(void)close(fd);	/* only read */
		arena_free(in.arena);
	}
	return status;
}

/* ---- mime ---- */

static void
one_mime(const struct input *in)
{
	struct str out = STR_EMPTY;
	size_t n;

	parse_debug(in->arena, in->data, in->file, &out);
	n = out.len;
	(void)printf("%s%s", str_get(&out), n > 0 &&
	    out.data[n - 1] == '\n' ? "" : "\n");	/* flushed, checked */
	str_done(&out);
}

static int
debug_mime(const char *const *args)
{
	return each_file(args, 0, one_mime);
}

/* ---- announce ---- */

static const char *const verb_names[] = { "announce", "update", "cancel",
	"status" };

static void
put_meeting(struct json *j, struct arena *a, const struct meeting_rev *r)
{
	size_t i;

	json_object(j, "meeting");
	json_str(j, "title", r->title);
	json_int(j, "number", r->number);
	json_str(j, "status", r->status);
	json_str(j, "start_local", r->start_local);
	json_str(j, "end_local", r->end_local);
	json_str(j, "zone", r->tzid);
	json_str(j, "start", civil_rfc3339(a, r->start_at));
	json_str(j, "end", civil_rfc3339(a, r->end_at));
	json_bool(j, "all_day", r->all_day);
	json_str(j, "place", r->place);
	json_str(j, "link", r->link);
	json_str(j, "agenda", r->agenda);
	json_str(j, "documents", r->documents);
	json_str(j, "description", r->description);
	json_array(j, "deadlines");
	for (i = 0; i < r->n_deadlines; i++) {
		json_object(j, NULL);
		json_str(j, "label", r->deadlines[i].label);
		json_str(j, "at", civil_rfc3339(a, r->deadlines[i].at));
		json_end_object(j);
	}
	json_end_array(j);
	json_end_object(j);
}

static void
put_questions(struct json *j, const struct meet_questions *q)
{
	size_t i;

	json_array(j, "questions");
	for (i = 0; i < q->n; i++) {
		json_object(j, NULL);
		json_str(j, "line", q->items[i].line);
		json_str(j, "why", q->items[i].why);
		json_str(j, "fix", q->items[i].fix);
		json_bool(j, "warning", q->items[i].warning);
		json_end_object(j);
	}
	json_end_array(j);
}

static bool
is_blocked(const struct meet_questions *q)
{
	size_t i;

	for (i = 0; i < q->n; i++)
		if (!q->items[i].warning)
			return true;
	return false;
}

static void
one_announcement(const struct input *in)
{
	struct list_settings list;
	struct snapshot s = { .list = &list, .now = in->now,
		.envelope_from = "", .mail_file_sha256 = "" };
	struct meet_questions q = { NULL, 0, 0 };
	struct meet_form form;
	struct digest d;
	struct str row = STR_EMPTY;
	struct json j;

	conf_default_list(in->arena, "jca", "lists.example", &list);
	s.route.list = &list;
	s.route.token = "";
	parse_mail(in->arena, parse_canonical(in->arena, in->data), "",
	    parse_defaults(), cal_read, &d);
	memset(&form, 0, sizeof(form));
	if (d.refused[0] == '\0')
		meet_read_form(in->arena, d.subject, d.text, &list, &form,
		    &q);
	if (d.refused[0] == '\0' && form.verb == MEET_ANNOUNCE &&
	    !is_blocked(&q))
		meet_check(in->arena, &form.rev, &s, &q);
	begin_row(&j, &row);
	json_str(&j, "file", in->file);
	if (d.refused[0] != '\0') {
		json_str(&j, "refused", d.refused);
	} else {
		json_str(&j, "verb", verb_names[form.verb]);
		json_str(&j, "key", form.key);
		json_bool(&j, "ok", !is_blocked(&q));
		if (form.verb == MEET_ANNOUNCE && !is_blocked(&q))
			put_meeting(&j, in->arena, &form.rev);
		put_questions(&j, &q);
	}
	end_row(&j, &row);
	str_done(&row);
}

/* --now TIME: the day on which the mail is read. */
static int
debug_announce(const char *const *args)
{
	struct timespec ts = { 0, 0 };
	int64_t now;

	(void)clock_gettime(CLOCK_REALTIME, &ts);	/* cannot fail */
	now = ts.tv_sec;
	if (strcmp(args[0], "--now") == 0) {
		if (args[1] == NULL ||
		    !civil_parse_rfc3339(span_of(args[1]), &now)) {
			(void)fputs("jcadctl: --now wants a time such as "
			    "2027-01-11T08:00:00Z\n", stderr);
			return 2;
		}
		args += 2;
	}
	return each_file(args, now, one_announcement);
}

/* ---- the table ---- */

struct reader {
	const char *name;
	int (*run)(const char *const *args);
	bool may_be_bare;	/* without arguments it reads its input */
};

static const struct reader readers[] = {
	{ "address", debug_address, true },
	{ "mime", debug_mime, false },
	{ "tzid", debug_tzid, false },
	{ "announce", debug_announce, false },
};

const char *
debug_usage(void)
{
	return "debug address [TEXT]...\n"
	    "debug mime FILE...\n"
	    "debug tzid NAME...\n"
	    "debug announce [--now TIME] FILE...\n";
}

int
debug_run(const char *const *args)
{
	const struct reader *r = NULL;
	size_t i;
	int rc;

	for (i = 0; args[0] != NULL && i < sizeof(readers) /
	    sizeof(readers[0]); i++)
		if (strcmp(args[0], readers[i].name) == 0)
			r = &readers[i];
	if (r == NULL)
		return 2;
	args++;
	if (args[0] != NULL && strcmp(args[0], "--") == 0)
		args++;
	if (args[0] == NULL && !r->may_be_bare)
		return 2;
	rc = r->run(args);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		(void)fputs("jcadctl: cannot write\n", stderr);
		return 1;
	}
	return rc;
}
