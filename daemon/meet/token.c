/* SPDX-License-Identifier: ISC */
/*
 * Cutting a line into pieces. Knows words, not grammar (readdate.c,
 * readtime.c). Invariant: every piece is a slice of the source, and their
 * number is bounded whatever a stranger writes.
 */
#include "meet/token.h"

#include <string.h>
#include "base/civil.h"
#include "base/utf8.h"

enum class { CLASS_BLANK, CLASS_DIGIT, CLASS_LETTER, CLASS_DASH, CLASS_SIGN };

static bool
is_blank(uint32_t c)
{
	/* ... and no-break, narrow, figure and zero-width blanks */
	static const uint32_t blanks[] = { ' ', '\t', '\n', '\r', 0xA0,
		0x2007, 0x2009, 0x200B, 0x202F };

	for (size_t i = 0; i < sizeof(blanks) / sizeof(blanks[0]); i++)
		if (blanks[i] == c)
			return true;
	return false;
}

static bool
is_letter(uint32_t c)
{
	return c >= 0x80 || (c >= 'A' && c <= 'Z') ||
	    (c >= 'a' && c <= 'z') || c == '_';
}

static enum class
classify(uint32_t c)
{
	if (is_blank(c))
		return CLASS_BLANK;
	if (c >= '0' && c <= '9')
		return CLASS_DIGIT;
	/* hyphens, en and em dash, minus */
	if (c == '-' || (c >= 0x2010 && c <= 0x2015) || c == 0x2212)
		return CLASS_DASH;
	return is_letter(c) ? CLASS_LETTER : CLASS_SIGN;
}

static int
number_of(struct span digits)
{
	uint64_t v;

	return digits.n <= 9 && span_u64(digits, 999999999, &v) ? (int)v : -1;
}

void
token_cut(struct span source, struct token_line *out)
{
	enum class prev = CLASS_BLANK;
	size_t pos = 0;

	memset(out, 0, sizeof(*out));
	out->source = source;
	while (pos < source.n) {
		struct token_piece *p = &out->pieces[out->n];
		size_t from = pos;
		uint32_t c = utf8_next(source, &pos);
		enum class now = classify(c);
		bool glued = prev != CLASS_BLANK;

		if (now == prev && out->n > 0 &&
		    (now == CLASS_DIGIT || now == CLASS_LETTER)) {
			p[-1].text.n += pos - from;
			continue;
		}
		prev = now;
		if (now == CLASS_BLANK)
			continue;
		if (out->n == TOKEN_MAX) {
			out->too_long = true;
			break;
		}
		p->kind = now == CLASS_DIGIT ? TOKEN_NUMBER :
		    now == CLASS_LETTER ? TOKEN_WORD : TOKEN_SIGN;
		p->text = span_sub(source, from, pos);
		p->glued = glued;
		p->sign = now == CLASS_DASH ? '-' :
		    now == CLASS_SIGN ? (char)c : '\0';
		out->n++;
	}
	for (size_t i = 0; i < out->n; i++)
		out->pieces[i].number = out->pieces[i].kind == TOKEN_NUMBER ?
		    number_of(out->pieces[i].text) : -1;
	memset(&out->pieces[out->n], 0, sizeof(out->pieces[0]));
	out->pieces[out->n].number = -1;
}

const struct token_piece *
token_at(const struct token_line *l, size_t i)
{
	return &l->pieces[i < l->n ? i : l->n];
}

bool
token_is_word(const struct token_line *l, size_t i, const char *word)
{
	const struct token_piece *p = token_at(l, i);

	return p->kind == TOKEN_WORD && span_isi(p->text, word);
}

bool
token_is_sign(const struct token_line *l, size_t i, char sign)
{
	const struct token_piece *p = token_at(l, i);

	return p->kind == TOKEN_SIGN && p->sign == sign;
}

bool
token_in(const struct token_line *l, size_t i, const char *const *words)
{
	for (; *words != NULL; words++)
		if (token_is_word(l, i, *words))
			return true;
	return false;
}

bool
token_is_range(const struct token_line *l, size_t i)
{
	static const char *const words[] = { "to", "until", "till", "through",
		NULL };

	return token_is_sign(l, i, '-') || token_in(l, i, words);
}

struct span
token_slice(const struct token_line *l, size_t i, size_t j)
{
	const struct token_piece *a = token_at(l, i), *b = token_at(l, j);
	size_t from, to;

	if (a->kind == TOKEN_END || b->kind == TOKEN_END)
		return span_make(NULL, 0);
	from = (size_t)(a->text.p - l->source.p);
	to = (size_t)(b->text.p - l->source.p) + b->text.n;
	return span_sub(l->source, from, to);
}

int
token_month(const struct token_line *l, size_t i)
{
	for (int m = 1; m <= 12; m++)
		if (token_is_word(l, i, civil_month_name(m, true)) ||
		    token_is_word(l, i, civil_month_name(m, false)))
			return m;
	return token_is_word(l, i, "sept") ? 9 : 0;
}

int
token_weekday(const struct token_line *l, size_t i)
{
	static const struct { const char *word; int day; } more[] = {
		{ "tues", 2 }, { "weds", 3 }, { "thur", 4 }, { "thurs", 4 },
	};

	for (int d = 0; d < 7; d++)
		if (token_is_word(l, i, civil_day_name(d, true)) ||
		    token_is_word(l, i, civil_day_name(d, false)))
			return d;
	for (size_t k = 0; k < sizeof(more) / sizeof(more[0]); k++)
		if (token_is_word(l, i, more[k].word))
			return more[k].day;
	return -1;
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t
token_distance(struct span a, struct span b)
{
	size_t row[40];

	if (a.n >= 40 || b.n >= 40)
		return 40;
	for (size_t j = 0; j <= b.n; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		size_t corner = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b.n; j++) {
			size_t up = row[j];
			bool same = span_eqi(span_sub(a, i - 1, i),
			    span_sub(b, j - 1, j));

			row[j] = least(corner + (same ? 0 : 1),
			    least(up, row[j - 1]) + 1);
			corner = up;
		}
	}
	return row[b.n];
}
