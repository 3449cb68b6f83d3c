/* SPDX-License-Identifier: ISC */
/* Override: "path=value" of the command line, put into the tree before it is
 * read, so that both ways pass the same checks. */
#ifndef CONF_OVERRIDE_H
#define CONF_OVERRIDE_H

struct load;

/* Set what text ("relay.url=outbox:/tmp/x", "lists[0].zones=UTC,Asia/Tokyo",
 * "plugins[0].config.dir=/srv") says; [n] may be one past the end and makes
 * a new element. Adds a problem if that is no setting. */
void override_apply(struct load *l, const char *text);

#endif
