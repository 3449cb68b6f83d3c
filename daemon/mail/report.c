/* SPDX-License-Identifier: ISC */
/*
 * The JSON view of a mail for people and tests: the one place that decodes
 * every part. Invariant: the limits are those of the daemon.
 */
#include "mail/report.h"

#include <string.h>

#include "base/arena.h"
#include "base/crypt.h"
#include "base/json.h"
#include "base/str.h"
#include "base/utf8.h"
#include "mail/decode.h"
#include "mail/header.h"
#include "mail/mime.h"
#include "mail/parse.h"

static void
put_headers(struct json *j, struct arena *a, struct span mail)
{
	const struct parse_limits *l = parse_defaults();
	struct header_limits limits = { l->header_bytes, l->header_fields,
	    l->line };
	struct header h;
	size_t i;

	(void)header_scan(a, mail, &limits, &h, NULL);
	json_array(j, "headers");
	for (i = 0; i < h.n; i++) {
		json_object(j, NULL);
		json_str(j, "name", arena_strndup(a, h.fields[i].name.p,
		    h.fields[i].name.n));
		json_str(j, "value", header_text(a, &h.fields[i]));
		json_end_object(j);
	}
	json_end_array(j);
}

static void
put_leaf(struct json *j, struct arena *a, const struct mime_part *p)
{
	struct arena *own = arena_new();
	uint8_t sum[SHA256_LEN];
	struct span bytes;
	bool cut;

	bytes = decode_bytes(own, p->encoding, p->body, SIZE_MAX, &cut);
	crypt_sha256(bytes, sum);
	json_object(j, NULL);
	json_str(j, "path", p->path);
	json_str(j, "type", p->type);
	json_str(j, "charset", p->charset);
	json_str(j, "name", p->name);
	json_str(j, "disposition", p->disposition);
	json_str(j, "encoding", p->encoding);
	json_int(j, "size", (int64_t)bytes.n);
	json_str(j, "sha256", crypt_hex(a, sum, sizeof(sum)));
	json_end_object(j);
	arena_free(own);
}

static void
put_leaves(struct json *j, struct arena *a, struct span mail)
{
	const struct parse_limits *l = parse_defaults();
	const struct mime_limits limits = { l->header_bytes, l->header_fields,
	    l->line, l->depth, l->parts, l->params, SIZE_MAX };
	struct mime m;
	size_t i;

	(void)mime_split(a, mail, &limits, &m, NULL);
	json_array(j, "leaves");
	for (i = 0; i < m.n; i++) {
		if (m.parts[i].leaf)
			put_leaf(j, a, &m.parts[i]);
	}
	json_end_array(j);
}

static void
put_mailboxes(struct json *j, const char *key, const struct mailbox *list,
    size_t n)
{
	size_t i;

	json_array(j, key);
	for (i = 0; i < n; i++) {
		json_object(j, NULL);
		json_str(j, "name", list[i].name);
		json_str(j, "address", list[i].addr);
		json_end_object(j);
	}
	json_end_array(j);
}

static void
put_dsns(struct json *j, const struct digest *d)
{
	size_t i;

	json_array(j, "dsns");
	for (i = 0; i < d->n_dsns; i++) {
		json_object(j, NULL);
		json_str(j, "recipient", d->dsns[i].recipient);
		json_str(j, "action", d->dsns[i].action);
		json_str(j, "status", d->dsns[i].status);
		json_str(j, "diagnostic", d->dsns[i].diagnostic);
		json_end_object(j);
	}
	json_end_array(j);
}

void
report_json(struct arena *a, struct span mail, const char *file,
    const struct digest *d, struct str *out)
{
	struct json j;

	if (span_has_prefix(mail, "From "))
		(void)span_line(&mail);	/* mbox */
	json_init(&j, out);
	json_object(&j, NULL);
	json_str(&j, "file", file);
	json_str(&j, "refused", d->refused);
	json_int(&j, "size", d->size);
	put_headers(&j, a, mail);
	put_mailboxes(&j, "from", d->from, d->n_from);
	put_mailboxes(&j, "to", d->to, d->n_to);
	put_mailboxes(&j, "cc", d->cc, d->n_cc);
	json_str(&j, "subject", d->subject);
	json_str(&j, "message_id", d->message_id);
	json_int(&j, "date_at", d->date_at);
	put_leaves(&j, a, mail);
	json_str(&j, "text", d->text);
	json_bool(&j, "text_truncated", d->text_truncated);
	json_bool(&j, "text_from_html", d->text_from_html);
	put_dsns(&j, d);
	json_str(&j, "note", d->note);
	json_end_object(&j);
	str_addc(out, '\n');
}
