/* SPDX-License-Identifier: ISC */
/*
 * Show: the rows of an answer for people, as a table with aligned columns or
 * one field a line; or for programs, as they come.
 */
#ifndef CTL_SHOW_H
#define CTL_SHOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include "base/span.h"

struct show;
struct str;

enum show_form {
	SHOW_JSON,	/* one JSON object a line */
	SHOW_TABLE,	/* a heading, then one line a row */
	SHOW_FIELDS,	/* "name  value", one line a field */
};

/* Write to out (borrowed). columns: keys in the order of the table, comma
 * separated; those not named are left out, "" = all as they come. width: of
 * the terminal, 0 = lines are never cut. Freed by show_end(). */
struct show *show_new(FILE *out, enum show_form form, const char *columns,
    size_t width);
/* One row; what is no JSON object is printed as it is. */
void show_row(struct show *s, struct span json);
/* Print what waits and free. 0, or -1 if something could not be written. */
int show_end(struct show *s);

/* Columns that the text takes on a terminal: wide characters count twice,
 * combining ones not at all. */
size_t show_width(const char *text);
/* Append text without control characters and direction marks, which could
 * change what a terminal shows, at most max columns of it (0 = all). */
void show_clean(struct str *out, const char *text, size_t max);

#endif
