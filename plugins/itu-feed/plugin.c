/* SPDX-License-Identifier: ISC */
/*
 * itu-feed: what the web site shows of the meetings. Settings and the calls of
 * jcad; the files are made by the writers. Invariant: an event is answered
 * JCAD_OK when it is in the journal; the files follow when events pause, and
 * if that fails, no further event is taken until it works.
 */
#include "feed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RETRY_S 60

struct setting {
	const char *name;
	bool needed;
	const char *help;
};

enum { S_DIR, S_BASE_URL, S_ID_AUTHORITY, S_TITLE, S_LIST, S_CONTACT,
	S_LANGUAGE, N_SETTINGS };

static const struct setting known[N_SETTINGS] = {
	[S_DIR] = { "dir", true, "the folder that gets the files" },
	[S_BASE_URL] = { "base_url", true,
	    "the address under which the web server shows that folder" },
	[S_ID_AUTHORITY] = { "id_authority", true, "a domain that you own and "
	    "a date on which you did: \"lists.itu-t.example,2026\"" },
	[S_TITLE] = { "title", false, "" },
	[S_LIST] = { "list", false, "" },
	[S_CONTACT] = { "contact", false, "" },
	[S_LANGUAGE] = { "language", false, "" },
};

static int
read_settings(const struct jcad_setting *given, uint32_t n,
    const char *out[N_SETTINGS], char reason[256])
{
	uint32_t i;
	int k;

	for (i = 0; i < n; i++) {
		for (k = 0; k < N_SETTINGS; k++) {
			if (strcmp(given[i].name, known[k].name) == 0)
				break;
		}
		if (k == N_SETTINGS) {
			(void)snprintf(reason, 256, "unknown setting \"%.60s\"",
			    given[i].name);
			return -1;
		}
		out[k] = given[i].value;
	}
	for (k = 0; k < N_SETTINGS; k++) {
		if (known[k].needed && (out[k] == NULL || *out[k] == '\0')) {
			(void)snprintf(reason, 256, "set \"%s\": %s",
			    known[k].name, known[k].help);
			return -1;
		}
	}
	return 0;
}

/* An address that can be put before a path, "/" at its end. */
static char *
make_base_url(const char *given, char reason[256])
{
	size_t n = strlen(given);
	char *url;

	if ((strncmp(given, "https://", 8) != 0 &&
	    strncmp(given, "http://", 7) != 0) || n < 10 || n > 1000 ||
	    strcspn(given, " \t\r\n<>\"'?#\\") != n) {
		(void)snprintf(reason, 256, "base_url \"%.80s\" is no address "
		    "like \"https://www.itu.int/jca/\"", given);
		return NULL;
	}
	url = malloc(n + 2);
	if (url == NULL)
		abort();
	memcpy(url, given, n + 1);
	if (url[n - 1] != '/')
		memcpy(url + n, "/", 2);
	return url;
}

/* "DOMAIN,YYYY[-MM[-DD]]" of RFC 4151; the year as an instant. */
static int
check_authority(const char *given, int64_t *epoch, char reason[256])
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789.-";
	size_t n = strspn(given, letters);
	const char *date = given + n + 1;
	int year;

	if (n == 0 || given[n] != ',' || strspn(date, "0123456789-") !=
	    strlen(date) || (strlen(date) != 4 && strlen(date) != 7 &&
	    strlen(date) != 10)) {
		(void)snprintf(reason, 256, "id_authority \"%.80s\" is not "
		    "like \"lists.itu-t.example,2026\"", given);
		return -1;
	}
	year = (int)strtol(date, NULL, 10);
	*epoch = ((int64_t)(year - 1970) * 365 + (year - 1969) / 4 -
	    (year - 1901) / 100 + (year - 1601) / 400) * 86400;
	return 0;
}

static char *
copy(const char *text)
{
	char *s = strdup(text != NULL ? text : "");

	if (s == NULL)
		abort();
	return s;
}

static void
cleanup(void *state)
{
	struct feed *f = state;

	journal_close(&f->journal);
	model_free(&f->model);
	if (f->dir >= 0)
		(void)close(f->dir);	/* folders: nothing can be lost */
	if (f->pages >= 0)
		(void)close(f->pages);
	if (f->state >= 0)
		(void)close(f->state);
	free(f->base_url);
	free(f->title);
	free(f->id_authority);
	free(f->contact);
	free(f->only_list);
	free(f->language);
	free(f);
}

static int
open_folders(struct feed *f, const char *dir, char reason[256])
{
	f->dir = disk_folder(AT_FDCWD, dir);
	if (f->dir >= 0) {
		f->pages = disk_folder(f->dir, "meetings");
		f->state = disk_folder(f->dir, "state");
	}
	if (f->dir < 0 || f->pages < 0 || f->state < 0) {
		(void)snprintf(reason, 256, "folder %.150s: %s", dir,
		    strerror(errno));
		return -1;
	}
	if (journal_open(&f->journal, f->state, &f->model) != 0) {
		(void)snprintf(reason, 256, "%.150s/state/journal: %s", dir,
		    strerror(errno));
		return -1;
	}
	f->dirty = true;
	return 0;
}

static struct feed *
new_feed(const struct jcad_host *host, const char *settings[N_SETTINGS])
{
	struct feed *f = calloc(1, sizeof(*f));

	if (f == NULL)
		abort();
	f->host = host;
	f->dir = f->pages = f->state = f->journal.fd = -1;
	f->title = copy(settings[S_TITLE]);
	f->id_authority = copy(settings[S_ID_AUTHORITY]);
	f->contact = copy(settings[S_CONTACT]);
	f->only_list = copy(settings[S_LIST]);
	f->language = copy(settings[S_LANGUAGE] != NULL ?
	    settings[S_LANGUAGE] : "en");
	return f;
}

static int
init(const struct jcad_host *host, const struct jcad_setting *settings,
    uint32_t n_settings, void **state, char reason[256])
{
	const char *value[N_SETTINGS] = { NULL };
	struct feed *f;

	if (read_settings(settings, n_settings, value, reason) != 0)
		return -1;
	f = new_feed(host, value);
	f->base_url = make_base_url(value[S_BASE_URL], reason);
	if (f->base_url == NULL ||
	    check_authority(f->id_authority, &f->id_epoch, reason) != 0 ||
	    open_folders(f, value[S_DIR], reason) != 0) {
		cleanup(f);
		return -1;
	}
	*state = f;
	return 0;
}

static void
answer(struct jcad_answer *out, uint32_t result, const char *what)
{
	out->result = result;
	if (result == JCAD_OK)
		return;
	out->retry_s = result == JCAD_RETRY ? RETRY_S : 0;
	(void)snprintf(out->reason, sizeof(out->reason), "%s%s%s", what,
	    result == JCAD_RETRY ? ": " : "",
	    result == JCAD_RETRY ? strerror(errno) : "");
}

static int
write_all(struct feed *f)
{
	size_t i;

	for (i = 0; i < f->model.n; i++) {
		struct meeting *mt = f->model.list[i];

		if (!mt->dirty)
			continue;
		if (html_write_meeting(f, mt) != 0 ||
		    ics_write_meeting(f, mt) != 0)
			return -1;
		mt->dirty = false;
	}
	return html_write_style(f) != 0 || html_write_index(f) != 0 ||
	    atom_write(f) != 0 || rss_write(f) != 0 ||
	    json_write_feed(f) != 0 || json_write_events(f) != 0 ||
	    ics_write(f) != 0 || journal_tidy(&f->journal, &f->model) != 0 ?
	    -1 : 0;
}

static void
idle(void *state, struct jcad_answer *out)
{
	struct feed *f = state;

	answer(out, JCAD_OK, "");
	if (!f->dirty)
		return;
	f->failed = write_all(f) != 0;
	if (f->failed)
		answer(out, JCAD_RETRY, "cannot write the feed");
	else
		f->dirty = false;
}

/* The key and the list become a file name and part of an id. */
static bool
is_name(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-_.");

	return n > 0 && n <= 64 && s[n] == '\0' && s[0] != '.' && s[0] != '-';
}

static void
take(struct feed *f, const struct jcad_event *ev, struct jcad_answer *out)
{
	struct meeting *old = model_find(&f->model, ev->list,
	    ev->meeting->key);
	struct meeting *mt = model_apply(old, ev);

	if (mt == NULL) {
		answer(out, JCAD_OK, "");
		return;
	}
	if (journal_add(&f->journal, mt) != 0) {
		meeting_free(mt);
		answer(out, JCAD_RETRY, "cannot write the journal");
		return;
	}
	f->dirty = true;
	model_put(&f->model, mt);
	answer(out, JCAD_OK, "");
}

static void
event(void *state, const struct jcad_event *ev, struct jcad_answer *out)
{
	struct feed *f = state;

	if (f->failed) {
		idle(f, out);
		if (f->failed)
			return;
	}
	if (ev->meeting == NULL || (f->only_list[0] != '\0' &&
	    strcmp(ev->list, f->only_list) != 0))
		answer(out, JCAD_OK, "");
	else if (!JCAD_HAS(ev->meeting, vevent_utc))
		answer(out, JCAD_DROP, "this jcad tells too little of a "
		    "meeting");
	else if (!is_name(ev->list) || !is_name(ev->meeting->key))
		answer(out, JCAD_DROP, "list or key cannot be a file name");
	else
		take(f, ev, out);
}

static const struct jcad_plugin plugin = {
	.size = sizeof(plugin), .abi = JCAD_PLUGIN_ABI, .name = "itu-feed",
	.version = "1.0", .init = init, .event = event, .idle = idle,
	.cleanup = cleanup,
};

JCAD_PLUGIN_EXPORT const struct jcad_plugin *
jcad_plugin(uint32_t host_abi)
{
	return host_abi == JCAD_PLUGIN_ABI ? &plugin : NULL;
}
