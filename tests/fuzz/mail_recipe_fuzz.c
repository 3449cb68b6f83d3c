/* SPDX-License-Identifier: ISC */
/*
 * Recipes over one input. As a mail: the post made of it has none of the
 * fields that were to be dropped, and the same body. As an encoded recipe:
 * one that passes the check can be applied.
 */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/codec.h"
#include "base/str.h"
#include "mail/header.h"
#include "mail/parse.h"
#include "mail/recipe.h"

static void
must(int condition)
{
	if (!condition)
		abort();
}

static void
fuzz_post(struct arena *a, struct span in)
{
	static const char *const drop[] = { "list-*", "bcc", "return-path",
		"authentication-results", NULL };
	static const struct header_limits limits = { 300000, 1100, 100000 };
	struct str out = STR_EMPTY;
	struct recipe_builder b;
	const struct recipe *r;
	struct header h;
	struct digest d;
	size_t i;

	parse_mail(a, in, "", parse_defaults(), NULL, &d);
	if (d.refused[0] != '\0')
		return;
	recipe_begin(&b, a);
	recipe_texts(&b, "X-New: 1\r\n");
	recipe_post(&b, &d, drop);
	r = recipe_end(&b);
	must(recipe_check(r, in.n, 0, NULL) == 0);
	recipe_apply(r, in, NULL, 0, &out);
	must(header_split(a, str_span(&out), &limits, &h, NULL) == 0);
	must(span_is(h.fields[0].name, "X-New"));
	for (i = 0; i < h.n; i++)
		must(!span_has_prefixi(h.fields[i].name, "list-") &&
		    !span_isi(h.fields[i].name, "bcc"));
	must(span_eq(span_sub(str_span(&out), h.end, out.len),
	    span_sub(in, d.header_len, in.n)));
	str_done(&out);
}

static void
fuzz_recipe(struct arena *a, struct span in)
{
	static const struct var vars[2] = { { "one" }, { "" } };
	struct str out = STR_EMPTY;
	struct recipe r;
	struct dec dec;

	dec_init(&dec, a, in);
	wire_get_recipe(&dec, &r);
	if (dec_end(&dec) && recipe_check(&r, 100, 2, NULL) == 0)
		recipe_apply(&r, span_make("0123456789012345678901234567890"
		    "12345678901234567890123456789012345678901234567890123456"
		    "7890123456789", 100), vars, 2, &out);
	str_done(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct span in = span_make((const char *)data, size);

	fuzz_post(a, in);
	fuzz_recipe(a, in);
	arena_free(a);
	return 0;
}
