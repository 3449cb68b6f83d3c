/* SPDX-License-Identifier: ISC */
/*
 * Tokens of structured header fields. Knows quoting and comments, not what
 * the tokens mean. Invariant: every call of lex_next() moves on or ends, so a
 * value of n bytes costs O(n).
 */
#include "mail/lex.h"

#include <string.h>

#include "base/str.h"
#include "mail/words.h"

bool
lex_is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

bool
lex_is_atext(char c)
{
	return lex_is_alnum(c) ||
	    (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

void
lex_lower(char *s)
{
	for (; *s != '\0'; s++) {
		if (*s >= 'A' && *s <= 'Z')
			*s = (char)(*s + ('a' - 'A'));
	}
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Position behind the comment that opens at pos, 0 if it does not end. */
static size_t
comment_end(struct span s, size_t pos, size_t *deepest)
{
	size_t depth = 0;

	for (; pos < s.n; pos++) {
		if (s.p[pos] == '\\')
			pos++;
		else if (s.p[pos] == '(') {
			if (++depth > *deepest)
				*deepest = depth;
		} else if (s.p[pos] == ')' && --depth == 0)
			return pos + 1;
	}
	return 0;
}

/* Position behind the string that opens at pos and ends with close. */
static size_t
string_end(struct span s, size_t pos, char close)
{
	for (pos++; pos < s.n; pos++) {
		if (s.p[pos] == '\\')
			pos++;
		else if (s.p[pos] == close)
			return pos + 1;
	}
	return 0;
}

static const char *
skip_blanks(struct lex *l, struct lex_token *out)
{
	size_t deepest = 0, end;

	while (l->pos < l->in.n) {
		if (is_blank(l->in.p[l->pos])) {
			l->pos++;
			out->after_blank = true;
			continue;
		}
		if (l->in.p[l->pos] != '(')
			break;
		out->off = l->pos;
		end = comment_end(l->in, l->pos, &deepest);
		if (end == 0)
			return "comment without end";
		if (deepest > LEX_COMMENT_DEPTH)
			return "comments nested too deep";
		out->comment = span_sub(l->in, l->pos + 1, end - 1);
		out->after_blank = true;
		l->pos = end;
	}
	return NULL;
}

static enum lex_kind
kind_of(char c)
{
	switch (c) {
	case '"':
		return LEX_QUOTED;
	case '[':
		return LEX_LITERAL;
	case '<':
		return LEX_LESS;
	case '>':
		return LEX_GREATER;
	case '@':
		return LEX_AT;
	case ',':
		return LEX_COMMA;
	case ';':
		return LEX_SEMICOLON;
	case ':':
		return LEX_COLON;
	case '.':
		return LEX_DOT;
	default:
		return lex_is_atext(c) ? LEX_ATOM : LEX_JUNK;
	}
}

const char *
lex_next(struct lex *l, struct lex_token *out)
{
	const char *why;
	size_t end;

	memset(out, 0, sizeof(*out));
	why = skip_blanks(l, out);
	if (why != NULL)
		return why;
	out->off = l->pos;
	if (l->pos == l->in.n)
		return NULL;
	out->kind = kind_of(l->in.p[l->pos]);
	end = l->pos + 1;
	if (out->kind == LEX_QUOTED) {
		end = string_end(l->in, l->pos, '"');
		if (end == 0)
			return "quotation mark without end";
	} else if (out->kind == LEX_LITERAL) {
		end = string_end(l->in, l->pos, ']');
		if (end == 0)
			return "bracket without end";
	} else if (out->kind == LEX_ATOM) {
		/* Senders put commas and dots into encoded words. */
		end = l->pos + words_length(span_sub(l->in, l->pos, l->in.n));
		while (end < l->in.n && lex_is_atext(l->in.p[end]))
			end++;
	}
	out->text = span_sub(l->in, l->pos, end);
	l->pos = end;
	return NULL;
}

void
lex_unquote(struct span quoted, struct str *out)
{
	size_t i;

	for (i = 1; i + 1 < quoted.n; i++) {
		if (quoted.p[i] == '\\' && i + 2 < quoted.n)
			i++;
		str_addc(out, quoted.p[i]);
	}
}

size_t
lex_comment_depth(struct span value)
{
	size_t pos = 0, deepest = 0, end;

	while (pos < value.n) {
		if (value.p[pos] == '"')
			end = string_end(value, pos, '"');
		else if (value.p[pos] == '(')
			end = comment_end(value, pos, &deepest);
		else
			end = pos + 1;
		if (end == 0)
			break;
		pos = end;
	}
	return deepest;
}
