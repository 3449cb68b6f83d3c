/* SPDX-License-Identifier: ISC */
/*
 * Post: a mail that goes on to people unchanged. Only trace and list fields
 * are put before it, and the fields that belong to one hop are left out.
 */
#include "core/state.h"

#include <string.h>
#include "base/civil.h"
#include "base/utf8.h"
#include "list/list.h"
#include "mail/recipe.h"
#include "model/event.h"

/* Trace, and what a correct mail must have (RFC 5322 section 3.6). */
static void
put_trace(struct apply *ap, int64_t mail_id, const struct digest *d,
    const char *id, struct recipe_builder *b)
{
	struct core *c = ap->core;

	recipe_begin(b, ap->arena);
	recipe_texts(b, ident_received(c, ap->arena,
	    ap->peer != NULL && ap->peer[0] != '\0' ? ap->peer : "moderation",
	    arena_printf(ap->arena, "%lld", (long long)mail_id)));
	if (d->message_id[0] == '\0')
		recipe_texts(b, arena_printf(ap->arena, "Message-ID: %s\r\n",
		    id));
	if (d->date[0] == '\0')
		recipe_texts(b, arena_printf(ap->arena, "Date: %s\r\n",
		    civil_rfc5322(ap->arena, ev_now(c->ev))));
}

static int
add_event(struct apply *ap, const struct digest *d, const char *id,
    int64_t mail_id, struct err *err)
{
	struct event e = { .kind = EVENT_POST_DISTRIBUTED,
		.list = ap->snap->list->name,
		.list_title = ap->snap->list->title, .object = id,
		.revision = 1, .at = ev_now(ap->core->ev),
		.subject = d->subject,
		.author = d->n_from > 0 ? d->from[0].name : "",
		.message_id = id };

	e.key = arena_printf(ap->arena, "post/%lld", (long long)mail_id);
	return outbox_add(ap->core, &e, err);
}

int
post_distribute(struct apply *ap, int64_t mail_id, const struct digest *d,
    struct err *err)
{
	struct core *c = ap->core;
	const struct list_settings *l = ap->snap->list;
	const char *id = d->message_id[0] != '\0' ? d->message_id :
	    arena_printf(ap->arena, "<%.32s@%s>", d->sha256, l->domain);
	struct job j = { .mail_id = mail_id, .kind = JOB_POST,
		.list = l->name, .message_id = id, .subject = d->subject,
		.to = "", .eight_bit = d->needs_8bit, .utf8 = d->needs_utf8,
		.author = d->n_from > 0 ? d->from[0].addr : "",
		.created_at = ev_now(c->ev) };
	struct recipe_builder b;
	struct recipe recipe;

	put_trace(ap, mail_id, d, id, &b);
	recipe_texts(&b, list_headers(ap->arena, l));
	recipe_post(&b, d, list_dropped_headers());
	recipe = *recipe_end(&b);
	j.recipe = &recipe;
	if (store_member_ids(c->store, ap->arena, l->name, &j.members, &j.n,
	    err) < 0 || store_mail_move(c->store, mail_id, MAIL_QUEUED,
	    err) < 0)
		return -1;
	return queue_add(c, &j, err) < 0 ? -1 :
	    add_event(ap, d, id, mail_id, err);
}

int
post_forward(struct apply *ap, int64_t mail_id, const struct digest *d,
    const struct member *to, size_t n, struct err *err)
{
	struct core *c = ap->core;
	struct recipe_builder b;
	struct recipe recipe;

	put_trace(ap, mail_id, d, ident_message_id(c, ap->arena), &b);
	recipe_body(&b, 0, UINT32_MAX);
	recipe = *recipe_end(&b);
	if (store_mail_move(c->store, mail_id, MAIL_QUEUED, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct job j = { .mail_id = mail_id, .kind = JOB_NOTICE,
			.list = ap->snap->list->name,
			.message_id = d->message_id, .subject = d->subject,
			.to = to[i].addr, .n = 1, .author = "",
			.eight_bit = d->needs_8bit,
			.created_at = ev_now(c->ev), .recipe = &recipe };

		j.utf8 = d->needs_utf8 || !utf8_is_ascii(span_of(to[i].addr));
		if (queue_add(c, &j, err) < 0)
			return -1;
	}
	return 0;
}
