/* SPDX-License-Identifier: ISC */
/*
 * Members added and removed at the console. Owns the checks of what the
 * secretariat typed; every error names the value and what would be right.
 */
#include "list/list.h"

#include <string.h>
#include <strings.h>
#include "base/arena.h"
#include "base/err.h"
#include "base/utf8.h"
#include "list/case.h"
#include "list/membership.h"
#include "list/note.h"
#include "list/seat.h"
#include "mail/address.h"

#define NAME_LEN 200

static int
check_address(const struct snapshot *s, struct arena *a, const char *text,
    const char **addr, struct err *err)
{
	struct route r;

	if (address_parse(a, span_of(text), addr, err) != 0)
		return err_wrap(err, "address \"%s\"", text);
	if (!address_is_safe(*addr))
		return err_set(err, ERR_BADINPUT, "address \"%s\" cannot be "
		    "written to", text);
	if (route_parse(a, s->settings, *addr, &r) == 0)
		return err_set(err, ERR_BADINPUT, "address \"%s\" is one of "
		    "our own", text);
	return 0;
}

/* The active or pending member of that address, other than id. */
static const struct member *
find(const struct snapshot *s, const char *key, int64_t id)
{
	if (s->sender != NULL && s->sender->id != id &&
	    strcmp(s->sender->key, key) == 0)
		return s->sender;
	for (size_t i = 0; i < s->n_members; i++)
		if (s->members[i].id != id &&
		    s->members[i].state != MEMBER_GONE &&
		    strcmp(s->members[i].key, key) == 0)
			return &s->members[i];
	return NULL;
}

/* Names of the settings as they are written there, or an error. */
static int
check_seat(const struct snapshot *s, struct seat *seat, struct err *err)
{
	const struct category *c = settings_category(s->list, seat->category);
	const struct body *b = settings_body(s->list, seat->body);

	if (c == NULL)
		return err_set(err, ERR_BADINPUT, "category \"%s\" is not in "
		    "the settings of list %s", seat->category, s->list->name);
	if (b == NULL && seat->body[0] != '\0')
		return err_set(err, ERR_BADINPUT, "body \"%s\" is not in the "
		    "settings of list %s", seat->body, s->list->name);
	if (!list_seat_is_role(seat->role))
		return err_set(err, ERR_BADINPUT, "role \"%s\" is none of "
		    "representative, alternate, observer, chair, vice-chair, "
		    "counsellor, moderator, owner", seat->role);
	seat->category = c->name;
	if (b != NULL)
		seat->body = b->name;
	if (seat->since_at == 0)
		seat->since_at = s->now;
	if (seat->until_at != 0 && seat->until_at <= seat->since_at)
		return err_set(err, ERR_BADINPUT, "the seat ends before it "
		    "begins");
	return 0;
}

static int
check_seats(const struct snapshot *s, struct arena *a, struct member *m,
    struct err *err)
{
	struct seat *seats = arena_array(a, m->n_seats + 1, sizeof(*seats));

	if (m->n_seats == 0 && s->list->n_categories > 0)
		return err_set(err, ERR_BADINPUT, "no category is given");
	for (size_t i = 0; i < m->n_seats; i++) {
		seats[i] = m->seats[i];
		if (check_seat(s, &seats[i], err) != 0)
			return -1;
	}
	m->seats = seats;
	return 0;
}

static int
check_name(const char *name, struct err *err)
{
	struct span s = span_of(name);

	if (!utf8_is_valid(s))
		return err_set(err, ERR_BADINPUT, "the name is not UTF-8");
	if (s.n > NAME_LEN)
		return err_set(err, ERR_LIMIT, "the name has %zu bytes, at "
		    "most %d are taken", s.n, NAME_LEN);
	return 0;
}

int
list_member_add(const struct snapshot *s, const struct member *wanted,
    const char *who, struct actions *out, struct err *err)
{
	struct list_case c = { NULL, s, out };
	struct arena *a = out->arena;
	struct member m = *wanted;
	const struct member *other;

	if (check_address(s, a, wanted->addr, &m.addr, err) != 0 ||
	    check_name(wanted->name, err) != 0 ||
	    check_seats(s, a, &m, err) != 0)
		return -1;
	m.key = address_key(a, m.addr);
	other = find(s, m.key, wanted->id);
	if (other != NULL && other->state == MEMBER_ACTIVE)
		return err_set(err, ERR_CONFLICT, "%s is a member already: %s",
		    m.addr, list_seat_of(a, s->list, other));
	if (other != NULL) {	/* was waiting: this is the answer */
		m.id = other->id;
		m.token = other->token;
	}
	m.list = s->list->name;
	m.name = utf8_line(a, span_of(wanted->name));
	m.state = MEMBER_ACTIVE;
	if (m.since_at == 0)
		m.since_at = s->now;
	list_membership_add(&c, &m, who, wanted->id == 0);
	return 0;
}

int
list_member_remove(const struct snapshot *s, const struct member *m,
    const char *who, struct actions *out, struct err *err)
{
	struct list_case c = { NULL, s, out };

	if (m->state == MEMBER_GONE)
		return err_set(err, ERR_CONFLICT, "%s is no member any more",
		    m->addr);
	list_membership_end(&c, m, who, "removed");
	return 0;
}
