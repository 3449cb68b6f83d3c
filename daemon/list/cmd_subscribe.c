/* SPDX-License-Identifier: ISC */
/*
 * The subscribe command: double opt-in. Invariant: the confirmation holds no
 * text that the asking mail chose, and goes to its From address only; nothing
 * is stored but the token.
 */
#include "list/commands.h"

#include <strings.h>
#include "base/arena.h"
#include "base/err.h"
#include "list/membership.h"
#include "list/note.h"
#include "list/seat.h"

#define NAME_LEN 100

/* Free words behind the command are a name, as other list managers take it;
 * an address among them is not. */
static const char *
wanted_name(struct arena *a, const struct list_line *line)
{
	struct span words = span_of(line->words);

	if (line->name[0] != '\0')
		return list_note_line(a, line->name, NAME_LEN);
	if (span_find(words, '@') < words.n)
		return "";
	return list_note_line(a, line->words, NAME_LEN);
}

static void
ask(const struct list_case *c, const struct list_line *line,
    const struct list_seat *seat)
{
	struct arena *a = c->out->arena;
	const char *addr = list_case_address(c);
	struct list_request request = {
		.category = seat->category != NULL ? seat->category->name : "",
		.body = seat->body != NULL ? seat->body->name : "",
		.name = wanted_name(a, line),
		.addr = addr,
	};
	struct list_note *n = list_note_new(c, "confirm-subscribe", addr);

	list_note_var(n, "seat", list_seat_text(a, seat));
	list_note_var(n, "expires", list_note_time(a, c->s->now +
	    c->s->list->confirm_ttl_s));
	list_note_token(n, &(struct token_request){ "confirm_address",
	    ROUTE_CONFIRM, TOKEN_SUBSCRIBE, list_seat_pack(a, &request), "",
	    c->s->list->confirm_ttl_s });
	n->notice->reply_var = "confirm_address";
}

static bool
is_for_other(const struct list_case *c, const struct list_line *line)
{
	return line->address[0] != '\0' &&
	    strcasecmp(line->address, list_case_address(c)) != 0;
}

static void
run(struct list_run *r, const struct list_line *line)
{
	const struct list_case *c = r->c;
	struct list_seat seat;
	struct err err;

	if (is_for_other(c, line)) {
		list_commands_say(r, line, "Please send this command from the "
		    "address that is to become a member.");
		return;
	}
	if (list_commands_is_spent(r, line))
		return;
	if (list_case_member(c) != NULL)
		list_membership_already(c, c->s->sender);
	else if (list_seat_find(c->s->list, line->category, line->body, &seat,
	    &err) != 0)
		list_membership_choose(c, list_case_address(c), err.text);
	else
		ask(c, line, &seat);
	if (!r->alone)
		list_commands_say(r, line, "The answer comes in a mail of its "
		    "own.");
}

static const char *const synonyms[] = { "sub", "join", "signup", "sign-up",
	"abonner", "inscription", "suscribir", "alta", "anmelden",
	"\xD0\xBF\xD0\xBE\xD0\xB4\xD0\xBF\xD0\xB8\xD1\x81\xD0\xB0\xD1\x82"
	"\xD1\x8C\xD1\x81\xD1\x8F",				/* Russian */
	"\xE8\xAE\xA2\xE9\x98\x85",				/* Chinese */
	"\xD8\xA7\xD8\xB4\xD8\xAA\xD8\xB1\xD8\xA7\xD9\x83",	/* Arabic */
	NULL };

const struct list_command list_cmd_subscribe = {
	"subscribe", synonyms,
	"subscribe category=CATEGORY body=BODY name=NAME",
	"Asks to become a member. We ask you once to confirm.", LIST_ANYONE,
	run
};
