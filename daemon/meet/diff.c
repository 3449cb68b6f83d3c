/* SPDX-License-Identifier: ISC */
/*
 * What a revision changes, on normalised values (facts: calendar 6.8).
 * Invariant: meet_diff() is "" exactly if nothing that people see changed.
 */
#include "meet/meet.h"

#include <stdio.h>
#include <string.h>
#include "base/arena.h"
#include "base/crypt.h"
#include "base/str.h"
#include "meet/when.h"

static bool
same(const char *a, const char *b)
{
	return span_eq(span_trim(span_of(a)), span_trim(span_of(b)));
}

bool
meet_is_major(const struct meeting_rev *old, const struct meeting_rev *new)
{
	bool recurs = old->rrule[0] != '\0' || new->rrule[0] != '\0';

	/* One meeting is its instants; a series depends on its zone too. */
	return old->start_at != new->start_at || old->end_at != new->end_at ||
	    old->all_day != new->all_day || !same(old->rrule, new->rrule) ||
	    !same(old->status, new->status) ||
	    (recurs && !same(old->tzid, new->tzid));
}

static void
short_text(struct str *out, const char *label, const char *old,
    const char *new)
{
	if (same(old, new))
		return;
	str_addf(out, "%s: %s -> %s\n", label, old[0] != '\0' ? old : "(none)",
	    new[0] != '\0' ? new : "(none)");
}

static unsigned int
lines_of(const char *text)
{
	struct span rest = span_trim(span_of(text));
	unsigned int n = 0;

	while (rest.n > 0) {
		(void)span_line(&rest);
		n++;
	}
	return n;
}

static void
long_text(struct str *out, const char *label, const char *old,
    const char *new)
{
	unsigned int n = lines_of(new);

	if (same(old, new))
		return;
	if (n == 0)
		str_addf(out, "%s: removed\n", label);
	else
		str_addf(out, "%s: %s, %u line%s, see below\n", label,
		    lines_of(old) == 0 ? "new" : "changed", n,
		    n == 1 ? "" : "s");
}

/* Short form in its zone, with the UTC start behind it. */
static char *
when(struct arena *a, const struct meeting_rev *rev)
{
	struct civil c;

	if (rev->all_day || strcmp(rev->tzid, "UTC") == 0)
		return meet_when_short(a, rev);
	civil_from_unix(rev->start_at, &c);
	return arena_printf(a, "%s (%02d:%02d UTC)", meet_when_short(a, rev),
	    c.hour, c.min);
}

static void
times(struct arena *a, struct str *out, const struct meeting_rev *old,
    const struct meeting_rev *new)
{
	if (old->start_at != new->start_at || old->end_at != new->end_at ||
	    old->all_day != new->all_day)
		str_addf(out, "When: %s -> %s\n", when(a, old), when(a, new));
	else if (!same(old->tzid, new->tzid))
		str_addf(out, "Zone: %s -> %s (at the same moment)\n",
		    when_zone(a, old->tzid), when_zone(a, new->tzid));
	short_text(out, "Repeats", old->rrule, new->rrule);
}

static const struct deadline *
find(const struct meeting_rev *rev, const char *label)
{
	for (size_t i = 0; i < rev->n_deadlines; i++)
		if (strcmp(rev->deadlines[i].label, label) == 0)
			return &rev->deadlines[i];
	return NULL;
}

static void
deadlines(struct arena *a, struct str *out, const struct meeting_rev *old,
    const struct meeting_rev *new)
{
	for (size_t i = 0; i < old->n_deadlines; i++) {
		const struct deadline *d = &old->deadlines[i];
		const struct deadline *n = find(new, d->label);

		if (n == NULL || n->at != d->at)
			str_addf(out, "%s by: %s -> %s\n", d->label,
			    when_deadline(a, d->at, old->tzid), n == NULL ?
			    "(none)" : when_deadline(a, n->at, new->tzid));
	}
	for (size_t i = 0; i < new->n_deadlines; i++)
		if (find(old, new->deadlines[i].label) == NULL)
			str_addf(out, "%s by: (none) -> %s\n",
			    new->deadlines[i].label,
			    when_deadline(a, new->deadlines[i].at,
			    new->tzid));
}

char *
meet_diff(struct arena *a, const struct meeting_rev *old,
    const struct meeting_rev *new)
{
	struct str out = STR_EMPTY;
	char from[16] = "", to[16] = "";
	char *text;

	if (old->number != 0)
		(void)snprintf(from, sizeof(from), "%u", old->number);
	if (new->number != 0)
		(void)snprintf(to, sizeof(to), "%u", new->number);
	short_text(&out, "Status", old->status, new->status);
	short_text(&out, "Title", old->title, new->title);
	short_text(&out, "Number", from, to);
	times(a, &out, old, new);
	short_text(&out, "Where", old->place, new->place);
	short_text(&out, "Link", old->link, new->link);
	short_text(&out, "PIN", old->pin, new->pin);
	deadlines(a, &out, old, new);
	long_text(&out, "Agenda", old->agenda, new->agenda);
	long_text(&out, "Documents", old->documents, new->documents);
	long_text(&out, "Text", old->description, new->description);
	text = str_dup(a, &out);
	str_done(&out);
	return text;
}

char *
meet_content(struct arena *a, const struct meeting_rev *rev)
{
	struct str bytes = STR_EMPTY;
	uint8_t hash[SHA256_LEN];

	wire_put_meeting_rev(&bytes, rev);
	crypt_sha256(str_span(&bytes), hash);
	str_done(&bytes);
	return crypt_hex(a, hash, sizeof(hash));
}
