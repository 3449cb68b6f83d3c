/* SPDX-License-Identifier: ISC */
/*
 * Whole mails over one input: the digest keeps its limits, holds clean text
 * only, and goes through the wire; the report for people is valid UTF-8.
 */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/codec.h"
#include "base/str.h"
#include "base/utf8.h"
#include "mail/parse.h"

static void
must(int condition)
{
	if (!condition)
		abort();
}

static void
is_text(const char *text)
{
	must(text != NULL && utf8_is_valid(span_of(text)));
	must(strpbrk(text, "\r\x1B\x7F") == NULL);
}

/* Every string of the digest. */
static void
check_strings(const struct digest *d)
{
#define CHECK_str(n) is_text(d->n);
#define CHECK_u32(n)
#define CHECK_i64(n)
#define CHECK_flag(n)
#define CHECK_F(kind, n) CHECK_##kind(n)
#define CHECK_L(type, n, max) must(d->n_##n <= max);
	DIGEST_FIELDS(CHECK_F, CHECK_L)
}

static void
check_lists(const struct digest *d, size_t size)
{
	size_t i, pos = 0;

	for (i = 0; i < d->n_cuts; i++) {
		must(d->cuts[i].off >= pos);
		pos = (size_t)d->cuts[i].off + d->cuts[i].len;
		is_text(d->cuts[i].name);
	}
	must(pos <= d->header_len && d->header_len <= size);
	for (i = 0; i < d->n_leaves; i++) {
		is_text(d->leaves[i].type);
		is_text(d->leaves[i].charset);
		is_text(d->leaves[i].name);
		is_text(d->leaves[i].disposition);
		must(d->leaves[i].size >= 0);
	}
	for (i = 0; i < d->n_dsns; i++) {
		is_text(d->dsns[i].recipient);
		is_text(d->dsns[i].action);
		is_text(d->dsns[i].status);
		is_text(d->dsns[i].diagnostic);
	}
}

static void
on_calendar(struct arena *a, struct span ics, const char *method,
    struct digest *d)
{
	(void)a;
	(void)d;
	must(utf8_is_valid(ics) && ics.n <= 262145);
	is_text(method);
}

static void
check_wire(struct arena *a, const struct digest *d)
{
	struct str out = STR_EMPTY, again = STR_EMPTY;
	struct digest back;
	struct dec dec;

	wire_put_digest(&out, d);
	dec_init(&dec, a, str_span(&out));
	wire_get_digest(&dec, &back);
	must(dec_end(&dec));
	wire_put_digest(&again, &back);
	must(span_eq(str_span(&out), str_span(&again)));
	str_done(&out);
	str_done(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct parse_limits limits = *parse_defaults();
	struct arena *a = arena_new();
	struct span in = span_make((const char *)data, size);
	struct str out = STR_EMPTY;
	struct digest d;

	limits.text = size % 3 == 0 ? size / 8 : limits.text;
	parse_mail(a, in, "mx.itu-t.example", &limits, on_calendar, &d);
	must(strlen(d.text) <= limits.text);
	must(d.size == (int64_t)size);
	check_strings(&d);
	check_lists(&d, size);
	check_wire(a, &d);
	parse_mail(a, parse_canonical(a, in), "", parse_defaults(),
	    on_calendar, &d);
	check_strings(&d);
	parse_debug(a, in, "file", &out);
	must(utf8_is_valid(str_span(&out)));
	str_done(&out);
	arena_free(a);
	return 0;
}
