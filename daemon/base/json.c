/* SPDX-License-Identifier: ISC */
/*
 * JSON writer: appends text to a str that the caller owns. Does not check
 * that ends match begins; that is the caller's bug. Invariant: comma is true
 * exactly when an element stands before in the innermost open container.
 */
#include "base/json.h"

#include <inttypes.h>

#include "base/str.h"
#include "base/utf8.h"

static void
put_string(struct str *out, const char *text)
{
	struct span s = span_of(text);
	size_t pos = 0, from;
	uint32_t c;

	str_addc(out, '"');
	while (pos < s.n) {
		from = pos;
		c = utf8_next(s, &pos);
		if (c == '"' || c == '\\')
			str_addf(out, "\\%c", (int)c);
		else if (c == '\n')
			str_adds(out, "\\n");
		else if (c < 0x20 || (c >= 0x7F && c < 0xA0))
			str_addf(out, "\\u%04x", (unsigned)c);
		else if (c == 0xFFFD)
			str_adds(out, "\xEF\xBF\xBD");
		else
			str_addspan(out, span_sub(s, from, pos));
	}
	str_addc(out, '"');
}

/* Comma if one is due, then the key if there is one. */
static void
begin(struct json *j, const char *key)
{
	if (j->comma)
		str_addc(j->out, ',');
	j->comma = true;
	if (key != NULL) {
		put_string(j->out, key);
		str_addc(j->out, ':');
	}
}

void
json_init(struct json *j, struct str *out)
{
	j->out = out;
	j->comma = false;
}

void
json_object(struct json *j, const char *key)
{
	begin(j, key);
	str_addc(j->out, '{');
	j->comma = false;
}

void
json_array(struct json *j, const char *key)
{
	begin(j, key);
	str_addc(j->out, '[');
	j->comma = false;
}

void
json_end_object(struct json *j)
{
	str_addc(j->out, '}');
	j->comma = true;
}

void
json_end_array(struct json *j)
{
	str_addc(j->out, ']');
	j->comma = true;
}

void
json_str(struct json *j, const char *key, const char *value)
{
	begin(j, key);
	if (value == NULL)
		str_adds(j->out, "null");
	else
		put_string(j->out, value);
}

void
json_int(struct json *j, const char *key, int64_t value)
{
	begin(j, key);
	str_addf(j->out, "%" PRId64, value);
}

void
json_bool(struct json *j, const char *key, bool value)
{
	begin(j, key);
	str_adds(j->out, value ? "true" : "false");
}
