/* SPDX-License-Identifier: ISC */
/*
 * Decoder for RFC 2047 with the errors of real senders: over-long words, words
 * without blanks around them, blanks inside. Invariant: linear in the input,
 * and at most MAX_RUNS converters are opened for one value.
 */
#include "mail/words.h"

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "base/utf8.h"
#include "mail/charset.h"

/* Runs of words decoded in one value; what follows stays encoded. */
#define MAX_RUNS 500

struct word {
	struct span charset;
	struct span text;
	bool base64;
	size_t len;		/* all of "=?...?=" */
};

static bool
is_white(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Read one encoded word at the start of s. */
static bool
read_word(struct span s, struct word *w)
{
	struct span rest;
	size_t at, end;

	if (s.n < 8 || s.p[0] != '=' || s.p[1] != '?')
		return false;
	rest = span_sub(s, 2, s.n < 80 ? s.n : 80);
	at = span_find(rest, '?');
	if (at == 0 || at + 2 >= rest.n || rest.p[at + 2] != '?')
		return false;
	w->charset = span_sub(rest, 0, at);
	/* RFC 2231 section 5: charset*language. */
	w->charset.n = span_find(w->charset, '*');
	if (rest.p[at + 1] != 'B' && rest.p[at + 1] != 'b' &&
	    rest.p[at + 1] != 'Q' && rest.p[at + 1] != 'q')
		return false;
	w->base64 = (rest.p[at + 1] | 0x20) == 'b';
	rest = span_sub(s, 2 + at + 3, s.n);
	end = span_find(rest, '?');
	if (end + 1 >= rest.n || rest.p[end + 1] != '=')
		return false;
	w->text = span_sub(rest, 0, end);
	w->len = 2 + at + 3 + end + 2;
	return true;
}

int
words_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void
decode_q(struct span s, struct str *out)
{
	size_t i;
	int hi, lo;

	for (i = 0; i < s.n; i++) {
		if (s.p[i] == '_') {
			str_addc(out, ' ');
			continue;
		}
		hi = s.p[i] == '=' && i + 2 < s.n ? words_hex(s.p[i + 1]) : -1;
		lo = hi >= 0 ? words_hex(s.p[i + 2]) : -1;
		if (lo >= 0) {
			str_addc(out, (char)(hi << 4 | lo));
			i += 2;
		} else if (!is_white(s.p[i]) || s.p[i] == ' ')
			str_addc(out, s.p[i]);
	}
}

static int
base64_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static void
decode_b(struct span s, struct str *out)
{
	uint32_t bits = 0;
	unsigned have = 0;
	size_t i;
	int v;

	/* Missing padding and stray bytes do no harm. */
	for (i = 0; i < s.n && s.p[i] != '='; i++) {
		v = base64_digit(s.p[i]);
		if (v < 0)
			continue;
		bits = (bits << 6 | (uint32_t)v) & 0xFFFFFFu;
		have += 6;
		if (have >= 8) {
			have -= 8;
			str_addc(out, (char)(bits >> have & 0xFF));
		}
	}
}

static size_t
skip_white(struct span s, size_t pos)
{
	while (pos < s.n && is_white(s.p[pos]))
		pos++;
	return pos;
}

/*
 * Decode the run of words at pos that share the first one's charset: senders
 * split characters between words (against section 5 rule 3), so the bytes are
 * joined before they are converted. Returns the position behind the run.
 */
static size_t
decode_run(struct span s, size_t pos, const struct word *first,
    struct str *out)
{
	struct str bytes = STR_EMPTY;
	struct word w = *first;
	size_t start = pos, next;

	for (;;) {
		if (w.base64)
			decode_b(w.text, &bytes);
		else
			decode_q(w.text, &bytes);
		pos += w.len;
		next = skip_white(s, pos);
		if (!read_word(span_sub(s, next, s.n), &w) ||
		    !span_eqi(w.charset, first->charset))
			break;
		pos = next;
	}
	if (!charset_convert(first->charset, str_span(&bytes), out))
		str_addspan(out, span_sub(s, start, pos));
	str_done(&bytes);
	return pos;
}

/* Raw text between words. */
static void
put_raw(struct span s, struct str *out)
{
	charset_guess(s, out);
}

char *
words_decode(struct arena *a, struct span value)
{
	struct str out = STR_EMPTY;
	struct word w;
	size_t pos = 0, raw = 0, runs = 0, next;
	bool after_word = false;
	char *text;

	while (pos < value.n) {
		if (value.p[pos] != '=' || runs >= MAX_RUNS ||
		    !read_word(span_sub(value, pos, value.n), &w)) {
			pos++;
			continue;
		}
		/* White space between two words is not shown (6.2). */
		next = skip_white(value, raw);
		if (!after_word || next != pos)
			put_raw(span_sub(value, raw, pos), &out);
		pos = decode_run(value, pos, &w, &out);
		raw = pos;
		runs++;
		after_word = true;
	}
	put_raw(span_sub(value, raw, value.n), &out);
	text = utf8_line(a, str_span(&out));
	str_done(&out);
	return text;
}

size_t
words_length(struct span s)
{
	struct word w;

	return read_word(s, &w) ? w.len : 0;
}
