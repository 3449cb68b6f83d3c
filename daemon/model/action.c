/* SPDX-License-Identifier: ISC */
/* The growing list of actions, and the stored names of states. Pure. */
#include "model/action.h"

#include <string.h>
#include "base/arena.h"

const char *
held_state_name(enum held_state state)
{
	static const char *const names[] = { "waiting", "approved", "rejected",
		"discarded", "expired", "withdrawn", "quarantined" };

	return names[state];
}

const char *
token_purpose_name(enum token_purpose purpose)
{
	static const char *const names[] = { "subscribe", "unsubscribe",
		"held-ok", "held-no", "held-drop", "held-moderate",
		"held-cancel", "admit", "announce" };

	return names[purpose];
}

/* No string of an action is ever NULL, so that users need not ask. */
static void
action_clear(struct action *a)
{
	a->text = a->who = a->object = "";
	a->notice.template = a->notice.to = a->notice.lang = "";
	a->notice.in_reply_to = "";
	a->notice.reply_verb = ROUTE_POST;
	a->member.list = a->member.addr = a->member.key = a->member.name = "";
	a->member.lang = a->member.zone = a->member.token = "";
	a->answer.partstat = a->answer.comment = a->answer.source = "";
}

struct action *
action_add(struct actions *list, enum action_kind kind)
{
	struct action *a;

	if (list->n == list->cap) {
		size_t cap = list->cap == 0 ? 8 : 2 * list->cap;
		struct action *items = arena_array(list->arena, cap,
		    sizeof(*items));

		if (list->n > 0)
			memcpy(items, list->items, list->n * sizeof(*items));
		list->items = items;
		list->cap = cap;
	}
	a = &list->items[list->n++];
	memset(a, 0, sizeof(*a));
	a->kind = kind;
	action_clear(a);
	return a;
}
