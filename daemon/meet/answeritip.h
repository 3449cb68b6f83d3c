/* SPDX-License-Identifier: ISC */
/* Answeritip: answers and proposals of calendar programs. Pure. */
#ifndef MEET_ANSWERITIP_H
#define MEET_ANSWERITIP_H

#include "list/case.h"

/* Act on the calendar objects of a mail from by_token's own address. */
void answeritip_decide(const struct list_case *c);

#endif
