/* SPDX-License-Identifier: ISC */
/*
 * Pipeline: the way of one mail: offered by intake, digested by a parser,
 * decided, carried out, and answered after the commit. A mail of which the
 * parser dies, or that it does not finish in time, goes to quarantine and is
 * held; every other mail goes on.
 */
#include "core/state.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/codec.h"
#include "base/crypt.h"
#include "base/log.h"
#include "base/str.h"
#include "base/utf8.h"
#include "base/xmalloc.h"
#include "list/list.h"
#include "meet/meet.h"

#define VERDICT_BYTES 65000	/* of LINK_MAX */

struct incoming {
	struct incoming *next;
	struct core *core;
	struct arena *arena;
	struct core_peer *intake;	/* NULL if it went away */
	struct core_peer *parser;	/* NULL = waits for one */
	struct ev_timer *deadline;
	struct mail mail;
	uint32_t job;
	uint32_t deaths;		/* parsers that died of it */
	int fd;
};

static void
incoming_free(struct incoming *in)
{
	struct incoming **at = &in->core->incoming;

	for (; *at != NULL; at = &(*at)->next)
		if (*at == in) {
			*at = in->next;
			break;
		}
	if (in->parser != NULL)
		in->parser->job = NULL;
	ev_timer_free(in->deadline);
	if (in->fd >= 0)
		(void)close(in->fd);	/* read only: nothing to lose */
	arena_free(in->arena);
	free(in);
}

void
pipeline_free(struct core *c)
{
	while (c->incoming != NULL)
		incoming_free(c->incoming);
	while (c->verdicts != NULL) {
		struct waiting_verdict *v = c->verdicts;

		c->verdicts = v->next;
		arena_free(v->arena);
		free(v);
	}
}

/* Queue the same reply for every recipient, or a list of them (replies). */
static void
answer(struct incoming *in, struct reply *replies, uint32_t code,
    const char *text)
{
	struct waiting_verdict *v = xcalloc(1, sizeof(*v));
	size_t max;

	v->arena = arena_new();
	v->intake = in->intake;
	v->txn = in->mail.txn;
	v->n = in->mail.n_rcpts;
	v->replies = arena_array(v->arena, v->n, sizeof(*v->replies));
	/* All of them fit one message. */
	max = v->n == 0 ? 0 : VERDICT_BYTES / v->n - 8;
	for (size_t i = 0; i < v->n; i++) {
		struct span t = utf8_truncate(span_of(replies ?
		    replies[i].text : text), max);

		v->replies[i].code = replies ? replies[i].code : code;
		v->replies[i].text = arena_strndup(v->arena, t.p, t.n);
	}
	v->next = in->core->verdicts;
	in->core->verdicts = v;
}

void
pipeline_answer(struct core *c, bool ok)
{
	while (c->verdicts != NULL) {
		struct waiting_verdict *v = c->verdicts;
		struct verdict out = { v->txn, v->replies, v->n };
		struct err err = { 0 };

		c->verdicts = v->next;
		for (size_t i = 0; !ok && i < v->n; i++) {
			v->replies[i].code = 451;
			v->replies[i].text = "4.3.0 Not stored, try again "
			    "later";
		}
		if (v->intake != NULL && LINK_PUT(v->intake->link, MSG_VERDICT,
		    verdict, &out, -1, &err) < 0)
			core_log_err("verdict-lost", &err);
		arena_free(v->arena);
		free(v);
	}
}

/* --- deciding --- */

/* One recipient of a mail. */
struct delivery {
	struct incoming *in;
	struct digest *digest;
	struct apply apply;
	struct reply *reply;
};

static void
decide(struct arena *a, const struct digest *d, const struct snapshot *s,
    struct actions *out)
{
	enum route_verb verb = s->route.verb;
	/* At -no or -drop the same token would say two things. */
	bool announce = s->token != NULL &&
	    s->token->purpose == TOKEN_ANNOUNCE &&
	    (verb == ROUTE_CONFIRM || verb == ROUTE_REQUEST);

	out->arena = a;
	if (announce || verb == ROUTE_ANNOUNCE || verb == ROUTE_MEETING)
		meet_decide(d, s, out);
	else
		list_decide(d, s, out);
}

/* A retry after a lost 250, or an echo by another path: taken already. Without
 * a Message-ID only the very same bytes are a repeat. */
static int
is_repeat(struct delivery *dl, const struct route *r, struct err *err)
{
	struct core *c = dl->in->core;
	const struct digest *d = dl->digest;
	const char *what = arena_printf(dl->in->arena, "%s %s %s %s",
	    route_verb_name(r->verb), r->token,
	    d->n_from > 0 ? d->from[0].key : "", d->message_id);
	uint8_t hash[SHA256_LEN];

	/* A token is a secret: the store holds none. */
	crypt_sha256(span_of(what), hash);
	return store_seen(c->store, r->list->name,
	    crypt_hex(dl->in->arena, hash, sizeof(hash)),
	    d->message_id[0] != '\0' ? d->body_sha256 : d->sha256,
	    ev_now(c->ev), err);
}

/* Over SMTP there is only one reply for all recipients. */
static bool
replies_to_each(const struct incoming *in)
{
	return in->mail.lmtp || in->mail.n_rcpts == 1;
}

/* Will the reply refuse it? Then it was not taken, and whoever offers it again
 * is to hear the same. */
static bool
is_refused(const struct delivery *dl, const struct actions *actions)
{
	for (size_t i = 0; i < actions->n; i++)
		if (actions->items[i].kind == ACT_REJECT)
			return replies_to_each(dl->in);
	return false;
}

static int
take_for(struct delivery *dl, const struct route *route, struct err *err)
{
	struct incoming *in = dl->in;
	struct core *c = in->core;
	struct actions actions = { 0 };
	struct snapshot *snap = arena_alloc(in->arena, sizeof(*snap));
	int repeat = 0;

	if (snapshot_load(c, in->arena, dl->digest, route, snap, err) < 0)
		return -1;
	snap->envelope_from = in->mail.sender;
	decide(in->arena, dl->digest, snap, &actions);
	dl->apply.snap = snap;
	dl->apply.mail_id = 0;
	dl->apply.reject = NULL;
	if (!is_refused(dl, &actions))
		repeat = is_repeat(dl, route, err);
	if (repeat > 0)
		log_event(LOG_INFO_, "repeat", "list", route->list->name,
		    "file", in->mail.file, "msgid", dl->digest->message_id,
		    NULL);
	if (repeat != 0)
		return repeat < 0 ? -1 : 0;
	return apply_actions(&dl->apply, &actions, err);
}

/* Tell the sender by mail what one of several recipients refused. */
static int
refuse_by_mail(struct delivery *dl, const char *addr, struct err *err)
{
	struct notice_var vars[] = { { "address", addr },
		{ "reason", dl->apply.reject },
		{ "subject", dl->digest->subject } };
	struct notice n = { .template = "refused", .to = dl->in->mail.sender,
		.lang = "", .in_reply_to = dl->digest->message_id,
		.vars = vars, .n_vars = 3 };

	if (n.to[0] == '\0' || list_is_automatic(dl->digest, dl->apply.snap))
		return 0;
	return notice_send(&dl->apply, &n, err);
}

static int
take_recipient(struct delivery *dl, const char *addr, struct err *err)
{
	struct incoming *in = dl->in;
	struct route route = { 0 };

	dl->reply->code = 250;
	dl->reply->text = arena_printf(in->arena, "2.0.0 Accepted as %s",
	    in->mail.file);
	if (route_parse(in->arena, in->core->settings, addr, &route) < 0) {
		dl->reply->code = 550;
		dl->reply->text = "5.1.1 No such address here";
		return 0;
	}
	if (take_for(dl, &route, err) < 0)
		return -1;
	if (dl->apply.reject == NULL)
		return 0;
	if (!replies_to_each(in))
		return refuse_by_mail(dl, addr, err);
	dl->reply->code = 550;
	dl->reply->text = arena_printf(in->arena, "%s%s",
	    span_has_prefix(span_of(dl->apply.reject), "5.") ? "" : "5.7.1 ",
	    dl->apply.reject);
	return 0;
}

/* All recipients inside one savepoint: all or nothing. */
static int
take(struct incoming *in, struct digest *d, struct reply *replies,
    struct err *err)
{
	struct core *c = in->core;
	struct delivery dl = { .in = in, .digest = d };

	dl.apply.core = c;
	dl.apply.arena = in->arena;
	dl.apply.digest = d;
	dl.apply.file = in->mail.file;
	dl.apply.peer = in->mail.peer;
	if (core_savepoint(c, err) < 0)
		return -1;
	for (size_t i = 0; i < in->mail.n_rcpts; i++) {
		dl.reply = &replies[i];
		if (take_recipient(&dl, in->mail.rcpts[i].addr, err) < 0) {
			core_undo(c);
			return -1;
		}
	}
	if (core_release(c, err) < 0)
		return -1;
	if (!dl.apply.kept)
		spool_discard(c->spool, in->mail.file);
	return 0;
}

static void
refuse(struct incoming *in, const struct digest *d)
{
	struct core *c = in->core;
	const char *text = arena_printf(in->arena, "5.6.0 %s", d->refused);

	c->refused++;
	log_event(LOG_INFO_, "refused", "file", in->mail.file, "sender",
	    in->mail.sender, "reason", d->refused, NULL);
	spool_discard(c->spool, in->mail.file);
	answer(in, NULL, 550, text);
}

static void
finish(struct incoming *in, struct digest *d)
{
	struct core *c = in->core;
	struct reply *replies = arena_array(in->arena, in->mail.n_rcpts,
	    sizeof(*replies));
	struct err err = { 0 };

	if (d->refused[0] != '\0') {
		refuse(in, d);
	} else if (take(in, d, replies, &err) < 0) {
		core_log_err("mail-not-taken", &err);
		answer(in, NULL, 451, "4.3.0 Not stored, try again later");
	} else {
		c->accepted++;
		log_event(LOG_INFO_, "mail", "file", in->mail.file, "sender",
		    in->mail.sender, "msgid", d->message_id, "rcpts",
		    LOGN(in->mail.n_rcpts), NULL);
		answer(in, replies, 0, NULL);
	}
	incoming_free(in);
}

/* --- quarantine --- */

static int
hold_unparsed(struct incoming *in, const struct list_settings *l,
    const char *why, struct err *err)
{
	struct core *c = in->core;
	struct mail_row row = { .file = in->mail.file,
		.state = MAIL_QUARANTINED, .list = l->name,
		.sender = in->mail.sender, .from = in->mail.sender,
		.message_id = "", .subject = "", .size = in->mail.size,
		.received_at = ev_now(c->ev) };
	struct held held = { .list = l->name, .sender = in->mail.sender,
		.subject = "(not readable)", .message_id = "", .reason = why,
		.content = "", .state = HELD_QUARANTINED, .decided_by = "",
		.held_at = ev_now(c->ev) };
	struct snapshot snap = { .settings = c->settings, .list = l };
	struct apply ap = { .core = c, .arena = in->arena, .snap = &snap };
	struct notice_var vars[] = { { "sender", in->mail.sender },
		{ "reason", why }, { "held_id", "" } };
	struct notice n = { .template = "quarantined", .lang = "",
		.in_reply_to = "", .vars = vars, .n_vars = 3 };

	if (spool_quarantine(c->spool, in->mail.file, err) < 0)
		return -1;
	core_made(c, in->mail.file);
	if (store_mail_add(c->store, &row, &held.mail_id, err) < 0 ||
	    store_held_add(c->store, &held, &held.id, err) < 0 ||
	    snapshot_moderators(c, in->arena, &snap, err) < 0)
		return -1;
	vars[2].value = arena_printf(in->arena, "%lld", (long long)held.id);
	for (size_t i = 0; i < snap.n_moderators; i++) {
		n.to = snap.moderators[i].addr;
		if (notice_send(&ap, &n, err) < 0)
			return -1;
	}
	return 0;
}

static int
quarantine_rows(struct incoming *in, const char *why, struct err *err)
{
	struct route route;

	for (size_t i = 0; i < in->mail.n_rcpts; i++)
		if (route_parse(in->arena, in->core->settings,
		    in->mail.rcpts[i].addr, &route) == 0)
			return hold_unparsed(in, route.list, why, err);
	return err_set(err, ERR_PERM, "no list for the quarantined mail");
}

static void
quarantine(struct incoming *in, const char *why)
{
	struct core *c = in->core;
	struct err err = { 0 };

	log_event(LOG_WARN_, "quarantined", "file", in->mail.file, "sender",
	    in->mail.sender, "reason", why, NULL);
	if (core_savepoint(c, &err) < 0)
		goto fail;
	if (quarantine_rows(in, why, &err) < 0) {
		core_undo(c);
		goto fail;
	}
	if (core_release(c, &err) < 0)
		goto fail;
	answer(in, NULL, 250, "2.0.0 Accepted, held for the secretariat");
	incoming_free(in);
	return;
fail:
	core_log_err("quarantine-failed", &err);
	answer(in, NULL, 451, "4.3.0 Not stored, try again later");
	incoming_free(in);
}

/* --- parsers --- */

static void
on_deadline(void *arg)
{
	struct incoming *in = arg;
	struct core *c = in->core;
	struct core_peer *master = core_next_peer(c, PEER_MASTER, NULL);
	struct kill kill = { "parser", in->parser->index,
		"mail takes too long" };
	struct err err = { 0 };

	if (master != NULL && LINK_PUT(master->link, MSG_KILL, kill, &kill,
	    -1, &err) < 0)
		core_log_err("kill-failed", &err);
	/* The parser stays taken until its link closes; the mail is free. */
	in->parser->job = NULL;
	in->parser->busy = 1;
	in->parser = NULL;
	quarantine(in, "The mail could not be read in the time allowed");
}

static void
give(struct incoming *in, struct core_peer *parser)
{
	struct core *c = in->core;
	struct parse msg = { in->job, c->settings->authserv_id };
	struct err err = { 0 };

	if (LINK_PUT(parser->link, MSG_PARSE, parse, &msg, in->fd,
	    &err) < 0) {
		core_log_err("parser-lost", &err);
		return;
	}
	in->parser = parser;
	parser->job = in;
	in->deadline = ev_timer_new(c->ev, c->settings->parser_timeout_ms,
	    on_deadline, in);
}

/* The mail that waits longest, if any. */
static struct incoming *
next_waiting(struct core *c)
{
	struct incoming *oldest = NULL;

	for (struct incoming *in = c->incoming; in != NULL; in = in->next)
		if (in->parser == NULL)
			oldest = in;
	return oldest;
}

void
pipeline_pump(struct core *c)
{
	struct core_peer *p = NULL;

	while ((p = core_next_peer(c, PEER_PARSER, p)) != NULL) {
		struct incoming *in;

		if (p->job != NULL || p->busy)
			continue;
		in = next_waiting(c);
		if (in == NULL)
			return;
		give(in, p);
	}
}

static bool
is_line(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ' || *text == '\177')
			return false;
	return true;
}

/* A parser that somebody took over must not write into our headers, or name
 * bytes outside of the mail. */
static bool
is_sane(const struct digest *d, const struct mail *m)
{
	uint8_t hash[SHA256_LEN];
	uint64_t pos = 0;

	if (d->size != m->size || (int64_t)d->header_len > d->size)
		return false;
	if (d->refused[0] != '\0')
		return is_line(d->refused);
	if (!crypt_unhex(span_of(d->sha256), hash, sizeof(hash)) ||
	    !is_line(d->message_id) || !is_line(d->subject))
		return false;
	for (size_t i = 0; i < d->n_from; i++)
		if (!is_line(d->from[i].addr) || !is_line(d->from[i].key) ||
		    !is_line(d->from[i].name))
			return false;
	for (size_t i = 0; i < d->n_cuts; i++) {
		if (d->cuts[i].off < pos)
			return false;
		pos = (uint64_t)d->cuts[i].off + d->cuts[i].len;
		if (pos > (uint64_t)d->size)
			return false;
	}
	return true;
}

void
pipeline_parsed(struct core *c, struct core_peer *parser, struct span body)
{
	struct incoming *in = parser->job;
	struct parsed msg;
	struct dec d;

	if (in == NULL)
		return;		/* came after its deadline */
	dec_init(&d, in->arena, body);
	wire_get_parsed(&d, &msg);
	ev_timer_free(in->deadline);
	in->deadline = NULL;
	in->parser = NULL;
	parser->job = NULL;
	if (!dec_end(&d) || msg.job != in->job || msg.n_digest != 1 ||
	    !is_sane(&msg.digest[0], &in->mail))
		quarantine(in, "The parser gave a broken answer");
	else
		finish(in, &msg.digest[0]);
	pipeline_pump(c);
}

void
pipeline_mail(struct core *c, struct core_peer *intake, struct span body,
    int *fd)
{
	struct incoming *in = xcalloc(1, sizeof(*in));
	struct dec d;

	in->core = c;
	in->arena = arena_new();
	in->intake = intake;
	in->fd = *fd;
	*fd = -1;
	in->next = c->incoming;
	in->job = c->incoming != NULL ? c->incoming->job + 1 : 1;
	c->incoming = in;
	dec_init(&d, in->arena, body);
	wire_get_mail(&d, &in->mail);
	if (!dec_end(&d) || in->fd < 0 || in->mail.n_rcpts == 0 ||
	    !spool_is_name(in->mail.file)) {
		log_event(LOG_WARN_, "broken-offer", "intake",
		    LOGN(intake->index), NULL);
		answer(in, NULL, 451, "4.3.0 Internal fault, try again later");
		incoming_free(in);
		return;
	}
	pipeline_pump(c);
}

void
pipeline_peer_gone(struct core *c, struct core_peer *p)
{
	struct incoming *in = p->job;

	if (p->role == PEER_PARSER && in != NULL) {
		p->job = NULL;
		in->parser = NULL;
		ev_timer_free(in->deadline);
		in->deadline = NULL;
		/* The first death may be somebody else's doing. */
		if (++in->deaths > 1)
			quarantine(in, "The mail made the parser fail");
	}
	if (p->role != PEER_INTAKE)
		return;
	for (in = c->incoming; in != NULL; in = in->next)
		if (in->intake == p)
			in->intake = NULL;
	for (struct waiting_verdict *v = c->verdicts; v != NULL; v = v->next)
		if (v->intake == p)
			v->intake = NULL;
}
