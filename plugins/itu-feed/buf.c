/* SPDX-License-Identifier: ISC */
/*
 * Texts under construction and the escaping of each format. Invariant: no
 * text given to an escaping function can end the place that it is put in.
 */
#include "feed.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLD_AT 75

static void
reserve(struct buf *b, size_t more)
{
	size_t want = b->n + more + 1;

	if (want <= b->cap)
		return;
	b->cap = want * 2;
	b->p = realloc(b->p, b->cap);
	if (b->p == NULL)
		abort();	/* jcad starts the process anew */
}

void
buf_add(struct buf *b, const char *p, size_t n)
{
	reserve(b, n);
	if (n > 0)
		memcpy(b->p + b->n, p, n);
	b->n += n;
	b->p[b->n] = '\0';
}

void
buf_adds(struct buf *b, const char *text)
{
	buf_add(b, text, strlen(text));
}

void
buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		abort();
	reserve(b, (size_t)n);
	va_start(ap, fmt);
	(void)vsnprintf(b->p + b->n, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->n += (size_t)n;
}

const char *
buf_get(const struct buf *b)
{
	return b->p != NULL ? b->p : "";
}

void
buf_free(struct buf *b)
{
	free(b->p);
	memset(b, 0, sizeof(*b));
}

/* Does a character begin here that XML 1.0 forbids (U+FFFE, U+FFFF)? */
static bool
is_forbidden(const char *p)
{
	return strncmp(p, "\xef\xbf\xbe", 3) == 0 ||
	    strncmp(p, "\xef\xbf\xbf", 3) == 0;
}

void
buf_xml(struct buf *b, const char *text)
{
	const char *p;

	for (p = text; *p != '\0'; p++) {
		switch (*p) {
		case '&':
			buf_adds(b, "&amp;");
			break;
		case '<':
			buf_adds(b, "&lt;");
			break;
		case '>':
			buf_adds(b, "&gt;");
			break;
		case '"':
			buf_adds(b, "&quot;");
			break;
		case '\'':
			buf_adds(b, "&#39;");
			break;
		case '\xef':
			if (is_forbidden(p)) {
				p += 2;
				break;
			}
			buf_add(b, p, 1);
			break;
		default:
			if ((unsigned char)*p >= 0x20 || *p == '\n' ||
			    *p == '\t')
				buf_add(b, p, 1);
		}
	}
}

void
buf_json(struct buf *b, const char *text)
{
	const char *p;

	buf_adds(b, "\"");
	for (p = text; *p != '\0'; p++) {
		if (*p == '"' || *p == '\\')
			buf_addf(b, "\\%c", *p);
		else if (*p == '\n')
			buf_adds(b, "\\n");
		else if ((unsigned char)*p < 0x20 || *p == '<' || *p == '>' ||
		    *p == '&')
			buf_addf(b, "\\u%04x", (unsigned)(unsigned char)*p);
		else if (is_forbidden(p))
			p += 2;	/* JSON stands in pages, too */
		else
			buf_add(b, p, 1);
	}
	buf_adds(b, "\"");
}

static void
fold(struct buf *b, const struct buf *line)
{
	size_t column = 0, pos = 0, n;

	while (line->n - pos > FOLD_AT - column) {
		n = FOLD_AT - column;
		while (n > 0 && ((unsigned char)line->p[pos + n] & 0xC0) ==
		    0x80)
			n--;
		buf_add(b, line->p + pos, n);
		buf_adds(b, "\r\n ");
		pos += n;
		column = 1;
	}
	buf_add(b, line->p + pos, line->n - pos);
	buf_adds(b, "\r\n");
}

void
buf_ics_text(struct buf *b, const char *name, const char *value)
{
	struct buf line = { NULL, 0, 0 };
	const char *p;

	buf_addf(&line, "%s:", name);
	for (p = value; *p != '\0'; p++) {
		if (*p == '\\' || *p == ';' || *p == ',')
			buf_addf(&line, "\\%c", *p);
		else if (*p == '\n')
			buf_adds(&line, "\\n");
		else if ((unsigned char)*p >= 0x20)
			buf_add(&line, p, 1);
	}
	fold(b, &line);
	buf_free(&line);
}

void
buf_ics_raw(struct buf *b, const char *name, const char *value)
{
	struct buf line = { NULL, 0, 0 };

	buf_addf(&line, "%s:%s", name, value);
	fold(b, &line);
	buf_free(&line);
}

struct date {
	int year, month, day, hour, min, sec, weekday;
};

/* Civil date of an instant in UTC (years begin in March for this). */
static struct date
to_date(int64_t at)
{
	int64_t days = at / 86400, rest = at % 86400, era, doe, yoe, doy, mp;
	struct date d;

	if (rest < 0) {
		rest += 86400;
		days--;
	}
	d.hour = (int)(rest / 3600);
	d.min = (int)(rest / 60 % 60);
	d.sec = (int)(rest % 60);
	d.weekday = (int)(((days + 4) % 7 + 7) % 7);
	days += 719468;
	era = (days >= 0 ? days : days - 146096) / 146097;
	doe = days - era * 146097;
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	mp = (5 * doy + 2) / 153;
	d.day = (int)(doy - (153 * mp + 2) / 5 + 1);
	d.month = (int)(mp < 10 ? mp + 3 : mp - 9);
	d.year = (int)(yoe + era * 400 + (d.month <= 2 ? 1 : 0));
	return d;
}

void
buf_rfc3339(struct buf *b, int64_t at)
{
	struct date d = to_date(at);

	buf_addf(b, "%04d-%02d-%02dT%02d:%02d:%02dZ", d.year, d.month, d.day,
	    d.hour, d.min, d.sec);
}

void
buf_rfc822(struct buf *b, int64_t at)
{
	static const char days[][4] = {
		"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat",
	};
	static const char months[][4] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep",
		"Oct", "Nov", "Dec",
	};
	struct date d = to_date(at);

	buf_addf(b, "%s, %02d %s %04d %02d:%02d:%02d +0000", days[d.weekday],
	    d.day, months[d.month - 1], d.year, d.hour, d.min, d.sec);
}
