/* SPDX-License-Identifier: ISC */
/*
 * A calendar part of any bytes: read twice into one digest (inline part and
 * attached file). What comes out must be bounded and clean.
 */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/codec.h"
#include "base/str.h"
#include "base/utf8.h"
#include "cal/read.h"

static void
must(int condition)
{
	if (!condition)
		abort();
}

static void
check_itip(const struct itip *it)
{
	size_t i;

	must(utf8_is_valid(span_of(it->summary)));
	must(utf8_is_valid(span_of(it->description)));
	must(utf8_is_valid(span_of(it->problem)));
	must(strpbrk(it->summary, "\r\n") == NULL);
	must(strpbrk(it->uid, "\r\n") == NULL);
	must(it->end_at == 0 || it->end_at >= it->start_at);
	must(it->n_attendees <= 200);
	for (i = 0; i < it->n_attendees; i++) {
		const char *addr = it->attendees[i].addr;

		must(strchr(addr, '@') != NULL);
		must(strpbrk(addr, " \r\n\t<>") == NULL);
		must(utf8_is_valid(span_of(it->attendees[i].name)));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct span in = span_make((const char *)data, size);
	struct str wire = STR_EMPTY;
	struct digest d;
	size_t i, n;

	memset(&d, 0, sizeof(d));
	cal_read(a, in, size % 2 == 0 ? "REPLY" : NULL, &d);
	n = d.n_itips;
	must(n >= 1 && n <= 20);
	cal_read(a, in, size % 2 == 0 ? "REPLY" : NULL, &d);
	must(d.n_itips >= n && d.n_itips <= 20);
	for (i = 0; i < d.n_itips; i++) {
		check_itip(&d.itips[i]);
		wire_put_itip(&wire, &d.itips[i]);
	}
	must(wire.len <= 24000);
	str_done(&wire);
	arena_free(a);
	return 0;
}
