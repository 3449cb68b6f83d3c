/* SPDX-License-Identifier: ISC */
/*
 * Zones as people write them. Cities, IANA and Windows names are cal's
 * (zone_find); here are the abbreviations, which name an offset and not a
 * place. Invariant: an abbreviation used in two parts of the world is asked
 * back with its choices, never chosen.
 */
#include "meet/readzone.h"

#include <string.h>
#include "base/arena.h"
#include "base/str.h"
#include "cal/zone.h"
#include "model/settings.h"

#define SLICE_MAX 7	/* pieces of a zone's name */

struct abbrev {
	const char *name;
	const char *tzid;	/* NULL: see choices */
	int offset_s;
	const char *choices;
};

static const struct abbrev abbrevs[] = {
	{ "CET", "Europe/Zurich", 3600, NULL },
	{ "CEST", "Europe/Zurich", 7200, NULL },
	{ "MEZ", "Europe/Zurich", 3600, NULL },
	{ "MESZ", "Europe/Zurich", 7200, NULL },
	{ "Central European Time", "Europe/Zurich", 3600, NULL },
	{ "Central European Summer Time", "Europe/Zurich", 7200, NULL },
	{ "WET", "Europe/Lisbon", 0, NULL },
	{ "WEST", "Europe/Lisbon", 3600, NULL },
	{ "MSK", "Europe/Moscow", 10800, NULL },
	{ "SAST", "Africa/Johannesburg", 7200, NULL },
	{ "EAT", "Africa/Nairobi", 10800, NULL },
	{ "WAT", "Africa/Lagos", 3600, NULL },
	{ "JST", "Asia/Tokyo", 32400, NULL },
	{ "KST", "Asia/Seoul", 32400, NULL },
	{ "HKT", "Asia/Hong_Kong", 28800, NULL },
	{ "SGT", "Asia/Singapore", 28800, NULL },
	{ "AEST", "Australia/Sydney", 36000, NULL },
	{ "AEDT", "Australia/Sydney", 39600, NULL },
	{ "NZST", "Pacific/Auckland", 43200, NULL },
	{ "NZDT", "Pacific/Auckland", 46800, NULL },
	{ "EDT", "America/New_York", -14400, NULL },
	{ "PDT", "America/Los_Angeles", -25200, NULL },
	{ "MDT", "America/Denver", -21600, NULL },
	{ "EST", NULL, 0, "America/New_York\nAmerica/Panama\n"
	    "Australia/Sydney" },
	{ "CST", NULL, 0, "America/Chicago\nAsia/Shanghai\nAmerica/Havana" },
	{ "CDT", NULL, 0, "America/Chicago\nAmerica/Havana" },
	{ "IST", NULL, 0, "Asia/Kolkata\nEurope/Dublin\nAsia/Jerusalem" },
	{ "BST", NULL, 0, "Europe/London\nAsia/Dhaka" },
	{ "PST", NULL, 0, "America/Los_Angeles\nAsia/Manila" },
	{ "MST", NULL, 0, "America/Denver\nAmerica/Phoenix\n"
	    "Asia/Kuala_Lumpur" },
	{ "AST", NULL, 0, "America/Halifax\nAsia/Riyadh" },
	{ "ADT", NULL, 0, "America/Halifax" },
	{ "GST", NULL, 0, "Asia/Dubai\nAtlantic/South_Georgia" },
	{ "SST", NULL, 0, "Asia/Singapore\nPacific/Pago_Pago" },
	{ "EET", NULL, 0, "Europe/Helsinki\nEurope/Athens\nAfrica/Cairo" },
	{ "EEST", NULL, 0, "Europe/Helsinki\nEurope/Athens\nAfrica/Cairo" },
	{ "ET", NULL, 0, "America/New_York" },
	{ "CT", NULL, 0, "America/Chicago\nAsia/Shanghai" },
	{ "MT", NULL, 0, "America/Denver" },
	{ "PT", NULL, 0, "America/Los_Angeles\nEurope/Lisbon" },
};

static const struct readzone unread = { "", "", false, 0, "" };

static bool
is_utc(struct span s)
{
	return span_isi(s, "UTC") || span_isi(s, "GMT") || span_isi(s, "Z") ||
	    span_isi(s, "Zulu") || span_isi(s, "UT") ||
	    span_isi(s, "UTC time") || span_isi(s, "GMT time") ||
	    span_isi(s, "Universal time");
}

static struct span
without_time(struct span s)
{
	static const char *const tails[] = { " local time", " time", NULL };

	for (const char *const *t = tails; *t != NULL; t++)
		if (span_has_suffixi(s, *t))
			return span_trim(span_sub(s, 0, s.n - strlen(*t)));
	return s;
}

/* "UTC+2", "GMT-5": read as an offset, never as a zone of that name. */
static bool
is_offset(struct span s)
{
	return s.n > 4 && (span_has_prefixi(s, "UTC") ||
	    span_has_prefixi(s, "GMT")) && strchr("+-", s.p[3]) != NULL;
}

/* A name without an offset behind it. */
static bool
name(struct arena *a, struct span s, struct readzone *out)
{
	struct span bare = without_time(s);
	const char *tzid;

	*out = unread;
	if (is_utc(s)) {
		out->tzid = "UTC";
		return true;
	}
	for (size_t i = 0; i < sizeof(abbrevs) / sizeof(abbrevs[0]); i++) {
		const struct abbrev *b = &abbrevs[i];

		if (!span_isi(s, b->name) && !span_isi(bare, b->name))
			continue;
		out->abbrev = b->name;
		out->fixed = b->tzid != NULL;
		out->tzid = b->tzid != NULL ? b->tzid : "";
		out->offset_s = b->offset_s;
		out->choices = b->choices != NULL ? b->choices : "";
		return true;
	}
	if (is_offset(s))
		return false;
	tzid = zone_find(a, arena_strndup(a, s.p, s.n));
	if (tzid == NULL && bare.n < s.n)
		tzid = zone_find(a, arena_strndup(a, bare.p, bare.n));
	if (tzid == NULL)
		return false;
	out->tzid = tzid;
	return true;
}

/* "+2", "-05:00", "+0530" at *i, glued; in seconds. */
static bool
offset(const struct token_line *l, size_t *i, int *out)
{
	const struct token_piece *n = token_at(l, *i + 1);
	bool minus = token_is_sign(l, *i, '-');
	int hours, min = 0;
	size_t k = *i + 2;

	if ((!minus && !token_is_sign(l, *i, '+')) ||
	    n->kind != TOKEN_NUMBER || !n->glued)
		return false;
	hours = n->number;
	if (n->text.n == 4) {
		min = hours % 100;
		hours /= 100;
	} else if (n->text.n > 2) {
		return false;
	} else if (token_is_sign(l, k, ':') &&
	    token_at(l, k + 1)->text.n == 2 &&
	    token_at(l, k + 1)->kind == TOKEN_NUMBER) {
		min = token_at(l, k + 1)->number;
		k += 2;
	}
	if (min > 59 || hours > (minus ? 12 : 14))
		return false;
	*out = (hours * 3600 + min * 60) * (minus ? -1 : 1);
	*i = k;
	return true;
}

static bool
utc_offset(struct arena *a, const struct token_line *l, size_t *i,
    struct readzone *out)
{
	size_t k = *i, sign;

	if (token_is_word(l, k, "UTC") || token_is_word(l, k, "GMT"))
		k++;
	sign = k;
	/* "13:00 -15:00" is a range; "13:00 +02:00" can only be an offset. */
	if ((!token_at(l, sign)->glued && (k > *i ||
	    !token_is_sign(l, sign, '+'))) || !offset(l, &k, &out->offset_s))
		return false;
	out->tzid = "";
	out->choices = "";
	out->fixed = true;
	out->abbrev = arena_printf(a, "UTC%.*s", (int)token_slice(l, sign,
	    k - 1).n, token_slice(l, sign, k - 1).p);
	*i = k;
	return true;
}

/* May piece i be inside the name of a zone? */
static bool
is_part(const struct token_line *l, size_t i)
{
	const struct token_piece *p = token_at(l, i);

	return p->kind == TOKEN_WORD || (p->kind == TOKEN_SIGN &&
	    p->sign != '\0' && strchr("/.'-", p->sign) != NULL);
}

bool
readzone_at(struct arena *a, const struct token_line *l, size_t *i,
    struct readzone *out)
{
	size_t end = *i;

	*out = unread;
	if (utc_offset(a, l, i, out))
		return true;
	if (token_at(l, *i)->kind != TOKEN_WORD)
		return false;
	while (end < *i + SLICE_MAX && is_part(l, end))
		end++;
	for (; end > *i; end--) {
		if (token_at(l, end - 1)->kind != TOKEN_WORD ||
		    !name(a, token_slice(l, *i, end - 1), out))
			continue;
		*i = end;
		return true;
	}
	return false;
}

bool
readzone_text(struct arena *a, struct span text, struct readzone *out)
{
	text = span_trim(text);
	return text.n > 0 && text.n <= 200 && name(a, text, out);
}

static size_t
nearness(struct span text, const char *tzid)
{
	struct span all = span_of(tzid);
	struct span city = span_sub(all, span_rfind(all, '/') + 1, all.n);
	size_t whole = token_distance(text, all);
	size_t part = token_distance(text, city);

	return whole < part ? whole : part;
}

char *
readzone_suggest(struct arena *a, struct span text,
    const struct list_settings *l)
{
	static const char *const known[] = { "Europe/Zurich", "Europe/London",
		"Europe/Paris", "Europe/Berlin", "Europe/Madrid",
		"Europe/Rome", "Europe/Vienna", "Europe/Moscow",
		"Europe/Istanbul", "Africa/Cairo", "Africa/Lagos",
		"Africa/Nairobi", "Africa/Johannesburg", "Asia/Shanghai",
		"Asia/Tokyo", "Asia/Seoul", "Asia/Singapore", "Asia/Kolkata",
		"Asia/Dubai", "Asia/Riyadh", "America/New_York",
		"America/Chicago", "America/Denver", "America/Los_Angeles",
		"America/Toronto", "America/Sao_Paulo",
		"America/Mexico_City", "Australia/Sydney",
		"Pacific/Auckland", "Geneva" };
	const char *best = NULL;
	size_t nearest = 4, n;

	text = without_time(span_trim(text));
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		n = nearness(text, known[i]);
		if (n < nearest && n * 3 <= text.n) {
			nearest = n;
			best = known[i];
		}
	}
	if (best == NULL)
		return arena_strdup(a, l->zone);
	return arena_strdup(a, strcmp(best, "Geneva") == 0 ? "Geneva time" :
	    best);
}
