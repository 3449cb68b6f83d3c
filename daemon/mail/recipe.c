/* SPDX-License-Identifier: ISC */
/*
 * Recipes: building, checking and carrying them out. Knows nothing of what the
 * steps mean. Invariant: a recipe that recipe_check() passed reads nothing
 * outside the body and the variables it was checked against.
 */
#include "mail/recipe.h"

#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "base/crypt.h"
#include "base/err.h"
#include "base/str.h"

#define MAX_STEPS 1000	/* RECIPE_FIELDS in model/structs.def */

void
recipe_begin(struct recipe_builder *b, struct arena *a)
{
	memset(b, 0, sizeof(*b));
	b->arena = a;
	b->recipe = arena_alloc(a, sizeof(*b->recipe));
}

static struct step *
append(struct recipe_builder *b, enum recipe_op op)
{
	struct recipe *r = b->recipe;
	struct step *bigger;

	if (r->n_steps == b->cap) {
		b->cap = b->cap == 0 ? 16 : b->cap * 2;
		bigger = arena_array(b->arena, b->cap, sizeof(*bigger));
		if (r->n_steps > 0)
			memcpy(bigger, r->steps, r->n_steps * sizeof(*bigger));
		r->steps = bigger;
	}
	r->steps[r->n_steps].op = op;
	r->steps[r->n_steps].text = span_make("", 0);
	return &r->steps[r->n_steps++];
}

void
recipe_body(struct recipe_builder *b, uint32_t off, uint32_t len)
{
	struct step *s = append(b, RECIPE_BODY);

	s->a = off;
	s->b = len;
}

/* Texts are allocated in powers of two, so that neighbours merge in place. */
static size_t
text_cap(size_t n)
{
	size_t cap = 256;

	while (cap < n)
		cap *= 2;
	return cap;
}

void
recipe_text(struct recipe_builder *b, struct span text)
{
	struct recipe *r = b->recipe;
	struct step *last;
	char *to;

	if (text.n == 0)
		return;
	last = r->n_steps > 0 ? &r->steps[r->n_steps - 1] : NULL;
	if (last == NULL || last->op != RECIPE_TEXT) {
		last = append(b, RECIPE_TEXT);
		to = arena_alloc(b->arena, text_cap(text.n));
	} else if (text_cap(last->text.n) < last->text.n + text.n) {
		to = arena_alloc(b->arena, text_cap(last->text.n + text.n));
		memcpy(to, last->text.p, last->text.n);
	} else
		to = (char *)(uintptr_t)last->text.p;	/* ours */
	memcpy(to + last->text.n, text.p, text.n);
	last->text = span_make(to, last->text.n + text.n);
}

void
recipe_texts(struct recipe_builder *b, const char *text)
{
	recipe_text(b, span_of(text));
}

void
recipe_var(struct recipe_builder *b, uint32_t n)
{
	append(b, RECIPE_VAR)->a = n;
}

void
recipe_b64(struct recipe_builder *b, int begin)
{
	(void)append(b, begin ? RECIPE_B64_BEGIN : RECIPE_B64_END);
}

const struct recipe *
recipe_end(struct recipe_builder *b)
{
	assert(b->recipe->n_steps <= MAX_STEPS);
	return b->recipe;
}

static int
check_step(const struct step *s, size_t body_size, size_t n_vars,
    bool *in_b64, struct err *err)
{
	switch (s->op) {
	case RECIPE_BODY:
		if (s->a > body_size || (s->b != UINT32_MAX &&
		    s->b > body_size - s->a))
			return err_set(err, ERR_BADINPUT,
			    "bytes %u+%u of a body of %zu", s->a, s->b,
			    body_size);
		return 0;
	case RECIPE_TEXT:
		return 0;
	case RECIPE_VAR:
		if (s->a >= n_vars)
			return err_set(err, ERR_BADINPUT,
			    "variable %u of %zu", s->a, n_vars);
		return 0;
	case RECIPE_B64_BEGIN:
	case RECIPE_B64_END:
		if (*in_b64 == (s->op == RECIPE_B64_BEGIN))
			return err_set(err, ERR_BADINPUT,
			    "base64 begins or ends twice");
		*in_b64 = !*in_b64;
		return 0;
	default:
		return err_set(err, ERR_BADINPUT, "unknown operation %u",
		    s->op);
	}
}

int
recipe_check(const struct recipe *r, size_t body_size, size_t n_vars,
    struct err *err)
{
	bool in_b64 = false;
	size_t i;

	for (i = 0; i < r->n_steps; i++) {
		if (check_step(&r->steps[i], body_size, n_vars, &in_b64,
		    err) != 0)
			return err_wrap(err, "recipe step %zu", i + 1);
	}
	if (in_b64)
		return err_set(err, ERR_BADINPUT, "recipe: base64 has no end");
	return 0;
}

static void
apply_step(const struct step *s, struct span body, const struct var *vars,
    struct str *out)
{
	switch (s->op) {
	case RECIPE_BODY:
		str_addspan(out, span_sub(body, s->a, s->b == UINT32_MAX ?
		    body.n : (size_t)s->a + s->b));
		break;
	case RECIPE_TEXT:
		str_addspan(out, s->text);
		break;
	default:
		str_adds(out, vars[s->a].value);
		break;
	}
}

void
recipe_apply(const struct recipe *r, struct span body,
    const struct var *vars, size_t n_vars, struct str *out)
{
	struct str inner = STR_EMPTY;
	struct str *to = out;
	size_t i;

	(void)n_vars;		/* only the assertion looks at it */
	for (i = 0; i < r->n_steps; i++) {
		const struct step *s = &r->steps[i];

		assert(s->op != RECIPE_VAR || s->a < n_vars);
		if (s->op == RECIPE_B64_BEGIN) {
			str_clear(&inner);
			to = &inner;
		} else if (s->op == RECIPE_B64_END) {
			crypt_base64_lines(out, str_span(&inner));
			to = out;
		} else
			apply_step(s, body, vars, to);
	}
	str_done(&inner);
}

static bool
is_dropped(struct span name, const char *const *drop)
{
	struct span rule;

	for (; *drop != NULL; drop++) {
		rule = span_of(*drop);
		if (rule.n > 0 && rule.p[rule.n - 1] == '*') {
			rule.n--;
			if (span_eqi(span_sub(name, 0, rule.n), rule))
				return true;
		} else if (span_eqi(name, rule))
			return true;
	}
	return false;
}

void
recipe_post(struct recipe_builder *b, const struct digest *d,
    const char *const *drop)
{
	uint64_t pos = 0, end;
	size_t i;

	for (i = 0; i < d->n_cuts; i++) {
		const struct cut *c = &d->cuts[i];

		if (!is_dropped(span_of(c->name), drop))
			continue;
		end = (uint64_t)c->off + c->len;
		if (c->off > pos)
			recipe_body(b, (uint32_t)pos,
			    (uint32_t)(c->off - pos));
		if (end > pos)
			pos = end;
	}
	/* Cuts beyond any file are for recipe_check() to find. */
	recipe_body(b, pos < UINT32_MAX ? (uint32_t)pos : UINT32_MAX,
	    UINT32_MAX);
}
