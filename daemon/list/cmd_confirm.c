/* SPDX-License-Identifier: ISC */
/*
 * The confirm command: the same as an answer to LIST-confirm-TOKEN, for those
 * whose mail program spoils long addresses.
 */
#include "list/commands.h"

#include <string.h>
#include "base/arena.h"
#include "base/span.h"
#include "list/membership.h"

static bool
is_token_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9');
}

/* The token of "LIST-confirm-TOKEN@domain" is what stands before the "@". */
char *
list_cmd_confirm_token(struct arena *a, const char *words)
{
	struct span s = span_of(words), word = span_cut(&s, ' ');
	struct span local = span_sub(word, 0, span_find(word, '@'));
	size_t from = local.n;
	char *out;

	while (from > 0 && is_token_char(local.p[from - 1]))
		from--;
	out = arena_strndup(a, local.p + from, local.n - from);
	for (char *p = out; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p | 0x20);
	return out;
}

static void
run(struct list_run *r, const struct list_line *line)
{
	if (r->confirmed) {
		list_commands_say(r, line, "Only one confirmation is done for "
		    "a mail. Please send a mail for each.");
		return;
	}
	r->confirmed = true;
	list_membership_confirm(r->c);
	if (!r->alone)
		list_commands_say(r, line, "The answer comes in a mail of its "
		    "own.");
}

static const char *const synonyms[] = { "conf", "auth", NULL };

const struct list_command list_cmd_confirm = {
	"confirm", synonyms, "confirm TOKEN",
	"Answers one of our questions with the token from our mail.",
	LIST_ANYONE, run
};
