/* SPDX-License-Identifier: ISC */
/*
 * Time zones: the input is a name, a POSIX rule and a zone file at once. Any
 * instant asked for must lie in the stretch that is given.
 */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/str.h"
#include "cal/tzif.h"
#include "cal/vtimezone.h"
#include "cal/zone.h"

static void
must(int condition)
{
	if (!condition)
		abort();
}

static void
check_zone(const struct tzif *tz)
{
	static const int64_t probes[] = {
		-62135596800, -1, 0, 1802260800, 2145916800, 253402300799,
	};
	struct str out = STR_EMPTY;
	struct tzspan s;
	size_t i;

	for (i = 0; i < sizeof(probes) / sizeof(probes[0]); i++) {
		tzif_at(tz, probes[i], &s);
		must(s.from <= probes[i] && probes[i] < s.to);
	}
	vtimezone_write(&out, "X", tz, 1802260800);
	str_done(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct span in = span_make((const char *)data, size);
	struct tzif_type type = { 0, false, "UTC" };
	struct tzif tz;
	const char *found;
	int64_t at;
	struct civil c = { 2027, 2, 10, 12, 0, 0 };

	found = zone_find(a, arena_strndup(a, in.p, in.n));
	if (found != NULL)
		must(zone_to_utc(found, &c, &at) >= 0);
	if (tzif_parse(a, in, &tz, NULL) == 0)
		check_zone(&tz);
	tz = (struct tzif){ NULL, NULL, 0, &type, 1, false, { 0 } };
	tz.has_rule = tzrule_parse(in, &tz.rule);
	if (tz.has_rule)
		check_zone(&tz);
	arena_free(a);
	return 0;
}
