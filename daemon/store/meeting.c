/* SPDX-License-Identifier: ISC */
/*
 * Meetings and their revisions: at most one is current (announced), at most
 * one is the draft, the others are history. Invariants: the key "m<id>" and,
 * once announced, the UID never change; revision numbers only rise.
 */
#include "store/store.h"

#include "base/arena.h"
#include "base/codec.h"
#include "base/err.h"
#include "base/str.h"
#include "store/query.h"

/* The last two columns are the encoded revisions, NULL for none. */
#define SELECT "SELECT m.id, m.list, m.uid, m.major_seq, " \
	"c.data, d.data FROM meeting m " \
	"LEFT JOIN revision c ON c.meeting_id = m.id " \
	"AND c.rev = m.current_rev " \
	"LEFT JOIN revision d ON d.meeting_id = m.id AND d.rev = m.draft_rev "

static struct meeting_rev *
take_rev(struct query *q, struct arena *a)
{
	struct span blob = query_take_span(q);
	struct meeting_rev *rev;
	struct dec d;

	if (blob.n == 0)
		return NULL;
	rev = arena_alloc(a, sizeof(*rev));
	dec_init(&d, a, blob);
	wire_get_meeting_rev(&d, rev);
	if (!dec_end(&d))
		query_bad(q, "a revision of a meeting");
	return rev;
}

static void
take(struct query *q, struct arena *a, struct meeting *out)
{
	out->id = query_take_i64(q);
	out->key = arena_printf(a, "m%lld", (long long)out->id);
	out->list = query_take_text(q, a);
	out->uid = query_take_text(q, a);
	out->major_seq = query_take_u32(q);
	out->current = take_rev(q, a);
	out->draft = take_rev(q, a);
}

int
store_meeting_add(struct store *s, const char *list, int64_t *id,
    struct err *err)
{
	struct query q;

	query_write(&q, s, "INSERT INTO meeting (list, uid, major_seq, "
	    "current_rev, draft_rev) VALUES (?, '', 0, 0, 0) RETURNING id",
	    err);
	query_put_text(&q, list);
	return query_insert(&q, id) < 0 ? -1 : 0;
}

int
store_meeting_get(struct store *s, struct arena *a, int64_t id,
    struct meeting *out, struct err *err)
{
	struct meeting m;
	struct query q;

	query_read(&q, s, SELECT "WHERE m.id = ?", err);
	query_put_i64(&q, id);
	if (query_one(&q, "such meeting") < 0)
		return -1;
	take(&q, a, &m);
	if (query_end(&q) < 0)
		return -1;
	*out = m;
	return 0;
}

int
store_meeting_by_key(struct store *s, struct arena *a, const char *key,
    struct meeting *out, struct err *err)
{
	struct span digits = span_of(key);
	uint64_t id;

	/* One spelling only: "m042" and "M42" are no keys. */
	if (digits.n < 2 || key[0] != 'm' || key[1] == '0' ||
	    !span_u64(span_sub(digits, 1, digits.n), INT64_MAX, &id))
		return err_set(err, ERR_NOTFOUND, "no such meeting");
	return store_meeting_get(s, a, (int64_t)id, out, err);
}

/* wide: filter and result of a query. */
int
store_meetings(struct store *s, struct arena *a, const char *list,
    int64_t after, struct meeting **out, size_t *n, struct err *err)
{
	struct query q;
	struct meeting *rows = NULL;
	size_t cap = 0, i = 0;

	query_read(&q, s, SELECT "WHERE m.list = ? "
	    "AND (? = 0 OR (m.current_rev > 0 AND c.end_at >= ?)) "
	    "ORDER BY COALESCE(c.start_at, d.start_at, 0), m.id", err);
	query_put_text(&q, list);
	query_put_i64(&q, after);
	query_put_i64(&q, after);
	while (query_row(&q) == 1) {
		rows = query_grow(a, rows, i, &cap, sizeof(*rows));
		take(&q, a, &rows[i++]);
	}
	if (query_end(&q) < 0)
		return -1;
	*out = rows;
	*n = i;
	return 0;
}

/* --- revisions --- */

struct heads {
	uint32_t current;	/* 0 = none */
	uint32_t draft;
	bool other_uid;
};

static int
load_heads(struct store *s, int64_t id, const char *uid, struct heads *out,
    struct err *err)
{
	struct query q;

	query_read(&q, s, "SELECT current_rev, draft_rev, uid FROM meeting "
	    "WHERE id = ?", err);
	query_put_i64(&q, id);
	if (query_one(&q, "such meeting") < 0)
		return -1;
	out->current = query_take_u32(&q);
	out->draft = query_take_u32(&q);
	out->other_uid = !span_is(query_take_span(&q), uid);
	return query_end(&q);
}

static int
drop_rev(struct store *s, int64_t id, uint32_t rev, struct err *err)
{
	struct query q;

	query_write(&q, s, "DELETE FROM revision WHERE meeting_id = ? "
	    "AND rev = ?", err);
	query_put_i64(&q, id);
	query_put_i64(&q, rev);
	return query_run(&q) < 0 ? -1 : 0;
}

static int
add_rev(struct store *s, int64_t id, const struct meeting_rev *rev,
    struct err *err)
{
	struct str data = STR_EMPTY;
	struct query q;
	int64_t rc;

	wire_put_meeting_rev(&data, rev);
	query_write(&q, s, "INSERT INTO revision (meeting_id, rev, start_at, "
	    "end_at, data) VALUES (?, ?, ?, ?, ?)", err);
	query_put_i64(&q, id);
	query_put_i64(&q, rev->rev);
	query_put_i64(&q, rev->start_at);
	query_put_i64(&q, rev->rrule != NULL && rev->rrule[0] != '\0' ?
	    INT64_MAX : rev->end_at);
	query_put_blob(&q, str_span(&data));
	rc = query_run(&q);
	str_done(&data);
	return rc < 0 ? -1 : 0;
}

int
store_meeting_draft(struct store *s, int64_t id,
    const struct meeting_rev *rev, struct err *err)
{
	struct heads h = { 0 };
	struct query q;

	if (load_heads(s, id, rev->uid, &h, err) < 0)
		return -1;
	if (rev->rev <= h.current)
		return err_set(err, ERR_CONFLICT,
		    "meeting m%lld: revision %u is not above %u",
		    (long long)id, rev->rev, h.current);
	if (h.current != 0 && h.other_uid)
		return err_set(err, ERR_CONFLICT,
		    "meeting m%lld: its UID cannot change", (long long)id);
	if (h.draft != 0 && drop_rev(s, id, h.draft, err) < 0)
		return -1;
	if (add_rev(s, id, rev, err) < 0)
		return -1;
	query_write(&q, s, "UPDATE meeting SET draft_rev = ?, uid = ? "
	    "WHERE id = ?", err);
	query_put_i64(&q, rev->rev);
	query_put_text(&q, rev->uid);
	query_put_i64(&q, id);
	return query_run(&q) < 0 ? -1 : 0;
}

int
store_meeting_release(struct store *s, int64_t id, uint32_t major_seq,
    struct err *err)
{
	struct query q;
	int64_t n;

	query_write(&q, s, "UPDATE meeting SET current_rev = draft_rev, "
	    "draft_rev = 0, major_seq = ? WHERE id = ? AND draft_rev > 0",
	    err);
	query_put_i64(&q, major_seq);
	query_put_i64(&q, id);
	n = query_run(&q);
	if (n == 0)
		return err_set(err, ERR_NOTFOUND,
		    "meeting m%lld has no draft", (long long)id);
	return n < 0 ? -1 : 0;
}

int
store_meeting_drop_draft(struct store *s, int64_t id, struct err *err)
{
	struct heads h = { 0 };
	struct query q;

	if (load_heads(s, id, "", &h, err) < 0)
		return -1;
	if (h.draft == 0)
		return err_set(err, ERR_NOTFOUND,
		    "meeting m%lld has no draft", (long long)id);
	if (drop_rev(s, id, h.draft, err) < 0)
		return -1;
	query_write(&q, s, "UPDATE meeting SET draft_rev = 0 WHERE id = ?",
	    err);
	query_put_i64(&q, id);
	return query_run(&q) < 0 ? -1 : 0;
}

int
store_meeting_rev(struct store *s, struct arena *a, int64_t id,
    uint32_t rev, struct meeting_rev *out, struct err *err)
{
	struct meeting_rev *found;
	struct query q;

	query_read(&q, s, "SELECT data FROM revision WHERE meeting_id = ? "
	    "AND rev = ?", err);
	query_put_i64(&q, id);
	query_put_i64(&q, rev);
	if (query_one(&q, "such revision") < 0)
		return -1;
	found = take_rev(&q, a);
	if (found == NULL)
		query_bad(&q, "an empty revision");
	if (query_end(&q) < 0 || found == NULL)
		return -1;
	*out = *found;
	return 0;
}
