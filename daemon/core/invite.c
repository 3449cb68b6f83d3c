/* SPDX-License-Identifier: ISC */
/*
 * Invite: a released revision becomes one mail for each active member, made
 * of one body file and a recipe. The calendar object is
 * built once; ORGANIZER and ATTENDEE are its only personal lines. Its shared
 * base64 is cut at a border of 57 bytes, so that couriers encode only the tail.
 */
#include "core/state.h"

#include <stdlib.h>
#include <string.h>
#include "base/civil.h"
#include "base/codec.h"
#include "base/crypt.h"
#include "base/log.h"
#include "base/str.h"
#include "base/utf8.h"
#include "cal/invite.h"
#include "mail/address.h"
#include "mail/compose.h"
#include "mail/recipe.h"
#include "meet/meet.h"
#include "model/event.h"

/* Variables of a copy, in this order. */
enum { VAR_ORGANIZER, VAR_TO, VAR_ATTENDEE, VAR_MEMBER, VAR_NAME, N_VARS };

#define B64_GROUP 57
#define PAGE 1000		/* members looked at together */

/* A body under construction: literals go to the file, steps to the recipe. */
struct maker {
	struct str body;
	struct recipe_builder recipe;
};

static void
put(struct maker *m, struct span text)
{
	if (text.n == 0)
		return;
	recipe_body(&m->recipe, (uint32_t)m->body.len, (uint32_t)text.n);
	str_addspan(&m->body, text);
}

static void
puts_(struct maker *m, const char *text)
{
	put(m, span_of(text));
}

/* LF to CRLF; in a. */
static char *
crlf(struct arena *a, struct span text)
{
	struct str out = STR_EMPTY;
	char *copy;

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\n')
			str_addc(&out, '\r');
		str_addc(&out, text.p[i]);
	}
	copy = str_dup(a, &out);
	str_done(&out);
	return copy;
}

/* A stretch of text between two variables; qp: quoted-printable. */
static void
put_piece(struct maker *m, struct arena *a, struct span piece, bool qp)
{
	struct str out = STR_EMPTY;

	if (qp) {
		compose_qp(&out, piece, true);
		put(m, str_span(&out));
		str_done(&out);
	} else {
		puts_(m, crlf(a, piece));
	}
}

/* Text with "\001A\001" and "\001N\001" where the personal values stand. In
 * quoted-printable each value has an encoded line of its own. */
static void
put_marked(struct maker *m, struct arena *a, const char *text, bool qp)
{
	struct span rest = span_of(text);

	for (;;) {
		size_t at = span_find(rest, '\001');

		put_piece(m, a, span_sub(rest, 0, at), qp);
		if (at + 2 >= rest.n)
			return;
		recipe_var(&m->recipe, rest.p[at + 1] == 'A' ?
		    VAR_ORGANIZER : VAR_NAME);
		rest = span_sub(rest, at + 3, rest.n);
		if (qp && rest.n > 0 && rest.p[0] != '\n')
			puts_(m, "=\r\n");
	}
}

static bool
fits_7bit(const char *text)
{
	size_t column = 0;

	if (!utf8_is_ascii(span_of(text)) || strstr(text, "\001N") != NULL)
		return false;
	for (const char *p = text; *p != '\0'; p++) {
		column = *p == '\n' ? 0 : column + 1;
		if (column > 900)
			return false;
	}
	return true;
}

static void
put_text_part(struct maker *m, struct arena *a, const char *boundary,
    const char *subtype, const char *text)
{
	bool plain = fits_7bit(text);

	puts_(m, arena_printf(a, "--%s\r\nContent-Type: text/%s; "
	    "charset=utf-8\r\nContent-Transfer-Encoding: %s\r\n\r\n",
	    boundary, subtype, plain ? "7bit" : "quoted-printable"));
	put_marked(m, a, text, !plain);
	puts_(m, "\r\n");
}

/* The calendar object in base64: shared lines ready made, the rest (end of
 * the head, the personal lines, the tail) encoded per copy. */
static void
put_calendar(struct maker *m, const struct cal_object *o)
{
	size_t shared = o->head.n / B64_GROUP * B64_GROUP;
	struct str lines = STR_EMPTY;

	crypt_base64_lines(&lines, span_sub(o->head, 0, shared));
	put(m, str_span(&lines));
	str_done(&lines);
	recipe_b64(&m->recipe, 1);
	put(m, span_sub(o->head, shared, o->head.n));
	recipe_var(&m->recipe, VAR_ATTENDEE);
	put(m, o->tail);
	recipe_b64(&m->recipe, 0);
}

struct invitation {
	struct apply *ap;
	const struct meeting_rev *rev;
	struct meet_text text;
	struct cal_object object;
	const char *method;
};

/* The display name alone, as a header phrase. */
static char *
phrase(struct arena *a, const char *name)
{
	struct span all = span_of(address_format(a, name, "x@example"));

	return arena_strndup(a, all.p, span_rfind(all, '<'));
}

static void
put_headers(struct maker *m, const struct invitation *in)
{
	struct apply *ap = in->ap;
	struct arena *a = ap->arena;
	const struct list_settings *l = ap->snap->list;
	const struct meeting_rev *rev = in->rev;
	struct str h = STR_EMPTY;

	puts_(m, arena_printf(a, "From: %s<", phrase(a, l->title)));
	recipe_var(&m->recipe, VAR_ORGANIZER);
	puts_(m, ">\r\nReply-To: ");
	recipe_var(&m->recipe, VAR_ORGANIZER);
	puts_(m, "\r\nTo: ");
	recipe_var(&m->recipe, VAR_TO);
	puts_(m, arena_printf(a, "\r\nMessage-ID: <%s.%u.", rev->key,
	    rev->rev));
	recipe_var(&m->recipe, VAR_MEMBER);
	puts_(m, arena_printf(a, "@%s>\r\n", l->domain));
	if (rev->rev > 1) {
		puts_(m, arena_printf(a, "In-Reply-To: <%s.1.", rev->key));
		recipe_var(&m->recipe, VAR_MEMBER);
		puts_(m, arena_printf(a, "@%s>\r\n", l->domain));
	}
	compose_header(&h, "Subject", in->text.subject);
	compose_raw(&h, "Date", civil_rfc5322(a, ev_now(ap->core->ev)));
	compose_raw(&h, "List-Id", arena_printf(a, "<%s.%s>", l->name,
	    l->domain));
	compose_raw(&h, "List-Unsubscribe", arena_printf(a, "<mailto:%s>",
	    route_format(a, l, ROUTE_UNSUBSCRIBE, "")));
	compose_raw(&h, "Auto-Submitted", "auto-generated");
	compose_raw(&h, "X-Auto-Response-Suppress", "OOF, AutoReply");
	compose_raw(&h, "Precedence", "bulk");
	compose_raw(&h, "MIME-Version", "1.0");
	put(m, str_span(&h));
	str_done(&h);
}

static void
put_parts(struct maker *m, const struct invitation *in)
{
	struct arena *a = in->ap->arena;
	uint8_t seed[2][16];
	char *outer, *inner;

	crypt_random(seed, sizeof(seed));
	outer = compose_boundary(a, seed[0]);
	inner = compose_boundary(a, seed[1]);
	puts_(m, arena_printf(a, "Content-Type: multipart/mixed;\r\n"
	    "\tboundary=\"%s\"\r\n\r\n--%s\r\n"
	    "Content-Type: multipart/alternative;\r\n\tboundary=\"%s\"\r\n"
	    "\r\n", outer, outer, inner));
	put_text_part(m, a, inner, "plain", in->text.plain);
	put_text_part(m, a, inner, "html", in->text.html);
	puts_(m, arena_printf(a, "--%s\r\nContent-Type: text/calendar; "
	    "charset=utf-8;\r\n\tmethod=%s; component=VEVENT\r\n"
	    "Content-Transfer-Encoding: base64\r\n\r\n", inner, in->method));
	put_calendar(m, &in->object);
	puts_(m, arena_printf(a, "\r\n--%s--\r\n\r\n--%s\r\n"
	    "Content-Type: application/ics; name=\"invite.ics\"\r\n"
	    "Content-Disposition: attachment; filename=\"invite.ics\"\r\n"
	    "Content-Transfer-Encoding: base64\r\n\r\n", inner, outer));
	put_calendar(m, &in->object);
	puts_(m, arena_printf(a, "\r\n--%s--\r\n", outer));
}

/* The invitation rows of everybody: the truth that a restart resumes from. */
static int
put_rows(struct apply *ap, const struct meeting *m, const uint32_t *ids,
    size_t n, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		struct invite row = { .meeting_id = m->id,
			.member_id = ids[i], .sent_rev = m->current->rev,
			.sent_seq = m->current->sequence,
			.major_seq = m->major_seq,
			.sent_at = ev_now(ap->core->ev) };

		if (store_invite_put(ap->core->store, &row, err) < 0)
			return -1;
	}
	return 0;
}

static int
active_ids(struct apply *ap, uint32_t **ids, size_t *n, struct err *err)
{
	struct arena *page = arena_new();
	struct member *some;
	size_t cap = 0, k;
	int64_t after = 0;
	int rc;

	/* "No mail" means no posts: an invitation is personal. */
	*ids = NULL;
	*n = 0;
	while ((rc = store_members(ap->core->store, page,
	    ap->snap->list->name, MEMBER_ACTIVE, after, PAGE, &some, &k,
	    err)) == 0 && k > 0) {
		if (*n + k > cap) {
			uint32_t *more = arena_array(ap->arena,
			    2 * cap + PAGE, sizeof(*more));

			if (*n > 0)
				memcpy(more, *ids, *n * sizeof(*more));
			*ids = more;
			cap = 2 * cap + PAGE;
		}
		for (size_t i = 0; i < k; i++)
			(*ids)[(*n)++] = (uint32_t)some[i].id;
		after = some[k - 1].id;
		arena_reset(page);
	}
	arena_free(page);
	return rc;
}

static int
send_all(struct apply *ap, const struct meeting *m, struct invitation *in,
    bool major, struct err *err)
{
	struct core *c = ap->core;
	struct maker mk = { .body = STR_EMPTY };
	struct recipe recipe;
	struct str extra = STR_EMPTY;
	struct job j = { .kind = JOB_INVITE, .list = ap->snap->list->name,
		.subject = in->text.subject, .to = "",
		.author = in->rev->announced_by,
		.created_at = ev_now(c->ev) };
	int rc = -1;

	recipe_begin(&mk.recipe, ap->arena);
	put_headers(&mk, in);
	put_parts(&mk, in);
	recipe = *recipe_end(&mk.recipe);
	j.recipe = &recipe;
	j.message_id = arena_printf(ap->arena, "<%s.%u@%s>", in->rev->key,
	    in->rev->rev, ap->snap->list->domain);
	enc_i64(&extra, m->id);
	enc_u32(&extra, major);
	j.extra = str_span(&extra);
	if (apply_own_mail(ap, str_span(&mk.body), in->text.subject,
	    &j.mail_id, err) == 0 &&
	    active_ids(ap, &j.members, &j.n, err) == 0 &&
	    put_rows(ap, m, j.members, j.n, err) == 0)
		rc = queue_add(c, &j, err);
	str_done(&mk.body);
	str_done(&extra);
	return rc;
}

static int
add_event(struct apply *ap, const struct meeting_rev *rev, struct err *err)
{
	struct meeting_rev public = *rev;
	struct event e = { .list = ap->snap->list->name,
		.list_title = ap->snap->list->title, .object = rev->key,
		.revision = rev->rev, .at = ev_now(ap->core->ev),
		/* Who announced is an address: it stays here. */
		.subject = rev->title, .author = "",
		.message_id = rev->source_id, .meeting = &public,
		.n_meeting = 1 };

	/* Members only: never leaves core towards the feed (domain R27). */
	public.link = public.pin = "";
	e.kind = EVENT_MEETING_REVISED;
	if (rev->rev == 1)
		e.kind = EVENT_MEETING_PUBLISHED;
	if (strcmp(rev->status, "cancelled") == 0)
		e.kind = EVENT_MEETING_CANCELLED;
	e.key = arena_printf(ap->arena, "%s/%u", rev->key, rev->rev);
	return outbox_add(ap->core, &e, err);
}

/* Release the draft in the store; *m is the meeting as it is now, *old the
 * revision announced before, rev 0 if there was none. */
static int
move_on(struct apply *ap, int64_t id, bool major, struct meeting *m,
    struct meeting_rev *old, struct err *err)
{
	struct store *s = ap->core->store;

	if (store_meeting_get(s, ap->arena, id, m, err) < 0)
		return -1;
	if (m->draft == NULL)
		return err_set(err, ERR_CONFLICT, "%s has no draft", m->key);
	memset(old, 0, sizeof(*old));
	if (m->current != NULL)
		*old = *m->current;
	if (store_meeting_release(s, id, major || old->rev == 0 ?
	    m->draft->sequence : m->major_seq, err) < 0 ||
	    (major && store_answers_reset(s, id, err) < 0))
		return -1;
	return store_meeting_get(s, ap->arena, id, m, err);
}

int
invite_release(struct apply *ap, int64_t meeting_id, bool major,
    struct err *err)
{
	struct core *c = ap->core;
	struct invitation in = { .ap = ap, .method = "REQUEST" };
	enum cal_method method = CAL_REQUEST;
	struct meeting_rev old;
	struct meeting m;

	if (move_on(ap, meeting_id, major, &m, &old, err) < 0)
		return -1;
	in.rev = m.current;
	if (strcmp(in.rev->status, "cancelled") == 0) {
		method = CAL_CANCEL;
		in.method = "CANCEL";
	}
	meet_invitation(ap->arena, in.rev, old.rev == 0 ? NULL : &old,
	    ap->snap->list, &in.text);
	if (cal_build(ap->arena, in.rev, method, in.rev->sequence,
	    ev_now(c->ev), true, &in.object, err) < 0 ||
	    send_all(ap, &m, &in, major || old.rev == 0, err) < 0)
		return err_wrap(err, "meeting %s", m.key);
	return add_event(ap, in.rev, err) < 0 ? -1 :
	    store_audit_add(c->store, ev_now(c->ev), in.rev->announced_by,
	    "meeting-release", arena_printf(ap->arena, "%s/%u", m.key,
	    in.rev->rev), in.rev->title, err);
}

/* After a minor change everybody keeps the answer given: send it back. */
static const char *
own_partstat(struct core *c, struct arena *a, const struct job *j,
    const struct member *m, struct err *err)
{
	struct answer *answers;
	struct dec d;
	int64_t meeting_id;
	size_t n;

	dec_init(&d, a, j->extra);
	meeting_id = dec_i64(&d);
	if (dec_u32(&d) != 0)
		return "NEEDS-ACTION";
	if (store_answers_of(c->store, a, m->id, &answers, &n, err) < 0)
		return NULL;
	for (size_t i = 0; i < n; i++)
		if (answers[i].meeting_id == meeting_id &&
		    answers[i].recur_at == 0)
			return answers[i].partstat;
	return "NEEDS-ACTION";
}

/* The ROLE parameter (RFC 5545 section 3.2.16). */
static const char *
role_of(const struct member *m)
{
	if (member_has_role(m, "chair"))
		return "CHAIR";
	return member_has_role(m, "observer") ? "OPT-PARTICIPANT" :
	    "REQ-PARTICIPANT";
}

/* The name as it stands in a quoted-printable text. */
static char *
name_qp(struct arena *a, const struct member *m)
{
	struct str out = STR_EMPTY;
	char *copy;

	compose_qp(&out, span_of(m->name[0] != '\0' ? m->name : m->addr),
	    false);
	copy = str_dup(a, &out);
	str_done(&out);
	return copy;
}

int
invite_vars(struct core *c, struct arena *a, const struct job *j,
    const struct member *m, struct copy *copy, struct err *err)
{
	const struct list_settings *l = settings_list_named(c->settings,
	    j->list);
	struct str lines = STR_EMPTY;
	struct var *v = arena_array(a, N_VARS, sizeof(*v));
	const char *partstat = own_partstat(c, a, j, m, err);
	int rc;

	if (partstat == NULL || l == NULL)
		return l == NULL ? err_set(err, ERR_PERM, "no list %s",
		    j->list) : -1;
	v[VAR_ORGANIZER].value = route_format(a, l, ROUTE_MEETING, m->token);
	v[VAR_TO].value = address_format(a, m->name, m->addr);
	v[VAR_MEMBER].value = arena_printf(a, "%lld", (long long)m->id);
	v[VAR_NAME].value = name_qp(a, m);
	rc = cal_attendee(&lines, l->title, v[VAR_ORGANIZER].value, m->name,
	    m->addr, role_of(m), partstat, err);
	v[VAR_ATTENDEE].value = str_dup(a, &lines);
	str_done(&lines);
	copy->vars = v;
	copy->n_vars = N_VARS;
	return rc;
}
