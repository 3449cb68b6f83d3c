/* SPDX-License-Identifier: ISC */
/*
 * One row of an answer over one input, shown as a table and by fields: no
 * control character may reach the terminal.
 */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/span.h"
#include "base/utf8.h"
#include "ctl/show.h"

static void
show(enum show_form form, struct span row, size_t width)
{
	char *text = NULL;
	size_t n = 0, i;
	FILE *out = open_memstream(&text, &n);
	struct show *s;

	if (out == NULL)
		abort();
	s = show_new(out, form, "", width);
	show_row(s, row);
	show_row(s, row);
	if (show_end(s) != 0 || fclose(out) != 0)
		abort();
	for (i = 0; i < n; i++)
		if (((unsigned char)text[i] < ' ' && text[i] != '\n') ||
		    text[i] == 127)
			abort();
	if (!utf8_is_valid(span_make(text, n)))
		abort();
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span row = span_make((const char *)data, size);

	show(SHOW_TABLE, row, 0);
	show(SHOW_TABLE, row, 40);
	show(SHOW_FIELDS, row, 0);
	return 0;
}
