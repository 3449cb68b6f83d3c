/* SPDX-License-Identifier: ISC */
/*
 * The index of zone names. Owns no time arithmetic. Invariant: entries are
 * sorted without regard to case and none is there twice, so that a name of
 * any case has one place.
 */
#include "cal/tznames.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"

#define NAMES_MAX 2000
#define NAME_MAX_ 64

struct entry {
	const char *name;
	const char *target;	/* of a link, else NULL */
	bool tab;		/* zone.tab names it */
};

struct tznames {
	struct entry *entries;
	size_t n;
};

/* Names become paths below the zone directory: nothing else may pass. */
static bool
is_name(struct span s)
{
	size_t i;
	char c;

	if (s.n == 0 || s.n > NAME_MAX_ || s.p[0] == '/')
		return false;
	for (i = 0; i < s.n; i++) {
		c = s.p[i];
		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		    (c >= '0' && c <= '9') || c == '/' || c == '_' ||
		    c == '-' || c == '+'))
			return false;
	}
	return true;
}

static int
compare(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return strcasecmp(x->name, y->name);
}

static void
add(struct arena *a, struct tznames *t, struct span name, struct span target,
    bool tab)
{
	struct entry *e;

	if (!is_name(name) || t->n >= NAMES_MAX)
		return;
	e = &t->entries[t->n++];
	e->name = arena_strndup(a, name.p, name.n);
	e->target = is_name(target) ?
	    arena_strndup(a, target.p, target.n) : NULL;
	e->tab = tab;
}

static void
read_zi(struct arena *a, struct tznames *t, struct span zi)
{
	struct span line, key, target;

	while (zi.p != NULL) {
		line = span_line(&zi);
		key = span_cut(&line, ' ');
		if (span_is(key, "Z")) {
			add(a, t, span_cut(&line, ' '), span_of(NULL), false);
		} else if (span_is(key, "L")) {
			target = span_cut(&line, ' ');
			add(a, t, line, target, false);
		}
	}
}

static void
read_tab(struct arena *a, struct tznames *t, struct span tab)
{
	struct span line;

	while (tab.p != NULL) {
		line = span_line(&tab);
		if (line.n == 0 || line.p[0] == '#')
			continue;
		(void)span_cut(&line, '\t');
		(void)span_cut(&line, '\t');
		add(a, t, span_cut(&line, '\t'), span_of(NULL), true);
	}
}

struct tznames *
tznames_load(struct arena *a, struct span zi, struct span tab)
{
	struct tznames *t = arena_alloc(a, sizeof(*t));
	size_t i, n = 0;

	t->entries = arena_array(a, NAMES_MAX, sizeof(*t->entries));
	add(a, t, span_of("Etc/UTC"), span_of(NULL), false);
	read_zi(a, t, zi);
	read_tab(a, t, tab);
	qsort(t->entries, t->n, sizeof(*t->entries), compare);
	for (i = 0; i < t->n; i++) {
		if (n > 0 && compare(&t->entries[n - 1], &t->entries[i]) == 0) {
			t->entries[n - 1].tab |= t->entries[i].tab;
			if (t->entries[n - 1].target == NULL)
				t->entries[n - 1].target = t->entries[i].target;
		} else {
			t->entries[n++] = t->entries[i];
		}
	}
	t->n = n;
	return t;
}

size_t
tznames_count(const struct tznames *t)
{
	return t->n;
}

int
tznames_index(const struct tznames *t, struct span name)
{
	char copy[NAME_MAX_ + 1];
	struct entry key = { copy, NULL, false };
	const struct entry *e;

	if (!is_name(name))
		return -1;
	memcpy(copy, name.p, name.n);
	copy[name.n] = '\0';
	e = bsearch(&key, t->entries, t->n, sizeof(*t->entries), compare);
	return e == NULL ? -1 : (int)(e - t->entries);
}

const char *
tznames_name(const struct tznames *t, int idx)
{
	return t->entries[idx].name;
}

int
tznames_modern(const struct tznames *t, int idx)
{
	int hops, next;

	for (hops = 0; hops < 4; hops++) {
		if (t->entries[idx].tab || t->entries[idx].target == NULL)
			break;
		next = tznames_index(t, span_of(t->entries[idx].target));
		if (next < 0)
			break;
		idx = next;
	}
	return idx;
}

/* Is city the last part of the zone's name, blanks for underscores? */
static bool
is_city(const char *name, struct span city)
{
	const char *last = strrchr(name, '/');
	size_t i;
	char c;

	if (last == NULL || strlen(last + 1) != city.n)
		return false;
	for (i = 0; i < city.n; i++) {
		c = city.p[i] == ' ' ? '_' : city.p[i];
		if (strncasecmp(&last[i + 1], &c, 1) != 0)
			return false;
	}
	return true;
}

int
tznames_city(const struct tznames *t, struct span city)
{
	size_t i;
	int found = -1;

	for (i = 0; i < t->n; i++) {
		if (!t->entries[i].tab || !is_city(t->entries[i].name, city))
			continue;
		if (found >= 0)
			return -1;
		found = (int)i;
	}
	return found;
}
