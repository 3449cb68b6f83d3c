/* SPDX-License-Identifier: ISC */
/*
 * Error values: filling, wrapping, naming. Never logs and never allocates.
 * Invariant: text is NUL-terminated and not cut inside a UTF-8 character.
 */
#include "base/err.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

/* Put text, cut to fit, into e. */
static void
put_text(struct err *e, const char *text)
{
	struct span s;

	s = utf8_truncate(span_of(text), sizeof(e->text) - 1);
	memmove(e->text, s.p, s.n);
	e->text[s.n] = '\0';
}

int
err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
{
	char text[sizeof(e->text) + 8];
	va_list ap;

	if (e == NULL)
		return -1;
	va_start(ap, fmt);
	if (vsnprintf(text, sizeof(text), fmt, ap) < 0)
		text[0] = '\0';
	va_end(ap);
	e->kind = kind;
	put_text(e, text);
	return -1;
}

static enum err_kind
kind_of_errno(int code)
{
	if (code == ENOENT)
		return ERR_NOTFOUND;
	if (code == EEXIST)
		return ERR_CONFLICT;
	return ERR_TEMP;
}

int
err_sys(struct err *e, const char *fmt, ...)
{
	char what[400], text[sizeof(e->text) + 8];
	int code = errno;
	va_list ap;

	if (e == NULL)
		return -1;
	va_start(ap, fmt);
	if (vsnprintf(what, sizeof(what), fmt, ap) < 0)
		what[0] = '\0';
	va_end(ap);
	if (snprintf(text, sizeof(text), "%s: %s", what, strerror(code)) < 0)
		text[0] = '\0';
	e->kind = kind_of_errno(code);
	put_text(e, text);
	return -1;
}

int
err_wrap(struct err *e, const char *fmt, ...)
{
	char what[200], text[2 * sizeof(e->text)];
	va_list ap;

	if (e == NULL)
		return -1;
	va_start(ap, fmt);
	if (vsnprintf(what, sizeof(what), fmt, ap) < 0)
		what[0] = '\0';
	va_end(ap);
	if (snprintf(text, sizeof(text), "%s: %s", what, e->text) < 0)
		text[0] = '\0';
	put_text(e, text);
	return -1;
}

const char *
err_kind_name(enum err_kind kind)
{
	static const char *const names[] = {
		"none", "temp", "perm", "denied", "notfound", "conflict",
		"limit", "badinput",
	};

	if ((size_t)kind >= sizeof(names) / sizeof(names[0]))
		return "unknown";
	return names[kind];
}
