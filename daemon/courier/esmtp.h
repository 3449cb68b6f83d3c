/* SPDX-License-Identifier: ISC */
/*
 * Esmtp: the transport "esmtp://HOST:PORT" (and, until there is an engine of
 * our own, "smtp://HOST:PORT"): one blocking session of libesmtp an order. For
 * relays that are near and for few recipients. No SMTPUTF8, no LMTP, no IPv6
 * literals.
 */
#ifndef COURIER_ESMTP_H
#define COURIER_ESMTP_H

struct transport_ops;

/* The table of functions, static. */
const struct transport_ops *esmtp_ops(void);

#endif
