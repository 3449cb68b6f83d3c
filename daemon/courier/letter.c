/* SPDX-License-Identifier: ISC */
/*
 * Making copies. Bare CR or LF would be a second mail to a lenient relay
 * (SMTP smuggling), a control character in an address a second command.
 */
#include "courier/letter.h"

#include <string.h>
#include "base/err.h"
#include "base/utf8.h"
#include "courier/transport.h"
#include "mail/address.h"
#include "mail/recipe.h"

static int
check_envelope(const struct copy *c, struct err *err)
{
	if (!address_is_safe(c->rcpt_to))
		return err_set(err, ERR_BADINPUT,
		    "5.1.3 the recipient's address is not fit for SMTP");
	if (c->mail_from[0] != '\0' && !address_is_safe(c->mail_from))
		return err_set(err, ERR_BADINPUT,
		    "5.1.7 the envelope sender is not fit for SMTP");
	return 0;
}

/* True if an LF follows each CR, and a CR stands before each LF. */
static bool
has_whole_lines(struct span s)
{
	const char *p, *end = s.p + s.n;

	for (p = s.p; (p = memchr(p, '\r', (size_t)(end - p))) != NULL; p++)
		if (p + 1 == end || p[1] != '\n')
			return false;
	for (p = s.p; (p = memchr(p, '\n', (size_t)(end - p))) != NULL; p++)
		if (p == s.p || p[-1] != '\r')
			return false;
	return true;
}

static int
check_text(struct span s, struct err *err)
{
	if (s.n == 0)
		return err_set(err, ERR_BADINPUT, "5.6.0 the copy is empty");
	if (!has_whole_lines(s))
		return err_set(err, ERR_BADINPUT,
		    "5.6.0 the copy has a line that does not end in CRLF");
	if (memchr(s.p, '\0', s.n) != NULL)
		return err_set(err, ERR_BADINPUT,
		    "5.6.0 the copy has a NUL byte");
	return 0;
}

int
letter_make(const struct transport_order *order, size_t i,
    struct letter *l, struct err *err)
{
	const struct batch *b = order->batch;
	const struct copy *c = &b->copies[i];
	struct span s;

	str_clear(&l->text);
	if (check_envelope(c, err) < 0)
		return -1;
	recipe_apply(&b->recipe[0], order->body, c->vars, c->n_vars,
	    &l->text);
	s = str_span(&l->text);
	if (s.n > 0 && s.p[s.n - 1] != '\n')
		str_adds(&l->text, s.p[s.n - 1] == '\r' ? "\n" : "\r\n");
	s = str_span(&l->text);
	l->eight_bit = b->eight_bit || !utf8_is_ascii(s);
	return check_text(s, err);
}

void
letter_done(struct letter *l)
{
	str_done(&l->text);
}
