/* SPDX-License-Identifier: ISC */
/*
 * Pages for people: one a meeting, and the index. No script, well-formed XML
 * as well as HTML, so that checkers can read it. Invariant: all texts are
 * escaped, links are made of http and https addresses only.
 */
#include "feed.h"

#include <stdlib.h>
#include <string.h>

#define LD_EVENTS 50

static bool
is_url(const char *p)
{
	return strncmp(p, "https://", 8) == 0 || strncmp(p, "http://", 7) == 0;
}

/* Length of the URL at p, without the punctuation of the sentence. */
static size_t
url_length(const char *p)
{
	size_t n = strcspn(p, " \t\n<>\"'\\^`{|}");

	while (n > 0 && strchr(".,;:!?)]", p[n - 1]) != NULL)
		n--;
	return n;
}

static void
put_part(struct buf *b, const char *p, size_t n)
{
	struct buf s = { NULL, 0, 0 };

	buf_add(&s, p, n);
	buf_xml(b, buf_get(&s));
	buf_free(&s);
}

/* Text with its line ends, and its addresses as links. */
static void
put_text(struct buf *b, const char *text)
{
	const char *p = text;
	size_t n;

	while (*p != '\0') {
		n = is_url(p) ? url_length(p) : 0;
		if (n > 8) {
			buf_adds(b, "<a href=\"");
			put_part(b, p, n);
			buf_adds(b, "\">");
			put_part(b, p, n);
			buf_adds(b, "</a>");
		} else if (*p == '\n') {
			n = 1;
			buf_adds(b, "<br/>\n");
		} else {
			/* Up to the next line end or possible address. */
			n = 1 + strcspn(p + 1, "\nh");
			put_part(b, p, n);
		}
		p += n;
	}
}

static void
put_time(struct buf *b, const char *iso, const char *text)
{
	buf_adds(b, "<time datetime=\"");
	buf_xml(b, iso);
	buf_adds(b, "\">");
	buf_xml(b, text);
	buf_adds(b, "</time>");
}

static void
put_row(struct buf *b, const char *label, const char *text)
{
	if (text[0] == '\0')
		return;
	buf_addf(b, "<dt>%s</dt>\n<dd>", label);
	put_text(b, text);
	buf_adds(b, "</dd>\n");
}

static void
put_when(const struct meeting *mt, struct buf *b)
{
	buf_adds(b, "<dt>When</dt>\n<dd>");
	put_time(b, mt->text[T_START], mt->text[T_WHEN]);
	if (mt->num[I_ALL_DAY] == 0) {
		buf_addf(b, " %s (", mt->text[T_ZONE_NAME]);
		buf_xml(b, strcmp(mt->text[T_ZONE], "Europe/Zurich") == 0 ?
		    "Geneva time" : mt->text[T_ZONE]);
		buf_adds(b, ")");
	}
	buf_adds(b, "</dd>\n");
	if (mt->num[I_ALL_DAY] != 0)
		return;
	if (strcmp(mt->text[T_ZONE], "Europe/Zurich") != 0) {
		buf_adds(b, "<dt>Geneva time</dt>\n<dd>");
		put_time(b, mt->text[T_START_GENEVA],
		    mt->text[T_WHEN_GENEVA]);
		buf_adds(b, "</dd>\n");
	}
	if (strcmp(mt->text[T_ZONE], "UTC") != 0) {
		buf_adds(b, "<dt>UTC</dt>\n<dd>");
		put_time(b, mt->text[T_START_UTC], mt->text[T_WHEN_UTC]);
		buf_adds(b, "</dd>\n");
	}
}

/* Lines "2027-01-29T23:59:00Z label". */
static void
put_deadlines(const struct meeting *mt, struct buf *b)
{
	const char *p = mt->text[T_DEADLINES];
	struct buf iso = { NULL, 0, 0 }, shown = { NULL, 0, 0 };
	size_t line, word;

	if (*p == '\0')
		return;
	buf_adds(b, "<dt>Deadlines</dt>\n<dd>\n<ul>\n");
	while (*p != '\0') {
		line = strcspn(p, "\n");
		word = strcspn(p, " \n");
		buf_add(&iso, p, word);
		/* "2027-01-29 23:59 UTC" */
		buf_add(&shown, p, word < 10 ? word : 10);
		if (word >= 16)
			buf_addf(&shown, " %.5s UTC", p + 11);
		buf_adds(b, "<li>");
		put_part(b, p + word + (word < line ? 1 : 0),
		    line - word - (word < line ? 1 : 0));
		buf_adds(b, ": ");
		put_time(b, buf_get(&iso), buf_get(&shown));
		buf_adds(b, "</li>\n");
		buf_free(&iso);
		buf_free(&shown);
		p += line + (p[line] == '\n' ? 1 : 0);
	}
	buf_adds(b, "</ul>\n</dd>\n");
}

void
html_details(const struct feed *f, const struct meeting *mt, struct buf *b)
{
	(void)f;
	if (meeting_is_cancelled(mt))
		buf_adds(b, "<p><strong>This meeting is cancelled.</strong>"
		    "</p>\n");
	buf_adds(b, "<dl>\n");
	put_when(mt, b);
	put_row(b, "Place", mt->text[T_PLACE]);
	put_row(b, meeting_is_cancelled(mt) ? "Reason" : "Reason of the change",
	    mt->text[T_REASON]);
	put_row(b, "Agenda", mt->text[T_AGENDA]);
	put_row(b, "Documents", mt->text[T_DOCUMENTS]);
	put_deadlines(mt, b);
	buf_adds(b, "</dl>\n");
	if (mt->text[T_DESCRIPTION][0] == '\0')
		return;
	buf_adds(b, "<p>");
	put_text(b, mt->text[T_DESCRIPTION]);
	buf_adds(b, "</p>\n");
}

static void
put_lang(struct buf *b, const char *language)
{
	buf_adds(b, " lang=\"");
	buf_xml(b, language);
	buf_addf(b, "\"%s", strncmp(language, "ar", 2) == 0 ?
	    " dir=\"rtl\"" : "");
}

/* up: "" for the index, "../" for a page of a meeting. */
static void
put_head(const struct feed *f, struct buf *b, const char *title,
    const char *up)
{
	buf_adds(b, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\"/>\n<meta name=\"viewport\" "
	    "content=\"width=device-width, initial-scale=1\"/>\n"
	    "<meta http-equiv=\"Content-Security-Policy\" content=\""
	    "default-src &#39;none&#39;; style-src &#39;self&#39;\"/>\n"
	    "<title>");
	buf_xml(b, title);
	buf_addf(b, "</title>\n<link rel=\"stylesheet\" "
	    "href=\"%sstyle.css\"/>\n", up);
	buf_addf(b, "<link rel=\"alternate\" type=\"application/atom+xml\" "
	    "title=\"Atom\" href=\"%satom.xml\"/>\n"
	    "<link rel=\"alternate\" type=\"application/rss+xml\" "
	    "title=\"RSS\" href=\"%srss.xml\"/>\n"
	    "<link rel=\"alternate\" type=\"application/feed+json\" "
	    "title=\"JSON Feed\" href=\"%sfeed.json\"/>\n"
	    "<link rel=\"alternate\" type=\"text/calendar\" "
	    "title=\"Calendar\" href=\"%scalendar.ics\"/>\n", up, up, up, up);
	(void)f;
}

static void
put_foot(struct buf *b, const char *up)
{
	buf_addf(b, "</main>\n<footer>\n<p>Follow the meetings: "
	    "<a href=\"%scalendar.ics\">calendar</a>, "
	    "<a href=\"%satom.xml\">Atom</a>, <a href=\"%srss.xml\">RSS</a>, "
	    "<a href=\"%sfeed.json\">JSON Feed</a>. The announcement by "
	    "mail is authoritative.</p>\n</footer>\n</body>\n</html>\n",
	    up, up, up, up);
}

static void
put_badge(struct buf *b, const struct meeting *mt)
{
	buf_addf(b, "<span class=\"badge %s\">%s</span>",
	    meeting_is_cancelled(mt) ? "cancelled" : strcmp(
	    mt->text[T_STATUS], "planned") == 0 ? "planned" : "confirmed",
	    meeting_status(mt));
}

int
html_write_meeting(const struct feed *f, const struct meeting *mt)
{
	struct buf b = { NULL, 0, 0 }, s = { NULL, 0, 0 };
	int r;

	put_head(f, &b, mt->text[T_TITLE], "../");
	feed_page_url(f, mt, "html", &s);
	buf_adds(&b, "<link rel=\"canonical\" href=\"");
	buf_xml(&b, buf_get(&s));
	buf_free(&s);
	buf_adds(&b, "\"/>\n<script type=\"application/ld+json\">");
	jsonld_event(f, mt, &b);
	buf_adds(&b, "</script>\n</head>\n<body>\n<header>\n<nav "
	    "aria-label=\"Site\"><a href=\"../index.html\">");
	buf_xml(&b, feed_title(f));
	buf_adds(&b, "</a></nav>\n</header>\n<main>\n<article");
	put_lang(&b, mt->text[T_LANGUAGE][0] != '\0' ?
	    mt->text[T_LANGUAGE] : f->language);
	buf_adds(&b, ">\n<h1>");
	buf_xml(&b, mt->text[T_TITLE]);
	buf_adds(&b, "</h1>\n<p class=\"meta\">");
	buf_xml(&b, mt->text[T_LIST_TITLE]);
	if (mt->num[I_NUMBER] > 0)
		buf_addf(&b, ", meeting no. %lld",
		    (long long)mt->num[I_NUMBER]);
	buf_adds(&b, " ");
	put_badge(&b, mt);
	buf_adds(&b, "</p>\n");
	html_details(f, mt, &b);
	buf_adds(&b, "<p><a href=\"");
	feed_page_path(mt, "ics", &s);
	buf_xml(&b, buf_get(&s));
	buf_free(&s);
	buf_adds(&b, "\">Add to your calendar</a></p>\n<p class=\"meta\">Last "
	    "change: ");
	buf_rfc3339(&s, mt->num[I_UPDATED_AT]);
	put_time(&b, buf_get(&s), buf_get(&s));
	buf_free(&s);
	buf_addf(&b, ", revision %lld</p>\n</article>\n",
	    (long long)mt->num[I_REVISION]);
	put_foot(&b, "../");
	feed_page_path(mt, "html", &s);
	r = disk_replace(f->pages, buf_get(&s), &b);
	buf_free(&b);
	buf_free(&s);
	return r;
}

static void
put_item(const struct meeting *mt, struct buf *b)
{
	struct buf s = { NULL, 0, 0 };

	buf_adds(b, "<li>\n<a href=\"meetings/");
	feed_page_path(mt, "html", &s);
	buf_xml(b, buf_get(&s));
	buf_free(&s);
	buf_adds(b, "\"");
	if (mt->text[T_LANGUAGE][0] != '\0')
		put_lang(b, mt->text[T_LANGUAGE]);
	buf_adds(b, ">");
	buf_xml(b, mt->text[T_TITLE]);
	buf_adds(b, "</a> ");
	put_badge(b, mt);
	buf_adds(b, "\n<p>");
	put_time(b, mt->text[T_START], mt->text[T_WHEN]);
	buf_addf(b, " %s", mt->text[T_ZONE_NAME]);
	if (mt->text[T_PLACE][0] != '\0') {
		buf_adds(b, "<br/>\n");
		buf_xml(b, mt->text[T_PLACE]);
	}
	buf_adds(b, "</p>\n</li>\n");
}

/* The last to take place first, by years. */
static void
put_years(const struct meeting **by_start, size_t n, struct buf *b)
{
	const char *year = "";

	while (n-- > 0) {
		if (strncmp(by_start[n]->text[T_START], year, 4) != 0) {
			buf_adds(b, *year != '\0' ? "</ul>\n" : "");
			year = by_start[n]->text[T_START];
			buf_addf(b, "<h2>%.4s</h2>\n<ul class=\"meetings\">\n",
			    year);
		}
		put_item(by_start[n], b);
	}
	buf_adds(b, *year != '\0' ? "</ul>\n" :
	    "<p>No meeting has been announced yet.</p>\n");
}

int
html_write_index(const struct feed *f)
{
	const struct meeting **list = feed_by_start(f);
	struct buf b = { NULL, 0, 0 };
	size_t i, n = f->model.n;
	int r;

	put_head(f, &b, feed_title(f), "");
	buf_adds(&b, "<script type=\"application/ld+json\">[");
	for (i = n > LD_EVENTS ? n - LD_EVENTS : 0; i < n; i++) {
		jsonld_event(f, list[i], &b);
		buf_adds(&b, i + 1 < n ? ",\n" : "");
	}
	buf_adds(&b, "]</script>\n</head>\n<body>\n<main>\n<h1>");
	buf_xml(&b, feed_title(f));
	buf_adds(&b, "</h1>\n");
	put_years(list, n, &b);
	put_foot(&b, "");
	r = disk_replace(f->dir, "index.html", &b);
	buf_free(&b);
	free(list);
	return r;
}

int
html_write_style(const struct feed *f)
{
	struct buf b = { NULL, 0, 0 };
	int r;

	buf_adds(&b,
	    ":root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a;"
	    " --paper: #fff;\n  --line: #d0d7de; --link: #0a58ca;"
	    " --bad: #a40e26; --good: #116329; --wait: #7a4100; }\n"
	    "@media (prefers-color-scheme: dark) {\n  :root { --ink: #e6edf3;"
	    " --soft: #9aa4af; --paper: #0d1117; --line: #30363d;\n"
	    "    --link: #7ab7ff; --bad: #ff8f8f; --good: #6fdd8b;"
	    " --wait: #f0b65a; }\n}\n"
	    "body { max-width: 46rem; margin: 0 auto; padding: 1.5rem 1rem;"
	    " color: var(--ink);\n  background: var(--paper);"
	    " font: 1.05rem/1.55 system-ui, sans-serif; }\n"
	    "a { color: var(--link); }\n"
	    "h1 { font-size: 1.7rem; line-height: 1.25; margin: 1rem 0 .5rem;"
	    " }\nh2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }\n"
	    "dl { display: grid; grid-template-columns: minmax(7rem, auto) 1fr;"
	    "\n  gap: .4rem 1rem; margin: 1.2rem 0; }\n"
	    "dt { color: var(--soft); } dd { margin: 0; }\n"
	    "dd ul { margin: 0; padding-left: 1.1rem; }\n"
	    "@media (max-width: 32rem) { dl { display: block; }"
	    " dd { margin: 0 0 .7rem; } }\n"
	    ".meetings { list-style: none; padding: 0; }\n"
	    ".meetings li { border-top: 1px solid var(--line);"
	    " padding: .7rem 0; }\n"
	    ".meetings p { margin: .2rem 0 0; }\n"
	    ".meta, footer { color: var(--soft); font-size: .95rem; }\n"
	    ".badge { border: 1px solid; border-radius: 1rem;"
	    " padding: 0 .6rem; font-size: .85rem; }\n"
	    ".confirmed { color: var(--good); } .planned { color:"
	    " var(--wait); }\n.cancelled { color: var(--bad); }\n"
	    "footer { border-top: 1px solid var(--line);"
	    " margin-top: 2.5rem; }\n");
	r = disk_replace(f->dir, "style.css", &b);
	buf_free(&b);
	return r;
}
