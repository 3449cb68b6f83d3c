/* SPDX-License-Identifier: ISC */
/*
 * Parser: the role that looks inside mails. It has no network, no store and no
 * spool: a mail comes as a descriptor, its digest goes back. A mail that kills
 * or stalls it costs nobody else anything.
 */
#ifndef PARSER_PARSER_H
#define PARSER_PARSER_H

#include <stdint.h>
#include "proc/role.h"

struct err;
struct link_ops;
struct parser;
struct settings;

/* Run as a role process; returns its exit status. */
int parser_run(const struct role_env *env);

/* In-process form (the role itself, and scenario tests): the argument and the
 * handlers to make a link to core with. The parser must outlive the link. */
struct parser *parser_new(const struct settings *settings);
const struct link_ops *parser_ops(void);
/* NULL allowed. Does not touch links. */
void parser_free(struct parser *p);

#endif
