/* SPDX-License-Identifier: ISC */
/* The help command: what else there is, with the list's own addresses. */
#include "list/commands.h"

#include "base/arena.h"
#include "list/note.h"

static const char *
example(const struct list_case *c)
{
	const struct list_settings *l = c->s->list;

	if (l->n_bodies == 0)
		return "subscribe name=Your Name";
	return arena_printf(c->out->arena, "subscribe body=%s name=Your Name",
	    l->bodies[0].name);
}

static void
run(struct list_run *r, const struct list_line *line)
{
	const char *table = list_commands_table(r->c->out->arena);
	struct list_note *n;

	if (!r->alone) {
		list_commands_say(r, line, table);
		return;
	}
	n = list_note_new(r->c, "help", list_case_address(r->c));
	list_note_var(n, "commands", table);
	list_note_var(n, "example", example(r->c));
	n->notice->reply_verb = ROUTE_REQUEST;
}

static const char *const synonyms[] = { "info", "aide", "ayuda", "hilfe",
	"\xD0\xBF\xD0\xBE\xD0\xBC\xD0\xBE\xD1\x89\xD1\x8C",	/* Russian */
	"\xE5\xB8\xAE\xE5\x8A\xA9",				/* Chinese */
	"\xD9\x85\xD8\xB3\xD8\xA7\xD8\xB9\xD8\xAF\xD8\xA9",	/* Arabic */
	NULL };

const struct list_command list_cmd_help = {
	"help", synonyms, "help", "Sends the list of commands.", LIST_ANYONE,
	run
};
