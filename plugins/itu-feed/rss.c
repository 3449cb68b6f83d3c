/* SPDX-License-Identifier: ISC */
/*
 * RSS 2.0, for readers that know no Atom (SharePoint's viewer). Invariant: the
 * guid of an item is the id of the Atom entry.
 */
#include "feed.h"

#include <stdlib.h>

#define ITEMS 50

static void
put(struct buf *b, const char *name, const char *text)
{
	buf_addf(b, "    <%s>", name);
	buf_xml(b, text);
	buf_addf(b, "</%s>\n", name);
}

static void
put_time(struct buf *b, const char *name, int64_t at)
{
	buf_addf(b, "    <%s>", name);
	buf_rfc822(b, at);
	buf_addf(b, "</%s>\n", name);
}

static void
put_item(const struct feed *f, const struct meeting *mt, struct buf *b)
{
	struct buf s = { NULL, 0, 0 };

	buf_adds(b, "  <item>\n");
	put(b, "title", mt->text[T_TITLE]);
	feed_page_url(f, mt, "html", &s);
	put(b, "link", buf_get(&s));
	buf_free(&s);
	feed_id(f, mt, &s);
	buf_adds(b, "    <guid isPermaLink=\"false\">");
	buf_xml(b, buf_get(&s));
	buf_adds(b, "</guid>\n");
	buf_free(&s);
	put_time(b, "pubDate", mt->num[I_PUBLISHED_AT]);
	put(b, "category", meeting_status(mt));
	html_details(f, mt, &s);
	put(b, "description", buf_get(&s));
	buf_free(&s);
	buf_adds(b, "  </item>\n");
}

int
rss_write(const struct feed *f)
{
	const struct meeting **list = feed_by_update(f);
	struct buf b = { NULL, 0, 0 };
	size_t i;
	int r;

	buf_adds(&b, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
	    "<rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\">"
	    "\n  <channel>\n");
	put(&b, "title", feed_title(f));
	put(&b, "link", f->base_url);
	put(&b, "description", feed_title(f));
	put(&b, "language", f->language);
	put_time(&b, "lastBuildDate", feed_updated_at(f));
	put(&b, "ttl", "60");
	buf_adds(&b, "    <atom:link rel=\"self\" type=\"application/rss+xml\" "
	    "href=\"");
	buf_xml(&b, f->base_url);
	buf_adds(&b, "rss.xml\"/>\n");
	for (i = 0; i < f->model.n && i < ITEMS; i++)
		put_item(f, list[i], &b);
	buf_adds(&b, "  </channel>\n</rss>\n");
	r = disk_replace(f->dir, "rss.xml", &b);
	buf_free(&b);
	free(list);
	return r;
}
