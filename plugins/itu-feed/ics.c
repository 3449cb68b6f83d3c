/* SPDX-License-Identifier: ISC */
/*
 * Calendars (RFC 5545, 7986) from the components that jcad made. Invariant:
 * one VTIMEZONE for each TZID; a meeting whose own VTIMEZONE is another (its
 * zone's rules differ between years) is written in UTC.
 */
#include "feed.h"

#include <stdlib.h>
#include <string.h>

#define END_EVENT "END:VEVENT\r\n"

/* The zones that a calendar has so far; borrowed texts. */
struct zones {
	const struct meeting **owners;
	size_t n;
};

static void
begin(const struct feed *f, struct buf *b, const char *name,
    const char *source)
{
	buf_adds(b, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"
	    "PRODID:-//jcad//NONSGML itu-feed//EN\r\n"
	    "CALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\n");
	buf_ics_text(b, "NAME", name);
	buf_ics_text(b, "X-WR-CALNAME", name);
	buf_ics_raw(b, "SOURCE;VALUE=URI", source);
	buf_ics_raw(b, "URL", f->base_url);
	buf_adds(b, "REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n"
	    "X-PUBLISHED-TTL:PT1H\r\n");
}

/* True if the meeting's zone is in the calendar (added now if need be). */
static bool
has_zone(struct zones *z, const struct meeting *mt)
{
	size_t i;

	for (i = 0; i < z->n; i++) {
		if (strcmp(z->owners[i]->text[T_ZONE], mt->text[T_ZONE]) == 0)
			return strcmp(z->owners[i]->text[T_VTIMEZONE],
			    mt->text[T_VTIMEZONE]) == 0;
	}
	z->owners[z->n++] = mt;
	return true;
}

static const char *
choose_event(struct zones *z, const struct meeting *mt)
{
	if (mt->text[T_VTIMEZONE][0] == '\0' || has_zone(z, mt))
		return mt->text[T_VEVENT];
	return mt->text[T_VEVENT_UTC];
}

static void
put_event(const struct feed *f, const struct meeting *mt, const char *event,
    struct buf *b)
{
	size_t n = strlen(event), end = strlen(END_EVENT);
	struct buf s = { NULL, 0, 0 };

	if (n < end || strcmp(event + n - end, END_EVENT) != 0)
		return;
	buf_add(b, event, n - end);
	buf_ics_text(b, "CATEGORIES", mt->text[T_LIST_TITLE]);
	if (strstr(event, "\r\nURL:") == NULL) {
		feed_page_url(f, mt, "html", &s);
		buf_ics_raw(b, "URL", buf_get(&s));
		buf_free(&s);
	}
	if (f->contact[0] != '\0') {
		buf_addf(&s, "mailto:%s", f->contact);
		buf_ics_raw(b, "ORGANIZER", buf_get(&s));
		buf_free(&s);
	}
	buf_adds(b, END_EVENT);
}

/* Zones come before the events that use them. */
static void
put_all(const struct feed *f, const struct meeting **list, size_t n,
    struct buf *b)
{
	struct buf events = { NULL, 0, 0 };
	struct zones z = { calloc(n + 1, sizeof(*list)), 0 };
	size_t i;

	if (z.owners == NULL)
		abort();
	for (i = 0; i < n; i++)
		put_event(f, list[i], choose_event(&z, list[i]), &events);
	for (i = 0; i < z.n; i++)
		buf_adds(b, z.owners[i]->text[T_VTIMEZONE]);
	buf_adds(b, buf_get(&events));
	buf_adds(b, "END:VCALENDAR\r\n");
	buf_free(&events);
	free(z.owners);
}

int
ics_write(const struct feed *f)
{
	const struct meeting **list = feed_by_start(f);
	struct buf b = { NULL, 0, 0 }, source = { NULL, 0, 0 };
	int r;

	buf_addf(&source, "%scalendar.ics", f->base_url);
	begin(f, &b, feed_title(f), buf_get(&source));
	put_all(f, list, f->model.n, &b);
	r = disk_replace(f->dir, "calendar.ics", &b);
	buf_free(&b);
	buf_free(&source);
	free(list);
	return r;
}

int
ics_write_meeting(const struct feed *f, const struct meeting *mt)
{
	struct buf b = { NULL, 0, 0 }, s = { NULL, 0, 0 };
	int r;

	feed_page_url(f, mt, "ics", &s);
	begin(f, &b, mt->text[T_TITLE], buf_get(&s));
	put_all(f, &mt, 1, &b);
	buf_free(&s);
	feed_page_path(mt, "ics", &s);
	r = disk_replace(f->pages, buf_get(&s), &b);
	buf_free(&b);
	buf_free(&s);
	return r;
}
