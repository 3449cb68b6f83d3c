/* SPDX-License-Identifier: ISC */
/*
 * Content scanner: whole lines are handed on in one piece, so that the usual
 * mail costs three memchr() a line and no copy. Invariant: in state BOL the
 * last two bytes taken were CRLF, or none was taken.
 */
#include "intake/content.h"

#include <string.h>

void
content_init(struct content *c, bool dots)
{
	c->state = CONTENT_BOL;
	c->dots = dots;
	c->done = false;
	c->fault = CONTENT_CLEAN;
}

static void
blame(struct content *c, enum content_fault fault)
{
	if (c->fault == CONTENT_CLEAN)
		c->fault = fault;
}

/* Check a stretch without LF that follows state MID or CR; last: an LF stands
 * behind it. Sets the state after the stretch (and the LF). */
static void
check_line(struct content *c, struct span s, bool last)
{
	size_t cr = span_find(s, '\r');
	bool ends_cr = s.n > 0 ? s.p[s.n - 1] == '\r' : c->state == CONTENT_CR;

	if (s.n > 0 && memchr(s.p, '\0', s.n) != NULL)
		blame(c, CONTENT_NUL);
	if (s.n > 0 && (c->state == CONTENT_CR || cr + 1 < s.n))
		blame(c, CONTENT_BARE_CR);
	if (last && !ends_cr)
		blame(c, CONTENT_BARE_LF);
	if (last)
		c->state = ends_cr ? CONTENT_BOL : CONTENT_MID;
	else
		c->state = ends_cr ? CONTENT_CR : CONTENT_MID;
}

/* Take the rest of a line, with its LF if that is in s. */
static size_t
take_line(struct content *c, struct span s)
{
	size_t lf = span_find(s, '\n');
	bool last = lf < s.n;

	check_line(c, span_sub(s, 0, lf), last);
	return last ? lf + 1 : lf;
}

/* The byte after "." or "." CR at the begin of a line. True if it was taken;
 * else it belongs to a line that goes on in state MID. */
static bool
after_dot(struct content *c, char byte)
{
	if (c->state == CONTENT_DOT && byte == '\r') {
		c->state = CONTENT_DOT_CR;
		return true;
	}
	if (c->state == CONTENT_DOT_CR && byte == '\n') {
		c->done = true;
		return true;
	}
	if (c->state == CONTENT_DOT_CR)
		blame(c, CONTENT_BARE_CR);
	c->state = CONTENT_MID;
	return false;
}

size_t
content_take(struct content *c, struct span in, struct span *out)
{
	size_t pos = 0, from;

	*out = span_sub(in, 0, 0);
	while (pos < in.n && !c->done && (c->state == CONTENT_DOT ||
	    c->state == CONTENT_DOT_CR)) {
		if (after_dot(c, in.p[pos]))
			pos++;
	}
	from = pos;
	while (pos < in.n && !c->done) {
		if (c->state == CONTENT_BOL && c->dots && in.p[pos] == '.') {
			c->state = CONTENT_DOT;
			break;
		}
		if (c->state == CONTENT_BOL)
			c->state = CONTENT_MID;
		pos += take_line(c, span_sub(in, pos, in.n));
	}
	if (c->fault == CONTENT_CLEAN)
		*out = span_sub(in, from, pos);
	return c->state == CONTENT_DOT && pos < in.n ? pos + 1 : pos;
}

bool
content_is_whole(const struct content *c)
{
	return c->state == CONTENT_BOL;
}

const char *
content_fault_text(enum content_fault fault)
{
	switch (fault) {
	case CONTENT_BARE_CR:
		return "the mail has a CR without LF; lines end in CRLF";
	case CONTENT_BARE_LF:
		return "the mail has an LF without CR; lines end in CRLF";
	case CONTENT_NUL:
		return "the mail has a NUL byte";
	case CONTENT_CLEAN:
		break;
	}
	return "";
}
