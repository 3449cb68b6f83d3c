/* SPDX-License-Identifier: ISC */
/*
 * Snapshot: loads from the store exactly what the pure deciders may look at
 * for one mail. No decision is made here.
 */
#include "core/state.h"

#include <stdlib.h>
#include <string.h>
#include "list/list.h"

#define DAY_S (24 * 3600)

/* 0 also if there is none: then *out stays NULL. */
static int
found(int rc, const struct err *err)
{
	return rc == 0 || err->kind == ERR_NOTFOUND ? 0 : -1;
}

/* Confirmations to that address today, whatever they ask for, and all our
 * mails to it. */
static int
count_confirms(struct core *c, const char *key, struct snapshot *s,
    struct err *err)
{
	uint32_t leaving = 0;

	if (store_token_count(c->store, s->list->name, TOKEN_SUBSCRIBE, key,
	    s->now - DAY_S, &s->confirms_today, err) < 0 ||
	    store_token_count(c->store, s->list->name, TOKEN_UNSUBSCRIBE,
	    key, s->now - DAY_S, &leaving, err) < 0)
		return -1;
	s->confirms_today += leaving;
	return store_job_count(c->store, s->list->name, key, s->now - DAY_S,
	    &s->notices_today, err);
}

static int
load_sender(struct core *c, struct arena *a, const struct digest *d,
    struct snapshot *s, struct err *err)
{
	struct member *m = arena_alloc(a, sizeof(*m));
	int rc;

	if (d->n_from == 0)
		return 0;
	rc = store_member_by_addr(c->store, a, s->list->name, d->from[0].key,
	    m, err);
	if (rc == 0)
		s->sender = m;
	if (found(rc, err) < 0)
		return -1;
	return count_confirms(c, d->from[0].key, s, err);
}

static int
load_member(struct core *c, struct arena *a, int64_t id,
    const struct member **out, struct err *err)
{
	struct member *m = arena_alloc(a, sizeof(*m));
	int rc = store_member_by_id(c->store, a, id, m, err);

	if (rc == 0)
		*out = m;
	return found(rc, err);
}

/* Whether the address that asked to subscribe is a member by now. */
static int
load_actor(struct core *c, struct arena *a, struct snapshot *s,
    struct err *err)
{
	struct member *m = arena_alloc(a, sizeof(*m));
	int rc = store_member_by_addr(c->store, a, s->list->name,
	    s->token->actor, m, err);

	if (rc == 0)
		s->token_member = m;
	return found(rc, err);
}

static int
load_held(struct core *c, struct arena *a, struct snapshot *s,
    struct err *err)
{
	struct held *h = arena_alloc(a, sizeof(*h));
	int rc = store_held_get(c->store, a,
	    strtoll(s->token->object, NULL, 10), h, err);

	if (rc == 0)
		s->held = h;
	return found(rc, err);
}

static int
load_token_meeting(struct core *c, struct arena *a, struct snapshot *s,
    struct err *err)
{
	struct meeting *m = arena_alloc(a, sizeof(*m));
	struct span key = span_of(s->token->object);
	int rc = store_meeting_by_key(c->store, a, arena_strndup(a, key.p,
	    span_find(key, '/')), m, err);

	if (rc == 0)
		s->token_meeting = m;
	return found(rc, err);
}

/* What the token is about. */
static int
load_token_object(struct core *c, struct arena *a, struct snapshot *s,
    struct err *err)
{
	switch (s->token->purpose) {
	case TOKEN_HELD_OK:
	case TOKEN_HELD_NO:
	case TOKEN_HELD_DROP:
	case TOKEN_HELD_MODERATE:
	case TOKEN_HELD_CANCEL:
		return load_held(c, a, s, err);
	case TOKEN_ADMIT:
	case TOKEN_UNSUBSCRIBE:
		return load_member(c, a, strtoll(s->token->object, NULL, 10),
		    &s->token_member, err);
	case TOKEN_ANNOUNCE:
		return load_token_meeting(c, a, s, err);
	case TOKEN_SUBSCRIBE:
		return load_actor(c, a, s, err);
	}
	return 0;
}

static int
load_token(struct core *c, struct arena *a, const char *secret,
    struct snapshot *s, struct err *err)
{
	struct token *t = arena_alloc(a, sizeof(*t));
	uint8_t hash[32];
	int rc;

	if (secret[0] == '\0')
		return 0;
	ident_token_hash(secret, hash);
	rc = store_token_get(c->store, a, s->list->name, hash, t, err);
	if (rc < 0)
		return found(rc, err);
	s->token = t;
	return load_token_object(c, a, s, err);
}

/* The member whose private address (organizer or VERP) was written to. */
static int
load_by_token(struct core *c, struct arena *a, struct snapshot *s,
    struct err *err)
{
	struct member *m = arena_alloc(a, sizeof(*m));
	int64_t member_id, job_id;
	int rc;

	if (s->route.verb == ROUTE_BOUNCES)
		return !ident_verp_parse(c, s->list, s->route.token,
		    &member_id, &job_id) ? 0 :
		    load_member(c, a, member_id, &s->by_token, err);
	rc = store_member_by_token(c->store, a, s->list->name,
	    s->route.token, m, err);
	if (rc == 0)
		s->by_token = m;
	if (found(rc, err) < 0 || rc < 0)
		return found(rc, err);
	if (store_answers_of(c->store, a, m->id,
	    (struct answer **)(uintptr_t)&s->answers, &s->n_answers,
	    err) < 0)
		return -1;
	return store_invites_of(c->store, a, m->id,
	    (struct invite **)(uintptr_t)&s->invites, &s->n_invites, err);
}

int
snapshot_moderators(struct core *c, struct arena *a, struct snapshot *out,
    struct err *err)
{
	static const char *const roles[] = { "moderator", "owner",
		"counsellor", NULL };
	struct member *m;

	if (store_members_by_role(c->store, a, out->list->name, roles, &m,
	    &out->n_moderators, err) < 0)
		return -1;
	if (out->n_moderators == 0 && out->list->owner[0] != '\0') {
		/* Nobody holds the seat yet: the configured owner does. */
		m = arena_alloc(a, sizeof(*m));
		m->list = out->list->name;
		m->addr = m->key = out->list->owner;
		m->name = m->lang = m->zone = m->token = "";
		m->state = MEMBER_ACTIVE;
		out->n_moderators = 1;
	}
	out->moderators = m;
	return 0;
}

int
snapshot_meetings(struct core *c, struct arena *a, struct snapshot *out,
    struct err *err)
{
	struct meeting *m;

	if (store_meetings(c->store, a, out->list->name, out->now, &m,
	    &out->n_meetings, err) < 0)
		return -1;
	out->meetings = m;
	return 0;
}

static int
load_needs(struct core *c, struct arena *a, const struct digest *d,
    struct snapshot *s, struct err *err)
{
	struct list_needs needs = { "", "", false };
	struct member *all;

	list_needs(a, d, &s->route, &needs);
	if (s->token == NULL && load_token(c, a, needs.token, s, err) < 0)
		return -1;
	if (s->token != NULL && s->token->purpose == TOKEN_SUBSCRIBE)
		needs.body = s->token->object;
	if (needs.body[0] != '\0') {
		/* The object of a subscribe token is "category=..;body=..". */
		struct span o = span_of(needs.body);
		size_t at = span_searchi(o, "body=");

		if (at < o.n) {
			o = span_sub(o, at + 5, o.n);
			needs.body = arena_strndup(a, o.p,
			    span_find(o, ';'));
		}
		if (settings_body(s->list, needs.body) != NULL &&
		    store_body_seats(c->store, s->list->name,
		    settings_body(s->list, needs.body)->name, s->now,
		    &s->body_seats, err) < 0)
			return -1;
	}
	if (!needs.members)
		return 0;
	if (store_members(c->store, a, s->list->name, MEMBER_ACTIVE, 0, 0,
	    &all, &s->n_members, err) < 0)
		return -1;
	s->members = all;
	return 0;
}

int
snapshot_load(struct core *c, struct arena *a, const struct digest *d,
    const struct route *route, struct snapshot *out, struct err *err)
{
	struct snapshot *s = out;

	memset(s, 0, sizeof(*s));
	s->settings = c->settings;
	s->list = route->list;
	s->route = *route;
	s->envelope_from = "";
	s->now = ev_now(c->ev);
	s->mail_file_sha256 = d->sha256;
	if (load_sender(c, a, d, s, err) < 0 ||
	    snapshot_moderators(c, a, s, err) < 0)
		return -1;
	if (route->token[0] != '\0') {
		bool private = route->verb == ROUTE_MEETING ||
		    route->verb == ROUTE_BOUNCES;

		if (private ? load_by_token(c, a, s, err) < 0 :
		    load_token(c, a, route->token, s, err) < 0)
			return -1;
	}
	if (load_needs(c, a, d, s, err) < 0)
		return -1;
	if (route->verb == ROUTE_MEETING || route->verb == ROUTE_ANNOUNCE ||
	    (s->token != NULL && s->token->purpose == TOKEN_ANNOUNCE))
		return snapshot_meetings(c, a, s, err);
	return 0;
}
