/* SPDX-License-Identifier: ISC */
/*
 * Token: a line about date and time cut into numbers, words and signs, and
 * the small vocabulary of English dates. Pure.
 */
#ifndef MEET_TOKEN_H
#define MEET_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include "base/span.h"

#define TOKEN_MAX 96

enum token_kind { TOKEN_END, TOKEN_NUMBER, TOKEN_WORD, TOKEN_SIGN };

struct token_piece {
	enum token_kind kind;
	struct span text;	/* in the source */
	int number;		/* NUMBER: value, at most 9 digits; else -1 */
	char sign;		/* SIGN: all dashes are '-' */
	bool glued;		/* no blank before it */
};

struct token_line {
	struct span source;
	struct token_piece pieces[TOKEN_MAX + 1];
	size_t n;
	bool too_long;		/* the rest was not read */
};

/* Cut source up. No-break blanks count as blanks. Words are letters of any
 * script; "14h00" is three pieces. The piece after the last is TOKEN_END. */
void token_cut(struct span source, struct token_line *out);
/* The piece at i; TOKEN_END behind the end. */
const struct token_piece *token_at(const struct token_line *l, size_t i);
bool token_is_word(const struct token_line *l, size_t i, const char *word);
bool token_is_sign(const struct token_line *l, size_t i, char sign);
/* Is the piece one of the words of the NULL-terminated table? */
bool token_in(const struct token_line *l, size_t i, const char *const *words);
/* "-", "to", "until", "till", "through": between the ends of a range. */
bool token_is_range(const struct token_line *l, size_t i);
/* The source from piece i up to and with piece j. */
struct span token_slice(const struct token_line *l, size_t i, size_t j);
/* 1-12 for an English month name or its short form, 0 if it is none. */
int token_month(const struct token_line *l, size_t i);
/* 0 Sunday - 6 Saturday, -1 if it is no weekday. */
int token_weekday(const struct token_line *l, size_t i);
/* Edit distance without regard to case; 40 if a name has 40 bytes or more. */
size_t token_distance(struct span a, struct span b);

#endif
