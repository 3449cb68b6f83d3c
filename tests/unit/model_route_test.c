/* SPDX-License-Identifier: ISC */
/* What addresses of our own mean: literal table. */
#include "tests/test.h"

#include "base/arena.h"
#include "model/route.h"
#include "model/settings.h"

struct row {
	const char *name;
	const char *addr;
	int want;		/* verb, or -1 */
	const char *list;
	const char *token;
};

static struct list_settings lists[] = {
	{ .name = "jca", .domain = "lists.example" },
	{ .name = "jca-who", .domain = "lists.example" },
	{ .name = "jca", .domain = "other.example" },
};
static const struct settings settings = { .lists = lists, .n_lists = 3 };

static const struct row rows[] = {
	{ "the list itself", "jca@lists.example", ROUTE_POST, "jca", "" },
	{ "any case", "JCA@Lists.Example", ROUTE_POST, "jca", "" },
	{ "a verb", "jca-subscribe@lists.example", ROUTE_SUBSCRIBE, "jca",
	    "" },
	{ "a synonym", "jca-join@lists.example", ROUTE_SUBSCRIBE, "jca", "" },
	{ "plus for hyphen", "jca+leave@lists.example", ROUTE_UNSUBSCRIBE,
	    "jca", "" },
	{ "a token in lower case", "jca-confirm-ABC2@lists.example",
	    ROUTE_CONFIRM, "jca", "abc2" },
	{ "a token after plus", "jca-confirm+abc@lists.example",
	    ROUTE_CONFIRM, "jca", "abc" },
	{ "confirm without a token", "jca-confirm@lists.example",
	    ROUTE_CONFIRM, "jca", "" },
	{ "ok needs a token", "jca-ok@lists.example", -1, "", "" },
	{ "subscribe takes no token", "jca-subscribe-x@lists.example", -1,
	    "", "" },
	{ "bounces without token", "jca-bounces@lists.example",
	    ROUTE_BOUNCES, "jca", "" },
	{ "VERP", "jca-b-abc@lists.example", ROUTE_BOUNCES, "jca", "abc" },
	{ "organizer of a member", "jca-m-abc@lists.example", ROUTE_MEETING,
	    "jca", "abc" },
	{ "the longest list name wins", "jca-who@lists.example", ROUTE_POST,
	    "jca-who", "" },
	{ "a verb of the longer list", "jca-who-help@lists.example",
	    ROUTE_HELP, "jca-who", "" },
	{ "the domain decides the list", "jca-who@other.example", ROUTE_WHO,
	    "jca", "" },
	{ "a token is letters and digits", "jca-ok-a.b@lists.example", -1,
	    "", "" },
	{ "an empty token is none", "jca-ok-@lists.example", -1, "", "" },
	{ "an unknown verb", "jca-unknown@lists.example", -1, "", "" },
	{ "an unknown list", "other@lists.example", -1, "", "" },
	{ "an unknown domain", "jca@elsewhere.example", -1, "", "" },
	{ "no domain", "jca", -1, "", "" },
	{ "no local part", "@lists.example", -1, "", "" },
	{ "a local part over 64 octets", "jca-confirm-aaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@lists.example", -1, "", "" },
};

static void
check(void **state)
{
	const struct row *r = *state;
	struct arena *a = arena_new();
	struct route out = { 0 };
	int rc = route_parse(a, &settings, r->addr, &out);

	assert_int_equal(rc, r->want < 0 ? -1 : 0);
	if (rc == 0) {
		assert_int_equal(out.verb, r->want);
		assert_string_equal(out.list->name, r->list);
		assert_string_equal(out.token, r->token);
	}
	arena_free(a);
}

static void
formats_back(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	assert_string_equal(route_format(a, &lists[0], ROUTE_POST, ""),
	    "jca@lists.example");
	assert_string_equal(route_format(a, &lists[0], ROUTE_CONFIRM, "x2"),
	    "jca-confirm-x2@lists.example");
	assert_string_equal(route_format(a, &lists[0], ROUTE_BOUNCES, ""),
	    "jca-bounces@lists.example");
	assert_string_equal(route_format(a, &lists[0], ROUTE_BOUNCES, "q"),
	    "jca-b-q@lists.example");
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest more[] = {
		cmocka_unit_test(formats_back),
	};

	return test_exit(TEST_ROWS("route", rows, check) +
	    cmocka_run_group_tests_name("route-format", more, NULL, NULL));
}
