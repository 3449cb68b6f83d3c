/* SPDX-License-Identifier: ISC */
/*
 * Digests of hostile or very large mails are abridged step by step: first
 * texts, then lists. Invariant: after fit_digest() the encoding fits.
 */
#include "parser/fit.h"

#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "base/utf8.h"

static size_t
encoded_len(const struct parsed *p)
{
	struct str out = STR_EMPTY;
	size_t len;

	wire_put_parsed(&out, p);
	len = out.len;
	str_done(&out);
	return len;
}

static void
shorten(struct arena *a, const char **s, size_t max)
{
	struct span t = utf8_truncate(span_of(*s), max);

	if (t.n < strlen(*s))
		*s = arena_strndup(a, t.p, t.n);
}

static void
at_most(size_t *n, size_t max)
{
	if (*n > max)
		*n = max;
}

static void
shorten_text(struct arena *a, struct digest *d, size_t max)
{
	if (strlen(d->text) <= max)
		return;
	shorten(a, &d->text, max);
	d->text_truncated = true;
}

static void
shorten_itips(struct arena *a, struct digest *d, size_t max_text,
    size_t max_people)
{
	size_t i;

	for (i = 0; i < d->n_itips; i++) {
		struct itip *t = &d->itips[i];

		shorten(a, &t->description, max_text);
		shorten(a, &t->comment, max_text);
		shorten(a, &t->location, max_text);
		shorten(a, &t->summary, max_text);
		shorten(a, &t->rrule, max_text);
		at_most(&t->n_attendees, max_people);
	}
}

static void
step_text(struct arena *a, struct digest *d)
{
	shorten_text(a, d, 12288);
	at_most(&d->n_leaves, 50);
}

static void
step_lists(struct arena *a, struct digest *d)
{
	at_most(&d->n_to, 30);
	at_most(&d->n_cc, 30);
	shorten_itips(a, d, 4000, 100);
}

static void
step_more(struct arena *a, struct digest *d)
{
	shorten_text(a, d, 6000);
	at_most(&d->n_leaves, 20);
	at_most(&d->n_dsns, 30);
	shorten_itips(a, d, 1000, 20);
}

static void
step_last(struct arena *a, struct digest *d)
{
	shorten_text(a, d, 2000);
	at_most(&d->n_to, 5);
	at_most(&d->n_cc, 5);
	at_most(&d->n_reply_to, 5);
	at_most(&d->n_leaves, 5);
	at_most(&d->n_dsns, 5);
	at_most(&d->n_itips, 5);
	shorten_itips(a, d, 500, 5);
	shorten(a, &d->references, 500);
}

/* Nothing helps: keep who wrote and why it cannot be taken. */
static void
give_up(struct arena *a, struct digest *d)
{
	step_last(a, d);
	d->text = "";
	d->n_cuts = d->n_itips = d->n_dsns = d->n_leaves = 0;
	d->n_to = d->n_cc = d->n_reply_to = 0;
	at_most(&d->n_from, 3);
	shorten(a, &d->list_id, 500);
	shorten(a, &d->auth_results, 500);
	if (d->refused[0] == '\0')
		d->refused = "the header of the mail is too complex";
}

void
fit_digest(struct arena *a, struct parsed *p, size_t max)
{
	static void (*const steps[])(struct arena *, struct digest *) = {
		step_text, step_lists, step_more, step_last, give_up
	};
	struct digest *d = p->digest;
	size_t i;

	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (encoded_len(p) <= max)
			return;
		if (i == 0)
			d->note = arena_printf(a, "%s%sabridged: very long",
			    d->note, d->note[0] != '\0' ? "; " : "");
		steps[i](a, d);
	}
}
