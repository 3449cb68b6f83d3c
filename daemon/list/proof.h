/* SPDX-License-Identifier: ISC */
/* Proof: what our border found out about the From address. See list.h. */
#ifndef LIST_PROOF_H
#define LIST_PROOF_H

#include <stdbool.h>

struct arena;
struct digest;

/* True if our border says that DMARC failed: somebody else wrote it. */
bool list_proof_is_forged(struct arena *a, const struct digest *d);

#endif
