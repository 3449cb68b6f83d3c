/* SPDX-License-Identifier: ISC */
/*
 * Lex: the tokens of structured header fields (RFC 5322 section 3.2, RFC 2045
 * section 5.1). Comments and folding are read over; no recursion. Pure.
 */
#ifndef MAIL_LEX_H
#define MAIL_LEX_H

#include <stdbool.h>
#include <stddef.h>
#include "base/span.h"

struct str;

/* Comments may nest that deep. */
#define LEX_COMMENT_DEPTH 32

enum lex_kind {
	LEX_END, LEX_ATOM, LEX_QUOTED, LEX_LITERAL, LEX_LESS, LEX_GREATER,
	LEX_AT, LEX_COMMA, LEX_SEMICOLON, LEX_COLON, LEX_DOT,
	LEX_JUNK,	/* a byte that cannot stand here */
};

struct lex {
	struct span in;
	size_t pos;
};

struct lex_token {
	enum lex_kind kind;
	struct span text;	/* with its quotes or brackets */
	struct span comment;	/* inside of the last comment before it */
	size_t off;
	bool after_blank;	/* blanks or comments stand before it */
};

/* Next token into *out; NULL, or why there is none (an open quotation mark,
 * bracket or comment, or too deep a comment) with out->off set. */
const char *lex_next(struct lex *l, struct lex_token *out);
/* Append the text inside "..." with the backslashes taken away. */
void lex_unquote(struct span quoted, struct str *out);
/* RFC 5322 atext, and all bytes above 127 (RFC 6532). */
bool lex_is_atext(char c);
/* ASCII letter or digit, and all bytes above 127. */
bool lex_is_alnum(char c);
/* ASCII lower case, in place. */
void lex_lower(char *s);
/* Deepest nesting of comments in a structured value. */
size_t lex_comment_depth(struct span value);

#endif
