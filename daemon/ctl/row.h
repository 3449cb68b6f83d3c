/* SPDX-License-Identifier: ISC */
/*
 * Row: one JSON object of an answer, taken apart for showing it to people.
 * (A reader of our own: jansson's function names are those of base/json.)
 */
#ifndef CTL_ROW_H
#define CTL_ROW_H

#include <stddef.h>
#include "base/span.h"

struct arena;

enum row_kind { ROW_TEXT, ROW_NUMBER, ROW_WORD, ROW_OBJECT, ROW_ARRAY };

struct row_field {
	const char *key;
	enum row_kind kind;	/* ROW_WORD: true, false, null */
	const char *text;	/* value as text; of objects and arrays: raw */
};

struct row {
	struct row_field *fields;
	size_t n;
};

/* Take a JSON object apart, one level deep. 0, or -1 if it is none. */
int row_parse(struct arena *a, struct span json, struct row *out);
/* The elements of a JSON array as fields without key. 0, or -1. */
int row_parse_array(struct arena *a, struct span json, struct row *out);
/* The field of that key, or NULL. */
const struct row_field *row_get(const struct row *r, const char *key);

#endif
