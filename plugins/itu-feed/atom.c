/* SPDX-License-Identifier: ISC */
/*
 * Atom 1.0 (RFC 4287), the canonical form. Older entries are in archive pages
 * (RFC 5005): page n holds the nth fifty in order of publication, so that the
 * pages stay as they are. Invariant: every meeting is in atom.xml or in an
 * archive page.
 */
#include "feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 50

static void
put_link(const struct feed *f, struct buf *b, const char *rel,
    const char *type, const char *name)
{
	buf_addf(b, "  <link rel=\"%s\" type=\"%s\" href=\"", rel, type);
	buf_xml(b, f->base_url);
	buf_xml(b, name);
	buf_adds(b, "\"/>\n");
}

static void
put_element(struct buf *b, const char *name, const char *text)
{
	buf_addf(b, "    <%s>", name);
	buf_xml(b, text);
	buf_addf(b, "</%s>\n", name);
}

static void
put_time(struct buf *b, const char *name, int64_t at)
{
	buf_addf(b, "<%s>", name);
	buf_rfc3339(b, at);
	buf_addf(b, "</%s>\n", name);
}

static void
put_entry(const struct feed *f, const struct meeting *mt, struct buf *b)
{
	struct buf s = { NULL, 0, 0 };

	buf_adds(b, "  <entry xml:lang=\"");
	buf_xml(b, mt->text[T_LANGUAGE][0] != '\0' ? mt->text[T_LANGUAGE] :
	    f->language);
	buf_adds(b, "\">\n");
	feed_id(f, mt, &s);
	put_element(b, "id", buf_get(&s));
	buf_free(&s);
	put_element(b, "title", mt->text[T_TITLE]);
	buf_adds(b, "    <link rel=\"alternate\" type=\"text/html\" href=\"");
	feed_page_url(f, mt, "html", &s);
	buf_xml(b, buf_get(&s));
	buf_free(&s);
	buf_adds(b, "\"/>\n    ");
	put_time(b, "published", mt->num[I_PUBLISHED_AT]);
	buf_adds(b, "    ");
	put_time(b, "updated", mt->num[I_UPDATED_AT]);
	buf_addf(b, "    <category term=\"%s\"/>\n    <category term=\"",
	    meeting_status(mt));
	buf_xml(b, mt->text[T_LIST_TITLE]);
	buf_adds(b, "\"/>\n");
	feed_summary(mt, &s);
	put_element(b, "summary", buf_get(&s));
	buf_free(&s);
	html_details(f, mt, &s);
	buf_adds(b, "    <content type=\"html\">");
	buf_xml(b, buf_get(&s));
	buf_adds(b, "</content>\n  </entry>\n");
	buf_free(&s);
}

static void
page_name(char name[32], size_t page)
{
	(void)snprintf(name, 32, "atom-%04zu.xml", page);
}

static void
put_head(const struct feed *f, struct buf *b, const char *self, int64_t at)
{
	struct buf s = { NULL, 0, 0 };

	buf_adds(b, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
	    "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"");
	buf_xml(b, f->language);
	buf_adds(b, "\">\n");
	feed_id(f, NULL, &s);
	put_element(b, "id", buf_get(&s));
	buf_free(&s);
	put_element(b, "title", feed_title(f));
	buf_adds(b, "    ");
	put_time(b, "updated", at);
	put_link(f, b, "self", "application/atom+xml", self);
	put_link(f, b, "alternate", "text/html", "index.html");
	buf_adds(b, "  <author>\n");
	put_element(b, "name", feed_title(f));
	if (f->contact[0] != '\0')
		put_element(b, "email", f->contact);
	buf_adds(b, "  </author>\n");
}

static int
write_archive(const struct feed *f, const struct meeting **list, size_t page,
    size_t pages)
{
	struct buf b = { NULL, 0, 0 };
	char name[32], other[32];
	int64_t at = f->id_epoch;
	size_t i, first = (page - 1) * PAGE;
	int r;

	for (i = first; i < first + PAGE; i++) {
		if (list[i]->num[I_UPDATED_AT] > at)
			at = list[i]->num[I_UPDATED_AT];
	}
	page_name(name, page);
	put_head(f, &b, name, at);
	buf_adds(&b, "  <fh:archive "
	    "xmlns:fh=\"http://purl.org/syndication/history/1.0\"/>\n");
	put_link(f, &b, "current", "application/atom+xml", "atom.xml");
	if (page > 1) {
		page_name(other, page - 1);
		put_link(f, &b, "prev-archive", "application/atom+xml", other);
	}
	if (page < pages) {
		page_name(other, page + 1);
		put_link(f, &b, "next-archive", "application/atom+xml", other);
	}
	for (i = first; i < first + PAGE; i++)
		put_entry(f, list[i], &b);
	buf_adds(&b, "</feed>\n");
	r = disk_replace(f->dir, name, &b);
	buf_free(&b);
	return r;
}

/* Is the meeting in an archive page? Those are full pages only. */
static bool
is_archived(const struct feed *f, const struct meeting **by_publication,
    const struct meeting *mt)
{
	size_t first = f->model.n / PAGE * PAGE, i;

	for (i = first; i < f->model.n; i++) {
		if (by_publication[i] == mt)
			return false;
	}
	return true;
}

static int
write_current(const struct feed *f, const struct meeting **by_publication,
    size_t pages)
{
	const struct meeting **list = feed_by_update(f);
	struct buf b = { NULL, 0, 0 };
	char other[32];
	size_t i;
	int r;

	put_head(f, &b, "atom.xml", feed_updated_at(f));
	if (pages > 0) {
		page_name(other, pages);
		put_link(f, &b, "prev-archive", "application/atom+xml", other);
	}
	for (i = 0; i < f->model.n; i++) {
		if (i < PAGE || !is_archived(f, by_publication, list[i]))
			put_entry(f, list[i], &b);
	}
	buf_adds(&b, "</feed>\n");
	r = disk_replace(f->dir, "atom.xml", &b);
	buf_free(&b);
	free(list);
	return r;
}

int
atom_write(const struct feed *f)
{
	const struct meeting **list = feed_by_publication(f);
	size_t pages = f->model.n / PAGE, page;
	int r = 0;

	for (page = 1; page <= pages && r == 0; page++)
		r = write_archive(f, list, page, pages);
	if (r == 0)
		r = write_current(f, list, pages);
	free(list);
	return r;
}
