/* SPDX-License-Identifier: ISC */
/* What proves the From address, and what only looks like it. */
#include "tests/unit/list_fixture.h"

#include "list/proof.h"

struct proof {
	const char *name;
	const char *from, *auth;
	bool proven, forged;
};

static const struct proof rows[] = {
	{ "no result proves nothing", "a@b.example", "", false, false },
	{ "an aligned DKIM pass proves", "a@b.example",
	    "mx; dkim=pass header.d=b.example header.s=k", true, false },
	{ "case does not matter", "a@b.example",
	    "mx; DKIM=Pass header.d=B.Example", true, false },
	{ "the domain may be in header.i only", "a@b.example",
	    "mx; dkim=pass header.i=@b.example", true, false },
	{ "a domain above the author's signs for it", "a@mail.b.example",
	    "mx; dkim=pass header.d=b.example", true, false },
	{ "a domain below the author's does not", "a@b.example",
	    "mx; dkim=pass header.d=x.b.example", false, false },
	{ "a top-level domain does not", "a@b.example",
	    "mx; dkim=pass header.d=example", false, false },
	{ "a domain that only ends alike does not", "a@bb.example",
	    "mx; dkim=pass header.d=b.example", false, false },
	{ "another domain does not", "a@b.example",
	    "mx; dkim=pass header.d=evil.example", false, false },
	{ "a failed DKIM does not", "a@b.example",
	    "mx; dkim=fail header.d=b.example", false, false },
	{ "the second signature counts too", "a@b.example",
	    "mx; dkim=pass header.d=esp.example; dkim=pass header.d=b.example",
	    true, false },
	{ "values of two results do not mix", "a@b.example",
	    "mx; dkim=pass header.d=evil.example; spf=pass header.d=b.example",
	    false, false },
	{ "a DMARC pass proves", "a@b.example",
	    "mx; dmarc=pass (p=reject) header.from=b.example", true, false },
	{ "a DMARC pass of another From does not", "a@b.example",
	    "mx; dmarc=pass header.from=evil.example", false, false },
	{ "SPF alone proves nothing", "a@b.example",
	    "mx; spf=pass smtp.mailfrom=a@b.example", false, false },
	{ "a comment proves nothing", "a@b.example",
	    "mx; dkim=none (x; dkim=pass header.d=b.example)", false, false },
	{ "a comment inside a comment proves nothing", "a@b.example",
	    "mx; dkim=none ((x) ; dkim=pass header.d=b.example)", false,
	    false },
	{ "an escaped bracket does not end a comment", "a@b.example",
	    "mx; dkim=none (\\); dkim=pass header.d=b.example)", false,
	    false },
	{ "a quoted string proves nothing", "a@b.example",
	    "mx; spf=pass smtp.mailfrom=\"x; dkim=pass header.d=b.example \"@y",
	    false, false },
	{ "an open quote proves nothing", "a@b.example",
	    "mx; spf=pass smtp.mailfrom=\"x; dkim=pass header.d=b.example",
	    false, false },
	{ "tabs and line ends separate", "a@b.example",
	    "mx;\tdkim=pass\theader.d=b.example\nmx; spf=none", true, false },
	{ "a failed DMARC is a forgery", "a@b.example",
	    "mx; dmarc=fail header.from=b.example", false, true },
	{ "a failed DMARC in a comment is none", "a@b.example",
	    "mx; dmarc=none (dmarc=fail)", false, false },
	{ "a pass next to a fail is a proof", "a@b.example",
	    "mx; dkim=pass header.d=b.example; dmarc=fail", true, false },
};

static void
check(void **state)
{
	const struct proof *r = *state;
	const struct row mail = { .from = r->from, .auth = r->auth };
	struct fixture f;

	fixture_begin(&f, &mail);
	assert_int_equal(list_is_proven(f.arena, &f.digest), r->proven);
	assert_int_equal(list_proof_is_forged(f.arena, &f.digest), r->forged);
	f.digest.n_from = 2;
	assert_false(list_is_proven(f.arena, &f.digest));
	fixture_end(&f);
}

int
main(void)
{
	return test_exit(TEST_ROWS("list_proof", rows, check));
}
