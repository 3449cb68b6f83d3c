/* SPDX-License-Identifier: ISC */
/*
 * Row: a JSON reader (RFC 8259) for one level. Owns nothing. Invariant: it
 * never reads past the span, whatever is in it.
 */
#include "ctl/row.h"

#include <stdbool.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"

#define FIELDS_MAX 200

struct reader {
	struct arena *arena;
	struct span in;
	size_t pos;
};

static char
peek(const struct reader *r)
{
	return r->pos < r->in.n ? r->in.p[r->pos] : '\0';
}

static void
blanks(struct reader *r)
{
	while (peek(r) != '\0' && strchr(" \t\r\n", peek(r)) != NULL)
		r->pos++;
}

static bool
take(struct reader *r, char c)
{
	blanks(r);
	if (peek(r) != c)
		return false;
	r->pos++;
	return true;
}

static bool
hex4(struct reader *r, uint32_t *out)
{
	uint32_t v = 0;
	int i;
	char c;

	for (i = 0; i < 4; i++) {
		c = peek(r);
		if (c >= '0' && c <= '9')
			v = v << 4 | (uint32_t)(c - '0');
		else if ((c | 32) >= 'a' && (c | 32) <= 'f')
			v = v << 4 | (uint32_t)((c | 32) - 'a' + 10);
		else
			return false;
		r->pos++;
	}
	*out = v;
	return true;
}

static void
add_utf8(struct str *out, uint32_t c)
{
	if (c < 0x80) {
		str_addc(out, (char)c);
	} else if (c < 0x800) {
		str_addc(out, (char)(0xc0 | c >> 6));
		str_addc(out, (char)(0x80 | (c & 63)));
	} else if (c < 0x10000) {
		str_addc(out, (char)(0xe0 | c >> 12));
		str_addc(out, (char)(0x80 | (c >> 6 & 63)));
		str_addc(out, (char)(0x80 | (c & 63)));
	} else {
		str_addc(out, (char)(0xf0 | c >> 18));
		str_addc(out, (char)(0x80 | (c >> 12 & 63)));
		str_addc(out, (char)(0x80 | (c >> 6 & 63)));
		str_addc(out, (char)(0x80 | (c & 63)));
	}
}

/* \uXXXX, or two of them for one character above U+FFFF. */
static bool
unicode(struct reader *r, struct str *out)
{
	uint32_t c, low;

	if (!hex4(r, &c))
		return false;
	if (c >= 0xd800 && c < 0xdc00) {
		if (peek(r) != '\\')
			return false;
		r->pos++;
		if (peek(r) != 'u')
			return false;
		r->pos++;
		if (!hex4(r, &low) || low < 0xdc00 || low > 0xdfff)
			return false;
		c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
	}
	if (c == 0 || (c >= 0xdc00 && c < 0xe000))
		c = 0xfffd;
	add_utf8(out, c);
	return true;
}

static bool
escape(struct reader *r, struct str *out)
{
	static const char names[] = "\"\\/bfnrt";
	static const char values[] = "\"\\/\b\f\n\r\t";
	char c = peek(r);
	const char *at;

	r->pos++;
	if (c == 'u')
		return unicode(r, out);
	at = c != '\0' ? strchr(names, c) : NULL;
	if (at == NULL)
		return false;
	str_addc(out, values[at - names]);
	return true;
}

/* A string after its opening quote. */
static const char *
string(struct reader *r)
{
	struct str out = STR_EMPTY;
	const char *text = NULL;
	char c;

	while (r->pos < r->in.n) {
		c = r->in.p[r->pos++];
		if (c == '"') {
			text = str_dup(r->arena, &out);
			break;
		}
		if (c != '\\')
			str_addc(&out, c != '\0' ? c : ' ');
		else if (!escape(r, &out))
			break;
	}
	str_done(&out);
	return text;
}

/* Jump over an object or an array; the brackets are counted, not matched:
 * what is inside is parsed when it is shown. */
static bool
skip_nested(struct reader *r)
{
	size_t depth = 0;
	char c;

	while (r->pos < r->in.n) {
		c = r->in.p[r->pos++];
		if (c == '"') {
			if (string(r) == NULL)
				return false;
		} else if (c == '{' || c == '[') {
			depth++;
		} else if ((c == '}' || c == ']') && --depth == 0) {
			return true;
		}
	}
	return false;
}

static bool
value(struct reader *r, struct row_field *f)
{
	size_t from;
	char c;

	blanks(r);
	from = r->pos;
	c = peek(r);
	if (c == '"') {
		r->pos++;
		f->kind = ROW_TEXT;
		f->text = string(r);
		return f->text != NULL;
	}
	if (c == '{' || c == '[') {
		f->kind = c == '{' ? ROW_OBJECT : ROW_ARRAY;
		if (!skip_nested(r))
			return false;
	} else {
		f->kind = c == '-' || (c >= '0' && c <= '9') ? ROW_NUMBER :
		    ROW_WORD;
		while (peek(r) != '\0' && strchr(",]} \t\r\n", peek(r)) ==
		    NULL)
			r->pos++;
	}
	f->text = arena_strndup(r->arena, r->in.p + from, r->pos - from);
	return r->pos > from;
}

/* Members up to the closing bracket. */
static int
members(struct reader *r, bool keyed, struct row *out)
{
	char closing = keyed ? '}' : ']';
	struct row_field *f;

	out->fields = arena_array(r->arena, FIELDS_MAX, sizeof(*out->fields));
	out->n = 0;
	if (take(r, closing))
		return 0;
	for (;;) {
		if (out->n == FIELDS_MAX)
			return -1;
		f = &out->fields[out->n++];
		f->key = "";
		if (keyed && (!take(r, '"') ||
		    (f->key = string(r)) == NULL || !take(r, ':')))
			return -1;
		if (!value(r, f))
			return -1;
		if (take(r, closing))
			return 0;
		if (!take(r, ','))
			return -1;
	}
}

static int
parse(struct arena *a, struct span json, bool keyed, struct row *out)
{
	struct reader r = { a, json, 0 };

	if (!take(&r, keyed ? '{' : '[') || members(&r, keyed, out) != 0)
		return -1;
	blanks(&r);
	return r.pos == json.n ? 0 : -1;
}

int
row_parse(struct arena *a, struct span json, struct row *out)
{
	return parse(a, json, true, out);
}

int
row_parse_array(struct arena *a, struct span json, struct row *out)
{
	return parse(a, json, false, out);
}

const struct row_field *
row_get(const struct row *r, const char *key)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		if (strcmp(r->fields[i].key, key) == 0)
			return &r->fields[i];
	return NULL;
}
