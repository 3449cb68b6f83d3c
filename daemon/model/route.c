/* SPDX-License-Identifier: ISC */
/*
 * Addresses of our own: what follows the list's name decides. The longest
 * configured name wins, so a list "jca" and a list "jca-who" can both exist.
 */
#include "model/route.h"

#include <string.h>
#include "base/arena.h"
#include "base/span.h"
#include "model/settings.h"

#define LOCAL_MAX 64

struct verb {
	const char *word;
	enum route_verb verb;
	enum { BARE = 1, TOKEN = 2 } forms;	/* which forms are addresses */
};

/* The first word of a verb is the one that route_format() writes. */
static const struct verb verbs[] = {
	{ "subscribe", ROUTE_SUBSCRIBE, BARE },
	{ "join", ROUTE_SUBSCRIBE, BARE },
	{ "unsubscribe", ROUTE_UNSUBSCRIBE, BARE },
	{ "leave", ROUTE_UNSUBSCRIBE, BARE },
	{ "confirm", ROUTE_CONFIRM, BARE | TOKEN },
	{ "request", ROUTE_REQUEST, BARE },
	{ "help", ROUTE_HELP, BARE },
	{ "who", ROUTE_WHO, BARE },
	{ "owner", ROUTE_OWNER, BARE },
	{ "b", ROUTE_BOUNCES, TOKEN },
	{ "bounces", ROUTE_BOUNCES, BARE },
	{ "announce", ROUTE_ANNOUNCE, BARE },
	{ "report", ROUTE_REPORT, BARE },
	{ "ok", ROUTE_OK, TOKEN },
	{ "no", ROUTE_NO, TOKEN },
	{ "drop", ROUTE_DROP, TOKEN },
	{ "moderate", ROUTE_MODERATE, TOKEN },
	{ "a", ROUTE_AUTHOR, TOKEN },
	{ "m", ROUTE_MEETING, TOKEN },
};

#define N_VERBS (sizeof(verbs) / sizeof(verbs[0]))

static bool
is_separator(char c)
{
	return c == '-' || c == '+';
}

static bool
is_token(struct span s)
{
	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
		    !(c >= '0' && c <= '9'))
			return false;
	}
	return true;
}

static const char *
lower(struct arena *a, struct span s)
{
	char *out = arena_strndup(a, s.p, s.n);

	for (char *p = out; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	return out;
}

/* rest is what follows "LIST-". */
static int
parse_verb(struct arena *a, struct span rest, struct route *out)
{
	for (size_t i = 0; i < N_VERBS; i++) {
		const struct verb *v = &verbs[i];
		size_t n = strlen(v->word);

		if (!span_has_prefixi(rest, v->word))
			continue;
		if (rest.n == n && (v->forms & BARE)) {
			out->verb = v->verb;
			out->token = "";
			return 0;
		}
		if (rest.n > n + 1 && is_separator(rest.p[n]) &&
		    (v->forms & TOKEN) &&
		    is_token(span_sub(rest, n + 1, rest.n))) {
			out->verb = v->verb;
			out->token = lower(a, span_sub(rest, n + 1, rest.n));
			return 0;
		}
	}
	return -1;
}

/* What addr means if it belongs to list l: 0, or -1. */
static int
parse_for(struct arena *a, const struct list_settings *l, struct span local,
    struct route *out)
{
	size_t n = strlen(l->name);

	if (!span_has_prefixi(local, l->name))
		return -1;
	out->list = l;
	if (local.n == n) {
		out->verb = ROUTE_POST;
		out->token = "";
		return 0;
	}
	if (!is_separator(local.p[n]))
		return -1;
	return parse_verb(a, span_sub(local, n + 1, local.n), out);
}

int
route_parse(struct arena *a, const struct settings *s, const char *addr,
    struct route *out)
{
	struct span all = span_of(addr), local, domain;
	size_t at = span_rfind(all, '@'), best = 0;
	bool found = false;

	if (at == all.n)
		return -1;
	local = span_sub(all, 0, at);
	domain = span_sub(all, at + 1, all.n);
	if (local.n == 0 || local.n > LOCAL_MAX)
		return -1;
	for (size_t i = 0; i < s->n_lists; i++) {
		const struct list_settings *l = &s->lists[i];
		struct route r;

		if (!span_isi(domain, l->domain) || strlen(l->name) < best)
			continue;
		if (parse_for(a, l, local, &r) == 0) {
			*out = r;
			best = strlen(l->name);
			found = true;
		}
	}
	return found ? 0 : -1;
}

const char *
route_verb_name(enum route_verb verb)
{
	for (size_t i = 0; i < N_VERBS; i++)
		if (verbs[i].verb == verb)
			return verbs[i].word;
	return "";
}

char *
route_format(struct arena *a, const struct list_settings *list,
    enum route_verb verb, const char *token)
{
	const char *word = route_verb_name(verb);

	if (verb == ROUTE_BOUNCES && token[0] == '\0')
		word = "bounces";
	return arena_printf(a, "%s%s%s%s%s@%s", list->name,
	    word[0] != '\0' ? "-" : "", word, token[0] != '\0' ? "-" : "",
	    token, list->domain);
}
