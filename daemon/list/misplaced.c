/* SPDX-License-Identifier: ISC */
/*
 * Commands that went to everybody's address instead of -request. Owns the
 * guess only. Invariant: a mail with more to say than a command, some polite
 * words and a name is a post.
 */
#include "list/misplaced.h"

#include "list/script.h"
#include "list/text.h"
#include "model/wire.h"

#define LINES_MAX 4
#define LINE_MAX 40
#define TEXT_MAX 200

static bool
is_filler(struct span word, const struct list_settings *l)
{
	static const char *const fillers[] = { "please", "pls", "plz",
		"kindly", "me", "us", "from", "this", "that", "the", "list",
		"lists", "mailing", "mailinglist", "mailing-list", "my", "our",
		"address", "mail", "email", "e-mail", "to", "off", "of", "a",
		"reflector", "thanks", "bitte", "merci", "gracias", NULL };

	for (const char *const *f = fillers; *f != NULL; f++)
		if (span_isi(word, *f))
			return true;
	return list_script_is_list(word, l);
}

static bool
is_token(struct span word)
{
	if (word.n < 16)
		return false;
	for (size_t i = 0; i < word.n; i++)
		if (!((word.p[i] | 0x20) >= 'a' && (word.p[i] | 0x20) <= 'z') &&
		    !(word.p[i] >= '2' && word.p[i] <= '7'))
			return false;
	return true;
}

/* The one command that the line is, with nothing but filler around it. */
static const struct list_command *
pure(struct span line, const struct list_settings *l)
{
	const struct list_command *found = NULL, *now;

	while (line.n > 0) {
		struct span word = list_text_bare(list_text_word(&line));

		now = list_script_named(word);
		if (now != NULL && (found == NULL || found == now))
			found = now;
		else if (found == &list_cmd_confirm && is_token(word))
			return found;
		else if (found == &list_cmd_subscribe &&
		    (span_find(word, '=') < word.n))
			return found;
		else if (word.n > 0 && !is_filler(word, l))
			return NULL;
	}
	return found == &list_cmd_confirm ? NULL : found;
}

/* At most a few short lines: a command, "Thanks", a name. */
static bool
is_short(const struct digest *d, struct span *first, size_t *lines)
{
	struct list_text t;
	struct span line;
	size_t total = 0;

	*lines = 0;
	list_text_begin(&t, d->text);
	while (list_text_next(&t, &line)) {
		if ((*lines)++ == 0)
			*first = line;
		else if (line.n > LINE_MAX)
			return false;
		total += line.n;
		if (*lines > LINES_MAX || total > TEXT_MAX)
			return false;
	}
	return true;
}

static bool
has_attachment(const struct digest *d)
{
	for (size_t i = 0; i < d->n_leaves; i++)
		if (d->leaves[i].name[0] != '\0')
			return true;
	return false;
}

const struct list_command *
list_misplaced(struct arena *a, const struct digest *d,
    const struct list_settings *l)
{
	struct span subject = span_of(list_text_subject(a, d->subject));
	const struct list_command *by_subject, *by_text;
	struct span first = { NULL, 0 };
	size_t lines;

	if (d->text_truncated || has_attachment(d) ||
	    !is_short(d, &first, &lines))
		return NULL;
	by_subject = pure(subject, l);
	if (lines == 0)
		return by_subject;
	by_text = pure(first, l);
	if (by_text == &list_cmd_subscribe || by_text == &list_cmd_confirm ||
	    by_text == &list_cmd_unsubscribe)
		return by_text;
	/* "help" and "who" may well be meant for the members. */
	if (by_text != NULL && (by_text == by_subject || subject.n == 0))
		return by_text;
	return by_subject == &list_cmd_unsubscribe ? by_subject : NULL;
}
