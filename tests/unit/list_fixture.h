/* SPDX-License-Identifier: ISC */
/*
 * One mail to a list, told in a row: who writes where, what, with which token
 * and in which state of things; and the actions expected, as one line. Every
 * notice is also filled into its template, so that a variable that is missing
 * fails the row.
 */
#ifndef TESTS_UNIT_LIST_FIXTURE_H
#define TESTS_UNIT_LIST_FIXTURE_H

#include "tests/test.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include "base/arena.h"
#include "base/embedded.h"
#include "base/err.h"
#include "base/str.h"
#include "list/list.h"
#include "list/seat.h"
#include "mail/compose.h"

#define NOW INT64_C(1799668800)		/* Mon, 11 Jan 2027 12:00 UTC */
#define HASH "aa11"
#define PROOF "mx.itu-t.example; dkim=pass header.d=lab-e.example"
#define LIST_ADDR "jca-qkdn@lists.itu-t.example"

/* What the token of a row is like. */
enum token_state { NO_TOKEN, GOOD, USED, EXPIRED, CHANGED, OTHER_LIST };

struct row {
	const char *name;
	enum route_verb verb;
	const char *from;	/* default eve@lab-e.example */
	const char *subject, *text;
	const char *want;	/* actions, see summary() */
	const char *has;	/* must be in some text of the actions */
	const char *has_not;	/* must not be in a text (tokens do not count) */
	/* the mail */
	const char *envelope;	/* default the From address */
	const char *auto_submitted, *precedence, *list_id, *auth, *note;
	const char *method;	/* of a calendar part */
	const char *dsn;	/* action of a bounced recipient */
	const char *attachment;
	const char *from_name, *message_id;
	int64_t size;
	uint32_t received, n_from;	/* n_from: 0 means 1, 9 means none */
	/* the token */
	enum token_state token;
	enum token_purpose purpose;
	const char *object, *actor;
	enum held_state held;
	bool held_gone, no_member;
	/* the state of things */
	uint32_t confirms, notices, seats;
	bool no_moderators, no_owner, authserv, verp, no_categories;
};

struct fixture {
	struct arena *arena;
	struct settings settings;
	struct list_settings list;
	struct category categories[8];
	struct body bodies[8];
	struct digest digest;
	struct snapshot snap;
	struct actions actions;
	struct token token;
	struct held held;
	struct mailbox from;
	struct itip itip;
	struct dsn dsn;
	struct leaf leaf;
};

static const char *const no_alias[] = { NULL };
static const char *const sg13_alias[] = { "Study Group 13", "13", NULL };
static const char *const etsi_alias[] = { "ETSI", "ISG QKD", NULL };

static const struct category fixture_categories[] = {
	{ "itu-t-sg", "ITU-T study groups", ADMIT_BY_RIGHT, POSTING_POST, 2 },
	{ "sg-secretariat", "Secretariats", ADMIT_BY_SECRETARIAT,
	    POSTING_POST, 0 },
	{ "external", "External bodies", ADMIT_BY_INVITATION,
	    POSTING_MODERATED, 0 },
	{ "expert", "Invited experts", ADMIT_BY_INVITATION, POSTING_MODERATED,
	    0 },
	{ "press", "Readers", ADMIT_BY_RIGHT, POSTING_NONE, 0 },
	{ "leadership", "Chairs", ADMIT_BY_SECRETARIAT, POSTING_POST, 0 },
};

#define SEAT(cat, bdy, rl) (struct seat[]){ { 1, cat, bdy, rl, "", 1, 0 } }, 1
#define MEMBER(num, address, nm, st, ...) \
	{ num, "jca-qkdn", address, address, nm, "", "", "tok" #num, st, \
	    true, 1, __VA_ARGS__ }

static const struct member fixture_members[] = {
	MEMBER(1, "ada@carrier-a.example", "Ada Placeholder", MEMBER_ACTIVE,
	    SEAT("leadership", "", "chair")),
	MEMBER(3, "cleo@tsb.example", "Cleo Testcase", MEMBER_ACTIVE,
	    SEAT("sg-secretariat", "", "moderator")),
	MEMBER(4, "dag@tsb.example", "Dag Fixture", MEMBER_ACTIVE,
	    SEAT("sg-secretariat", "", "owner")),
	MEMBER(6, "eve@lab-e.example", "Eve Mockup", MEMBER_ACTIVE,
	    SEAT("itu-t-sg", "SG11", "representative")),
	MEMBER(29, "wim@isgqkd.example", "Wim Model", MEMBER_ACTIVE,
	    SEAT("external", "ETSI ISG QKD", "representative")),
	MEMBER(36, "cat@university-c.example", "Cat Expert", MEMBER_ACTIVE,
	    ((struct seat[]){ { 1, "expert", "", "observer", "", 1, 0 },
	    { 2, "itu-t-sg", "SG13", "observer", "", 1, 2 } }), 2),
	MEMBER(40, "pat@press.example", "Pat Reader", MEMBER_ACTIVE,
	    SEAT("press", "", "observer")),
	MEMBER(41, "pia@pending.example", "Pia Waiting", MEMBER_PENDING,
	    SEAT("external", "ETSI ISG QKD", "representative")),
	MEMBER(42, "sam@nowhere.example", "Sam Seatless", MEMBER_ACTIVE,
	    NULL, 0),
	MEMBER(43, "moe@tsb.example", "Moe Expert", MEMBER_ACTIVE,
	    SEAT("expert", "", "vice-chair")),
};

#define N_FIXTURE_MEMBERS \
	(sizeof(fixture_members) / sizeof(fixture_members[0]))

static inline const struct member *
fixture_member(const char *addr)
{
	for (size_t i = 0; i < N_FIXTURE_MEMBERS; i++)
		if (strcasecmp(fixture_members[i].addr, addr) == 0)
			return &fixture_members[i];
	return NULL;
}

static inline const char *
or(const char *s, const char *other)
{
	return s != NULL ? s : other;
}

static inline void
fixture_settings(struct fixture *f)
{
	static const char *const bodies[][2] = { { "SG11", "itu-t-sg" },
		{ "SG13", "itu-t-sg" }, { "ETSI ISG QKD", "external" } };
	const char *const *const aliases[] = { no_alias, sg13_alias,
		etsi_alias };
	struct list_settings *l = &f->list;

	memcpy(f->categories, fixture_categories, sizeof(fixture_categories));
	for (size_t i = 0; i < 3; i++) {
		f->bodies[i].name = bodies[i][0];
		f->bodies[i].title = "";
		f->bodies[i].category = bodies[i][1];
		f->bodies[i].aliases = (const char **)(uintptr_t)aliases[i];
		f->bodies[i].contact = "";
	}
	f->bodies[0].title = "Study Group 11";
	*l = (struct list_settings){ .name = "jca-qkdn",
		.domain = "lists.itu-t.example", .title = "JCA-QKDN",
		.description = "", .owner = "owner@tsb.example",
		.zone = "Europe/Zurich", .language = "en", .archive_url = "",
		.categories = f->categories,
		.n_categories = sizeof(fixture_categories) /
		    sizeof(fixture_categories[0]),
		.bodies = f->bodies, .n_bodies = 3, .max_size = 1000000,
		.confirm_ttl_s = 3 * 86400, .held_ttl_s = 14 * 86400,
		.max_received = 30, .confirm_per_day = 3 };
	f->settings.lists = l;
	f->settings.n_lists = 1;
	f->settings.authserv_id = "";
	f->settings.templates = "";
}

static inline void
fixture_digest(struct fixture *f, const struct row *r)
{
	struct digest *d = &f->digest;

	f->from.addr = f->from.key = or(r->from, "eve@lab-e.example");
	f->from.name = or(r->from_name, "");
	*d = (struct digest){ .refused = "", .size = r->size != 0 ? r->size :
		2000, .from = &f->from, .n_from = r->n_from == 0 ? 1 :
		r->n_from == 9 ? 0 : r->n_from, .subject = or(r->subject, ""),
		.message_id = or(r->message_id, "<1@lab-e.example>"), .in_reply_to = "",
		.references = "", .date = "", .list_id = or(r->list_id, ""),
		.auto_submitted = or(r->auto_submitted, ""),
		.precedence = or(r->precedence, ""), .content_type = "",
		.auth_results = or(r->auth, ""), .text = or(r->text, ""),
		.dsn_original_id = "", .note = or(r->note, ""),
		.received_count = r->received, .sha256 = HASH,
		.body_sha256 = HASH };
	if (r->method != NULL) {
		f->itip = (struct itip){ .method = r->method, .uid = "u" };
		d->itips = &f->itip;
		d->n_itips = 1;
	}
	if (r->dsn != NULL) {
		f->dsn = (struct dsn){ "x@y.example", r->dsn, "5.1.1",
			"550 no such user" };
		d->dsns = &f->dsn;
		d->n_dsns = 1;
	}
	if (r->attachment != NULL) {
		f->leaf = (struct leaf){ "2", "application/pdf", "",
			r->attachment, "attachment", 100 };
		d->leaves = &f->leaf;
		d->n_leaves = 1;
	}
}

static inline bool
is_held_purpose(enum token_purpose p)
{
	return p >= TOKEN_HELD_OK && p <= TOKEN_HELD_CANCEL;
}

static inline void
fixture_token(struct fixture *f, const struct row *r)
{
	const char *content = is_held_purpose(r->purpose) ? HASH : "";
	const struct member *about = NULL;

	if (r->token == NO_TOKEN)
		return;
	f->token = (struct token){ .id = 77, .purpose = r->purpose,
		.list = r->token == OTHER_LIST ? "jca-other" : "jca-qkdn",
		.object = or(r->object, "17"),
		.actor = or(r->actor, or(r->from, "eve@lab-e.example")),
		.expires_at = r->token == EXPIRED ? NOW : NOW + 60,
		.used_at = r->token == USED ? NOW - 3600 : 0,
		.used_by = "dag@tsb.example", .outcome = "approved" };
	if (r->purpose == TOKEN_ADMIT)
		about = fixture_member("pia@pending.example");
	else if (!is_held_purpose(r->purpose))
		about = fixture_member(f->token.actor);
	f->snap.token_member = r->no_member ? NULL : about;
	if (r->purpose == TOKEN_ADMIT)
		content = list_seat_content(f->arena, about);
	f->token.content = r->token == CHANGED ? "bb22" : content;
	f->snap.token = &f->token;
	if (!is_held_purpose(r->purpose) || r->held_gone)
		return;
	f->held = (struct held){ .id = 17, .list = "jca-qkdn", .mail_id = 5,
		.sender = "guest@vendor-g.example", .subject = "Draft agenda",
		.message_id = "<g1@vendor-g.example>", .reason = "",
		.content = HASH, .state = r->held, .decided_by =
		r->held == HELD_WAITING ? "" : "dag@tsb.example",
		.decided_at = NOW - 60 };
	f->snap.held = &f->held;
}

static inline void
fixture_begin(struct fixture *f, const struct row *r)
{
	struct snapshot *s = &f->snap;

	memset(f, 0, sizeof(*f));
	f->arena = arena_new();
	f->actions.arena = f->arena;
	fixture_settings(f);
	fixture_digest(f, r);
	s->settings = &f->settings;
	s->list = &f->list;
	s->route = (struct route){ &f->list, r->verb,
		r->token != NO_TOKEN ? "abc" : "" };
	s->envelope_from = or(r->envelope, f->from.addr);
	s->now = NOW;
	s->mail_file_sha256 = HASH;
	s->sender = fixture_member(f->from.addr);
	s->moderators = &fixture_members[1];
	s->n_moderators = r->no_moderators ? 0 : 2;
	s->members = fixture_members;
	s->n_members = N_FIXTURE_MEMBERS;
	s->confirms_today = r->confirms;
	s->notices_today = r->notices;
	s->body_seats = r->seats;
	s->by_token = r->verp ? fixture_member("eve@lab-e.example") : NULL;
	f->settings.authserv_id = r->authserv ? "mx.itu-t.example" : "";
	if (r->no_owner)
		f->list.owner = "";
	if (r->no_categories)
		f->list.n_categories = f->list.n_bodies = 0;
	fixture_token(f, r);
}

static inline void
fixture_end(struct fixture *f)
{
	arena_free(f->arena);
}

/* ---- showing what was decided ---- */

static inline void
summary_of(struct str *out, const struct action *a)
{
	switch (a->kind) {
	case ACT_IGNORE: str_adds(out, "ignore"); break;
	case ACT_REJECT: str_adds(out, "reject"); break;
	case ACT_DISTRIBUTE:
		str_addf(out, "distribute%s", a->object[0] != '\0' ? "-held" :
		    "");
		break;
	case ACT_HOLD: str_adds(out, "hold"); break;
	case ACT_FORWARD: str_adds(out, "forward"); break;
	case ACT_NOTICE:
		str_addf(out, "%s>%.*s", a->notice.template,
		    (int)strcspn(a->notice.to, "@"), a->notice.to);
		break;
	case ACT_TOKEN_USED:
		str_addf(out, "used(%s)", a->text);
		break;
	case ACT_MEMBER_SAVE:
		str_addf(out, "save(%s %s %s)",
		    a->member.state == MEMBER_ACTIVE ? "active" : "pending",
		    a->member.n_seats > 0 ? a->member.seats[0].category : "-",
		    a->member.n_seats > 0 ? a->member.seats[0].body : "");
		break;
	case ACT_MEMBER_END:
		str_addf(out, "end(%" PRId64 ")", a->member_id);
		break;
	case ACT_HELD_DECIDE:
		str_addf(out, "held(%" PRId64 " %s)", a->held_id,
		    held_state_name(a->held_state));
		break;
	case ACT_BOUNCE:
		str_addf(out, "bounce(%" PRId64 ")", a->member_id);
		break;
	case ACT_AUDIT: str_adds(out, "audit"); break;
	case ACT_MEETING_DRAFT:
	case ACT_MEETING_RELEASE:
	case ACT_MEETING_DROP:
	case ACT_ANSWER:
		str_adds(out, "meet?");
		break;
	}
}

/* "hold, held-author>guest, held-moderator>cleo" */
static inline char *
summary(struct fixture *f)
{
	struct str out = STR_EMPTY;
	char *text;

	for (size_t i = 0; i < f->actions.n; i++) {
		str_adds(&out, i > 0 ? ", " : "");
		summary_of(&out, &f->actions.items[i]);
	}
	text = str_dup(f->arena, &out);
	str_done(&out);
	return text;
}

/* The mail that the notice becomes, with "(var)" for each token. */
static inline void
render(struct fixture *f, const struct notice *n, struct str *out)
{
	static const char *const standard[] = { "list", "list_title",
		"list_address", "request_address", "owner_address",
		"help_address", "subscribe_address", "unsubscribe_address",
		"announce_address" };
	const char *vars[80], *subject, *body;
	struct err err = { 0 };
	size_t k = 0;
	struct span text = embedded_get(arena_printf(f->arena,
	    "conf/templates/en/%s.txt", n->template));

	if (text.p == NULL)
		fail_msg("no template %s", n->template);
	for (size_t i = 0; i < sizeof(standard) / sizeof(standard[0]); i++) {
		vars[k++] = standard[i];
		vars[k++] = standard[i];
	}
	for (size_t i = 0; i < n->n_vars; i++) {
		vars[k++] = n->vars[i].name;
		vars[k++] = n->vars[i].value;
	}
	for (size_t i = 0; i < n->n_tokens; i++) {
		vars[k++] = n->tokens[i].var;
		vars[k++] = arena_printf(f->arena, "(%s)", n->tokens[i].var);
	}
	vars[k] = NULL;
	if (compose_template(f->arena, text, vars, &subject, &body, &err) < 0)
		fail_msg("%s: %s", n->template, err.text);
	str_addf(out, "To: %s\nReply-Var: %s\nIn-Reply-To: %s\nSubject: %s\n"
	    "\n%s\n", n->to, or(n->reply_var, ""), n->in_reply_to, subject,
	    body);
}

static inline char *
dump(struct fixture *f)
{
	struct str out = STR_EMPTY;
	char *text;

	for (size_t i = 0; i < f->actions.n; i++) {
		const struct action *a = &f->actions.items[i];

		str_addf(&out, "[%s|%s|%s]\n", a->text, a->who, a->object);
		if (a->kind == ACT_NOTICE)
			render(f, &a->notice, &out);
		if (a->kind == ACT_MEMBER_SAVE)
			str_addf(&out, "member %s <%s> id %" PRId64 "\n",
			    a->member.name, a->member.addr, a->member.id);
	}
	text = str_dup(f->arena, &out);
	str_done(&out);
	return text;
}

/* "(purpose object content)" of each token that goes out. */
static inline char *
dump_tokens(struct fixture *f)
{
	char *out = arena_strdup(f->arena, "");

	for (size_t i = 0; i < f->actions.n; i++) {
		const struct notice *n = &f->actions.items[i].notice;

		for (size_t k = 0; k < n->n_tokens; k++)
			out = arena_printf(f->arena, "%s(%s %s %s)\n", out,
			    token_purpose_name(n->tokens[k].purpose),
			    n->tokens[k].object, n->tokens[k].content);
	}
	return out;
}

static inline void
check_actions(struct fixture *f, const struct row *r)
{
	const char *got = summary(f), *all = dump(f);
	const char *tokens = dump_tokens(f);

	if (strcmp(got, r->want) != 0)
		fail_msg("\n  want %s\n  got  %s\n%s", r->want, got, all);
	if (r->has != NULL && strstr(all, r->has) == NULL &&
	    strstr(tokens, r->has) == NULL)
		fail_msg("nowhere \"%s\" in:\n%s%s", r->has, all, tokens);
	if (r->has_not != NULL && strstr(all, r->has_not) != NULL)
		fail_msg("there is \"%s\" in:\n%s", r->has_not, all);
	if (strstr(all, "{{") != NULL)
		fail_msg("a mark is left in:\n%s", all);
}

static inline void
decide_row(void **state)
{
	const struct row *r = *state;
	struct fixture f;

	fixture_begin(&f, r);
	list_decide(&f.digest, &f.snap, &f.actions);
	check_actions(&f, r);
	fixture_end(&f);
}

#endif
