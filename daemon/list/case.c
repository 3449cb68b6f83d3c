/* SPDX-License-Identifier: ISC */
/*
 * Who is asking, and may be answered. Owns the rule of silence: jcad answers
 * no automatic mail, none of its own addresses, and no unproven address more
 * often a day than the list allows. Decides nothing else.
 */
#include "list/case.h"

#include <string.h>
#include "list/list.h"
#include "mail/address.h"

/* Most mails a day that an unproven From makes us write to an address. */
#define NOTICES_PER_DAY 20

const struct mailbox *
list_case_from(const struct list_case *c)
{
	return c->d != NULL && c->d->n_from > 0 ? &c->d->from[0] : NULL;
}

const char *
list_case_address(const struct list_case *c)
{
	const struct mailbox *from = list_case_from(c);

	if (c->s->sender != NULL)
		return c->s->sender->addr;
	return from != NULL ? from->addr : "";
}

bool
list_case_is_over_limit(const struct list_case *c)
{
	return c->s->confirms_today >= c->s->list->confirm_per_day;
}

bool
list_case_is_flooded(const struct list_case *c)
{
	return (list_case_is_over_limit(c) ||
	    c->s->notices_today >= NOTICES_PER_DAY) &&
	    !list_is_proven(c->out->arena, c->d);
}

/* Mail to our own address would answer itself. */
static bool
is_own(const struct list_case *c, const char *addr)
{
	struct route r;

	return route_parse(c->out->arena, c->s->settings, addr, &r) == 0;
}

bool
list_case_is_writable(const struct list_case *c, const char *addr)
{
	return addr[0] != '\0' && address_is_safe(addr) && !is_own(c, addr);
}

const char *
list_case_silence(const struct list_case *c)
{
	const struct mailbox *from = list_case_from(c);
	const char *loop = list_loop_reason(c->out->arena, c->d, c->s);

	if (loop != NULL)
		return loop;
	if (list_is_automatic(c->d, c->s))
		return "automatic mail is never answered";
	if (from == NULL)
		return "no From address to answer to";
	if (c->d->n_from > 1)
		return "more than one From address";
	if (!address_is_safe(from->addr))
		return "the From address cannot be written to";
	if (is_own(c, from->addr))
		return "From is one of our own addresses";
	return NULL;
}

const struct member *
list_case_member(const struct list_case *c)
{
	const struct member *m = c->s->sender;

	return m != NULL && m->state == MEMBER_ACTIVE ? m : NULL;
}

void
list_case_ignore(const struct list_case *c, const char *reason)
{
	action_add(c->out, ACT_IGNORE)->text = reason;
}

void
list_case_reject(const struct list_case *c, const char *text)
{
	action_add(c->out, ACT_REJECT)->text = text;
}

void
list_case_audit(const struct list_case *c, const char *who, const char *what,
    const char *object)
{
	struct action *a = action_add(c->out, ACT_AUDIT);

	a->who = who;
	a->text = what;
	a->object = object;
}

void
list_case_token_used(const struct list_case *c, const char *who,
    const char *outcome)
{
	struct action *a = action_add(c->out, ACT_TOKEN_USED);

	a->token_id = c->s->token->id;
	a->who = who;
	a->text = outcome;
}
