/* SPDX-License-Identifier: ISC */
/*
 * Script: reads the commands out of a mail. Subject first, then the typed
 * lines until one is no command. Owns the grammar; runs nothing. Invariant:
 * the same mail always gives the same script, whoever sent it, so that core
 * can load what the run will ask for.
 */
#include "list/script.h"

#include <string.h>
#include <strings.h>
#include "base/arena.h"
#include "base/str.h"
#include "base/utf8.h"
#include "list/commands.h"
#include "list/list.h"
#include "list/text.h"

#define VALUE_MAX 200
#define ARGUMENT_LINES 20	/* read below a subscription */

static const struct list_command *const commands[] = { &list_cmd_subscribe,
	&list_cmd_unsubscribe, &list_cmd_confirm, &list_cmd_who,
	&list_cmd_help, NULL };

const struct list_command *const *
list_script_commands(void)
{
	return commands;
}

static bool
is_named(const struct list_command *c, struct span word)
{
	if (span_isi(word, c->name))
		return true;
	for (const char *const *s = c->synonyms; *s != NULL; s++)
		if (span_isi(word, *s))
			return true;
	return false;
}

static bool
is_begun(const char *name, struct span word)
{
	return strlen(name) > word.n &&
	    span_eqi(span_sub(span_of(name), 0, word.n), word);
}

/* word is the start of a name of c, but of at least three letters. */
static bool
is_prefix(const struct list_command *c, struct span word)
{
	if (word.n < 3)
		return false;
	if (is_begun(c->name, word))
		return true;
	for (const char *const *s = c->synonyms; *s != NULL; s++)
		if (is_begun(*s, word))
			return true;
	return false;
}

const struct list_command *
list_script_named(struct span word)
{
	word = list_text_bare(word);
	for (const struct list_command *const *c = commands; *c; c++)
		if (is_named(*c, word))
			return *c;
	return NULL;
}

const struct list_command *
list_script_command(struct span word)
{
	const struct list_command *found = list_script_named(word);

	if (found != NULL)
		return found;
	word = list_text_bare(word);
	for (const struct list_command *const *c = commands; *c; c++) {
		if (!is_prefix(*c, word))
			continue;
		if (found != NULL)
			return NULL;	/* two commands begin like this */
		found = *c;
	}
	return found;
}

static bool
is_end_word(struct span word)
{
	word = list_text_bare(word);
	return span_isi(word, "end") || span_isi(word, "stop") ||
	    span_isi(word, "quit") || span_isi(word, "exit");
}

/* ---- arguments: key=value, key: value, the value up to the next key ---- */

enum key { KEY_NONE, KEY_CATEGORY, KEY_BODY, KEY_NAME, KEY_ADDRESS };

static enum key
key_of(struct span word)
{
	static const struct {
		const char *text;
		enum key key;
	} keys[] = { { "category", KEY_CATEGORY }, { "cat", KEY_CATEGORY },
		{ "body", KEY_BODY }, { "group", KEY_BODY },
		{ "organization", KEY_BODY }, { "organisation", KEY_BODY },
		{ "name", KEY_NAME }, { "address", KEY_ADDRESS },
		{ "addr", KEY_ADDRESS }, { "email", KEY_ADDRESS } };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (span_isi(word, keys[i].text))
			return keys[i].key;
	return KEY_NONE;
}

/* The key of "key=rest" or "key:rest" with *rest set, else KEY_NONE. */
static enum key
split_key(struct span word, struct span *rest)
{
	size_t eq = span_find(word, '='), colon = span_find(word, ':');
	size_t n = eq < colon ? eq : colon;
	enum key key;

	if (n >= word.n)
		return KEY_NONE;
	key = key_of(span_sub(word, 0, n));
	if (key != KEY_NONE)
		*rest = span_sub(word, n + 1, word.n);
	return key;
}

/* Blanks around "=" removed, so that "body = SG13" is one word. */
static struct span
tighten(struct arena *a, struct span s)
{
	char *out = arena_alloc(a, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '=')
			while (n > 0 && out[n - 1] == ' ')
				n--;
		else if (s.p[i] == ' ' && n > 0 && out[n - 1] == '=')
			continue;
		out[n++] = s.p[i];
	}
	return span_make(out, n);
}

/* Without quotes around it and separators behind it, one clean line. */
static char *
value(struct arena *a, const char *text)
{
	struct span s = span_trim(span_of(text));

	while (s.n > 0 && strchr(",;\"'", s.p[s.n - 1]) != NULL)
		s.n--;
	while (s.n > 0 && strchr("\"'", s.p[0]) != NULL)
		s = span_sub(s, 1, s.n);
	return utf8_line(a, utf8_truncate(s, VALUE_MAX));
}

static void
add_word(struct arena *a, const char **to, struct span word)
{
	if (word.n > 0)
		*to = arena_printf(a, "%s%s%.*s", *to, **to != '\0' ? " " : "",
		    (int)word.n, word.p);
}

static const char **
slot(struct list_line *l, enum key key)
{
	switch (key) {
	case KEY_CATEGORY:
		return &l->category;
	case KEY_BODY:
		return &l->body;
	case KEY_NAME:
		return &l->name;
	case KEY_ADDRESS:
		return &l->address;
	case KEY_NONE:
		break;
	}
	return &l->words;
}

/* The list may be named in front of the arguments, as other list managers
 * want it. */
bool
list_script_is_list(struct span word, const struct list_settings *l)
{
	word = list_text_bare(word);
	if (span_find(word, '@') < word.n)
		return span_isi(span_cut(&word, '@'), l->name) &&
		    span_isi(word, l->domain);
	return span_isi(word, l->name) || span_isi(word, l->title);
}

static void
read_arguments(struct arena *a, const struct list_settings *list,
    struct span text, struct list_line *out)
{
	enum key now = KEY_NONE, next;
	struct span rest, word;
	bool first = true;

	text = tighten(a, span_of(utf8_line(a, span_sub(text, 0, 1000))));
	while (text.n > 0) {
		word = list_text_word(&text);
		next = split_key(word, &rest);
		if (next != KEY_NONE) {
			now = next;
			*slot(out, now) = "";
			word = rest;
		} else if (first && list_script_is_list(word, list)) {
			word.n = 0;
		}
		first = false;
		add_word(a, slot(out, now), word);
	}
	out->category = value(a, out->category);
	out->body = value(a, out->body);
	out->name = value(a, out->name);
	out->address = value(a, out->address);
	out->words = value(a, out->words);
}

static bool
is_arguments(struct span line)
{
	struct span rest;

	return split_key(list_text_word(&line), &rest) != KEY_NONE;
}

static void
begin_line(struct list_line *l, const struct list_command *c,
    const char *text)
{
	memset(l, 0, sizeof(*l));
	l->command = c;
	l->text = text;
	l->category = l->body = l->name = l->address = l->words = "";
}

static bool
is_same(const struct list_line *x, const struct list_line *y)
{
	return x->command == y->command && strcmp(x->words, y->words) == 0 &&
	    strcmp(x->category, y->category) == 0 &&
	    strcmp(x->body, y->body) == 0 &&
	    strcmp(x->address, y->address) == 0;
}

/* Add the command that the line is; false if it is none. */
static bool
add_line(struct arena *a, const struct list_settings *list, struct span line,
    struct list_script *out)
{
	const char *text = list_text_quote(a, line);
	struct list_line l;

	begin_line(&l, list_script_command(list_text_word(&line)), text);
	if (l.command == NULL)
		return false;
	read_arguments(a, list, line, &l);
	for (size_t i = 0; i < out->n; i++)
		if (is_same(&out->lines[i], &l))
			return true;	/* as in the subject: once is enough */
	if (out->n == LIST_COMMANDS_MAX)
		out->more = true;
	else
		out->lines[out->n++] = l;
	return true;
}

/* A line directly below a command is meant as one; after a gap or the
 * subject it may be a greeting. */
static void
read_body(struct arena *a, const struct digest *d,
    const struct list_settings *list, struct list_script *out)
{
	struct list_text t;
	struct span line, word;
	bool below = false;

	list_text_begin(&t, d->text);
	while (!out->more && list_text_next(&t, &line)) {
		word = line;
		word = list_text_word(&word);
		if (is_end_word(word))
			return;
		if (out->n > 0 && is_arguments(line)) {
			read_arguments(a, list, line, &out->lines[out->n - 1]);
			below = true;
			continue;
		}
		if (!add_line(a, list, line, out)) {
			if (out->n == 0 || (below && !t.gap))
				out->unknown = list_text_quote(a, line);
			return;
		}
		below = true;
	}
}

/* The address is the command; its arguments may be anywhere. */
static void
read_implied(struct arena *a, const struct digest *d,
    const struct list_settings *list, const struct list_command *command,
    struct list_script *out)
{
	struct list_line *l = &out->lines[0];
	struct span line = span_of(list_text_subject(a, d->subject));
	struct list_text t;
	size_t n = 0;

	begin_line(l, command, command->name);
	out->n = 1;
	list_text_begin(&t, d->text);
	do {
		struct span rest = line, word = list_text_word(&rest);

		if (list_script_command(word) == command)
			read_arguments(a, list, rest, l);
		else if (is_arguments(line))
			read_arguments(a, list, line, l);
	} while (n++ < ARGUMENT_LINES && list_text_next(&t, &line));
}

static const struct list_command *
implied(const struct route *route)
{
	if (route->verb == ROUTE_SUBSCRIBE)
		return &list_cmd_subscribe;
	if (route->verb == ROUTE_UNSUBSCRIBE)
		return &list_cmd_unsubscribe;
	if (route->verb == ROUTE_WHO)
		return &list_cmd_who;
	return route->verb == ROUTE_HELP ? &list_cmd_help : NULL;
}

bool
list_script_is_read(const struct route *route)
{
	return implied(route) != NULL || route->verb == ROUTE_REQUEST ||
	    (route->verb == ROUTE_CONFIRM && route->token[0] == '\0');
}

void
list_script_read(struct arena *a, const struct digest *d,
    const struct route *route, struct list_script *out)
{
	const struct list_command *command = implied(route);
	struct span subject = span_of(list_text_subject(a, d->subject));

	memset(out, 0, sizeof(*out));
	out->unknown = "";
	if (command != NULL) {
		read_implied(a, d, route->list, command, out);
		return;
	}
	(void)add_line(a, route->list, subject, out);
	read_body(a, d, route->list, out);
	if (out->n == 0 && out->unknown[0] == '\0')
		out->unknown = list_text_quote(a, subject);
}
