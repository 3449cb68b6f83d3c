/* SPDX-License-Identifier: ISC */
/* Single values by name: keys and counters. */
#include "store/store.h"

#include "store/query.h"

int
store_get(struct store *s, struct arena *a, const char *name,
    struct span *out, struct err *err)
{
	struct query q;

	query_read(&q, s, "SELECT data FROM value WHERE name = ?", err);
	query_put_text(&q, name);
	if (query_one(&q, "such value") < 0)
		return -1;
	*out = query_take_blob(&q, a);
	return query_end(&q);
}

int
store_put(struct store *s, const char *name, struct span value,
    struct err *err)
{
	struct query q;

	query_write(&q, s, "INSERT INTO value (name, data) VALUES (?, ?) "
	    "ON CONFLICT (name) DO UPDATE SET data = excluded.data", err);
	query_put_text(&q, name);
	query_put_blob(&q, value);
	return query_run(&q) < 0 ? -1 : 0;
}
