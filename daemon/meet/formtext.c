/* SPDX-License-Identifier: ISC */
/*
 * Title, place, link, PIN, agenda, documents, number, reason, description:
 * cleaned, with a limit each. Invariant: no control character gets into a
 * revision, so that the marks of meet_invitation() are safe.
 */
#include "meet/formtext.h"

#include <stddef.h>
#include <string.h>
#include "base/arena.h"
#include "base/utf8.h"
#include "meet/question.h"

#define DESCRIPTION_MAX 8000

static const struct rule {
	enum lines_name name;
	uint32_t given;
	size_t at;		/* offset in struct meeting_rev */
	size_t max;
	const char *label;
	bool multi;		/* keeps its lines */
} rules[] = {
	{ LINES_TITLE, MEET_F_TITLE, offsetof(struct meeting_rev, title), 200,
	    "Title", false },
	{ LINES_PLACE, MEET_F_PLACE, offsetof(struct meeting_rev, place), 300,
	    "Place", false },
	{ LINES_LINK, MEET_F_LINK, offsetof(struct meeting_rev, link), 1000,
	    "Link", false },
	{ LINES_PIN, MEET_F_PIN, offsetof(struct meeting_rev, pin), 100,
	    "PIN", false },
	{ LINES_AGENDA, MEET_F_AGENDA, offsetof(struct meeting_rev, agenda),
	    8000, "Agenda", true },
	{ LINES_DOCUMENTS, MEET_F_DOCUMENTS,
	    offsetof(struct meeting_rev, documents), 2000, "Documents", true },
	{ LINES_REASON, MEET_F_REASON, offsetof(struct meeting_rev, reason),
	    500, "Reason", false },
	{ LINES_DESCRIPTION, MEET_F_DESCRIPTION,
	    offsetof(struct meeting_rev, description), DESCRIPTION_MAX,
	    "Description", true },
};

static const char **
slot(struct meeting_rev *rev, const struct rule *r)
{
	/* The offsets above are those of const char * members. */
	return (const char **)(void *)((char *)rev + r->at);
}

void
formtext_clear(struct meeting_rev *rev)
{
	memset(rev, 0, sizeof(*rev));
	rev->key = rev->uid = rev->list = rev->status = rev->title = "";
	rev->start_local = rev->end_local = rev->tzid = rev->rrule = "";
	rev->place = rev->link = rev->pin = rev->agenda = "";
	rev->documents = rev->description = rev->reason = "";
	rev->language = rev->announced_by = rev->source_id = "";
}

/* "none" or "-" takes a field away. */
static bool
is_none(const char *value)
{
	static const char *const words[] = { "none", "-", "n/a", "--", NULL };

	for (const char *const *w = words; *w != NULL; w++)
		if (span_isi(span_of(value), *w))
			return true;
	return false;
}

static char *
clean(struct arena *a, const char *value, bool multi)
{
	struct span s;

	if (!multi)
		return utf8_line(a, span_of(value));
	s = span_trim(span_of(utf8_clean(a, span_of(value))));
	return arena_strndup(a, s.p, s.n);
}

/* Is s a web address with a host, and nothing that could break a header or a
 * calendar line? */
static bool
is_url(struct span s)
{
	struct span host;

	if (span_has_prefixi(s, "https://"))
		host = span_sub(s, 8, s.n);
	else if (span_has_prefixi(s, "http://"))
		host = span_sub(s, 7, s.n);
	else
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~' ||
		    strchr("<>\"\\^`{|}", s.p[i]) != NULL)
			return false;
	host = span_sub(host, 0, span_find(host, '/'));
	host = span_sub(host, 0, span_find(host, '?'));
	if (host.n < 4 || host.p[0] == '.' || host.p[0] == '-' ||
	    span_find(host, '@') < host.n)
		return false;
	return span_find(host, '.') < host.n - 1;
}

/* The one link of a value: "<https://...>" and remarks beside it. */
static void
check_link(const struct wall_env *env, const struct lines_field *f,
    const char **value)
{
	struct span s = span_of(*value), url;
	size_t at;

	if (s.n > 1 && s.p[0] == '<' && s.p[s.n - 1] == '>')
		s = span_sub(s, 1, s.n - 1);
	if (is_url(s)) {
		*value = arena_strndup(env->arena, s.p, s.n);
		return;
	}
	at = span_searchi(s, "https://");
	if (at == s.n)
		at = span_searchi(s, "http://");
	url = span_sub(s, at, s.n);
	url = span_sub(url, 0, span_find(url, ' '));
	while (url.n > 0 && strchr(">),.;", url.p[url.n - 1]) != NULL)
		url.n--;
	if (at < s.n && is_url(url))
		wall_ask(env, f->line, "Please write the link alone in this "
		    "line, and a code in a line of its own.",
		    arena_printf(env->arena, "Link: %.*s", (int)url.n, url.p));
	else
		wall_ask(env, f->line, "This is no web address. It must begin "
		    "with https:// and have no blanks.", at == s.n &&
		    span_find(s, ' ') == s.n && span_find(s, '.') < s.n &&
		    span_find(s, '@') == s.n ? arena_printf(env->arena,
		    "Link: https://%.*s", (int)s.n, s.p) : "");
}

static void
number(const struct wall_env *env, const struct lines_field *f,
    struct meet_form *form)
{
	struct token_line l;
	bool found = false;

	token_cut(span_of(f->value), &l);
	for (size_t i = 0; i < l.n; i++) {
		if (l.pieces[i].kind != TOKEN_NUMBER)
			continue;
		if (found || l.pieces[i].number <= 0 ||
		    l.pieces[i].number > 9999) {
			found = false;
			break;
		}
		found = true;
		form->rev.number = (uint32_t)l.pieces[i].number;
	}
	if (!found)
		wall_ask(env, f->line, "The number of the meeting is one "
		    "number.", "Number: 3");
	else
		form->given |= MEET_F_NUMBER;
}

/* Twice the same is fine; a room joins its place. */
static const char *
join(const struct wall_env *env, const struct lines_field *f,
    const struct rule *r, const char *old, const char *value)
{
	if (strcmp(old, value) == 0)
		return value;
	if (r->name == LINES_PLACE)
		return arena_printf(env->arena, "%s, %s", old, value);
	if (r->multi)
		return arena_printf(env->arena, "%s\n%s", old, value);
	wall_ask(env, f->line, arena_printf(env->arena, "%s is given twice, "
	    "and differently.", r->label), arena_printf(env->arena,
	    "%s: %s\n%s: %s", r->label, old, r->label, value));
	return old;
}

bool
formtext_take(const struct wall_env *env, const struct lines_field *f,
    struct meet_form *form)
{
	const struct rule *r = NULL;
	const char *value, **at;

	if (f->name == LINES_NUMBER) {
		number(env, f, form);
		return true;
	}
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (rules[i].name == f->name)
			r = &rules[i];
	if (r == NULL)
		return false;
	at = slot(&form->rev, r);
	value = clean(env->arena, f->value, r->multi);
	if (is_none(value))
		value = "";
	else if (value[0] == '\0')
		return true;	/* "Link:" left empty says nothing */
	else if (strlen(value) > r->max)
		wall_ask(env, arena_printf(env->arena, "%s: ...", r->label),
		    arena_printf(env->arena, "%s is too long: %zu bytes, the "
		    "limit is %zu.", r->label, strlen(value), r->max), "");
	else if (f->name == LINES_LINK)
		check_link(env, f, &value);
	if ((form->given & r->given) != 0 && (*at)[0] != '\0')
		value = join(env, f, r, *at, value);
	*at = value;
	form->given |= r->given;
	return true;
}

void
formtext_add(const struct wall_env *env, struct meet_form *form,
    const char *text)
{
	struct lines_field f = { LINES_DESCRIPTION, "", "", "" };
	const char *value = clean(env->arena, text, true);

	if (value[0] == '\0')
		return;
	f.value = value;
	f.line = "Description";
	(void)formtext_take(env, &f, form);
}
