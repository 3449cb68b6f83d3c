/* SPDX-License-Identifier: ISC */
/*
 * The smallest plugin: one line of text in a file for each event. Shows the
 * three things that every plugin does: read its settings, answer events, and
 * recognise an event that it had before. Invariant: an event is answered
 * JCAD_OK only when its line is on the disk.
 */
#include "jcad_plugin.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NAME "example"

struct state {
	const struct jcad_host *host;
	int fd;
	int64_t last_id;	/* highest event that is in the file */
};

static const char *
kind_name(uint32_t kind)
{
	static const char *const names[] = {
		[JCAD_MEETING_PUBLISHED] = "meeting-published",
		[JCAD_MEETING_REVISED] = "meeting-revised",
		[JCAD_MEETING_CANCELLED] = "meeting-cancelled",
		[JCAD_POST_DISTRIBUTED] = "post-distributed",
		[JCAD_REPORT_PUBLISHED] = "report-published",
		[JCAD_ROADMAP_CHANGED] = "roadmap-changed",
		[JCAD_LIST_RETIRED] = "list-retired",
	};

	if (kind == 0 || kind >= sizeof(names) / sizeof(names[0]))
		return "unknown";
	return names[kind];
}

/* The id on the last line, so that a restart repeats nothing. */
static int64_t
read_last_id(int fd)
{
	char buf[4097];
	off_t size = lseek(fd, 0, SEEK_END);
	off_t from = size > 4096 ? size - 4096 : 0;
	ssize_t n = pread(fd, buf, 4096, from);
	char *line;

	if (n <= 0)
		return 0;
	buf[n] = '\0';
	if (buf[n - 1] == '\n')
		buf[n - 1] = '\0';
	line = strrchr(buf, '\n');
	return strtoll(line != NULL ? line + 1 : buf, NULL, 10);
}

static int
init(const struct jcad_host *host, const struct jcad_setting *settings,
    uint32_t n_settings, void **state, char reason[256])
{
	const char *file = NULL;
	struct state *s;
	uint32_t i;
	int fd;

	for (i = 0; i < n_settings; i++) {
		if (strcmp(settings[i].name, "file") == 0)
			file = settings[i].value;
	}
	if (file == NULL) {
		(void)snprintf(reason, 256,
		    "set \"file\": the file that gets a line for each event");
		return -1;
	}
	fd = open(file, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (fd < 0) {
		(void)snprintf(reason, 256, "%.150s: %s", file,
		    strerror(errno));
		return -1;
	}
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		abort();
	s->host = host;
	s->fd = fd;
	s->last_id = read_last_id(fd);
	*state = s;
	host->log(JCAD_LOG_INFO, "example plugin is ready");
	return 0;
}

static void
event(void *state, const struct jcad_event *ev, struct jcad_answer *out)
{
	struct state *s = state;
	char line[1024];
	int n;

	/* At least once means: sometimes twice. */
	if (ev->id <= s->last_id) {
		out->result = JCAD_OK;
		return;
	}
	n = snprintf(line, sizeof(line), "%lld %s %.100s %.100s %.300s\n",
	    (long long)ev->id, kind_name(ev->kind), ev->list, ev->key,
	    ev->meeting != NULL ? ev->meeting->title : ev->subject);
	if (write(s->fd, line, (size_t)n) != n || fdatasync(s->fd) != 0) {
		out->result = JCAD_RETRY;
		out->retry_s = 60;
		(void)snprintf(out->reason, sizeof(out->reason),
		    "cannot write: %s", strerror(errno));
		return;
	}
	s->last_id = ev->id;
	s->host->log(JCAD_LOG_DEBUG, ev->key);
	out->result = JCAD_OK;
}

static void
cleanup(void *state)
{
	struct state *s = state;

	(void)close(s->fd);	/* every line was synced */
	free(s);
}

static const struct jcad_plugin plugin = {
	.size = sizeof(plugin), .abi = JCAD_PLUGIN_ABI, .name = NAME,
	.version = "1.0", .init = init, .event = event, .cleanup = cleanup,
};

JCAD_PLUGIN_EXPORT const struct jcad_plugin *
jcad_plugin(uint32_t host_abi)
{
	return host_abi == JCAD_PLUGIN_ABI ? &plugin : NULL;
}
