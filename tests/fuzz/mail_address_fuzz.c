/* SPDX-License-Identifier: ISC */
/*
 * Addresses over one input, as one address and as a list: what is accepted
 * must be accepted again, unchanged, and survive formatting.
 */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/utf8.h"
#include "mail/address.h"

static void
must(int condition)
{
	if (!condition)
		abort();
}

static void
check_mailbox(struct arena *a, const struct mailbox *m)
{
	struct mailbox *again = NULL;
	const char *addr = NULL;
	size_t n = 0;
	char *text;

	must(address_parse(a, span_of(m->addr), &addr, NULL) == 0);
	must(strcmp(addr, m->addr) == 0 && address_is_safe(addr));
	must(strpbrk(addr, "\r\n") == NULL);
	must(utf8_is_valid(span_of(m->name)) && strlen(m->name) <= 255);
	must(strcmp(m->key, address_key(a, m->addr)) == 0);
	text = address_format(a, m->name, m->addr);
	must(strpbrk(text, "\r\n") == NULL);
	must(address_list(a, span_of(text), 1, &again, &n, NULL) == 0);
	must(n == 1 && strcmp(again[0].addr, m->addr) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct span in = span_make((const char *)data, size);
	struct err err = { ERR_NONE, "" };
	struct mailbox *m = NULL;
	const char *addr = NULL;
	size_t i, n = 0, some;

	if (address_parse(a, in, &addr, &err) == 0) {
		must(strlen(addr) == size);
		must(strncasecmp(addr, in.p, size) == 0);
	}
	must(utf8_is_valid(span_of(err.text)));
	if (address_list(a, in, 20, &m, &n, &err) == 0)
		must(n > 0 && n <= 20);
	for (i = 0; i < n; i++)
		check_mailbox(a, &m[i]);
	some = address_some(a, in, 20, &m);
	must(some <= 20 && some >= n);
	for (i = 0; i < some; i++)
		check_mailbox(a, &m[i]);
	arena_free(a);
	return 0;
}
