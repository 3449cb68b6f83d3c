/* SPDX-License-Identifier: ISC */
/* Announce: decisions about mails to LIST-announce and the answers to
 * previews. Pure. */
#ifndef MEET_ANNOUNCE_H
#define MEET_ANNOUNCE_H

#include "list/case.h"

/* Decide about a mail to LIST-announce. */
void announce_mail(const struct list_case *c);
/* An answer to a preview: TOKEN_ANNOUNCE. */
void announce_token(const struct list_case *c);

#endif
