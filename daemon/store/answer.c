/* SPDX-License-Identifier: ISC */
/*
 * Invitations and answers, one row for each meeting and member (answers: and
 * instance). Which answer is newer is for the meet module to judge: here the
 * last one put wins. Invariant: the log has every answer ever put, in order.
 */
#include "store/store.h"

#include "store/query.h"

/* --- invitations --- */

int
store_invite_put(struct store *s, const struct invite *i, struct err *err)
{
	struct query q;

	query_write(&q, s, "INSERT INTO invite (meeting_id, member_id, "
	    "sent_rev, sent_seq, major_seq, sent_at, removed) "
	    "VALUES (?, ?, ?, ?, ?, ?, ?) "
	    "ON CONFLICT (meeting_id, member_id) DO UPDATE SET "
	    "sent_rev = excluded.sent_rev, sent_seq = excluded.sent_seq, "
	    "major_seq = excluded.major_seq, sent_at = excluded.sent_at, "
	    "removed = excluded.removed", err);
	query_put_i64(&q, i->meeting_id);
	query_put_i64(&q, i->member_id);
	query_put_i64(&q, i->sent_rev);
	query_put_i64(&q, i->sent_seq);
	query_put_i64(&q, i->major_seq);
	query_put_i64(&q, i->sent_at);
	query_put_i64(&q, i->removed);
	return query_run(&q) < 0 ? -1 : 0;
}

#define INVITE_COLUMNS "meeting_id, member_id, sent_rev, sent_seq, " \
	"major_seq, sent_at, removed"

static int
take_invites(struct query *q, struct arena *a, int64_t id,
    struct invite **out, size_t *n)
{
	struct invite *rows = NULL;
	size_t cap = 0, i = 0;

	query_put_i64(q, id);
	while (query_row(q) == 1) {
		struct invite *v;

		rows = query_grow(a, rows, i, &cap, sizeof(*rows));
		v = &rows[i++];
		v->meeting_id = query_take_i64(q);
		v->member_id = query_take_i64(q);
		v->sent_rev = query_take_u32(q);
		v->sent_seq = query_take_u32(q);
		v->major_seq = query_take_u32(q);
		v->sent_at = query_take_i64(q);
		v->removed = query_take_flag(q);
	}
	if (query_end(q) < 0)
		return -1;
	*out = rows;
	*n = i;
	return 0;
}

int
store_invites(struct store *s, struct arena *a, int64_t meeting_id,
    struct invite **out, size_t *n, struct err *err)
{
	struct query q;

	query_read(&q, s, "SELECT " INVITE_COLUMNS " FROM invite "
	    "WHERE meeting_id = ? ORDER BY member_id", err);
	return take_invites(&q, a, meeting_id, out, n);
}

int
store_invites_of(struct store *s, struct arena *a, int64_t member_id,
    struct invite **out, size_t *n, struct err *err)
{
	struct query q;

	query_read(&q, s, "SELECT " INVITE_COLUMNS " FROM invite "
	    "WHERE member_id = ? ORDER BY meeting_id", err);
	return take_invites(&q, a, member_id, out, n);
}

/* --- answers --- */

#define ANSWER_COLUMNS "meeting_id, member_id, recur_at, partstat, " \
	"comment, sequence, dtstamp_at, received_at, source"

static int
put_answer(struct query *q, const struct answer *an)
{
	query_put_i64(q, an->meeting_id);
	query_put_i64(q, an->member_id);
	query_put_i64(q, an->recur_at);
	query_put_text(q, an->partstat);
	query_put_text(q, an->comment);
	query_put_i64(q, an->sequence);
	query_put_i64(q, an->dtstamp_at);
	query_put_i64(q, an->received_at);
	query_put_text(q, an->source);
	return query_run(q) < 0 ? -1 : 0;
}

int
store_answer_put(struct store *s, const struct answer *an, struct err *err)
{
	struct query q;

	query_write(&q, s, "INSERT INTO answer (" ANSWER_COLUMNS ") "
	    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) "
	    "ON CONFLICT (meeting_id, member_id, recur_at) DO UPDATE SET "
	    "partstat = excluded.partstat, comment = excluded.comment, "
	    "sequence = excluded.sequence, "
	    "dtstamp_at = excluded.dtstamp_at, "
	    "received_at = excluded.received_at, source = excluded.source",
	    err);
	if (put_answer(&q, an) < 0)
		return -1;
	query_write(&q, s, "INSERT INTO answer_log (" ANSWER_COLUMNS ") "
	    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", err);
	return put_answer(&q, an);
}

static int
take_answers(struct query *q, struct arena *a, int64_t id,
    struct answer **out, size_t *n)
{
	struct answer *rows = NULL;
	size_t cap = 0, i = 0;

	query_put_i64(q, id);
	while (query_row(q) == 1) {
		struct answer *an;

		rows = query_grow(a, rows, i, &cap, sizeof(*rows));
		an = &rows[i++];
		an->meeting_id = query_take_i64(q);
		an->member_id = query_take_i64(q);
		an->recur_at = query_take_i64(q);
		an->partstat = query_take_text(q, a);
		an->comment = query_take_text(q, a);
		an->sequence = query_take_u32(q);
		an->dtstamp_at = query_take_i64(q);
		an->received_at = query_take_i64(q);
		an->source = query_take_text(q, a);
	}
	if (query_end(q) < 0)
		return -1;
	*out = rows;
	*n = i;
	return 0;
}

int
store_answers(struct store *s, struct arena *a, int64_t meeting_id,
    struct answer **out, size_t *n, struct err *err)
{
	struct query q;

	query_read(&q, s, "SELECT " ANSWER_COLUMNS " FROM answer "
	    "WHERE meeting_id = ? ORDER BY member_id, recur_at", err);
	return take_answers(&q, a, meeting_id, out, n);
}

int
store_answers_of(struct store *s, struct arena *a, int64_t member_id,
    struct answer **out, size_t *n, struct err *err)
{
	struct query q;

	query_read(&q, s, "SELECT " ANSWER_COLUMNS " FROM answer "
	    "WHERE member_id = ? ORDER BY meeting_id, recur_at", err);
	return take_answers(&q, a, member_id, out, n);
}

int
store_answers_reset(struct store *s, int64_t meeting_id, struct err *err)
{
	struct query q;

	query_write(&q, s, "DELETE FROM answer WHERE meeting_id = ?", err);
	query_put_i64(&q, meeting_id);
	return query_run(&q) < 0 ? -1 : 0;
}
