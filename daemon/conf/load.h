/* SPDX-License-Identifier: ISC */
/*
 * Load: what the steps of reading a configuration share: the tree, where it
 * came from, and the list of problems.
 */
#ifndef CONF_LOAD_H
#define CONF_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/span.h"

struct arena;
struct config_setting_t;
struct config_t;
struct str;

/* A number of a file that does not fit in 32 bits, which libconfig wraps. */
struct load_wrapped {
	struct load_wrapped *next;
	const char *file;
	unsigned line;
	uint32_t low;		/* what is left of it */
	const char *text;
};

struct load {
	struct arena *arena;
	struct config_t *cfg;
	const char *file;	/* as given by the user */
	const char *full;	/* the same, absolute, no symbolic links */
	const char *dir;	/* folder of that */
	const char *cwd;	/* where relative paths of overrides begin */
	const char *const *overrides;	/* NULL at the end, or NULL */
	struct load_wrapped *wrapped;
	struct str *problems;
	size_t n_problems;
};

/* Take "name" or "[3]" off the front of *path; *index is -1 for a name, else
 * *name is untouched. false if nothing is left, or no step is there. */
bool load_step(struct arena *a, struct span *path, const char **name,
    int64_t *index);
/* The setting at path ("lists[0].name"), or NULL. */
struct config_setting_t *load_find(const struct load *l, const char *path);
/* True if the setting was given by an override, not by a file. */
bool load_is_override(const struct config_setting_t *s);
/* Text of the number at s as it is written, if libconfig wrapped it; else
 * NULL. */
const char *load_wrapped_text(const struct load *l,
    const struct config_setting_t *s);
/* One more problem with the setting at path; the place is that of the
 * setting, or of the nearest group around it that is written down. */
void load_problem(struct load *l, const char *path, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* One more problem at a line of a file (0 = no line). */
void load_problem_at(struct load *l, const char *file, unsigned line,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

#endif
