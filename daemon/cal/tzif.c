/* SPDX-License-Identifier: ISC */
/*
 * Reading TZif files. Owns the format, not the files. Invariant: a struct
 * tzif that was parsed has at least one type, rising transitions, and every
 * type_of below n_types.
 */
#include "cal/tzif.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"

#define HEADER 44
#define TIMES_MAX 4000
#define TYPES_MAX 256
#define CHARS_MAX 1024

struct counts {
	uint32_t isut, isstd, leap, time, type, chars;
};

static uint32_t
be32(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;

	return (uint32_t)u[0] << 24 | (uint32_t)u[1] << 16 |
	    (uint32_t)u[2] << 8 | u[3];
}

static int64_t
be64(const char *p)
{
	return (int64_t)((uint64_t)be32(p) << 32 | be32(p + 4));
}

static bool
read_header(struct span data, struct counts *out)
{
	const char *p = data.p;

	if (data.n < HEADER || memcmp(p, "TZif", 4) != 0 || p[4] < '2')
		return false;
	out->isut = be32(p + 20);
	out->isstd = be32(p + 24);
	out->leap = be32(p + 28);
	out->time = be32(p + 32);
	out->type = be32(p + 36);
	out->chars = be32(p + 40);
	return out->isut <= TYPES_MAX && out->isstd <= TYPES_MAX &&
	    out->leap <= TYPES_MAX && out->time <= TIMES_MAX &&
	    out->type >= 1 && out->type <= TYPES_MAX &&
	    out->chars >= 1 && out->chars <= CHARS_MAX;
}

/* Bytes of the block after a header, with times of width bytes. */
static size_t
block_size(const struct counts *c, size_t width)
{
	return (size_t)c->time * (width + 1) + (size_t)c->type * 6 + c->chars +
	    (size_t)c->leap * (width + 4) + c->isstd + c->isut;
}

static bool
read_times(struct arena *a, const char *p, const struct counts *c,
    struct tzif *out)
{
	size_t i;

	out->n_at = c->time;
	out->at = arena_array(a, c->time, sizeof(*out->at));
	out->type_of = arena_array(a, c->time, 1);
	for (i = 0; i < c->time; i++) {
		out->at[i] = be64(p + 8 * i);
		out->type_of[i] = (uint8_t)p[8 * (size_t)c->time + i];
		if (out->type_of[i] >= c->type ||
		    (i > 0 && out->at[i] <= out->at[i - 1]))
			return false;
	}
	return true;
}

static bool
read_types(struct arena *a, const char *p, const struct counts *c,
    struct tzif *out)
{
	const char *chars = p + (size_t)c->type * 6;
	size_t i, idx, n;

	out->n_types = c->type;
	out->types = arena_array(a, c->type, sizeof(*out->types));
	for (i = 0; i < c->type; i++) {
		out->types[i].offset_s = (int32_t)be32(p + 6 * i);
		out->types[i].dst = p[6 * i + 4] != 0;
		idx = (unsigned char)p[6 * i + 5];
		if (idx >= c->chars || out->types[i].offset_s < -93600 ||
		    out->types[i].offset_s > 93600)
			return false;
		n = strnlen(chars + idx, c->chars - idx);
		if (n >= TZNAME_MAX_)
			return false;
		memcpy(out->types[i].name, chars + idx, n);
	}
	return true;
}

int
tzif_parse(struct arena *a, struct span data, struct tzif *out,
    struct err *err)
{
	struct counts c;
	struct span rest, footer;
	size_t n;

	memset(out, 0, sizeof(*out));
	if (!read_header(data, &c))
		return err_set(err, ERR_PERM, "no TZif file of version 2");
	n = HEADER + block_size(&c, 4);
	rest = span_sub(data, n, data.n);
	if (!read_header(rest, &c))
		return err_set(err, ERR_PERM, "TZif file is cut off");
	n = HEADER + block_size(&c, 8);
	if (rest.n < n)
		return err_set(err, ERR_PERM, "TZif file is cut off");
	if (!read_times(a, rest.p + HEADER, &c, out) ||
	    !read_types(a, rest.p + HEADER + (size_t)c.time * 9, &c, out))
		return err_set(err, ERR_PERM, "TZif file is damaged");
	footer = span_sub(rest, n, rest.n);
	if (footer.n < 2 || footer.p[0] != '\n' ||
	    footer.p[footer.n - 1] != '\n')
		return err_set(err, ERR_PERM, "TZif file is cut off");
	footer = span_sub(footer, 1, footer.n - 1);
	out->has_rule = footer.n > 0;
	if (out->has_rule && !tzrule_parse(footer, &out->rule))
		return err_set(err, ERR_PERM, "TZif footer \"%.*s\" is no rule",
		    footer.n < 60 ? (int)footer.n : 60, footer.p);
	return 0;
}

static void
fill(struct tzspan *out, const struct tzif_type *type)
{
	out->offset_s = type->offset_s;
	out->dst = type->dst;
	memcpy(out->name, type->name, sizeof(out->name));
}

void
tzif_at(const struct tzif *tz, int64_t at, struct tzspan *out)
{
	size_t lo = 0, hi = tz->n_at, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (tz->at[mid] <= at)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == tz->n_at && tz->has_rule) {
		tzrule_at(&tz->rule, at, out);
		if (lo > 0 && out->from < tz->at[lo - 1])
			out->from = tz->at[lo - 1];
		return;
	}
	fill(out, &tz->types[lo > 0 ? tz->type_of[lo - 1] : 0]);
	out->from = lo > 0 ? tz->at[lo - 1] : INT64_MIN;
	out->to = lo < tz->n_at ? tz->at[lo] : INT64_MAX;
}
