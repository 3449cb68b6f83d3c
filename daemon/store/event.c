/* SPDX-License-Identifier: ISC */
/*
 * The outbox: events in the order of their commits, and for each plugin how
 * far it is. Events are never changed or removed, so that a plugin can be
 * replayed from the first one.
 */
#include "store/store.h"

#include "base/arena.h"
#include "base/codec.h"
#include "base/str.h"
#include "store/query.h"

int
store_event_add(struct store *s, const struct event *e, int64_t *id,
    struct err *err)
{
	struct str data = STR_EMPTY;
	struct query q;
	int rc;

	wire_put_event(&data, e);
	query_write(&q, s, "INSERT INTO event (at, event_key, data) "
	    "VALUES (?, ?, ?) RETURNING id", err);
	query_put_i64(&q, e->at);
	query_put_text(&q, e->key);
	query_put_blob(&q, str_span(&data));
	rc = query_insert(&q, id);
	str_done(&data);
	return rc < 0 ? -1 : 0;
}

int
store_event_next(struct store *s, struct arena *a, int64_t after,
    struct event *out, struct err *err)
{
	struct event e;
	struct query q;
	struct dec d;
	int64_t id;

	query_read(&q, s, "SELECT id, data FROM event WHERE id > ? "
	    "ORDER BY id LIMIT 1", err);
	query_put_i64(&q, after);
	if (query_one(&q, "event after that") < 0)
		return -1;
	id = query_take_i64(&q);
	dec_init(&d, a, query_take_span(&q));
	wire_get_event(&d, &e);
	if (!dec_end(&d))
		query_bad(&q, "an event");
	if (query_end(&q) < 0)
		return -1;
	*out = e;
	out->id = id;
	return 0;
}

int
store_event_last(struct store *s, int64_t *out, struct err *err)
{
	struct query q;
	int64_t id;

	query_read(&q, s, "SELECT COALESCE(max(id), 0) FROM event", err);
	if (query_one(&q, "event") < 0)
		return -1;
	id = query_take_i64(&q);
	if (query_end(&q) < 0)
		return -1;
	*out = id;
	return 0;
}

/* --- cursors --- */

int
store_cursor_get(struct store *s, struct arena *a, const char *plugin,
    struct cursor *out, struct err *err)
{
	struct cursor c = { .plugin = arena_strdup(a, plugin), .reason = "" };
	struct query q;

	query_read(&q, s, "SELECT event_id, retry_at, failures, parked, "
	    "reason FROM plugin_cursor WHERE plugin = ?", err);
	query_put_text(&q, plugin);
	if (query_row(&q) == 1) {
		c.event_id = query_take_i64(&q);
		c.retry_at = query_take_i64(&q);
		c.failures = query_take_u32(&q);
		c.parked = query_take_flag(&q);
		c.reason = query_take_text(&q, a);
	}
	if (query_end(&q) < 0)
		return -1;
	*out = c;
	return 0;
}

int
store_cursor_put(struct store *s, const struct cursor *c, struct err *err)
{
	struct query q;

	query_write(&q, s, "INSERT INTO plugin_cursor (plugin, event_id, "
	    "retry_at, failures, parked, reason) VALUES (?, ?, ?, ?, ?, ?) "
	    "ON CONFLICT (plugin) DO UPDATE SET event_id = excluded.event_id, "
	    "retry_at = excluded.retry_at, failures = excluded.failures, "
	    "parked = excluded.parked, reason = excluded.reason", err);
	query_put_text(&q, c->plugin);
	query_put_i64(&q, c->event_id);
	query_put_i64(&q, c->retry_at);
	query_put_i64(&q, c->failures);
	query_put_i64(&q, c->parked);
	query_put_text(&q, c->reason);
	return query_run(&q) < 0 ? -1 : 0;
}
