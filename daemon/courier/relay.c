/* SPDX-License-Identifier: ISC */
/*
 * Where the relay is and how to prove who we are. Reads the password file
 * once, at the start.
 */
#include "courier/relay.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "base/xmalloc.h"
#include "courier/tls.h"
#include "model/settings.h"

#define PASSWORD_MAX 1024

static bool
is_host(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
		    !(c >= '0' && c <= '9') && c != '-' && c != '.' &&
		    c != '_')
			return false;
	}
	return s.n > 0 && s.n <= RELAY_HOST_MAX;
}

int
relay_parse(const char *place, struct span *host, uint64_t *port,
    struct err *err)
{
	struct span rest = span_of(place), name;
	uint64_t number;

	if (!span_has_prefix(rest, "//"))
		return err_set(err, ERR_BADINPUT, "write esmtp://HOST:PORT");
	rest = span_sub(rest, 2, rest.n);
	if (span_has_prefix(rest, "["))
		return err_set(err, ERR_BADINPUT,
		    "esmtp:// cannot take an IPv6 address; use a host name");
	name = span_cut(&rest, ':');
	if (!is_host(name))
		return err_set(err, ERR_BADINPUT,
		    "\"%.*s\" is no host name", (int)name.n, name.p);
	if (!span_u64(rest, 65535, &number) || number == 0)
		return err_set(err, ERR_BADINPUT,
		    "give a port from 1 to 65535: //%.*s:25", (int)name.n,
		    name.p);
	*host = name;
	*port = number;
	return 0;
}

static int
load_password(struct relay *r, struct err *err)
{
	const struct settings *s = r->settings;
	struct arena *a;
	struct span text, line;
	int rc;

	if (s->relay_user[0] == '\0')
		return 0;
	a = arena_new();
	rc = file_read(a, AT_FDCWD, s->relay_password_file, PASSWORD_MAX,
	    &text, err);
	if (rc == 0) {
		line = span_line(&text);
		r->password = xstrdup(arena_strndup(a, line.p, line.n));
	} else {
		(void)err_wrap(err, "relay.password_file");
	}
	arena_free(a);
	return rc;
}

struct relay *
relay_open(const struct settings *settings, const char *place,
    struct err *err)
{
	bool use_tls = strcmp(settings->relay_tls, "none") != 0;
	struct relay *r;
	struct span host;
	uint64_t port;

	if (relay_parse(place, &host, &port, err) < 0)
		return NULL;
	r = xcalloc(1, sizeof(*r));
	r->settings = settings;
	memcpy(r->host, host.p, host.n);
	(void)snprintf(r->server, sizeof(r->server), "%s:%u", r->host,
	    (unsigned)port);
	if (use_tls)
		r->tls = tls_new(settings, r->host, err);
	if ((use_tls && r->tls == NULL) || load_password(r, err) < 0) {
		relay_close(r);
		return NULL;
	}
	return r;
}

void
relay_close(struct relay *r)
{
	if (r == NULL)
		return;
	tls_free(r->tls);
	if (r->password != NULL)
		explicit_bzero(r->password, strlen(r->password));
	free(r->password);
	free(r);
}

bool
relay_is_strict(const struct relay *r)
{
	return r->tls != NULL && tls_is_strict(r->tls);
}
