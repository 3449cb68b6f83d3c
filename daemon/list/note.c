/* SPDX-License-Identifier: ISC */
/*
 * Builder of notices. Owns how instants and sizes are shown in mails.
 * Invariant: In-Reply-To is set only to something that can be a Message-ID.
 */
#include "list/note.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>
#include "base/arena.h"
#include "base/civil.h"
#include "base/utf8.h"

#define MESSAGE_ID_MAX 250

/* RFC 5322 section 3.6.4 without quoting and blanks; "" for anything else,
 * so that no text of a stranger gets into the header this way. */
static const char *
in_reply_to(const struct digest *d)
{
	struct span s;

	if (d == NULL)
		return "";
	s = span_of(d->message_id);
	if (s.n < 5 || s.n > MESSAGE_ID_MAX || s.p[0] != '<' ||
	    s.p[s.n - 1] != '>' || span_find(s, '@') == s.n)
		return "";
	for (size_t i = 1; i + 1 < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~' ||
		    strchr("<>()\"\\,;", s.p[i]) != NULL)
			return "";
	return d->message_id;
}

static const char *
language(const struct list_case *c, const char *addr)
{
	const struct member *known[] = { c->s->sender, c->s->token_member };

	for (size_t i = 0; i < 2; i++)
		if (known[i] != NULL && known[i]->lang[0] != '\0' &&
		    strcasecmp(known[i]->addr, addr) == 0)
			return known[i]->lang;
	return c->s->list->language;
}

struct list_note *
list_note_new(const struct list_case *c, const char *template,
    const char *addr)
{
	struct list_note *n = arena_alloc(c->out->arena, sizeof(*n));

	n->notice = &action_add(c->out, ACT_NOTICE)->notice;
	n->notice->template = template;
	n->notice->to = addr;
	n->notice->lang = language(c, addr);
	n->notice->reply_verb = ROUTE_POST;
	n->notice->in_reply_to = in_reply_to(c->d);
	n->notice->vars = n->vars;
	n->notice->tokens = n->tokens;
	return n;
}

struct list_note *
list_note_member(const struct list_case *c, const char *template,
    const struct member *m)
{
	struct list_note *n = list_note_new(c, template, m->addr);

	if (m->lang[0] != '\0')
		n->notice->lang = m->lang;
	return n;
}

size_t
list_note_moderators(const struct list_case *c)
{
	if (c->s->n_moderators > 0)
		return c->s->n_moderators;
	return c->s->list->owner[0] != '\0' ? 1 : 0;
}

struct list_note *
list_note_moderator(const struct list_case *c, const char *template, size_t i)
{
	if (i < c->s->n_moderators)
		return list_note_member(c, template, &c->s->moderators[i]);
	return list_note_new(c, template, c->s->list->owner);
}

void
list_note_var(struct list_note *n, const char *name, const char *value)
{
	struct notice_var *v;

	assert(n->notice->n_vars < LIST_NOTE_VARS);
	v = &n->vars[n->notice->n_vars++];
	v->name = name;
	v->value = value;
}

void
list_note_token(struct list_note *n, const struct token_request *t)
{
	assert(n->notice->n_tokens < LIST_NOTE_TOKENS);
	n->tokens[n->notice->n_tokens++] = *t;
}

char *
list_note_time(struct arena *a, int64_t at)
{
	struct civil c;

	civil_from_unix(at, &c);
	return arena_printf(a, "%d %s %d, %02d:%02d UTC", c.day,
	    civil_month_name(c.month, true), c.year, c.hour, c.min);
}

char *
list_note_size(struct arena *a, int64_t bytes)
{
	if (bytes < 1000000)
		return arena_printf(a, "%" PRId64 " kB", (bytes + 999) / 1000);
	return arena_printf(a, "%" PRId64 ".%" PRId64 " MB", bytes / 1000000,
	    bytes / 100000 % 10);
}

char *
list_note_line(struct arena *a, const char *text, size_t max)
{
	struct span line = span_of(utf8_line(a, span_of(text)));
	struct span cut = utf8_truncate(line, max);

	if (cut.n == line.n)
		return arena_strndup(a, line.p, line.n);
	return arena_printf(a, "%.*s ...", (int)cut.n, cut.p);
}
