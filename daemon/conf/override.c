/* SPDX-License-Identifier: ISC */
/*
 * Override: changes the tree along the table. Owns nothing. Invariant: a
 * value that does not fit its setting is put in as text, so that the reader
 * refuses it with the same words as in a file.
 */
#include "conf/override.h"

#include <inttypes.h>
#include <libconfig.h>
#include <string.h>

#include "base/arena.h"
#include "base/span.h"
#include "conf/load.h"
#include "conf/table.h"

struct target {
	struct load *load;
	const char *text;	/* the whole override */
	const struct group *group;
	config_setting_t *tree;
	struct span rest;	/* of the path */
};

static int
refuse(struct target *t, const char *why)
{
	load_problem_at(t->load, arena_printf(t->load->arena, "-o %s",
	    t->text), 0, "%s", why);
	return -1;
}

static int
refuse_name(struct target *t, const char *name)
{
	const char *near = table_nearest(t->load->arena, t->group, name);

	if (near == NULL)
		near = "something that jcad --sample shows";
	return refuse(t, arena_printf(t->load->arena,
	    "there is no setting %s; did you mean %s?", name, near));
}

/* The member of that name and type; made if it is missing. */
static config_setting_t *
member(config_setting_t *tree, const char *name, int type)
{
	config_setting_t *m = config_setting_get_member(tree, name);

	return m != NULL ? m : config_setting_add(tree, name, type);
}

static int
enter_element(struct target *t, config_setting_t *list, const char *name)
{
	const char *unused = "";
	int64_t index = -1;
	int length;

	if (!config_setting_is_list(list))
		return refuse(t, "the file has something else than a list "
		    "there");
	if (!load_step(t->load->arena, &t->rest, &unused, &index) || index < 0)
		return refuse(t, arena_printf(t->load->arena,
		    "say which one: %s[0] is the first", name));
	length = config_setting_length(list);
	if (index > length)
		return refuse(t, arena_printf(t->load->arena,
		    "there are only %d; the next would be %s[%d]", length,
		    name, length));
	t->tree = index < length ?
	    config_setting_get_elem(list, (unsigned)index) :
	    config_setting_add(list, NULL, CONFIG_TYPE_GROUP);
	if (t->tree == NULL || !config_setting_is_group(t->tree))
		return refuse(t, "the file has something else than a group "
		    "there");
	return 0;
}

static int
enter_group(struct target *t, const struct group *inner)
{
	config_setting_t *m;

	m = member(t->tree, inner->name,
	    inner->size > 0 ? CONFIG_TYPE_LIST : CONFIG_TYPE_GROUP);
	if (m == NULL)
		return refuse(t, "this cannot be set");
	t->group = inner;
	if (inner->size > 0)
		return enter_element(t, m, inner->name);
	if (!config_setting_is_group(m))
		return refuse(t, "the file has something else than a group "
		    "there");
	t->tree = m;
	return 0;
}

static int
set_string(struct target *t, config_setting_t *tree, const char *name,
    const char *value)
{
	config_setting_t *m;

	(void)config_setting_remove(tree, name);	/* may be missing */
	m = config_setting_add(tree, name, CONFIG_TYPE_STRING);
	if (m == NULL || config_setting_set_string(m, value) != CONFIG_TRUE)
		return refuse(t, "this name cannot be used");
	return 0;
}

static int
set_pair(struct target *t, const struct setting *s, const char *value)
{
	config_setting_t *m;
	const char *name = "";
	int64_t index;

	if (!load_step(t->load->arena, &t->rest, &name, &index) ||
	    index >= 0 || t->rest.n > 0)
		return refuse(t, arena_printf(t->load->arena,
		    "say which one: %s.NAME=VALUE", s->name));
	m = member(t->tree, s->name, CONFIG_TYPE_GROUP);
	if (m == NULL || !config_setting_is_group(m))
		return refuse(t, "the file has something else than a group "
		    "there");
	return set_string(t, m, name, value);
}

static int
set_strings(struct target *t, const struct setting *s, const char *value)
{
	config_setting_t *m;
	struct span rest = span_of(value), item;
	const char *text;

	(void)config_setting_remove(t->tree, s->name);	/* may be missing */
	m = config_setting_add(t->tree, s->name, CONFIG_TYPE_ARRAY);
	while (m != NULL && rest.n > 0) {
		item = span_trim(span_cut(&rest, ','));
		text = arena_strndup(t->load->arena, item.p, item.n);
		if (config_setting_set_string_elem(m, -1, text) == NULL)
			return refuse(t, "this cannot be set");
	}
	return 0;
}

static int
set_number(struct target *t, const struct setting *s, int64_t value)
{
	config_setting_t *m;

	(void)config_setting_remove(t->tree, s->name);	/* may be missing */
	m = config_setting_add(t->tree, s->name, CONFIG_TYPE_INT64);
	if (m == NULL || config_setting_set_int64(m, value) != CONFIG_TRUE)
		return refuse(t, "this cannot be set");
	return 0;
}

static int
set_flag(struct target *t, const struct setting *s, bool value)
{
	config_setting_t *m;

	(void)config_setting_remove(t->tree, s->name);	/* may be missing */
	m = config_setting_add(t->tree, s->name, CONFIG_TYPE_BOOL);
	if (m == NULL || config_setting_set_bool(m, value) != CONFIG_TRUE)
		return refuse(t, "this cannot be set");
	return 0;
}

static int
set(struct target *t, const struct setting *s, const char *value)
{
	uint64_t number;

	if (s->type == SETTING_PAIRS)
		return set_pair(t, s, value);
	if (t->rest.n > 0)
		return refuse(t, arena_printf(t->load->arena,
		    "\"%s\" is a single setting, nothing is inside", s->name));
	if (s->type == SETTING_STRINGS)
		return set_strings(t, s, value);
	if (s->type == SETTING_COUNT &&
	    span_u64(span_of(value), INT64_MAX, &number))
		return set_number(t, s, (int64_t)number);
	if (s->type == SETTING_FLAG && (strcmp(value, "true") == 0 ||
	    strcmp(value, "false") == 0))
		return set_flag(t, s, value[0] == 't');
	return set_string(t, t->tree, s->name, value);
}

void
override_apply(struct load *l, const char *text)
{
	struct target t = { .load = l, .text = text, .group = table_top(),
		.tree = config_root_setting(l->cfg) };
	size_t equals = strcspn(text, "=");
	const struct setting *s;
	const struct group *inner;
	const char *name = "";
	int64_t index;

	t.rest = span_make(text, equals);
	if (text[equals] != '=') {
		(void)refuse(&t, "write -o SETTING=VALUE, for example "
		    "-o relay.url=smtp://127.0.0.1:25");
		return;
	}
	while (load_step(l->arena, &t.rest, &name, &index)) {
		if (index >= 0) {
			(void)refuse(&t, "a number in brackets stands only "
			    "behind the name of a list");
			return;
		}
		s = table_setting(t.group, name);
		if (s != NULL) {
			(void)set(&t, s, text + equals + 1);
			return;
		}
		inner = table_group(t.group, name);
		if (inner == NULL) {
			(void)refuse_name(&t, name);
			return;
		}
		if (enter_group(&t, inner) != 0)
			return;
	}
	(void)refuse(&t, t.rest.n > 0 ? "this is no name of a setting" :
	    "this is a group: name a setting inside it");
}
