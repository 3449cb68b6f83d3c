/* SPDX-License-Identifier: ISC */
/* Enumerations of messages: what a number on the wire means. */
#ifndef MODEL_EVENT_H
#define MODEL_EVENT_H

enum event_kind {
	EVENT_MEETING_PUBLISHED = 1,
	EVENT_MEETING_REVISED,
	EVENT_MEETING_CANCELLED,
	EVENT_POST_DISTRIBUTED,
	EVENT_REPORT_PUBLISHED,
	EVENT_ROADMAP_CHANGED,
	EVENT_LIST_RETIRED,
};

enum event_answer { EVENT_OK, EVENT_RETRY, EVENT_DROP };

enum result_outcome {
	RESULT_OK,	/* 2xx to the end of the data */
	RESULT_RETRY,	/* 4xx, no connection, or dropped: unknown */
	RESULT_FAILED,	/* 5xx, or cannot be sent by this transport at all */
};

#endif
