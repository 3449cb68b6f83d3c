/* SPDX-License-Identifier: ISC */
/*
 * Header blocks over one input: fields must follow one another within it, and
 * decoded values must be clean lines.
 */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/utf8.h"
#include "mail/header.h"
#include "mail/param.h"

static void
must(int condition)
{
	if (!condition)
		abort();
}

static void
is_line(const char *text)
{
	must(utf8_is_valid(span_of(text)));
	must(strpbrk(text, "\r\n\t\x1B\x7F") == NULL);
}

static void
check_field(struct arena *a, const struct header_field *f)
{
	struct params p;
	struct err err;

	is_line(header_text(a, f));
	must(strpbrk(header_value(a, f), "\r\n") == NULL);
	must(f->name.n > 0 && f->name.n <= f->len);
	if (param_parse(a, f->raw_value, 100, &p, &err) != 0)
		return;
	must(p.value != NULL && p.n <= 101);
	is_line(param_text(a, &p, "name"));
	(void)param_raw(a, &p, "boundary");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct header_limits limits = { 262144, 1000, 100000 };
	struct arena *a = arena_new();
	struct span in = span_make((const char *)data, size);
	struct header h, strict;
	struct err err = { ERR_NONE, "" };
	size_t i, pos = 0;

	must((header_scan(a, in, &limits, &h, &err) == 0) ==
	    (header_split(a, in, &limits, &strict, NULL) == 0));
	must(utf8_is_valid(span_of(err.text)));
	for (i = 0; i < h.n; i++) {
		must(h.fields[i].off >= pos);
		pos = h.fields[i].off + h.fields[i].len;
		check_field(a, &h.fields[i]);
	}
	must(h.n <= 1000 && pos <= h.end && h.end <= size);
	arena_free(a);
	return 0;
}
