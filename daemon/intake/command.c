/* SPDX-License-Identifier: ISC */
/*
 * Command syntax. Blanks around arguments are forgiven, as all servers do;
 * nothing else is.
 */
#include "intake/command.h"

#define CHUNK_MAX INT64_MAX

static const struct verb {
	const char *word;
	enum command_verb verb;
} verbs[] = {
	{ "HELO", COMMAND_HELO },
	{ "EHLO", COMMAND_EHLO },
	{ "LHLO", COMMAND_LHLO },
	{ "MAIL", COMMAND_MAIL },
	{ "RCPT", COMMAND_RCPT },
	{ "DATA", COMMAND_DATA },
	{ "BDAT", COMMAND_BDAT },
	{ "RSET", COMMAND_RSET },
	{ "NOOP", COMMAND_NOOP },
	{ "QUIT", COMMAND_QUIT },
	{ "VRFY", COMMAND_VRFY },
	{ "HELP", COMMAND_HELP },
	{ "EXPN", COMMAND_KNOWN },
	{ "STARTTLS", COMMAND_KNOWN },
	{ "AUTH", COMMAND_KNOWN },
	{ "ETRN", COMMAND_KNOWN },
	{ "TURN", COMMAND_KNOWN },
	{ "SEND", COMMAND_KNOWN },
	{ "SOML", COMMAND_KNOWN },
	{ "SAML", COMMAND_KNOWN },
};

enum command_verb
command_verb(struct span line, struct span *args)
{
	struct span rest = line, word = span_cut(&rest, ' ');

	*args = span_trim(rest);
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (span_isi(word, verbs[i].word))
			return verbs[i].verb;
	return COMMAND_UNKNOWN;
}

size_t
command_max(enum command_verb verb)
{
	return verb == COMMAND_MAIL || verb == COMMAND_RCPT ?
	    COMMAND_MAIL_MAX : COMMAND_MAX;
}

/* Index of the ">" that ends the path begun before s: one inside a quoted
 * local part does not. */
static size_t
path_end(struct span s)
{
	bool quoted = false;

	for (size_t i = 0; i < s.n; i++) {
		if (quoted && s.p[i] == '\\')
			i++;
		else if (s.p[i] == '"')
			quoted = !quoted;
		else if (s.p[i] == '>' && !quoted)
			return i;
	}
	return s.n;
}

/* RFC 5321 section 4.1.1.3: a source route is accepted and ignored. */
static struct span
without_route(struct span path)
{
	size_t colon = span_find(path, ':');

	if (path.n == 0 || path.p[0] != '@' || colon == path.n)
		return path;
	return span_sub(path, colon + 1, path.n);
}

bool
command_path(struct span args, const char *word, struct span *path,
    struct span *params)
{
	struct span rest = args;
	size_t end;

	if (!span_has_prefixi(rest, word))
		return false;
	rest = span_trim(span_sub(rest, span_of(word).n, rest.n));
	if (rest.n == 0 || rest.p[0] != '<')
		return false;
	rest = span_sub(rest, 1, rest.n);
	end = path_end(rest);
	if (end == rest.n)
		return false;
	if (end + 1 < rest.n && rest.p[end + 1] != ' ')
		return false;
	*path = without_route(span_sub(rest, 0, end));
	*params = span_trim(span_sub(rest, end + 1, rest.n));
	return true;
}

bool
command_param(struct span *params, struct span *key, struct span *value)
{
	struct span word;

	*params = span_trim(*params);
	if (params->n == 0)
		return false;
	word = span_cut(params, ' ');
	*key = span_cut(&word, '=');
	*value = word;
	return true;
}

bool
command_chunk(struct span args, uint64_t *size, bool *last)
{
	struct span rest = args, number = span_cut(&rest, ' ');

	rest = span_trim(rest);
	if (rest.n != 0 && !span_isi(rest, "LAST"))
		return false;
	*last = rest.n != 0;
	return span_u64(number, CHUNK_MAX, size);
}
