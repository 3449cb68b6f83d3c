/* SPDX-License-Identifier: ISC */
/* The entry point of a fuzz harness: tests/fuzz/NAME_fuzz.c, whose corpus is
 * tests/corpus/NAME. Must free all that it allocates and never exit. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* Feed size bytes at data to the parser under test; returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
