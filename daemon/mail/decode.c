/* SPDX-License-Identifier: ISC */
/*
 * Transfer encodings by libetpan, charsets by mail/charset. libetpan gets
 * nothing but the bytes of one body and the name of its encoding: the parts of
 * it that crash, recurse or go quadratic are never called. Invariant: what
 * decode_text() gives is clean UTF-8 of at most max bytes.
 */
#include "mail/decode.h"

#include <stdint.h>
#include <string.h>

#include <libetpan/libetpan.h>

#include "base/arena.h"
#include "base/str.h"
#include "base/utf8.h"
#include "mail/charset.h"

static int
mechanism(const char *encoding)
{
	if (strcmp(encoding, "base64") == 0)
		return MAILMIME_MECHANISM_BASE64;
	if (strcmp(encoding, "quoted-printable") == 0)
		return MAILMIME_MECHANISM_QUOTED_PRINTABLE;
	return MAILMIME_MECHANISM_8BIT;
}

bool
decode_is_encoded(const char *encoding)
{
	return mechanism(encoding) != MAILMIME_MECHANISM_8BIT;
}

/* How much of an encoded body is read for max bytes: three bytes for one (all
 * of quoted-printable escaped) and some for line ends. */
static size_t
raw_max(size_t max)
{
	return max < SIZE_MAX / 8 ? max * 3 + max / 8 + 1024 : SIZE_MAX;
}

struct span
decode_bytes(struct arena *a, const char *encoding, struct span body,
    size_t max, bool *cut)
{
	char *result = NULL;
	size_t len = 0, pos = 0, whole = body.n;
	struct span out = { "", 0 };

	if (!decode_is_encoded(encoding)) {
		*cut = body.n > max;
		return span_sub(body, 0, max);
	}
	body = span_sub(body, 0, raw_max(max));
	*cut = body.n < whole;
	if (body.n == 0 || mailmime_part_parse(body.p, body.n, &pos,
	    mechanism(encoding), &result, &len) != MAILIMF_NO_ERROR)
		return out;
	if (len > max) {
		len = max;
		*cut = true;
	}
	out = span_make(arena_strndup(a, result, len), len);
	(void)mailmime_decoded_part_free(result);
	return out;
}

const char *
decode_text(struct arena *a, const char *encoding, const char *charset,
    struct span body, size_t max, bool *cut)
{
	struct str text = STR_EMPTY;
	struct span raw;
	const char *clean;

	/* Some bytes more, and the last of them thrown away: a character that
	 * was cut in two must not be judged. */
	raw = decode_bytes(a, encoding, body, max + 8, cut);
	if (*cut && raw.n > 0)
		raw = utf8_truncate(raw, raw.n - 1);
	/* A label is believed unless the text is UTF-8 all the same: many
	 * senders get that wrong, and next to no text is so by accident. */
	if (utf8_is_valid(raw) && strncmp(charset, "iso-2022", 8) != 0 &&
	    strncmp(charset, "utf-16", 6) != 0 &&
	    strcmp(charset, "hz-gb-2312") != 0)
		str_addspan(&text, raw);
	else if (!charset_convert(span_of(charset), raw, &text))
		charset_guess(raw, &text);
	clean = utf8_clean(a, str_span(&text));
	str_done(&text);
	if (strlen(clean) > max) {
		*cut = true;
		raw = utf8_truncate(span_of(clean), max);
		clean = arena_strndup(a, raw.p, raw.n);
	}
	return clean;
}
