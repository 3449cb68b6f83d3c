/* SPDX-License-Identifier: ISC */
/*
 * Lines: an announcement mail cut into "Name: value" fields, its verb, and
 * the free text. Knows the names and their synonyms, not what values mean.
 */
#ifndef MEET_LINES_H
#define MEET_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include "base/span.h"

struct arena;

enum lines_name {
	LINES_NONE,
	LINES_TITLE,
	LINES_DATE,
	LINES_TIME,
	LINES_END,
	LINES_LENGTH,
	LINES_ZONE,
	LINES_PLACE,
	LINES_LINK,
	LINES_PIN,
	LINES_AGENDA,
	LINES_DOCUMENTS,
	LINES_NUMBER,
	LINES_REASON,
	LINES_LIMIT,		/* a deadline; label tells which */
	LINES_MEETING,
	LINES_ACTION,
	LINES_STATUS,
	LINES_REPEAT,
	LINES_DESCRIPTION,
	LINES_NEAR,		/* unknown, but close to a name: label */
};

struct lines_field {
	enum lines_name name;
	const char *label;	/* deadline: "Inputs"; NEAR: the name meant */
	const char *value;	/* LF between lines of agenda, documents ... */
	const char *line;	/* first line, as written, for questions */
};

enum lines_verb { LINES_NO_VERB, LINES_ANNOUNCE, LINES_UPDATE, LINES_CANCEL,
	LINES_VERB_STATUS, LINES_POSTPONE };

/* A line that starts with a verb: "update m42: new time". */
struct lines_command {
	enum lines_verb verb;
	const char *key;	/* "m42" or "" */
	const char *rest;	/* what follows, without a colon before it */
};

struct lines {
	struct lines_field *fields;
	size_t n;
	struct lines_command command;	/* of the first line of the mail */
	const char *description;	/* the free text */
};

/* Cut a mail's text up: quoted lines, signature, greeting and closing words
 * are gone. Everything is in a. */
void lines_cut(struct arena *a, const char *text, struct lines *out);
/* Read a verb at the start of a line. */
void lines_command_of(struct arena *a, struct span line,
    struct lines_command *out);
/* "m42" in lower case if word is a meeting key (any case), else NULL. */
const char *lines_key(struct arena *a, struct span word);

#endif
