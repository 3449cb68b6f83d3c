/* SPDX-License-Identifier: ISC */
/*
 * Mail that no person wrote: loops and automatic mail (RFC 3834 section 2,
 * RFC 2919 section 3). Owns the criteria only; what follows is the caller's.
 */
#include "list/loop.h"

#include <string.h>
#include "base/arena.h"
#include "list/list.h"
#include "list/text.h"

/* First word of a header value, without comment or parameters. */
static struct span
keyword(const char *value)
{
	struct span s = span_trim(span_of(value));
	size_t n = 0;

	while (n < s.n && strchr(" \t;(,", s.p[n]) == NULL)
		n++;
	return span_sub(s, 0, n);
}

static bool
is_marked(const struct digest *d)
{
	struct span k = keyword(d->auto_submitted);

	return k.n > 0 && !span_isi(k, "no");
}

static bool
is_bulk(const struct digest *d)
{
	struct span p = keyword(d->precedence);

	return span_isi(p, "bulk") || span_isi(p, "junk") ||
	    span_isi(p, "list") || span_isi(p, "auto_reply");
}

static bool
is_from_daemon(const struct digest *d)
{
	return d->n_from > 0 &&
	    (span_has_prefixi(span_of(d->from[0].key), "mailer-daemon@") ||
	    span_has_prefixi(span_of(d->from[0].key), "owner-"));
}

bool
list_is_automatic(const struct digest *d, const struct snapshot *s)
{
	return s->envelope_from[0] == '\0' || is_marked(d) || is_bulk(d) ||
	    d->list_id[0] != '\0' || d->n_dsns > 0 || is_from_daemon(d) ||
	    list_text_is_vacation(d->subject);
}

bool
list_loop_is_reply(const struct digest *d, const struct snapshot *s)
{
	if (s->envelope_from[0] == '\0' || d->n_dsns > 0)
		return true;
	if (span_isi(keyword(d->auto_submitted), "auto-replied"))
		return true;
	return list_text_is_vacation(d->subject) &&
	    (is_marked(d) || is_bulk(d));
}

static bool
is_id(struct span s, const struct list_settings *l)
{
	size_t n = strlen(l->name);
	struct span dot;

	s = span_trim(s);
	dot = span_sub(s, n, s.n);
	return span_has_prefixi(s, l->name) && dot.n > 1 && dot.p[0] == '.' &&
	    span_isi(span_sub(dot, 1, dot.n), l->domain);
}

/* RFC 2919: the identifier stands in brackets; some leave them out. There
 * may be several fields, and ours may be any of them. */
static bool
is_own_list_id(const struct digest *d, const struct list_settings *l)
{
	struct span rest = span_of(d->list_id);

	while (rest.n > 0) {
		struct span field = span_cut(&rest, ','), id = field;

		(void)span_cut(&id, '<');
		while (id.n > 0) {
			if (is_id(span_cut(&id, '>'), l))
				return true;
			(void)span_cut(&id, '<');
		}
		if (is_id(field, l))
			return true;
	}
	return false;
}

const char *
list_loop_reason(struct arena *a, const struct digest *d,
    const struct snapshot *s)
{
	const struct list_settings *l = s->list;

	if (is_own_list_id(d, l))
		return arena_printf(a, "loop: the mail bears our List-Id "
		    "(%s.%s)", l->name, l->domain);
	if (l->max_received > 0 && d->received_count > l->max_received)
		return arena_printf(a, "loop: %u Received fields, the limit "
		    "is %u", d->received_count, l->max_received);
	return NULL;
}
