/* SPDX-License-Identifier: ISC */
/*
 * Route: what one of our own addresses means. LIST, LIST-verb,
 * LIST-verb-TOKEN at the list's domain, "+" accepted wherever "-" stands,
 * any case, local part at most 64 octets.
 */
#ifndef MODEL_ROUTE_H
#define MODEL_ROUTE_H

#include "base/span.h"

struct arena;
struct settings;
struct list_settings;

enum route_verb {
	ROUTE_POST,		/* LIST */
	ROUTE_SUBSCRIBE,	/* -subscribe -join */
	ROUTE_UNSUBSCRIBE,	/* -unsubscribe -leave */
	ROUTE_CONFIRM,		/* -confirm[-TOKEN] */
	ROUTE_REQUEST,		/* -request: commands */
	ROUTE_HELP,
	ROUTE_WHO,
	ROUTE_OWNER,		/* -owner: to the secretariat */
	ROUTE_BOUNCES,		/* -bounces, -b-VERP */
	ROUTE_ANNOUNCE,		/* -announce */
	ROUTE_REPORT,
	ROUTE_OK,		/* -ok-TOKEN: approve a held item */
	ROUTE_NO,
	ROUTE_DROP,
	ROUTE_MODERATE,		/* -moderate-TOKEN: first word decides */
	ROUTE_AUTHOR,		/* -a-ID: author relay */
	ROUTE_MEETING,		/* -m-TOKEN: organizer address of one member */
};

struct route {
	const struct list_settings *list;
	enum route_verb verb;
	const char *token;	/* lower case, "" if none */
};

/* Resolve addr (from the envelope). 0, or -1 if it is no address of ours:
 * then *out is untouched. token is owned by a. */
int route_parse(struct arena *a, const struct settings *s, const char *addr,
    struct route *out);
/* "LIST-verb-TOKEN@domain" (no "-TOKEN" if token is ""), in a. */
char *route_format(struct arena *a, const struct list_settings *list,
    enum route_verb verb, const char *token);
/* Name of the verb as in the address ("" for ROUTE_POST), static. */
const char *route_verb_name(enum route_verb verb);

#endif
