/* SPDX-License-Identifier: ISC */
/* Hashes against published vectors; encodings both ways; refused spellings. */
#include "tests/test.h"

#include <string.h>

#include "base/arena.h"
#include "base/crypt.h"
#include "base/str.h"

#define LIT(s) { s, sizeof(s) - 1 }

struct hash_row {
	const char *name;
	struct span key, data;
	const char *hex;	/* SHA-256, or HMAC if there is a key */
};

static const struct hash_row hashes[] = {
	{ "SHA-256 of nothing", { NULL, 0 }, { NULL, 0 },
	    "e3b0c44298fc1c149afbf4c8996fb924"
	    "27ae41e4649b934ca495991b7852b855" },
	{ "SHA-256 of abc (FIPS 180)", { NULL, 0 }, LIT("abc"),
	    "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad" },
	{ "HMAC (RFC 4231 case 2)", LIT("Jefe"),
	    LIT("what do ya want for nothing?"),
	    "5bdcc146bf60754e6a042426089575c7"
	    "5a003f089d2739839dec58b964ec3843" },
	{ "HMAC of nothing", LIT("Jefe"), { NULL, 0 },
	    "923598ca6d64af2a5dba79dcd021a8a0"
	    "fe5c5f557519adaaf0ad532d4506dd30" },
};

static void
test_hash(void **state)
{
	const struct hash_row *row = *state;
	struct arena *a = arena_new();
	uint8_t out[SHA256_LEN], want[SHA256_LEN];

	if (row->key.n > 0)
		crypt_hmac(row->key, row->data, out);
	else
		crypt_sha256(row->data, out);
	assert_string_equal(crypt_hex(a, out, sizeof(out)), row->hex);
	assert_true(crypt_unhex(span_of(row->hex), want, sizeof(want)));
	assert_true(crypt_equal(out, want, sizeof(want)));
	want[31] ^= 1;
	assert_false(crypt_equal(out, want, sizeof(want)));
	arena_free(a);
}

struct code_row {
	const char *name;
	struct span raw;
	const char *base32, *base64;
};

/* RFC 4648 section 10, base32 in lower case without padding. */
static const struct code_row codes[] = {
	{ "empty", LIT(""), "", "" },
	{ "one byte", LIT("f"), "my", "Zg==" },
	{ "two bytes", LIT("fo"), "mzxq", "Zm8=" },
	{ "three bytes", LIT("foo"), "mzxw6", "Zm9v" },
	{ "four bytes", LIT("foob"), "mzxw6yq", "Zm9vYg==" },
	{ "five bytes", LIT("fooba"), "mzxw6ytb", "Zm9vYmE=" },
	{ "six bytes", LIT("foobar"), "mzxw6ytboi", "Zm9vYmFy" },
	{ "all bits", LIT("\xFF\xFE\xFD\xFC\xFB\xFA"), "777p37h37i",
	    "//79/Pv6" },
	{ "zero bytes", LIT("\0\0\0"), "aaaaa", "AAAA" },
};

static void
test_code(void **state)
{
	const struct code_row *row = *state;
	struct arena *a = arena_new();
	struct str s = STR_EMPTY;
	char back[16];

	assert_string_equal(crypt_base32(a, row->raw.p, row->raw.n),
	    row->base32);
	assert_true(crypt_unbase32(span_of(row->base32), back, row->raw.n));
	assert_memory_equal(back, row->raw.p, row->raw.n);
	crypt_base64(&s, row->raw);
	assert_string_equal(str_get(&s), row->base64);
	str_clear(&s);
	str_adds(&s, "kept:");
	assert_true(crypt_unbase64(&s, span_of(row->base64)));
	assert_int_equal(s.len, 5 + row->raw.n);
	assert_memory_equal(s.data + 5, row->raw.p, row->raw.n);
	str_done(&s);
	arena_free(a);
}

struct bad_row {
	const char *name;
	const char *text;
	size_t n;
	bool ok;
};

static const struct bad_row base32s[] = {
	{ "upper case is read", "MZXW6", 3, true },
	{ "wrong length", "mzxw6", 4, false },
	{ "too long", "mzxw6a", 3, false },
	{ "padding", "mzxw6===", 3, false },
	{ "digit that is none", "mzxw1", 3, false },
	{ "left-over bits set", "mz", 1, false },
	{ "left-over bits set behind three", "mzxw7", 3, false },
	{ "empty for empty", "", 0, true },
	{ "empty for more", "", 1, false },
};

static void
test_base32(void **state)
{
	const struct bad_row *row = *state;
	char out[8] = "-------";

	assert_int_equal(crypt_unbase32(span_of(row->text), out, row->n),
	    row->ok);
	if (!row->ok)
		assert_string_equal(out, "-------");
}

static const struct bad_row base64s[] = {
	{ "line breaks are ignored", "Zm9v\r\nYmFy\n", 6, true },
	{ "break inside a group", "Zm\r\n9v", 3, true },
	{ "break in the padding", "Zg=\r\n=", 1, true },
	{ "no padding", "Zg", 0, false },
	{ "half the padding", "Zg=", 0, false },
	{ "too much padding", "Zm9v=", 0, false },
	{ "three pads", "Z===", 0, false },
	{ "data after padding", "Zg==Zg==", 0, false },
	{ "blank", "Zm 9v", 0, false },
	{ "URL alphabet", "Zm9-", 0, false },
	{ "left-over bits set", "Zh==", 0, false },
	{ "padding alone", "====", 0, false },
};

static void
test_base64(void **state)
{
	const struct bad_row *row = *state;
	struct str s = STR_EMPTY;

	str_adds(&s, "kept");
	assert_int_equal(crypt_unbase64(&s, span_of(row->text)), row->ok);
	assert_int_equal(s.len, 4 + row->n);
	assert_int_equal(s.data[s.len], '\0');
	str_done(&s);
}

static const struct bad_row hexes[] = {
	{ "right", "00ff", 2, true },
	{ "upper case", "00FF", 2, false },
	{ "odd", "00f", 1, false },
	{ "too short", "00ff", 3, false },
	{ "no digit", "00fg", 2, false },
};

static void
test_hex(void **state)
{
	const struct bad_row *row = *state;
	uint8_t out[4];

	assert_int_equal(crypt_unhex(span_of(row->text), out, row->n),
	    row->ok);
}

struct line_row {
	const char *name;
	size_t n;
	size_t lines, last;
};

static const struct line_row lines[] = {
	{ "nothing gives no line", 0, 0, 0 },
	{ "one full line", 57, 1, 76 },
	{ "one byte more", 58, 2, 4 },
	{ "two full lines", 114, 2, 76 },
};

static void
test_lines(void **state)
{
	const struct line_row *row = *state;
	struct str s = STR_EMPTY, back = STR_EMPTY;
	char raw[200];
	struct span rest, line;
	size_t count = 0, last = 0;

	memset(raw, 'x', sizeof(raw));
	crypt_base64_lines(&s, span_make(raw, row->n));
	rest = str_span(&s);
	while (rest.n > 0) {
		line = span_line(&rest);
		assert_true(line.n <= 76);
		last = line.n;
		count++;
	}
	assert_int_equal(count, row->lines);
	assert_int_equal(last, row->last);
	assert_true(crypt_unbase64(&back, str_span(&s)));
	assert_int_equal(back.len, row->n);
	str_done(&s);
	str_done(&back);
}

static void
test_random(void **state)
{
	uint8_t a[32] = { 0 }, b[32] = { 0 };

	(void)state;
	crypt_random(a, sizeof(a));
	crypt_random(b, sizeof(b));
	assert_memory_not_equal(a, b, sizeof(a));
	crypt_random(a, 0);
}

int
main(void)
{
	const struct CMUnitTest single[] = {
		cmocka_unit_test(test_random),
	};
	int failed = 0;

	failed += TEST_ROWS("crypt_hash", hashes, test_hash);
	failed += TEST_ROWS("crypt_code", codes, test_code);
	failed += TEST_ROWS("crypt_unbase32", base32s, test_base32);
	failed += TEST_ROWS("crypt_unbase64", base64s, test_base64);
	failed += TEST_ROWS("crypt_unhex", hexes, test_hex);
	failed += TEST_ROWS("crypt_base64_lines", lines, test_lines);
	failed += cmocka_run_group_tests_name("crypt", single, NULL, NULL);
	return test_exit(failed);
}
