/* SPDX-License-Identifier: ISC */
/*
 * Param: values like "text/plain; charset=utf-8" (RFC 2045 section 5.1) with
 * extended parameters (RFC 2231). Takes what senders really write. Pure.
 */
#ifndef MAIL_PARAM_H
#define MAIL_PARAM_H

#include <stddef.h>
#include "base/span.h"

struct arena;
struct err;

struct param {
	const char *name;	/* lower case, without "*" and section number */
	struct span raw;	/* value without quotes and backslashes */
	unsigned section;	/* RFC 2231 section 3 */
	int extended;		/* RFC 2231 section 4 */
};

struct params {
	const char *value;	/* what stands first, in lower case */
	struct param *list;
	size_t n;
};

/* Read a whole field value. -1 with err if there are over max parameters;
 * all else is read as well as can be. */
int param_parse(struct arena *a, struct span value, size_t max,
    struct params *out, struct err *err);
/* The bytes of a parameter as written, unquoted, sections joined; p is NULL
 * if it is not there. For boundaries and other protocol elements. */
struct span param_raw(struct arena *a, const struct params *p,
    const char *name);
/* The same as clean UTF-8 text on one line; "" if it is not there. */
const char *param_text(struct arena *a, const struct params *p,
    const char *name);

#endif
