/* SPDX-License-Identifier: ISC */
/*
 * Fuzz target: one mail to a list, with any subject, text and results of the
 * border. The first bytes choose the address, the sender and the token.
 * Checks what must hold for any mail: something is decided, nobody is written
 * to but those whom the case concerns, no machine gets an answer, and all
 * texts are valid UTF-8.
 */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "list/list.h"

#define GUEST "guest@vendor-g.example"
#define EVE "eve@lab-e.example"
#define CLEO "cleo@tsb.example"

static struct category categories[] = {
	{ "itu-t-sg", "ITU-T study groups", ADMIT_BY_RIGHT, POSTING_POST, 1 },
	{ "expert", "Experts", ADMIT_BY_INVITATION, POSTING_MODERATED, 0 },
};
static const char *no_alias[] = { NULL };
static struct body bodies[] = {
	{ "SG13", "Study Group 13", "itu-t-sg", no_alias, "" },
};
static struct list_settings lists[] = { {
	.name = "jca", .domain = "lists.itu-t.example", .title = "JCA",
	.description = "", .owner = "", .zone = "UTC", .language = "en",
	.archive_url = "", .categories = categories, .n_categories = 2,
	.bodies = bodies, .n_bodies = 1, .max_size = 10000,
	.confirm_ttl_s = 1000, .held_ttl_s = 1000, .max_received = 30,
	.confirm_per_day = 3,
} };
static const struct settings settings = { .lists = lists, .n_lists = 1,
	.authserv_id = "", .templates = "" };

static struct seat eve_seat = { 1, "itu-t-sg", "SG13", "representative", "",
	1, 0 };
static struct seat cleo_seat = { 2, "itu-t-sg", "SG13", "moderator", "", 1,
	0 };
static const struct member eve = { 6, "jca", EVE, EVE, "Eve Mockup", "", "",
	"t6", MEMBER_ACTIVE, true, 1, &eve_seat, 1 };
static const struct member cleo = { 3, "jca", CLEO, CLEO, "Cleo Testcase",
	"", "", "t3", MEMBER_ACTIVE, true, 1, &cleo_seat, 1 };

static void
must(bool condition)
{
	if (!condition)
		abort();
}

static void
check_text(const char *text)
{
	must(text != NULL && utf8_is_valid(span_of(text)));
	must(strchr(text, '\r') == NULL);
}

static void
check_notice(const struct notice *n, const struct digest *d,
    const struct snapshot *s)
{
	bool asks = strcmp(n->template, "held-moderator") == 0;

	must(strcmp(n->to, CLEO) == 0 || strcmp(n->to, EVE) == 0 ||
	    strcmp(n->to, GUEST) == 0);
	must(asks || !list_is_automatic(d, s));
	must(strpbrk(n->in_reply_to, "\r\n ") == NULL);
	for (size_t i = 0; i < n->n_vars; i++)
		check_text(n->vars[i].value);
	for (size_t i = 0; i < n->n_tokens; i++)
		must(n->tokens[i].ttl_s == 1000);
}

static void
check_actions(const struct actions *out, const struct digest *d,
    const struct snapshot *s)
{
	must(out->n > 0 && out->n < 60);
	for (size_t i = 0; i < out->n; i++) {
		const struct action *a = &out->items[i];

		check_text(a->text);
		if (a->kind == ACT_NOTICE)
			check_notice(&a->notice, d, s);
		if (a->kind == ACT_MEMBER_SAVE)
			must(utf8_is_valid(span_of(a->member.name)));
		must(a->kind != ACT_DISTRIBUTE || a->object[0] == '\0' ||
		    (s->token != NULL && s->token->used_at == 0));
	}
}

static void
set_digest(struct arena *a, struct span in, uint8_t flags, struct mailbox *from,
    struct digest *d)
{
	struct span subject = span_line(&in), auth = { NULL, 0 };

	if (flags & 8)
		auth = span_line(&in);
	from->addr = from->key = flags & 1 ? EVE : flags & 2 ? CLEO : GUEST;
	from->name = utf8_line(a, subject);
	*d = (struct digest){ .refused = "", .size = (int64_t)in.n,
		.from = from, .n_from = 1,
		.subject = utf8_line(a, subject),
		.message_id = utf8_line(a, auth), .in_reply_to = "",
		.references = "", .date = "",
		.list_id = flags & 16 ? utf8_line(a, auth) : "",
		.auto_submitted = "", .precedence = "", .content_type = "",
		.auth_results = utf8_line(a, auth),
		.text = utf8_clean(a, in), .dsn_original_id = "", .note = "",
		.sha256 = "aa", .body_sha256 = "aa" };
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct actions out = { .arena = a };
	struct mailbox from;
	struct digest d;
	struct held held = { 17, "jca", 5, GUEST, "Draft", "<1@x>", "", "aa",
		HELD_WAITING, "", 0, 0 };
	struct token token = { .id = 1, .list = "jca", .content = "aa",
		.actor = CLEO, .expires_at = 2000, .used_by = "",
		.outcome = "" };
	struct snapshot s = { .settings = &settings, .list = lists,
		.route = { lists, ROUTE_POST, "" }, .envelope_from = GUEST,
		.now = 1000, .mail_file_sha256 = "aa", .moderators = &cleo,
		.n_moderators = 1, .members = &eve, .n_members = 1,
		.held = &held };
	struct list_needs needs;

	if (size >= 3 && size < 30000) {
		s.route.verb = data[0] % (ROUTE_MEETING + 1);
		set_digest(a, span_make((const char *)data + 3, size - 3),
		    data[1], &from, &d);
		s.sender = data[1] & 1 ? &eve : data[1] & 2 ? &cleo : NULL;
		token.purpose = data[2] % TOKEN_ANNOUNCE;
		token.object = d.subject;
		s.token_member = data[2] & 64 ? &eve : NULL;
		if (data[2] & 128) {
			s.token = &token;
			s.route.token = "abc";
		}
		list_needs(a, &d, &s.route, &needs);
		check_text(needs.token);
		list_decide(&d, &s, &out);
		check_actions(&out, &d, &s);
	}
	arena_free(a);
	return 0;
}
