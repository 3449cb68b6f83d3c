/* SPDX-License-Identifier: ISC */
/*
 * Conf: the steps of loading, in order: scan, parse, override, read, default,
 * check. Owns the libconfig tree while that lasts. Invariant: settings are
 * given out only when there was no problem at all.
 */
#include "conf/conf.h"

#include <errno.h>
#include <fcntl.h>
#include <libconfig.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "base/span.h"
#include "base/str.h"
#include "base/utf8.h"
#include "conf/check.h"
#include "conf/jca.h"
#include "conf/load.h"
#include "conf/override.h"
#include "conf/reader.h"
#include "conf/scan.h"
#include "conf/table.h"
#include "conf/value.h"
#include "model/settings.h"

/* The text of a line, for the message about it. */
static const char *
line_text(struct load *l, const char *file, int number)
{
	struct span text, line = { NULL, 0 };
	int i;

	if (file_read(l->arena, AT_FDCWD, file, 4u << 20, &text, NULL) != 0)
		return "";
	for (i = 0; i < number && text.p != NULL; i++)
		line = span_line(&text);
	line = utf8_truncate(span_trim(line), 60);
	return arena_strndup(l->arena, line.p, line.n);
}

static void
explain_parse(struct load *l)
{
	const char *file = config_error_file(l->cfg);
	const char *text = config_error_text(l->cfg);
	int line = config_error_line(l->cfg);

	if (file == NULL)
		file = l->file;
	if (strcmp(text, "syntax error") != 0) {
		load_problem_at(l, file, (unsigned)line, "%s, at: %s", text,
		    line_text(l, file, line));
		return;
	}
	load_problem_at(l, file, (unsigned)line, "this is not understood: %s "
	    "(often the line before lacks its end: each setting ends in a "
	    "semicolon, text stands in quotes, brackets come in pairs)",
	    line_text(l, file, line));
}

/* Absolute folder of the configuration file. */
static int
find_folders(struct load *l)
{
	char *full = realpath(l->file, NULL), *slash;
	char cwd[PATH_MAX];

	if (full == NULL) {
		load_problem_at(l, l->file, 0, "cannot be read: %s",
		    strerror(errno));
		return -1;
	}
	slash = strrchr(full, '/');
	l->full = arena_strdup(l->arena, full);
	l->dir = arena_strndup(l->arena, full, slash == full ? 1 :
	    (size_t)(slash - full));
	free(full);
	l->cwd = arena_strdup(l->arena, getcwd(cwd, sizeof(cwd)) != NULL ?
	    cwd : l->dir);
	return 0;
}

static int
parse(struct load *l)
{
	if (find_folders(l) != 0)
		return -1;
	if (scan_file(l) != 0)
		return -1;
	config_set_include_dir(l->cfg, l->dir);
	if (config_read_file(l->cfg, l->file) == CONFIG_TRUE)
		return 0;
	explain_parse(l);
	return -1;
}

static const char *
in_spool(struct load *l, const struct settings *s, const char *name)
{
	return arena_printf(l->arena, "%s/%s", s->spool, name);
}

static const char *
own_name(struct load *l, const struct settings *s)
{
	char name[256] = "";

	if (gethostname(name, sizeof(name) - 1) == 0 && value_is_domain(name))
		return arena_strdup(l->arena, name);
	return s->n_lists > 0 && value_is_domain(s->lists[0].domain) ?
	    s->lists[0].domain : "localhost";
}

static void
default_intake(struct load *l, struct settings *s)
{
	s->intake = arena_array(l->arena, 1, sizeof(*s->intake));
	s->n_intake = 1;
	reader_defaults(l, table_group(table_top(), "intake"), s->intake);
	s->intake[0].listen = "127.0.0.1:2525";
}

static void
default_list(struct arena *a, struct list_settings *list)
{
	char *title = arena_strdup(a, list->name), *p;
	size_t i;

	for (p = title; *p != '\0'; p++)
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
	if (list->title[0] == '\0')
		list->title = title;
	if (list->owner[0] == '\0' && value_is_domain(list->domain))
		list->owner = arena_printf(a, "postmaster@%s",
		    list->domain);
	if (list->n_categories == 0) {
		list->n_categories = jca_n_categories;
		list->categories = arena_array(a, jca_n_categories,
		    sizeof(*list->categories));
		memcpy(list->categories, jca_categories,
		    jca_n_categories * sizeof(*list->categories));
	}
	for (i = 0; i < list->n_categories; i++)
		if (list->categories[i].title[0] == '\0')
			list->categories[i].title = list->categories[i].name;
	for (i = 0; i < list->n_bodies; i++)
		if (list->bodies[i].title[0] == '\0')
			list->bodies[i].title = list->bodies[i].name;
}

/* What the table calls "empty: ...". */
static void
fill_in(struct load *l, struct settings *s)
{
	const config_setting_t *intake = load_find(l, "intake");
	size_t i;

	s->file = l->full;
	if (s->store[0] == '\0')
		s->store = arena_printf(l->arena, "sqlite:%s/jcad.db",
		    s->spool);
	if (s->control[0] == '\0')
		s->control = in_spool(l, s, "control");
	if (s->relay_url[0] == '\0')
		s->relay_url = arena_printf(l->arena, "outbox:%s/outbox",
		    s->spool);
	if (s->hostname[0] == '\0')
		s->hostname = own_name(l, s);
	/* A list without elements is what the user wants, and is refused. */
	if (s->n_intake == 0 &&
	    (intake == NULL || !config_setting_is_list(intake)))
		default_intake(l, s);
	for (i = 0; i < s->n_lists; i++)
		default_list(l->arena, &s->lists[i]);
}

void
conf_default_list(struct arena *a, const char *name, const char *domain,
    struct list_settings *out)
{
	struct load l = { .arena = a };

	memset(out, 0, sizeof(*out));
	reader_defaults(&l, table_group(table_top(), "lists"), out);
	out->name = name;
	out->domain = domain;
	default_list(a, out);
}

/* All steps into s; false if the file cannot be read as a tree. */
static bool
load_tree(struct load *l, struct settings *s)
{
	const char *const *o;
	config_t cfg;
	bool read;

	l->cfg = &cfg;
	config_init(&cfg);
	read = parse(l) == 0;
	if (read) {
		for (o = l->overrides; o != NULL && *o != NULL; o++)
			override_apply(l, *o);
		reader_run(l, s);
		fill_in(l, s);
		check_settings(l, s);
		check_lists(l, s);
	}
	config_destroy(&cfg);
	return read;
}

int
conf_load(struct arena *a, const char *file, const char *const *overrides,
    struct settings **out, struct str *problems)
{
	struct settings *s = arena_alloc(a, sizeof(*s));
	struct load l = { .arena = a, .file = file, .overrides = overrides,
		.problems = problems };

	(void)load_tree(&l, s);
	if (l.n_problems > 0)
		return -1;
	*out = s;
	return 0;
}

const char *
conf_control(struct arena *a, const char *file, const char *const *overrides,
    struct str *problems)
{
	struct settings *s = arena_alloc(a, sizeof(*s));
	struct load l = { .arena = a, .file = file, .overrides = overrides,
		.problems = problems };

	return load_tree(&l, s) ? s->control : NULL;
}
