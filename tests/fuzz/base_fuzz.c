/* SPDX-License-Identifier: ISC */
/*
 * The readers of base over one input: dates, numbers, encodings, clean-up of
 * text and the decoder. Checks what must hold for any input whatever.
 */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/civil.h"
#include "base/codec.h"
#include "base/crypt.h"
#include "base/json.h"
#include "base/str.h"
#include "base/utf8.h"

static void
must(int condition)
{
	if (!condition)
		abort();
}

static void
fuzz_text(struct arena *a, struct span in)
{
	struct str out = STR_EMPTY;
	struct json j;
	char *clean, *line;

	clean = utf8_clean(a, in);
	line = utf8_line(a, in);
	must(utf8_is_valid(span_of(clean)) && utf8_is_valid(span_of(line)));
	must(strpbrk(line, "\r\n\t") == NULL);
	must(utf8_truncate(in, in.n / 2).n <= in.n / 2);
	json_init(&j, &out);
	json_str(&j, NULL, arena_strndup(a, in.p, in.n));
	must(utf8_is_valid(str_span(&out)));
	str_done(&out);
}

static void
fuzz_date(struct arena *a, struct span in)
{
	int64_t at, again;

	if (civil_parse_rfc5322(in, &at))
		(void)civil_rfc5322(a, at);
	if (civil_parse_rfc3339(in, &at)) {
		must(civil_parse_rfc3339(span_of(civil_rfc3339(a, at)),
		    &again));
		/* An offset may lead just outside the years 1 to 9999. */
		must(again == at || at < -62135596800 || at > 253402300799);
	}
}

static void
fuzz_codes(struct span in)
{
	struct str raw = STR_EMPTY, text = STR_EMPTY, back = STR_EMPTY;
	uint64_t number;
	uint8_t token[16];

	if (crypt_unbase64(&raw, in)) {
		crypt_base64_lines(&text, str_span(&raw));
		must(crypt_unbase64(&back, str_span(&text)));
		must(span_eq(str_span(&raw), str_span(&back)));
	}
	(void)crypt_unbase32(in, token, sizeof(token));
	(void)crypt_unhex(in, token, sizeof(token));
	(void)span_u64(in, UINT32_MAX, &number);
	str_done(&raw);
	str_done(&text);
	str_done(&back);
}

static void
fuzz_decoder(struct arena *a, struct span in)
{
	struct dec d;
	uint32_t n;

	dec_init(&d, a, in);
	for (n = dec_count(&d, 1000); n > 0 && !d.bad; n--) {
		must(dec_str(&d) != NULL);
		must(dec_bytes(&d).p != NULL);
		(void)dec_i64(&d);
	}
	must(d.pos <= in.n);
	(void)dec_end(&d);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_make((const char *)data, size);
	struct arena *a = arena_new();

	fuzz_text(a, in);
	fuzz_date(a, in);
	fuzz_codes(in);
	fuzz_decoder(a, in);
	arena_free(a);
	return 0;
}
