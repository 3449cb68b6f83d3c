/* SPDX-License-Identifier: ISC */
/*
 * The list's own header fields of a post (RFC 2919, RFC 2369, RFC 3834) and
 * the fields of the author's mail that they replace. Invariant: every field
 * is one line of at most 998 bytes with nothing in it that could fold or end
 * it.
 */
#include "list/list.h"

#include <string.h>
#include "base/arena.h"
#include "base/str.h"
#include "base/utf8.h"
#include "list/note.h"
#include "mail/address.h"

#define TITLE_MAX 100
#define URL_MAX 300	/* each byte may become three */

/* Percent-encode what RFC 3986 does not allow in a URI, and the brackets that
 * would end the list's field (RFC 2369 section 2). */
static void
add_uri(struct str *out, const char *text)
{
	for (const char *p = text; *p != '\0'; p++) {
		unsigned char c = (unsigned char)*p;

		if (c <= ' ' || c >= 0x7F || strchr("<>\"\\^`{|}", c) != NULL)
			str_addf(out, "%%%02X", c);
		else
			str_addc(out, *p);
	}
}

/* "Name: <mailto:LIST-verb@domain>" */
static void
add_mailto(struct str *out, struct arena *a, const char *name,
    const struct list_settings *l, enum route_verb verb)
{
	str_addf(out, "%s: <mailto:", name);
	add_uri(out, route_format(a, l, verb, ""));
	str_adds(out, ">\r\n");
}

static void
add_list_id(struct str *out, struct arena *a, const struct list_settings *l)
{
	const char *id = arena_printf(a, "%s.%s", l->name, l->domain);
	const char *title = list_note_line(a, l->title, TITLE_MAX);

	if (title[0] == '\0')
		str_addf(out, "List-Id: <%s>\r\n", id);
	else
		str_addf(out, "List-Id: %s\r\n", address_format(a, title, id));
}

char *
list_headers(struct arena *a, const struct list_settings *l)
{
	struct str out = STR_EMPTY;
	char *copy;

	add_list_id(&out, a, l);
	add_mailto(&out, a, "List-Help", l, ROUTE_HELP);
	add_mailto(&out, a, "List-Subscribe", l, ROUTE_SUBSCRIBE);
	add_mailto(&out, a, "List-Unsubscribe", l, ROUTE_UNSUBSCRIBE);
	add_mailto(&out, a, "List-Post", l, ROUTE_POST);
	add_mailto(&out, a, "List-Owner", l, ROUTE_OWNER);
	if (l->archive_url[0] != '\0' && strlen(l->archive_url) <= URL_MAX) {
		str_adds(&out, "List-Archive: <");
		add_uri(&out, l->archive_url);
		str_adds(&out, ">\r\n");
	}
	str_adds(&out, "Precedence: list\r\n");
	copy = str_dup(a, &out);
	str_done(&out);
	return copy;
}

const char *const *
list_dropped_headers(void)
{
	/* What we set ourselves, what asks every member's program for a
	 * receipt, passwords of other list managers, blind copies; then what
	 * only the author's and our own border may say: a Delivered-To of a
	 * member would make that member's server see a loop. */
	static const char *const names[] = { "list-*", "precedence",
		"errors-to", "approve*", "x-approve*", "bcc", "resent-bcc",
		"disposition-notification-to", "return-receipt-to",
		"read-receipt-to", "x-confirm-reading-to", "return-path",
		"authentication-results", "delivered-to", "x-original-to",
		"envelope-to", NULL };

	return names;
}
