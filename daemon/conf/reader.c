/* SPDX-License-Identifier: ISC */
/*
 * Reader: one walk over table and tree. Owns nothing. Invariant: after the
 * walk every string is set and every number is in its range, whatever the
 * file said; what it said wrongly is in the problems.
 */
#include "conf/reader.h"

#include <libconfig.h>
#include <string.h>

#include "base/arena.h"
#include "base/span.h"
#include "base/str.h"
#include "base/utf8.h"
#include "conf/load.h"
#include "conf/table.h"
#include "conf/value.h"
#include "model/settings.h"

/* A setting, where it is in the tree (NULL = nowhere) and goes to. */
struct place {
	struct load *load;
	const struct setting *s;
	config_setting_t *tree;
	const char *path;
	char *at;		/* in the struct */
};

static void read_group(struct load *l, const struct group *g,
    config_setting_t *tree, const char *path, char *base);

/* ---- wording ---- */

static const char *
type_name(const config_setting_t *s)
{
	switch (config_setting_type(s)) {
	case CONFIG_TYPE_GROUP:
		return "a group { }";
	case CONFIG_TYPE_ARRAY:
		return "an array [ ]";
	case CONFIG_TYPE_LIST:
		return "a list ( )";
	case CONFIG_TYPE_BOOL:
		return "true or false";
	case CONFIG_TYPE_STRING:
		return "a text";
	default:
		return "a number";
	}
}

static bool
is_quoted(enum setting_type type)
{
	return type != SETTING_COUNT && type != SETTING_FLAG &&
	    type != SETTING_STRINGS && type != SETTING_PAIRS;
}

/* A value that would be accepted, "" if there is none to show. */
static const char *
good_value(const struct setting *s)
{
	if (s->example != NULL)
		return s->example;
	if (s->fallback != NULL)
		return s->fallback;
	return s->choices != NULL ? s->choices[0] : "";
}

/* "what; allowed: ...; write for example name = value;" */
static void
refuse(const struct place *p, const char *what)
{
	struct str allowed = STR_EMPTY;
	const char *good = good_value(p->s);
	const char *quote = is_quoted(p->s->type) ? "\"" : "";

	table_allowed(p->s, &allowed);
	if (good[0] == '\0' || p->s->type == SETTING_STRINGS ||
	    p->s->type == SETTING_PAIRS)
		load_problem(p->load, p->path, "%s; allowed: %s", what,
		    str_get(&allowed));
	else
		load_problem(p->load, p->path,
		    "%s; allowed: %s; for example %s = %s%s%s;", what,
		    str_get(&allowed), p->s->name, quote, good, quote);
	str_done(&allowed);
}

static void
refuse_text(const struct place *p, const char *text)
{
	struct span shown = utf8_truncate(span_of(text), 60);

	refuse(p, arena_printf(p->load->arena, "\"%.*s%s\" is refused",
	    (int)shown.n, shown.p, shown.n < strlen(text) ? "..." : ""));
}

/* ---- values ---- */

static void
put(const struct place *p, const void *value, size_t n)
{
	memcpy(p->at, value, n);
}

static void
put_string(const struct place *p, const char *value)
{
	put(p, &value, sizeof(value));
}

const char *
reader_path(struct load *l, const char *dir, const char *path)
{
	size_t n = strlen(dir);

	if (path[0] == '\0' || path[0] == '/')
		return path;
	/* dir has no symbolic links: its ".." is the folder before it. */
	for (;;) {
		if (strncmp(path, "./", 2) == 0) {
			path += 2;
		} else if (strncmp(path, "../", 3) == 0 && n > 0) {
			path += 3;
			while (n > 0 && dir[n - 1] != '/')
				n--;
			n -= n > 0;
		} else {
			break;
		}
	}
	if (n > 0 && dir[n - 1] == '/')
		n--;
	return arena_printf(l->arena, "%.*s/%s", (int)n, dir, path);
}

static const char *
base_of(const struct place *p)
{
	return p->tree != NULL && load_is_override(p->tree) ? p->load->cwd :
	    p->load->dir;
}

static bool
is_clean(const char *text)
{
	size_t i;

	if (!utf8_is_valid(span_of(text)))
		return false;
	for (i = 0; text[i] != '\0'; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 127)
			return false;
	return true;
}

/* One of the forms of a PLACE; paths in it become absolute. */
static const char *
match_place(const struct place *p, const char *text)
{
	const char *form, *path;
	size_t i, n;
	bool is_path;

	for (i = 0; p->s->choices[i] != NULL; i++) {
		form = p->s->choices[i];
		is_path = span_has_suffixi(span_of(form), "PATH");
		n = strlen(form) - strlen(is_path ? "PATH" : "HOST:PORT");
		if (strncmp(text, form, n) != 0)
			continue;
		path = text + n;
		if (is_path && path[0] != '\0')
			return arena_printf(p->load->arena, "%.*s%s", (int)n,
			    form, reader_path(p->load, base_of(p), path));
		if (!is_path && value_is_host_port(path))
			return text;
	}
	return NULL;
}

/* Store a text that is no number; false if it is refused. */
static bool
put_text(const struct place *p, const char *text)
{
	const struct setting *s = p->s;
	size_t n = strlen(text), i;
	unsigned index;

	if (s->type == SETTING_WORD || s->type == SETTING_CHOICE) {
		for (i = 0; s->choices[i] != NULL; i++)
			if (strcmp(s->choices[i], text) == 0)
				break;
		if (s->choices[i] == NULL)
			return false;
		index = (unsigned)i;
		if (s->type == SETTING_CHOICE)
			put(p, &index, sizeof(index));
		else
			put_string(p, s->choices[i]);
		return true;
	}
	if ((int64_t)n < s->min || (int64_t)n > s->max || !is_clean(text))
		return false;
	text = arena_strdup(p->load->arena, text);
	if (s->type == SETTING_PATH)
		text = reader_path(p->load, base_of(p), text);
	else if (s->type == SETTING_PLACE && n > 0)
		text = match_place(p, text);
	if (text != NULL)
		put_string(p, text);
	return text != NULL;
}

/* Store a size or a time; false if it is refused. */
static bool
put_measure(const struct place *p, const char *text)
{
	const struct setting *s = p->s;
	int64_t value;

	if (s->type == SETTING_SIZE) {
		if (!value_size(text, &value))
			return false;
	} else if (!value_millis(text, &value)) {
		return false;
	}
	if (s->type == SETTING_SECONDS) {
		if (value % 1000 != 0)
			return false;
		value /= 1000;
	}
	if (value < s->min || value > s->max)
		return false;
	put(p, &value, sizeof(value));
	return true;
}

static bool
put_count(const struct place *p, int64_t value)
{
	uint32_t narrow = (uint32_t)value;

	if (value < p->s->min || value > p->s->max)
		return false;
	put(p, &narrow, sizeof(narrow));
	return true;
}

static void
put_strings(const struct place *p)
{
	size_t n = (size_t)config_setting_length(p->tree), i;
	const char **out, *text;

	if ((int64_t)n > p->s->max) {
		refuse(p, arena_printf(p->load->arena, "%zu are too many", n));
		return;
	}
	out = arena_array(p->load->arena, n + 1, sizeof(*out));
	for (i = 0; i < n; i++) {
		text = config_setting_get_string_elem(p->tree, (int)i);
		if (text == NULL || text[0] == '\0' || strlen(text) > 200 ||
		    !is_clean(text)) {
			refuse(p, arena_printf(p->load->arena,
			    "number %zu is no text of 1 to 200 bytes", i + 1));
			return;
		}
		out[i] = arena_strdup(p->load->arena, text);
	}
	put(p, &out, sizeof(out));
}

/* The value of a PAIRS member as text, NULL if it has no such form. */
static const char *
pair_value(const struct place *p, config_setting_t *m)
{
	struct load *l = p->load;
	const char *text;

	switch (config_setting_type(m)) {
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		text = load_wrapped_text(l, m);
		if (text != NULL)
			return text;
		return arena_printf(l->arena, "%lld",
		    config_setting_get_int64(m));
	case CONFIG_TYPE_BOOL:
		return config_setting_get_bool(m) ? "true" : "false";
	case CONFIG_TYPE_STRING:
		break;
	default:
		return NULL;
	}
	text = config_setting_get_string(m);
	if (text == NULL || strlen(text) > 4000 || !is_clean(text))
		return NULL;
	text = arena_strdup(l->arena, text);
	if (strncmp(text, "./", 2) != 0 && strncmp(text, "../", 3) != 0)
		return text;
	return reader_path(l, load_is_override(m) ? l->cwd : l->dir, text);
}

static void
put_pairs(const struct place *p)
{
	size_t n = (size_t)config_setting_length(p->tree), i;
	const char **out, *value;
	config_setting_t *m;

	if ((int64_t)n > p->s->max) {
		refuse(p, arena_printf(p->load->arena, "%zu are too many", n));
		return;
	}
	out = arena_array(p->load->arena, 2 * n + 1, sizeof(*out));
	for (i = 0; i < n; i++) {
		m = config_setting_get_elem(p->tree, (unsigned)i);
		value = pair_value(p, m);
		if (value == NULL) {
			refuse(p, arena_printf(p->load->arena,
			    "the value of %s is %s", config_setting_name(m),
			    type_name(m)));
			return;
		}
		out[2 * i] = arena_strdup(p->load->arena,
		    config_setting_name(m));
		out[2 * i + 1] = value;
	}
	put(p, &out, sizeof(out));
}

/* ---- settings ---- */

/* The default, split at commas for STRINGS; the table's own is never
 * refused. */
static void
put_default(const struct place *p)
{
	const char *text = p->s->fallback != NULL ? p->s->fallback : "";
	const char **out;
	struct span rest = span_of(text), item;
	bool flag = strcmp(text, "true") == 0;
	uint64_t number = 0;
	size_t n = 0;

	switch (p->s->type) {
	case SETTING_STRINGS:
	case SETTING_PAIRS:
		out = arena_array(p->load->arena, (size_t)p->s->max + 1,
		    sizeof(*out));
		while (rest.n > 0) {
			item = span_cut(&rest, ',');
			out[n++] = arena_strndup(p->load->arena, item.p,
			    item.n);
		}
		put(p, &out, sizeof(out));
		return;
	case SETTING_FLAG:
		put(p, &flag, sizeof(flag));
		return;
	case SETTING_COUNT:
		(void)span_u64(span_of(text), UINT32_MAX, &number);
		(void)put_count(p, (int64_t)number);
		return;
	case SETTING_SIZE:
	case SETTING_SECONDS:
	case SETTING_MILLIS:
		(void)put_measure(p, text);
		return;
	case SETTING_STRING:
	case SETTING_PATH:
	case SETTING_PLACE:
	case SETTING_WORD:
	case SETTING_CHOICE:
		if (!put_text(p, text))
			put_string(p, "");
		return;
	}
}

static void
read_text(const struct place *p)
{
	const char *text = config_setting_get_string(p->tree);
	enum setting_type type = p->s->type;
	bool good;

	if (text == NULL)
		text = "";
	if (type == SETTING_SIZE || type == SETTING_SECONDS ||
	    type == SETTING_MILLIS)
		good = put_measure(p, text);
	else
		good = put_text(p, text);
	if (!good)
		refuse_text(p, text);
}

/* Is the value of the kind that the setting wants? */
static bool
is_fitting(const struct place *p)
{
	int type = config_setting_type(p->tree);

	switch (p->s->type) {
	case SETTING_COUNT:
		return type == CONFIG_TYPE_INT || type == CONFIG_TYPE_INT64;
	case SETTING_FLAG:
		return type == CONFIG_TYPE_BOOL;
	case SETTING_STRINGS:
		return type == CONFIG_TYPE_ARRAY || type == CONFIG_TYPE_LIST;
	case SETTING_PAIRS:
		return type == CONFIG_TYPE_GROUP;
	case SETTING_STRING:
	case SETTING_PATH:
	case SETTING_PLACE:
	case SETTING_WORD:
	case SETTING_CHOICE:
	case SETTING_SIZE:
	case SETTING_SECONDS:
	case SETTING_MILLIS:
		break;
	}
	return type == CONFIG_TYPE_STRING;
}

static void
read_count(const struct place *p)
{
	int64_t number = config_setting_get_int64(p->tree);
	const char *wrapped = load_wrapped_text(p->load, p->tree);

	if (wrapped != NULL || !put_count(p, number))
		refuse(p, arena_printf(p->load->arena, "%s is out of range",
		    wrapped != NULL ? wrapped : arena_printf(p->load->arena,
		    "%lld", (long long)number)));
}

static void
read_setting(const struct place *p)
{
	bool flag;

	put_default(p);
	if (p->tree == NULL) {
		if (p->s->fallback == NULL)
			refuse(p, "this setting is missing");
		return;
	}
	if (!is_fitting(p)) {
		refuse(p, arena_printf(p->load->arena, "%s cannot stand here",
		    type_name(p->tree)));
		return;
	}
	if (p->s->type == SETTING_COUNT) {
		read_count(p);
	} else if (p->s->type == SETTING_FLAG) {
		flag = config_setting_get_bool(p->tree) != 0;
		put(p, &flag, sizeof(flag));
	} else if (p->s->type == SETTING_STRINGS) {
		put_strings(p);
	} else if (p->s->type == SETTING_PAIRS) {
		put_pairs(p);
	} else {
		read_text(p);
	}
}

/* ---- groups ---- */

static const char *
path_of(struct load *l, const char *path, const char *name)
{
	return path[0] == '\0' ? name :
	    arena_printf(l->arena, "%s.%s", path, name);
}

static void
find_unknown(struct load *l, const struct group *g, config_setting_t *tree,
    const char *path)
{
	int i, n = config_setting_length(tree);
	const char *name, *near;

	for (i = 0; i < n; i++) {
		name = config_setting_name(
		    config_setting_get_elem(tree, (unsigned)i));
		if (table_setting(g, name) != NULL ||
		    table_group(g, name) != NULL)
			continue;
		near = table_nearest(l->arena, g, name);
		if (near == NULL)
			near = "something that jcad --sample shows";
		load_problem(l, path_of(l, path, name),
		    "there is no such setting; did you mean %s?", near);
	}
}

static void
read_list(struct load *l, const struct group *g, config_setting_t *tree,
    const char *path, char *base)
{
	size_t n = 0, i;
	config_setting_t *m;
	const char *inner;
	char *items;

	if (tree != NULL && !config_setting_is_list(tree))
		load_problem(l, path, "%s cannot stand here; write a list of "
		    "groups: %s = ( { ... }, { ... } );", type_name(tree),
		    g->name);
	else if (tree != NULL)
		n = (size_t)config_setting_length(tree);
	if (n > g->max) {
		load_problem(l, path, "%zu are too many; allowed: at most %zu",
		    n, g->max);
		n = 0;
	}
	items = arena_array(l->arena, n, g->size);
	memcpy(base + g->offset, &items, sizeof(items));
	memcpy(base + g->n_offset, &n, sizeof(n));
	for (i = 0; i < n; i++) {
		m = config_setting_get_elem(tree, (unsigned)i);
		inner = arena_printf(l->arena, "%s[%zu]", path, i);
		if (!config_setting_is_group(m)) {
			load_problem(l, inner, "%s cannot stand here; write a "
			    "group: { name = value; ... }", type_name(m));
			reader_defaults(l, g, items + i * g->size);
			continue;
		}
		read_group(l, g, m, inner, items + i * g->size);
	}
}

static void
read_inner(struct load *l, const struct group *g, config_setting_t *tree,
    const char *path, char *base)
{
	if (g->size > 0) {
		read_list(l, g, tree, path, base);
		return;
	}
	if (tree != NULL && !config_setting_is_group(tree)) {
		load_problem(l, path, "%s cannot stand here; write a group: "
		    "%s: { ... };", type_name(tree), g->name);
		tree = NULL;
	}
	read_group(l, g, tree, path, base);
}

static void
read_group(struct load *l, const struct group *g, config_setting_t *tree,
    const char *path, char *base)
{
	struct place p = { .load = l };
	const struct group *inner;
	size_t i;

	for (i = 0; i < g->n_settings; i++) {
		p.s = &g->settings[i];
		p.tree = tree == NULL ? NULL :
		    config_setting_get_member(tree, p.s->name);
		p.path = path_of(l, path, p.s->name);
		p.at = base + p.s->offset;
		read_setting(&p);
	}
	for (i = 0; i < g->n_groups; i++) {
		inner = &g->groups[i];
		read_inner(l, inner, tree == NULL ? NULL :
		    config_setting_get_member(tree, inner->name),
		    path_of(l, path, inner->name), base);
	}
	if (tree != NULL)
		find_unknown(l, g, tree, path);
}

void
reader_run(struct load *l, struct settings *out)
{
	memset(out, 0, sizeof(*out));
	read_group(l, table_top(), config_root_setting(l->cfg), "",
	    (char *)out);
}

void
reader_defaults(struct load *l, const struct group *g, void *base)
{
	struct place p = { .load = l, .path = "" };
	size_t i;

	for (i = 0; i < g->n_settings; i++) {
		p.s = &g->settings[i];
		p.at = (char *)base + p.s->offset;
		put_default(&p);
	}
}
