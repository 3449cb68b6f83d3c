/* SPDX-License-Identifier: ISC */
/*
 * Zones by name: the system's tzdata, read once a zone and kept. Owns the one
 * cache of this process (tzdata is constant while it runs, bounded by the
 * number of zones). Invariant: only names from tzdata's own index are ever
 * opened, below ZONE_DIR.
 */
#include "cal/zone.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "base/str.h"
#include "cal/place.h"
#include "cal/tzif.h"
#include "cal/tznames.h"
#include "cal/vtimezone.h"
#include "cal/windows.h"

#define ZONE_DIR "/usr/share/zoneinfo/"
#define ZONE_MAX 65536
#define INDEX_MAX 1000000
#define NAME_LIMIT 200
/* More than any offset: a wall time is within this of its instant. */
#define REACH (27 * 3600)

struct zones {
	struct arena *arena;
	struct tznames *names;
	struct tzif **loaded;	/* by place in names */
};

static struct span
read_text(struct arena *a, const char *name)
{
	struct span s;

	if (file_read(a, -1, name, INDEX_MAX, &s, NULL) != 0)
		return span_make("", 0);
	return s;
}

static struct zones *
get_zones(void)
{
	static struct zones *zones;
	struct arena *tmp, *a;

	if (zones != NULL)
		return zones;
	tmp = arena_new();
	a = arena_new();
	zones = arena_alloc(a, sizeof(*zones));
	zones->arena = a;
	zones->names = tznames_load(a, read_text(tmp, ZONE_DIR "tzdata.zi"),
	    read_text(tmp, ZONE_DIR "zone.tab"));
	zones->loaded = arena_array(a, tznames_count(zones->names),
	    sizeof(struct tzif *));
	arena_free(tmp);
	return zones;
}

static bool
is_utc(struct span name)
{
	static const char *const names[] = {
		"UTC", "Z", "GMT", "UCT", "Zulu", "Universal", "Greenwich",
		"GMT0", "GMT+0", "GMT-0", "UTC+0", "UTC-0",
	};
	size_t i;

	if (span_has_prefixi(name, "Etc/"))
		name = span_sub(name, 4, name.n);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (span_isi(name, names[i]))
			return true;
	}
	return false;
}

/* Parsed zone at that place of the index, or NULL. */
static const struct tzif *
load(struct zones *z, int idx)
{
	struct tzif *tz;
	struct arena *tmp;
	struct span data;

	if (z->loaded[idx] != NULL)
		return z->loaded[idx];
	tmp = arena_new();
	tz = NULL;
	if (file_read(tmp, -1, arena_printf(tmp, ZONE_DIR "%s",
	    tznames_name(z->names, idx)), ZONE_MAX, &data, NULL) == 0) {
		tz = arena_alloc(z->arena, sizeof(*tz));
		if (tzif_parse(z->arena, data, tz, NULL) != 0)
			tz = NULL;
	}
	arena_free(tmp);
	z->loaded[idx] = tz;
	return tz;
}

static const struct tzif *
get_zone(const char *name)
{
	struct zones *z = get_zones();
	const struct tzif *tz;
	int idx = tznames_index(z->names,
	    is_utc(span_of(name)) ? span_of("Etc/UTC") : span_of(name));

	if (idx < 0)
		return NULL;
	tz = load(z, idx);
	/* Old spellings have no file of their own on some systems. */
	return tz != NULL ? tz : load(z, tznames_modern(z->names, idx));
}

/* The index's spelling of an IANA name, or NULL. */
static const char *
find_iana(struct span name)
{
	struct tznames *names = get_zones()->names;
	int idx = tznames_index(names, name);

	return idx < 0 ? NULL :
	    tznames_name(names, tznames_modern(names, idx));
}

/* "/mozilla.org/20050126_1/Europe/Berlin": calendars put a prefix on. */
static const char *
find_prefixed(struct span name)
{
	const char *found;

	if (name.n == 0 || name.p[0] != '/')
		return NULL;
	while (name.p != NULL) {
		(void)span_cut(&name, '/');
		found = name.p == NULL ? NULL : find_iana(name);
		if (found != NULL)
			return found;
	}
	return NULL;
}

/* "UTC+2", "UTC+02:00", "GMT-5": whole hours have a zone of their own. */
static const char *
find_offset(struct arena *a, struct span name)
{
	struct span hours, minutes;
	uint64_t h, m = 0;
	char sign;

	if (name.n < 5 || (!span_has_prefixi(name, "UTC") &&
	    !span_has_prefixi(name, "GMT")))
		return NULL;
	sign = name.p[3];
	minutes = span_sub(name, 4, name.n);
	hours = span_cut(&minutes, ':');
	if ((sign != '+' && sign != '-') || hours.n > 2 ||
	    !span_u64(hours, sign == '+' ? 14 : 12, &h) ||
	    (minutes.p != NULL && !span_u64(minutes, 59, &m)) || m != 0)
		return NULL;
	if (h == 0)
		return "UTC";
	/* The names of tzdata count west of Greenwich as positive. */
	return find_iana(span_of(arena_printf(a, "Etc/GMT%c%d",
	    sign == '+' ? '-' : '+', (int)h)));
}

static const char *
find_city(struct span city)
{
	struct tznames *names = get_zones()->names;
	const char *place = place_find(city);
	int idx;

	if (place != NULL)
		return find_iana(span_of(place));
	if (place_is_ambiguous(city))
		return NULL;
	idx = tznames_city(names, city);
	return idx < 0 ? NULL : tznames_name(names, idx);
}

/* "Geneva time", "heure de Geneve": the place alone. */
static struct span
bare_place(struct span name)
{
	static const char *const before[] = {
		"heure de ", "heure d'", "hora de ", "time in ", "time of ",
	};
	static const char *const after[] = {
		" local time", " time", " zeit",
	};
	size_t i;

	for (i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
		if (span_has_prefixi(name, before[i]))
			return span_trim(span_sub(name, strlen(before[i]),
			    name.n));
	}
	for (i = 0; i < sizeof(after) / sizeof(after[0]); i++) {
		if (span_has_suffixi(name, after[i]))
			return span_trim(span_sub(name, 0,
			    name.n - strlen(after[i])));
	}
	return name;
}

/* Does the zone use that offset at all in winter or summer? */
static bool
has_offset(const char *zone, struct span text)
{
	static const int64_t probes[] = { 1736942400, 1752580800 };
	struct civil local;
	struct span minutes = span_sub(text, 4, text.n);
	struct span hours = span_cut(&minutes, ':');
	uint64_t h, m = 0;
	int want, got;
	char abbrev[16];
	size_t i;

	if (text.n == 3)
		want = 0;
	else if (!span_u64(hours, 14, &h) ||
	    (minutes.p != NULL && !span_u64(minutes, 59, &m)))
		return false;
	else
		want = (int)(h * 3600 + m * 60) * (text.p[3] == '-' ? -1 : 1);
	for (i = 0; i < 2; i++) {
		if (zone_from_utc(zone, probes[i], &local, &got, abbrev) == 0 &&
		    got == want)
			return true;
	}
	return false;
}

/* "(UTC+01:00) Amsterdam, Berlin, Bern": what a settings dialog shows. The
 * first city that we know and that has the stated offset decides. */
static const char *
find_dialog(struct span name)
{
	struct span offset, rest, city;
	const char *found;

	if (!span_has_prefixi(name, "(UTC") && !span_has_prefixi(name, "(GMT"))
		return NULL;
	rest = span_sub(name, 1, name.n);
	offset = span_cut(&rest, ')');
	found = windows_find(span_trim(rest));
	if (found != NULL)
		return has_offset(found, offset) ? find_iana(span_of(found)) :
		    NULL;
	while (rest.p != NULL) {
		city = span_trim(span_cut(&rest, ','));
		found = city.n == 0 ? NULL : find_city(city);
		if (found != NULL && has_offset(found, offset))
			return found;
	}
	return NULL;
}

/* Names of tzdata that people use for more than one zone. */
static bool
is_ambiguous(struct span name)
{
	return span_isi(name, "EST") || span_isi(name, "MST") ||
	    span_isi(name, "HST");
}

static const char *
find_any(struct arena *a, struct span name)
{
	const char *found = find_iana(name), *windows;

	if (found == NULL)
		found = find_prefixed(name);
	if (found == NULL)
		found = find_offset(a, name);
	if (found == NULL && (windows = windows_find(name)) != NULL)
		found = find_iana(span_of(windows));
	if (found == NULL)
		found = find_dialog(name);
	if (found == NULL)
		found = find_city(bare_place(name));
	return found;
}

const char *
zone_find(struct arena *a, const char *name)
{
	struct span s = span_trim(span_of(name));
	const char *found;

	while (s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"')
		s = span_trim(span_sub(s, 1, s.n - 1));
	if (s.n == 0 || s.n > NAME_LIMIT || is_ambiguous(s))
		return NULL;
	if (is_utc(s))
		return "UTC";
	found = find_any(a, s);
	if (found == NULL)
		return NULL;
	return is_utc(span_of(found)) ? "UTC" : arena_strdup(a, found);
}

int
zone_to_utc(const char *zone, const struct civil *local, int64_t *out)
{
	const struct tzif *tz = get_zone(zone);
	int64_t wall, at, first = 0, gap = 0;
	struct tzspan s, prev = { 0 };
	int hits = 0;

	if (tz == NULL || !civil_is_valid(local))
		return -1;
	wall = civil_to_unix(local);
	for (tzif_at(tz, wall - REACH, &s);; tzif_at(tz, s.to, &s)) {
		at = wall - s.offset_s;
		if (at >= s.from && at < s.to && hits++ == 0)
			first = at;
		if (s.from > wall - REACH && at < s.from &&
		    wall - prev.offset_s >= s.from)
			gap = wall - prev.offset_s;
		if (s.to > wall + REACH)
			break;
		prev = s;
	}
	*out = hits > 0 ? first : gap;
	return hits == 0 ? ZONE_NEVER : hits == 1 ? ZONE_ONCE : ZONE_TWICE;
}

int
zone_from_utc(const char *zone, int64_t at, struct civil *local,
    int *offset_s, char abbrev[16])
{
	const struct tzif *tz = get_zone(zone);
	struct tzspan s;

	if (tz == NULL)
		return -1;
	tzif_at(tz, at, &s);
	civil_from_unix(at + s.offset_s, local);
	*offset_s = s.offset_s;
	memcpy(abbrev, s.name, sizeof(s.name));
	return 0;
}

int
zone_vtimezone(struct str *out, const char *zone, int64_t at, struct err *err)
{
	const struct tzif *tz = get_zone(zone);

	if (tz == NULL)
		return err_set(err, ERR_NOTFOUND,
		    "time zone \"%.60s\" is not in the system's tzdata", zone);
	if (!is_utc(span_of(zone)))
		vtimezone_write(out, zone, tz, at);
	return 0;
}
