/* SPDX-License-Identifier: ISC */
/*
 * The who command: the members by category and body. From alone proves
 * nothing, so the list goes only to the member's address on file. Invariant:
 * nobody but an active member's mailbox gets an address.
 */
#include "list/commands.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "base/arena.h"
#include "base/str.h"
#include "list/note.h"
#include "list/seat.h"

#define ROWS_MAX 2000

/* One seat of one member, with its place in the settings for sorting. */
struct row {
	size_t category, body;
	const struct member *m;
	const struct seat *seat;
};

static size_t
category_index(const struct list_settings *l, const char *name)
{
	const struct category *c = settings_category(l, name);

	return c != NULL ? (size_t)(c - l->categories) : l->n_categories;
}

static size_t
body_index(const struct list_settings *l, const char *name)
{
	const struct body *b = settings_body(l, name);

	return b != NULL ? (size_t)(b - l->bodies) : l->n_bodies;
}

static int
compare(const void *x, const void *y)
{
	const struct row *a = x, *b = y;
	int order;

	if (a->category != b->category)
		return a->category < b->category ? -1 : 1;
	if (a->body != b->body)
		return a->body < b->body ? -1 : 1;
	order = strcasecmp(a->m->name, b->m->name);
	return order != 0 ? order : strcmp(a->m->key, b->m->key);
}

static struct row *
make_rows(const struct list_case *c, size_t *n_out)
{
	static const struct seat none = { 0, "", "", "", "", 0, 0 };
	size_t n = 0, cap = 0;
	struct row *rows;

	for (size_t i = 0; i < c->s->n_members; i++)
		cap += c->s->members[i].n_seats + 1;
	rows = arena_array(c->out->arena, cap + 1, sizeof(*rows));
	for (size_t i = 0; i < c->s->n_members; i++) {
		const struct member *m = &c->s->members[i];

		if (m->state != MEMBER_ACTIVE)
			continue;
		for (size_t k = 0; k < m->n_seats || k == 0; k++) {
			const struct seat *seat = m->n_seats > 0 ?
			    &m->seats[k] : &none;

			rows[n].category = category_index(c->s->list,
			    seat->category);
			rows[n].body = body_index(c->s->list, seat->body);
			rows[n].m = m;
			rows[n++].seat = seat;
		}
	}
	*n_out = n;
	qsort(rows, n, sizeof(*rows), compare);
	return rows;
}

static void
add_heading(struct str *out, const struct list_settings *l,
    const struct row *row)
{
	struct list_seat seat = { NULL, NULL };
	struct arena *a = arena_new();

	if (row->category < l->n_categories)
		seat.category = &l->categories[row->category];
	if (row->body < l->n_bodies)
		seat.body = &l->bodies[row->body];
	str_addf(out, "%s%s\n", out->len > 0 ? "\n" : "",
	    list_seat_text(a, &seat));
	arena_free(a);
}

/* Members by category and body; a person with two seats is in both places. */
static char *
listing(const struct list_case *c)
{
	struct str out = STR_EMPTY;
	size_t n, shown;
	struct row *rows = make_rows(c, &n);
	char *text;

	shown = n < ROWS_MAX ? n : ROWS_MAX;
	for (size_t i = 0; i < shown; i++) {
		const struct row *row = &rows[i];

		if (i == 0 || row->category != row[-1].category ||
		    row->body != row[-1].body)
			add_heading(&out, c->s->list, row);
		str_addf(&out, "  %s%s<%s>%s%s\n", row->m->name,
		    row->m->name[0] != '\0' ? " " : "", row->m->addr,
		    row->seat->role[0] != '\0' ? ", " : "", row->seat->role);
	}
	if (n > shown)
		str_addf(&out, "\n... and %zu more.\n", n - shown);
	text = str_dup(c->out->arena, &out);
	str_done(&out);
	return text;
}

static void
refuse(struct list_run *r, const struct list_line *line)
{
	if (r->alone)
		(void)list_note_new(r->c, "who-refused",
		    list_case_address(r->c));
	else
		list_commands_say(r, line, "The list of members is sent to "
		    "members only.");
}

static void
run(struct list_run *r, const struct list_line *line)
{
	const struct member *m = list_case_member(r->c);
	struct list_note *n;

	if (m == NULL) {
		refuse(r, line);
		return;
	}
	if (!r->alone) {
		list_commands_say(r, line, listing(r->c));
		return;
	}
	n = list_note_member(r->c, "who", m);
	list_note_var(n, "members", listing(r->c));
	list_note_var(n, "count", arena_printf(r->c->out->arena, "%zu",
	    r->c->s->n_members));
}

static const char *const synonyms[] = { "members", "review", NULL };

const struct list_command list_cmd_who = {
	"who", synonyms, "who", "Sends the list of members. For members only.",
	LIST_MEMBERS, run
};
