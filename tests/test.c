/* SPDX-License-Identifier: ISC */
/*
 * One named cmocka test for each row of a table. Owns the array of tests
 * while the group runs. Invariant: a group without rows counts as a failure,
 * so that an emptied table cannot pass unseen.
 */
#include "tests/test.h"

#include <stdio.h>
#include <string.h>

#include "base/xmalloc.h"

int
test_rows(const char *group, const void *rows, size_t n, size_t size,
    void (*fn)(void **state))
{
	struct CMUnitTest *tests;
	const char *row = rows;
	size_t i;
	int failures;

	if (n == 0) {
		(void)fprintf(stderr, "%s: no rows\n", group);
		return 1;
	}
	tests = xcalloc(n, sizeof(*tests));
	for (i = 0; i < n; i++, row += size) {
		memcpy(&tests[i].name, row, sizeof(tests[i].name));
		tests[i].test_func = fn;
		/* cmocka takes void *; the test casts it back to const. */
		tests[i].initial_state = (void *)(uintptr_t)row;
	}
	failures = _cmocka_run_group_tests(group, tests, n, NULL, NULL);
	free(tests);
	return failures;
}

int
test_exit(int failures)
{
	return failures == 0 ? 0 : 1;
}
