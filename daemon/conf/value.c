/* SPDX-License-Identifier: ISC */
/* Value: see the header. Invariant: nothing wraps; what does not fit in the
 * result is no value. */
#include "conf/value.h"

#include <inttypes.h>
#include <string.h>

#include "base/span.h"
#include "base/str.h"

struct unit {
	const char *name;
	int64_t factor;
};

/* Larger first: formatting takes the first that divides. */
static const struct unit size_units[] = {
	{ "G", INT64_C(1) << 30 },
	{ "M", INT64_C(1) << 20 },
	{ "k", INT64_C(1) << 10 },
	{ "", 1 },
};

static const struct unit time_units[] = {
	{ "w", INT64_C(7) * 24 * 3600 * 1000 },
	{ "d", INT64_C(24) * 3600 * 1000 },
	{ "h", INT64_C(3600) * 1000 },
	{ "m", INT64_C(60) * 1000 },
	{ "s", 1000 },
	{ "ms", 1 },
};

#define N(array) (sizeof(array) / sizeof((array)[0]))

/* A decimal number and one of the units. */
static bool
parse(const char *text, const struct unit *units, size_t n, int64_t *out)
{
	size_t digits = strspn(text, "0123456789"), i;
	uint64_t number;

	if (!span_u64(span_make(text, digits), INT64_MAX, &number))
		return false;
	for (i = 0; i < n; i++) {
		if (!span_isi(span_of(text + digits), units[i].name))
			continue;
		if ((int64_t)number > INT64_MAX / units[i].factor)
			return false;
		*out = (int64_t)number * units[i].factor;
		return true;
	}
	return false;
}

bool
value_size(const char *text, int64_t *out)
{
	return parse(text, size_units, N(size_units), out);
}

bool
value_millis(const char *text, int64_t *out)
{
	return parse(text, time_units, N(time_units), out);
}

static void
format(int64_t value, const struct unit *units, size_t n, struct str *out)
{
	size_t i;

	for (i = 0; i + 1 < n; i++)
		if (value != 0 && value % units[i].factor == 0)
			break;
	str_addf(out, "%" PRId64 "%s", value / units[i].factor,
	    units[i].name);
}

void
value_format_size(int64_t bytes, struct str *out)
{
	format(bytes, size_units, N(size_units), out);
}

void
value_format_millis(int64_t ms, struct str *out)
{
	/* "14d" says more than "2w". */
	format(ms, time_units + 1, N(time_units) - 1, out);
}

static bool
is_all(struct span s, const char *allowed)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.p[i] == '\0' || strchr(allowed, s.p[i]) == NULL)
			return false;
	return s.n > 0;
}

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGIT "0123456789"

/* Host and port of "HOST:PORT"; false if it has no such form. */
static bool
split(const char *text, struct span *host, struct span *port)
{
	struct span s = span_of(text);
	size_t colon = span_rfind(s, ':');
	uint64_t number;

	if (colon == s.n)
		return false;
	*host = span_sub(s, 0, colon);
	*port = span_sub(s, colon + 1, s.n);
	if (!span_u64(*port, 65535, &number) || number == 0)
		return false;
	if (host->n > 2 && host->p[0] == '[' && host->p[host->n - 1] == ']') {
		*host = span_sub(*host, 1, host->n - 1);
		return is_all(*host, DIGIT "abcdefABCDEF:.");
	}
	return host->n <= 253 && is_all(*host, LOWER UPPER DIGIT ".-");
}

bool
value_is_host_port(const char *text)
{
	struct span host, port;

	return split(text, &host, &port);
}

bool
value_is_loopback(const char *text)
{
	struct span host, port;

	if (!split(text, &host, &port))
		return false;
	/* "127.x.example" is a name: only numbers count. */
	return span_isi(host, "localhost") || span_is(host, "::1") ||
	    (span_has_prefix(host, "127.") && is_all(host, DIGIT "."));
}

bool
value_is_domain(const char *text)
{
	struct span rest = span_of(text), label;
	size_t labels = 0;

	if (rest.n > 253)
		return false;
	while (rest.p != NULL) {
		label = span_cut(&rest, '.');
		if (label.n > 63 || !is_all(label, LOWER DIGIT "-") ||
		    label.p[0] == '-' || label.p[label.n - 1] == '-')
			return false;
		labels++;
	}
	return labels > 1;
}

bool
value_is_address(const char *text)
{
	struct span s = span_of(text), domain;
	size_t at = span_rfind(s, '@'), i;
	char lower[254] = "";

	if (at == 0 || at > 64 || at == s.n || s.n > 254)
		return false;
	if (!is_all(span_sub(s, 0, at), LOWER UPPER DIGIT
	    "!#$%&'*+-/=?^_`{|}~.") || s.p[0] == '.' || s.p[at - 1] == '.')
		return false;
	domain = span_sub(s, at + 1, s.n);
	for (i = 0; i < domain.n; i++)
		lower[i] = domain.p[i] >= 'A' && domain.p[i] <= 'Z' ?
		    (char)(domain.p[i] + 32) : domain.p[i];
	return value_is_domain(lower);
}
