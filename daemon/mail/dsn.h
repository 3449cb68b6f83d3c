/* SPDX-License-Identifier: ISC */
/*
 * Dsn: reading delivery reports (RFC 3464, RFC 6533) and abuse reports (RFC
 * 5965) that come as parts of multipart/report. Pure.
 */
#ifndef MAIL_DSN_H
#define MAIL_DSN_H

#include "model/wire.h"

struct arena;
struct mime;

/* Fill d->dsns and d->dsn_original_id. An abuse report gives one entry whose
 * action is "complaint" and whose diagnostic is the kind of feedback. */
void dsn_digest(struct arena *a, const struct mime *m, struct digest *d);

#endif
