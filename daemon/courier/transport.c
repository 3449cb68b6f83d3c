/* SPDX-License-Identifier: ISC */
/*
 * The table of transports. Knows their names, nothing of what they do.
 */
#include "courier/transport.h"

#include <stdlib.h>
#include <string.h>
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/utf8.h"
#include "base/xmalloc.h"
#include "courier/esmtp.h"
#include "courier/outbox.h"
#include "model/settings.h"

/* Bytes of a result's text: 64 of them fit one message between roles. */
#define TEXT_MAX 300

struct transport {
	const struct transport_ops *ops;
	void *self;
};

/* Resolve url: 0 and what to open, or -1. */
static int
find(const char *url, const struct transport_ops **ops, const char **place,
    struct err *err)
{
	static const struct {
		const char *scheme;
		const struct transport_ops *(*ops)(void);	/* or NULL */
	} table[] = {
		{ "outbox", outbox_ops },
		{ "esmtp", esmtp_ops },
		{ "smtp", esmtp_ops },
		{ "lmtp", NULL },
		{ "lmtp+unix", NULL },
	};
	struct span rest = span_of(url), scheme = span_cut(&rest, ':');

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (!span_is(scheme, table[i].scheme) || rest.p == NULL)
			continue;
		if (table[i].ops == NULL)
			return err_set(err, ERR_BADINPUT, "%s comes with "
			    "jcad's own sending engine, which this version "
			    "has not; use esmtp://HOST:PORT or outbox:DIR",
			    table[i].scheme);
		*ops = table[i].ops();
		*place = rest.p;
		return (*ops)->check(rest.p, err);
	}
	return err_set(err, ERR_BADINPUT, "\"%s\" is not of a known kind; "
	    "use esmtp://HOST:PORT or outbox:DIR", url);
}

int
transport_check(const char *url, struct err *err)
{
	const struct transport_ops *ops;
	const char *place;

	return find(url, &ops, &place, err);
}

struct transport *
transport_open(const struct settings *settings, struct ev *ev,
    struct err *err)
{
	struct str url = STR_EMPTY;
	const struct transport_ops *ops;
	struct transport *t = NULL;
	const char *place;
	void *self;

	if (settings->relay_url[0] != '\0')
		str_adds(&url, settings->relay_url);
	else
		str_addf(&url, "outbox:%s/outbox", settings->spool);
	if (find(str_get(&url), &ops, &place, err) == 0) {
		self = ops->open(settings, ev, place, err);
		if (self != NULL) {
			t = xcalloc(1, sizeof(*t));
			t->ops = ops;
			t->self = self;
		}
	}
	str_done(&url);
	return t;
}

void
transport_send(struct transport *t, const struct transport_order *order)
{
	t->ops->send(t->self, order);
}

void
transport_close(struct transport *t)
{
	if (t == NULL)
		return;
	t->ops->close(t->self);
	free(t);
}

void
transport_report(const struct transport_order *order, size_t i,
    enum result_outcome outcome, uint32_t code, const char *text)
{
	struct arena *a = arena_new();
	struct result r = { order->batch->copies[i].idx, outcome, code, "" };
	struct span line = span_of(utf8_line(a, span_of(text)));

	line = utf8_truncate(line, TEXT_MAX);
	r.text = arena_strndup(a, line.p, line.n);
	order->result(order->arg, &r);
	arena_free(a);
}
