/* SPDX-License-Identifier: ISC */
/*
 * Meet: every decision about announcements, invitations and answers. Pure.
 */
#ifndef MEET_MEET_H
#define MEET_MEET_H

#include <stdbool.h>
#include "model/action.h"

struct err;

/* Decide about a mail that came in by ROUTE_ANNOUNCE, ROUTE_MEETING, or with
 * a TOKEN_ANNOUNCE token. Appends at least one action. */
void meet_decide(const struct digest *d, const struct snapshot *s,
    struct actions *out);

/* A question back to the chairman: line of his mail ("" if it is missing),
 * what is wrong, and the line that would be right ("" if none can be
 * proposed; several readings are several lines). A warning does not stop the
 * announcement: it is shown in the preview. */
struct meet_question {
	const char *line;
	const char *why;
	const char *fix;
	bool warning;
};

struct meet_questions {
	struct meet_question *items;
	size_t n, cap;
};

struct wall;

enum meet_verb { MEET_ANNOUNCE, MEET_UPDATE, MEET_CANCEL, MEET_STATUS };

struct meet_form {
	enum meet_verb verb;
	const char *key;	/* "m42" for update, cancel, status */
	struct meeting_rev rev;	/* only the fields named in the mail are set */
	uint32_t given;		/* bit set of MEET_F_* that the mail named */
	const struct wall *wall;/* date and time as written (meet/wall.h): an
				 * update is resolved against the revision that
				 * it changes; in an announcement rev has it */
};

enum { MEET_F_TITLE = 1, MEET_F_DATE = 2, MEET_F_TIME = 4, MEET_F_ZONE = 8,
	MEET_F_PLACE = 16, MEET_F_LINK = 32, MEET_F_AGENDA = 64,
	MEET_F_DESCRIPTION = 128, MEET_F_DOCUMENTS = 256, MEET_F_REASON = 512,
	MEET_F_END = 1024, MEET_F_NUMBER = 2048, MEET_F_DEADLINE = 4096,
	MEET_F_PIN = 8192 };

/* Read the tolerant plain-text form (facts: calendar 6.7). Questions are
 * appended for whatever is missing, contradictory or not understood. */
void meet_read_form(struct arena *a, const char *subject, const char *text,
    const struct list_settings *l, struct meet_form *out,
    struct meet_questions *q);
/* Consistency of a whole revision: past, end before start, DST gap, notice
 * period with its clause, clash (facts: domain R16, R18). */
void meet_check(struct arena *a, const struct meeting_rev *rev,
    const struct snapshot *s, struct meet_questions *q);
/* Does the change from old to new reset the answers (RFC 5546 2.1.4)? */
bool meet_is_major(const struct meeting_rev *old,
    const struct meeting_rev *new);
/* "what changed" in the lines "Field: old -> new", "" if nothing. */
char *meet_diff(struct arena *a, const struct meeting_rev *old,
    const struct meeting_rev *new);
/* When it is, one line a zone: local zone, UTC, Geneva, the list's zones. */
char *meet_when(struct arena *a, const struct meeting_rev *rev,
    const struct list_settings *l, const char *extra_zone);
/* The one-line "when" of a revision in its own zone, for subjects and lists. */
char *meet_when_short(struct arena *a, const struct meeting_rev *rev);

/* The texts of one invitation mail, the same for all recipients. Variables
 * of the mail's text are written as the literal "\001A\001" (the address that
 * answers go to) and "\001N\001" (the member's name; only in plain, so that
 * it needs no HTML escaping), to be cut by core. */
struct meet_text {
	const char *subject;
	const char *plain;
	const char *html;
};
/* old NULL: first announcement; else an update, or a cancellation if
 * rev->status is "cancelled". */
void meet_invitation(struct arena *a, const struct meeting_rev *rev,
    const struct meeting_rev *old, const struct list_settings *l,
    struct meet_text *out);

/* Hex SHA-256 of the revision's encoding: what a TOKEN_ANNOUNCE token is
 * bound to. Core puts it into token.content for the stored draft (key and uid
 * filled); meet_decide() releases no draft that has another. */
char *meet_content(struct arena *a, const struct meeting_rev *rev);

/* Order rule of answers (facts: calendar 6.5 step 8): may new replace old
 * (NULL = none yet)? major_seq: of the invitation. */
bool meet_answer_is_newer(const struct answer *old, const struct answer *new,
    uint32_t major_seq);

/* Totals by category and body. */
struct meet_total {
	const char *name;	/* category or body */
	const char *category;	/* of the body; "" in category rows */
	uint32_t invited, accepted, tentative, declined, none;
};
struct meet_totals {
	struct meet_total all;
	struct meet_total *categories;
	size_t n_categories;
	struct meet_total *bodies;
	size_t n_bodies;
};
/* answers: one per member at most (whole meeting); a member with seats in two
 * categories counts once in each, once in all. */
void meet_count(struct arena *a, const struct member *members,
    size_t n_members, const struct answer *answers, size_t n_answers,
    struct meet_totals *out);
/* The totals as a plain-text table. */
char *meet_totals_text(struct arena *a, const struct meet_totals *t);

/* jcadctl meeting announce|update|cancel: as by mail, but the result is
 * ACT_MEETING_DRAFT and ACT_MEETING_RELEASE of that draft (meeting_id 0 if it
 * is new). -1 with all questions in err->text when the form cannot be used. */
int meet_from_ctl(const struct snapshot *s, const char *subject,
    const char *text, const char *who, struct actions *out, struct err *err);

#endif
