/* SPDX-License-Identifier: ISC */
/* Bits: a map of one bit a recipient. The caller keeps i in range. */
#ifndef CORE_BITS_H
#define CORE_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline bool
bit_get(const uint8_t *map, size_t i)
{
	return map[i / 8] >> (i % 8) & 1;
}

static inline void
bit_set(uint8_t *map, size_t i)
{
	map[i / 8] |= (uint8_t)(1u << (i % 8));
}

static inline void
bit_clear(uint8_t *map, size_t i)
{
	map[i / 8] &= (uint8_t)~(1u << (i % 8));
}

#endif
