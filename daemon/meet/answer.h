/* SPDX-License-Identifier: ISC */
/* Answer: decisions about mails to a member's organizer address
 * (ROUTE_MEETING): calendar replies and plain words. Pure. */
#ifndef MEET_ANSWER_H
#define MEET_ANSWER_H

#include "list/case.h"

/* What became of an answer to a meeting. */
enum answer_outcome { ANSWER_TAKEN, ANSWER_STALE, ANSWER_CANCELLED,
	ANSWER_OVER, ANSWER_NO_SUCH_DATE };

/* Decide about a mail to the organizer address of by_token. */
void answer_mail(const struct list_case *c);

/* ---- shared with answeritip.c ---- */

/* Record a as by_token's answer to m if it may be: meeting not over, not
 * cancelled, not older than what is known. a->partstat, comment, source,
 * recur_at, sequence and dtstamp_at are set by the caller. */
enum answer_outcome answer_take(const struct list_case *c,
    const struct meeting *m, const struct answer *a);
/* Notice to by_token with the variables that all answer templates have. */
struct list_note *answer_note(const struct list_case *c,
    const char *template, const struct meeting *m);
/* The meeting is cancelled or over: says so. */
void answer_refuse(const struct list_case *c, const struct meeting *m,
    enum answer_outcome outcome);

#endif
