/* SPDX-License-Identifier: ISC */
/*
 * Seats: what a request for membership names, checked against the settings.
 * Owns the packed form of a request (name=value;..., percent-encoded).
 * Invariant: a found seat is always one that the settings allow.
 */
#include "list/seat.h"

#include <string.h>
#include <strings.h>
#include "base/arena.h"
#include "base/crypt.h"
#include "base/err.h"
#include "base/span.h"
#include "base/str.h"
#include "list/text.h"

#define CHOICES_MAX 6000

static const struct category *
find_category(const struct list_settings *l, const char *name)
{
	const struct category *c = settings_category(l, name);

	for (size_t i = 0; c == NULL && i < l->n_categories; i++)
		if (strcasecmp(l->categories[i].title, name) == 0)
			c = &l->categories[i];
	return c;
}

/* "SG 13" and "sg-13" are what people write for "SG13". */
static bool
is_loosely(const char *a, const char *b)
{
	for (;; a++, b++) {
		while (*a == ' ' || *a == '-')
			a++;
		while (*b == ' ' || *b == '-')
			b++;
		if (*a == '\0' || *b == '\0')
			return *a == *b;
		if (strncasecmp(a, b, 1) != 0)
			return false;
	}
}

static const struct body *
find_body(const struct list_settings *l, const char *name)
{
	const struct body *b = settings_body(l, name);

	for (size_t i = 0; b == NULL && i < l->n_bodies; i++)
		if (is_loosely(l->bodies[i].name, name) ||
		    strcasecmp(l->bodies[i].title, name) == 0)
			b = &l->bodies[i];
	return b;
}

static bool
has_bodies(const struct list_settings *l, const struct category *c)
{
	for (size_t i = 0; i < l->n_bodies; i++)
		if (strcasecmp(l->bodies[i].category, c->name) == 0)
			return true;
	return false;
}

/* The strangers' words come back to them, so they are shown defused. */
static int
unknown(const char *what, const char *value, struct err *err)
{
	struct arena *a = arena_new();

	(void)err_set(err, ERR_BADINPUT, "There is no %s \"%s\" in this list.",
	    what, list_text_quote(a, span_of(value)));
	arena_free(a);
	return -1;
}

int
list_seat_find(const struct list_settings *l, const char *category,
    const char *body, struct list_seat *out, struct err *err)
{
	struct list_seat seat = { NULL, NULL };

	if (body[0] != '\0' && (seat.body = find_body(l, body)) == NULL)
		return unknown("body", body, err);
	if (category[0] != '\0') {
		seat.category = find_category(l, category);
		if (seat.category == NULL)
			return unknown("category", category, err);
	} else if (seat.body != NULL) {
		seat.category = settings_category(l, seat.body->category);
	} else if (l->n_categories == 1) {
		seat.category = &l->categories[0];
	}
	if (seat.category == NULL && l->n_categories > 0)
		return err_set(err, ERR_BADINPUT, "The request names no "
		    "category. We must know for whom you take part.");
	if (seat.category != NULL && seat.body == NULL &&
	    has_bodies(l, seat.category))
		return err_set(err, ERR_BADINPUT, "The request names no body. "
		    "Category %s needs one.", seat.category->name);
	*out = seat;
	return 0;
}

enum admission
list_seat_admission(const struct list_settings *l,
    const struct list_seat *seat)
{
	const struct category *own;

	if (seat->category == NULL)
		return ADMIT_BY_SECRETARIAT;
	if (seat->body == NULL)
		return seat->category->admission;
	own = settings_category(l, seat->body->category);
	if (own != NULL && own->admission > seat->category->admission)
		return own->admission;
	return seat->category->admission;
}

bool
list_seat_is_role(const char *role)
{
	static const char *const roles[] = { "representative", "alternate",
		"observer", "chair", "vice-chair", "counsellor", "moderator",
		"owner" };

	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		if (strcasecmp(roles[i], role) == 0)
			return true;
	return false;
}

char *
list_seat_text(struct arena *a, const struct list_seat *seat)
{
	const char *body = seat->body != NULL ? seat->body->name : "";
	const char *title;

	if (seat->category == NULL)
		return arena_strdup(a, body[0] != '\0' ? body : "no category");
	title = seat->category->title;
	return arena_printf(a, "%s%scategory %s%s%s%s", body,
	    body[0] != '\0' ? ", " : "", seat->category->name,
	    title[0] != '\0' ? " (" : "", title, title[0] != '\0' ? ")" : "");
}

char *
list_seat_of(struct arena *a, const struct list_settings *l,
    const struct member *m)
{
	struct list_seat seat = { NULL, NULL };

	if (m->n_seats > 0) {
		seat.category = settings_category(l, m->seats[0].category);
		seat.body = settings_body(l, m->seats[0].body);
	}
	return list_seat_text(a, &seat);
}

static void
add_choice(struct str *out, const struct list_settings *l,
    const struct category *c)
{
	size_t n = 0;

	str_addf(out, "  %s", c->name);
	if (c->title[0] != '\0')
		str_addf(out, " (%s)", c->title);
	for (size_t i = 0; i < l->n_bodies && out->len < CHOICES_MAX; i++) {
		if (strcasecmp(l->bodies[i].category, c->name) != 0)
			continue;
		/* A few to a line keep it below the width of a mail. */
		str_adds(out, n == 0 ? ":" : ",");
		str_adds(out, n % 6 == 0 ? "\n      " : " ");
		str_adds(out, l->bodies[i].name);
		n++;
	}
	str_addc(out, '\n');
}

char *
list_seat_choices(struct arena *a, const struct list_settings *l)
{
	struct str out = STR_EMPTY;
	size_t i;
	char *copy;

	for (i = 0; i < l->n_categories && out.len < CHOICES_MAX; i++)
		add_choice(&out, l, &l->categories[i]);
	if (out.len >= CHOICES_MAX)
		str_adds(&out, "  ... and more: ask the secretariat.\n");
	copy = str_dup(a, &out);
	str_done(&out);
	return copy;
}

/* Blanks stay, so that others can read the plain names in it. */
static void
pack(struct str *out, const char *name, const char *value)
{
	str_addf(out, "%s%s=", out->len > 0 ? ";" : "", name);
	for (const char *p = value; *p != '\0'; p++) {
		unsigned char c = (unsigned char)*p;

		if (c < ' ' || c == 0x7F || strchr("%;=", c) != NULL)
			str_addf(out, "%%%02x", c);
		else
			str_addc(out, *p);
	}
}

char *
list_seat_pack(struct arena *a, const struct list_request *r)
{
	struct str out = STR_EMPTY;
	char *copy;

	pack(&out, "category", r->category);
	pack(&out, "body", r->body);
	pack(&out, "name", r->name);
	pack(&out, "addr", r->addr);
	copy = str_dup(a, &out);
	str_done(&out);
	return copy;
}

static char *
unpack(struct arena *a, struct span s)
{
	char *out = arena_alloc(a, s.n + 1), *q = out;
	uint8_t byte;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '%' &&
		    crypt_unhex(span_sub(s, i + 1, i + 3), &byte, 1) &&
		    byte != 0) {
			*q++ = (char)byte;
			i += 2;
		} else {
			*q++ = s.p[i];
		}
	}
	return out;
}

void
list_seat_unpack(struct arena *a, const char *object,
    struct list_request *out)
{
	struct span rest = span_of(object);

	out->category = out->body = out->name = out->addr = "";
	while (rest.n > 0) {
		struct span field = span_cut(&rest, ';');
		struct span name = span_cut(&field, '=');

		if (span_is(name, "category"))
			out->category = unpack(a, field);
		else if (span_is(name, "body"))
			out->body = unpack(a, field);
		else if (span_is(name, "name"))
			out->name = unpack(a, field);
		else if (span_is(name, "addr"))
			out->addr = unpack(a, field);
	}
}

char *
list_seat_content(struct arena *a, const struct member *m)
{
	struct str text = STR_EMPTY;
	uint8_t hash[SHA256_LEN];

	str_adds(&text, m->key);
	for (size_t i = 0; i < m->n_seats; i++)
		str_addf(&text, "\n%s\n%s\n%s", m->seats[i].category,
		    m->seats[i].body, m->seats[i].role);
	crypt_sha256(str_span(&text), hash);
	str_done(&text);
	return crypt_hex(a, hash, sizeof(hash));
}
