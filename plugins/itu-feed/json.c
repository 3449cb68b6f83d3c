/* SPDX-License-Identifier: ISC */
/*
 * JSON Feed 1.1 (feed.json) and the nine columns of ITU's calendar of events
 * (events.json). Invariant: events.json has every meeting, the cancelled
 * ones, too.
 */
#include "feed.h"

#include <stdlib.h>
#include <string.h>

#define ITEMS 50

/* Appends "key": "text" with the comma of a field that is not the first. */
static void
put(struct buf *b, const char *indent, const char *key, const char *text)
{
	buf_addf(b, ",\n%s\"%s\": ", indent, key);
	buf_json(b, text);
}

static void
put_url(struct buf *b, const char *key, const struct feed *f,
    const char *name)
{
	struct buf s = { NULL, 0, 0 };

	buf_addf(&s, "%s%s", f->base_url, name);
	put(b, "  ", key, buf_get(&s));
	buf_free(&s);
}

static void
put_page(struct buf *b, const char *key, const struct feed *f,
    const struct meeting *mt, const char *ext)
{
	struct buf s = { NULL, 0, 0 };

	feed_page_url(f, mt, ext, &s);
	put(b, "      ", key, buf_get(&s));
	buf_free(&s);
}

static void
put_time(struct buf *b, const char *key, int64_t at)
{
	struct buf s = { NULL, 0, 0 };

	buf_rfc3339(&s, at);
	put(b, "      ", key, buf_get(&s));
	buf_free(&s);
}

static void
put_item(const struct feed *f, const struct meeting *mt, struct buf *b)
{
	struct buf s = { NULL, 0, 0 };

	buf_adds(b, "    {\n      \"id\": ");
	feed_id(f, mt, &s);
	buf_json(b, buf_get(&s));
	buf_free(&s);
	put_page(b, "url", f, mt, "html");
	put(b, "      ", "title", mt->text[T_TITLE]);
	feed_summary(mt, &s);
	put(b, "      ", "summary", buf_get(&s));
	buf_free(&s);
	html_details(f, mt, &s);
	put(b, "      ", "content_html", buf_get(&s));
	buf_free(&s);
	put_time(b, "date_published", mt->num[I_PUBLISHED_AT]);
	put_time(b, "date_modified", mt->num[I_UPDATED_AT]);
	put(b, "      ", "language", mt->text[T_LANGUAGE][0] != '\0' ?
	    mt->text[T_LANGUAGE] : f->language);
	buf_adds(b, ",\n      \"tags\": [");
	buf_json(b, meeting_status(mt));
	buf_adds(b, ", ");
	buf_json(b, mt->text[T_LIST_TITLE]);
	buf_adds(b, "]\n    }");
}

int
json_write_feed(const struct feed *f)
{
	const struct meeting **list = feed_by_update(f);
	struct buf b = { NULL, 0, 0 };
	size_t i;
	int r;

	buf_adds(&b, "{\n  \"version\": "
	    "\"https://jsonfeed.org/version/1.1\"");
	put(&b, "  ", "title", feed_title(f));
	put_url(&b, "home_page_url", f, "index.html");
	put_url(&b, "feed_url", f, "feed.json");
	put(&b, "  ", "language", f->language);
	buf_adds(&b, ",\n  \"authors\": [{ \"name\": ");
	buf_json(&b, feed_title(f));
	buf_adds(&b, " }],\n  \"items\": [");
	for (i = 0; i < f->model.n && i < ITEMS; i++) {
		buf_adds(&b, i > 0 ? ",\n" : "\n");
		put_item(f, list[i], &b);
	}
	buf_adds(&b, "\n  ]\n}\n");
	r = disk_replace(f->dir, "feed.json", &b);
	buf_free(&b);
	free(list);
	return r;
}

/* The calendar has dates alone, in the meeting's own zone. */
static void
put_date(struct buf *b, const char *key, const char *when)
{
	struct buf s = { NULL, 0, 0 };

	buf_add(&s, when, strcspn(when, "T"));
	put(b, "      ", key, buf_get(&s));
	buf_free(&s);
}

static void
put_event(const struct feed *f, const struct meeting *mt, struct buf *b)
{
	struct buf s = { NULL, 0, 0 };

	buf_adds(b, "    {\n      \"id\": ");
	feed_id(f, mt, &s);
	buf_json(b, buf_get(&s));
	buf_free(&s);
	put_page(b, "detail", f, mt, "html");
	put_page(b, "calendar", f, mt, "ics");
	put_date(b, "start", mt->text[T_START]);
	put_date(b, "end", mt->text[T_END][0] != '\0' ? mt->text[T_END] :
	    mt->text[T_START]);
	put(b, "      ", "sector", "ITU-T");
	put(b, "      ", "group", mt->text[T_LIST_TITLE]);
	put(b, "      ", "title", mt->text[T_TITLE]);
	put(b, "      ", "place", mt->text[T_PLACE]);
	put(b, "      ", "status", meeting_status(mt));
	buf_addf(b, ",\n      \"revision\": %lld",
	    (long long)mt->num[I_REVISION]);
	put_time(b, "updated", mt->num[I_UPDATED_AT]);
	put(b, "      ", "start_time", mt->text[T_START]);
	put(b, "      ", "end_time", mt->text[T_END]);
	put(b, "      ", "zone", mt->text[T_ZONE]);
	buf_adds(b, "\n    }");
}

int
json_write_events(const struct feed *f)
{
	const struct meeting **list = feed_by_start(f);
	struct buf b = { NULL, 0, 0 };
	size_t i;
	int r;

	buf_adds(&b, "{\n  \"updated\": \"");
	buf_rfc3339(&b, feed_updated_at(f));
	buf_adds(&b, "\",\n  \"events\": [");
	for (i = 0; i < f->model.n; i++) {
		buf_adds(&b, i > 0 ? ",\n" : "\n");
		put_event(f, list[i], &b);
	}
	buf_adds(&b, "\n  ]\n}\n");
	r = disk_replace(f->dir, "events.json", &b);
	buf_free(&b);
	free(list);
	return r;
}
