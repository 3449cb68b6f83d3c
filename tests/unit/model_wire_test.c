/* SPDX-License-Identifier: ISC */
/* Structs of the wire: what goes in comes out, and broken input is refused. */
#include "tests/test.h"

#include <string.h>
#include "base/arena.h"
#include "base/codec.h"
#include "base/str.h"
#include "model/wire.h"

static void
encode_sample(struct str *out)
{
	struct address rcpts[] = { { "a@one.example" }, { "b@two.example" } };
	struct mail m = { .txn = 7, .file = "f1", .size = 123456789012,
		.sender = "", .peer = "p", .eight_bit = true, .utf8 = false,
		.lmtp = true, .rcpts = rcpts, .n_rcpts = 2 };

	wire_put_mail(out, &m);
}

static void
a_mail_comes_back_whole(void **state)
{
	struct arena *a = arena_new();
	struct str buf = STR_EMPTY;
	struct mail m;
	struct dec d;

	(void)state;
	encode_sample(&buf);
	dec_init(&d, a, str_span(&buf));
	wire_get_mail(&d, &m);
	assert_true(dec_end(&d));
	assert_int_equal(m.txn, 7);
	assert_true(m.size == 123456789012);
	assert_string_equal(m.sender, "");
	assert_true(m.eight_bit && m.lmtp && !m.utf8);
	assert_int_equal(m.n_rcpts, 2);
	assert_string_equal(m.rcpts[1].addr, "b@two.example");
	str_done(&buf);
	arena_free(a);
}

static void
every_shorter_message_is_refused(void **state)
{
	struct str buf = STR_EMPTY;

	(void)state;
	encode_sample(&buf);
	for (size_t n = 0; n < buf.len; n++) {
		struct arena *a = arena_new();
		struct mail m;
		struct dec d;

		dec_init(&d, a, span_make(buf.data, n));
		wire_get_mail(&d, &m);
		assert_false(dec_end(&d));
		arena_free(a);
	}
	str_done(&buf);
}

static void
a_list_over_its_limit_is_refused(void **state)
{
	struct arena *a = arena_new();
	struct str buf = STR_EMPTY;
	struct results r;
	struct dec d;

	(void)state;
	enc_u32(&buf, 1);
	enc_u32(&buf, 1);
	enc_u32(&buf, 1000000);
	for (int i = 0; i < 4000; i++)
		enc_u32(&buf, 0);
	dec_init(&d, a, str_span(&buf));
	wire_get_results(&d, &r);
	assert_true(d.bad);
	str_done(&buf);
	arena_free(a);
}

static void
a_flag_is_zero_or_one(void **state)
{
	struct arena *a = arena_new();
	struct str buf = STR_EMPTY;
	struct results r;
	struct dec d;

	(void)state;
	enc_u32(&buf, 1);
	enc_u32(&buf, 2);
	enc_u32(&buf, 0);
	dec_init(&d, a, str_span(&buf));
	wire_get_results(&d, &r);
	assert_true(d.bad);
	str_done(&buf);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mail_comes_back_whole),
		cmocka_unit_test(every_shorter_message_is_refused),
		cmocka_unit_test(a_list_over_its_limit_is_refused),
		cmocka_unit_test(a_flag_is_zero_or_one),
	};

	return test_exit(cmocka_run_group_tests_name("wire", tests, NULL,
	    NULL));
}
