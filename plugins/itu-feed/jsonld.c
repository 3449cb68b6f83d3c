/* SPDX-License-Identifier: ISC */
/*
 * schema.org Event for search engines. Invariant: a cancelled meeting stays
 * with EventCancelled; a moved one tells its previous start.
 */
#include "feed.h"

#include <string.h>

#define SCHEMA "https://schema.org/"

static void
put(struct buf *b, const char *key, const char *text)
{
	buf_addf(b, ", \"%s\": ", key);
	buf_json(b, text);
}

static void
put_status(const struct meeting *mt, struct buf *b)
{
	bool moved = mt->text[T_PREVIOUS_START][0] != '\0';
	bool online = mt->num[I_MOVED_ONLINE] != 0;

	if (meeting_is_cancelled(mt))
		put(b, "eventStatus", SCHEMA "EventCancelled");
	else if (moved && online)
		buf_adds(b, ", \"eventStatus\": [\"" SCHEMA
		    "EventRescheduled\", \"" SCHEMA "EventMovedOnline\"]");
	else if (moved)
		put(b, "eventStatus", SCHEMA "EventRescheduled");
	else if (online)
		put(b, "eventStatus", SCHEMA "EventMovedOnline");
	else
		put(b, "eventStatus", SCHEMA "EventScheduled");
	if (moved)
		put(b, "previousStartDate", mt->text[T_PREVIOUS_START]);
}

static void
put_location(const struct feed *f, const struct meeting *mt, struct buf *b)
{
	bool online = meeting_is_online(mt), mixed = meeting_is_mixed(mt);
	struct buf url = { NULL, 0, 0 };

	put(b, "eventAttendanceMode", mixed ? SCHEMA
	    "MixedEventAttendanceMode" : online ? SCHEMA
	    "OnlineEventAttendanceMode" : SCHEMA
	    "OfflineEventAttendanceMode");
	feed_page_url(f, mt, "html", &url);
	buf_adds(b, ", \"location\": [");
	if (!online) {
		buf_adds(b, "{\"@type\": \"Place\"");
		put(b, "name", mt->text[T_PLACE][0] != '\0' ?
		    mt->text[T_PLACE] : "To be announced");
		put(b, "address", mt->text[T_PLACE]);
		buf_adds(b, mixed ? "}, " : "}");
	}
	if (online || mixed) {
		buf_adds(b, "{\"@type\": \"VirtualLocation\"");
		put(b, "url", buf_get(&url));
		buf_adds(b, "}");
	}
	buf_adds(b, "]");
	put(b, "url", buf_get(&url));
	buf_free(&url);
}

void
jsonld_event(const struct feed *f, const struct meeting *mt, struct buf *b)
{
	buf_adds(b, "{\"@context\": \"https://schema.org\", "
	    "\"@type\": \"Event\"");
	put(b, "name", mt->text[T_TITLE]);
	put(b, "startDate", mt->text[T_START]);
	if (mt->text[T_END][0] != '\0')
		put(b, "endDate", mt->text[T_END]);
	put_status(mt, b);
	put_location(f, mt, b);
	if (mt->text[T_DESCRIPTION][0] != '\0')
		put(b, "description", mt->text[T_DESCRIPTION]);
	put(b, "inLanguage", mt->text[T_LANGUAGE][0] != '\0' ?
	    mt->text[T_LANGUAGE] : f->language);
	buf_adds(b, ", \"organizer\": {\"@type\": \"Organization\"");
	put(b, "name", mt->text[T_LIST_TITLE]);
	put(b, "url", f->base_url);
	buf_adds(b, "}}");
}
