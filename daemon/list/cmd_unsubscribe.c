/* SPDX-License-Identifier: ISC */
/*
 * The unsubscribe command. A proven mail leaves at once; any other is asked
 * at the address on file. Whoever is no member gets an answer that looks the
 * same from outside.
 */
#include "list/commands.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>
#include "base/arena.h"
#include "list/list.h"
#include "list/membership.h"
#include "list/note.h"

static void
ask(const struct list_case *c, const struct member *m)
{
	struct arena *a = c->out->arena;
	struct list_note *n = list_note_member(c, "confirm-unsubscribe", m);

	list_note_var(n, "address", m->addr);
	list_note_var(n, "expires", list_note_time(a, c->s->now +
	    c->s->list->confirm_ttl_s));
	list_note_token(n, &(struct token_request){ "confirm_address",
	    ROUTE_CONFIRM, TOKEN_UNSUBSCRIBE,
	    arena_printf(a, "%" PRId64, m->id), "",
	    c->s->list->confirm_ttl_s });
	n->notice->reply_var = "confirm_address";
}

/* Leaving for another address would let anybody throw out anybody. */
static bool
is_for_other(const struct list_case *c, const struct list_line *line)
{
	const char *other = line->address;
	struct span words = span_of(line->words);

	if (other[0] == '\0' && span_find(words, '@') < words.n)
		other = line->words;
	return other[0] != '\0' &&
	    strcasecmp(other, list_case_address(c)) != 0;
}

static void
run(struct list_run *r, const struct list_line *line)
{
	const struct list_case *c = r->c;
	const struct member *m = c->s->sender;
	struct list_note *n;

	if (is_for_other(c, line)) {
		list_commands_say(r, line, "Only the address itself can leave."
		    " Please write from that address, or ask the "
		    "secretariat.");
		return;
	}
	if (list_commands_is_spent(r, line))
		return;
	if (m == NULL) {
		n = list_note_new(c, "unsubscribe-unknown",
		    list_case_address(c));
		list_note_var(n, "address", list_case_address(c));
	} else if (list_is_proven(c->out->arena, c->d)) {
		list_membership_end(c, m, m->addr, "left by a proven mail");
	} else {
		ask(c, m);
	}
	if (!r->alone)
		list_commands_say(r, line, "The answer comes in a mail of its "
		    "own.");
}

static const char *const synonyms[] = { "unsub", "leave", "signoff",
	"sign-off", "remove", "unjoin", "desabonner",
	"d\xC3\xA9" "sabonner", "desinscription", "baja", "abmelden",
	"abbestellen",
	"\xD0\xBE\xD1\x82\xD0\xBF\xD0\xB8\xD1\x81\xD0\xB0\xD1\x82\xD1\x8C"
	"\xD1\x81\xD1\x8F",					/* Russian */
	"\xE9\x80\x80\xE8\xAE\xA2",				/* Chinese */
	NULL };

const struct list_command list_cmd_unsubscribe = {
	"unsubscribe", synonyms, "unsubscribe",
	"Ends your membership. We ask you once to confirm.", LIST_ANYONE, run
};
