/* SPDX-License-Identifier: ISC */
/*
 * Text: what the sender typed, without what the mail program added: "Re:",
 * quoted lines, attribution lines, signatures, forwarded originals.
 */
#ifndef LIST_TEXT_H
#define LIST_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include "base/span.h"

struct arena;

/* Reader of the typed lines. gap: an empty or skipped line came before. */
struct list_text {
	struct span rest;
	bool gap;
};

/* Start to read text, which must outlive the lines. */
void list_text_begin(struct list_text *t, const char *text);
/* The next typed line, trimmed and not empty, into *line; false at the end
 * (or at a signature, or at the original of a reply). */
bool list_text_next(struct list_text *t, struct span *line);
/* All typed lines joined by LF, at most max bytes, in a. */
char *list_text_typed(struct arena *a, const char *text, size_t max);
/* Subject as one clean line without localised "Re:" and "Fwd:", in a. */
char *list_text_subject(struct arena *a, const char *subject);
/* Cut the first word (to a blank) off *s. */
struct span list_text_word(struct span *s);
/* w without punctuation at both ends. */
struct span list_text_bare(struct span w);
/* True if there is a letter or digit of any script in s. */
bool list_text_has_word(struct span s);
/* A line of a stranger, fit to be shown in an answer: short, one line, no
 * link that a mail program would make clickable, no direction tricks. */
char *list_text_quote(struct arena *a, struct span line);
/* True if the subject begins as the automatic replies of mail programs do. */
bool list_text_is_vacation(const char *subject);

enum list_word { LIST_WORD_NONE, LIST_WORD_OK, LIST_WORD_NO, LIST_WORD_DROP };

/* What the first word of a line says, in the languages of the members. */
enum list_word list_text_decision(struct span line);

#endif
