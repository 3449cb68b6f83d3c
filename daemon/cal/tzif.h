/* SPDX-License-Identifier: ISC */
/*
 * Tzif: the contents of a compiled time zone file (RFC 9636), version 2 or
 * later, and the offset at any instant. Pure: the bytes are given in.
 */
#ifndef CAL_TZIF_H
#define CAL_TZIF_H

#include "base/span.h"
#include "cal/tzrule.h"

struct arena;
struct err;

struct tzif_type {
	int32_t offset_s;
	bool dst;
	char name[TZNAME_MAX_];
};

struct tzif {
	int64_t *at;		/* transitions, rising */
	uint8_t *type_of;	/* the type that begins there */
	size_t n_at;
	struct tzif_type *types;
	size_t n_types;
	bool has_rule;
	struct tzrule rule;
};

/* Read the file's bytes; all memory from a. -1 with err if they are none. */
int tzif_parse(struct arena *a, struct span data, struct tzif *out,
    struct err *err);
/* The stretch that holds the instant. */
void tzif_at(const struct tzif *tz, int64_t at, struct tzspan *out);

#endif
