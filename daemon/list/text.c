/* SPDX-License-Identifier: ISC */
/*
 * Text that people typed, out of what their mail programs made of it. Owns
 * the tables of localised marks; decides nothing. Invariant: linear in the
 * text, whatever it holds.
 */
#include "list/text.h"

#include <string.h>
#include "base/arena.h"
#include "base/str.h"
#include "base/utf8.h"
#include "list/list.h"
#include "model/wire.h"

#define QUOTE_MAX 60

static bool
in_table(const char *const *table, struct span s)
{
	for (; *table != NULL; table++)
		if (span_isi(s, *table))
			return true;
	return false;
}

static bool
has_prefix_of(const char *const *table, struct span s)
{
	for (; *table != NULL; table++)
		if (span_has_prefixi(s, *table))
			return true;
	return false;
}

/* Mail programs leave no-break spaces and byte order marks at line ends. */
static struct span
trim(struct span s)
{
	static const char *const junk[] = { "\xC2\xA0", "\xEF\xBB\xBF",
		"\xE2\x80\x8B", NULL };
	bool again = true;

	while (again) {
		again = false;
		s = span_trim(s);
		for (const char *const *j = junk; *j != NULL; j++) {
			size_t n = strlen(*j);

			if (span_has_prefix(s, *j)) {
				s = span_sub(s, n, s.n);
				again = true;
			}
			if (span_has_suffixi(s, *j)) {
				s = span_sub(s, 0, s.n - n);
				again = true;
			}
		}
	}
	return s;
}

static bool
is_run_of(struct span s, char c, size_t least)
{
	size_t n = 0;

	while (n < s.n && s.p[n] == c)
		n++;
	return n >= least;
}

/* The line after which nothing is typed by the sender any more. */
static bool
is_end(struct span line)
{
	static const char *const ends[] = { "Sent from my ", "Sent via ",
		"Sent from Outlook", "Get Outlook for ", "Von meinem ",
		"Envoy\xC3\xA9 de ", "Enviado desde mi ",
		"Obtenir Outlook pour ", NULL };

	if (span_is(line, "--") || is_run_of(line, '_', 10))
		return true;
	if (is_run_of(line, '-', 5) && line.p[line.n - 1] == '-' &&
	    list_text_has_word(line))
		return true;	/* -----Original Message----- */
	return has_prefix_of(ends, line);
}

static struct span
peek(struct span rest)
{
	struct span line = { NULL, 0 };

	while (rest.n > 0) {
		line = trim(span_line(&rest));
		if (line.n > 0)
			break;
	}
	return line;
}

static bool
is_quoted(struct span line)
{
	return line.n > 0 && line.p[0] == '>';
}

/* "From: ..." with "Sent: ..." or "Date: ..." below: Outlook's original. */
static bool
is_original(struct span line, struct span rest)
{
	static const char *const froms[] = { "From:", "Von:", "De :", "De:",
		"Van:", "\xD0\x9E\xD1\x82:", "\xE5\x8F\x91\xE4\xBB\xB6"
		"\xE4\xBA\xBA", "*From:*", NULL };
	static const char *const sents[] = { "Sent:", "Date:", "Gesendet:",
		"Envoy\xC3\xA9", "Enviado", "Verzonden:", "Datum:", "To:",
		"\xD0\x94\xD0\xB0\xD1\x82\xD0\xB0:",
		"\xD0\x9E\xD1\x82\xD0\xBF\xD1\x80\xD0\xB0\xD0\xB2",
		"\xE5\x8F\x91\xE9\x80\x81\xE6\x97\xB6\xE9\x97\xB4",
		"*Sent:*", "*Date:*", NULL };

	return has_prefix_of(froms, line) &&
	    has_prefix_of(sents, peek(rest));
}

static bool
ends_in_colon(struct span s)
{
	return s.n > 0 && (s.p[s.n - 1] == ':' ||
	    span_has_suffixi(s, "\xEF\xBC\x9A"));
}

/* "On Monday X wrote:", on one or two lines, with quoted text below. */
static bool
is_attribution(struct span line, struct span rest)
{
	static const char *const starts[] = { "On ", "Am ", "Le ", "El ",
		"Il ", "Op ", "Den ", "Em ", "W dniu ", NULL };
	struct span next;

	if (ends_in_colon(line))
		return is_quoted(peek(rest));
	if (!has_prefix_of(starts, line) || line.n < 12)
		return false;
	next = trim(span_line(&rest));
	return ends_in_colon(next) && is_quoted(peek(rest));
}

void
list_text_begin(struct list_text *t, const char *text)
{
	t->rest = span_of(text);
	t->gap = false;
}

bool
list_text_next(struct list_text *t, struct span *line)
{
	t->gap = false;
	while (t->rest.n > 0) {
		struct span l = trim(span_line(&t->rest));

		if (l.n == 0 || is_quoted(l)) {
			t->gap = true;
			continue;
		}
		if (is_end(l) || is_original(l, t->rest))
			break;
		if (is_attribution(l, t->rest)) {
			if (!ends_in_colon(l))
				(void)span_line(&t->rest);
			t->gap = true;
			continue;
		}
		*line = l;
		return true;
	}
	t->rest = span_make(NULL, 0);
	return false;
}

char *
list_text_typed(struct arena *a, const char *text, size_t max)
{
	struct str out = STR_EMPTY;
	struct list_text t;
	struct span line;
	char *copy;

	list_text_begin(&t, text);
	while (out.len < max && list_text_next(&t, &line)) {
		if (out.len > 0)
			str_adds(&out, t.gap ? "\n\n" : "\n");
		str_addspan(&out, line);
	}
	copy = utf8_clean(a, utf8_truncate(str_span(&out), max));
	str_done(&out);
	return copy;
}

/* Length of the reply or forward mark at the start of s, 0 if none. */
static size_t
reply_mark(struct span s)
{
	static const char *const marks[] = { "re", "aw", "antw", "antwort",
		"sv", "vs", "odp", "ynt", "v\xC3\xA1", "va", "rif", "r", "ref",
		"r\xC3\xA9p", "r\xC3\xA9", "rep", "res", "bls", "atb",
		"\xD0\x9E\xD1\x82\xD0\xB2", "\xD0\x9E\xD1\x82\xD0\xB2\xD0\xB5"
		"\xD1\x82", "\xE5\x9B\x9E\xE5\xA4\x8D", "\xE7\xAD\x94\xE5\xA4"
		"\x8D", "\xE5\x9B\x9E\xE8\xA6\x86", "\xE8\xBF\x94\xE4\xBF\xA1",
		"\xD8\xB1\xD8\xAF", "fw", "fwd", "wg", "tr", "rv", "vb", "i",
		"enc", "doorst", "pd", "\xE8\xBD\xAC\xE5\x8F\x91",
		"\xD0\x9F\xD0\xB5\xD1\x80\xD0\xB5\xD1\x81\xD0\xBB", NULL };
	size_t colon = span_find(s, ':'), len = 1, open;
	size_t wide = span_search(s, span_of("\xEF\xBC\x9A"));
	struct span word;

	if (wide < colon) {
		colon = wide;
		len = 3;
	}
	if (colon >= s.n || colon > 24)
		return 0;
	word = span_trim(span_sub(s, 0, colon));
	open = span_find(word, '[');	/* "Re[2]:" */
	if (open == word.n)
		open = span_find(word, '(');
	word = span_trim(span_sub(word, 0, open));
	return in_table(marks, word) ? colon + len : 0;
}

char *
list_text_subject(struct arena *a, const char *subject)
{
	struct span s = span_of(utf8_line(a, span_of(subject)));
	size_t n;

	while ((n = reply_mark(s)) > 0)
		s = span_trim(span_sub(s, n, s.n));
	if (span_isi(s, "(no subject)"))
		s.n = 0;
	return arena_strndup(a, s.p, s.n);
}

struct span
list_text_word(struct span *s)
{
	struct span all = span_trim(*s);
	size_t n = 0;

	while (n < all.n && all.p[n] != ' ' && all.p[n] != '\t')
		n++;
	*s = span_trim(span_sub(all, n, all.n));
	return span_sub(all, 0, n);
}

static bool
is_punctuation(char c)
{
	return c != '\0' && strchr(".,;:!?\"'`()[]<>*", c) != NULL;
}

struct span
list_text_bare(struct span w)
{
	while (w.n > 0 && is_punctuation(w.p[0]))
		w = span_sub(w, 1, w.n);
	while (w.n > 0 && is_punctuation(w.p[w.n - 1]))
		w = span_sub(w, 0, w.n - 1);
	return w;
}

bool
list_text_has_word(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c >= 0x80 || (c >= '0' && c <= '9') ||
		    (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))
			return true;
	}
	return false;
}

/* Characters without width or that turn the direction of the text. */
static bool
is_trick(uint32_t c)
{
	return (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
	    (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || c == 0x00AD ||
	    (c >= 0xE0000 && c <= 0xE0FFF);
}

static bool
makes_links(const struct span s, size_t at)
{
	char c = s.p[at];

	if (c == '.')
		return at + 1 < s.n && s.p[at + 1] != ' ';
	return strchr(":/@<>&#%\\", c) != NULL;
}

char *
list_text_quote(struct arena *a, struct span line)
{
	struct span s = span_of(utf8_line(a, line)), cut;
	struct str out = STR_EMPTY;
	size_t pos = 0, from;
	char *copy;

	cut = utf8_truncate(s, QUOTE_MAX);
	while (pos < cut.n) {
		uint32_t c;

		from = pos;
		c = utf8_next(cut, &pos);
		if (is_trick(c))
			continue;
		if (c < 0x80 && makes_links(cut, from))
			str_addc(&out, '_');
		else
			str_addspan(&out, span_sub(cut, from, pos));
	}
	if (cut.n < s.n)
		str_adds(&out, " ...");
	copy = str_dup(a, &out);
	str_done(&out);
	return copy;
}

bool
list_text_is_vacation(const char *subject)
{
	static const char *const starts[] = { "automatic reply",
		"auto reply", "auto-reply", "autoreply", "auto response",
		"auto-response", "autoresponse", "out of office",
		"out-of-office", "out of the office", "vacation reply",
		"abwesenheit", "automatische antwort", "autosvar",
		"automatisch antwoord", "automatiskt svar",
		"r\xC3\xA9ponse automatique", "respuesta autom\xC3\xA1tica",
		"resposta autom\xC3\xA1tica", "risposta automatica",
		"odpowied\xC5\xBA automatyczna",
		/* Russian: Avtootvet, Avtomaticheskiy otvet */
		"\xD0\x90\xD0\xB2\xD1\x82\xD0\xBE\xD0\xBE\xD1\x82\xD0\xB2\xD0"
		"\xB5\xD1\x82", "\xD0\x90\xD0\xB2\xD1\x82\xD0\xBE\xD0\xBC\xD0"
		"\xB0\xD1\x82\xD0\xB8\xD1\x87\xD0\xB5\xD1\x81\xD0\xBA\xD0\xB8"
		"\xD0\xB9 \xD0\xBE\xD1\x82\xD0\xB2\xD0\xB5\xD1\x82",
		/* Chinese and Japanese: zidong dafu, zidong huifu, jido oto */
		"\xE8\x87\xAA\xE5\x8A\xA8\xE7\xAD\x94\xE5\xA4\x8D",
		"\xE8\x87\xAA\xE5\x8A\xA8\xE5\x9B\x9E\xE5\xA4\x8D",
		"\xE8\x87\xAA\xE5\x8B\x95\xE5\xBF\x9C\xE7\xAD\x94", NULL };

	return has_prefix_of(starts, span_trim(span_of(subject)));
}

enum list_word
list_text_decision(struct span line)
{
	static const char *const oks[] = { "ok", "okay", "approve",
		"approved", "accept", "accepted", "yes", "oui", "ja", "si",
		"s\xC3\xAD", "\xD0\xB4\xD0\xB0", "\xD0\x94\xD0\xB0",
		"\xD0\x94\xD0\x90", "\xD0\xBE\xD0\xBA", "\xE5\x90\x8C\xE6\x84"
		"\x8F", "\xE6\x98\xAF", "\xD9\x86\xD8\xB9\xD9\x85", NULL };
	static const char *const nos[] = { "no", "reject", "rejected",
		"refuse", "refused", "deny", "denied", "non", "nein",
		"\xD0\xBD\xD0\xB5\xD1\x82", "\xD0\x9D\xD0\xB5\xD1\x82",
		"\xD0\x9D\xD0\x95\xD0\xA2", "\xE4\xB8\x8D", "\xE5\x90\xA6",
		"\xD9\x84\xD8\xA7", NULL };
	static const char *const drops[] = { "drop", "discard", "discarded",
		"delete", "spam", NULL };
	struct span word = list_text_bare(list_text_word(&line));

	if (in_table(oks, word))
		return LIST_WORD_OK;
	if (in_table(nos, word))
		return LIST_WORD_NO;
	return in_table(drops, word) ? LIST_WORD_DROP : LIST_WORD_NONE;
}

const char *
list_first_words(struct arena *a, const struct digest *d, bool body_first)
{
	const char *subject = list_text_subject(a, d->subject);
	struct list_text t;
	struct span line;
	bool typed;

	if (!body_first && list_text_has_word(span_of(subject)))
		return subject;
	list_text_begin(&t, d->text);
	typed = list_text_next(&t, &line);
	if (typed)
		return utf8_line(a, line);
	return subject;
}
