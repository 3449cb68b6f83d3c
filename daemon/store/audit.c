/* SPDX-License-Identifier: ISC */
/*
 * The audit trail: rows 1, 2, 3 ... each with SHA-256 over the hash of the
 * row before (32 zero bytes for the first), its number and its fields, as
 * base/codec writes them. The value "audit.head" repeats number and hash of
 * the last row. Invariant: no row is changed or removed, by nothing here.
 */
#include "store/store.h"

#include <string.h>
#include "base/arena.h"
#include "base/codec.h"
#include "base/crypt.h"
#include "base/err.h"
#include "base/str.h"
#include "store/query.h"

#define HEAD "audit.head"

struct entry {
	int64_t id;
	int64_t at;
	const char *actor;
	const char *action;
	const char *object;
	const char *detail;
};

/* The end of the chain. */
struct head {
	int64_t id;		/* 0: no row yet */
	uint8_t hash[SHA256_LEN];
};

static void
hash_entry(const struct head *prev, const struct entry *e,
    uint8_t out[SHA256_LEN])
{
	struct str text = STR_EMPTY;

	str_add(&text, prev->hash, SHA256_LEN);
	enc_i64(&text, e->id);
	enc_i64(&text, e->at);
	enc_str(&text, e->actor);
	enc_str(&text, e->action);
	enc_str(&text, e->object);
	enc_str(&text, e->detail);
	crypt_sha256(str_span(&text), out);
	str_done(&text);
}

static int
load_head(struct store *s, struct head *out, struct err *err)
{
	struct arena *a = arena_new();
	struct head h = { 0 };
	struct err mine = { 0 };
	struct span v;
	struct dec d;
	int rc = 0;

	if (store_get(s, a, HEAD, &v, &mine) < 0) {
		if (mine.kind != ERR_NOTFOUND)
			rc = err_set(err, mine.kind, "%s", mine.text);
	} else if (v.n != 8 + SHA256_LEN) {
		rc = err_set(err, ERR_PERM, "audit: its end is not readable");
	} else {
		dec_init(&d, a, v);
		h.id = dec_i64(&d);
		memcpy(h.hash, v.p + 8, SHA256_LEN);
	}
	arena_free(a);
	if (rc == 0)
		*out = h;
	return rc;
}

static int
save_head(struct store *s, const struct head *h, struct err *err)
{
	struct str v = STR_EMPTY;
	int rc;

	enc_i64(&v, h->id);
	str_add(&v, h->hash, SHA256_LEN);
	rc = store_put(s, HEAD, str_span(&v), err);
	str_done(&v);
	return rc;
}

/* wide: the columns of an entry. */
int
store_audit_add(struct store *s, int64_t at, const char *actor,
    const char *action, const char *object, const char *detail,
    struct err *err)
{
	struct entry e = { 0, at, actor, action, object, detail };
	struct head prev, next;
	struct query q;

	if (load_head(s, &prev, err) < 0)
		return -1;
	e.id = next.id = prev.id + 1;
	hash_entry(&prev, &e, next.hash);
	query_write(&q, s, "INSERT INTO audit (id, at, actor, action, object, "
	    "detail, hash) VALUES (?, ?, ?, ?, ?, ?, ?)", err);
	query_put_i64(&q, e.id);
	query_put_i64(&q, at);
	query_put_text(&q, actor);
	query_put_text(&q, action);
	query_put_text(&q, object);
	query_put_text(&q, detail);
	query_put_blob(&q, span_make((const char *)next.hash, SHA256_LEN));
	if (query_run(&q) < 0)
		return -1;
	return save_head(s, &next, err);
}

/* Take the next row: it must follow last, and becomes it. */
static int
check_row(struct query *q, struct arena *a, struct head *last,
    struct err *err)
{
	struct entry e;
	struct head next;
	struct span hash;

	e.id = query_take_i64(q);
	e.at = query_take_i64(q);
	e.actor = query_take_text(q, a);
	e.action = query_take_text(q, a);
	e.object = query_take_text(q, a);
	e.detail = query_take_text(q, a);
	hash = query_take_span(q);
	if (e.id != last->id + 1)
		return err_set(err, ERR_PERM, "audit: row %lld is missing",
		    (long long)last->id + 1);
	next.id = e.id;
	hash_entry(last, &e, next.hash);
	if (!span_eq(hash, span_make((const char *)next.hash, SHA256_LEN)))
		return err_set(err, ERR_PERM,
		    "audit: row %lld or the one before was changed",
		    (long long)e.id);
	*last = next;
	return 0;
}

int
store_audit_verify(struct store *s, int64_t *rows, struct err *err)
{
	struct head last = { 0 }, end;
	struct arena *a;
	struct query q;
	int rc;

	if (load_head(s, &end, err) < 0)
		return -1;
	a = arena_new();
	query_read(&q, s, "SELECT id, at, actor, action, object, detail, hash "
	    "FROM audit ORDER BY id", err);
	while ((rc = query_row(&q)) == 1) {
		rc = check_row(&q, a, &last, err);
		if (rc < 0)
			break;
		arena_reset(a);
	}
	arena_free(a);
	if (query_end(&q) < 0 || rc < 0)
		return -1;
	if (last.id < end.id)
		return err_set(err, ERR_PERM, "audit: row %lld is missing",
		    (long long)last.id + 1);
	if (last.id > end.id)
		return err_set(err, ERR_PERM,
		    "audit: row %lld was added from outside",
		    (long long)end.id + 1);
	if (!crypt_equal(last.hash, end.hash, SHA256_LEN))
		return err_set(err, ERR_PERM,
		    "audit: row %lld is not the one that was written last",
		    (long long)last.id);
	*rows = last.id;
	return 0;
}
