/* SPDX-License-Identifier: ISC */
/*
 * Scan: a lexer for libconfig's language that builds nothing. Owns the text
 * of one file at a time. Invariant: it never refuses what libconfig reads
 * as it is written.
 */
#include "conf/scan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "base/span.h"
#include "conf/load.h"

#define FILE_MAX (4u << 20)
#define INCLUDE_DEPTH 10

struct scan {
	struct load *load;
	const char *file;
	struct span text;
	size_t pos;
	unsigned line;
	unsigned depth;
	unsigned comma_line;	/* of the comma just read, 0 = other token */
};

static int scan_one(struct load *l, const char *path, unsigned depth);

/* The byte at pos + ahead, 0 at the end. */
static char
peek(const struct scan *s, size_t ahead)
{
	return s->pos + ahead < s->text.n ? s->text.p[s->pos + ahead] : '\0';
}

static char
next(struct scan *s)
{
	char c = peek(s, 0);

	s->pos++;
	s->line += c == '\n';
	return c;
}

static bool
at_end(const struct scan *s)
{
	return s->pos >= s->text.n;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_word(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z') || c == '_' || c == '-' || c == '*';
}

static void
skip_line(struct scan *s)
{
	while (!at_end(s) && peek(s, 0) != '\n')
		(void)next(s);
}

static void
block_comment(struct scan *s)
{
	unsigned begun = s->line;

	s->pos += 2;
	while (!at_end(s)) {
		if (peek(s, 0) == '*' && peek(s, 1) == '/') {
			s->pos += 2;
			return;
		}
		(void)next(s);
	}
	load_problem_at(s->load, s->file, begun,
	    "this comment has no end: write */ where it ends");
}

/* A string; its place in the text (without quotes), for @include. */
static struct span
string(struct scan *s)
{
	unsigned begun = s->line;
	size_t from;
	char c;

	s->pos++;
	from = s->pos;
	while (!at_end(s)) {
		c = next(s);
		if (c == '"')
			return span_sub(s->text, from, s->pos - 1);
		if (c != '\\')
			continue;
		if (peek(s, 0) == 'x' && peek(s, 1) == '0' &&
		    peek(s, 2) == '0')
			load_problem_at(s->load, s->file, s->line,
			    "\\x00 would cut the text here: remove it");
		if (!at_end(s))
			(void)next(s);
	}
	load_problem_at(s->load, s->file, begun,
	    "this text has no end: write \" where it ends");
	return span_sub(s->text, from, s->text.n);
}

/* Does the token hold a number that libconfig would wrap? *low gets what it
 * would make of it. */
static bool
is_wrapped(struct span token, uint32_t *low)
{
	uint64_t value = 0, digit;
	bool over = false, saturated = false;
	bool hex = span_has_prefixi(token, "0x");
	size_t i;
	char c;

	if (token.n > 0 && token.p[token.n - 1] == 'L')
		return false;	/* 64 bits are asked for */
	for (i = hex ? 2 : 0; i < token.n; i++) {
		c = token.p[i];
		if (is_digit(c))
			digit = (uint64_t)(c - '0');
		else if (hex && ((c | 32) >= 'a' && (c | 32) <= 'f'))
			digit = (uint64_t)((c | 32) - 'a') + 10;
		else
			return false;	/* a name, or a float */
		value = value * (hex ? 16 : 10) + digit;
		over |= value > INT32_MAX;
		saturated |= value > INT64_MAX / 16;
	}
	*low = saturated ? UINT32_MAX : (uint32_t)value;
	return over;
}

/* A name, a word or a number. */
static void
token(struct scan *s)
{
	size_t from = s->pos;
	struct load_wrapped *w;
	struct span t, number;
	uint32_t low;

	while (is_word(peek(s, 0)) || peek(s, 0) == '.')
		(void)next(s);
	t = span_sub(s->text, from, s->pos);
	number = t.p[0] == '-' ? span_sub(t, 1, t.n) : t;
	if (number.n == 0 || !is_digit(number.p[0]) ||
	    !is_wrapped(number, &low))
		return;
	w = arena_alloc(s->load->arena, sizeof(*w));
	w->file = s->file;
	w->line = s->line;
	/* strtol() saturates, and LONG_MIN leaves nothing in 32 bits. */
	if (t.p[0] == '-')
		low = low == UINT32_MAX ? 0 : -low;
	w->low = low;
	w->text = arena_strndup(s->load->arena, t.p, t.n < 40 ? t.n : 40);
	w->next = s->load->wrapped;
	s->load->wrapped = w;
}

/* libconfig takes @include only at the start of a line. */
static void
include(struct scan *s)
{
	struct span name;
	unsigned line = s->line;
	char *path;

	s->pos += strlen("@include");
	while (peek(s, 0) == ' ' || peek(s, 0) == '\t')
		(void)next(s);
	if (peek(s, 0) != '"') {
		load_problem_at(s->load, s->file, line,
		    "write @include \"FILE\", one file in quotes");
		return;
	}
	name = string(s);
	if (name.n > 0 && name.p[0] == '/')
		path = arena_strndup(s->load->arena, name.p, name.n);
	else
		path = arena_printf(s->load->arena, "%s/%.*s", s->load->dir,
		    (int)name.n, name.p);
	if (s->depth >= INCLUDE_DEPTH)
		load_problem_at(s->load, s->file, line,
		    "files include each other more than %d levels deep",
		    INCLUDE_DEPTH);
	else
		(void)scan_one(s->load, path, s->depth + 1);
}

static bool
at_include(const struct scan *s)
{
	size_t i = s->pos;

	if (!span_has_prefix(span_sub(s->text, s->pos, s->text.n), "@include"))
		return false;
	while (i > 0 && (s->text.p[i - 1] == ' ' || s->text.p[i - 1] == '\t'))
		i--;
	return i == 0 || s->text.p[i - 1] == '\n';
}

/* One token that is neither blank nor comment. */
static void
significant(struct scan *s)
{
	unsigned comma = s->comma_line;
	char c = peek(s, 0);

	s->comma_line = c == ',' ? s->line : 0;
	if (comma > 0 && (c == ')' || c == ']'))
		load_problem_at(s->load, s->file, comma,
		    "a comma before the closing %c: remove it", c);
	if (c == '"')
		(void)string(s);
	else if (is_word(c))
		token(s);
	else if (at_include(s))
		include(s);
	else
		(void)next(s);
}

static void
scan_text(struct scan *s)
{
	char c;

	while (!at_end(s)) {
		c = peek(s, 0);
		if (c == '\0') {
			load_problem_at(s->load, s->file, s->line,
			    "there is a zero byte: this is no text file");
			return;
		}
		if (c == '#' || (c == '/' && peek(s, 1) == '/'))
			skip_line(s);
		else if (c == '/' && peek(s, 1) == '*')
			block_comment(s);
		else if (strchr(" \t\r\n\f", c) != NULL)
			(void)next(s);
		else
			significant(s);
	}
}

/* Read a regular file: libconfig ends the program on a folder. */
static int
read_text(struct load *l, const char *path, struct span *out, struct err *err)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), rc;

	if (fd < 0)
		return err_set(err, ERR_TEMP, "%s", strerror(errno));
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		rc = err_set(err, ERR_BADINPUT, "this is no regular file");
	else
		rc = file_read_fd(l->arena, fd, FILE_MAX, out, err);
	(void)close(fd);	/* only read */
	return rc;
}

static int
scan_one(struct load *l, const char *path, unsigned depth)
{
	struct scan s = { .load = l, .file = path, .line = 1, .depth = depth };
	size_t before = l->n_problems;
	struct err err = { ERR_NONE, "" };

	if (read_text(l, path, &s.text, &err) != 0) {
		load_problem_at(l, path, 0, "cannot be read: %s", err.text);
		return -1;
	}
	scan_text(&s);
	return l->n_problems > before ? -1 : 0;
}

int
scan_file(struct load *l)
{
	return scan_one(l, l->file, 0);
}
