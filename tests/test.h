/* SPDX-License-Identifier: ISC */
/* The only header that a cmocka test includes for cmocka: right order, and
 * the helper that makes one named test of each row of a literal table. */
#ifndef TESTS_TEST_H
#define TESTS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

/*
 * Run fn once for each of the n rows of size bytes at rows; the first member
 * of a row is const char *name, the test gets the row as *state. Returns
 * the number of failed tests.
 */
int test_rows(const char *group, const void *rows, size_t n, size_t size,
    void (*fn)(void **state));

/* End of main(): 0 if failures is 0, else 1 (never cut to 8 bits). */
int test_exit(int failures);

#define TEST_ROWS(group, rows, fn) \
	test_rows(group, rows, sizeof(rows) / sizeof((rows)[0]), \
	    sizeof((rows)[0]), fn)

#endif
