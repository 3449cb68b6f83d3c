/* SPDX-License-Identifier: ISC */
/*
 * Held items: mails that wait for somebody's decision, and the record of what
 * was decided. Invariant: decided once; the row stays when the mail is gone.
 */
#include "store/store.h"

#include "base/err.h"
#include "store/query.h"

#define STATES 7
#define DECIDED (1U << HELD_APPROVED | 1U << HELD_REJECTED | \
	1U << HELD_DISCARDED | 1U << HELD_EXPIRED)

/* moves[from] is the set of states that may follow, as bits. */
static const unsigned moves[STATES] = {
	[HELD_WAITING] = DECIDED | 1U << HELD_WITHDRAWN,
	/* Its author got no token: nobody can withdraw it. */
	[HELD_QUARANTINED] = DECIDED,
};

static const char *
state_name(int i)
{
	return held_state_name((enum held_state)i);
}

#define COLUMNS "id, list, mail_id, sender, subject, message_id, reason, " \
	"content, state, decided_by, decided_at, held_at"

static void
take(struct query *q, struct arena *a, struct held *out)
{
	out->id = query_take_i64(q);
	out->list = query_take_text(q, a);
	out->mail_id = query_take_i64(q);
	out->sender = query_take_text(q, a);
	out->subject = query_take_text(q, a);
	out->message_id = query_take_text(q, a);
	out->reason = query_take_text(q, a);
	out->content = query_take_text(q, a);
	out->state = (enum held_state)query_take_name(q, state_name, STATES);
	out->decided_by = query_take_text(q, a);
	out->decided_at = query_take_i64(q);
	out->held_at = query_take_i64(q);
}

static int
take_all(struct query *q, struct arena *a, struct held **out, size_t *n)
{
	struct held *rows = NULL;
	size_t cap = 0, i = 0;
	int rc;

	while ((rc = query_row(q)) == 1) {
		rows = query_grow(a, rows, i, &cap, sizeof(*rows));
		take(q, a, &rows[i++]);
	}
	if (rc < 0)
		return -1;
	*out = rows;
	*n = i;
	return 0;
}

int
store_held_add(struct store *s, const struct held *h, int64_t *id,
    struct err *err)
{
	struct query q;

	if (moves[h->state] == 0)
		return err_set(err, ERR_PERM,
		    "store: an item cannot be held as %s",
		    held_state_name(h->state));
	query_write(&q, s, "INSERT INTO held (list, mail_id, sender, subject, "
	    "message_id, reason, content, state, decided_by, decided_at, "
	    "held_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', 0, ?) "
	    "RETURNING id", err);
	query_put_text(&q, h->list);
	query_put_i64(&q, h->mail_id);
	query_put_text(&q, h->sender);
	query_put_text(&q, h->subject);
	query_put_text(&q, h->message_id);
	query_put_text(&q, h->reason);
	query_put_text(&q, h->content);
	query_put_text(&q, held_state_name(h->state));
	query_put_i64(&q, h->held_at);
	return query_insert(&q, id) < 0 ? -1 : 0;
}

int
store_held_get(struct store *s, struct arena *a, int64_t id,
    struct held *out, struct err *err)
{
	struct held h;
	struct query q;

	query_read(&q, s, "SELECT " COLUMNS " FROM held WHERE id = ?", err);
	query_put_i64(&q, id);
	if (query_one(&q, "such held item") < 0)
		return -1;
	take(&q, a, &h);
	if (query_end(&q) < 0)
		return -1;
	*out = h;
	return 0;
}

/* wide: filter and result of a query. */
int
store_held_list(struct store *s, struct arena *a, const char *list,
    bool all, struct held **out, size_t *n, struct err *err)
{
	struct query q;

	if (all)
		query_read(&q, s, "SELECT " COLUMNS " FROM held "
		    "WHERE ? = '' OR list = ? ORDER BY id", err);
	else
		query_read(&q, s, "SELECT " COLUMNS " FROM held "
		    "WHERE (? = '' OR list = ?) "
		    "AND state IN ('waiting', 'quarantined') ORDER BY id",
		    err);
	query_put_text(&q, list);
	query_put_text(&q, list);
	return take_all(&q, a, out, n);
}

int
store_held_due(struct store *s, struct arena *a, int64_t before,
    struct held **out, size_t *n, struct err *err)
{
	struct query q;

	query_read(&q, s, "SELECT " COLUMNS " FROM held "
	    "WHERE state IN ('waiting', 'quarantined') AND held_at < ? "
	    "ORDER BY held_at, id", err);
	query_put_i64(&q, before);
	return take_all(&q, a, out, n);
}

int
store_held_decide(struct store *s, int64_t id, enum held_state to,
    const char *who, int64_t now, struct err *err)
{
	enum held_state from;
	struct query q;

	query_read(&q, s, "SELECT state FROM held WHERE id = ?", err);
	query_put_i64(&q, id);
	if (query_one(&q, "such held item") < 0)
		return -1;
	from = (enum held_state)query_take_name(&q, state_name, STATES);
	if (query_end(&q) < 0)
		return -1;
	if ((moves[from] & 1U << to) == 0)
		return err_set(err, ERR_CONFLICT,
		    "held item %lld is %s: it cannot become %s", (long long)id,
		    held_state_name(from), held_state_name(to));
	query_write(&q, s, "UPDATE held SET state = ?, decided_by = ?, "
	    "decided_at = ? WHERE id = ?", err);
	query_put_text(&q, held_state_name(to));
	query_put_text(&q, who);
	query_put_i64(&q, now);
	query_put_i64(&q, id);
	return query_run(&q) < 0 ? -1 : 0;
}
