/* SPDX-License-Identifier: ISC */
/*
 * Sending with libesmtp 1.1 and a guard at each of its traps. Two messages
 * are in the library's list at any time: the one that is being sent and the
 * next; whenever one is settled a further copy is made in its memory, so that
 * a batch costs the memory of two copies. Invariant: a copy is reported once,
 * as sent only if RCPT and the end of the data were both answered 2xx.
 */
#include "courier/esmtp.h"

#include <openssl/ssl.h>
#include <auth-client.h>
#include <libesmtp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include "base/err.h"
#include "base/utf8.h"
#include "base/xmalloc.h"
#include "courier/answer.h"
#include "courier/chat.h"
#include "courier/guise.h"
#include "courier/letter.h"
#include "courier/nodelay.h"
#include "courier/relay.h"
#include "courier/tls.h"
#include "courier/transport.h"
#include "model/settings.h"

/* The library writes past its 256 bytes for more (xtext of ENVID, ORCPT). */
#define XTEXT_MAX 250
#define ENVID_MAX 100		/* RFC 3461 section 4.4 */

/* One of the two messages in the library's list. */
struct slot {
	bool busy;
	size_t i;		/* which copy */
	smtp_message_t message;
	smtp_recipient_t recipient;
	struct letter letter;
	struct str guise;	/* header block that the library is given */
	size_t restored;	/* bytes of it already put right */
	int part;		/* 0 header, 1 body, 2 end */
};

/* One session. */
struct run {
	struct relay *relay;
	const struct transport_order *order;
	smtp_session_t session;
	struct chat chat;
	struct slot slots[2];
	struct slot *sending;
	size_t next;		/* first copy that was not tried yet */
	bool progress;		/* the session settled a copy */
	bool plain;		/* no STARTTLS this time */
	bool lacks_8bit;	/* refused: the relay has no 8BITMIME */
	bool lacks_tls;		/* refused: the relay has no STARTTLS */
};

/* --- results --- */

/* Report a message that was decided on. 421 is no decision: it ends the
 * connection (RFC 5321 section 3.8), often after so many mails. */
static bool
settle(struct run *r, struct slot *s)
{
	const smtp_status_t *st = answer_get(s->message, s->recipient);

	if (st == NULL || st->code == 421)
		return false;
	answer_report(r->order, s->i, st);
	r->progress = true;
	s->busy = false;
	return true;
}

/* --- messages --- */

/* libesmtp asks for the message: len is NULL to begin, then part by part. */
static const char *
read_message(void **ctx, int *len, void *arg)
{
	struct slot *s = arg;
	struct span text = str_span(&s->letter.text), part;

	(void)ctx;
	if (len == NULL) {
		s->part = 0;
		s->restored = 0;
		return NULL;
	}
	part = s->part == 0 ? str_span(&s->guise) :
	    span_sub(text, s->guise.len, text.n);
	if (s->part > 1 || part.n == 0)
		part = span_make(NULL, 0);
	s->part++;
	*len = (int)part.n;
	return part.n > 0 ? part.p : NULL;
}

/* RFC 3461 section 5: length of s as xtext. */
static size_t
xtext_length(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += *s < '!' || *s > '~' || *s == '+' || *s == '=' ? 3 : 1;
	return n;
}

/* What a relay that can DSN may put into its reports. */
static bool
ask_for_reports(struct run *r, struct slot *s, const struct copy *c)
{
	const char *id = r->order->batch->message_id;

	if (!smtp_dsn_set_ret(s->message, Ret_HDRS))
		return false;
	if (id[0] != '\0' && utf8_is_ascii(span_of(id)) &&
	    xtext_length(id) <= ENVID_MAX &&
	    !smtp_dsn_set_envid(s->message, id))
		return false;
	return xtext_length(c->rcpt_to) > XTEXT_MAX ||
	    smtp_dsn_set_orcpt(s->recipient, "rfc822", c->rcpt_to);
}

static bool
fill_message(struct run *r, struct slot *s, const struct copy *c)
{
	s->message = smtp_add_message(r->session);
	if (s->message == NULL)
		return false;
	smtp_message_set_application_data_release(s->message, s, NULL);
	s->recipient = smtp_add_recipient(s->message, c->rcpt_to);
	return s->recipient != NULL &&
	    smtp_set_reverse_path(s->message,
		c->mail_from[0] != '\0' ? c->mail_from : NULL) &&
	    smtp_set_messagecb(s->message, read_message, s) &&
	    smtp_size_set_estimate(s->message, s->letter.text.len) &&
	    (!s->letter.eight_bit || smtp_8bitmime_set_body(s->message,
		E8bitmime_8BITMIME)) &&
	    ask_for_reports(r, s, c);
}

/* Put the letter of a slot into the library's list. */
static void
enlist(struct run *r, struct slot *s)
{
	if (!fill_message(r, s, &r->order->batch->copies[s->i]))
		abort();	/* out of memory */
	s->busy = true;
}

/* Can copy i go by this transport and relay? */
static int
prepare(struct run *r, struct slot *s, struct err *err)
{
	const struct batch *b = r->order->batch;
	const struct copy *c = &b->copies[s->i];
	struct span text;

	if (b->utf8 || !utf8_is_ascii(span_of(c->rcpt_to)) ||
	    !utf8_is_ascii(span_of(c->mail_from)))
		return err_set(err, ERR_PERM,
		    "5.6.7 needs SMTPUTF8, which esmtp:// has not");
	if (letter_make(r->order, s->i, &s->letter, err) < 0)
		return -1;
	if (s->letter.eight_bit && r->chat.stage == CHAT_MAIL &&
	    !r->chat.offers_8bit)
		return err_set(err, ERR_PERM,
		    "5.6.3 the relay does not offer 8BITMIME");
	text = str_span(&s->letter.text);
	return guise_make(span_sub(text, 0, guise_header(text)), &s->guise,
	    err);
}

/* Fill a slot with the next copy that can be sent; report those that cannot. */
static void
refill(struct run *r, struct slot *s)
{
	while (r->next < r->order->batch->n_copies) {
		struct err err = { 0 };

		s->i = r->next++;
		if (prepare(r, s, &err) == 0) {
			enlist(r, s);
			return;
		}
		transport_report(r->order, s->i, RESULT_FAILED, 0, err.text);
	}
}

/* --- what the library tells meanwhile --- */

static void
cut(void)
{
	/* All that follows fails; nothing is in flight yet. */
	if (nodelay_fd() >= 0)
		(void)shutdown(nodelay_fd(), SHUT_RDWR);
}

/* Put the true bytes of a header field in place of its guise: buf is the
 * library's own, writable memory, which it is about to send. */
static void
unmask(struct slot *s, const char *buf, size_t n)
{
	if (s == NULL || n > s->guise.len - s->restored)
		return;
	memcpy((char *)(uintptr_t)buf, s->letter.text.data + s->restored, n);
	s->restored += n;
}

/* The library looks up the bytes of an EHLO reply in a table that has no
 * place for those above 127; the memory is its own, as above. */
static void
force_ascii(const char *buf, size_t n)
{
	char *p = (char *)(uintptr_t)buf;

	for (size_t i = 0; i < n; i++)
		if ((unsigned char)p[i] > 127)
			p[i] = '?';
}

static void
on_bytes(const char *buf, int len, int writing, void *arg)
{
	struct run *r = arg;
	struct span data = span_make(buf, len > 0 ? (size_t)len : 0);
	bool fine = true;

	if (writing == SMTP_CB_HEADERS)
		unmask(r->sending, buf, data.n);
	else if (writing == SMTP_CB_WRITING)
		fine = chat_sent(&r->chat, data);
	else
		fine = chat_heard(&r->chat, data);
	if (writing == SMTP_CB_READING && r->chat.stage == CHAT_HELLO)
		force_ascii(buf, data.n);
	if (!fine)
		cut();
}

/* The relay has decided on a message: report it and make the next one. */
static void
on_progress(struct run *r, smtp_message_t message)
{
	struct slot *s = smtp_message_get_application_data(message);

	if (s->message == message && s->busy && settle(r, s))
		refill(r, s);
}

/* Certificates: OpenSSL has compared the name by itself when that matters;
 * the library compares it with what the DNS made of it. */
static void
on_certificate(struct run *r, int event, va_list ap)
{
	int *ok;

	if (event == SMTP_EV_INVALID_PEER_CERTIFICATE)
		(void)va_arg(ap, long);
	ok = va_arg(ap, int *);
	if (event == SMTP_EV_WRONG_PEER_CERTIFICATE ||
	    !relay_is_strict(r->relay))
		*ok = 1;
}

static void
on_event(smtp_session_t session, int event, void *arg, ...)
{
	struct run *r = arg;
	smtp_message_t message;
	va_list ap;

	(void)session;
	va_start(ap, arg);
	switch (event) {
	case SMTP_EV_CONNECT:
		/* The address before this one had nothing to say. */
		chat_init(&r->chat, r->relay->password != NULL);
		break;
	case SMTP_EV_MAILSTATUS:
		(void)va_arg(ap, const char *);
		message = va_arg(ap, smtp_message_t);
		r->sending = smtp_message_get_application_data(message);
		on_progress(r, message);	/* if it was refused */
		break;
	case SMTP_EV_MESSAGESENT:
		on_progress(r, va_arg(ap, smtp_message_t));
		break;
	case SMTP_EV_EXTNA_8BITMIME:
		r->lacks_8bit = true;
		break;
	case SMTP_EV_EXTNA_STARTTLS:
		r->lacks_tls = true;
		break;
	case SMTP_EV_INVALID_PEER_CERTIFICATE:
	case SMTP_EV_NO_PEER_CERTIFICATE:
	case SMTP_EV_WRONG_PEER_CERTIFICATE:
		on_certificate(r, event, ap);
		break;
	default:
		break;
	}
	va_end(ap);
}

static int
on_ask(auth_client_request_t request, char **result, int fields, void *arg)
{
	const struct relay *relay = arg;

	for (int i = 0; i < fields; i++) {
		if ((request[i].flags & AUTH_USER) != 0)
			result[i] = (char *)(uintptr_t)
			    relay->settings->relay_user;
		else if ((request[i].flags & AUTH_PASS) != 0)
			result[i] = relay->password;
		else
			return 0;
	}
	return 1;
}

/* --- a session --- */

static void
set_timeouts(struct run *r)
{
	static const int which[] = { Timeout_GREETING, Timeout_ENVELOPE,
		Timeout_DATA, Timeout_TRANSFER, Timeout_DATA2 };
	/* Milliseconds, whatever its manual says. */
	long ms = (long)r->relay->settings->relay_timeout_s * 1000;

	for (size_t i = 0; i < sizeof(which) / sizeof(which[0]); i++)
		(void)smtp_set_timeout(r->session,
		    which[i] | Timeout_OVERRIDE_RFC2822_MINIMUM, ms);
}

static auth_context_t
set_up_login(struct run *r)
{
	auth_context_t auth;

	if (r->relay->password == NULL)
		return NULL;
	auth = auth_create_context();
	if (auth == NULL)
		abort();	/* out of memory */
	auth_set_interact_cb(auth, on_ask, r->relay);
	/* The bare password only to whom a certificate vouches for. */
	if (relay_is_strict(r->relay))
		auth_set_mechanism_flags(auth, AUTH_PLUGIN_PLAIN, 0);
	smtp_auth_set_context(r->session, auth);
	return auth;
}

static void
set_up(struct run *r)
{
	const struct relay *relay = r->relay;

	r->session = smtp_create_session();
	if (r->session == NULL || !smtp_set_server(r->session,
	    relay->server) || !smtp_set_hostname(r->session,
	    relay->settings->hostname))
		abort();	/* out of memory */
	(void)smtp_set_eventcb(r->session, on_event, r);
	(void)smtp_set_monitorcb(r->session, on_bytes, r, 1);
	set_timeouts(r);
	if (relay->tls == NULL || r->plain)
		return;
	/* A context of ours always: the library's own crashes at the second
	 * session. */
	(void)smtp_starttls_set_ctx(r->session, tls_context(relay->tls));
	(void)smtp_starttls_enable(r->session, relay_is_strict(relay) ?
	    Starttls_REQUIRED : Starttls_ENABLED);
}

/* Why the session ended before all was answered. */
static void
explain(struct run *r, bool connected, int error, struct str *out)
{
	const char *fault = r->relay->tls != NULL ?
	    tls_fault(r->relay->tls) : "";
	char text[200];

	str_addf(out, "relay %s: ", r->relay->server);
	if (r->chat.fault != NULL)
		str_addf(out, "%s: %s", r->chat.fault, r->chat.last);
	else if (r->lacks_tls)
		str_adds(out, "STARTTLS is not offered");
	else if (r->lacks_8bit)
		str_adds(out, "8BITMIME is not offered");
	else if (r->chat.stage == CHAT_STARTTLS && fault[0] != '\0')
		str_addf(out, "TLS failed: %s", fault);
	else if (r->chat.stage == CHAT_MAIL)
		str_addf(out, "the session ended before an answer: %s",
		    smtp_strerror(error, text, sizeof(text)));
	else if (connected || r->chat.last[0] != '\0')
		str_addf(out, "no session: %s", r->chat.last[0] != '\0' ?
		    r->chat.last : "no answer");
	else
		str_adds(out, smtp_strerror(error, text, sizeof(text)));
}

/* Report copy i, of which nothing is known. */
static void
report_open(struct run *r, size_t i, struct letter *l, const char *why)
{
	struct err err = { 0 };
	bool never = r->lacks_8bit && letter_make(r->order, i, l, &err) == 0 &&
	    l->eight_bit;

	transport_report(r->order, i, never ? RESULT_FAILED : RESULT_RETRY, 0,
	    why);
}

/* The session ended with the message of a slot open. What was certainly not
 * delivered stays in the slot for another session. */
static void
leave_slot(struct run *r, struct slot *s, const char *why)
{
	const smtp_status_t *st = answer_get(s->message, s->recipient);
	bool untouched = st != NULL || answer_is_untouched(s->message);

	if (r->progress && untouched)
		return;
	if (st != NULL)
		answer_report(r->order, s->i, st);
	else
		report_open(r, s->i, &s->letter, why);
	s->busy = false;
}

/* The session is over. If it has settled something, another one may well
 * settle more; else all that is left is reported. */
static void
leave(struct run *r, const char *why)
{
	for (size_t k = 0; k < 2; k++)
		if (r->slots[k].busy)
			(void)settle(r, &r->slots[k]);
	for (size_t k = 0; k < 2; k++)
		if (r->slots[k].busy)
			leave_slot(r, &r->slots[k], why);
	for (; !r->progress && r->next < r->order->batch->n_copies; r->next++)
		report_open(r, r->next, &r->slots[0].letter, why);
}

/* With TLS "may" a handshake that fails is no reason to send nothing. */
static bool
should_go_plain(const struct run *r)
{
	return r->relay->tls != NULL && !relay_is_strict(r->relay) &&
	    !r->plain && r->chat.stage == CHAT_STARTTLS &&
	    r->chat.fault == NULL;
}

/* Call the library, with the guards that stand around it. */
static void
talk(struct run *r, struct str *why)
{
	int connected;

	nodelay_begin((int)r->relay->settings->relay_timeout_s * 1000);
	connected = smtp_start_session(r->session);
	nodelay_end();
	explain(r, connected != 0, smtp_errno(), why);
}

/* One session over what the slots hold and the copies from r->next on. */
static void
run_session(struct run *r)
{
	auth_context_t auth;
	struct str why = STR_EMPTY;

	chat_init(&r->chat, r->relay->password != NULL);
	r->lacks_8bit = r->lacks_tls = r->progress = false;
	r->sending = NULL;
	set_up(r);
	auth = set_up_login(r);
	for (size_t k = 0; k < 2; k++) {
		if (r->slots[k].busy)
			enlist(r, &r->slots[k]);
		else
			refill(r, &r->slots[k]);
	}
	if (r->slots[0].busy || r->slots[1].busy)
		talk(r, &why);
	if (should_go_plain(r))
		r->plain = true;
	else
		leave(r, str_get(&why));
	(void)smtp_auth_set_context(r->session, NULL);
	if (auth != NULL)
		(void)auth_destroy_context(auth);
	(void)smtp_destroy_session(r->session);
	str_done(&why);
}

static void
esmtp_send(void *arg, const struct transport_order *order)
{
	struct run *r = xcalloc(1, sizeof(*r));

	r->relay = arg;
	r->order = order;
	while (r->slots[0].busy || r->slots[1].busy ||
	    r->next < order->batch->n_copies)
		run_session(r);
	for (size_t k = 0; k < 2; k++) {
		letter_done(&r->slots[k].letter);
		str_done(&r->slots[k].guise);
	}
	free(r);
	order->done(order->arg);
}

/* --- the transport --- */

static int
check(const char *place, struct err *err)
{
	struct span host;
	uint64_t port;

	return relay_parse(place, &host, &port, err);
}

static void *
esmtp_open(const struct settings *settings, struct ev *ev, const char *place,
    struct err *err)
{
	(void)ev;
	/* The library looks for keys there, and fails if it may not. */
	if (setenv("HOME", "/nonexistent", 1) < 0 ||
	    unsetenv("XDG_CONFIG_DIR") < 0) {
		(void)err_sys(err, "setting HOME");
		return NULL;
	}
	return relay_open(settings, place, err);
}

static void
esmtp_close(void *arg)
{
	relay_close(arg);
}

const struct transport_ops *
esmtp_ops(void)
{
	static const struct transport_ops ops = { "esmtp", check, esmtp_open,
		esmtp_send, esmtp_close };

	return &ops;
}
