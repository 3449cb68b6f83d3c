/* SPDX-License-Identifier: ISC */
/*
 * Notice: a mail that jcad writes itself, from a template. Small ones live
 * whole in the recipe of their job, so that they cost no file; a mail that
 * is attached is sent from its own body file.
 */
#include "core/state.h"

#include <fcntl.h>
#include <string.h>
#include "base/civil.h"
#include "base/crypt.h"
#include "base/embedded.h"
#include "base/file.h"
#include "base/str.h"
#include "base/utf8.h"
#include "mail/address.h"
#include "mail/compose.h"
#include "mail/recipe.h"
#include "meet/meet.h"

#define MAX_VARS 64
#define TEMPLATE_MAX 32768
#define INLINE_MAX 32768	/* a message to a courier holds 64 KiB */

struct vars {
	const char *items[2 * MAX_VARS + 1];
	size_t n;
};

static void
put(struct vars *v, const char *name, const char *value)
{
	if (v->n + 2 > (size_t)2 * MAX_VARS)
		return;
	v->items[v->n++] = name;
	v->items[v->n++] = value;
	v->items[v->n] = NULL;
}

/* The text of a template: the operator's folder first, then the embedded
 * one, in the language wanted, then in English. */
static int
load(struct apply *ap, const char *lang, const char *name, struct span *out,
    struct err *err)
{
	const char *dir = ap->core->settings->templates;
	const char *langs[] = { lang, ap->snap->list->language, "en" };

	for (size_t i = 0; i < 3; i++) {
		char *path = arena_printf(ap->arena, "%s/%s.txt", langs[i],
		    name);

		if (langs[i][0] == '\0')
			continue;
		if (dir[0] != '\0' && file_read(ap->arena, AT_FDCWD,
		    arena_printf(ap->arena, "%s/%s", dir, path), TEMPLATE_MAX,
		    out, err) == 0)
			return 0;
		*out = embedded_get(arena_printf(ap->arena,
		    "conf/templates/%s", path));
		if (out->p != NULL)
			return 0;
	}
	return err_set(err, ERR_PERM, "no template %s", name);
}

static char *
route_to(struct apply *ap, enum route_verb verb)
{
	return route_format(ap->arena, ap->snap->list, verb, "");
}

static void
put_standard(struct apply *ap, struct vars *v)
{
	const struct list_settings *l = ap->snap->list;

	put(v, "list", l->name);
	put(v, "list_title", l->title);
	put(v, "list_address", route_to(ap, ROUTE_POST));
	put(v, "request_address", route_to(ap, ROUTE_REQUEST));
	put(v, "owner_address", route_to(ap, ROUTE_OWNER));
	put(v, "help_address", route_to(ap, ROUTE_HELP));
	put(v, "subscribe_address", route_to(ap, ROUTE_SUBSCRIBE));
	put(v, "unsubscribe_address", route_to(ap, ROUTE_UNSUBSCRIBE));
	put(v, "announce_address", route_to(ap, ROUTE_ANNOUNCE));
}

/* Active members by category, for the chairman's preview. */
static int
put_recipients(struct apply *ap, struct vars *v, struct err *err)
{
	struct meet_totals t;
	struct str text = STR_EMPTY;
	struct member *all;
	size_t n;

	if (store_members(ap->core->store, ap->arena, ap->snap->list->name,
	    MEMBER_ACTIVE, 0, 0, &all, &n, err) < 0)
		return -1;
	meet_count(ap->arena, all, n, NULL, 0, &t);
	for (size_t i = 0; i < t.n_categories; i++)
		str_addf(&text, "  %-20s %5u\n", t.categories[i].name,
		    t.categories[i].invited);
	str_addf(&text, "  %-20s %5zu", "all", n);
	put(v, "recipients", str_dup(ap->arena, &text));
	str_done(&text);
	return 0;
}

static int
put_totals(struct apply *ap, struct vars *v, const char *key,
    struct err *err)
{
	struct meet_totals t;
	struct member *all;
	struct answer *answers;
	struct meeting m;
	size_t n, n_answers;

	if (store_meeting_by_key(ap->core->store, ap->arena, key, &m,
	    err) < 0 || store_members(ap->core->store, ap->arena,
	    ap->snap->list->name, MEMBER_ACTIVE, 0, 0, &all, &n, err) < 0 ||
	    store_answers(ap->core->store, ap->arena, m.id, &answers,
	    &n_answers, err) < 0)
		return -1;
	meet_count(ap->arena, all, n, answers, n_answers, &t);
	put(v, "totals", meet_totals_text(ap->arena, &t));
	return 0;
}

static const char *
value_of(const struct notice *n, const char *name)
{
	for (size_t i = 0; i < n->n_vars; i++)
		if (strcmp(n->vars[i].name, name) == 0)
			return n->vars[i].value;
	return "";
}

/* Object and content of a token that the same decision made. */
static void
fill_object(const struct apply *ap, const struct token_request *r,
    struct token *t)
{
	bool held = r->purpose >= TOKEN_HELD_OK &&
	    r->purpose <= TOKEN_HELD_CANCEL;

	if (r->object[0] != '\0') {
		t->object = r->object;
	} else if (held) {
		t->object = arena_printf(ap->arena, "%lld",
		    (long long)ap->held_id);
	} else if (r->purpose == TOKEN_ADMIT) {
		t->object = arena_printf(ap->arena, "%lld",
		    (long long)ap->member_id);
	} else {
		t->object = ap->draft != NULL ? ap->draft : "";
	}
	if (r->content[0] != '\0')
		t->content = r->content;
	else if (r->purpose == TOKEN_ANNOUNCE && ap->draft_hash != NULL)
		t->content = ap->draft_hash;
	else
		t->content = held && ap->digest ? ap->digest->sha256 : "";
}

static int
issue(struct apply *ap, const struct notice *n, struct vars *v,
    struct err *err)
{
	for (size_t i = 0; i < n->n_tokens; i++) {
		const struct token_request *r = &n->tokens[i];
		struct token t = { .purpose = r->purpose,
			.list = ap->snap->list->name,
			.actor = address_key(ap->arena, n->to),
			.issued_at = ev_now(ap->core->ev),
			.expires_at = ev_now(ap->core->ev) + r->ttl_s,
			.used_by = "", .outcome = "" };
		uint8_t hash[32];
		char *secret = ident_token(ap->arena, hash);

		fill_object(ap, r, &t);
		if (store_token_add(ap->core->store, &t, hash, err) < 0)
			return -1;
		put(v, r->var, r->verb == ROUTE_POST ? secret :
		    route_format(ap->arena, ap->snap->list, r->verb, secret));
	}
	return 0;
}

static const char *
lookup(const struct vars *v, const char *name)
{
	for (size_t i = 0; i < v->n; i += 2)
		if (strcmp(v->items[i], name) == 0)
			return v->items[i + 1];
	return "";
}

static void
put_headers(struct apply *ap, const struct notice *n, const struct vars *v,
    const char *subject, const char *id, struct str *out)
{
	const struct list_settings *l = ap->snap->list;
	struct arena *a = ap->arena;
	const char *reply = n->reply_var != NULL ? lookup(v, n->reply_var) :
	    route_to(ap, n->reply_verb == ROUTE_POST ? ROUTE_OWNER :
	    n->reply_verb);

	compose_raw(out, "From", address_format(a, l->title,
	    route_to(ap, ROUTE_REQUEST)));
	compose_raw(out, "To", address_format(a, "", n->to));
	compose_raw(out, "Reply-To", reply);
	compose_header(out, "Subject", subject);
	compose_raw(out, "Date", civil_rfc5322(a, ev_now(ap->core->ev)));
	compose_raw(out, "Message-ID", id);
	if (n->in_reply_to[0] != '\0') {
		compose_raw(out, "In-Reply-To", n->in_reply_to);
		compose_raw(out, "References", n->in_reply_to);
	}
	compose_raw(out, "Auto-Submitted", n->in_reply_to[0] != '\0' ?
	    "auto-replied" : "auto-generated");
	compose_raw(out, "X-Auto-Response-Suppress", "All");
	compose_raw(out, "List-Id", arena_printf(a, "<%s.%s>", l->name,
	    l->domain));
	compose_raw(out, "MIME-Version", "1.0");
}

/* The recipe: text alone, or text and the attached mail. */
static void
put_body(struct apply *ap, const char *text, bool attach, struct str *head,
    struct recipe_builder *b)
{
	uint8_t seed[16];
	char *boundary;

	if (!attach) {
		compose_text(head, "plain", text);
		recipe_text(b, str_span(head));
		return;
	}
	crypt_random(seed, sizeof(seed));
	boundary = compose_boundary(ap->arena, seed);
	str_addf(head, "Content-Type: multipart/mixed;\r\n"
	    "\tboundary=\"%s\"\r\n\r\n--%s\r\n", boundary, boundary);
	compose_text(head, "plain", text);
	str_addf(head, "\r\n--%s\r\nContent-Type: message/rfc822\r\n"
	    "Content-Transfer-Encoding: 8bit\r\n"
	    "Content-Disposition: attachment; filename=\"held.eml\"\r\n\r\n",
	    boundary);
	recipe_text(b, str_span(head));
	recipe_body(b, 0, UINT32_MAX);
	recipe_texts(b, arena_printf(ap->arena, "\r\n--%s--\r\n", boundary));
}

/* The mail to attach: the held one, or this one. */
static int
attached_mail(struct apply *ap, const struct notice *n, int64_t *id,
    struct err *err)
{
	*id = n->attach_held;
	if (!n->attach_mail || n->attach_held != 0)
		return 0;
	return apply_keep_mail(ap, MAIL_HELD, id, err);
}

struct letter {
	const char *id, *subject;
	int64_t mail_id;	/* body file, 0 = all is in the recipe */
};

static int
add_job(struct apply *ap, const struct notice *n, const struct letter *l,
    const struct recipe *r, struct err *err)
{
	struct recipe copy = *r;
	struct job j = { .mail_id = l->mail_id, .kind = JOB_NOTICE,
		.list = ap->snap->list->name, .message_id = l->id,
		.subject = l->subject, .to = n->to, .n = 1, .author = "",
		.eight_bit = l->mail_id != 0, .recipe = &copy,
		.created_at = ev_now(ap->core->ev) };

	j.utf8 = !utf8_is_ascii(span_of(n->to));
	return queue_add(ap->core, &j, err);
}

/* All variables of the notice, the tokens issued. */
static int
fill_vars(struct apply *ap, const struct notice *n, struct vars *v,
    struct err *err)
{
	put_standard(ap, v);
	for (size_t i = 0; i < n->n_vars; i++)
		put(v, n->vars[i].name, n->vars[i].value);
	if (ap->draft != NULL)
		put(v, "draft", ap->draft);
	if (issue(ap, n, v, err) < 0)
		return -1;
	if (strcmp(n->template, "meet-preview") == 0)
		return put_recipients(ap, v, err);
	if (strcmp(n->template, "meet-status") == 0)
		return put_totals(ap, v, value_of(n, "meeting"), err);
	return 0;
}

int
notice_send(struct apply *ap, const struct notice *n, struct err *err)
{
	struct vars v = { .n = 0 };
	struct letter l = { .mail_id = 0 };
	struct recipe_builder b;
	struct str head = STR_EMPTY;
	struct span template;
	const char *text;
	int rc;

	if (attached_mail(ap, n, &l.mail_id, err) < 0 ||
	    fill_vars(ap, n, &v, err) < 0 ||
	    load(ap, n->lang, n->template, &template, err) < 0 ||
	    compose_template(ap->arena, template, v.items, &l.subject, &text,
	    err) < 0)
		return err_wrap(err, "notice %s", n->template);
	l.id = ident_message_id(ap->core, ap->arena);
	put_headers(ap, n, &v, l.subject, l.id, &head);
	recipe_begin(&b, ap->arena);
	put_body(ap, text, l.mail_id != 0, &head, &b);
	rc = 0;
	if (l.mail_id == 0 && head.len > INLINE_MAX) {
		rc = apply_own_mail(ap, str_span(&head), l.subject,
		    &l.mail_id, err);
		recipe_begin(&b, ap->arena);
		recipe_body(&b, 0, UINT32_MAX);
	}
	if (rc == 0)
		rc = add_job(ap, n, &l, recipe_end(&b), err);
	str_done(&head);
	return rc;
}
