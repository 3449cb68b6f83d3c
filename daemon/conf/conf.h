/* SPDX-License-Identifier: ISC */
/*
 * Conf: the configuration file into struct settings, and what describes it.
 * Everything comes from one table (conf/table.c): parser, checks, annotated
 * sample and the settings section of jcad.conf(5). The only user of libconfig.
 */
#ifndef CONF_CONF_H
#define CONF_CONF_H

struct arena;
struct list_settings;
struct settings;
struct str;

#define CONF_DEFAULT_FILE "/etc/jcad/jcad.conf"

/*
 * Read file, apply overrides (NULL-terminated "path=value" array, NULL = none;
 * relative paths in them are relative to the working directory, those of the
 * file to its folder), fill in defaults, check everything. 0 and *out, owned
 * by a; or -1: each problem is one line in problems ("FILE:LINE: setting:
 * what is wrong, what is allowed, what to write"). Reads files; blocking.
 */
int conf_load(struct arena *a, const char *file, const char *const *overrides,
    struct settings **out, struct str *problems);

/* Path of the control socket (in a), also when the file has problems that do
 * not matter for it: a daemon that runs can be asked while its configuration
 * is being edited. NULL if the file cannot be read at all. */
const char *conf_control(struct arena *a, const char *file,
    const char *const *overrides, struct str *problems);
/* A list of that name and domain with nothing but defaults, in a: for tools
 * that read mail without a configuration. */
void conf_default_list(struct arena *a, const char *name, const char *domain,
    struct list_settings *out);
/* Append the annotated sample configuration (a JCA on quantum key
 * distribution networks); it loads without problems. */
void conf_sample(struct str *out);
/* Append the settings as mdoc(7) subsections for jcad.conf(5). */
void conf_man(struct str *out);

#endif
