/* SPDX-License-Identifier: ISC */
/*
 * From struct event to struct jcad_event. Owns nothing. Invariant: every
 * string given to a plugin is clean UTF-8 and not NULL, and none of them is
 * for members only.
 */
#include "plug/flatten.h"

#include <string.h>

#include "base/arena.h"
#include "base/civil.h"
#include "base/err.h"
#include "base/utf8.h"
#include "cal/invite.h"
#include "plug/public.h"
#include "plug/when.h"
#include "plugins/jcad_plugin.h"

#define VEVENT_BEGIN "\r\nBEGIN:VEVENT\r\n"
#define VTIMEZONE_BEGIN "\r\nBEGIN:VTIMEZONE\r\n"
#define VTIMEZONE_END "\r\nEND:VTIMEZONE\r\n"

struct components {
	const char *vevent, *vtimezone;
};

static const char *
copy(struct arena *a, struct span s)
{
	return arena_strndup(a, s.p, s.n);
}

/* Cut the components out of a whole object: a line of a text can never look
 * like theirs because continuation lines begin with a blank. */
static int
build(struct arena *a, const struct meeting_rev *rev, struct components *out,
    struct err *err)
{
	struct cal_object o;
	struct span head;
	size_t event, zone, end;

	if (cal_build(a, rev, CAL_PUBLISH, rev->sequence, rev->revised_at,
	    false, &o, err) != 0)
		return -1;
	head = o.head;
	event = span_search(head, span_of(VEVENT_BEGIN));
	zone = span_search(head, span_of(VTIMEZONE_BEGIN));
	end = span_search(head, span_of(VTIMEZONE_END));
	if (event == head.n)
		return err_set(err, ERR_PERM, "calendar object without event");
	out->vevent = arena_printf(a, "%sEND:VEVENT\r\n",
	    copy(a, span_sub(head, event + 2, head.n)));
	out->vtimezone = zone == head.n || end == head.n ? "" : copy(a,
	    span_sub(head, zone + 2, end + strlen(VTIMEZONE_END)));
	return 0;
}

/* The same revision with its times in UTC. */
static int
build_utc(struct arena *a, const struct meeting_rev *rev,
    struct components *out, struct err *err)
{
	struct meeting_rev r = *rev;
	char *start = civil_rfc3339(a, rev->start_at);
	char *end = rev->end_at > 0 ? civil_rfc3339(a, rev->end_at) :
	    arena_strdup(a, "");

	if (!rev->all_day) {
		r.tzid = "UTC";
		/* A local time has no "Z". */
		start[strcspn(start, "Z")] = '\0';
		end[strcspn(end, "Z")] = '\0';
		r.start_local = start;
		r.end_local = end;
	}
	return build(a, &r, out, err);
}

static void
put_times(struct arena *a, const struct meeting_rev *rev,
    struct jcad_meeting *m)
{
	struct when local = when_make(a, rev, rev->tzid);
	struct when geneva = when_make(a, rev, "Europe/Zurich");
	struct when utc = when_make(a, rev, "UTC");

	m->start = local.start;
	m->end = local.end;
	m->when = local.text;
	m->zone_name = local.zone_name;
	m->start_geneva = geneva.start;
	m->end_geneva = geneva.end;
	m->when_geneva = geneva.text;
	m->start_utc = utc.start;
	m->end_utc = utc.end;
	m->when_utc = utc.text;
}

static void
put_deadlines(struct arena *a, const struct meeting_rev *rev,
    struct jcad_meeting *m)
{
	const struct jcad_deadline **list = arena_array(a, rev->n_deadlines,
	    sizeof(struct jcad_deadline *));
	struct jcad_deadline *d;
	size_t i;

	for (i = 0; i < rev->n_deadlines; i++) {
		d = arena_alloc(a, sizeof(*d));
		d->size = sizeof(*d);
		d->label = rev->deadlines[i].label;
		d->utc = civil_rfc3339(a, rev->deadlines[i].at);
		list[i] = d;
	}
	m->deadlines = list;
	m->n_deadlines = (uint32_t)rev->n_deadlines;
}

static struct jcad_meeting *
flatten_meeting(struct arena *a, const struct meeting_rev *given,
    struct err *err)
{
	struct meeting_rev rev = public_rev(a, given);
	struct jcad_meeting *m = arena_alloc(a, sizeof(*m));
	struct components zoned, utc;

	if (build(a, &rev, &zoned, err) != 0 ||
	    build_utc(a, &rev, &utc, err) != 0)
		return NULL;
	*m = (struct jcad_meeting){
		.size = sizeof(*m), .key = rev.key, .uid = rev.uid,
		.list = rev.list, .number = rev.number, .revision = rev.rev,
		.sequence = rev.sequence, .status = rev.status,
		.title = rev.title, .start_at = rev.start_at,
		.end_at = rev.end_at, .all_day = rev.all_day,
		.zone = rev.tzid, .rrule = rev.rrule, .place = rev.place,
		.agenda = rev.agenda, .documents = rev.documents,
		.description = rev.description, .reason = rev.reason,
		.language = rev.language, .created_at = rev.created_at,
		.revised_at = rev.revised_at, .vevent = zoned.vevent,
		.vtimezone = zoned.vtimezone, .vevent_utc = utc.vevent,
	};
	put_times(a, &rev, m);
	put_deadlines(a, &rev, m);
	return m;
}

const struct jcad_event *
flatten_event(struct arena *a, const struct event *e, struct err *err)
{
	struct jcad_event *out = arena_alloc(a, sizeof(*out));

	*out = (struct jcad_event){
		.size = sizeof(*out), .kind = e->kind, .id = e->id,
		.key = utf8_line(a, span_of(e->key)),
		.list = utf8_line(a, span_of(e->list)),
		.list_title = utf8_line(a, span_of(e->list_title)),
		.object = utf8_line(a, span_of(e->object)),
		.revision = e->revision, .at = e->at,
		.subject = utf8_line(a, span_of(e->subject)),
		.author = utf8_line(a, span_of(e->author)),
		.message_id = utf8_line(a, span_of(e->message_id)),
	};
	if (e->n_meeting == 0)
		return out;
	out->meeting = flatten_meeting(a, &e->meeting[0], err);
	return out->meeting != NULL ? out : NULL;
}
