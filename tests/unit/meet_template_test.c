/* SPDX-License-Identifier: ISC */
/*
 * The templates about meetings use only the variables that the README
 * promises, fit a screen's width, and say why their reader gets them.
 */
#include "tests/test.h"

#include <fcntl.h>
#include <string.h>
#include "base/arena.h"
#include "base/embedded.h"
#include "base/err.h"
#include "base/file.h"
#include "mail/compose.h"

#define README "conf/templates/README.md"

static const struct { const char *name; } rows[] = { { "meet-denied" },
	{ "meet-questions" }, { "meet-unknown" }, { "meet-unchanged" },
	{ "meet-status" }, { "meet-preview" }, { "meet-released" },
	{ "meet-dropped" }, { "meet-late" }, { "meet-not-understood" },
	{ "meet-replaced" }, { "meet-answer" }, { "meet-which" },
	{ "meet-answer-help" }, { "meet-answer-late" },
	{ "meet-answer-unknown" }, { "meet-answer-problem" },
	{ "meet-forwarded" }, { "meet-forwarded-chair" },
	{ "meet-delegated" }, { "meet-proposal" }, { "meet-proposed" } };

/* The row of the README with the template's name in its first cell. */
static struct span
readme_row(struct arena *a, const char *name)
{
	const char *mark = arena_printf(a, "`%s`", name);
	struct span text, cells, first;
	struct err err = { 0 };

	if (file_read(a, AT_FDCWD, README, 100000, &text, &err) != 0)
		fail_msg("%s", err.text);
	while (text.n > 0) {
		cells = span_line(&text);
		(void)span_cut(&cells, '|');
		first = span_cut(&cells, '|');
		if (span_searchi(first, mark) < first.n)
			return cells;
	}
	fail_msg("%s does not list %s", README, name);
	return text;
}

/* The `words` of the row, as variables with the value "x". */
static void
promised(struct arena *a, struct span row, const char **vars)
{
	static const char *const standard[] = { "list", "list_title",
		"list_address", "request_address", "owner_address",
		"help_address", "subscribe_address", "unsubscribe_address",
		"announce_address" };
	size_t n = 0;

	for (size_t i = 0; i < sizeof(standard) / sizeof(standard[0]); i++) {
		vars[n++] = standard[i];
		vars[n++] = "x";
	}
	while (row.n > 0 && n < 60) {
		struct span word;

		(void)span_cut(&row, '`');
		word = span_cut(&row, '`');
		if (word.n == 0)
			break;
		vars[n++] = arena_strndup(a, word.p, word.n);
		vars[n++] = "x";
	}
	vars[n] = NULL;
}

static void
check(void **state)
{
	const char *name = *(const char *const *)*state;
	struct arena *a = arena_new();
	const char *vars[64], *subject = "", *body = "";
	struct err err = { 0 };
	struct span text, rest;

	text = embedded_get(arena_printf(a, "conf/templates/en/%s.txt", name));
	assert_non_null(text.p);
	promised(a, readme_row(a, name), vars);
	if (compose_template(a, text, vars, &subject, &body, &err) != 0)
		fail_msg("%s", err.text);
	assert_true(strlen(subject) > 5);
	if (strstr(body, "You get this mail because") == NULL)
		fail_msg("does not say why the reader gets it");
	for (rest = span_of(body); rest.n > 0;)
		if (span_line(&rest).n > 76)
			fail_msg("a line is over 76 characters");
	arena_free(a);
}

int
main(void)
{
	return test_exit(TEST_ROWS("meet_template", rows, check));
}
