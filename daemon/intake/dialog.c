/* SPDX-License-Identifier: ISC */
/*
 * Dialog: what each command of SMTP and LMTP does. RFC 5321, 2033, 2920,
 * 6152, 6531, 1870, 2034, 3030. Owns no mechanism (intake/session.c).
 */
#include "intake/state.h"

#include <string.h>
#include "base/arena.h"
#include "base/err.h"
#include "mail/address.h"
#include "model/route.h"

/* What MSG_MAIL can carry beside a sender. */
#define RCPT_MAX 1000
#define RCPT_BYTES_MAX 48000

/* A command line; more: input stands behind it already. */
struct call {
	enum command_verb verb;
	struct span args;
	bool more;
};

/*
 * DATA, EHLO and its kin end a group of pipelined commands (RFC 2920 section
 * 3.1): who goes on without our reply has not read it, and might mean mail
 * by what we would take as commands.
 */
static void
unsynchronised(struct session *s)
{
	session_close(s, 554, "5.5.0 You went on before my reply, closing");
}

/* --- HELO, EHLO, LHLO --- */

/* Keep the name for the trace field; nothing is decided by it. */
static void
keep_helo(struct session *s, struct span name)
{
	size_t n = 0;

	for (size_t i = 0; i < name.n && n + 1 < sizeof(s->helo); i++) {
		char c = name.p[i];
		bool fit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || strchr(".-_:[]", c) != NULL;

		s->helo[n++] = fit && c != '\0' ? c : '?';
	}
	s->helo[n] = '\0';
}

static void
list_extensions(struct session *s)
{
	str_addf(&s->out, "250-%s\r\n"
	    "250-PIPELINING\r\n"
	    "250-SIZE %lld\r\n"
	    "250-8BITMIME\r\n"
	    "250-ENHANCEDSTATUSCODES\r\n"
	    "250-CHUNKING\r\n"
	    "250 SMTPUTF8\r\n", s->settings->hostname,
	    (long long)s->settings->max_message);
}

static void
do_hello(struct session *s, const struct call *call)
{
	bool lmtp = s->protocol == INTAKE_LMTP;

	if (lmtp != (call->verb == COMMAND_LHLO)) {
		session_bad(s, 500, lmtp ? "5.5.1 This is LMTP, say LHLO" :
		    "5.5.1 This is SMTP, say EHLO");
		return;
	}
	if (call->args.n == 0) {
		session_bad(s, 501, "5.5.4 Say your host's name");
		return;
	}
	if (call->more) {
		unsynchronised(s);
		return;
	}
	session_reset(s);
	keep_helo(s, call->args);
	s->greeted = true;
	s->extended = call->verb != COMMAND_HELO;
	if (s->extended)
		list_extensions(s);
	else
		session_reply(s, 250, s->settings->hostname);
}

/* --- MAIL --- */

/* One parameter of MAIL. False if it was refused. */
static bool
mail_param(struct session *s, struct span key, struct span value)
{
	uint64_t size;

	if (s->extended && span_isi(key, "SIZE") &&
	    span_u64(value, INT64_MAX, &size)) {
		if ((int64_t)size <= s->settings->max_message)
			return true;
		session_bad(s, 552, arena_printf(s->arena,
		    "5.3.4 The mail is larger than %lld bytes",
		    (long long)s->settings->max_message));
		return false;
	}
	if (s->extended && span_isi(key, "BODY") &&
	    (span_isi(value, "7BIT") || span_isi(value, "8BITMIME"))) {
		s->mail.eight_bit = span_isi(value, "8BITMIME");
		return true;
	}
	if (s->extended && span_isi(key, "SMTPUTF8") && value.p == NULL) {
		s->mail.utf8 = true;
		return true;
	}
	session_bad(s, 555, arena_printf(s->arena,
	    "5.5.4 Parameter %.*s is not supported",
	    (int)utf8_truncate(key, 80).n, key.p));
	return false;
}

/* Check an address and give its normal form. False if it was refused. */
static bool
take_address(struct session *s, struct span path, const char *status,
    const char **out)
{
	struct err err = { 0 };

	if (!utf8_is_ascii(path) && !s->mail.utf8) {
		session_bad(s, 553, "5.6.7 Such an address needs SMTPUTF8");
		return false;
	}
	if (address_parse(s->arena, path, out, &err) == 0)
		return true;
	session_bad(s, 553, arena_printf(s->arena, "%s %s", status, err.text));
	return false;
}

static void
do_mail(struct session *s, const struct call *call)
{
	struct span path, params, key, value;
	const char *sender = "";

	if (!s->greeted || s->has_sender) {
		session_bad(s, 503, s->has_sender ?
		    "5.5.1 A mail is open already, RSET first" :
		    "5.5.1 Say hello first");
		return;
	}
	session_reset(s);
	if (!command_path(call->args, "FROM:", &path, &params)) {
		session_bad(s, 501, "5.5.4 Syntax: MAIL FROM:<address>");
		return;
	}
	while (command_param(&params, &key, &value))
		if (!mail_param(s, key, value))
			return;
	if (path.n > 0 && !take_address(s, path, "5.1.7", &sender))
		return;
	s->mail.sender = sender;
	s->mail.lmtp = s->protocol == INTAKE_LMTP;
	s->has_sender = true;
	session_reply(s, 250, "2.1.0 Sender taken");
}

/* --- RCPT --- */

/* RFC 5321 section 4.5.1: postmaster is always there. It is the owner of the
 * first list, or of the first list of the domain that is named. */
static const char *
postmaster(struct session *s, struct span path)
{
	struct span domain = path, local = span_cut(&domain, '@');

	if (!span_isi(local, "postmaster"))
		return NULL;
	for (size_t i = 0; i < s->settings->n_lists; i++) {
		const struct list_settings *l = &s->settings->lists[i];

		if (domain.p == NULL || span_isi(domain, l->domain))
			return route_format(s->arena, l, ROUTE_OWNER, "");
	}
	return NULL;
}

static bool
has_room(struct session *s, struct span path)
{
	size_t max = s->settings->intake_rcpts;

	if (max > RCPT_MAX)
		max = RCPT_MAX;
	return s->mail.n_rcpts < max &&
	    s->rcpt_bytes + path.n <= RCPT_BYTES_MAX;
}

static void
add_rcpt(struct session *s, const char *addr)
{
	if (s->mail.rcpts == NULL)
		s->mail.rcpts = arena_array(s->arena, RCPT_MAX,
		    sizeof(*s->mail.rcpts));
	s->mail.rcpts[s->mail.n_rcpts++].addr = addr;
	s->rcpt_bytes += strlen(addr) + 8;
	session_reply(s, 250, "2.1.5 Recipient taken");
}

static void
do_rcpt(struct session *s, const struct call *call)
{
	struct span path, params;
	struct route route;
	const char *addr;

	if (!s->has_sender || s->begun) {
		session_bad(s, 503, "5.5.1 No MAIL before this RCPT");
		return;
	}
	if (!command_path(call->args, "TO:", &path, &params)) {
		session_bad(s, 501, "5.5.4 Syntax: RCPT TO:<address>");
		return;
	}
	if (params.n > 0) {
		session_bad(s, 555, "5.5.4 RCPT has no parameters here");
		return;
	}
	if (!has_room(s, path)) {
		session_reply(s, 452, "4.5.3 Too many recipients");
		return;
	}
	addr = postmaster(s, path);
	if (addr == NULL && !take_address(s, path, "5.1.3", &addr))
		return;
	if (route_parse(s->arena, s->settings, addr, &route) != 0) {
		session_bad(s, 550, arena_printf(s->arena,
		    "5.1.1 <%s>: no such list here", addr));
		return;
	}
	add_rcpt(s, addr);
}

/* --- DATA, BDAT --- */

static void
do_data(struct session *s, const struct call *call)
{
	if (call->args.n > 0)
		session_bad(s, 501, "5.5.4 DATA has no arguments");
	else if (s->begun)
		session_bad(s, 503, "5.5.1 DATA cannot follow BDAT");
	else if (!s->has_sender)
		session_bad(s, 503, "5.5.1 No MAIL before this DATA");
	else if (call->more)
		unsynchronised(s);
	else if (s->mail.n_rcpts == 0)
		session_bad(s, 503, "5.5.1 No valid recipients");
	else
		session_begin(s, true);
}

static void
do_bdat(struct session *s, const struct call *call)
{
	uint64_t size;
	bool last;

	/* Without its length the chunk cannot be told from commands. */
	if (!command_chunk(call->args, &size, &last)) {
		session_close(s, 501,
		    "5.5.4 Syntax: BDAT SIZE [LAST], closing");
		return;
	}
	s->chunk_left = size;
	s->chunk_last = last;
	s->chunk_void = s->mail.n_rcpts == 0;
	if (!s->chunk_void && !s->begun)
		session_begin(s, false);
	else
		s->phase = PHASE_CHUNK;
}

/* --- the rest --- */

static void
do_rset(struct session *s, const struct call *call)
{
	(void)call;
	session_reset(s);
	session_reply(s, 250, "2.0.0 Forgotten");
}

static void
do_quit(struct session *s, const struct call *call)
{
	(void)call;
	session_close(s, 221, "2.0.0 Bye");
}

static void
do_noop(struct session *s, const struct call *call)
{
	(void)call;
	session_reply(s, 250, "2.0.0 Fine");
}

static void
do_help(struct session *s, const struct call *call)
{
	(void)call;
	session_reply(s, 214,
	    "2.0.0 Lists live here; write to LIST-help for their commands");
}

static void
do_vrfy(struct session *s, const struct call *call)
{
	(void)call;
	session_reply(s, 252, "2.5.2 Try RCPT");
}

static void
do_known(struct session *s, const struct call *call)
{
	(void)call;
	session_bad(s, 502, "5.5.1 Not offered here");
}

static void
do_unknown(struct session *s, const struct call *call)
{
	(void)call;
	session_bad(s, 500, "5.5.2 Unknown command");
}

static void (*const handlers[])(struct session *, const struct call *) = {
	[COMMAND_UNKNOWN] = do_unknown,
	[COMMAND_HELO] = do_hello,
	[COMMAND_EHLO] = do_hello,
	[COMMAND_LHLO] = do_hello,
	[COMMAND_MAIL] = do_mail,
	[COMMAND_RCPT] = do_rcpt,
	[COMMAND_DATA] = do_data,
	[COMMAND_BDAT] = do_bdat,
	[COMMAND_RSET] = do_rset,
	[COMMAND_NOOP] = do_noop,
	[COMMAND_QUIT] = do_quit,
	[COMMAND_VRFY] = do_vrfy,
	[COMMAND_HELP] = do_help,
	[COMMAND_KNOWN] = do_known,
};

void
dialog_command(struct session *s, struct span line, bool more)
{
	struct call call = { .more = more };

	call.verb = command_verb(line, &call.args);
	if (line.n + 2 > command_max(call.verb))
		session_bad(s, 500, "5.5.2 Line too long");
	else
		handlers[call.verb](s, &call);
}
