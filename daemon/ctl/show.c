/* SPDX-License-Identifier: ISC */
/*
 * Show: the first rows are kept until their columns are known; later ones are
 * printed with the same widths as they come. Owns the rows kept. Invariant:
 * no byte of a value reaches the terminal before show_clean().
 */
#include "ctl/show.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/civil.h"
#include "base/str.h"
#include "base/utf8.h"
#include "base/xmalloc.h"
#include "ctl/row.h"

#define SAMPLE 200		/* rows that decide the widths */
#define COLUMNS_MAX 20
#define GAP 2

struct column {
	const char *key;
	size_t width;
	bool right;		/* numbers stand right */
};

struct show {
	FILE *out;
	enum show_form form;
	size_t line_width;
	struct arena *arena;	/* columns and rows kept */
	struct column columns[COLUMNS_MAX];
	size_t n_columns;
	struct row *kept;
	size_t n_kept;
	bool begun;		/* heading printed, widths fixed */
	size_t rows;
	bool failed;
};

/* ---- characters ---- */

struct range {
	uint32_t first, last;
};

static const struct range wide[] = {
	{ 0x1100, 0x115f }, { 0x2e80, 0x303e }, { 0x3041, 0xa4cf },
	{ 0xa960, 0xa97c }, { 0xac00, 0xd7a3 }, { 0xf900, 0xfaff },
	{ 0xfe30, 0xfe6f }, { 0xff00, 0xff60 }, { 0xffe0, 0xffe6 },
	{ 0x1f300, 0x1f64f }, { 0x1f900, 0x1f9ff }, { 0x20000, 0x3fffd },
};

static const struct range combining[] = {
	{ 0x0300, 0x036f }, { 0x0483, 0x0489 }, { 0x0591, 0x05bd },
	{ 0x0610, 0x061a }, { 0x064b, 0x065f }, { 0x0900, 0x0902 },
	{ 0x093c, 0x093c }, { 0x0941, 0x0948 }, { 0x094d, 0x094d },
	{ 0x0e31, 0x0e31 }, { 0x0e34, 0x0e3a }, { 0x0e47, 0x0e4e },
	{ 0x1ab0, 0x1aff }, { 0x200b, 0x200d }, { 0x20d0, 0x20ff },
	{ 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f },
};

/* Controls, and marks that turn the direction of text around. */
static const struct range unsafe[] = {
	{ 0x0000, 0x001f }, { 0x007f, 0x009f }, { 0x061c, 0x061c },
	{ 0x200e, 0x200f }, { 0x2028, 0x202e }, { 0x2066, 0x206f },
	{ 0xfeff, 0xfeff }, { 0xfff9, 0xfffb },
};

#define IN(ranges, c) is_in(ranges, sizeof(ranges) / sizeof((ranges)[0]), c)

static bool
is_in(const struct range *ranges, size_t n, uint32_t c)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

static size_t
width_of(uint32_t c)
{
	if (IN(combining, c))
		return 0;
	return IN(wide, c) ? 2 : 1;
}

size_t
show_width(const char *text)
{
	struct span s = span_of(text);
	size_t pos = 0, width = 0;

	while (pos < s.n)
		width += width_of(utf8_next(s, &pos));
	return width;
}

void
show_clean(struct str *out, const char *text, size_t max)
{
	struct span s = span_of(text);
	size_t pos = 0, from, used = 0, w;
	bool cut = max > 0 && show_width(text) > max;
	uint32_t c;

	while (pos < s.n) {
		from = pos;
		c = utf8_next(s, &pos);
		w = width_of(c);
		if (cut && used + w > max - 1) {
			str_adds(out, "\xe2\x80\xa6");	/* ellipsis */
			return;
		}
		used += w;
		if (IN(unsafe, c))
			str_addc(out, c == '\n' || c == '\t' ? ' ' : '?');
		else if (c == 0xfffd)
			str_adds(out, "\xef\xbf\xbd");
		else
			str_addspan(out, span_sub(s, from, pos));
	}
}

/* ---- values ---- */

/* As people want it: times (name_at) as dates, words as yes and no. */
static const char *
readable(struct arena *a, const struct row_field *f)
{
	struct span key = span_of(f->key);
	uint64_t at;

	if (f->kind == ROW_NUMBER && span_has_suffixi(key, "_at")) {
		if (!span_u64(span_of(f->text), INT64_C(1) << 40, &at) ||
		    at == 0)
			return "";
		return civil_rfc3339(a, (int64_t)at);
	}
	if (f->kind == ROW_WORD)
		return strcmp(f->text, "true") == 0 ? "yes" :
		    strcmp(f->text, "false") == 0 ? "no" : "";
	return f->text;
}

static void
write_out(struct show *s, const struct str *text)
{
	if (fwrite(str_get(text), 1, text->len, s->out) != text->len)
		s->failed = true;
}

/* No blanks at the end of a line. */
static void
trim(struct str *line)
{
	while (line->len > 0 && line->data[line->len - 1] == ' ')
		line->len--;
}

/* ---- a field a line ---- */

static void
add_pairs(struct show *s, struct str *out, const char *json)
{
	struct row r;
	size_t i;

	if (row_parse(s->arena, span_of(json), &r) != 0) {
		show_clean(out, json, 0);
		return;
	}
	for (i = 0; i < r.n; i++) {
		str_adds(out, i > 0 ? " " : "");
		show_clean(out, r.fields[i].key, 0);
		str_addc(out, '=');
		show_clean(out, readable(s->arena, &r.fields[i]), 0);
	}
}

/* The elements of an array, each on a line of its own. */
static void
add_array(struct show *s, struct str *out, size_t indent, const char *json)
{
	struct row items;
	size_t i;

	if (row_parse_array(s->arena, span_of(json), &items) != 0) {
		show_clean(out, json, 0);
		return;
	}
	for (i = 0; i < items.n; i++) {
		if (i > 0)
			str_addf(out, "\n%*s", (int)indent, "");
		if (items.fields[i].kind == ROW_OBJECT)
			add_pairs(s, out, items.fields[i].text);
		else
			show_clean(out, items.fields[i].text, 0);
	}
}

/* Lines of a long text stand below each other. */
static void
add_lines(struct str *out, size_t indent, const char *text)
{
	struct span rest = span_of(text), line;
	struct arena *a = arena_new();
	bool first = true;

	while (rest.n > 0) {
		line = span_line(&rest);
		if (!first)
			str_addf(out, "\n%*s", (int)indent, "");
		show_clean(out, arena_strndup(a, line.p, line.n), 0);
		first = false;
	}
	arena_free(a);
}

static void
print_fields(struct show *s, const struct row *r)
{
	struct str out = STR_EMPTY;
	size_t i, widest = 0;
	const struct row_field *f;

	if (s->rows > 1)
		str_addc(&out, '\n');
	for (i = 0; i < r->n; i++)
		if (show_width(r->fields[i].key) > widest)
			widest = show_width(r->fields[i].key);
	for (i = 0; i < r->n; i++) {
		f = &r->fields[i];
		show_clean(&out, f->key, 0);
		str_addf(&out, "%*s", (int)(widest + GAP -
		    show_width(f->key)), "");
		if (f->kind == ROW_ARRAY)
			add_array(s, &out, widest + GAP, f->text);
		else if (f->kind == ROW_OBJECT)
			add_pairs(s, &out, f->text);
		else
			add_lines(&out, widest + GAP, readable(s->arena, f));
		trim(&out);
		str_addc(&out, '\n');
	}
	write_out(s, &out);
	str_done(&out);
}

/* ---- a table ---- */

static void
all_columns(struct show *s, const struct row *r)
{
	size_t i;

	for (i = 0; i < r->n && s->n_columns < COLUMNS_MAX; i++)
		if (r->fields[i].kind != ROW_ARRAY &&
		    r->fields[i].kind != ROW_OBJECT)
			s->columns[s->n_columns++].key = r->fields[i].key;
}

static const char *
cell(struct arena *a, const struct row *r, const struct column *c)
{
	const struct row_field *f = row_get(r, c->key);

	return f != NULL ? readable(a, f) : "";
}

static void
measure(struct show *s)
{
	struct column *c;
	const struct row_field *f;
	size_t i, j, w;

	for (i = 0; i < s->n_columns; i++) {
		c = &s->columns[i];
		c->width = show_width(c->key);
		f = row_get(&s->kept[0], c->key);
		c->right = f != NULL && f->kind == ROW_NUMBER &&
		    !span_has_suffixi(span_of(c->key), "_at");
		for (j = 0; j < s->n_kept; j++) {
			w = show_width(cell(s->arena, &s->kept[j], c));
			if (w > c->width)
				c->width = w;
		}
	}
}

/* Take from the widest columns until the line fits the terminal. */
static void
squeeze(struct show *s)
{
	size_t total = 0, i, widest;

	if (s->line_width == 0)
		return;
	for (i = 0; i < s->n_columns; i++)
		total += s->columns[i].width + (i > 0 ? GAP : 0);
	while (total > s->line_width) {
		widest = 0;
		for (i = 1; i < s->n_columns; i++)
			if (s->columns[i].width > s->columns[widest].width)
				widest = i;
		if (s->columns[widest].width <= 8)
			return;
		s->columns[widest].width--;
		total--;
	}
}

static void
add_cell(struct show *s, struct str *out, size_t i, const char *text)
{
	const struct column *c = &s->columns[i];
	size_t w = show_width(text), pad = w < c->width ? c->width - w : 0;

	if (i > 0)
		str_addf(out, "%*s", GAP, "");
	if (c->right)
		str_addf(out, "%*s", (int)pad, "");
	show_clean(out, text, s->line_width > 0 ? c->width : 0);
	if (!c->right && i + 1 < s->n_columns)
		str_addf(out, "%*s", (int)pad, "");
}

static void
print_line(struct show *s, const struct row *r)
{
	struct str out = STR_EMPTY;
	struct arena *a = arena_new();
	size_t i;

	for (i = 0; i < s->n_columns; i++)
		add_cell(s, &out, i, cell(a, r, &s->columns[i]));
	trim(&out);
	str_addc(&out, '\n');
	write_out(s, &out);
	str_done(&out);
	arena_free(a);
}

static void
print_heading(struct show *s)
{
	struct str out = STR_EMPTY;
	char name[64];
	size_t i, j;

	for (i = 0; i < s->n_columns; i++) {
		for (j = 0; s->columns[i].key[j] != '\0' &&
		    j + 1 < sizeof(name); j++) {
			name[j] = s->columns[i].key[j];
			if (name[j] >= 'a' && name[j] <= 'z')
				name[j] = (char)(name[j] - 'a' + 'A');
		}
		name[j] = '\0';
		add_cell(s, &out, i, name);
	}
	str_addc(&out, '\n');
	write_out(s, &out);
	str_done(&out);
}

/* The widths are known now: print what was kept. */
static void
begin(struct show *s)
{
	size_t i;

	s->begun = true;
	if (s->n_kept == 0)
		return;
	if (s->n_columns == 0)
		all_columns(s, &s->kept[0]);
	measure(s);
	squeeze(s);
	print_heading(s);
	for (i = 0; i < s->n_kept; i++)
		print_line(s, &s->kept[i]);
}

static void
table_row(struct show *s, struct span json)
{
	struct arena *a;
	struct row r;

	if (!s->begun) {
		/* The row is read from a buffer that does not stay. */
		json = span_of(arena_strndup(s->arena, json.p, json.n));
		if (row_parse(s->arena, json, &s->kept[s->n_kept]) == 0 &&
		    ++s->n_kept == SAMPLE)
			begin(s);
		return;
	}
	a = arena_new();
	if (row_parse(a, json, &r) == 0)
		print_line(s, &r);
	arena_free(a);
}

/* ---- the object ---- */

struct show *
show_new(FILE *out, enum show_form form, const char *columns, size_t width)
{
	struct show *s = xcalloc(1, sizeof(*s));
	struct span rest = span_of(columns), key;

	s->out = out;
	s->form = form;
	s->line_width = width;
	s->arena = arena_new();
	s->kept = arena_array(s->arena, SAMPLE, sizeof(*s->kept));
	while (rest.n > 0 && s->n_columns < COLUMNS_MAX) {
		key = span_cut(&rest, ',');
		s->columns[s->n_columns++].key = arena_strndup(s->arena, key.p,
		    key.n);
	}
	return s;
}

void
show_row(struct show *s, struct span json)
{
	struct arena *a;
	struct row r;

	s->rows++;
	if (s->form == SHOW_JSON) {
		if (fwrite(json.p, 1, json.n, s->out) != json.n ||
		    fputc('\n', s->out) == EOF)
			s->failed = true;
	} else if (s->form == SHOW_TABLE) {
		table_row(s, json);
	} else {
		a = arena_new();
		if (row_parse(a, json, &r) == 0)
			print_fields(s, &r);
		arena_free(a);
	}
}

int
show_end(struct show *s)
{
	int rc;

	if (s->form == SHOW_TABLE && !s->begun)
		begin(s);
	rc = fflush(s->out) != 0 || s->failed ? -1 : 0;
	arena_free(s->arena);
	free(s);
	return rc;
}
