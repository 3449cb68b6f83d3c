/* SPDX-License-Identifier: ISC */
/*
 * Mail rows: what the daemon has taken responsibility for, and what it has
 * seen before. Bodies are the spool's (spool/README.md has the table of
 * both). Invariant: states change by store_mail_move() only.
 */
#include "store/store.h"

#include "base/err.h"
#include "store/query.h"

#define STATES 5

const char *
store_mail_state_name(enum mail_state state)
{
	static const char *const names[STATES] = { "accepted", "held",
		"queued", "done", "quarantined" };

	return names[state];
}

static const char *
state_name(int i)
{
	return store_mail_state_name((enum mail_state)i);
}

/* moves[from] is the set of states that may follow, as bits. */
static const unsigned moves[STATES] = {
	[MAIL_ACCEPTED] = 1U << MAIL_HELD | 1U << MAIL_QUEUED |
	    1U << MAIL_DONE | 1U << MAIL_QUARANTINED,
	[MAIL_HELD] = 1U << MAIL_QUEUED | 1U << MAIL_DONE,
	[MAIL_QUEUED] = 1U << MAIL_DONE,
	[MAIL_DONE] = 0,
	/* The secretariat may send on what the parser could not read. */
	[MAIL_QUARANTINED] = 1U << MAIL_QUEUED | 1U << MAIL_DONE,
};

/* A digest may be 64 KiB: lists do without. */
#define SHORT "id, file, state, list, sender, from_addr, message_id, " \
	"subject, size, received_at, ''"
#define WHOLE "id, file, state, list, sender, from_addr, message_id, " \
	"subject, size, received_at, digest"

static void
take(struct query *q, struct arena *a, struct mail_row *out)
{
	out->id = query_take_i64(q);
	out->file = query_take_text(q, a);
	out->state = (enum mail_state)query_take_name(q, state_name, STATES);
	out->list = query_take_text(q, a);
	out->sender = query_take_text(q, a);
	out->from = query_take_text(q, a);
	out->message_id = query_take_text(q, a);
	out->subject = query_take_text(q, a);
	out->size = query_take_i64(q);
	out->received_at = query_take_i64(q);
	out->digest = query_take_blob(q, a);
}

static int
take_all(struct query *q, struct arena *a, struct mail_row **out, size_t *n)
{
	struct mail_row *rows = NULL;
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
store_mail_add(struct store *s, const struct mail_row *m, int64_t *id,
    struct err *err)
{
	struct query q;

	if (m->file == NULL || m->file[0] == '\0')
		return err_set(err, ERR_PERM, "store: a mail without a file");
	query_write(&q, s, "INSERT INTO mail (file, state, list, sender, "
	    "from_addr, message_id, subject, size, received_at, digest) "
	    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id", err);
	query_put_text(&q, m->file);
	query_put_text(&q, store_mail_state_name(m->state));
	query_put_text(&q, m->list);
	query_put_text(&q, m->sender);
	query_put_text(&q, m->from);
	query_put_text(&q, m->message_id);
	query_put_text(&q, m->subject);
	query_put_i64(&q, m->size);
	query_put_i64(&q, m->received_at);
	query_put_blob(&q, m->digest);
	return query_insert(&q, id) < 0 ? -1 : 0;
}

int
store_mail_get(struct store *s, struct arena *a, int64_t id,
    struct mail_row *out, struct err *err)
{
	struct mail_row m;
	struct query q;

	query_read(&q, s, "SELECT " WHOLE " FROM mail WHERE id = ?", err);
	query_put_i64(&q, id);
	if (query_one(&q, "such mail") < 0)
		return -1;
	take(&q, a, &m);
	if (query_end(&q) < 0)
		return -1;
	*out = m;
	return 0;
}

static int
state_of(struct store *s, int64_t id, enum mail_state *out, struct err *err)
{
	struct query q;

	query_read(&q, s, "SELECT state FROM mail WHERE id = ?", err);
	query_put_i64(&q, id);
	if (query_one(&q, "such mail") < 0)
		return -1;
	*out = (enum mail_state)query_take_name(&q, state_name, STATES);
	return query_end(&q);
}

int
store_mail_move(struct store *s, int64_t id, enum mail_state to,
    struct err *err)
{
	enum mail_state from;
	struct query q;

	if (state_of(s, id, &from, err) < 0)
		return -1;
	if ((moves[from] & 1U << to) == 0)
		return err_set(err, ERR_CONFLICT,
		    "mail %lld is %s: it cannot become %s", (long long)id,
		    store_mail_state_name(from), store_mail_state_name(to));
	query_write(&q, s, "UPDATE mail SET state = ? WHERE id = ?", err);
	query_put_text(&q, store_mail_state_name(to));
	query_put_i64(&q, id);
	return query_run(&q) < 0 ? -1 : 0;
}

/* wide: filter and result of a query. */
int
store_mail_list(struct store *s, struct arena *a, enum mail_state state,
    int64_t after, size_t max, struct mail_row **out, size_t *n,
    struct err *err)
{
	struct query q;

	query_read(&q, s, "SELECT " SHORT " FROM mail "
	    "WHERE state = ? AND id > ? ORDER BY id LIMIT ?", err);
	query_put_text(&q, store_mail_state_name(state));
	query_put_i64(&q, after);
	query_put_i64(&q, max == 0 ? INT64_MAX : (int64_t)max);
	return take_all(&q, a, out, n);
}

/* Nobody needs the body of the mail m any more. */
#define DISPOSABLE "m.state = 'done' " \
	"AND NOT EXISTS (SELECT 1 FROM mail o WHERE o.file = m.file " \
	"AND o.state <> 'done') " \
	"AND NOT EXISTS (SELECT 1 FROM job j JOIN job_progress p " \
	"ON p.job_id = j.id WHERE j.mail_id = m.id AND p.state <> 'done') " \
	"AND NOT EXISTS (SELECT 1 FROM held h WHERE h.mail_id = m.id " \
	"AND h.state IN ('waiting', 'quarantined'))"

int
store_mail_done(struct store *s, struct arena *a, size_t max,
    struct mail_row **out, size_t *n, struct err *err)
{
	struct query q;

	query_read(&q, s, "SELECT " SHORT " FROM mail m WHERE " DISPOSABLE
	    " ORDER BY m.id LIMIT ?", err);
	query_put_i64(&q, max == 0 ? INT64_MAX : (int64_t)max);
	return take_all(&q, a, out, n);
}

int
store_mail_drop(struct store *s, int64_t id, struct err *err)
{
	struct query q;
	int rc;

	query_read(&q, s, "SELECT 1 FROM mail m WHERE m.id = ? AND " DISPOSABLE,
	    err);
	query_put_i64(&q, id);
	rc = query_row(&q);
	if (query_end(&q) < 0 || rc < 0)
		return -1;
	if (rc == 0) {
		enum mail_state state;

		if (state_of(s, id, &state, err) < 0)
			return -1;
		return err_set(err, ERR_CONFLICT,
		    "mail %lld is %s and in use: not dropped", (long long)id,
		    store_mail_state_name(state));
	}
	query_write(&q, s, "DELETE FROM job WHERE mail_id = ?", err);
	query_put_i64(&q, id);
	if (query_run(&q) < 0)
		return -1;
	query_write(&q, s, "DELETE FROM mail WHERE id = ?", err);
	query_put_i64(&q, id);
	return query_run(&q) < 0 ? -1 : 0;
}

int
store_mail_has_file(struct store *s, const char *file, struct err *err)
{
	struct query q;
	int rc;

	query_read(&q, s, "SELECT 1 FROM mail WHERE file = ?", err);
	query_put_text(&q, file);
	rc = query_row(&q);
	return query_end(&q) < 0 ? -1 : rc;
}

/* --- seen before --- */

int
store_seen(struct store *s, const char *list, const char *message_id,
    const char *sha256, int64_t now, struct err *err)
{
	struct query q;
	int64_t made;

	query_write(&q, s, "INSERT INTO seen (list, message_id, sha256, at) "
	    "VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", err);
	query_put_text(&q, list);
	query_put_text(&q, message_id);
	query_put_text(&q, sha256);
	query_put_i64(&q, now);
	made = query_run(&q);
	return made < 0 ? -1 : made == 0;
}

int
store_seen_purge(struct store *s, int64_t before, struct err *err)
{
	struct query q;

	query_write(&q, s, "DELETE FROM seen WHERE at < ?", err);
	query_put_i64(&q, before);
	return query_run(&q) < 0 ? -1 : 0;
}
