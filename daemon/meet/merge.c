/* SPDX-License-Identifier: ISC */
/*
 * Updates and cancellations on top of what was announced. Owns the rule of
 * SEQUENCE (RFC 5546 section 2.1.4): it rises with a major change only.
 */
#include "meet/merge.h"

#include <string.h>
#include "base/arena.h"
#include "meet/question.h"
#include "meet/walllimit.h"
#include "meet/when.h"

#define WALL_BITS (MEET_F_DATE | MEET_F_TIME | MEET_F_END | MEET_F_ZONE)

static void
take(const struct meet_form *form, uint32_t bit, const char **to,
    const char *from)
{
	if ((form->given & bit) != 0)
		*to = from;
}

static bool
is_none(const char *value)
{
	return span_isi(span_of(value), "none") ||
	    span_isi(span_of(value), "-");
}

/* A deadline replaces the one with its label; "none" takes it away. */
static void
put_deadline(struct meeting_rev *rev, const char *label, bool remove,
    int64_t at)
{
	struct deadline *d = rev->deadlines;
	size_t i = 0;

	while (i < rev->n_deadlines && strcmp(d[i].label, label) != 0)
		i++;
	if (!remove) {
		if (i == WALL_LIMITS_MAX)
			return;
		d[i].label = label;
		d[i].at = at;
		if (i == rev->n_deadlines)
			rev->n_deadlines++;
	} else if (i < rev->n_deadlines) {
		memmove(&d[i], &d[i + 1], (rev->n_deadlines - i - 1) *
		    sizeof(*d));
		rev->n_deadlines--;
	}
}

static void
merge_deadlines(const struct wall_env *env, const struct meet_form *form,
    const struct meeting_rev *current, struct meeting_rev *out)
{
	size_t n = current->n_deadlines;

	out->deadlines = arena_array(env->arena, WALL_LIMITS_MAX + n,
	    sizeof(*out->deadlines));
	if (n > 0)
		memcpy(out->deadlines, current->deadlines,
		    n * sizeof(*out->deadlines));
	for (size_t i = 0; i < form->wall->n_limits; i++) {
		const struct wall_limit *l = &form->wall->limits[i];
		int64_t at = 0;

		if (is_none(l->value))
			put_deadline(out, l->label, true, 0);
		else if (walllimit_resolve(env, l, out, &at))
			put_deadline(out, l->label, false, at);
	}
}

void
merge_update(const struct wall_env *env, const struct meet_form *form,
    const struct meeting_rev *current, struct meeting_rev *out)
{
	const struct meeting_rev *f = &form->rev;

	*out = *current;
	take(form, MEET_F_TITLE, &out->title, f->title);
	take(form, MEET_F_PLACE, &out->place, f->place);
	take(form, MEET_F_LINK, &out->link, f->link);
	take(form, MEET_F_PIN, &out->pin, f->pin);
	take(form, MEET_F_AGENDA, &out->agenda, f->agenda);
	take(form, MEET_F_DOCUMENTS, &out->documents, f->documents);
	take(form, MEET_F_DESCRIPTION, &out->description, f->description);
	out->reason = f->reason;
	if (out->title[0] == '\0')
		wall_ask(env, "", "A meeting must have a title.", "");
	if ((form->given & MEET_F_NUMBER) != 0)
		out->number = f->number;
	if (f->status[0] != '\0')
		out->status = f->status;
	else if ((form->given & MEET_F_TIME) != 0)
		out->status = "confirmed";	/* may be planned again below */
	if (form->wall->broken || (form->given & WALL_BITS) != 0)
		(void)wall_resolve(env, form->wall, current, out);
	merge_deadlines(env, form, current, out);
	out->sequence = current->sequence +
	    (meet_is_major(current, out) ? 1 : 0);
}

void
merge_cancel(const struct wall_env *env, const struct meet_form *form,
    const struct meeting_rev *current, struct meeting_rev *out)
{
	const struct readdate_day *d = &form->wall->date.day;
	struct civil c;

	*out = *current;
	out->status = "cancelled";
	out->reason = form->rev.reason;
	out->sequence = current->sequence + 1;
	if (!form->wall->has_date || !when_parse(current->start_local, &c) ||
	    (d->day == c.day && d->month == c.month &&
	    (d->year == 0 || d->year == c.year)))
		return;
	wall_ask(env, form->wall->date_line, arena_printf(env->arena,
	    "%s is on %s. Is this the meeting to cancel?", current->key,
	    meet_when_short(env->arena, current)), arena_printf(env->arena,
	    "Date: %s", when_day(env->arena, &c, false)));
}
