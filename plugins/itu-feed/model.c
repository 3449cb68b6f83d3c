/* SPDX-License-Identifier: ISC */
/*
 * What is known of each meeting. Invariant: what is published changes only
 * when an event brings something that readers can see; I_UPDATED_AT and
 * I_REVISION are those of the last such event.
 */
#include "feed.h"

#include <stdlib.h>
#include <string.h>

const char *const model_text_names[N_TEXT] = {
	[T_LIST] = "list", [T_LIST_TITLE] = "list_title", [T_KEY] = "key",
	[T_UID] = "uid", [T_STATUS] = "status", [T_TITLE] = "title",
	[T_ZONE] = "zone", [T_ZONE_NAME] = "zone_name", [T_START] = "start",
	[T_END] = "end", [T_START_GENEVA] = "start_geneva",
	[T_END_GENEVA] = "end_geneva", [T_START_UTC] = "start_utc",
	[T_END_UTC] = "end_utc", [T_WHEN] = "when",
	[T_WHEN_GENEVA] = "when_geneva", [T_WHEN_UTC] = "when_utc",
	[T_RRULE] = "rrule", [T_PLACE] = "place", [T_AGENDA] = "agenda",
	[T_DOCUMENTS] = "documents", [T_DESCRIPTION] = "description",
	[T_REASON] = "reason", [T_LANGUAGE] = "language",
	[T_DEADLINES] = "deadlines", [T_VEVENT] = "vevent",
	[T_VTIMEZONE] = "vtimezone", [T_VEVENT_UTC] = "vevent_utc",
	[T_PREVIOUS_START] = "previous_start",
};

const char *const model_num_names[N_NUM] = {
	[I_SEEN] = "seen", [I_REVISION] = "revision", [I_NUMBER] = "number",
	[I_ALL_DAY] = "all_day", [I_START_AT] = "start_at",
	[I_PUBLISHED_AT] = "published_at", [I_UPDATED_AT] = "updated_at",
	[I_FIRST_EVENT] = "first_event", [I_MOVED_ONLINE] = "moved_online",
};

/* Texts that readers see; the rest follows from them or is internal. */
static const enum text_id visible[] = {
	T_LIST_TITLE, T_STATUS, T_TITLE, T_ZONE, T_START, T_END, T_RRULE,
	T_PLACE, T_AGENDA, T_DOCUMENTS, T_DESCRIPTION, T_REASON, T_LANGUAGE,
	T_DEADLINES,
};

static void
set_times(struct meeting *mt, const struct jcad_meeting *m)
{
	meeting_set(mt, T_ZONE, m->zone);
	meeting_set(mt, T_ZONE_NAME, m->zone_name);
	meeting_set(mt, T_START, m->start);
	meeting_set(mt, T_END, m->end);
	meeting_set(mt, T_START_GENEVA, m->start_geneva);
	meeting_set(mt, T_END_GENEVA, m->end_geneva);
	meeting_set(mt, T_START_UTC, m->start_utc);
	meeting_set(mt, T_END_UTC, m->end_utc);
	meeting_set(mt, T_WHEN, m->when);
	meeting_set(mt, T_WHEN_GENEVA, m->when_geneva);
	meeting_set(mt, T_WHEN_UTC, m->when_utc);
	meeting_set(mt, T_RRULE, m->rrule);
	mt->num[I_ALL_DAY] = m->all_day;
	mt->num[I_START_AT] = m->start_at;
}

static void
set_deadlines(struct meeting *mt, const struct jcad_meeting *m)
{
	struct buf b = { NULL, 0, 0 };
	uint32_t i;

	for (i = 0; i < m->n_deadlines; i++)
		buf_addf(&b, "%s%s %s", i > 0 ? "\n" : "",
		    m->deadlines[i]->utc, m->deadlines[i]->label);
	meeting_set(mt, T_DEADLINES, buf_get(&b));
	buf_free(&b);
}

static struct meeting *
from_event(const struct jcad_event *ev)
{
	const struct jcad_meeting *m = ev->meeting;
	struct meeting *mt = meeting_new();

	meeting_set(mt, T_LIST, ev->list);
	meeting_set(mt, T_LIST_TITLE, ev->list_title);
	meeting_set(mt, T_KEY, m->key);
	meeting_set(mt, T_UID, m->uid);
	meeting_set(mt, T_STATUS, ev->kind == JCAD_MEETING_CANCELLED ?
	    "cancelled" : m->status);
	meeting_set(mt, T_TITLE, m->title);
	set_times(mt, m);
	meeting_set(mt, T_PLACE, m->place);
	meeting_set(mt, T_AGENDA, m->agenda);
	meeting_set(mt, T_DOCUMENTS, m->documents);
	meeting_set(mt, T_DESCRIPTION, m->description);
	meeting_set(mt, T_REASON, m->reason);
	meeting_set(mt, T_LANGUAGE, m->language);
	set_deadlines(mt, m);
	meeting_set(mt, T_VEVENT, m->vevent);
	meeting_set(mt, T_VTIMEZONE, m->vtimezone);
	meeting_set(mt, T_VEVENT_UTC, m->vevent_utc);
	mt->num[I_NUMBER] = m->number;
	mt->num[I_SEEN] = mt->num[I_REVISION] = m->revision;
	mt->num[I_PUBLISHED_AT] = mt->num[I_UPDATED_AT] = ev->at;
	mt->num[I_FIRST_EVENT] = ev->id;
	return mt;
}

static struct meeting *
copy_meeting(const struct meeting *old)
{
	struct meeting *mt = meeting_new();
	int i;

	for (i = 0; i < N_TEXT; i++)
		meeting_set(mt, (enum text_id)i, old->text[i]);
	memcpy(mt->num, old->num, sizeof(mt->num));
	mt->dirty = old->dirty;
	return mt;
}

static bool
looks_equal(const struct meeting *a, const struct meeting *b)
{
	size_t i;

	for (i = 0; i < sizeof(visible) / sizeof(visible[0]); i++) {
		if (strcmp(a->text[visible[i]], b->text[visible[i]]) != 0)
			return false;
	}
	return a->num[I_NUMBER] == b->num[I_NUMBER] &&
	    a->num[I_ALL_DAY] == b->num[I_ALL_DAY];
}

struct meeting *
model_apply(const struct meeting *old, const struct jcad_event *ev)
{
	struct meeting *mt;
	bool moved;

	if (old != NULL && (int64_t)ev->meeting->revision < old->num[I_SEEN])
		return NULL;
	mt = from_event(ev);
	if (old == NULL)
		return mt;
	if (looks_equal(old, mt)) {
		meeting_free(mt);
		if ((int64_t)ev->meeting->revision == old->num[I_SEEN])
			return NULL;
		mt = copy_meeting(old);
		mt->num[I_SEEN] = ev->meeting->revision;
		return mt;
	}
	mt->num[I_PUBLISHED_AT] = old->num[I_PUBLISHED_AT];
	mt->num[I_FIRST_EVENT] = old->num[I_FIRST_EVENT];
	moved = strcmp(old->text[T_START], mt->text[T_START]) != 0 &&
	    !meeting_is_cancelled(mt);
	meeting_set(mt, T_PREVIOUS_START, moved ? old->text[T_START] :
	    old->text[T_PREVIOUS_START]);
	mt->num[I_MOVED_ONLINE] = meeting_is_online(mt) &&
	    (old->num[I_MOVED_ONLINE] != 0 ||
	    (old->text[T_PLACE][0] != '\0' && !meeting_is_online(old)));
	return mt;
}

static int
compare(const struct meeting *mt, const char *list, const char *key)
{
	int r = strcmp(mt->text[T_LIST], list);

	return r != 0 ? r : strcmp(mt->text[T_KEY], key);
}

/* Where the meeting is or would be. */
static size_t
place_of(const struct model *m, const char *list, const char *key)
{
	size_t lo = 0, hi = m->n, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (compare(m->list[mid], list, key) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct meeting *
model_find(const struct model *m, const char *list, const char *key)
{
	size_t at = place_of(m, list, key);

	return at < m->n && compare(m->list[at], list, key) == 0 ?
	    m->list[at] : NULL;
}

void
model_put(struct model *m, struct meeting *mt)
{
	size_t at = place_of(m, mt->text[T_LIST], mt->text[T_KEY]);

	if (at < m->n &&
	    compare(m->list[at], mt->text[T_LIST], mt->text[T_KEY]) == 0) {
		meeting_free(m->list[at]);
		m->list[at] = mt;
		return;
	}
	if (m->n == m->cap) {
		m->cap = m->cap * 2 + 64;
		m->list = realloc(m->list, m->cap * sizeof(*m->list));
		if (m->list == NULL)
			abort();
	}
	memmove(m->list + at + 1, m->list + at,
	    (m->n - at) * sizeof(*m->list));
	m->list[at] = mt;
	m->n++;
}

void
model_free(struct model *m)
{
	size_t i;

	for (i = 0; i < m->n; i++)
		meeting_free(m->list[i]);
	free(m->list);
	memset(m, 0, sizeof(*m));
}
