/* SPDX-License-Identifier: ISC */
/*
 * Address: what is an e-mail address, and the mailbox lists of header fields.
 * Owns that decision alone: lists are cut into tokens here, but every address
 * found goes through address_parse(). No recursion: comments are counted, and
 * groups do not nest. Invariant: an accepted address is given out byte for
 * byte as it was written, but for the case of its domain.
 */
#include "mail/address.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/utf8.h"
#include "mail/compose.h"
#include "mail/lex.h"
#include "mail/words.h"

/* RFC 5321 section 4.5.3.1; the path limit is 256 with its <>. */
#define MAX_LOCAL 64
#define MAX_DOMAIN 253
#define MAX_LABEL 63
#define MAX_ADDRESS 254
#define MAX_NAME 255	/* bytes kept of a display name */

static int
bad(struct err *err, struct span text, const char *why)
{
	struct span shown = utf8_truncate(text, 80);

	/* The text is shown to people: nothing that a log or mail could trip
	 * over. */
	if (!utf8_is_valid(shown) || memchr(shown.p, '\n', shown.n) != NULL ||
	    memchr(shown.p, '\r', shown.n) != NULL)
		return err_set(err, ERR_BADINPUT, "address %s", why);
	return err_set(err, ERR_BADINPUT, "\"%.*s\": address %s",
	    (int)shown.n, shown.p, why);
}

/* NULL, or what is wrong with an unquoted local part. */
static const char *
check_dot_atom(struct span s)
{
	size_t i;

	if (s.p[0] == '.' || s.p[s.n - 1] == '.')
		return "has a dot at the edge of its local part";
	for (i = 0; i < s.n; i++) {
		if (s.p[i] == '.') {
			if (s.p[i + 1] == '.')
				return "has two dots in a row";
		} else if (!lex_is_atext(s.p[i]))
			return "has a character that must not be in it";
	}
	return NULL;
}

/* NULL, or what is wrong with "..." (RFC 5321 section 4.1.2). */
static const char *
check_quoted(struct span s)
{
	size_t i;

	if (s.n < 2 || s.p[s.n - 1] != '"')
		return "has an open quotation mark";
	for (i = 1; i + 1 < s.n; i++) {
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7F)
			return "has a control character";
		if (s.p[i] == '"')
			return "has a quotation mark in its local part";
		if (s.p[i] != '\\')
			continue;
		i++;
		if (i + 1 >= s.n)
			return "has an open quotation mark";
		if ((unsigned char)s.p[i] < ' ' ||
		    (unsigned char)s.p[i] >= 0x7F)
			return "has a control character";
	}
	return NULL;
}

static const char *
check_literal(struct span s)
{
	char text[INET6_ADDRSTRLEN + 8];
	unsigned char raw[16];
	bool v6;

	if (s.n < 3 || s.p[s.n - 1] != ']' || s.n - 2 >= sizeof(text))
		return "has a malformed address literal";
	memcpy(text, s.p + 1, s.n - 2);
	text[s.n - 2] = '\0';
	v6 = strncasecmp(text, "IPv6:", 5) == 0;
	if (strlen(text) != s.n - 2 || inet_pton(v6 ? AF_INET6 : AF_INET,
	    v6 ? text + 5 : text, raw) != 1)
		return "has a malformed address literal";
	return NULL;
}

static const char *
check_label(struct span s)
{
	size_t i;

	if (s.n == 0)
		return "has an empty label in its domain";
	if (s.n > MAX_LABEL)
		return "has an over-long label in its domain";
	if (s.p[0] == '-' || s.p[s.n - 1] == '-')
		return "has a hyphen at the edge of a domain label";
	for (i = 0; i < s.n; i++) {
		/* "_" is no host name, but some mail systems use it. */
		if (lex_is_alnum(s.p[i]) || s.p[i] == '-' || s.p[i] == '_')
			continue;
		return "has a character in its domain that must not be there";
	}
	return NULL;
}

static const char *
check_domain(struct span s)
{
	struct span rest = s;
	const char *why;

	if (s.n == 0)
		return "has no domain";
	if (s.n > MAX_DOMAIN)
		return "has an over-long domain";
	if (s.p[0] == '[')
		return check_literal(s);
	if (s.p[s.n - 1] == '.')
		return "has a dot at the end of its domain";
	while (rest.p != NULL) {
		why = check_label(span_cut(&rest, '.'));
		if (why != NULL)
			return why;
	}
	return NULL;
}

static const char *
check(struct span s, size_t *at_out)
{
	const char *why;
	size_t at;

	if (s.n == 0)
		return "is empty";
	if (s.n > MAX_ADDRESS)
		return "is too long";
	if (!utf8_is_valid(s))
		return "is not valid UTF-8";
	/* An "@" may stand in a quoted local part, none in a domain. */
	at = span_rfind(s, '@');
	if (at == s.n)
		return "has no \"@\"";
	if (at == 0)
		return "has no local part";
	if (at > MAX_LOCAL)
		return "has a local part of over 64 bytes";
	why = s.p[0] == '"' ? check_quoted(span_sub(s, 0, at)) :
	    check_dot_atom(span_sub(s, 0, at));
	if (why == NULL)
		why = check_domain(span_sub(s, at + 1, s.n));
	*at_out = at;
	return why;
}

int
address_parse(struct arena *a, struct span text, const char **out,
    struct err *err)
{
	const char *why;
	size_t at = 0;
	char *copy;

	why = check(text, &at);
	if (why != NULL)
		return bad(err, text, why);
	copy = arena_strndup(a, text.p, text.n);
	lex_lower(copy + at);
	*out = copy;
	return 0;
}

char *
address_key(struct arena *a, const char *addr)
{
	char *key = arena_strdup(a, addr);

	lex_lower(key);
	return key;
}

bool
address_is_safe(const char *addr)
{
	size_t at = 0;

	return check(span_of(addr), &at) == NULL;
}

static bool
is_plain_name(struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++) {
		if (s.p[i] != ' ' && (!lex_is_atext(s.p[i]) ||
		    (unsigned char)s.p[i] >= 0x80))
			return false;
	}
	/* "=?" could be taken for an encoded word. */
	return span_search(s, span_of("=?")) == s.n;
}

char *
address_format(struct arena *a, const char *name, const char *addr)
{
	struct str out = STR_EMPTY;
	struct span s = span_of(utf8_line(a, span_of(name)));
	char *text;
	size_t i;

	if (s.n == 0)
		return arena_printf(a, "<%s>", addr);
	if (!utf8_is_ascii(s) || span_search(s, span_of("=?")) < s.n)
		compose_words(&out, s);
	else if (is_plain_name(s))
		str_addspan(&out, s);
	else {
		str_addc(&out, '"');
		for (i = 0; i < s.n; i++) {
			if (s.p[i] == '"' || s.p[i] == '\\')
				str_addc(&out, '\\');
			str_addc(&out, s.p[i]);
		}
		str_addc(&out, '"');
	}
	str_addf(&out, " <%s>", addr);
	text = str_dup(a, &out);
	str_done(&out);
	return text;
}

/* ---- lists ---- */

/* One element of the list while its tokens come in. */
struct element {
	struct str text;	/* display name so far */
	struct str bare;	/* the same tokens as an address */
	struct str angle;	/* what stands between < and > */
	struct span comment;	/* inside of the last comment */
	const char *why;	/* why it is no mailbox, NULL */
	size_t off;		/* where it begins in the value */
	bool started, in_angle, in_route, has_angle;
	bool joined;		/* the last token of an address was a word */
};

struct list {
	struct arena *arena;
	struct mailbox *out;
	size_t n, max;
	bool lenient;
	bool in_group;
	struct err *err;
};

static void
reset(struct element *e)
{
	struct str text = e->text, bare = e->bare, angle = e->angle;

	memset(e, 0, sizeof(*e));
	e->text = text;
	e->bare = bare;
	e->angle = angle;
	str_clear(&e->text);
	str_clear(&e->bare);
	str_clear(&e->angle);
}

static int
store(struct list *l, struct element *e)
{
	struct mailbox *m = &l->out[l->n];
	const char *addr;
	struct err why = { ERR_NONE, "" };
	struct span name;

	if (address_parse(l->arena, str_span(e->has_angle ? &e->angle :
	    &e->bare), &addr, &why) != 0) {
		if (l->lenient)
			return 0;
		(void)err_set(l->err, ERR_BADINPUT, "%s", why.text);
		return -1;
	}
	name = e->has_angle && e->text.len > 0 ? str_span(&e->text) :
	    e->comment;
	name = utf8_truncate(span_of(words_decode(l->arena, name)), MAX_NAME);
	m->name = arena_strndup(l->arena, name.p, name.n);
	m->addr = addr;
	m->key = address_key(l->arena, addr);
	l->n++;
	return 0;
}

/* End of an element: at a comma, a semicolon or the end. */
static int
finish(struct list *l, struct element *e)
{
	int rc = 0;

	if (e->in_angle && e->why == NULL)
		e->why = "has an open \"<\"";
	if (!e->started)
		;	/* empty elements are allowed (RFC 5322 section 4.4) */
	else if (e->why != NULL) {
		if (!l->lenient)
			rc = err_set(l->err, ERR_BADINPUT,
			    "at byte %zu: address %s", e->off + 1, e->why);
	} else if (l->n < l->max)
		rc = store(l, e);
	else if (!l->lenient)
		rc = err_set(l->err, ERR_LIMIT, "over %zu addresses", l->max);
	reset(e);
	return rc;
}

/* A word, dot or "@" outside of <>. */
static void
add_plain(struct element *e, const struct lex_token *t)
{
	bool is_word = t->kind != LEX_DOT && t->kind != LEX_AT;

	if (e->has_angle) {
		e->why = "is followed by other text";
		return;
	}
	if (t->after_blank && e->text.len > 0)
		str_addc(&e->text, ' ');
	if (t->kind == LEX_QUOTED)
		lex_unquote(t->text, &e->text);
	else
		str_addspan(&e->text, t->text);
	/* Two words in a row may be a name, never an address: gluing them
	 * would make a different one. */
	if (is_word && e->joined)
		str_addc(&e->bare, ' ');
	str_addspan(&e->bare, t->text);
	e->joined = is_word;
}

static void
add_angle(struct element *e, const struct lex_token *t)
{
	bool is_word = t->kind != LEX_DOT && t->kind != LEX_AT;

	if (t->kind == LEX_AT && e->angle.len == 0)
		e->in_route = true;	/* RFC 5322 obs-route: read over */
	if (e->in_route)
		return;
	if (is_word && e->joined)
		str_addc(&e->angle, ' ');
	str_addspan(&e->angle, t->text);
	e->joined = is_word;
}

static void
open_angle(struct element *e)
{
	if (e->has_angle || e->in_angle)
		e->why = "has two \"<\"";
	e->in_angle = true;
	e->joined = false;
}

static void
close_angle(struct element *e)
{
	if (!e->in_angle)
		e->why = "has a \">\" without \"<\"";
	e->in_angle = false;
	e->has_angle = true;
}

/* ":" ends the name of a group, or a route. */
static void
colon(struct list *l, struct element *e)
{
	if (e->in_angle && e->in_route) {
		e->in_route = false;
		return;
	}
	if (e->in_angle || e->has_angle || l->in_group || !e->started) {
		e->why = "has a misplaced \":\"";
		return;
	}
	l->in_group = true;
	reset(e);
}

/* A token that ends or structures; 1 if it was no such token. */
static int
structure(struct list *l, struct element *e, const struct lex_token *t)
{
	if (t->kind == LEX_COMMA && e->in_angle && e->in_route)
		return 0;
	if (t->kind == LEX_COMMA || t->kind == LEX_SEMICOLON ||
	    t->kind == LEX_END) {
		if (t->kind == LEX_SEMICOLON)
			l->in_group = false;
		return finish(l, e);
	}
	if (t->kind == LEX_COLON) {
		colon(l, e);
		return 0;
	}
	return 1;
}

static int
take(struct list *l, struct element *e, const struct lex_token *t)
{
	int rc;

	if (t->comment.n > 0)
		e->comment = t->comment;
	rc = structure(l, e, t);
	if (rc != 1)
		return rc;
	if (!e->started)
		e->off = t->off;
	e->started = true;
	if (t->kind == LEX_LESS)
		open_angle(e);
	else if (t->kind == LEX_GREATER)
		close_angle(e);
	else if (t->kind == LEX_JUNK && e->in_angle)
		e->why = "has a character that must not be in it";
	else if (e->in_angle)
		add_angle(e, t);
	else
		add_plain(e, t);
	return 0;
}

static int
run(struct list *l, struct span value)
{
	struct element e;
	struct lex lex = { value, 0 };
	struct lex_token t;
	const char *why;
	int rc = 0;

	memset(&e, 0, sizeof(e));
	do {
		why = lex_next(&lex, &t);
		if (why != NULL) {
			rc = err_set(l->err, ERR_BADINPUT, "at byte %zu: %s",
			    t.off + 1, why);
			break;
		}
		rc = take(l, &e, &t);
		if (l->lenient && l->n == l->max)
			break;
	} while (rc == 0 && t.kind != LEX_END);
	str_done(&e.text);
	str_done(&e.bare);
	str_done(&e.angle);
	return l->lenient ? 0 : rc;
}

int
address_list(struct arena *a, struct span value, size_t max,
    struct mailbox **out, size_t *n_out, struct err *err)
{
	struct list l = { a, NULL, 0, max, false, false, err };

	l.out = arena_array(a, max, sizeof(*l.out));
	if (run(&l, value) != 0)
		return -1;
	if (l.n == 0)
		return err_set(err, ERR_BADINPUT, "no address");
	*out = l.out;
	*n_out = l.n;
	return 0;
}

size_t
address_some(struct arena *a, struct span value, size_t max,
    struct mailbox **out)
{
	struct list l = { a, NULL, 0, max, true, false, NULL };

	l.out = arena_array(a, max, sizeof(*l.out));
	(void)run(&l, value);
	*out = l.out;
	return l.n;
}
