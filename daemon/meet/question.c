/* SPDX-License-Identifier: ISC */
/*
 * Questions to the chairman and how they look in a mail. Owns no rule: who
 * finds something unclear appends it. Invariant: at most QUESTION_MAX.
 */
#include "meet/question.h"

#include <string.h>
#include "base/arena.h"
#include "base/str.h"

#define LINE_MAX_SHOWN 200

static void
append(struct arena *a, struct meet_questions *q,
    const struct meet_question *item)
{
	if (q->n == QUESTION_MAX)
		return;
	if (q->n == q->cap) {
		size_t cap = q->cap == 0 ? 8 : 2 * q->cap;
		struct meet_question *items = arena_array(a, cap,
		    sizeof(*items));

		if (q->n > 0)
			memcpy(items, q->items, q->n * sizeof(*items));
		q->items = items;
		q->cap = cap;
	}
	q->items[q->n++] = *item;
}

void
question_add(struct arena *a, struct meet_questions *q, const char *line,
    const char *why, const char *fix)
{
	struct meet_question item = { line, why, fix, false };

	append(a, q, &item);
}

void
question_warn(struct arena *a, struct meet_questions *q, const char *why)
{
	struct meet_question item = { "", why, "", true };

	append(a, q, &item);
}

bool
question_blocks(const struct meet_questions *q)
{
	for (size_t i = 0; i < q->n; i++)
		if (!q->items[i].warning)
			return true;
	return false;
}

/* Append text with indent before each of its lines; first before line 1. */
static void
indented(struct str *out, const char *first, const char *indent,
    const char *text)
{
	struct span rest = span_of(text);
	const char *before = first;

	while (rest.n > 0) {
		str_adds(out, before);
		str_addspan(out, span_line(&rest));
		str_addc(out, '\n');
		before = indent;
	}
}

char *
question_text(struct arena *a, const struct meet_questions *q)
{
	struct str out = STR_EMPTY;
	unsigned int no = 0;
	char *text;

	for (size_t i = 0; i < q->n; i++) {
		const struct meet_question *item = &q->items[i];

		if (item->warning)
			continue;
		if (no > 0)
			str_addc(&out, '\n');
		if (item->line[0] != '\0')
			str_addf(&out, "%2u. %.*s\n    ", ++no, LINE_MAX_SHOWN,
			    item->line);
		else
			str_addf(&out, "%2u. ", ++no);
		indented(&out, "", "    ", item->why);
		indented(&out, "    Write:  ", "    or:     ", item->fix);
	}
	text = str_dup(a, &out);
	str_done(&out);
	return text;
}

char *
question_warnings(struct arena *a, const struct meet_questions *q)
{
	struct str out = STR_EMPTY;
	char *text;

	for (size_t i = 0; i < q->n; i++)
		if (q->items[i].warning)
			indented(&out, "  ! ", "    ", q->items[i].why);
	text = str_dup(a, &out);
	str_done(&out);
	return text;
}
