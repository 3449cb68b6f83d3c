/* SPDX-License-Identifier: ISC */
/*
 * Jca: what is usual for a Joint Coordination Activity of ITU-T: categories of
 * representatives (Rec. ITU-T A.1 and the terms of reference) and, for the
 * sample, bodies that work on quantum key distribution networks.
 */
#ifndef CONF_JCA_H
#define CONF_JCA_H

#include <stddef.h>
#include "model/settings.h"

/* The categories of a list that names none. */
extern const struct category jca_categories[];
extern const size_t jca_n_categories;

/* A body of the sample; aliases as one text, at commas. */
struct jca_body {
	const char *name;
	const char *title;
	const char *category;
	const char *aliases;
	const char *contact;	/* invented */
};

extern const struct jca_body jca_bodies[];
extern const size_t jca_n_bodies;

#endif
