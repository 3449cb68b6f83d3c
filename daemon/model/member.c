/* SPDX-License-Identifier: ISC */
/* What a member may do follows from the roles of the seats. Pure. */
#include "model/member.h"

#include <strings.h>

const char *
member_state_name(enum member_state state)
{
	static const char *const names[] = { "pending", "active", "gone" };

	return names[state];
}

bool
member_has_role(const struct member *m, const char *role)
{
	for (size_t i = 0; i < m->n_seats; i++)
		if (strcasecmp(m->seats[i].role, role) == 0)
			return true;
	return false;
}

bool
member_may_moderate(const struct member *m)
{
	return m->state == MEMBER_ACTIVE && (member_has_role(m, "moderator") ||
	    member_has_role(m, "owner") || member_has_role(m, "counsellor"));
}

bool
member_may_announce(const struct member *m)
{
	return m->state == MEMBER_ACTIVE && (member_may_moderate(m) ||
	    member_has_role(m, "chair") || member_has_role(m, "vice-chair"));
}
