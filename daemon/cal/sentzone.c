/* SPDX-License-Identifier: ISC */
/*
 * Evaluating VTIMEZONE (RFC 5545 section 3.6.5). Owns nothing. Invariant: at
 * most two years are looked at for each part.
 */
#include "cal/sentzone.h"

#define DAY 86400

/* The part whose last onset before the wall time is the latest, so far. */
struct best {
	bool found, any;
	int64_t onset, first;
	int offset_s, before_s;
};

/* A STANDARD or DAYLIGHT part. */
struct change {
	int64_t start;		/* DTSTART as if UTC */
	struct civil start_civil;
	int from_s, to_s;
	bool has_rule;
	struct icalrecurrencetype rule;
};

static bool
to_civil(struct icaltimetype t, struct civil *out)
{
	struct civil c = { t.year, t.month, t.day, t.hour, t.minute,
	    t.second };

	if (icaltime_is_null_time(t) || !civil_is_valid(&c))
		return false;
	*out = c;
	return true;
}

static icalproperty *
get(icalcomponent *c, icalproperty_kind kind)
{
	return icalcomponent_get_first_property(c, kind);
}

static bool
read_change(icalcomponent *part, struct change *out)
{
	icalproperty *start = get(part, ICAL_DTSTART_PROPERTY);
	icalproperty *from = get(part, ICAL_TZOFFSETFROM_PROPERTY);
	icalproperty *to = get(part, ICAL_TZOFFSETTO_PROPERTY);
	icalproperty *rule = get(part, ICAL_RRULE_PROPERTY);

	if (start == NULL || from == NULL || to == NULL ||
	    !to_civil(icalproperty_get_dtstart(start), &out->start_civil))
		return false;
	out->start = civil_to_unix(&out->start_civil);
	out->from_s = icalproperty_get_tzoffsetfrom(from);
	out->to_s = icalproperty_get_tzoffsetto(to);
	out->has_rule = rule != NULL;
	if (rule != NULL)
		out->rule = icalproperty_get_rrule(rule);
	return out->from_s > -DAY && out->from_s < DAY &&
	    out->to_s > -DAY && out->to_s < DAY;
}

static bool
can_evaluate(const struct change *c)
{
	return !c->has_rule || (c->rule.freq == ICAL_YEARLY_RECURRENCE &&
	    c->rule.interval <= 1 && c->rule.count == 0 &&
	    c->rule.by_month[1] == ICAL_RECURRENCE_ARRAY_MAX &&
	    c->rule.by_day[1] == ICAL_RECURRENCE_ARRAY_MAX &&
	    c->rule.by_year_day[0] == ICAL_RECURRENCE_ARRAY_MAX &&
	    c->rule.by_week_no[0] == ICAL_RECURRENCE_ARRAY_MAX &&
	    c->rule.by_set_pos[0] == ICAL_RECURRENCE_ARRAY_MAX);
}

static bool
in_month_days(const struct icalrecurrencetype *rule, int day)
{
	size_t i;

	if (rule->by_month_day[0] == ICAL_RECURRENCE_ARRAY_MAX)
		return true;
	for (i = 0; i < ICAL_BY_MONTHDAY_SIZE; i++) {
		if (rule->by_month_day[i] == ICAL_RECURRENCE_ARRAY_MAX)
			return false;
		if (rule->by_month_day[i] == day)
			return true;
	}
	return false;
}

/* Is day (1 to 31) of the month the one that the rule names? last: days of
 * the month; weekday: of that day. */
static bool
is_rule_day(const struct change *c, int day, int last, int weekday)
{
	const struct icalrecurrencetype *rule = &c->rule;
	int nth;

	if (rule->by_day[0] == ICAL_RECURRENCE_ARRAY_MAX) {
		if (rule->by_month_day[0] == ICAL_RECURRENCE_ARRAY_MAX)
			return day == c->start_civil.day;
		return in_month_days(rule, day);
	}
	if ((int)icalrecurrencetype_day_day_of_week(rule->by_day[0]) - 1 !=
	    weekday || !in_month_days(rule, day))
		return false;
	nth = icalrecurrencetype_day_position(rule->by_day[0]);
	if (nth == 0)
		return true;
	return nth > 0 ? (day + 6) / 7 == nth : (last - day) / 7 + 1 == -nth;
}

/* Onset of a yearly rule in a year, as if UTC; false if there is none. */
static bool
rule_onset(const struct change *c, int year, int64_t *out)
{
	const struct icalrecurrencetype *rule = &c->rule;
	struct civil d = { year, c->start_civil.month, 1, c->start_civil.hour,
	    c->start_civil.min, c->start_civil.sec };
	struct civil until;
	int last;

	if (rule->by_month[0] != ICAL_RECURRENCE_ARRAY_MAX)
		d.month = rule->by_month[0];
	if (!civil_is_valid(&d))
		return false;
	for (last = 31; last > 28; last--) {
		d.day = last;
		if (civil_is_valid(&d))
			break;
	}
	for (d.day = 1; d.day <= last; d.day++) {
		if (is_rule_day(c, d.day, last, civil_weekday(&d)))
			break;
	}
	if (d.day > last)
		return false;
	*out = civil_to_unix(&d);
	if (*out < c->start)
		return false;
	return !to_civil(rule->until, &until) ||
	    *out - c->from_s <= civil_to_unix(&until);
}

static void
offer(struct best *b, const struct change *c, int64_t onset, int64_t wall)
{
	if (!b->any || onset < b->first) {
		b->first = onset;
		b->before_s = c->from_s;
	}
	b->any = true;
	if (onset <= wall && (!b->found || onset > b->onset)) {
		b->found = true;
		b->onset = onset;
		b->offset_s = c->to_s;
	}
}

static void
offer_part(struct best *b, icalcomponent *part, const struct change *c,
    const struct civil *wall)
{
	int64_t at = civil_to_unix(wall), onset;
	struct civil date;
	icalproperty *p;
	int year = wall->year, tries;

	if (!c->has_rule)
		offer(b, c, c->start, at);
	/* The last onset is in this year or the one before, or where the
	 * rule ended. */
	if (c->has_rule && to_civil(c->rule.until, &date) && date.year < year)
		year = date.year;
	for (tries = 0; c->has_rule && tries < 2; tries++) {
		if (rule_onset(c, year - tries, &onset))
			offer(b, c, onset, at);
	}
	for (p = get(part, ICAL_RDATE_PROPERTY); p != NULL;
	    p = icalcomponent_get_next_property(part, ICAL_RDATE_PROPERTY)) {
		if (to_civil(icalproperty_get_rdate(p).time, &date))
			offer(b, c, civil_to_unix(&date), at);
	}
}

bool
sentzone_offset(icalcomponent *vtimezone, const struct civil *wall,
    int *offset_s)
{
	struct best b = { false, false, 0, 0, 0, 0 };
	struct change c;
	icalcomponent *part;

	for (part = icalcomponent_get_first_component(vtimezone,
	    ICAL_ANY_COMPONENT); part != NULL;
	    part = icalcomponent_get_next_component(vtimezone,
	    ICAL_ANY_COMPONENT)) {
		if (!read_change(part, &c) || !can_evaluate(&c))
			return false;
		offer_part(&b, part, &c, wall);
	}
	if (!b.any)
		return false;
	*offset_s = b.found ? b.offset_s : b.before_s;
	return true;
}
