/* SPDX-License-Identifier: ISC */
/*
 * Random dates and times in every style that people use: each is read as the
 * instant that was meant, or asked back, but never misread.
 */
#include "tests/test.h"

#include <stdio.h>
#include <string.h>
#include "base/arena.h"
#include "base/civil.h"
#include "cal/zone.h"
#include "meet/meet.h"
#include "meet/question.h"
#include "model/settings.h"

#define ROUNDS 4000

static const struct list_settings list = { .name = "jca-qkdn",
	.domain = "lists.itu-t.example", .title = "JCA-QKDN",
	.zone = "Europe/Zurich", .language = "en" };

static const struct { const char *tzid, *text; } zones[] = {
	{ "Europe/Zurich", "Geneva time" }, { "Asia/Tokyo", "Tokyo" },
	{ "America/New_York", "New York time" }, { "UTC", "UTC" },
	{ "Asia/Kolkata", "Asia/Kolkata" },
};

/* One meeting of an hour, as it is meant. */
struct meant {
	struct civil start;
	const char *weekday, *month;
	int end_hour;
};

enum date_style { ISO, WEEKDAY_FIRST, PLAIN, MONTH_FIRST, AMERICAN, LATE,
	BRACKETS, HYPHENS, ORDINAL, SLASHES, N_DATE_STYLES };
enum time_style { COLONS, TO, FRENCH, FOUR_DIGITS, HALVES, ONE_HALF, FOR,
	DOTS, COMMA, N_TIME_STYLES };

static const char *
date_text(struct arena *a, const struct meant *m, enum date_style style)
{
	const struct civil *c = &m->start;

	switch (style) {
	case ISO:
		return arena_printf(a, "%04d-%02d-%02d", c->year, c->month,
		    c->day);
	case WEEKDAY_FIRST:
		return arena_printf(a, "%s %d %s %d", m->weekday, c->day,
		    m->month, c->year);
	case PLAIN:
		return arena_printf(a, "%d %s %d", c->day, m->month, c->year);
	case MONTH_FIRST:
		return arena_printf(a, "%s %d, %d", m->month, c->day, c->year);
	case AMERICAN:
		return arena_printf(a, "%s, %s %d, %d", m->weekday, m->month,
		    c->day, c->year);
	case LATE:
		return arena_printf(a, "%d %s, %d (%s)", c->day, m->month,
		    c->year, m->weekday);
	case BRACKETS:
		return arena_printf(a, "%d (%s) %s %d", c->day, m->weekday,
		    m->month, c->year);
	case HYPHENS:
		return arena_printf(a, "%d-%s-%d", c->day, m->month, c->year);
	case ORDINAL:
		return arena_printf(a, "%s %dth of %s %d", m->weekday, c->day,
		    m->month, c->year);
	case SLASHES:
	case N_DATE_STYLES:
		break;
	}
	return arena_printf(a, "%d/%d/%d", c->day, c->month, c->year);
}

static const char *
time_text(struct arena *a, const struct meant *m, enum time_style style)
{
	int h = m->start.hour, e = m->end_hour, min = m->start.min;
	int h12 = h % 12 == 0 ? 12 : h % 12, e12 = e % 12 == 0 ? 12 : e % 12;
	const char *first = h < 12 ? "am" : "pm", *last = e < 12 ? "a.m." :
	    "p.m.";

	switch (style) {
	case COLONS:
		return arena_printf(a, "%02d:%02d-%02d:%02d", h, min, e, min);
	case TO:
		return arena_printf(a, "%d:%02d to %d:%02d", h, min, e, min);
	case FRENCH:
		return arena_printf(a, "%02dh%02d-%02dh%02d", h, min, e, min);
	case FOUR_DIGITS:
		return arena_printf(a, "%02d%02d-%02d%02d hours", h, min, e,
		    min);
	case HALVES:
		return arena_printf(a, "%d:%02d %s - %d:%02d %s", h12, min,
		    first, e12, min, last);
	case ONE_HALF:
		return arena_printf(a, "%d:%02d-%d:%02d%s", h12, min, e12,
		    min, last);
	case FOR:
		return arena_printf(a, "%02d:%02d for 1 hour", h, min);
	case DOTS:
		return arena_printf(a, "%d.%02d \xE2\x80\x93 %d.%02d", h, min,
		    e, min);
	case COMMA:
	case N_TIME_STYLES:
		break;
	}
	return arena_printf(a, "%02d:%02d, 60 minutes", h, min);
}

static int
next_random(uint32_t *seed, int n)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (int)((*seed >> 8) % (uint32_t)n);
}

static void
mean(uint32_t *seed, struct meant *m)
{
	struct civil c = { 2027 + next_random(seed, 4),
		1 + next_random(seed, 12), 1 + next_random(seed, 28),
		next_random(seed, 22), 5 * next_random(seed, 12), 0 };

	m->start = c;
	m->end_hour = c.hour + 1;
	m->weekday = civil_day_name(civil_weekday(&c), next_random(seed, 2));
	m->month = civil_month_name(c.month, next_random(seed, 2));
}

static const char *
layout(struct arena *a, int kind, const char *date, const char *time,
    const char *zone)
{
	switch (kind) {
	case 0:
		return arena_printf(a, "Title: X\nDate: %s\nTime: %s %s\n",
		    date, time, zone);
	case 1:
		return arena_printf(a, "Title: X\nWhen: %s, %s %s\n", date,
		    time, zone);
	case 2:
		return arena_printf(a, "Zone: %s\nTime: %s\nDate: %s\n"
		    "Title: X\n", zone, time, date);
	default:
		return arena_printf(a, "When: %s %s, %s\nTitle: X\n", time,
		    zone, date);
	}
}

/* Read one mail; true if it was asked back. */
static bool
read_one(struct arena *a, const struct meant *m, size_t zone,
    const char *text)
{
	struct meet_questions q = { NULL, 0, 0 };
	struct meet_form f;
	int64_t want;
	int fit = zone_to_utc(zones[zone].tzid, &m->start, &want);

	meet_read_form(a, "announce", text, &list, &f, &q);
	if (question_blocks(&q))
		return true;
	if (fit != ZONE_ONCE || f.rev.start_at != want ||
	    f.rev.end_at != want + 3600 ||
	    strcmp(f.rev.tzid, zones[zone].tzid) != 0)
		fail_msg("misread as %s:\n%s", meet_when_short(a, &f.rev),
		    text);
	return false;
}

static void
styles(void **state)
{
	struct arena *a = arena_new();
	uint32_t seed = 5;
	struct meant m;
	int asked = 0;

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		int d = next_random(&seed, N_DATE_STYLES);
		int t = next_random(&seed, N_TIME_STYLES);
		size_t z = (size_t)next_random(&seed, 5);

		mean(&seed, &m);
		if (read_one(a, &m, z, layout(a, next_random(&seed, 4),
		    date_text(a, &m, (enum date_style)d),
		    time_text(a, &m, (enum time_style)t), zones[z].text)) &&
		    d != SLASHES)
			asked++;
		arena_reset(a);
	}
	/* Only the hours of clock changes may be asked back. */
	assert_in_range(asked, 0, ROUNDS / 500);
	arena_free(a);
}

static const struct { const char *name; } rows[] = {
	{ "no style is misread, and hardly one is asked back" },
};

int
main(void)
{
	return test_exit(TEST_ROWS("meet_styles", rows, styles));
}
