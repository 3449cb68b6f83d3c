/* SPDX-License-Identifier: ISC */
/*
 * Zones against three judges: literal tables, the C library over all zones of
 * zone.tab, and libical for the VTIMEZONE that we write.
 */
#include "tests/test.h"

#include <libical/ical.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "cal/tzif.h"
#include "cal/windows.h"
#include "cal/zone.h"

#define ZONE_TAB "/usr/share/zoneinfo/zone.tab"
#define HOUR 3600
#define DAY 86400
#define Y2024 1704067200
#define Y2038 2145916800

struct find_row {
	const char *name, *input, *want;
};

static const struct find_row find_rows[] = {
	{ "IANA name stays", "Europe/Zurich", "Europe/Zurich" },
	{ "IANA name of any case", "europe/ZURICH", "Europe/Zurich" },
	{ "place that shares rules keeps its name", "Europe/Vaduz",
	    "Europe/Vaduz" },
	{ "old spelling becomes modern", "Asia/Calcutta", "Asia/Kolkata" },
	{ "country name becomes its zone", "Japan", "Asia/Tokyo" },
	{ "US/Eastern is New York", "US/Eastern", "America/New_York" },
	{ "blanks around are ignored", "  Asia/Seoul \n", "Asia/Seoul" },
	{ "quotes around are ignored", "\"Asia/Seoul\"", "Asia/Seoul" },
	{ "UTC", "utc", "UTC" },
	{ "Z is UTC", "Z", "UTC" },
	{ "GMT is UTC", "GMT", "UTC" },
	{ "Etc/UTC is UTC", "Etc/UTC", "UTC" },
	{ "Windows UTC", "tzone://Microsoft/Utc", "UTC" },
	{ "UTC plus whole hours", "UTC+2", "Etc/GMT-2" },
	{ "UTC minus whole hours", "UTC-05:00", "Etc/GMT+5" },
	{ "UTC plus zero", "UTC+00:00", "UTC" },
	{ "UTC plus half hours has no zone", "UTC+05:30", NULL },
	{ "UTC plus fifteen is none", "UTC+15", NULL },
	{ "Windows W. Europe", "W. Europe Standard Time", "Europe/Berlin" },
	{ "Windows id of any case", "tokyo standard time", "Asia/Tokyo" },
	{ "Windows FLE", "FLE Standard Time", "Europe/Kyiv" },
	{ "Windows China", "China Standard Time", "Asia/Shanghai" },
	{ "Windows Korea", "Korea Standard Time", "Asia/Seoul" },
	{ "Windows GMT is London", "GMT Standard Time", "Europe/London" },
	{ "Windows Russia", "Russia Time Zone 11", "Asia/Kamchatka" },
	{ "settings dialog", "(UTC+01:00) Amsterdam, Berlin, Bern, Rome, "
	    "Stockholm, Vienna", "Europe/Amsterdam" },
	{ "settings dialog, US", "(UTC-05:00) Eastern Time (US & Canada)",
	    "America/New_York" },
	{ "settings dialog, first city unknown",
	    "(UTC-06:00) Guadalajara, Mexico City, Monterrey",
	    "America/Mexico_City" },
	{ "settings dialog, China",
	    "(UTC+08:00) Beijing, Chongqing, Hong Kong, Urumqi",
	    "Asia/Shanghai" },
	{ "settings dialog that lies about the offset",
	    "(UTC+05:00) Berlin, Rome", NULL },
	{ "Microsoft's custom zone is unknown", "tzone://Microsoft/Custom",
	    NULL },
	{ "prefix of libical",
	    "/freeassociation.sourceforge.net/Europe/Zurich",
	    "Europe/Zurich" },
	{ "prefix of Mozilla", "/mozilla.org/20050126_1/Europe/Berlin",
	    "Europe/Berlin" },
	{ "Geneva time", "Geneva time", "Europe/Zurich" },
	{ "Geneva in French", "heure de Gen\xc3\xa8ve", "Europe/Zurich" },
	{ "Tokyo time", "Tokyo time", "Asia/Tokyo" },
	{ "city with a blank", "new york", "America/New_York" },
	{ "city deep in the tree", "Buenos Aires",
	    "America/Argentina/Buenos_Aires" },
	{ "city that names no zone", "Beijing", "Asia/Shanghai" },
	{ "city in Korea", "Daejeon", "Asia/Seoul" },
	{ "ambiguous city is refused", "Cordoba", NULL },
	{ "ambiguous CST", "CST", NULL },
	{ "ambiguous IST", "IST", NULL },
	{ "ambiguous BST", "BST", NULL },
	{ "ambiguous EST, though a file has that name", "EST", NULL },
	{ "ambiguous MST", "MST", NULL },
	{ "way out of the folder", "../../../etc/passwd", NULL },
	{ "absolute path", "/etc/passwd", NULL },
	{ "files that are no zones", "zone.tab", NULL },
	{ "leap-second zones are not ours", "right/Europe/Zurich", NULL },
	{ "empty", "", NULL },
	{ "nonsense", "Mars/Olympus_Mons", NULL },
	{ "format characters", "%n%s%n", NULL },
};

static void
test_find(void **state)
{
	const struct find_row *row = *state;
	struct arena *a = arena_new();
	const char *got = zone_find(a, row->input);

	if (row->want == NULL)
		assert_null(got);
	else {
		assert_non_null(got);
		assert_string_equal(got, row->want);
	}
	arena_free(a);
}

struct time_row {
	const char *name, *zone;
	struct civil local;
	int fit;
	struct civil utc;
};

static const struct time_row time_rows[] = {
	{ "S1 first meeting", "Europe/Zurich", { 2027, 2, 10, 13, 0, 0 },
	    ZONE_ONCE, { 2027, 2, 10, 12, 0, 0 } },
	{ "S1 in New York", "America/New_York", { 2027, 2, 10, 7, 0, 0 },
	    ZONE_ONCE, { 2027, 2, 10, 12, 0, 0 } },
	{ "S1 in Shanghai", "Asia/Shanghai", { 2027, 2, 10, 20, 0, 0 },
	    ZONE_ONCE, { 2027, 2, 10, 12, 0, 0 } },
	{ "S1 in Tokyo", "Asia/Tokyo", { 2027, 2, 10, 21, 0, 0 },
	    ZONE_ONCE, { 2027, 2, 10, 12, 0, 0 } },
	{ "S2 in March before summer time", "Europe/Zurich",
	    { 2027, 3, 10, 13, 0, 0 }, ZONE_ONCE, { 2027, 3, 10, 12, 0, 0 } },
	{ "S2 in April", "Europe/Zurich", { 2027, 4, 14, 13, 0, 0 },
	    ZONE_ONCE, { 2027, 4, 14, 11, 0, 0 } },
	{ "S2 in November", "Europe/Zurich", { 2027, 11, 10, 13, 0, 0 },
	    ZONE_ONCE, { 2027, 11, 10, 12, 0, 0 } },
	{ "S3 Geneva in the clock-change gap", "Europe/Zurich",
	    { 2027, 3, 24, 13, 0, 0 }, ZONE_ONCE, { 2027, 3, 24, 12, 0, 0 } },
	{ "S3 New York in the clock-change gap", "America/New_York",
	    { 2027, 3, 24, 8, 0, 0 }, ZONE_ONCE, { 2027, 3, 24, 12, 0, 0 } },
	{ "S4 face to face", "Europe/Zurich", { 2027, 6, 1, 14, 30, 0 },
	    ZONE_ONCE, { 2027, 6, 1, 12, 30, 0 } },
	{ "S5 moved instance", "Europe/Zurich", { 2027, 5, 20, 15, 0, 0 },
	    ZONE_ONCE, { 2027, 5, 20, 13, 0, 0 } },
	{ "S7 cancelled instance", "Europe/Zurich", { 2027, 7, 14, 13, 0, 0 },
	    ZONE_ONCE, { 2027, 7, 14, 11, 0, 0 } },
	{ "S8 in French", "Europe/Zurich", { 2027, 10, 14, 9, 30, 0 },
	    ZONE_ONCE, { 2027, 10, 14, 7, 30, 0 } },
	{ "S9 in Tokyo", "Asia/Tokyo", { 2027, 11, 11, 9, 30, 0 },
	    ZONE_ONCE, { 2027, 11, 11, 0, 30, 0 } },
	{ "S9 in New York, the day before", "America/New_York",
	    { 2027, 11, 10, 19, 30, 0 }, ZONE_ONCE,
	    { 2027, 11, 11, 0, 30, 0 } },
	{ "S10 first session", "Europe/Zurich", { 2028, 1, 18, 9, 30, 0 },
	    ZONE_ONCE, { 2028, 1, 18, 8, 30, 0 } },
	{ "a time in the gap counts with the offset before",
	    "Europe/Zurich", { 2027, 3, 28, 2, 30, 0 }, ZONE_NEVER,
	    { 2027, 3, 28, 1, 30, 0 } },
	{ "first second of the gap", "Europe/Zurich",
	    { 2027, 3, 28, 2, 0, 0 }, ZONE_NEVER, { 2027, 3, 28, 1, 0, 0 } },
	{ "first second after the gap", "Europe/Zurich",
	    { 2027, 3, 28, 3, 0, 0 }, ZONE_ONCE, { 2027, 3, 28, 1, 0, 0 } },
	{ "last second before the gap", "Europe/Zurich",
	    { 2027, 3, 28, 1, 59, 59 }, ZONE_ONCE,
	    { 2027, 3, 28, 0, 59, 59 } },
	{ "a time that exists twice is the first one", "Europe/Zurich",
	    { 2027, 10, 31, 2, 30, 0 }, ZONE_TWICE,
	    { 2027, 10, 31, 0, 30, 0 } },
	{ "half-hour zone", "Asia/Kolkata", { 2027, 2, 10, 17, 30, 0 },
	    ZONE_ONCE, { 2027, 2, 10, 12, 0, 0 } },
	{ "half-hour gap of Lord Howe", "Australia/Lord_Howe",
	    { 2027, 10, 3, 2, 15, 0 }, ZONE_NEVER,
	    { 2027, 10, 2, 15, 45, 0 } },
	{ "a whole day that Samoa skipped", "Pacific/Apia",
	    { 2011, 12, 30, 12, 0, 0 }, ZONE_NEVER,
	    { 2011, 12, 30, 22, 0, 0 } },
	{ "midnight gap of Cairo", "Africa/Cairo",
	    { 2027, 4, 30, 0, 30, 0 }, ZONE_NEVER,
	    { 2027, 4, 29, 22, 30, 0 } },
	{ "year far beyond the listed changes", "Europe/Zurich",
	    { 2099, 7, 1, 12, 0, 0 }, ZONE_ONCE, { 2099, 7, 1, 10, 0, 0 } },
	{ "UTC", "UTC", { 2027, 2, 10, 12, 0, 0 }, ZONE_ONCE,
	    { 2027, 2, 10, 12, 0, 0 } },
	{ "unknown zone", "Mars/Olympus_Mons", { 2027, 2, 10, 12, 0, 0 }, -1,
	    { 1970, 1, 1, 0, 0, 0 } },
	{ "a date that does not exist", "UTC", { 2027, 2, 30, 12, 0, 0 }, -1,
	    { 1970, 1, 1, 0, 0, 0 } },
};

static void
test_time(void **state)
{
	const struct time_row *row = *state;
	struct civil back;
	int64_t at = 0;
	int offset_s;
	char abbrev[16];

	assert_int_equal(zone_to_utc(row->zone, &row->local, &at), row->fit);
	assert_int_equal(at, civil_to_unix(&row->utc));
	if (row->fit != ZONE_ONCE)
		return;
	assert_int_equal(zone_from_utc(row->zone, at, &back, &offset_s,
	    abbrev), 0);
	assert_memory_equal(&back, &row->local, sizeof(back));
	assert_int_equal(civil_to_unix(&row->local) - at, offset_s);
}

static void
test_abbreviations(void **state)
{
	struct civil local;
	int offset_s;
	char abbrev[16];

	(void)state;
	assert_int_equal(zone_from_utc("Europe/Zurich", 1802260800, &local,
	    &offset_s, abbrev), 0);
	assert_string_equal(abbrev, "CET");
	assert_int_equal(zone_from_utc("Europe/Zurich", 1815000000, &local,
	    &offset_s, abbrev), 0);
	assert_string_equal(abbrev, "CEST");
	assert_int_equal(offset_s, 7200);
}

/* All zones that zone.tab names, one a call; NULL at the end. */
static const char *
next_zone(FILE *tab)
{
	static char line[400];
	char *name;

	while (fgets(line, sizeof(line), tab) != NULL) {
		if (line[0] == '#')
			continue;
		name = strchr(strchr(line, '\t') + 1, '\t') + 1;
		name[strcspn(name, "\t\n")] = '\0';
		return name;
	}
	return NULL;
}

static int64_t
libc_offset(int64_t at)
{
	time_t t = (time_t)at;
	struct tm tm;

	assert_non_null(localtime_r(&t, &tm));
	return tm.tm_gmtoff;
}

static void
check_instant(const char *zone, int64_t at)
{
	struct civil local;
	int64_t back = 0;
	int offset_s, fit;
	char abbrev[16];

	assert_int_equal(zone_from_utc(zone, at, &local, &offset_s, abbrev),
	    0);
	if (offset_s != libc_offset(at))
		fail_msg("%s at %lld: %d, libc has %lld", zone, (long long)at,
		    offset_s, (long long)libc_offset(at));
	fit = zone_to_utc(zone, &local, &back);
	if (fit == ZONE_TWICE)
		assert_true(back == at || (back < at && at - back < 3 * HOUR));
	else
		assert_true(fit == ZONE_ONCE && back == at);
}

/* Every 43 hours (no multiple of a day), and both sides of each change. */
static void
test_all_zones_as_libc(void **state)
{
	FILE *tab = fopen(ZONE_TAB, "re");
	const char *zone;
	int64_t at, lo, hi, mid;
	int n = 0;

	(void)state;
	if (tab == NULL)
		skip();
	while ((zone = next_zone(tab)) != NULL) {
		assert_int_equal(setenv("TZ", zone, 1), 0);
		tzset();
		for (at = Y2024; at < Y2038; at += 43 * HOUR) {
			check_instant(zone, at);
			lo = at;
			hi = at + 43 * HOUR;
			if (libc_offset(lo) == libc_offset(hi))
				continue;
			while (hi - lo > 1) {
				mid = lo + (hi - lo) / 2;
				if (libc_offset(mid) == libc_offset(at))
					lo = mid;
				else
					hi = mid;
			}
			check_instant(zone, lo);
			check_instant(zone, hi);
		}
		n++;
	}
	(void)fclose(tab);
	assert_int_equal(setenv("TZ", "UTC", 1), 0);
	tzset();
	assert_true(n > 400);
}

static int
ical_offset(icaltimezone *zone, int64_t at)
{
	struct icaltimetype t = icaltime_from_timet_with_zone((time_t)at, 0,
	    icaltimezone_get_utc_timezone());

	return icaltimezone_get_utc_offset_of_utc_time(zone, &t, NULL);
}

static void
check_vtimezone(const char *zone, int64_t at)
{
	struct str out = STR_EMPTY;
	struct err err = { 0 };
	icalcomponent *comp;
	icaltimezone *tz = icaltimezone_new();
	struct civil local;
	int64_t t;
	int offset_s;
	char abbrev[16];

	assert_int_equal(zone_vtimezone(&out, zone, at, &err), 0);
	if (out.len > 450)
		fail_msg("%s: %zu bytes\n%s", zone, out.len, str_get(&out));
	comp = icalparser_parse_string(str_get(&out));
	assert_non_null(comp);
	assert_int_equal(icalcomponent_count_errors(comp), 0);
	assert_true(icaltimezone_set_component(tz, comp));
	for (t = at - 120 * DAY; t < at + 370 * DAY; t += 67 * HOUR) {
		assert_int_equal(zone_from_utc(zone, t, &local, &offset_s,
		    abbrev), 0);
		if (ical_offset(tz, t) != offset_s)
			fail_msg("%s at %lld: %d, should be %d\n%s", zone,
			    (long long)t, ical_offset(tz, t), offset_s,
			    str_get(&out));
	}
	icaltimezone_free(tz, 1);
	str_done(&out);
}

static void
test_all_vtimezones(void **state)
{
	FILE *tab = fopen(ZONE_TAB, "re");
	const char *zone;
	int i = 0;

	(void)state;
	if (tab == NULL)
		skip();
	while ((zone = next_zone(tab)) != NULL) {
		/* July 2026 to 2031, three of the years a zone. */
		check_vtimezone(zone, 1783036800 + (i % 3) * 366LL * DAY);
		check_vtimezone(zone, 1798761600 + (i % 4) * 366LL * DAY);
		check_vtimezone(zone, 1877904000 + (i % 5) * 30LL * DAY);
		i++;
	}
	(void)fclose(tab);
	icaltimezone_free_builtin_timezones();
	icalmemory_free_ring();
}

struct text_row {
	const char *name, *zone;
	int64_t at;
	const char *want;
};

static const struct text_row text_rows[] = {
	{ "Zurich is one pair from 1970", "Europe/Zurich", 1802260800,
	    "BEGIN:VTIMEZONE\r\nTZID:Europe/Zurich\r\n"
	    "BEGIN:STANDARD\r\nDTSTART:19701025T030000\r\n"
	    "TZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nTZNAME:CET\r\n"
	    "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nEND:STANDARD\r\n"
	    "BEGIN:DAYLIGHT\r\nDTSTART:19700329T020000\r\n"
	    "TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nTZNAME:CEST\r\n"
	    "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\nEND:DAYLIGHT\r\n"
	    "END:VTIMEZONE\r\n" },
	{ "Tokyo is one STANDARD without rule", "Asia/Tokyo", 1802260800,
	    "BEGIN:VTIMEZONE\r\nTZID:Asia/Tokyo\r\n"
	    "BEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
	    "TZOFFSETFROM:+0900\r\nTZOFFSETTO:+0900\r\nTZNAME:JST\r\n"
	    "END:STANDARD\r\nEND:VTIMEZONE\r\n" },
	{ "Dublin's summer time is DAYLIGHT", "Europe/Dublin", 1802260800,
	    "BEGIN:VTIMEZONE\r\nTZID:Europe/Dublin\r\n"
	    "BEGIN:DAYLIGHT\r\nDTSTART:19700329T010000\r\n"
	    "TZOFFSETFROM:+0000\r\nTZOFFSETTO:+0100\r\nTZNAME:IST\r\n"
	    "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\nEND:DAYLIGHT\r\n"
	    "BEGIN:STANDARD\r\nDTSTART:19701025T020000\r\n"
	    "TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0000\r\nTZNAME:GMT\r\n"
	    "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nEND:STANDARD\r\n"
	    "END:VTIMEZONE\r\n" },
	{ "UTC has none", "UTC", 1802260800, "" },
};

static void
test_text(void **state)
{
	const struct text_row *row = *state;
	struct str out = STR_EMPTY;
	struct err err = { 0 };

	assert_int_equal(zone_vtimezone(&out, row->zone, row->at, &err), 0);
	assert_string_equal(str_get(&out), row->want);
	str_done(&out);
}

static void
test_unknown_vtimezone(void **state)
{
	struct str out = STR_EMPTY;
	struct err err = { 0 };

	(void)state;
	assert_int_equal(zone_vtimezone(&out, "Mars/Olympus_Mons", 0, &err),
	    -1);
	assert_int_equal(err.kind, ERR_NOTFOUND);
	assert_int_equal(out.len, 0);
}

static void
test_windows_all_known(void **state)
{
	struct arena *a = arena_new();
	const struct windows_zone *all;
	size_t n, i, j;

	(void)state;
	all = windows_all(&n);
	for (i = 0; i < n; i++) {
		if (zone_find(a, all[i].id) == NULL)
			fail_msg("%s -> %s", all[i].id, all[i].iana);
		for (j = 0; j < i; j++)
			assert_string_not_equal(all[i].id, all[j].id);
	}
	arena_free(a);
}

struct rule_row {
	const char *name, *text;
	bool ok;
};

static const struct rule_row rule_rows[] = {
	{ "plain rule", "CET-1CEST,M3.5.0,M10.5.0/3", true },
	{ "no dst", "JST-9", true },
	{ "names in angle brackets", "<-03>3<-02>,M3.2.0,M11.1.0", true },
	{ "hours above a day", "EET-2EEST,M3.4.4/50,M10.4.4/50", true },
	{ "negative hours", "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", true },
	{ "dst all the year", "XXX3EDT4,0/0,J365/23", true },
	{ "empty", "", false },
	{ "no offset", "CET", false },
	{ "name too short", "CE-1", false },
	{ "bracket not closed", "<+01-1", false },
	{ "month 13", "CET-1CEST,M13.5.0,M10.5.0", false },
	{ "week 0", "CET-1CEST,M3.0.0,M10.5.0", false },
	{ "one date only", "CET-1CEST,M3.5.0", false },
	{ "hour 168", "CET-1CEST,M3.5.0/168,M10.5.0", false },
	{ "rest behind it", "CET-1CEST,M3.5.0,M10.5.0x", false },
	{ "name too long", "<ABCDEFGHIJKLMNOPQRST>1", false },
};

static void
test_rule(void **state)
{
	const struct rule_row *row = *state;
	struct tzrule rule;
	struct tzspan span;
	int64_t t;

	assert_int_equal(tzrule_parse(span_of(row->text), &rule), row->ok);
	for (t = Y2024; row->ok && t < Y2038; t += 97 * HOUR) {
		tzrule_at(&rule, t, &span);
		assert_true(span.from <= t && t < span.to);
	}
}

/* A damaged file is refused wherever it is cut or changed. */
static void
test_damaged_file(void **state)
{
	static char data[8192], copy[8192];
	struct arena *a = arena_new();
	struct tzif tz;
	struct tzspan span;
	size_t n, i;
	FILE *f = fopen("/usr/share/zoneinfo/Europe/Zurich", "re");

	(void)state;
	if (f == NULL)
		skip();
	n = fread(data, 1, sizeof(data), f);
	(void)fclose(f);
	assert_int_equal(tzif_parse(a, span_make(data, n), &tz, NULL), 0);
	for (i = 0; i < n; i++)
		assert_int_equal(tzif_parse(a, span_make(data, i), &tz, NULL),
		    -1);
	for (i = 0; i < n; i++) {
		memcpy(copy, data, n);
		copy[i] = (char)0xff;
		if (tzif_parse(a, span_make(copy, n), &tz, NULL) == 0)
			tzif_at(&tz, 1802260800, &span);
	}
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_abbreviations),
		cmocka_unit_test(test_unknown_vtimezone),
		cmocka_unit_test(test_windows_all_known),
		cmocka_unit_test(test_damaged_file),
		cmocka_unit_test(test_all_zones_as_libc),
		cmocka_unit_test(test_all_vtimezones),
	};
	int failures = 0;

	failures += TEST_ROWS("zone_find", find_rows, test_find);
	failures += TEST_ROWS("zone_to_utc", time_rows, test_time);
	failures += TEST_ROWS("zone_vtimezone", text_rows, test_text);
	failures += TEST_ROWS("tzrule_parse", rule_rows, test_rule);
	failures += cmocka_run_group_tests(tests, NULL, NULL);
	return test_exit(failures);
}
