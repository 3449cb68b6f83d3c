/* SPDX-License-Identifier: ISC */
/*
 * What all writers share: names, addresses and orders. Invariant: identifiers
 * and addresses depend on the settings and on the list and key of a meeting
 * alone, so that they never change.
 */
#include "feed.h"

#include <stdlib.h>
#include <string.h>

const char *
feed_title(const struct feed *f)
{
	if (f->title[0] != '\0')
		return f->title;
	return f->model.n > 0 && f->model.list[0]->text[T_LIST_TITLE][0] != '\0'
	    ? f->model.list[0]->text[T_LIST_TITLE] : "Meetings";
}

int64_t
feed_updated_at(const struct feed *f)
{
	int64_t at = f->id_epoch;
	size_t i;

	for (i = 0; i < f->model.n; i++) {
		if (f->model.list[i]->num[I_UPDATED_AT] > at)
			at = f->model.list[i]->num[I_UPDATED_AT];
	}
	return at;
}

void
feed_id(const struct feed *f, const struct meeting *mt, struct buf *out)
{
	if (mt == NULL)
		buf_addf(out, "tag:%s:meetings", f->id_authority);
	else
		buf_addf(out, "tag:%s:%s:%s", f->id_authority,
		    mt->text[T_LIST], mt->text[T_KEY]);
}

void
feed_page_path(const struct meeting *mt, const char *ext, struct buf *out)
{
	buf_addf(out, "%s-%s.%s", mt->text[T_LIST], mt->text[T_KEY], ext);
}

void
feed_page_url(const struct feed *f, const struct meeting *mt,
    const char *ext, struct buf *out)
{
	buf_addf(out, "%smeetings/", f->base_url);
	feed_page_path(mt, ext, out);
}

static int
by_key(const struct meeting *a, const struct meeting *b)
{
	int r = strcmp(a->text[T_LIST], b->text[T_LIST]);

	return r != 0 ? r : strcmp(a->text[T_KEY], b->text[T_KEY]);
}

static int
by_number(const void *x, const void *y, enum num_id id)
{
	const struct meeting *const *a = x, *const *b = y;
	int64_t m = (*a)->num[id], n = (*b)->num[id];

	return m < n ? -1 : m > n ? 1 : by_key(*a, *b);
}

static int
by_start(const void *x, const void *y)
{
	return by_number(x, y, I_START_AT);
}

/* The latest first. */
static int
by_update(const void *x, const void *y)
{
	return by_number(y, x, I_UPDATED_AT);
}

static int
by_publication(const void *x, const void *y)
{
	return by_number(x, y, I_FIRST_EVENT);
}

static const struct meeting **
sorted(const struct feed *f, int (*order)(const void *, const void *))
{
	const struct meeting **list = calloc(f->model.n + 1, sizeof(*list));
	size_t i;

	if (list == NULL)
		abort();
	for (i = 0; i < f->model.n; i++)
		list[i] = f->model.list[i];
	qsort(list, f->model.n, sizeof(*list), order);
	return list;
}

const struct meeting **
feed_by_start(const struct feed *f)
{
	return sorted(f, by_start);
}

const struct meeting **
feed_by_update(const struct feed *f)
{
	return sorted(f, by_update);
}

const struct meeting **
feed_by_publication(const struct feed *f)
{
	return sorted(f, by_publication);
}

void
feed_summary(const struct meeting *mt, struct buf *out)
{
	if (meeting_is_cancelled(mt))
		buf_adds(out, "Cancelled: ");
	buf_adds(out, mt->text[T_WHEN]);
	if (mt->text[T_ZONE_NAME][0] != '\0')
		buf_addf(out, " %s", mt->text[T_ZONE_NAME]);
	if (mt->text[T_PLACE][0] != '\0')
		buf_addf(out, "; %s", mt->text[T_PLACE]);
}
