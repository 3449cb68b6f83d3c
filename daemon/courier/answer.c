/* SPDX-License-Identifier: ISC */
/*
 * Reading libesmtp's statuses. It calls a recipient complete and 250 even when
 * the data was refused, and tells of a refused sender only in the reverse
 * path; so all three are read, in the order of the dialogue.
 */
#include "courier/answer.h"

#include "base/str.h"
#include "courier/transport.h"

static bool
is_refusal(const smtp_status_t *st)
{
	return st->code / 100 == 4 || st->code / 100 == 5;
}

const smtp_status_t *
answer_get(smtp_message_t message, smtp_recipient_t recipient)
{
	const smtp_status_t *from = smtp_reverse_path_status(message);
	const smtp_status_t *to = smtp_recipient_status(recipient);
	const smtp_status_t *data = smtp_message_transfer_status(message);

	if (is_refusal(from))
		return from;
	if (is_refusal(to))
		return to;
	if (is_refusal(data))
		return data;
	if (to->code / 100 == 2 && data->code / 100 == 2 &&
	    smtp_recipient_check_complete(recipient))
		return data;
	return NULL;
}

bool
answer_is_untouched(smtp_message_t message)
{
	return smtp_reverse_path_status(message)->code == 0;
}

/*
 * 5xx that say nothing of the recipient: a log-in that is missing or refused;
 * and 503, which the chunks behind a refused one get (RFC 3030 section 2),
 * whereas the library keeps only the last reply.
 */
static bool
is_our_fault(int code)
{
	return code == 503 || code == 530 || code == 534 || code == 535 ||
	    code == 538;
}

void
answer_report(const struct transport_order *order, size_t i,
    const smtp_status_t *st)
{
	struct str text = STR_EMPTY;
	enum result_outcome outcome = RESULT_RETRY;

	if (st->code / 100 == 2)
		outcome = RESULT_OK;
	else if (st->code / 100 == 5 && !is_our_fault(st->code))
		outcome = RESULT_FAILED;
	str_addf(&text, "%d ", st->code);
	/* The library cuts the enhanced code off the text. */
	if (st->enh_class != 0)
		str_addf(&text, "%d.%d.%d ", st->enh_class, st->enh_subject,
		    st->enh_detail);
	str_adds(&text, st->text != NULL ? st->text : "");
	transport_report(order, i, outcome, (uint32_t)st->code,
	    str_get(&text));
	str_done(&text);
}
