/* SPDX-License-Identifier: ISC */
/* Look-ups in the settings. Pure; linear, the tables are short. */
#include "model/settings.h"

#include <string.h>
#include <strings.h>

const struct list_settings *
settings_list(const struct settings *s, const char *name, const char *domain)
{
	for (size_t i = 0; i < s->n_lists; i++)
		if (strcasecmp(s->lists[i].name, name) == 0 &&
		    strcasecmp(s->lists[i].domain, domain) == 0)
			return &s->lists[i];
	return NULL;
}

const struct list_settings *
settings_list_named(const struct settings *s, const char *name)
{
	for (size_t i = 0; i < s->n_lists; i++)
		if (strcmp(s->lists[i].name, name) == 0)
			return &s->lists[i];
	return NULL;
}

const struct category *
settings_category(const struct list_settings *l, const char *name)
{
	for (size_t i = 0; i < l->n_categories; i++)
		if (strcasecmp(l->categories[i].name, name) == 0)
			return &l->categories[i];
	return NULL;
}

static bool
body_answers_to(const struct body *b, const char *name)
{
	if (strcasecmp(b->name, name) == 0)
		return true;
	for (const char **alias = b->aliases; alias && *alias; alias++)
		if (strcasecmp(*alias, name) == 0)
			return true;
	return false;
}

const struct body *
settings_body(const struct list_settings *l, const char *name)
{
	for (size_t i = 0; i < l->n_bodies; i++)
		if (body_answers_to(&l->bodies[i], name))
			return &l->bodies[i];
	return NULL;
}
