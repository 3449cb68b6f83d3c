/* SPDX-License-Identifier: ISC */
/* Members added and removed at the console: every wrong value is named. */
#include "tests/unit/list_fixture.h"

struct add {
	const char *name;
	const char *addr, *who_name, *category, *body, *role;
	int64_t id;
	const char *want;	/* actions, or part of the error */
	bool fails;
};

static const struct add rows[] = {
	{ "a new member is welcome", "new@telco-y.example", "Finn Dummy",
	    "itu-t-sg", "SG13", "representative", 0,
	    "save(active itu-t-sg SG13), welcome>new", false },
	{ "an alias is stored by its name", "new@telco-y.example", "",
	    "External", "etsi", "Alternate", 0,
	    "save(active external ETSI ISG QKD), welcome>new", false },
	{ "a change is not a welcome", "eve@lab-e.example", "Eve Mockup",
	    "itu-t-sg", "SG13", "alternate", 6,
	    "save(active itu-t-sg SG13)", false },
	{ "who waits is admitted", "Pia@pending.example", "Pia", "external",
	    "ETSI", "representative", 0,
	    "save(active external ETSI ISG QKD), welcome>Pia", false },
	{ "a member is not added twice", "eve@lab-e.example", "", "itu-t-sg",
	    "SG13", "representative", 0, "is a member already: SG11, "
	    "category itu-t-sg", true },
	{ "nor in capitals", "EVE@Lab-E.example", "", "itu-t-sg", "SG13",
	    "representative", 0, "is a member already", true },
	{ "a change to another member's address is refused",
	    "wim@isgqkd.example", "", "itu-t-sg", "SG13", "representative",
	    6, "is a member already", true },
	{ "a bad address is named", "eve at lab", "", "itu-t-sg", "SG13",
	    "representative", 0, "address \"eve at lab\"", true },
	{ "our own address is refused", LIST_ADDR, "", "itu-t-sg", "SG13",
	    "representative", 0, "is one of our own", true },
	{ "our own command address is refused",
	    "jca-qkdn+help@lists.itu-t.example", "", "itu-t-sg", "SG13",
	    "representative", 0, "is one of our own", true },
	{ "an unknown category is named", "new@telco-y.example", "", "kings",
	    "SG13", "representative", 0, "category \"kings\"", true },
	{ "an unknown body is named", "new@telco-y.example", "", "itu-t-sg",
	    "SG99", "representative", 0, "body \"SG99\"", true },
	{ "no body is fine", "new@telco-y.example", "", "expert", "",
	    "observer", 0, "save(active expert ), welcome>new", false },
	{ "an unknown role is named", "new@telco-y.example", "", "itu-t-sg",
	    "SG13", "king", 0, "role \"king\" is none of representative",
	    true },
	{ "a name that is not UTF-8 is refused", "new@telco-y.example",
	    "\xFF", "itu-t-sg", "SG13", "representative", 0, "not UTF-8",
	    true },
};

static void
add(void **state)
{
	const struct add *r = *state;
	const struct row mail = { .from = "cleo@tsb.example" };
	struct seat seat = { 0, r->category, r->body, r->role, "", 0, 0 };
	struct member m = { .id = r->id, .list = "", .addr = r->addr,
		.key = r->addr, .name = r->who_name, .lang = "", .zone = "",
		.token = "", .mail_on = true, .seats = &seat, .n_seats = 1 };
	struct err err = { 0 };
	struct fixture f;
	int rc;

	fixture_begin(&f, &mail);
	rc = list_member_add(&f.snap, &m, "root", &f.actions, &err);
	assert_int_equal(rc, r->fails ? -1 : 0);
	if (r->fails && strstr(err.text, r->want) == NULL)
		fail_msg("error is: %s", err.text);
	if (!r->fails)
		assert_string_equal(summary(&f), r->want);
	if (strncmp(r->addr, "Pia", 3) == 0)
		assert_int_equal(f.actions.items[0].member.id, 41);
	(void)dump(&f);
	fixture_end(&f);
}

struct removal {
	const char *name;
	enum member_state state;
	const char *want;
};

static const struct removal removals[] = {
	{ "an active member is removed", MEMBER_ACTIVE,
	    "end(6), goodbye>eve" },
	{ "a waiting one too", MEMBER_PENDING, "end(6), goodbye>eve" },
	{ "who is gone is gone", MEMBER_GONE,
	    "eve@lab-e.example is no member any more" },
};

static void
removes(void **state)
{
	const struct removal *r = *state;
	const struct row mail = { .verb = ROUTE_POST };
	struct member m = { .id = 6, .list = "jca-qkdn", .addr =
		"eve@lab-e.example", .key = "eve@lab-e.example", .name = "",
		.lang = "", .zone = "", .token = "" };
	struct err err = { 0 };
	struct fixture f;

	m.state = r->state;
	fixture_begin(&f, &mail);
	if (list_member_remove(&f.snap, &m, "root", &f.actions, &err) != 0)
		assert_string_equal(err.text, r->want);
	else
		assert_string_equal(summary(&f), r->want);
	(void)dump(&f);
	fixture_end(&f);
}

int
main(void)
{
	return test_exit(TEST_ROWS("list_member_add", rows, add) +
	    TEST_ROWS("list_member_remove", removals, removes));
}
