/* SPDX-License-Identifier: ISC */
/*
 * Proof: does the Authentication-Results of our own border (RFC 8601) say
 * that the From address is genuine? Which fields count was decided by the
 * parser. Invariant: nothing inside a comment or a quoted string is read as
 * a result, since the sender can choose such text.
 */
#include "list/proof.h"

#include <string.h>
#include "base/arena.h"
#include "list/list.h"
#include "model/wire.h"

/* The value with comments blanked and quoted strings masked. */
static char *
masked(struct arena *a, const char *value)
{
	char *out = arena_strdup(a, value);
	size_t depth = 0;
	bool quoted = false;

	for (char *p = out; *p != '\0'; p++) {
		char c = *p;

		if (c == '\\' && (quoted || depth > 0) && p[1] != '\0') {
			*p++ = quoted ? '?' : ' ';
			*p = quoted ? '?' : ' ';
		} else if (quoted) {
			quoted = c != '"';
			*p = '?';
		} else if (c == '(') {
			depth++;
			*p = ' ';
		} else if (depth > 0) {
			depth -= c == ')' ? 1 : 0;
			*p = ' ';
		} else if (c == '"') {
			quoted = true;
			*p = '?';
		} else if (c == '\t') {
			*p = ' ';
		}
	}
	return out;
}

/* Value of "name=value" among the blank-separated words of a result. */
static struct span
property(struct span result, const char *name)
{
	while (result.p != NULL && result.n > 0) {
		struct span word = span_cut(&result, ' ');
		size_t eq = span_find(word, '=');

		if (eq < word.n && span_isi(span_sub(word, 0, eq), name))
			return span_sub(word, eq + 1, word.n);
	}
	return span_make(NULL, 0);
}

/* The signing domain may be the author's or one above it (relaxed, RFC 7489
 * section 3.1.1), but no top-level domain, and never one below: who owns a
 * part of a domain does not speak for the whole. */
static bool
is_aligned(struct span signer, struct span author)
{
	size_t n = signer.n;

	if (n > 0 && span_find(signer, '@') < n)
		signer = span_sub(signer, span_rfind(signer, '@') + 1, n);
	if (signer.n == 0 || span_find(signer, '.') == signer.n)
		return false;
	if (span_eqi(signer, author))
		return true;
	return author.n > signer.n + 1 &&
	    author.p[author.n - signer.n - 1] == '.' &&
	    span_eqi(span_sub(author, author.n - signer.n, author.n), signer);
}

static struct span
author_domain(const struct digest *d)
{
	struct span key = span_of(d->from[0].key);

	return span_sub(key, span_rfind(key, '@') + 1, key.n);
}

/* Is one result, "dkim=pass header.d=x", a proof for the author's domain? */
static bool
proves(struct span result, struct span author)
{
	struct span p;

	if (span_isi(property(result, "dkim"), "pass")) {
		p = property(result, "header.d");
		if (p.n == 0)
			p = property(result, "header.i");
		return is_aligned(p, author);
	}
	if (!span_isi(property(result, "dmarc"), "pass"))
		return false;
	p = property(result, "header.from");
	return p.n == 0 || is_aligned(p, author);
}

static struct span
next_result(struct span *rest)
{
	size_t n = 0;

	while (n < rest->n && rest->p[n] != ';' && rest->p[n] != '\n')
		n++;
	struct span out = span_trim(span_sub(*rest, 0, n));
	*rest = span_sub(*rest, n + 1, rest->n);
	return out;
}

bool
list_is_proven(struct arena *a, const struct digest *d)
{
	struct span rest, author;

	if (d->n_from != 1)
		return false;
	author = author_domain(d);
	rest = span_of(masked(a, d->auth_results));
	while (rest.n > 0)
		if (proves(next_result(&rest), author))
			return true;
	return false;
}

bool
list_proof_is_forged(struct arena *a, const struct digest *d)
{
	struct span rest = span_of(masked(a, d->auth_results));

	if (list_is_proven(a, d))
		return false;
	while (rest.n > 0)
		if (span_isi(property(next_result(&rest), "dmarc"), "fail"))
			return true;
	return false;
}
