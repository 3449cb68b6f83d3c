/* SPDX-License-Identifier: ISC */
/*
 * Totals of the answers by category and body. Costs grow with members times
 * the few categories and bodies, not with members times answers.
 */
#include "meet/meet.h"

#include <stdlib.h>
#include <string.h>
#include "base/arena.h"
#include "base/str.h"
#include "base/utf8.h"

#define NAME_WIDTH 28

/* Rows that grow while members are counted. */
struct table {
	struct arena *arena;
	struct meet_total *rows;
	size_t n, cap;
};

static int
by_member(const void *x, const void *y)
{
	const struct answer *const *a = x, *const *b = y;

	return (*a)->member_id < (*b)->member_id ? -1 :
	    (*a)->member_id > (*b)->member_id ? 1 : 0;
}

/* The answers to the whole meeting, sorted by member. */
static const struct answer **
sorted(struct arena *a, const struct answer *answers, size_t n, size_t *kept)
{
	const struct answer **out = arena_array(a, n + 1, sizeof(*out));

	*kept = 0;
	for (size_t i = 0; i < n; i++)
		if (answers[i].recur_at == 0)
			out[(*kept)++] = &answers[i];
	if (*kept > 1)
		qsort(out, *kept, sizeof(*out), by_member);
	return out;
}

static const char *
partstat_of(const struct answer **answers, size_t n, int64_t member_id)
{
	struct answer key = { .member_id = member_id };
	const struct answer *at = &key;
	const struct answer **hit;

	if (n == 0)
		return "NEEDS-ACTION";
	hit = bsearch(&at, answers, n, sizeof(*answers), by_member);
	return hit != NULL ? (*hit)->partstat : "NEEDS-ACTION";
}

static void
count(struct meet_total *t, const char *partstat)
{
	t->invited++;
	if (strcmp(partstat, "ACCEPTED") == 0)
		t->accepted++;
	else if (strcmp(partstat, "TENTATIVE") == 0)
		t->tentative++;
	else if (strcmp(partstat, "DECLINED") == 0)
		t->declined++;
	else
		t->none++;
}

static struct meet_total *
row(struct table *t, const char *name, const char *category)
{
	struct meet_total *r;

	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->rows[i].name, name) == 0 &&
		    strcmp(t->rows[i].category, category) == 0)
			return &t->rows[i];
	if (t->n == t->cap) {
		size_t cap = t->cap == 0 ? 16 : 2 * t->cap;
		struct meet_total *rows = arena_array(t->arena, cap,
		    sizeof(*rows));

		if (t->n > 0)
			memcpy(rows, t->rows, t->n * sizeof(*rows));
		t->rows = rows;
		t->cap = cap;
	}
	r = &t->rows[t->n++];
	r->name = name;
	r->category = category;
	return r;
}

/* Is seat i the member's first of its category (and of its body)? */
static bool
is_first(const struct member *m, size_t i, bool body)
{
	for (size_t k = 0; k < i; k++)
		if (strcmp(m->seats[k].category, m->seats[i].category) == 0 &&
		    (!body || strcmp(m->seats[k].body, m->seats[i].body) == 0))
			return false;
	return true;
}

void
meet_count(struct arena *a, const struct member *members, size_t n_members,
    const struct answer *answers, size_t n_answers, struct meet_totals *out)
{
	struct table categories = { a, NULL, 0, 0 }, bodies = categories;
	size_t kept;
	const struct answer **by_id = sorted(a, answers, n_answers, &kept);

	memset(out, 0, sizeof(*out));
	out->all.name = "all";
	out->all.category = "";
	for (size_t i = 0; i < n_members; i++) {
		const struct member *m = &members[i];
		const char *p;

		if (m->state != MEMBER_ACTIVE)
			continue;
		p = partstat_of(by_id, kept, m->id);
		count(&out->all, p);
		for (size_t k = 0; k < m->n_seats; k++) {
			const struct seat *s = &m->seats[k];

			if (is_first(m, k, false))
				count(row(&categories, s->category, ""), p);
			if (s->body[0] != '\0' && is_first(m, k, true))
				count(row(&bodies, s->body, s->category), p);
		}
	}
	out->categories = categories.rows;
	out->n_categories = categories.n;
	out->bodies = bodies.rows;
	out->n_bodies = bodies.n;
}

static void
put_line(struct str *out, const char *indent, const struct meet_total *t)
{
	struct span name = utf8_truncate(span_of(t->name), NAME_WIDTH -
	    strlen(indent));
	size_t pos = 0, wide = strlen(indent);

	str_adds(out, indent);
	str_addspan(out, name);
	while (pos < name.n) {		/* characters, not bytes */
		(void)utf8_next(name, &pos);
		wide++;
	}
	str_addf(out, "%*s %7u %6u %6u %6u %6u\n", (int)(NAME_WIDTH - wide),
	    "", t->invited, t->accepted, t->tentative, t->declined, t->none);
}

char *
meet_totals_text(struct arena *a, const struct meet_totals *t)
{
	struct str out = STR_EMPTY;
	char *text;

	str_addf(&out, "%-*s %7s %6s %6s %6s %6s\n", NAME_WIDTH, "", "invited",
	    "yes", "maybe", "no", "open");
	for (size_t i = 0; i < t->n_categories; i++) {
		put_line(&out, "", &t->categories[i]);
		for (size_t k = 0; k < t->n_bodies; k++)
			if (strcmp(t->bodies[k].category,
			    t->categories[i].name) == 0)
				put_line(&out, "  ", &t->bodies[k]);
	}
	put_line(&out, "", &t->all);
	text = str_dup(a, &out);
	str_done(&out);
	return text;
}
