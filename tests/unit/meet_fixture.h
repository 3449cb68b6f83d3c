/* SPDX-License-Identifier: ISC */
/*
 * A list with a chair and members, two meetings (m7: Wed 10 Feb 2027, m8:
 * Wed 10 Mar 2027, m9 cancelled), a clock that stands at Mon 11 Jan 2027, and
 * helpers that show what was decided as one line. Every notice is filled into
 * its template, so that a variable that is missing fails the row.
 */
#ifndef TESTS_UNIT_MEET_FIXTURE_H
#define TESTS_UNIT_MEET_FIXTURE_H

#include "tests/test.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "base/arena.h"
#include "base/civil.h"
#include "base/embedded.h"
#include "base/err.h"
#include "base/str.h"
#include "mail/compose.h"
#include "meet/formtext.h"
#include "meet/meet.h"

#define NOW INT64_C(1799668800)		/* Mon 11 Jan 2027 12:00 UTC */
#define S1_START INT64_C(1802260800)	/* Wed 10 Feb 2027 12:00 UTC */
#define HOUR 3600
#define DAY_S 86400

struct world {
	struct arena *arena;
	struct settings settings;
	struct list_settings list;
	const char *zones[4];
	struct member members[5];
	struct seat seats[5];
	struct meeting meetings[4];
	struct meeting_rev revs[4];
	struct digest digest;
	struct mailbox from;
	struct snapshot snap;
	struct actions actions;
	struct token token;
	struct itip itip[2];
	struct itip_who who;
	struct answer answer;
	struct invite invite;
};

static inline void
world_member(struct world *w, size_t i, const char *addr, const char *role)
{
	struct member *m = &w->members[i];

	w->seats[i] = (struct seat){ .id = (int64_t)i + 1,
		.category = i == 0 ? "leadership" : "itu-t-sg",
		.body = i == 0 ? "" : "SG13", .role = role, .evidence = "" };
	*m = (struct member){ .id = (int64_t)i + 1, .list = "jca-qkdn",
		.addr = addr, .key = addr, .name = i == 0 ? "Ada Placeholder" :
		"Ines Ejemplo", .lang = "", .zone = "", .token =
		"abcdefghijklm", .state = MEMBER_ACTIVE, .mail_on = true,
		.seats = &w->seats[i], .n_seats = 1 };
}

static inline void
world_meeting(struct world *w, size_t i, const char *key, int64_t start_at,
    const char *status)
{
	struct meeting_rev *r = &w->revs[i];
	struct civil c;

	formtext_clear(r);
	civil_from_unix(start_at + HOUR, &c);	/* winter in Geneva */
	r->key = key;
	r->uid = arena_printf(w->arena, "%s-ABC@lists.itu-t.example", key);
	r->list = "jca-qkdn";
	r->number = (uint32_t)i + 1;
	r->rev = 1;
	r->status = status;
	r->title = arena_printf(w->arena, "Meeting %s", key);
	r->tzid = "Europe/Zurich";
	r->start_at = start_at;
	r->end_at = start_at + 2 * HOUR;
	r->start_local = arena_printf(w->arena, "%04d-%02d-%02dT%02d:00:00",
	    c.year, c.month, c.day, c.hour);
	r->end_local = arena_printf(w->arena, "%04d-%02d-%02dT%02d:00:00",
	    c.year, c.month, c.day, c.hour + 2);
	r->place = "E-meeting";
	r->link = "https://meet.vendor-g.example/j/1";
	r->language = "en";
	r->announced_by = "ada@carrier-a.example";
	w->meetings[i] = (struct meeting){ .id = (int64_t)i + 7, .key = key,
		.list = "jca-qkdn", .uid = r->uid, .current = r };
}

static inline void
world_settings(struct world *w)
{
	w->zones[0] = "Asia/Shanghai";
	w->zones[1] = "America/New_York";
	w->list = (struct list_settings){ .name = "jca-qkdn",
		.domain = "lists.itu-t.example", .title = "JCA-QKDN",
		.description = "", .owner = "owner@tsb.example",
		.zone = "Europe/Zurich", .zones = w->zones, .language = "en",
		.archive_url = "", .confirm_ttl_s = 3 * DAY_S,
		.notice_days = 14, .max_received = 30, .confirm_per_day = 3 };
	w->settings.lists = &w->list;
	w->settings.n_lists = 1;
	w->settings.authserv_id = w->settings.templates = "";
}

/* A mail from that address; m7 and m8 are announced, m9 was cancelled. */
static inline void
world_begin(struct world *w, enum route_verb verb, const char *from,
    const char *subject, const char *text)
{
	struct snapshot *s = &w->snap;

	memset(w, 0, sizeof(*w));
	w->arena = arena_new();
	w->actions.arena = w->arena;
	world_settings(w);
	world_member(w, 0, "ada@carrier-a.example", "chair");
	world_member(w, 1, "ines@vendor-g.example", "representative");
	world_member(w, 2, "cleo@tsb.example", "moderator");
	world_meeting(w, 0, "m7", S1_START, "confirmed");
	world_meeting(w, 1, "m8", S1_START + 28 * DAY_S, "confirmed");
	world_meeting(w, 2, "m9", S1_START + 7 * DAY_S, "cancelled");
	w->from.addr = w->from.key = from;
	w->from.name = "";
	w->digest = (struct digest){ .refused = "", .from = &w->from,
		.n_from = 1, .subject = subject, .text = text, .message_id =
		"<1@carrier-a.example>", .in_reply_to = "", .references = "",
		.date = "", .date_at = NOW - 60, .list_id = "",
		.auto_submitted = "", .precedence = "", .content_type = "",
		.auth_results = "", .dsn_original_id = "", .note = "" };
	s->settings = &w->settings;
	s->list = &w->list;
	s->route = (struct route){ &w->list, verb, "" };
	s->envelope_from = from;
	s->now = NOW;
	s->mail_file_sha256 = "";
	for (size_t i = 0; i < 3; i++)
		if (strcmp(w->members[i].key, from) == 0)
			s->sender = &w->members[i];
	s->meetings = w->meetings;
	s->n_meetings = 3;
	s->moderators = &w->members[2];
	s->n_moderators = 1;
}

static inline void
world_end(struct world *w)
{
	arena_free(w->arena);
}

static inline void
world_summary_of(struct str *out, const struct action *a)
{
	switch (a->kind) {
	case ACT_IGNORE: str_adds(out, "ignore"); break;
	case ACT_REJECT: str_adds(out, "reject"); break;
	case ACT_NOTICE:
		str_addf(out, "%s>%.*s", a->notice.template,
		    (int)strcspn(a->notice.to, "@"), a->notice.to);
		break;
	case ACT_TOKEN_USED: str_addf(out, "used(%s)", a->text); break;
	case ACT_MEETING_DRAFT:
		str_addf(out, "draft(%" PRId64 " %s seq %u%s)", a->meeting_id,
		    a->rev.status, a->rev.sequence, a->major ? " major" : "");
		break;
	case ACT_MEETING_RELEASE:
		str_addf(out, "release(%" PRId64 "%s)", a->meeting_id,
		    a->major ? " major" : "");
		break;
	case ACT_MEETING_DROP:
		str_addf(out, "drop(%" PRId64 ")", a->meeting_id);
		break;
	case ACT_ANSWER:
		str_addf(out, "answer(%" PRId64 " %" PRId64 " %s)",
		    a->answer.meeting_id, a->answer.member_id,
		    a->answer.partstat);
		break;
	case ACT_AUDIT: str_adds(out, "audit"); break;
	case ACT_DISTRIBUTE:
	case ACT_HOLD:
	case ACT_FORWARD:
	case ACT_MEMBER_SAVE:
	case ACT_MEMBER_END:
	case ACT_HELD_DECIDE:
	case ACT_BOUNCE:
		str_adds(out, "list?");
		break;
	}
}

static inline char *
world_summary(struct world *w)
{
	struct str out = STR_EMPTY;
	char *text;

	for (size_t i = 0; i < w->actions.n; i++) {
		str_adds(&out, i > 0 ? ", " : "");
		world_summary_of(&out, &w->actions.items[i]);
	}
	text = str_dup(w->arena, &out);
	str_done(&out);
	return text;
}

/* The mail that a notice becomes. */
static inline char *
world_render(struct world *w, const struct notice *n)
{
	static const char *const standard[] = { "list", "list_title",
		"list_address", "request_address", "owner_address",
		"help_address", "subscribe_address", "unsubscribe_address",
		"announce_address", "recipients", "totals" };
	const char *vars[80], *subject, *body;
	struct err err = { 0 };
	size_t k = 0;
	struct span text = embedded_get(arena_printf(w->arena,
	    "conf/templates/en/%s.txt", n->template));

	if (text.p == NULL)
		fail_msg("no template %s", n->template);
	for (size_t i = 0; i < sizeof(standard) / sizeof(standard[0]); i++) {
		vars[k++] = standard[i];
		vars[k++] = arena_printf(w->arena, "(%s)", standard[i]);
	}
	for (size_t i = 0; i < n->n_vars; i++) {
		vars[k++] = n->vars[i].name;
		vars[k++] = n->vars[i].value;
	}
	for (size_t i = 0; i < n->n_tokens; i++) {
		vars[k++] = n->tokens[i].var;
		vars[k++] = arena_printf(w->arena, "(%s)", n->tokens[i].var);
	}
	vars[k] = NULL;
	if (compose_template(w->arena, text, vars, &subject, &body, &err) < 0)
		fail_msg("%s: %s", n->template, err.text);
	return arena_printf(w->arena, "Reply: %s%s\nSubject: %s\n\n%s\n",
	    route_verb_name(n->reply_verb), n->reply_var != NULL ?
	    n->reply_var : "", subject, body);
}

static inline char *
world_dump(struct world *w)
{
	char *out = arena_strdup(w->arena, "");

	for (size_t i = 0; i < w->actions.n; i++) {
		const struct action *a = &w->actions.items[i];

		out = arena_printf(w->arena, "%s[%s|%s|%s|%s]\n%s", out,
		    a->text, a->who, a->object, a->answer.comment,
		    a->kind == ACT_NOTICE ? world_render(w, &a->notice) : "");
	}
	return out;
}

/* Fail unless the actions are want, and has (not NULL) is in a text. */
static inline void
world_check(struct world *w, const char *want, const char *has)
{
	const char *got = world_summary(w), *all = world_dump(w);

	if (strcmp(got, want) != 0)
		fail_msg("\n  want %s\n  got  %s\n%s", want, got, all);
	if (has != NULL && strstr(all, has) == NULL)
		fail_msg("nowhere \"%s\" in:\n%s", has, all);
	if (strstr(all, "{{") != NULL || strchr(all, '\001') != NULL)
		fail_msg("a mark is left in:\n%s", all);
}

#endif
