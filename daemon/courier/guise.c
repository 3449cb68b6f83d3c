/* SPDX-License-Identifier: ISC */
/*
 * Dressing a header block. A field is a line and its continuation lines, cut
 * as libesmtp cuts them.
 */
#include "courier/guise.h"

#include <stdbool.h>
#include <string.h>
#include "base/err.h"
#include "base/str.h"

/* What the library supplies when it misses it. */
static const char *const wanted[] = { "Date:", "From:", "Message-Id:" };

#define N_WANTED (sizeof(wanted) / sizeof(wanted[0]))

/* Length of the first line of s with its CRLF. */
static size_t
line_length(struct span s)
{
	size_t lf = span_find(s, '\n');

	return lf < s.n ? lf + 1 : s.n;
}

static bool
is_empty_line(struct span s)
{
	return s.n >= 2 && s.p[0] == '\r' && s.p[1] == '\n';
}

/* Length of the first field of s, 0 if the block ends there. */
static size_t
field_length(struct span s)
{
	size_t n;

	if (s.n == 0 || is_empty_line(s))
		return 0;
	n = line_length(s);
	while (n < s.n && (s.p[n] == ' ' || s.p[n] == '\t'))
		n += line_length(span_sub(s, n, s.n));
	return n;
}

size_t
guise_header(struct span mail)
{
	size_t pos = 0, n;

	while ((n = field_length(span_sub(mail, pos, mail.n))) > 0)
		pos += n;
	return is_empty_line(span_sub(mail, pos, mail.n)) ? pos + 2 : pos;
}

/* Which of wanted[] the field is; N_WANTED = none. */
static size_t
wanted_index(struct span field)
{
	size_t i;

	for (i = 0; i < N_WANTED; i++)
		if (span_has_prefixi(field, wanted[i]))
			break;
	return i;
}

struct wardrobe {
	bool own[N_WANTED];	/* the block has it by itself */
	bool done[N_WANTED];	/* it stands in the guise */
};

/* A wanted field that the block lacks, and whose name fits over the first line
 * of field without touching its CRLF; N_WANTED = none. */
static size_t
fitting(const struct wardrobe *w, struct span field)
{
	size_t i;

	for (i = 0; i < N_WANTED; i++)
		if (!w->own[i] && !w->done[i] &&
		    strlen(wanted[i]) + 2 <= line_length(field))
			break;
	return i;
}

/* Dress the field at p in place. */
static void
dress(struct wardrobe *w, char *p, size_t n)
{
	struct span field = span_make(p, n);
	size_t i = wanted_index(field);

	if (i < N_WANTED && !w->done[i]) {
		w->done[i] = true;
		return;
	}
	i = fitting(w, field);
	if (i < N_WANTED) {
		memcpy(p, wanted[i], strlen(wanted[i]));
		w->done[i] = true;
	} else {
		*p = '!';	/* the begin of no known name */
	}
}

static void
look(struct wardrobe *w, struct span header)
{
	size_t pos = 0, n, i;

	while ((n = field_length(span_sub(header, pos, header.n))) > 0) {
		i = wanted_index(span_sub(header, pos, header.n));
		if (i < N_WANTED)
			w->own[i] = true;
		pos += n;
	}
}

int
guise_make(struct span header, struct str *out, struct err *err)
{
	struct wardrobe w;
	size_t pos = 0, n;

	memset(&w, 0, sizeof(w));
	str_clear(out);
	str_addspan(out, header);
	look(&w, header);
	while ((n = field_length(span_sub(header, pos, header.n))) > 0) {
		dress(&w, out->data + pos, n);
		pos += n;
	}
	for (size_t i = 0; i < N_WANTED; i++)
		if (!w.done[i])
			return err_set(err, ERR_BADINPUT, "5.6.0 the copy has "
			    "too few header fields for esmtp://");
	return 0;
}
