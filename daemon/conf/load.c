/* SPDX-License-Identifier: ISC */
/*
 * Load: finds settings by path and words the place of a problem. Owns
 * nothing. Invariant: every problem is exactly one line.
 */
#include "conf/load.h"

#include <libconfig.h>
#include <stdarg.h>
#include <string.h>

#include "base/arena.h"
#include "base/span.h"
#include "base/str.h"

bool
load_step(struct arena *a, struct span *path, const char **name,
    int64_t *index)
{
	size_t end = 0;
	uint64_t number;

	while (path->n > 0 && path->p[0] == '.')
		*path = span_sub(*path, 1, path->n);
	if (path->n == 0)
		return false;
	if (path->p[0] == '[') {
		end = span_find(*path, ']');
		if (!span_u64(span_sub(*path, 1, end), 100000, &number))
			return false;
		*index = (int64_t)number;
		*path = span_sub(*path, end + 1, path->n);
		return true;
	}
	while (end < path->n && path->p[end] != '.' && path->p[end] != '[')
		end++;
	*name = arena_strndup(a, path->p, end);
	*index = -1;
	*path = span_sub(*path, end, path->n);
	return true;
}

/* The setting at path, or the innermost one around it; *whole tells. */
static config_setting_t *
find(const struct load *l, const char *path, bool *whole)
{
	config_setting_t *s = config_root_setting(l->cfg), *inner;
	struct span rest = span_of(path);
	const char *name = "";
	int64_t index;

	*whole = true;
	while (load_step(l->arena, &rest, &name, &index)) {
		if (index < 0 && !config_setting_is_group(s))
			inner = NULL;
		else if (index < 0)
			inner = config_setting_get_member(s, name);
		else if (config_setting_is_list(s) ||
		    config_setting_is_array(s))
			inner = config_setting_get_elem(s, (unsigned)index);
		else
			inner = NULL;
		if (inner == NULL) {
			*whole = false;
			break;
		}
		s = inner;
	}
	return s;
}

config_setting_t *
load_find(const struct load *l, const char *path)
{
	bool whole;
	config_setting_t *s = find(l, path, &whole);

	return whole ? s : NULL;
}

bool
load_is_override(const config_setting_t *s)
{
	return config_setting_source_file(s) == NULL;
}

const char *
load_wrapped_text(const struct load *l, const config_setting_t *s)
{
	const char *file = config_setting_source_file(s);
	const struct load_wrapped *w;

	if (file == NULL || config_setting_type(s) != CONFIG_TYPE_INT)
		return NULL;
	for (w = l->wrapped; w != NULL; w = w->next)
		if (w->line == config_setting_source_line(s) &&
		    strcmp(w->file, file) == 0 &&
		    w->low == (uint32_t)config_setting_get_int(s))
			return w->text;
	return NULL;
}

/* The override that sets path, as the user wrote it; else path. */
static const char *
override_of(const struct load *l, const char *path)
{
	const char *const *o;
	size_t n = strlen(path);

	for (o = l->overrides; o != NULL && *o != NULL; o++)
		if (strncmp(*o, path, n) == 0 && (*o)[n] == '=')
			return *o;
	return path;
}

/* One line: where, and what; without control characters, which a file or a
 * command line may hold anywhere. */
__attribute__((format(printf, 3, 0))) static void
add_line(struct load *l, const char *where, const char *fmt, va_list ap)
{
	char *text = arena_vprintf(l->arena, fmt, ap), *p;
	char *line = arena_printf(l->arena, "%s: %s", where, text);

	for (p = line; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 127)
			*p = ' ';
	str_adds(l->problems, line);
	str_addc(l->problems, '\n');
	l->n_problems++;
}

void
load_problem(struct load *l, const char *path, const char *fmt, ...)
{
	config_setting_t *s;
	const char *where;
	va_list ap;
	bool whole;

	s = find(l, path, &whole);
	if (config_setting_is_root(s))
		where = arena_printf(l->arena, "%s: %s", l->file, path);
	else if (load_is_override(s))
		where = arena_printf(l->arena, "-o %s", override_of(l, path));
	else
		where = arena_printf(l->arena, "%s:%u: %s",
		    config_setting_source_file(s),
		    config_setting_source_line(s), path);
	va_start(ap, fmt);
	add_line(l, where, fmt, ap);
	va_end(ap);
}

void
load_problem_at(struct load *l, const char *file, unsigned line,
    const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_line(l, line == 0 ? file :
	    arena_printf(l->arena, "%s:%u", file, line), fmt, ap);
	va_end(ap);
}
