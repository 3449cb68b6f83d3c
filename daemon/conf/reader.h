/* SPDX-License-Identifier: ISC */
/* Reader: the tree into the structs of model/settings.h, along the table. */
#ifndef CONF_READER_H
#define CONF_READER_H

#include <stddef.h>

struct group;
struct load;
struct settings;

/* Fill *out from the whole tree. What is missing or refused gets its default
 * ("" or 0 if there is none), so that all problems can be found in one go. */
void reader_run(struct load *l, struct settings *out);
/* Fill base, a struct of group g, with nothing but defaults. */
void reader_defaults(struct load *l, const struct group *g, void *base);
/* path made absolute against dir, "" stays "". In the arena of l. */
const char *reader_path(struct load *l, const char *dir, const char *path);

#endif
