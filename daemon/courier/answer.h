/* SPDX-License-Identifier: ISC */
/*
 * Answer: what a relay has decided on one message, read from libesmtp's
 * three statuses, and the result that follows from it.
 */
#ifndef COURIER_ANSWER_H
#define COURIER_ANSWER_H

#include <stdbool.h>
#include <stddef.h>	/* libesmtp.h uses size_t and does not say so */
#include <libesmtp.h>

struct transport_order;

/* The status that decides on a message with one recipient (borrowed), or NULL:
 * unknown. 2xx only if RCPT and the end of the data were both 2xx. */
const smtp_status_t *answer_get(smtp_message_t message,
    smtp_recipient_t recipient);
/* Nothing of the message can have been delivered: its MAIL got no answer. */
bool answer_is_untouched(smtp_message_t message);
/* Report copy i of order with that status. */
void answer_report(const struct transport_order *order, size_t i,
    const smtp_status_t *st);

#endif
