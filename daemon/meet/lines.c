/* SPDX-License-Identifier: ISC */
/*
 * Cutting announcement mails up. A field goes on until the next known name;
 * after an empty line free text is description, but for further items of an
 * agenda. Invariant: no line that the sender typed is lost, except greeting
 * and closing words.
 */
#include "meet/lines.h"

#include <string.h>
#include "base/arena.h"
#include "base/str.h"
#include "base/utf8.h"
#include "list/text.h"
#include "meet/token.h"

#define NAME_MAX_LEN 40

static const struct {
	const char *word;
	enum lines_name name;
} names[] = {
	{ "title", LINES_TITLE }, { "subject", LINES_TITLE },
	{ "topic", LINES_TITLE }, { "meeting title", LINES_TITLE },
	{ "date", LINES_DATE }, { "dates", LINES_DATE },
	{ "when", LINES_DATE }, { "day", LINES_DATE },
	{ "meeting date", LINES_DATE }, { "date and time", LINES_DATE },
	{ "time", LINES_TIME }, { "start", LINES_TIME },
	{ "starts", LINES_TIME }, { "start time", LINES_TIME },
	{ "begin", LINES_TIME }, { "hours", LINES_TIME },
	{ "until", LINES_END }, { "end", LINES_END }, { "ends", LINES_END },
	{ "end time", LINES_END }, { "duration", LINES_LENGTH },
	{ "length", LINES_LENGTH }, { "zone", LINES_ZONE },
	{ "tz", LINES_ZONE }, { "timezone", LINES_ZONE },
	{ "time zone", LINES_ZONE }, { "place", LINES_PLACE },
	{ "venue", LINES_PLACE }, { "where", LINES_PLACE },
	{ "location", LINES_PLACE }, { "room", LINES_PLACE },
	{ "link", LINES_LINK }, { "remote", LINES_LINK },
	{ "url", LINES_LINK }, { "join", LINES_LINK },
	{ "meeting link", LINES_LINK }, { "remote link", LINES_LINK },
	{ "join link", LINES_LINK }, { "remote participation", LINES_LINK },
	{ "zoom", LINES_LINK }, { "webex", LINES_LINK },
	{ "teams", LINES_LINK }, { "pin", LINES_PIN },
	{ "passcode", LINES_PIN }, { "password", LINES_PIN },
	{ "access code", LINES_PIN }, { "agenda", LINES_AGENDA },
	{ "draft agenda", LINES_AGENDA }, { "topics", LINES_AGENDA },
	{ "programme", LINES_AGENDA }, { "program", LINES_AGENDA },
	{ "docs", LINES_DOCUMENTS }, { "documents", LINES_DOCUMENTS },
	{ "document", LINES_DOCUMENTS }, { "doc", LINES_DOCUMENTS },
	{ "papers", LINES_DOCUMENTS }, { "number", LINES_NUMBER },
	{ "no", LINES_NUMBER }, { "no.", LINES_NUMBER },
	{ "meeting number", LINES_NUMBER }, { "meeting no", LINES_NUMBER },
	{ "meeting no.", LINES_NUMBER }, { "reason", LINES_REASON },
	{ "meeting", LINES_MEETING }, { "action", LINES_ACTION },
	{ "status", LINES_STATUS }, { "repeat", LINES_REPEAT },
	{ "repeats", LINES_REPEAT }, { "recurrence", LINES_REPEAT },
	{ "except", LINES_REPEAT }, { "description", LINES_DESCRIPTION },
	{ "details", LINES_DESCRIPTION }, { "note", LINES_DESCRIPTION },
	{ "notes", LINES_DESCRIPTION }, { "remarks", LINES_DESCRIPTION },
};

/* Deadlines known by name; others end in " by" or " deadline". */
static const struct {
	const char *word, *label;
} limits[] = {
	{ "inputs by", "Inputs" }, { "input by", "Inputs" },
	{ "inputs", "Inputs" }, { "input deadline", "Inputs" },
	{ "deadline for inputs", "Inputs" },
	{ "contributions by", "Contributions" },
	{ "contribution deadline", "Contributions" },
	{ "deadline for contributions", "Contributions" },
	{ "documents by", "Documents" }, { "register by", "Registration" },
	{ "registration by", "Registration" },
	{ "registration", "Registration" },
	{ "registration deadline", "Registration" },
	{ "deadline for registration", "Registration" },
	{ "rsvp by", "Answers" }, { "rsvp", "Answers" },
	{ "answer by", "Answers" }, { "answers by", "Answers" },
	{ "visa by", "Visa requests" }, { "visa deadline", "Visa requests" },
	{ "deadline", "Deadline" },
};

/* The state of cutting. */
struct cutter {
	struct arena *arena;
	struct lines *out;
	size_t cap;
	struct str value;	/* of the open field */
	struct str text;	/* description so far */
	bool open;
	bool seen;		/* a field was there */
};

static bool
is_multi(enum lines_name name)
{
	return name == LINES_AGENDA || name == LINES_DOCUMENTS ||
	    name == LINES_DESCRIPTION || name == LINES_REASON;
}

/* "**Date:**", "- Date" and "_Date_" are all "date", with one blank between
 * words; "" if it is no name at all. */
static char *
normal_name(struct arena *a, struct span s)
{
	static const char junk[] = "*_#-+ \t";
	char *name;

	while (s.n > 0 && strchr(junk, s.p[0]) != NULL && s.p[0] != '\0')
		s = span_sub(s, 1, s.n);
	if (span_has_prefix(s, "\xE2\x80\xA2"))	/* bullet */
		s = span_sub(s, 3, s.n);
	while (s.n > 0 && strchr(junk, s.p[s.n - 1]) != NULL)
		s.n--;
	name = utf8_line(a, s);
	for (char *p = name; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p + ('a' - 'A'));
	return name;
}

/* "Host invitation by" is a deadline named "Host invitation". */
static bool
other_limit(struct arena *a, const char *name, struct lines_field *f)
{
	struct span s = span_of(name);
	char *label;

	if (span_has_suffixi(s, " by"))
		s.n -= 3;
	else if (span_has_suffixi(s, " deadline"))
		s.n -= 9;
	else if (span_has_prefixi(s, "deadline for "))
		s = span_sub(s, 13, s.n);
	else
		return false;
	if (s.n == 0 || s.n > 30)
		return false;
	label = arena_strndup(a, s.p, s.n);
	if (label[0] >= 'a' && label[0] <= 'z')
		label[0] = (char)(label[0] - ('a' - 'A'));
	f->name = LINES_LIMIT;
	f->label = label;
	return true;
}

static bool
known(const char *name, struct lines_field *f)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i].word, name) == 0) {
			f->name = names[i].name;
			return true;
		}
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		if (strcmp(limits[i].word, name) == 0) {
			f->name = LINES_LIMIT;
			f->label = limits[i].label;
			return true;
		}
	return false;
}

/* Do s and w differ in two neighbours that changed places? */
static bool
is_swap(struct span s, struct span w)
{
	size_t i = 0;

	if (s.n != w.n)
		return false;
	while (i < s.n && s.p[i] == w.p[i])
		i++;
	return i + 1 < s.n && s.p[i] == w.p[i + 1] && s.p[i + 1] == w.p[i] &&
	    span_eq(span_sub(s, i + 2, s.n), span_sub(w, i + 2, w.n));
}

/* A name with one letter wrong, doubled, missing or swapped. */
static const char *
near(const char *name)
{
	struct span s = span_of(name);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct span w = span_of(names[i].word);

		if (w.n >= 4 && s.n >= 3 && s.p[0] == w.p[0] &&
		    (token_distance(s, w) == 1 || is_swap(s, w)))
			return names[i].word;
	}
	return NULL;
}

/* Split "Name: value"; false if there is no colon where one may be. */
static bool
split(struct span line, struct span *name, struct span *value)
{
	size_t colon = span_find(line, ':'), len = 1;
	size_t wide = span_search(line, span_of("\xEF\xBC\x9A"));

	if (wide < colon) {
		colon = wide;
		len = 3;
	}
	if (colon == 0 || colon >= line.n || colon > NAME_MAX_LEN)
		return false;
	*name = span_sub(line, 0, colon);
	*value = span_sub(line, colon + len, line.n);
	return true;
}

/* Letters and blanks only: what may be a name that we do not know. */
static bool
may_be_name(const char *name)
{
	for (const char *p = name; *p != '\0'; p++)
		if (!(*p >= 'a' && *p <= 'z') && *p != ' ' && *p != '-')
			return false;
	return name[0] != '\0';
}

/* Is line the start of a field? strict: inside a text with several lines,
 * where items may hold colons. */
static bool
field_of(struct arena *a, struct span line, bool strict,
    struct lines_field *f)
{
	struct span name, value;
	const char *normal, *meant;

	memset(f, 0, sizeof(*f));
	f->label = "";
	if (!split(line, &name, &value))
		return false;
	if (strict && !((line.p[0] | 0x20) >= 'a' && (line.p[0] | 0x20) <= 'z'))
		return false;
	normal = normal_name(a, name);
	while (value.n > 0 && (value.p[0] == '*' || value.p[0] == '_'))
		value = span_sub(value, 1, value.n);
	f->value = utf8_line(a, value);
	f->line = utf8_line(a, line);
	if (known(normal, f))
		return true;
	if (strict)
		return false;
	if (other_limit(a, normal, f))
		return true;
	meant = may_be_name(normal) ? near(normal) : NULL;
	if (meant != NULL) {
		f->name = LINES_NEAR;
		f->label = meant;
	}
	return meant != NULL;
}

static void
close_field(struct cutter *c)
{
	if (!c->open)
		return;
	c->out->fields[c->out->n - 1].value = str_dup(c->arena, &c->value);
	str_clear(&c->value);
	c->open = false;
}

static void
open_field(struct cutter *c, const struct lines_field *f)
{
	struct lines *out = c->out;

	close_field(c);
	if (out->n == c->cap) {
		size_t cap = c->cap == 0 ? 16 : 2 * c->cap;
		struct lines_field *fields = arena_array(c->arena, cap,
		    sizeof(*fields));

		if (out->n > 0)
			memcpy(fields, out->fields, out->n * sizeof(*fields));
		out->fields = fields;
		c->cap = cap;
	}
	out->fields[out->n++] = *f;
	str_adds(&c->value, f->value);
	c->open = true;
	c->seen = true;
}

static void
add_text(struct cutter *c, struct span line, bool gap)
{
	if (c->text.len > 0)
		str_adds(&c->text, gap ? "\n\n" : "\n");
	str_addspan(&c->text, line);
}

/* "1. Opening", "- Roadmap": an item that may follow an empty line. */
static bool
is_item(struct span line)
{
	return line.n > 0 && ((line.p[0] >= '0' && line.p[0] <= '9') ||
	    strchr("-*+(", line.p[0]) != NULL ||
	    span_has_prefix(line, "\xE2\x80\xA2"));
}

/* Does field f go on in line, behind an empty one? */
static bool
goes_on(const struct cutter *c, const struct lines_field *f, struct span line)
{
	return is_multi(f->name) && (c->value.len == 0 ||
	    (f->name != LINES_DESCRIPTION && is_item(line)));
}

/* A line that is no field: goes on with the open one, or is free text. */
static void
add_line(struct cutter *c, struct span line, bool gap)
{
	struct lines_field *f = c->open ? &c->out->fields[c->out->n - 1] :
	    NULL;
	bool multi = f != NULL && is_multi(f->name);
	struct span name, value;

	if (f != NULL && gap && !goes_on(c, f, line))
		f = NULL;
	/* "Chair: Ada" below "Date: ..." is no part of the date. */
	if (f != NULL && !multi && split(line, &name, &value) &&
	    may_be_name(normal_name(c->arena, name)) &&
	    !span_has_prefix(value, "//"))
		f = NULL;
	if (f == NULL) {
		close_field(c);
		add_text(c, line, gap);
		return;
	}
	if (c->value.len > 0)
		str_addc(&c->value, multi ? '\n' : ' ');
	str_addspan(&c->value, line);
}

static bool
is_greeting(struct span line)
{
	static const char *const starts[] = { "dear ", "hello", "hi ", "hi,",
		"good morning", "good afternoon", "greetings", NULL };

	if (line.n > 80 || line.n == 0 ||
	    strchr(",!:.", line.p[line.n - 1]) == NULL)
		return false;
	for (const char *const *s = starts; *s != NULL; s++)
		if (span_has_prefixi(line, *s))
			return true;
	return false;
}

static bool
is_closing(struct span line)
{
	static const char *const words[] = { "best regards", "kind regards",
		"regards", "with best regards", "with kind regards",
		"warm regards", "sincerely", "yours sincerely", "best wishes",
		"best", "thanks", "thank you", "many thanks",
		"thanks and regards", "thanks and best regards", NULL };

	line = list_text_bare(line);
	for (const char *const *w = words; *w != NULL; w++)
		if (span_isi(line, *w))
			return true;
	return false;
}

/* The byte offset behind the last field's first line: closing words before
 * it do not end the mail. */
static size_t
last_field(struct arena *a, const char *text)
{
	struct list_text t;
	struct span line;
	struct lines_field f;
	size_t at = 0;

	list_text_begin(&t, text);
	while (list_text_next(&t, &line))
		if (field_of(a, line, true, &f))
			at = (size_t)(line.p - text) + 1;
	return at;
}

void
lines_cut(struct arena *a, const char *text, struct lines *out)
{
	struct cutter c = { a, out, 0, STR_EMPTY, STR_EMPTY, false, false };
	size_t last = last_field(a, text);
	struct list_text t;
	struct span line;
	struct lines_field f;
	bool first = true;

	memset(out, 0, sizeof(*out));
	out->command.key = out->command.rest = "";
	list_text_begin(&t, text);
	while (list_text_next(&t, &line)) {
		bool multi = c.open && is_multi(out->fields[out->n - 1].name);
		bool gap = t.gap;

		if (first && is_greeting(line))
			continue;
		if (first) {
			first = false;
			lines_command_of(a, line, &out->command);
			if (out->command.verb != LINES_NO_VERB &&
			    (out->command.rest[0] == '\0' ||
			    out->command.key[0] != '\0'))
				continue;
			out->command.verb = LINES_NO_VERB;
		}
		if ((size_t)(line.p - text) >= last && is_closing(line))
			break;
		if (field_of(a, line, multi || c.text.len > 0, &f))
			open_field(&c, &f);
		else
			add_line(&c, line, gap);
	}
	close_field(&c);
	out->description = str_dup(a, &c.text);
	str_done(&c.value);
	str_done(&c.text);
}

const char *
lines_key(struct arena *a, struct span word)
{
	uint64_t n;

	word = list_text_bare(word);
	if (word.n < 2 || word.n > 10 || (word.p[0] | 0x20) != 'm' ||
	    word.p[1] == '0' || !span_u64(span_sub(word, 1, word.n),
	    999999999, &n))
		return NULL;
	return arena_printf(a, "m%lu", (unsigned long)n);
}

void
lines_command_of(struct arena *a, struct span line, struct lines_command *out)
{
	static const struct {
		const char *word;
		enum lines_verb verb;
	} verbs[] = {
		{ "announce", LINES_ANNOUNCE },
		{ "announcement", LINES_ANNOUNCE },
		{ "update", LINES_UPDATE }, { "updated", LINES_UPDATE },
		{ "change", LINES_UPDATE }, { "revise", LINES_UPDATE },
		{ "cancel", LINES_CANCEL }, { "cancelled", LINES_CANCEL },
		{ "canceled", LINES_CANCEL },
		{ "cancellation", LINES_CANCEL },
		{ "status", LINES_VERB_STATUS },
		{ "postpone", LINES_POSTPONE },
		{ "postponed", LINES_POSTPONE },
	};
	struct span rest = line, after, word;
	const char *key;

	out->verb = LINES_NO_VERB;
	out->key = out->rest = "";
	word = list_text_bare(list_text_word(&rest));
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (span_isi(word, verbs[i].word))
			out->verb = verbs[i].verb;
	if (out->verb == LINES_NO_VERB)
		return;
	after = rest;
	if (span_isi(list_text_bare(list_text_word(&after)), "meeting"))
		rest = after;
	after = rest;
	key = lines_key(a, list_text_word(&after));
	if (key != NULL) {
		out->key = key;
		rest = after;
	}
	while (rest.n > 0 && strchr(":-,. ", rest.p[0]) != NULL)
		rest = span_sub(rest, 1, rest.n);
	out->rest = utf8_line(a, rest);
}
