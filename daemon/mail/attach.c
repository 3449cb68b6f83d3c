/* SPDX-License-Identifier: ISC */
/*
 * Leaves and calendar parts. A calendar part inside of an enclosed message is
 * none of the author's: a bounce must not answer an invitation. Invariant: at
 * most MAX_CALENDARS parts are decoded.
 */
#include "mail/attach.h"

#include <string.h>

#include "base/arena.h"
#include "base/crypt.h"
#include "base/str.h"
#include "base/utf8.h"
#include "mail/decode.h"
#include "mail/mime.h"

#define MAX_LEAVES 200	/* as in model/structs.def */
#define MAX_ITIPS 20
#define MAX_CALENDARS 20

static int64_t
size_of(const struct mime_part *p)
{
	size_t n = p->body.n;

	/* 76 characters and CRLF carry 57 bytes. */
	if (strcmp(p->encoding, "base64") == 0)
		n = n / 78 * 57 + n % 78 * 3 / 4;
	return (int64_t)n;
}

void
attach_leaves(struct arena *a, const struct mime *m, struct digest *d)
{
	size_t i;

	d->leaves = arena_array(a, MAX_LEAVES, sizeof(*d->leaves));
	for (i = 0; i < m->n && d->n_leaves < MAX_LEAVES; i++) {
		const struct mime_part *p = &m->parts[i];
		struct leaf *leaf;

		if (!p->leaf)
			continue;
		leaf = &d->leaves[d->n_leaves++];
		leaf->path = p->path;
		leaf->type = p->type;
		leaf->charset = p->charset;
		leaf->name = p->name;
		leaf->disposition = p->disposition;
		leaf->size = size_of(p);
	}
}

static bool
is_calendar(const struct mime_part *p, bool main)
{
	bool is_main = strcmp(p->type, "text/calendar") == 0 &&
	    strcmp(p->disposition, "attachment") != 0;

	if (!p->leaf || p->enclosed)
		return false;
	if (main)
		return is_main;
	return !is_main && (strcmp(p->type, "text/calendar") == 0 ||
	    strcmp(p->type, "application/ics") == 0 ||
	    span_has_suffixi(span_of(p->name), ".ics"));
}

/* RFC 5545 section 3.1 lets writers fold lines within a character. */
static struct span
unfold(struct arena *a, struct span s)
{
	char *out = arena_alloc(a, s.n + 1);
	size_t i, n = 0, skip;

	for (i = 0; i < s.n; i++) {
		skip = s.p[i] == '\n' ? 1 : 0;
		if (s.p[i] == '\r' && i + 1 < s.n && s.p[i + 1] == '\n')
			skip = 2;
		if (skip > 0 && i + skip < s.n &&
		    (s.p[i + skip] == ' ' || s.p[i + skip] == '\t'))
			i += skip;
		else
			out[n++] = s.p[i];
	}
	return span_make(out, n);
}

static const char *
calendar_text(struct arena *a, const struct mime_part *p, size_t max)
{
	struct span raw;
	bool cut;

	raw = decode_bytes(a, p->encoding, p->body, max + 1, &cut);
	if (!utf8_is_valid(raw))
		raw = unfold(a, raw);
	return decode_text(a, "", p->charset, raw, max + 1, &cut);
}

struct seen {
	uint8_t sums[MAX_CALENDARS][SHA256_LEN];
	size_t n;
};

static bool
is_new(struct seen *seen, const char *text)
{
	uint8_t sum[SHA256_LEN];
	size_t i;

	crypt_sha256(span_of(text), sum);
	for (i = 0; i < seen->n; i++) {
		if (memcmp(seen->sums[i], sum, sizeof(sum)) == 0)
			return false;
	}
	memcpy(seen->sums[seen->n++], sum, sizeof(sum));
	return true;
}

void
attach_calendars(struct arena *a, const struct mime *m, size_t max,
    parse_calendar_fn *fn, struct digest *d)
{
	struct seen seen;
	const char *text;
	size_t i;

	seen.n = 0;
	/* First those that are meant to be acted on, then attached files. */
	for (i = 0; i < 2 * m->n && seen.n < MAX_CALENDARS &&
	    d->n_itips < MAX_ITIPS; i++) {
		const struct mime_part *p = &m->parts[i % m->n];

		if (!is_calendar(p, i < m->n))
			continue;
		text = calendar_text(a, p, max);
		if (is_new(&seen, text))
			fn(a, span_of(text), p->method, d);
	}
	if (d->n_itips > MAX_ITIPS)
		d->n_itips = MAX_ITIPS;
}
