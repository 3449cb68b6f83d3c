/* SPDX-License-Identifier: ISC */
/*
 * Which part of meet decides about a mail. A token tells more than the
 * address that it came to. Invariant: at least one action comes out.
 */
#include "meet/meet.h"

#include "meet/announce.h"
#include "meet/answer.h"

void
meet_decide(const struct digest *d, const struct snapshot *s,
    struct actions *out)
{
	const struct list_case c = { d, s, out };
	size_t before = out->n;

	if (s->token != NULL && s->token->purpose == TOKEN_ANNOUNCE)
		announce_token(&c);
	else if (s->route.verb == ROUTE_MEETING)
		answer_mail(&c);
	else
		announce_mail(&c);
	if (out->n == before)
		list_case_ignore(&c, "nothing to do");
}
