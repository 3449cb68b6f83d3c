/* SPDX-License-Identifier: ISC */
/*
 * Outbox: the transport "outbox:DIR". Each copy becomes one file
 * DIR/TIME-BATCH-IDX.eml, with Return-Path and Delivered-To on top; a file
 * that is visible is whole, one that was reported is durable.
 */
#ifndef COURIER_OUTBOX_H
#define COURIER_OUTBOX_H

struct transport_ops;

/* The table of functions, static. */
const struct transport_ops *outbox_ops(void);

#endif
