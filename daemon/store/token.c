/* SPDX-License-Identifier: ISC */
/*
 * Tokens: the right to one decision, known here only by the hash of its
 * secret. Whether one has expired is for the caller to judge. Invariant:
 * used once; using one uses up all that stand for the same decision.
 */
#include "store/store.h"

#include "base/crypt.h"
#include "base/err.h"
#include "store/query.h"

#define PURPOSES 9
#define GROUP_MAX 5

static const char *
purpose_name(int i)
{
	return token_purpose_name((enum token_purpose)i);
}

/* What is decided together; own_only: only with those of the same actor. */
struct group {
	enum token_purpose purposes[GROUP_MAX];
	bool own_only;
};

#define ONE(p) { { p, p, p, p, p }, false }
#define HELD { { TOKEN_HELD_OK, TOKEN_HELD_NO, TOKEN_HELD_DROP, \
	TOKEN_HELD_MODERATE, TOKEN_HELD_CANCEL }, false }

static const struct group groups[PURPOSES] = {
	[TOKEN_SUBSCRIBE] = { { TOKEN_SUBSCRIBE, TOKEN_SUBSCRIBE,
		TOKEN_SUBSCRIBE, TOKEN_SUBSCRIBE, TOKEN_SUBSCRIBE }, true },
	[TOKEN_UNSUBSCRIBE] = ONE(TOKEN_UNSUBSCRIBE),
	[TOKEN_HELD_OK] = HELD,
	[TOKEN_HELD_NO] = HELD,
	[TOKEN_HELD_DROP] = HELD,
	[TOKEN_HELD_MODERATE] = HELD,
	[TOKEN_HELD_CANCEL] = HELD,
	[TOKEN_ADMIT] = ONE(TOKEN_ADMIT),
	[TOKEN_ANNOUNCE] = ONE(TOKEN_ANNOUNCE),
};

#define COLUMNS "id, purpose, list, object, actor, content, issued_at, " \
	"expires_at, used_at, used_by, outcome"

static void
take(struct query *q, struct arena *a, struct token *out)
{
	out->id = query_take_i64(q);
	out->purpose = (enum token_purpose)query_take_name(q, purpose_name,
	    PURPOSES);
	out->list = query_take_text(q, a);
	out->object = query_take_text(q, a);
	out->actor = query_take_text(q, a);
	out->content = query_take_text(q, a);
	out->issued_at = query_take_i64(q);
	out->expires_at = query_take_i64(q);
	out->used_at = query_take_i64(q);
	out->used_by = query_take_text(q, a);
	out->outcome = query_take_text(q, a);
}

static struct span
hash_span(const uint8_t hash[32])
{
	return span_make((const char *)hash, SHA256_LEN);
}

int
store_token_add(struct store *s, const struct token *t,
    const uint8_t hash[32], struct err *err)
{
	struct query q;
	int64_t id;
	int rc;

	if (t->issued_at <= 0)
		return err_set(err, ERR_PERM,
		    "store: a token without its time of issue");
	query_write(&q, s, "INSERT INTO token (purpose, list, object, actor, "
	    "content, hash, issued_at, expires_at, used_at, used_by, outcome) "
	    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, '', '') "
	    "ON CONFLICT DO NOTHING RETURNING id", err);
	query_put_text(&q, token_purpose_name(t->purpose));
	query_put_text(&q, t->list);
	query_put_text(&q, t->object);
	query_put_text(&q, t->actor);
	query_put_text(&q, t->content);
	query_put_blob(&q, hash_span(hash));
	query_put_i64(&q, t->issued_at);
	query_put_i64(&q, t->expires_at);
	rc = query_insert(&q, &id);
	if (rc == 0)
		return err_set(err, ERR_CONFLICT, "the token exists already");
	return rc < 0 ? -1 : 0;
}

int
store_token_get(struct store *s, struct arena *a, const char *list,
    const uint8_t hash[32], struct token *out, struct err *err)
{
	struct token t;
	struct query q;

	query_read(&q, s, "SELECT " COLUMNS " FROM token "
	    "WHERE list = ? AND hash = ?", err);
	query_put_text(&q, list);
	query_put_blob(&q, hash_span(hash));
	if (query_one(&q, "such token") < 0)
		return -1;
	take(&q, a, &t);
	if (query_end(&q) < 0)
		return -1;
	*out = t;
	return 0;
}

/* Mark the token id itself. */
static int
use_one(struct store *s, int64_t id, int64_t now, const char *who,
    const char *outcome, struct err *err)
{
	struct query q;
	int64_t n;

	query_write(&q, s, "UPDATE token SET used_at = ?, used_by = ?, "
	    "outcome = ? WHERE id = ? AND used_at = 0", err);
	query_put_i64(&q, now);
	query_put_text(&q, who);
	query_put_text(&q, outcome);
	query_put_i64(&q, id);
	n = query_run(&q);
	if (n == 0)
		return err_set(err, ERR_CONFLICT, "the token is used already");
	return n < 0 ? -1 : 0;
}

static int
purpose_of(struct store *s, int64_t id, enum token_purpose *out,
    struct err *err)
{
	struct query q;

	query_read(&q, s, "SELECT purpose FROM token WHERE id = ?", err);
	query_put_i64(&q, id);
	if (query_one(&q, "such token") < 0)
		return -1;
	*out = (enum token_purpose)query_take_name(&q, purpose_name,
	    PURPOSES);
	return query_end(&q);
}

/* The others take over when, who and outcome from token id. An empty object
 * names nothing that two tokens could have in common. */
static int
use_group(struct store *s, int64_t id, const struct group *g,
    struct err *err)
{
	struct query q;

	query_write(&q, s, "UPDATE token SET "
	    "used_at = (SELECT used_at FROM token u WHERE u.id = ?), "
	    "used_by = (SELECT used_by FROM token u WHERE u.id = ?), "
	    "outcome = (SELECT outcome FROM token u WHERE u.id = ?) "
	    "WHERE list = (SELECT list FROM token u WHERE u.id = ?) "
	    "AND object = (SELECT object FROM token u WHERE u.id = ?) "
	    "AND object <> '' AND used_at = 0 "
	    "AND purpose IN (?, ?, ?, ?, ?) AND (? = 0 OR "
	    "actor = (SELECT actor FROM token u WHERE u.id = ?))", err);
	for (int i = 0; i < 5; i++)
		query_put_i64(&q, id);
	for (int i = 0; i < GROUP_MAX; i++)
		query_put_text(&q, token_purpose_name(g->purposes[i]));
	query_put_i64(&q, g->own_only);
	query_put_i64(&q, id);
	return query_run(&q) < 0 ? -1 : 0;
}

int
store_token_use(struct store *s, int64_t id, int64_t now, const char *who,
    const char *outcome, struct err *err)
{
	enum token_purpose purpose;

	if (now <= 0)
		return err_set(err, ERR_PERM, "store: a token used at no time");
	if (purpose_of(s, id, &purpose, err) < 0 ||
	    use_one(s, id, now, who, outcome, err) < 0)
		return -1;
	return use_group(s, id, &groups[purpose], err);
}

/* wide: filter and result of a query. */
int
store_token_count(struct store *s, const char *list,
    enum token_purpose purpose, const char *actor, int64_t since,
    uint32_t *out, struct err *err)
{
	struct query q;
	uint32_t n;

	query_read(&q, s, "SELECT count(*) FROM token WHERE list = ? "
	    "AND actor = ? AND purpose = ? AND issued_at >= ?", err);
	query_put_text(&q, list);
	query_put_text(&q, actor);
	query_put_text(&q, token_purpose_name(purpose));
	query_put_i64(&q, since);
	if (query_one(&q, "count") < 0)
		return -1;
	n = query_take_u32(&q);
	if (query_end(&q) < 0)
		return -1;
	*out = n;
	return 0;
}

int
store_token_purge(struct store *s, int64_t before, struct err *err)
{
	struct query q;

	query_write(&q, s, "DELETE FROM token WHERE expires_at < ?", err);
	query_put_i64(&q, before);
	return query_run(&q) < 0 ? -1 : 0;
}
