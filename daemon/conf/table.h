/* SPDX-License-Identifier: ISC */
/*
 * Table: what can be set. Groups of settings and, inside, further groups;
 * a group is either one { } or a list of many. Const data and look-ups.
 */
#ifndef CONF_TABLE_H
#define CONF_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct str;

/* How a value is written, and the C type at the offset. */
enum setting_type {
	SETTING_STRING,		/* "text": const char * */
	SETTING_PATH,		/* "path": const char *, made absolute */
	SETTING_PLACE,		/* one of the forms in choices: const char * */
	SETTING_WORD,		/* one of choices: const char * */
	SETTING_CHOICE,		/* one of choices: enum, index in choices */
	SETTING_COUNT,		/* 12: uint32_t */
	SETTING_SIZE,		/* "25M": int64_t, bytes */
	SETTING_SECONDS,	/* "5m": int64_t */
	SETTING_MILLIS,		/* "800ms": int64_t */
	SETTING_FLAG,		/* true: bool */
	SETTING_STRINGS,	/* [ "a", "b" ]: const char **, NULL at end */
	SETTING_PAIRS,		/* { key = "value"; }: const char **, too */
};

struct setting {
	const char *name;
	enum setting_type type;
	/* Numbers: the range. Strings: length. STRINGS, PAIRS: how many. */
	int64_t min, max;
	const char *fallback;	/* as written, without quotes; NULL = none */
	size_t offset;
	/* NULL-terminated. Forms of a PLACE: a prefix and PATH or HOST:PORT. */
	const char *const *choices;
	const char *example;	/* shown in the sample, NULL = the fallback */
	const char *help;
};

struct group {
	const char *name;
	const char *help;
	const struct setting *settings;
	size_t n_settings;
	const struct group *groups;
	size_t n_groups;
	/* A list of many: where its array and count are in the outer struct,
	 * the size of an element, the longest list. size 0 = a single group
	 * whose offsets are those of the outer struct. */
	size_t size;
	size_t offset, n_offset;
	size_t max;
};

/* The outermost group. */
const struct group *table_top(void);
const struct setting *table_setting(const struct group *g, const char *name);
const struct group *table_group(const struct group *g, const char *name);
/* The name that was meant: in g the nearest one, else where in the whole
 * table name exists ("instance.spool"); NULL if nothing is near. In a. */
const char *table_nearest(struct arena *a, const struct group *g,
    const char *name);
/* What is allowed, for people: "1 to 16", "10k to 100M", "none, may or
 * must". */
void table_allowed(const struct setting *s, struct str *out);

#endif
