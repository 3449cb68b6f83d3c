/* SPDX-License-Identifier: ISC */
/*
 * Delivery and abuse reports. Takes reports that lack blank lines between the
 * recipients. Knows no bounce texts: reports without machine-readable part are
 * judged elsewhere, from the text. Invariant: at most MAX_DSNS entries.
 */
#include "mail/dsn.h"

#include <string.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "mail/decode.h"
#include "mail/header.h"
#include "mail/lex.h"
#include "mail/mime.h"
#include "mail/words.h"

#define MAX_DSNS 100	/* DIGEST_FIELDS in model/structs.def */
#define MAX_REPORT 262144
#define MAX_FIELDS 2000
#define MAX_VALUE 1000	/* of one field */
#define MAX_REPORTS 3	/* parts that are looked at */

static const struct header_limits limits = { MAX_REPORT, MAX_FIELDS,
    MAX_REPORT };

struct report {
	struct arena *arena;
	struct arena *scratch;	/* for what is not kept */
	struct digest *d;
	struct dsn *at;		/* entry being filled, NULL */
	const char *original;	/* its two recipients */
	const char *final;
};

static void
end_recipient(struct report *r)
{
	if (r->at != NULL) {
		/* What we sent to tells more than where it ended up. */
		r->at->recipient = r->original[0] != '\0' ? r->original :
		    r->final;
		if (r->at->recipient[0] == '\0')
			r->d->n_dsns--;
	}
	r->at = NULL;
	r->original = r->final = "";
}

/* The entry for a field of a recipient; NULL if there are too many. */
static struct dsn *
entry(struct report *r)
{
	if (r->at == NULL && r->d->n_dsns < MAX_DSNS) {
		r->at = &r->d->dsns[r->d->n_dsns++];
		r->at->recipient = r->at->action = r->at->status =
		    r->at->diagnostic = "";
	}
	return r->at;
}

static const char *
value_of(struct arena *a, const struct header_field *f)
{
	struct span v = span_sub(f->raw_value, 0, MAX_VALUE);

	return words_decode(a, v);
}

/* "rfc822; user@example" without the type, angle brackets and blanks. */
static const char *
address_of(struct arena *a, const char *value)
{
	struct span s = span_of(value), all = s;

	(void)span_cut(&s, ';');
	s = span_trim(s.p != NULL ? s : all);
	if (s.n > 1 && s.p[0] == '<' && s.p[s.n - 1] == '>')
		s = span_sub(s, 1, s.n - 1);
	return span_find(s, '@') < s.n ? arena_strndup(a, s.p, s.n) : "";
}

/* "failed (bad destination)" -> "failed" */
static const char *
action_of(struct arena *a, const struct header_field *f)
{
	const char *value = value_of(a, f);
	char *copy;

	copy = arena_strndup(a, value, strcspn(value, " (;"));
	lex_lower(copy);
	return copy;
}

/* "4.4.1 (no answer)" -> "4.4.1" */
static const char *
status_of(struct arena *a, const struct header_field *f)
{
	const char *value = value_of(a, f);
	struct span s = span_trim(span_make(value, strcspn(value, "(")));

	return arena_strndup(a, s.p, s.n);
}

static void
on_recipient(struct report *r, const struct header_field *f, bool original)
{
	const char *addr = address_of(r->arena, value_of(r->arena, f));

	/* The next one, without a blank line between them. */
	if ((original ? r->original : r->final)[0] != '\0')
		end_recipient(r);
	if (entry(r) == NULL)
		return;
	if (original)
		r->original = addr;
	else
		r->final = addr;
}

static void
on_field(struct report *r, const struct header_field *f)
{
	if (span_isi(f->name, "original-recipient"))
		on_recipient(r, f, true);
	else if (span_isi(f->name, "final-recipient"))
		on_recipient(r, f, false);
	else if (span_isi(f->name, "action")) {
		if (r->at != NULL && r->at->action[0] != '\0')
			end_recipient(r);
		if (entry(r) != NULL)
			r->at->action = action_of(r->arena, f);
	} else if (span_isi(f->name, "status")) {
		if (entry(r) != NULL)
			r->at->status = status_of(r->arena, f);
	} else if (span_isi(f->name, "diagnostic-code")) {
		if (entry(r) != NULL)
			r->at->diagnostic = value_of(r->arena, f);
	}
}

static void
read_block(struct report *r, struct span *rest)
{
	struct header h;
	size_t i;

	arena_reset(r->scratch);
	(void)header_scan(r->scratch, *rest, &limits, &h, NULL);
	for (i = 0; i < h.n; i++)
		on_field(r, &h.fields[i]);
	end_recipient(r);
	*rest = span_sub(*rest, h.end, rest->n);
}

static struct span
body_of(struct arena *a, const struct mime_part *p)
{
	bool cut;

	return decode_bytes(a, p->encoding, p->body, MAX_REPORT, &cut);
}

static void
read_status(struct arena *a, struct span body, struct digest *d)
{
	struct report r = { a, arena_new(), d, NULL, "", "" };

	while (body.n > 0 && d->n_dsns < MAX_DSNS)
		read_block(&r, &body);
	arena_free(r.scratch);
}

static void
read_feedback(struct arena *a, struct span body, struct digest *d)
{
	const struct header_field *f;
	struct dsn *entry;
	struct header h;

	(void)header_scan(a, body, &limits, &h, NULL);
	if (d->n_dsns >= MAX_DSNS)
		return;
	f = header_get(&h, "original-rcpt-to", 0);
	entry = &d->dsns[d->n_dsns++];
	entry->recipient = f != NULL ? address_of(a, value_of(a, f)) : "";
	f = header_get(&h, "feedback-type", 0);
	entry->action = "complaint";
	entry->status = "";
	entry->diagnostic = f != NULL ? value_of(a, f) : "";
}

/* Message-ID of a text/rfc822-headers part. */
static const char *
id_of_headers(struct arena *a, struct span body)
{
	const struct header_field *f;
	struct header h;

	(void)header_scan(a, body, &limits, &h, NULL);
	f = header_get(&h, "message-id", 0);
	return f != NULL ? value_of(a, f) : "";
}

/* Read the part if it is a report; true if it was one. */
static bool
read_part(struct arena *a, const struct mime_part *p, struct digest *d)
{
	if (strcmp(p->type, "message/delivery-status") == 0 ||
	    strcmp(p->type, "message/global-delivery-status") == 0)
		read_status(a, body_of(a, p), d);
	else if (strcmp(p->type, "message/feedback-report") == 0)
		read_feedback(a, body_of(a, p), d);
	else if (strcmp(p->type, "text/rfc822-headers") != 0 &&
	    strcmp(p->type, "message/global-headers") != 0)
		return false;
	else if (d->dsn_original_id[0] == '\0')
		d->dsn_original_id = id_of_headers(a, body_of(a, p));
	return true;
}

static void
read_parts(struct arena *a, const struct mime *m, bool enclosed,
    struct digest *d)
{
	size_t i, reports = 0;

	for (i = 0; i < m->n && reports < MAX_REPORTS; i++) {
		const struct mime_part *p = &m->parts[i];

		if (p->leaf && p->enclosed == enclosed && read_part(a, p, d))
			reports++;
	}
}

void
dsn_digest(struct arena *a, const struct mime *m, struct digest *d)
{
	size_t i;

	d->dsns = arena_array(a, MAX_DSNS, sizeof(*d->dsns));
	for (i = 0; i < m->n && d->dsn_original_id[0] == '\0'; i++) {
		if (m->parts[i].enclosed)
			d->dsn_original_id = m->parts[i].message_id;
	}
	read_parts(a, m, false, d);
	/* Some gateways wrap the whole report into another message. */
	if (d->n_dsns == 0)
		read_parts(a, m, true, d);
}
