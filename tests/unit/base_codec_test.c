/* SPDX-License-Identifier: ISC */
/* Codec: round trips, the bytes on the wire, and hostile input. */
#include "tests/test.h"

#include <string.h>

#include "base/arena.h"
#include "base/codec.h"
#include "base/str.h"

#define LIT(s) { s, sizeof(s) - 1 }

static void
test_round_trip(void **state)
{
	struct arena *a = arena_new();
	struct str s = STR_EMPTY;
	struct span bytes;
	struct dec d;

	(void)state;
	enc_u32(&s, 0xDEADBEEF);
	enc_i64(&s, INT64_MIN);
	enc_i64(&s, -2);
	enc_str(&s, "Gen\xC3\xA8ve");
	enc_str(&s, NULL);
	enc_bytes(&s, span_make("a\0b", 3));
	enc_u32(&s, 2);
	enc_u32(&s, 7);
	enc_u32(&s, 8);
	dec_init(&d, a, str_span(&s));
	assert_true(dec_u32(&d) == 0xDEADBEEF);
	assert_true(dec_i64(&d) == INT64_MIN);
	assert_true(dec_i64(&d) == -2);
	assert_string_equal(dec_str(&d), "Gen\xC3\xA8ve");
	assert_string_equal(dec_str(&d), "");
	bytes = dec_bytes(&d);
	assert_int_equal(bytes.n, 3);
	assert_memory_equal(bytes.p, "a\0b", 3);
	assert_false(dec_end(&d));
	assert_int_equal(dec_count(&d, 10), 2);
	assert_int_equal(dec_u32(&d), 7);
	assert_int_equal(dec_u32(&d), 8);
	assert_true(dec_end(&d));
	str_done(&s);
	arena_free(a);
}

static void
test_wire(void **state)
{
	struct str s = STR_EMPTY;

	(void)state;
	enc_u32(&s, 0x01020304);
	enc_i64(&s, 0x0102030405060708);
	enc_str(&s, "ab");
	assert_int_equal(s.len, 18);
	assert_memory_equal(s.data, "\4\3\2\1" "\10\7\6\5\4\3\2\1"
	    "\2\0\0\0" "ab", 18);
	str_done(&s);
}

enum what { U32, I64, STR, BYTES, COUNT };

struct bad_row {
	const char *name;
	struct span in;
	enum what what;
	bool bad;
};

static const struct bad_row bads[] = {
	{ "empty input", LIT(""), U32, true },
	{ "three bytes of four", LIT("\1\2\3"), U32, true },
	{ "exactly four", LIT("\1\2\3\4"), U32, false },
	{ "seven bytes of eight", LIT("\1\2\3\4\5\6\7"), I64, true },
	{ "string longer than the input", LIT("\3\0\0\0ab"), STR, true },
	{ "string of huge length", LIT("\377\377\377\377ab"), STR, true },
	{ "string with a NUL", LIT("\3\0\0\0a\0b"), STR, true },
	{ "bytes with a NUL", LIT("\3\0\0\0a\0b"), BYTES, false },
	{ "empty string", LIT("\0\0\0\0"), STR, false },
	{ "count above the limit", LIT("\13\0\0\0" "01234567890"), COUNT,
	    true },
	{ "count at the limit", LIT("\12\0\0\0" "0123456789"), COUNT, false },
	{ "count above the bytes left", LIT("\5\0\0\0abcd"), COUNT, true },
};

static void
test_bad(void **state)
{
	const struct bad_row *row = *state;
	struct arena *a = arena_new();
	struct dec d;

	dec_init(&d, a, row->in);
	switch (row->what) {
	case U32:
		(void)dec_u32(&d);
		break;
	case I64:
		(void)dec_i64(&d);
		break;
	case STR:
		assert_non_null(dec_str(&d));
		break;
	case BYTES:
		assert_non_null(dec_bytes(&d).p);
		break;
	case COUNT:
		(void)dec_count(&d, 10);
		break;
	}
	assert_int_equal(d.bad, row->bad);
	if (row->bad) {
		/* After a violation everything reads as zero. */
		assert_int_equal(dec_u32(&d), 0);
		assert_true(dec_i64(&d) == 0);
		assert_string_equal(dec_str(&d), "");
		assert_int_equal(dec_count(&d, 100), 0);
		assert_false(dec_end(&d));
	}
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest single[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_wire),
	};
	int failed = 0;

	failed += TEST_ROWS("dec", bads, test_bad);
	failed += cmocka_run_group_tests_name("codec", single, NULL, NULL);
	return test_exit(failed);
}
