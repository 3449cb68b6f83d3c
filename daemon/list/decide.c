/* SPDX-License-Identifier: ISC */
/*
 * Dispatch of list mails by the verb of their address. Owns the addresses
 * that need no module of their own: -owner, -bounces and those not in use.
 */
#include "list/list.h"

#include <string.h>
#include <strings.h>
#include "base/arena.h"
#include "list/case.h"
#include "list/commands.h"
#include "list/held.h"
#include "list/loop.h"
#include "list/membership.h"
#include "list/note.h"
#include "list/post.h"

#define DIAGNOSTIC_MAX 300

/* ---- LIST-owner ---- */

static void
forward_to_owner(const struct list_case *c)
{
	const char *loop = list_loop_reason(c->out->arena, c->d, c->s);

	if (loop != NULL)
		list_case_ignore(c, loop);
	else if (list_loop_is_reply(c->d, c->s))
		list_case_ignore(c, "a bounce or automatic reply to a mail of "
		    "ours");
	else
		(void)action_add(c->out, ACT_FORWARD);
}

/* ---- LIST-bounces ---- */

/* "delayed", "delivered", "relayed" and "expanded" are no failure. */
static const struct dsn *
failure(const struct digest *d)
{
	for (size_t i = 0; i < d->n_dsns; i++)
		if (strcasecmp(d->dsns[i].action, "failed") == 0)
			return &d->dsns[i];
	return NULL;
}

/* Some systems bounce without a delivery status; the words tell. */
static bool
looks_bounced(const struct digest *d, const struct snapshot *s)
{
	static const char *const words[] = { "undeliver", "delivery",
		"returned mail", "failure", "unzustellbar", "non remis",
		"mail system error" };

	if (s->envelope_from[0] != '\0' ||
	    strcasecmp(d->auto_submitted, "auto-replied") == 0)
		return false;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (span_searchi(span_of(d->subject), words[i]) <
		    strlen(d->subject))
			return true;
	return false;
}

static void
record_bounce(const struct list_case *c)
{
	const struct digest *d = c->d;
	struct arena *a = c->out->arena;
	const struct dsn *f = failure(d);
	struct action *act;
	const char *text;

	if (c->s->by_token == NULL) {
		list_case_ignore(c, "a bounce that names no member");
		return;
	}
	if (f != NULL) {
		text = arena_printf(a, "%s %s", f->status[0] != '\0' ?
		    f->status : "5.0.0", list_note_line(a, f->diagnostic,
		    DIAGNOSTIC_MAX));
	} else if (d->n_dsns == 0 && looks_bounced(d, c->s)) {
		text = arena_printf(a, "4.0.0 no status given: %s",
		    list_note_line(a, d->subject, DIAGNOSTIC_MAX));
	} else {
		list_case_ignore(c, d->n_dsns > 0 ? "a delivery status that "
		    "is no failure" : "no bounce");
		return;
	}
	act = action_add(c->out, ACT_BOUNCE);
	act->member_id = c->s->by_token->id;
	act->text = text;
}

/* ---- the rest ---- */

static void
confirm(const struct list_case *c)
{
	const char *silence = list_case_silence(c);

	if (silence != NULL)
		list_case_ignore(c, silence);
	else if (c->s->route.token[0] == '\0')
		list_commands_run(c);
	else
		list_membership_confirm(c);
}

static void
reject_unused(const struct list_case *c)
{
	struct arena *a = c->out->arena;

	list_case_reject(c, arena_printf(a, "5.1.1 The address %s is not in "
	    "use on this list. Please write to %s.", route_format(a,
	    c->s->list, c->s->route.verb, ""), route_format(a, c->s->list,
	    ROUTE_OWNER, "")));
}

void
list_decide(const struct digest *d, const struct snapshot *s,
    struct actions *out)
{
	const struct list_case c = { d, s, out };

	switch (s->route.verb) {
	case ROUTE_POST:
		list_post(&c);
		break;
	case ROUTE_SUBSCRIBE:
	case ROUTE_UNSUBSCRIBE:
	case ROUTE_REQUEST:
	case ROUTE_HELP:
	case ROUTE_WHO:
		list_commands_run(&c);
		break;
	case ROUTE_CONFIRM:
		confirm(&c);
		break;
	case ROUTE_OWNER:
		forward_to_owner(&c);
		break;
	case ROUTE_BOUNCES:
		record_bounce(&c);
		break;
	case ROUTE_OK:
	case ROUTE_NO:
	case ROUTE_DROP:
	case ROUTE_MODERATE:
		list_held_moderate(&c);
		break;
	case ROUTE_REPORT:
	case ROUTE_AUTHOR:
	case ROUTE_ANNOUNCE:	/* meet's: reached by a wrong call only */
	case ROUTE_MEETING:
		reject_unused(&c);
		break;
	}
}
