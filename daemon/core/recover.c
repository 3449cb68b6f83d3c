/* SPDX-License-Identifier: ISC */
/*
 * Recover: carries out what spool/recover.h plans at start-up, and the
 * housekeeping: held mails expire, settled bodies go, old records as well.
 */
#include "core/state.h"

#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include "base/file.h"
#include "base/log.h"
#include "core/queue.h"
#include "list/list.h"
#include "spool/recover.h"

/* Bodies without a row that one crash can leave: one turn's worth. */
#define ORPHANS_MAX 2000
#define DROP_PER_TICK 1000

#define HOUR_S ((int64_t)3600)
#define DAY_S (24 * HOUR_S)
/* A week of finished jobs shows what was sent when somebody asks. */
#define KEEP_JOB_S (7 * DAY_S)
/* Senders give up after five days; two relays in a row may hold a copy. */
#define KEEP_SEEN_S (14 * DAY_S)
/* After its end a token is still told from one that never was. */
#define KEEP_TOKEN_S (30 * DAY_S)
/* Bounce handling looks back some weeks; a year is for the people. */
#define KEEP_FAILURE_S (365 * DAY_S)

static const char *const place_names[RECOVER_PLACES] = { "incoming",
	"bodies", "quarantine" };

struct names {
	struct arena *arena;
	const char **items;
	size_t n, cap;
};

static int
add_name(void *arg, const char *name)
{
	struct names *l = arg;

	if (l->n == l->cap) {
		size_t cap = l->cap == 0 ? 64 : 2 * l->cap;
		const char **items = arena_array(l->arena, cap,
		    sizeof(*items));

		if (l->n > 0)
			memcpy(items, l->items, l->n * sizeof(*items));
		l->items = items;
		l->cap = cap;
	}
	l->items[l->n++] = arena_strdup(l->arena, name);
	return 0;
}

/* Files that live rows need. */
static int
live_rows(struct core *c, struct names *out, struct err *err)
{
	static const enum mail_state live[] = { MAIL_ACCEPTED, MAIL_HELD,
		MAIL_QUEUED, MAIL_QUARANTINED };
	struct mail_row *rows;
	size_t n;

	for (size_t i = 0; i < sizeof(live) / sizeof(*live); i++) {
		if (store_mail_list(c->store, out->arena, live[i], 0, 0,
		    &rows, &n, err) < 0)
			return -1;
		for (size_t k = 0; k < n; k++)
			(void)add_name(out, rows[k].file);	/* never -1 */
	}
	return 0;
}

static int
knows(void *arg, const char *file, struct err *err)
{
	struct core *c = arg;

	return store_mail_has_file(c->store, file, err);
}

/* An incoming file may be one that an intake is writing just now: only what
 * is older than the longest session is rubbish. */
static bool
is_young(struct core *c, const char *name)
{
	struct arena *a = arena_new();
	struct stat st;
	struct timespec now;
	bool young;

	(void)clock_gettime(CLOCK_REALTIME, &now);	/* cannot fail */
	young = stat(arena_printf(a, "%s/incoming/%s", c->settings->spool,
	    name), &st) == 0 && now.tv_sec - st.st_mtime <
	    c->settings->intake_session_s;
	arena_free(a);
	return young;
}

static int
carry_out(struct core *c, const struct recover_step *s, struct err *err)
{
	switch (s->what) {
	case RECOVER_KEEP:
		return 0;
	case RECOVER_REMOVE:
		if (s->place == RECOVER_INCOMING) {
			if (!is_young(c, s->name))
				spool_discard(c->spool, s->name);
			return 0;
		}
		log_event(LOG_INFO_, "recover", "file", s->name, "folder",
		    place_names[s->place], "why", s->why, NULL);
		return spool_remove(c->spool, s->name, err);
	case RECOVER_RESTORE:
		log_event(LOG_WARN_, "recover", "file", s->name, "folder",
		    place_names[s->place], "why", s->why, NULL);
		return spool_keep(c->spool, s->name, err);
	case RECOVER_ALARM:
		log_event(LOG_ERROR_, "recover-alarm", "file", s->name,
		    "folder", place_names[s->place], "why", s->why, NULL);
		return 0;
	}
	return 0;
}

int
recover_start(struct core *c, struct err *err)
{
	struct arena *a = arena_new();
	struct recover_input in = { .knows = knows, .arg = c,
		.orphans_max = ORPHANS_MAX };
	struct names rows = { .arena = a };
	struct recover_step *steps;
	size_t n = 0;
	int rc = live_rows(c, &rows, err);

	for (int i = 0; rc == 0 && i < RECOVER_PLACES; i++) {
		struct names files = { .arena = a };

		rc = spool_each(c->spool, place_names[i], add_name, &files,
		    err);
		in.files[i].names = files.items;
		in.files[i].n = files.n;
	}
	in.rows.names = rows.items;
	in.rows.n = rows.n;
	if (rc == 0)
		rc = recover_plan(a, &in, &steps, &n, err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = carry_out(c, &steps[i], err);
	if (rc == 0)
		rc = spool_sync(c->spool, err);
	arena_free(a);
	return rc;
}

static int
remove_old(void *arg, const char *name)
{
	struct core *c = arg;

	if (!is_young(c, name))
		spool_discard(c->spool, name);
	return 0;
}

/* Tell the author that nobody decided, and let go of the mail. */
static int
expire_one(struct core *c, struct arena *a, const struct held *h,
    const struct list_settings *l, struct err *err)
{
	struct snapshot s = { .settings = c->settings, .list = l,
		.held = h, .envelope_from = "", .mail_file_sha256 = "",
		.now = ev_now(c->ev) };
	struct actions actions = { .arena = a };
	struct apply ap = { .core = c, .arena = a, .snap = &s, .file = "" };

	s.route.list = l;
	s.route.token = "";
	if (list_held_decide(&s, HELD_EXPIRED, "jcad", "", &actions,
	    err) < 0 || core_savepoint(c, err) < 0)
		return -1;
	if (apply_actions(&ap, &actions, err) < 0) {
		core_undo(c);
		return -1;
	}
	return core_release(c, err);
}

static void
expire_held(struct core *c, struct arena *a)
{
	struct err err = { 0 };
	struct held *due;
	size_t n;

	for (size_t i = 0; i < c->settings->n_lists; i++) {
		const struct list_settings *l = &c->settings->lists[i];

		if (store_held_due(c->store, a, ev_now(c->ev) - l->held_ttl_s,
		    &due, &n, &err) < 0) {
			core_log_err("expire", &err);
			return;
		}
		for (size_t k = 0; k < n; k++)
			if (strcmp(due[k].list, l->name) == 0 &&
			    expire_one(c, a, &due[k], l, &err) < 0)
				core_log_err("expire", &err);
	}
}

static void
drop_done(struct core *c, struct arena *a)
{
	struct err err = { 0 };
	struct mail_row *rows;
	size_t n;

	if (core_begin(c, &err) < 0 || store_mail_done(c->store, a,
	    DROP_PER_TICK, &rows, &n, &err) < 0) {
		core_log_err("housekeeping", &err);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		if (queue_uses(c, rows[i].id))
			continue;
		if (store_mail_drop(c->store, rows[i].id, &err) < 0 ||
		    (store_mail_has_file(c->store, rows[i].file, &err) == 0 &&
		    spool_remove(c->spool, rows[i].file, &err) < 0))
			core_log_err("housekeeping", &err);
	}
}

/* Each is tried, whatever becomes of the others. */
static void
purge(struct core *c)
{
	static const struct {
		int (*fn)(struct store *s, int64_t before, struct err *err);
		int64_t keep_s;
	} kinds[] = {
		{ store_job_purge, KEEP_JOB_S },
		{ store_seen_purge, KEEP_SEEN_S },
		{ store_token_purge, KEEP_TOKEN_S },
		{ store_failure_purge, KEEP_FAILURE_S },
	};
	int64_t now = ev_now(c->ev);
	struct err err = { 0 };

	if (now < c->purge_at)
		return;
	c->purge_at = now + HOUR_S;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (core_begin(c, &err) < 0 ||
		    kinds[i].fn(c->store, now - kinds[i].keep_s, &err) < 0)
			core_log_err("purge", &err);
}

void
recover_tick(struct core *c)
{
	struct arena *a = arena_new();
	struct err err = { 0 };

	expire_held(c, a);
	drop_done(c, a);
	purge(c);
	if (spool_each(c->spool, "incoming", remove_old, c, &err) < 0)
		core_log_err("housekeeping", &err);
	arena_free(a);
}
