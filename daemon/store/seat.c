/* SPDX-License-Identifier: ISC */
/*
 * Seats: rows that belong to one member each. Owns which are kept, added and
 * removed when a member is saved. Roles are stored in lower case, so that
 * they can be looked up; ids of kept seats stay.
 */
#include "store/seat.h"

#include <ctype.h>
#include <string.h>
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "store/query.h"
#include "store/store.h"

#define SEATS_MAX 64	/* of one person */

#define COLUMNS "s.id, s.category, s.body, s.role, s.evidence, s.since_at, " \
	"s.until_at"

static void
take(struct query *q, struct arena *a, struct seat *out)
{
	out->id = query_take_i64(q);
	out->category = query_take_text(q, a);
	out->body = query_take_text(q, a);
	out->role = query_take_text(q, a);
	out->evidence = query_take_text(q, a);
	out->since_at = query_take_i64(q);
	out->until_at = query_take_i64(q);
}

int
seat_load(struct store *s, struct arena *a, struct member *out,
    struct err *err)
{
	struct query q;
	struct seat *seats = NULL;
	size_t n = 0, cap = 0;

	query_read(&q, s, "SELECT " COLUMNS " FROM seat s "
	    "WHERE s.member_id = ? ORDER BY s.id", err);
	query_put_i64(&q, out->id);
	while (query_row(&q) == 1) {
		seats = query_grow(a, seats, n, &cap, sizeof(*seats));
		take(&q, a, &seats[n++]);
	}
	if (query_end(&q) < 0)
		return -1;
	out->seats = seats;
	out->n_seats = n;
	return 0;
}

/* Rows come by member and so do the members: one walk along both. */
static void
hand_out(struct query *q, struct arena *a, struct member *members, size_t n)
{
	struct seat *seats = NULL;
	size_t at = 0, k = 0, cap = 0;

	while (query_row(q) == 1) {
		int64_t id = query_take_i64(q);

		while (at < n && members[at].id < id) {
			at++;
			seats = NULL;
			k = cap = 0;
		}
		if (at == n || members[at].id != id)
			continue;
		/* Nearly everyone has one seat: no room for more at once. */
		if (k == 0)
			seats = arena_array(a, cap = 1, sizeof(*seats));
		seats = query_grow(a, seats, k, &cap, sizeof(*seats));
		take(q, a, &seats[k++]);
		members[at].seats = seats;
		members[at].n_seats = k;
	}
}

int
seat_load_all(struct store *s, struct arena *a, struct member *members,
    size_t n, struct err *err)
{
	struct query q;

	if (n == 0)
		return 0;
	query_read(&q, s, "SELECT m.id, " COLUMNS " FROM member m "
	    "JOIN seat s ON s.member_id = m.id WHERE m.list = ? AND "
	    "m.state = ? AND m.id BETWEEN ? AND ? ORDER BY m.id, s.id", err);
	query_put_text(&q, members[0].list);
	query_put_text(&q, member_state_name(members[0].state));
	query_put_i64(&q, members[0].id);
	query_put_i64(&q, members[n - 1].id);
	hand_out(&q, a, members, n);
	return query_end(&q);
}

static int
drop(struct store *s, int64_t seat_id, struct err *err)
{
	struct query q;

	query_write(&q, s, "DELETE FROM seat WHERE id = ?", err);
	query_put_i64(&q, seat_id);
	return query_run(&q) < 0 ? -1 : 0;
}

static bool
is_named(const struct member *m, int64_t seat_id)
{
	for (size_t i = 0; i < m->n_seats; i++)
		if (m->seats[i].id == seat_id)
			return true;
	return false;
}

/* Remove what m no longer names; refuse a seat that is not the member's. */
static int
drop_others(struct store *s, int64_t id, const struct member *m,
    struct err *err)
{
	struct query q;
	int64_t ids[SEATS_MAX];
	size_t n = 0, kept = 0, named = 0;

	query_read(&q, s, "SELECT id FROM seat WHERE member_id = ?", err);
	query_put_i64(&q, id);
	while (n < SEATS_MAX && query_row(&q) == 1)
		ids[n++] = query_take_i64(&q);
	if (query_end(&q) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (is_named(m, ids[i]))
			kept++;
		else if (drop(s, ids[i], err) < 0)
			return -1;
	for (size_t i = 0; i < m->n_seats; i++)
		named += m->seats[i].id != 0;
	if (named != kept)
		return err_set(err, ERR_NOTFOUND,
		    "member %lld has no such seat", (long long)id);
	return 0;
}

static char *
lower(struct str *buf, const char *s)
{
	str_clear(buf);
	for (; s != NULL && *s != '\0'; s++)
		str_addc(buf, *s >= 'A' && *s <= 'Z' ?
		    (char)tolower((unsigned char)*s) : *s);
	str_adds(buf, "");
	return buf->data;
}

/* seat_id 0: a new row. */
static int
write_seat(struct store *s, int64_t id, int64_t seat_id,
    const struct seat *seat, struct err *err)
{
	struct str role = STR_EMPTY;
	struct query q;
	int64_t n;

	if (seat_id == 0)
		query_write(&q, s, "INSERT INTO seat (category, body, role, "
		    "evidence, since_at, until_at, member_id) "
		    "VALUES (?, ?, ?, ?, ?, ?, ?)", err);
	else
		query_write(&q, s, "UPDATE seat SET category = ?, body = ?, "
		    "role = ?, evidence = ?, since_at = ?, until_at = ? "
		    "WHERE member_id = ? AND id = ?", err);
	query_put_text(&q, seat->category);
	query_put_text(&q, seat->body);
	query_put_text(&q, lower(&role, seat->role));
	query_put_text(&q, seat->evidence);
	query_put_i64(&q, seat->since_at);
	query_put_i64(&q, seat->until_at);
	query_put_i64(&q, id);
	if (seat_id != 0)
		query_put_i64(&q, seat_id);
	n = query_run(&q);
	str_done(&role);
	return n < 0 ? -1 : 0;
}

int
seat_save(struct store *s, int64_t id, const struct member *m,
    struct err *err)
{
	if (m->n_seats > SEATS_MAX)
		return err_set(err, ERR_LIMIT,
		    "a member holds at most %d seats", SEATS_MAX);
	if (m->id != 0 && drop_others(s, id, m, err) < 0)
		return -1;
	for (size_t i = 0; i < m->n_seats; i++)
		if (write_seat(s, id, m->id != 0 ? m->seats[i].id : 0,
		    &m->seats[i], err) < 0)
			return -1;
	return 0;
}

int
seat_end(struct store *s, int64_t id, int64_t now, struct err *err)
{
	struct query q;

	query_write(&q, s, "UPDATE seat SET until_at = ? WHERE member_id = ? "
	    "AND (until_at = 0 OR until_at > ?)", err);
	query_put_i64(&q, now);
	query_put_i64(&q, id);
	query_put_i64(&q, now);
	return query_run(&q) < 0 ? -1 : 0;
}

int
store_body_seats(struct store *s, const char *list, const char *body,
    int64_t now, uint32_t *out, struct err *err)
{
	struct query q;
	uint32_t n;

	query_read(&q, s, "SELECT count(*) FROM seat s JOIN member m "
	    "ON m.id = s.member_id WHERE s.body = ? AND s.body <> '' "
	    "AND (s.until_at = 0 OR s.until_at > ?) AND m.list = ? "
	    "AND m.state = 'active'", err);
	query_put_text(&q, body);
	query_put_i64(&q, now);
	query_put_text(&q, list);
	if (query_one(&q, "count") < 0)
		return -1;
	n = query_take_u32(&q);
	if (query_end(&q) < 0)
		return -1;
	*out = n;
	return 0;
}
