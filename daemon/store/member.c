/* SPDX-License-Identifier: ISC */
/*
 * Members: one row for each time that a person was on a list. Invariants: at
 * most one row of an address is not gone, ids and tokens are never used
 * again, and who is gone never comes back in the same row.
 */
#include "store/store.h"

#include "base/arena.h"
#include "base/err.h"
#include "store/query.h"
#include "store/seat.h"

#define STATES 3

/* moves[from] is the set of states that may follow, as bits. */
static const unsigned moves[STATES] = {
	[MEMBER_PENDING] = 1U << MEMBER_ACTIVE | 1U << MEMBER_GONE,
	[MEMBER_ACTIVE] = 1U << MEMBER_GONE,
	[MEMBER_GONE] = 0,
};

static const char *
state_name(int i)
{
	return member_state_name((enum member_state)i);
}

#define COLUMNS "m.id, m.addr, m.addr_key, m.name, m.lang, m.zone, " \
	"m.token, m.state, m.mail_on, m.since_at, m.list"

/* list is not NULL if it is known and lives long enough. */
static void
take(struct query *q, struct arena *a, const char *list, struct member *out)
{
	out->id = query_take_i64(q);
	out->addr = query_take_text(q, a);
	out->key = query_take_text(q, a);
	out->name = query_take_text(q, a);
	out->lang = query_take_text(q, a);
	out->zone = query_take_text(q, a);
	out->token = query_take_text(q, a);
	out->state = (enum member_state)query_take_name(q, state_name,
	    STATES);
	out->mail_on = query_take_flag(q);
	out->since_at = query_take_i64(q);
	out->list = list != NULL ? list : query_take_text(q, a);
	out->seats = NULL;
	out->n_seats = 0;
}

/* The one row of a statement with its parameters put. */
static int
load(struct query *q, struct arena *a, struct member *out, struct err *err)
{
	struct store *s = q->store;
	struct member m;

	if (query_one(q, "such member") < 0)
		return -1;
	take(q, a, NULL, &m);
	if (query_end(q) < 0 || seat_load(s, a, &m, err) < 0)
		return -1;
	*out = m;
	return 0;
}

int
store_member_by_addr(struct store *s, struct arena *a, const char *list,
    const char *key, struct member *out, struct err *err)
{
	struct query q;

	query_read(&q, s, "SELECT " COLUMNS " FROM member m WHERE m.list = ? "
	    "AND m.addr_key = ? AND m.state <> 'gone'", err);
	query_put_text(&q, list);
	query_put_text(&q, key);
	return load(&q, a, out, err);
}

int
store_member_by_id(struct store *s, struct arena *a, int64_t id,
    struct member *out, struct err *err)
{
	struct query q;

	query_read(&q, s, "SELECT " COLUMNS " FROM member m WHERE m.id = ?",
	    err);
	query_put_i64(&q, id);
	return load(&q, a, out, err);
}

int
store_member_addr(struct store *s, struct arena *a, int64_t id,
    struct member *out, struct err *err)
{
	struct query q;
	struct member m;

	query_read(&q, s, "SELECT " COLUMNS " FROM member m WHERE m.id = ?",
	    err);
	query_put_i64(&q, id);
	if (query_one(&q, "such member") < 0)
		return -1;
	take(&q, a, NULL, &m);
	if (query_end(&q) < 0)
		return -1;
	*out = m;
	return 0;
}

int
store_member_by_token(struct store *s, struct arena *a, const char *list,
    const char *token, struct member *out, struct err *err)
{
	struct query q;

	query_read(&q, s, "SELECT " COLUMNS " FROM member m WHERE m.list = ? "
	    "AND m.token = ?", err);
	query_put_text(&q, list);
	query_put_text(&q, token);
	return load(&q, a, out, err);
}

/* --- many --- */

static int
count(struct store *s, const char *list, enum member_state state,
    int64_t after, size_t *out, struct err *err)
{
	struct query q;

	query_read(&q, s, "SELECT count(*) FROM member WHERE list = ? "
	    "AND state = ? AND id > ?", err);
	query_put_text(&q, list);
	query_put_text(&q, member_state_name(state));
	query_put_i64(&q, after);
	if (query_one(&q, "count") < 0)
		return -1;
	*out = query_take_u32(&q);
	return query_end(&q);
}

/* wide: filter and result of a query. */
int
store_members(struct store *s, struct arena *a, const char *list,
    enum member_state state, int64_t after, size_t max, struct member **out,
    size_t *n, struct err *err)
{
	struct member *rows;
	struct query q;
	size_t room = max, i = 0;

	/* Counted first: the array is large and shall not be grown. */
	if (max == 0 && count(s, list, state, after, &room, err) < 0)
		return -1;
	rows = arena_array(a, room, sizeof(*rows));
	list = arena_strdup(a, list);
	query_read(&q, s, "SELECT " COLUMNS " FROM member m WHERE m.list = ? "
	    "AND m.state = ? AND m.id > ? ORDER BY m.id LIMIT ?", err);
	query_put_text(&q, list);
	query_put_text(&q, member_state_name(state));
	query_put_i64(&q, after);
	query_put_i64(&q, (int64_t)room);
	while (i < room && query_row(&q) == 1)
		take(&q, a, list, &rows[i++]);
	if (query_end(&q) < 0 || seat_load_all(s, a, rows, i, err) < 0)
		return -1;
	*out = rows;
	*n = i;
	return 0;
}

int
store_member_ids(struct store *s, struct arena *a, const char *list,
    uint32_t **out, size_t *n, struct err *err)
{
	struct query q;
	uint32_t *ids;
	size_t room, i = 0;

	if (count(s, list, MEMBER_ACTIVE, 0, &room, err) < 0)
		return -1;
	ids = arena_array(a, room, sizeof(*ids));
	query_read(&q, s, "SELECT id FROM member WHERE list = ? "
	    "AND state = 'active' AND mail_on = 1 ORDER BY id", err);
	query_put_text(&q, list);
	while (i < room && query_row(&q) == 1)
		ids[i++] = query_take_u32(&q);
	if (query_end(&q) < 0)
		return -1;
	*out = ids;
	*n = i;
	return 0;
}

/* A growing list of members, each once. */
struct found {
	struct arena *arena;
	const char *list;
	struct member *rows;
	size_t n, cap;
};

/* Add the active members with that role who are not found yet. */
static int
add_by_role(struct store *s, const char *role, struct found *f,
    struct err *err)
{
	size_t before = f->n;	/* one role gives nobody twice */
	struct query q;

	query_read(&q, s, "SELECT " COLUMNS " FROM member m WHERE m.list = ? "
	    "AND m.state = 'active' AND m.id IN "
	    "(SELECT member_id FROM seat WHERE role = ?) ORDER BY m.id", err);
	query_put_text(&q, f->list);
	query_put_text(&q, role);
	while (query_row(&q) == 1) {
		struct member m;
		size_t i = 0;

		take(&q, f->arena, f->list, &m);
		while (i < before && f->rows[i].id != m.id)
			i++;
		if (i < before)
			continue;
		f->rows = query_grow(f->arena, f->rows, f->n, &f->cap,
		    sizeof(*f->rows));
		f->rows[f->n++] = m;
	}
	return query_end(&q);
}

/* wide: filter and result of a query. */
int
store_members_by_role(struct store *s, struct arena *a, const char *list,
    const char *const *roles, struct member **out, size_t *n,
    struct err *err)
{
	struct found f = { .arena = a, .list = arena_strdup(a, list) };

	for (; *roles != NULL; roles++)
		if (add_by_role(s, *roles, &f, err) < 0)
			return -1;
	for (size_t i = 0; i < f.n; i++)
		if (seat_load(s, a, &f.rows[i], err) < 0)
			return -1;
	*out = f.rows;
	*n = f.n;
	return 0;
}

int
store_member_count(struct store *s, const char *list, uint32_t counts[3],
    struct err *err)
{
	uint32_t found[STATES] = { 0 };
	struct query q;

	query_read(&q, s, "SELECT state, count(*) FROM member "
	    "WHERE list = ? GROUP BY state", err);
	query_put_text(&q, list);
	while (query_row(&q) == 1) {
		int state = query_take_name(&q, state_name, STATES);

		found[state] = query_take_u32(&q);
	}
	if (query_end(&q) < 0)
		return -1;
	for (int i = 0; i < STATES; i++)
		counts[i] = found[i];
	return 0;
}

/* --- changes --- */

static void
put(struct query *q, const struct member *m)
{
	query_put_text(q, m->addr);
	query_put_text(q, m->key);
	query_put_text(q, m->name);
	query_put_text(q, m->lang);
	query_put_text(q, m->zone);
	query_put_text(q, m->token);
	query_put_text(q, member_state_name(m->state));
	query_put_i64(q, m->mail_on);
	query_put_i64(q, m->since_at);
	query_put_text(q, m->list);
}

static int
insert(struct store *s, const struct member *m, int64_t *id, struct err *err)
{
	struct query q;
	int64_t made = 0;
	int rc;

	/* No error but no row: errors would end the transaction elsewhere. */
	query_write(&q, s, "INSERT INTO member (addr, addr_key, name, "
	    "lang, zone, token, state, mail_on, since_at, list, state_at) "
	    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
	    "ON CONFLICT DO NOTHING RETURNING id", err);
	put(&q, m);
	query_put_i64(&q, m->since_at);
	rc = query_insert(&q, &made);
	if (rc < 0)
		return -1;
	if (rc == 0)
		return err_set(err, ERR_CONFLICT,
		    "%s is on %s already (or the token is)", m->key, m->list);
	if (made > UINT32_MAX)
		return err_set(err, ERR_LIMIT, "no member ids are left");
	*id = made;
	return 0;
}

static int
may_move(struct store *s, int64_t id, enum member_state to, bool same_ok,
    struct err *err)
{
	enum member_state from;
	struct query q;

	query_read(&q, s, "SELECT state FROM member WHERE id = ?", err);
	query_put_i64(&q, id);
	if (query_one(&q, "such member") < 0)
		return -1;
	from = (enum member_state)query_take_name(&q, state_name, STATES);
	if (query_end(&q) < 0)
		return -1;
	if ((moves[from] & 1U << to) != 0 || (same_ok && from == to))
		return 0;
	return err_set(err, ERR_CONFLICT,
	    "member %lld is %s: it cannot become %s", (long long)id,
	    member_state_name(from), member_state_name(to));
}

/* Is the address or the token of m another row's? */
static int
is_taken(struct store *s, const struct member *m, struct err *err)
{
	struct query q;
	int rc;

	query_read(&q, s, "SELECT 1 FROM member WHERE list = ? "
	    "AND addr_key = ? AND state <> 'gone' AND id <> ? AND ? <> 'gone' "
	    "UNION ALL SELECT 1 FROM member WHERE list = ? AND token = ? "
	    "AND id <> ?", err);
	query_put_text(&q, m->list);
	query_put_text(&q, m->key);
	query_put_i64(&q, m->id);
	query_put_text(&q, member_state_name(m->state));
	query_put_text(&q, m->list);
	query_put_text(&q, m->token);
	query_put_i64(&q, m->id);
	rc = query_row(&q);
	return query_end(&q) < 0 ? -1 : rc;
}

static int
update(struct store *s, const struct member *m, struct err *err)
{
	struct query q;
	int64_t n;
	int taken;

	if (may_move(s, m->id, m->state, true, err) < 0)
		return -1;
	taken = is_taken(s, m, err);
	if (taken < 0)
		return -1;
	if (taken > 0)
		return err_set(err, ERR_CONFLICT,
		    "%s is on %s already (or the token is)", m->key, m->list);
	query_write(&q, s, "UPDATE member SET addr = ?, addr_key = ?, "
	    "name = ?, lang = ?, zone = ?, token = ?, state = ?, "
	    "mail_on = ?, since_at = ? WHERE list = ? AND id = ?", err);
	put(&q, m);
	query_put_i64(&q, m->id);
	n = query_run(&q);
	if (n == 0)
		return err_set(err, ERR_NOTFOUND, "member %lld is not on %s",
		    (long long)m->id, m->list);
	return n < 0 ? -1 : 0;
}

int
store_member_save(struct store *s, const struct member *m, int64_t *id,
    struct err *err)
{
	int64_t made = m->id;

	if (m->id == 0 ? insert(s, m, &made, err) < 0 :
	    update(s, m, err) < 0)
		return -1;
	if (seat_save(s, made, m, err) < 0)
		return -1;
	*id = made;
	return 0;
}

int
store_member_state(struct store *s, int64_t id, enum member_state to,
    int64_t now, struct err *err)
{
	struct query q;

	if (may_move(s, id, to, false, err) < 0)
		return -1;
	query_write(&q, s, "UPDATE member SET state = ?, state_at = ? "
	    "WHERE id = ?", err);
	query_put_text(&q, member_state_name(to));
	query_put_i64(&q, now);
	query_put_i64(&q, id);
	if (query_run(&q) < 0)
		return -1;
	return to == MEMBER_GONE ? seat_end(s, id, now, err) : 0;
}
