/* SPDX-License-Identifier: ISC */
/*
 * Scan: what libconfig 1.5 accepts silently and should not: numbers that do
 * not fit in 32 bits (kept in load.wrapped), a comment without end, strings
 * cut by a zero byte; and what it does not say well: trailing commas, missing
 * or endless includes.
 */
#ifndef CONF_SCAN_H
#define CONF_SCAN_H

struct load;

/* Look at l->file and all that it includes; adds problems. 0 if libconfig
 * may read it. Blocking. */
int scan_file(struct load *l);

#endif
