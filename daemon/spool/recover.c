/* SPDX-License-Identifier: ISC */
/*
 * Start-up's decision about each body. Pure. Invariant: nothing that may have
 * been acknowledged is ever removed; in doubt it stays and is told.
 */
#include "spool/recover.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "base/arena.h"
#include "spool/spool.h"

/* A file name and everything known about it. */
struct found {
	const char *name;
	bool in[RECOVER_PLACES];
	bool live;		/* a row needs the body */
	bool known;		/* a row names it */
};

static int
by_name(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static void
merge(struct found *to, const struct found *more)
{
	for (int p = 0; p < RECOVER_PLACES; p++)
		if (more->in[p])
			to->in[p] = true;
	if (more->live)
		to->live = true;
}

/* All names, each once, with the places that they are in. */
static struct found *
collect(struct arena *a, const struct recover_input *in, size_t *n)
{
	struct found *all;
	size_t total = in->rows.n, k = 0, used = 0;

	for (int p = 0; p < RECOVER_PLACES; p++)
		total += in->files[p].n;
	all = arena_array(a, total, sizeof(*all));
	for (int p = 0; p < RECOVER_PLACES; p++)
		for (size_t i = 0; i < in->files[p].n; i++) {
			all[k].name = in->files[p].names[i];
			all[k++].in[p] = true;
		}
	for (size_t i = 0; i < in->rows.n; i++) {
		all[k].name = in->rows.names[i];
		all[k++].live = true;
	}
	if (total > 0)
		qsort(all, total, sizeof(*all), by_name);
	for (size_t i = 0; i < total; i++)
		if (used > 0 && strcmp(all[used - 1].name, all[i].name) == 0)
			merge(&all[used - 1], &all[i]);
		else
			all[used++] = all[i];
	*n = used;
	return all;
}

/* A file that no row knows. */
static void
judge_orphan(struct recover_step *s, bool believable)
{
	if (s->place == RECOVER_INCOMING) {
		s->what = RECOVER_REMOVE;
		s->why = "it never arrived whole or was never accepted";
	} else if (believable) {
		s->what = RECOVER_REMOVE;
		s->why = "its row was not committed, so nobody got a 250";
	} else {
		s->what = RECOVER_ALARM;
		s->why = "more bodies without a row than a crash leaves: is "
		    "this the store of this spool?";
	}
}

/* A file that a row names. */
static void
judge_known(const struct found *f, struct recover_step *s)
{
	bool kept = f->in[RECOVER_BODIES] || f->in[RECOVER_QUARANTINE];

	s->what = RECOVER_KEEP;
	s->why = f->live ? "in its place" : "done, to be deleted in its turn";
	if (f->in[RECOVER_BODIES] && f->in[RECOVER_QUARANTINE]) {
		s->what = RECOVER_ALARM;
		s->why = "the same name in bodies and in quarantine";
	}
	if (s->place != RECOVER_INCOMING)
		return;
	if (kept || !f->live) {
		s->what = RECOVER_REMOVE;
		s->why = "the rename undone on this side only";
	} else {
		s->what = RECOVER_RESTORE;
		s->why = "accepted, but the rename is lost";
	}
}

static void
judge(const struct found *f, bool believable, struct recover_step *s)
{
	s->name = f->name;
	if (!spool_is_name(f->name)) {
		s->what = RECOVER_ALARM;
		s->why = "not a file of the spool";
	} else if (!f->known) {
		judge_orphan(s, believable);
	} else {
		judge_known(f, s);
	}
}

static bool
is_absent(const struct found *f)
{
	return !f->in[RECOVER_INCOMING] && !f->in[RECOVER_BODIES] &&
	    !f->in[RECOVER_QUARANTINE];
}

/* Look each name up; *orphans counts kept bodies without a row. */
static int
ask_rows(const struct recover_input *in, struct found *all, size_t n,
    size_t *orphans, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		struct found *f = &all[i];
		int known = 1;

		if (!f->live && spool_is_name(f->name))
			known = in->knows(in->arg, f->name, err);
		if (known < 0)
			return -1;
		f->known = known > 0;
		if (!f->known && (f->in[RECOVER_BODIES] ||
		    f->in[RECOVER_QUARANTINE]))
			(*orphans)++;
	}
	return 0;
}

int
recover_plan(struct arena *a, const struct recover_input *in,
    struct recover_step **out, size_t *n, struct err *err)
{
	struct recover_step *steps;
	struct found *all;
	size_t names, k = 0, orphans = 0;

	all = collect(a, in, &names);
	if (ask_rows(in, all, names, &orphans, err) < 0)
		return -1;
	steps = arena_array(a, names * RECOVER_PLACES, sizeof(*steps));
	for (size_t i = 0; i < names; i++) {
		if (is_absent(&all[i])) {
			steps[k].name = all[i].name;
			steps[k].place = RECOVER_BODIES;
			steps[k].what = RECOVER_ALARM;
			steps[k++].why = "accepted, but the body is gone";
		}
		for (int p = 0; p < RECOVER_PLACES; p++) {
			if (!all[i].in[p])
				continue;
			steps[k].place = (enum recover_place)p;
			judge(&all[i], orphans <= in->orphans_max,
			    &steps[k++]);
		}
	}
	*out = steps;
	*n = k;
	return 0;
}
