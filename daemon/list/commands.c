/* SPDX-License-Identifier: ISC */
/*
 * Runs the commands of a mail and collects their answers into one result
 * mail. Owns who gets an answer at all; each command is in a file of its own.
 */
#include "list/commands.h"

#include <strings.h>
#include "base/arena.h"
#include "base/str.h"
#include "list/list.h"
#include "list/note.h"
#include "list/script.h"
#include "list/seat.h"

void
list_commands_say(struct list_run *r, const struct list_line *line,
    const char *text)
{
	r->results = arena_printf(r->c->out->arena, "%s> %s\n%s\n\n",
	    r->results, line->text, text);
}

bool
list_commands_is_spent(struct list_run *r, const struct list_line *line)
{
	if (r->asked) {
		list_commands_say(r, line, "Only one request of this kind is "
		    "done for a mail. Please send a mail for each.");
		return true;
	}
	if (list_case_is_over_limit(r->c)) {
		list_case_ignore(r->c, "too many confirmations to this "
		    "address today");
		if (!r->alone)
			list_commands_say(r, line, "There were too many such "
			    "requests today. Please try again tomorrow.");
		return true;
	}
	r->asked = true;
	return false;
}

char *
list_commands_table(struct arena *a)
{
	const struct list_command *const *c = list_script_commands();
	struct str out = STR_EMPTY;
	char *copy;

	for (; *c != NULL; c++)
		str_addf(&out, "  %s\n      %s\n", (*c)->usage, (*c)->help);
	copy = str_dup(a, &out);
	str_done(&out);
	return copy;
}

/* Nothing in the mail is a command. */
static void
answer_unknown(const struct list_case *c, const char *line)
{
	struct list_note *n = list_note_new(c, "unknown-command",
	    list_case_address(c));

	list_note_var(n, "line", line);
	list_note_var(n, "commands", list_commands_table(c->out->arena));
	n->notice->reply_verb = ROUTE_REQUEST;
}

static void
send_results(struct list_run *r, const struct list_script *script)
{
	struct arena *a = r->c->out->arena;
	struct list_note *n;

	if (script->unknown[0] != '\0')
		r->results = arena_printf(a, "%s> %s\nThis is no command. "
		    "Nothing after this line was read.\n\n", r->results,
		    script->unknown);
	if (script->more)
		r->results = arena_printf(a, "%sOnly the first %d commands of "
		    "a mail are done. Please send the others again.\n\n",
		    r->results, LIST_COMMANDS_MAX);
	n = list_note_new(r->c, "results", list_case_address(r->c));
	list_note_var(n, "results", r->results);
	n->notice->reply_verb = ROUTE_REQUEST;
}

static bool
is_own_token(const struct list_case *c)
{
	const struct mailbox *from = list_case_from(c);

	return c->s->token != NULL && from != NULL &&
	    strcasecmp(c->s->token->actor, from->key) == 0;
}

void
list_commands_run(const struct list_case *c)
{
	const char *silence = list_case_silence(c);
	struct list_script script;
	struct list_run r = { c, "", false, false, false };

	if (silence != NULL) {
		list_case_ignore(c, silence);
		return;
	}
	/* Who holds a token of ours has got our mail and is no victim, but
	 * anybody has a token for the own address. */
	if (!is_own_token(c) && list_case_is_flooded(c)) {
		list_case_ignore(c, "too many mails to this address today");
		return;
	}
	list_script_read(c->out->arena, c->d, &c->s->route, &script);
	if (script.n == 0) {
		answer_unknown(c, script.unknown);
		return;
	}
	r.alone = script.n == 1 && script.unknown[0] == '\0' && !script.more;
	for (size_t i = 0; i < script.n; i++)
		script.lines[i].command->run(&r, &script.lines[i]);
	if (!r.alone || r.results[0] != '\0')
		send_results(&r, &script);
}

void
list_needs(struct arena *a, const struct digest *d, const struct route *route,
    struct list_needs *out)
{
	struct list_script script;
	const struct list_line *l;
	struct list_seat seat;

	out->token = out->body = "";
	out->members = false;
	if (!list_script_is_read(route))
		return;
	list_script_read(a, d, route, &script);
	for (size_t i = script.n; i-- > 0;) {
		l = &script.lines[i];
		if (l->command == &list_cmd_who)
			out->members = true;
		if (l->command == &list_cmd_confirm)
			out->token = list_cmd_confirm_token(a, l->words);
		if (l->command == &list_cmd_subscribe &&
		    list_seat_find(route->list, l->category, l->body, &seat,
		    NULL) == 0 && seat.body != NULL)
			out->body = seat.body->name;
	}
}
