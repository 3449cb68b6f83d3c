/* SPDX-License-Identifier: ISC */
/*
 * Log: builds one line per event and writes it with one write(2), so that
 * the lines of several roles on one stderr do not mix. Owns the role's name,
 * level, clock and sink: the one process-wide state in base. Invariant: a
 * value, whatever its bytes, cannot start a new line or a new key.
 */
#include "base/log.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/civil.h"
#include "base/file.h"
#include "base/span.h"
#include "base/str.h"
#include "base/utf8.h"

#define VALUE_MAX 600		/* bytes of one value; the rest is cut */

static struct {
	char role[16];
	enum log_level lowest;
	int64_t (*now)(void *);
	void *now_arg;
	void (*sink)(void *, const char *);
	void *sink_arg;
} state = { "jcad", LOG_INFO_, NULL, NULL, NULL, NULL };

void
log_open(const char *role, enum log_level lowest)
{
	struct span name = utf8_truncate(span_of(role), sizeof(state.role) - 1);

	memset(state.role, 0, sizeof(state.role));
	memcpy(state.role, name.p, name.n);
	state.lowest = lowest;
}

void
log_clock(int64_t (*now)(void *), void *arg)
{
	state.now = now;
	state.now_arg = arg;
}

void
log_sink(void (*sink)(void *arg, const char *line), void *arg)
{
	state.sink = sink;
	state.sink_arg = arg;
}

static void
put_time(struct str *line)
{
	struct timespec ts = { 0, 0 };
	struct civil c;

	if (state.now != NULL)
		ts.tv_sec = state.now(state.now_arg);
	else if (clock_gettime(CLOCK_REALTIME, &ts) != 0)
		abort();	/* cannot fail with this clock */
	civil_from_unix(ts.tv_sec, &c);
	str_addf(line, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", c.year, c.month,
	    c.day, c.hour, c.min, c.sec, (int)(ts.tv_nsec / 1000000));
}

/* True if s can stand without quotes. */
static bool
is_plain(struct span s)
{
	static const char also[] = "-_.:/@+<>,*%";
	size_t i;
	char c;

	for (i = 0; i < s.n; i++) {
		c = s.p[i];
		if ((c < 'a' || c > 'z') && (c < 'A' || c > 'Z') &&
		    (c < '0' || c > '9') && (c == '\0' || !strchr(also, c)))
			return false;
	}
	return s.n > 0;
}

static void
put_bytes_hex(struct str *line, struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		str_addf(line, "\\x%02x", (unsigned)(unsigned char)s.p[i]);
}

static void
put_value(struct str *line, const char *value)
{
	struct span all = span_of(value), s, one;
	size_t pos = 0, from;
	uint32_t c;

	s = utf8_truncate(all, VALUE_MAX);
	if (is_plain(s)) {
		str_addspan(line, s);
	} else {
		str_addc(line, '"');
		while (pos < s.n) {
			from = pos;
			c = utf8_next(s, &pos);
			one = span_sub(s, from, pos);
			if (c == '"' || c == '\\')
				str_addf(line, "\\%c", (int)c);
			else if (c == '\n')
				str_adds(line, "\\n");
			else if (c < 0x20 || (c >= 0x7F && c < 0xA0) ||
			    c == 0xFFFD || c == 0x2028 || c == 0x2029)
				put_bytes_hex(line, one);
			else
				str_addspan(line, one);
		}
		str_addc(line, '"');
	}
	if (s.n < all.n)
		str_adds(line, "...");
}

void
log_event(enum log_level level, const char *event, ...)
{
	static const char *const names[] = { "debug", "info", "warn", "error" };
	struct str line = STR_EMPTY;
	const char *key, *value;
	va_list ap;

	if (level < state.lowest)
		return;
	put_time(&line);
	str_addf(&line, " %s role=%s event=%s", names[level], state.role,
	    event);
	va_start(ap, event);
	while ((key = va_arg(ap, const char *)) != NULL) {
		value = va_arg(ap, const char *);
		if (value == NULL)
			continue;
		str_addf(&line, " %s=", key);
		put_value(&line, value);
	}
	va_end(ap);
	if (state.sink != NULL) {
		state.sink(state.sink_arg, str_get(&line));
	} else {
		str_addc(&line, '\n');
		/* Nowhere to report that the log itself cannot be written. */
		(void)file_write_all(STDERR_FILENO, line.data, line.len, NULL);
	}
	str_done(&line);
}

const char *
log_num(int64_t n)
{
	static char buffers[8][24];
	static unsigned next;
	char *out = buffers[next++ % 8];

	(void)snprintf(out, sizeof(buffers[0]), "%" PRId64, n);
	return out;
}
