/* SPDX-License-Identifier: ISC */
/*
 * Answers: calendar replies as clients send them, plain words, and the order
 * rule. Only the member's own answer is recorded, and never an older one.
 */
#include "tests/unit/meet_fixture.h"

#define INES "ines@vendor-g.example"
#define M7 "m7-ABC@lists.itu-t.example"

struct plain {
	const char *name;
	const char *subject, *text;
	const char *want, *has;
	size_t meetings;	/* 0: all three */
};

static const struct plain plains[] = {
	{ "the one-tap mail accepts", "ACCEPT m7", "",
	    "answer(7 2 ACCEPTED), meet-answer>ines",
	    "Your answer: you will take part.", 0 },
	{ "the one-tap mail with a telephone's signature accepts",
	    "ACCEPT m7", "Sent from my telephone", "answer(7 2 ACCEPTED), "
	    "meet-answer>ines", NULL, 0 },
	{ "a signature in words below the one-tap mail is no comment",
	    "MAYBE m7", "Ines Ejemplo\nVendor G\n", "answer(7 2 TENTATIVE), "
	    "meet-answer>ines", "[|ines@vendor-g.example||]", 0 },
	{ "a reply with one word and the key in our subject",
	    "Re: Invitation: Meeting m7, Wed 10 Feb 2027 (m7)", "Accept\n",
	    "answer(7 2 ACCEPTED), meet-answer>ines", NULL, 0 },
	{ "yes accepts", "Re: Invitation (m7)", "Yes, with pleasure\n",
	    "answer(7 2 ACCEPTED), meet-answer>ines", "with pleasure", 0 },
	{ "decline declines", "Re: Invitation (m7)", "DECLINE",
	    "answer(7 2 DECLINED), meet-answer>ines", NULL, 0 },
	{ "no declines", "Re: Invitation (m7)", "No, sorry.\n",
	    "answer(7 2 DECLINED), meet-answer>ines", NULL, 0 },
	{ "no with a sentence declines", "Re: (m7)", "No I cannot come\n",
	    "answer(7 2 DECLINED), meet-answer>ines", NULL, 0 },
	{ "no problem is no refusal", "Re: Invitation (m7)",
	    "No problem, I will come\n", "meet-answer-help>ines",
	    "Nothing was recorded", 0 },
	{ "maybe is tentative", "Re: Invitation (m7)", "maybe",
	    "answer(7 2 TENTATIVE), meet-answer>ines", NULL, 0 },
	{ "the body counts before the subject", "Re: ACCEPT m7",
	    "decline m7\n", "answer(7 2 DECLINED), meet-answer>ines", NULL,
	    0 },
	{ "the key behind the word counts before the subject",
	    "Re: Invitation (m7)", "accept m8\n",
	    "answer(8 2 ACCEPTED), meet-answer>ines", NULL, 0 },
	{ "a subject as Outlook writes it", "Accepted: Invitation: Meeting "
	    "m7, Wed 10 Feb 2027 (m7)", "", "answer(7 2 ACCEPTED), "
	    "meet-answer>ines", NULL, 0 },
	{ "without a key and with two meetings it is asked back", "",
	    "accept\n", "meet-which>ines", "  m8     Wed 10 Mar 2027", 0 },
	{ "without a key the only meeting is meant", "", "accept\n",
	    "answer(7 2 ACCEPTED), meet-answer>ines", NULL, 1 },
	{ "an unknown key is asked back", "ACCEPT m99", "",
	    "meet-which>ines", "no meeting m99", 0 },
	{ "a cancelled meeting takes no answers", "ACCEPT m9", "",
	    "meet-answer-late>ines", "This meeting is cancelled", 0 },
	{ "words that say nothing get help", "Re: Invitation (m7)",
	    "What is the agenda?\n", "meet-answer-help>ines",
	    "m7: Meeting m7", 0 },
	{ "an empty mail gets help", "", "", "meet-answer-help>ines", NULL,
	    0 },
	{ "a vacation notice is ignored", "Automatic reply: Invitation (m7)",
	    "No, I am away\n", "ignore", NULL, 0 },
};

static void
world_answer(struct world *w, const char *subject, const char *text)
{
	world_begin(w, ROUTE_MEETING, INES, subject, text);
	w->snap.by_token = &w->members[1];
	w->snap.route.token = "abcdefghijklm";
}

static void
plain_row(void **state)
{
	const struct plain *r = *state;
	struct world w;

	world_answer(&w, r->subject, r->text);
	if (r->meetings != 0)
		w.snap.n_meetings = r->meetings;
	meet_decide(&w.digest, &w.snap, &w.actions);
	world_check(&w, r->want, r->has);
	world_end(&w);
}

/* ---- calendar objects ---- */

struct ics {
	const char *name;
	const char *method, *uid, *attendee, *partstat;
	const char *want, *has;
	const char *from;	/* default the member */
	const char *comment, *problem, *auto_submitted, *delegated_to;
	int64_t recur_at, dtstamp_at, start_at;
	uint32_t sequence, major_seq, sent_seq;
	const char *old_partstat;	/* an answer known before: */
	uint32_t old_sequence;
	int64_t old_dtstamp_at;
	bool twice, over, no_token, gone;
};

#define TAKEN "answer(7 2 ACCEPTED)"
#define REPLY(u, who, ps) .method = "REPLY", .uid = u, .attendee = who, \
	.partstat = ps

static const struct ics icses[] = {
	{ .name = "a clean reply is recorded and not answered",
	    REPLY(M7, INES, "ACCEPTED"), .want = TAKEN },
	{ .name = "a decline", REPLY(M7, INES, "DECLINED"),
	    .want = "answer(7 2 DECLINED)" },
	{ .name = "tentative", REPLY(M7, INES, "TENTATIVE"),
	    .want = "answer(7 2 TENTATIVE)" },
	{ .name = "a comment is kept", REPLY(M7, INES, "ACCEPTED"),
	    .comment = "late by\n10 minutes", .want = TAKEN,
	    .has = "late by 10 minutes" },
	{ .name = "the UID in another case", REPLY(
	    "M7-abc@LISTS.itu-t.example", INES, "ACCEPTED"), .want = TAKEN },
	{ .name = "the method in another case", .method = "reply", .uid = M7,
	    .attendee = INES, .partstat = "accepted", .want = TAKEN },
	{ .name = "a reply that is marked as automatic is recorded",
	    REPLY(M7, INES, "ACCEPTED"), .auto_submitted = "auto-generated",
	    .want = TAKEN },
	{ .name = "inline and attached are one answer",
	    REPLY(M7, INES, "ACCEPTED"), .twice = true, .want = TAKEN },
	{ .name = "another From with the right attendee is recorded",
	    REPLY(M7, INES, "ACCEPTED"), .from = "i.ejemplo@home.example",
	    .want = TAKEN },
	{ .name = "a mangled attendee with the right From is recorded",
	    REPLY(M7, "ines@internal.vendor-g.example", "ACCEPTED"),
	    .want = TAKEN },
	{ .name = "a stranger with a forwarded invitation is not counted",
	    REPLY(M7, "guest@evil.example", "ACCEPTED"),
	    .from = "guest@evil.example", .want = "audit, "
	    "meet-forwarded>ines, meet-forwarded-chair>ada",
	    .has = "answered by guest_evil_example" },
	{ .name = "an unknown PARTSTAT is tentative with a note",
	    REPLY(M7, INES, "IN-PROCESS"), .want = "answer(7 2 TENTATIVE)",
	    .has = "answered IN-PROCESS" },
	{ .name = "a delegation counts as no, with a note",
	    REPLY(M7, INES, "DELEGATED"), .delegated_to = "bob@x.example",
	    .want = "answer(7 2 DECLINED), meet-delegated>ines",
	    .has = "delegated to bob_x_example" },
	{ .name = "an unknown UID lists the meetings", REPLY("x@y.example",
	    INES, "ACCEPTED"), .want = "meet-answer-unknown>ines",
	    .has = "  m7     Wed 10 Feb 2027" },
	{ .name = "an unknown UID from a machine is not answered",
	    REPLY("x@y.example", INES, "ACCEPTED"),
	    .auto_submitted = "auto-generated", .want = "ignore" },
	{ .name = "an empty UID matches nothing", REPLY("", INES, "ACCEPTED"),
	    .want = "meet-answer-unknown>ines" },
	{ .name = "a cancelled meeting takes no answers",
	    REPLY("m9-ABC@lists.itu-t.example", INES, "ACCEPTED"),
	    .want = "meet-answer-late>ines", .has = "cancelled" },
	{ .name = "a meeting that is over takes no answers",
	    REPLY(M7, INES, "ACCEPTED"), .over = true,
	    .want = "meet-answer-late>ines", .has = "is over" },
	{ .name = "a broken object is told", REPLY(M7, INES, "ACCEPTED"),
	    .problem = "calendar part is over 256 kB",
	    .want = "meet-answer-problem>ines", .has = "over 256 kB" },
	{ .name = "a broken object from a machine is not answered",
	    REPLY(M7, INES, "ACCEPTED"), .problem = "too deep",
	    .auto_submitted = "auto-replied", .want = "ignore" },
	{ .name = "an answer to the time before the change is stale",
	    REPLY(M7, INES, "ACCEPTED"), .major_seq = 2, .sent_seq = 2,
	    .sequence = 1, .want = "ignore", .has = "older" },
	{ .name = "an answer to the changed time counts",
	    REPLY(M7, INES, "ACCEPTED"), .major_seq = 2, .sent_seq = 2,
	    .sequence = 2, .old_partstat = "DECLINED", .old_sequence = 1,
	    .old_dtstamp_at = NOW, .want = TAKEN },
	{ .name = "an older stamp than the known answer's is stale",
	    REPLY(M7, INES, "ACCEPTED"), .dtstamp_at = NOW - 100,
	    .old_partstat = "DECLINED", .old_dtstamp_at = NOW - 50,
	    .want = "ignore", .has = "older" },
	{ .name = "a newer stamp replaces the known answer",
	    REPLY(M7, INES, "ACCEPTED"), .dtstamp_at = NOW - 50,
	    .old_partstat = "DECLINED", .old_dtstamp_at = NOW - 100,
	    .want = TAKEN },
	{ .name = "a SEQUENCE that we never sent does not lock out",
	    REPLY(M7, INES, "ACCEPTED"), .sequence = 99, .dtstamp_at = NOW,
	    .want = TAKEN },
	{ .name = "the date of the meeting itself is the whole meeting",
	    REPLY(M7, INES, "ACCEPTED"), .recur_at = S1_START,
	    .want = TAKEN },
	{ .name = "a date that the meeting does not have is ignored",
	    REPLY(M7, INES, "ACCEPTED"), .recur_at = S1_START + DAY_S,
	    .want = "ignore" },
	{ .name = "a proposal goes to who announced", .method = "COUNTER",
	    .uid = M7, .attendee = INES, .partstat = "TENTATIVE",
	    .start_at = S1_START + DAY_S, .want =
	    "meet-proposal>ada, meet-proposed>ines",
	    .has = "Proposed:  Thu 11 Feb 2027 13:00 Geneva time "
	    "(12:00 UTC)" },
	{ .name = "a proposal without a time is ignored", .method = "COUNTER",
	    .uid = M7, .attendee = INES, .partstat = "TENTATIVE",
	    .want = "ignore" },
	{ .name = "a refresh is ignored", .method = "REFRESH", .uid = M7,
	    .attendee = INES, .partstat = "", .want = "ignore",
	    .has = "REFRESH" },
	{ .name = "a request is ignored", .method = "REQUEST", .uid = M7,
	    .attendee = INES, .partstat = "", .want = "ignore" },
	{ .name = "an unknown token is refused", REPLY(M7, INES, "ACCEPTED"),
	    .no_token = true, .want = "reject", .has = "5.1.1" },
	{ .name = "who has left is refused", REPLY(M7, INES, "ACCEPTED"),
	    .gone = true, .want = "reject", .has = "not valid" },
};

static void
itip_of(struct world *w, const struct ics *r)
{
	struct itip *i = &w->itip[0];

	w->who = (struct itip_who){ .addr = r->attendee, .name = "",
		.partstat = r->partstat, .delegated_to = r->delegated_to !=
		NULL ? r->delegated_to : "", .delegated_from = "" };
	*i = (struct itip){ .method = r->method, .uid = r->uid,
		.sequence = r->sequence, .dtstamp_at = r->dtstamp_at,
		.recur_at = r->recur_at, .start_at = r->start_at,
		.end_at = r->start_at == 0 ? 0 : r->start_at + HOUR,
		.tzid = "", .summary = "", .location = "", .description = "",
		.comment = r->comment != NULL ? r->comment : "", .status = "",
		.rrule = "", .organizer = "", .request_status = "",
		.attendees = &w->who, .n_attendees = 1,
		.problem = r->problem != NULL ? r->problem : "" };
	w->itip[1] = w->itip[0];
	w->digest.itips = w->itip;
	w->digest.n_itips = r->twice ? 2 : 1;
}

static void
ics_row(void **state)
{
	const struct ics *r = *state;
	struct world w;

	world_answer(&w, "Accepted: Meeting m7", "");
	itip_of(&w, r);
	if (r->from != NULL)
		w.from.addr = w.from.key = r->from;
	if (r->auto_submitted != NULL)
		w.digest.auto_submitted = r->auto_submitted;
	w.invite = (struct invite){ .meeting_id = 7, .member_id = 2,
		.sent_rev = 1, .sent_seq = r->sent_seq,
		.major_seq = r->major_seq };
	w.revs[0].sequence = r->sent_seq;
	w.snap.invites = &w.invite;
	w.snap.n_invites = 1;
	if (r->old_partstat != NULL) {
		w.answer = (struct answer){ .meeting_id = 7, .member_id = 2,
			.partstat = r->old_partstat, .comment = "",
			.sequence = r->old_sequence, .source = "itip",
			.dtstamp_at = r->old_dtstamp_at };
		w.snap.answers = &w.answer;
		w.snap.n_answers = 1;
	}
	if (r->over)
		w.snap.now = S1_START + 2 * HOUR;
	if (r->no_token)
		w.snap.by_token = NULL;
	if (r->gone)
		w.members[1].state = MEMBER_GONE;
	meet_decide(&w.digest, &w.snap, &w.actions);
	world_check(&w, r->want, r->has);
	world_end(&w);
}

/* ---- the order rule ---- */

struct order {
	const char *name;
	bool known;
	struct answer old, new;
	uint32_t major_seq;
	bool want;
};

#define ANSWER(seq, stamp, got, src) { .partstat = "ACCEPTED", \
	.comment = "", .sequence = seq, .dtstamp_at = stamp, \
	.received_at = got, .source = src }

static const struct order orders[] = {
	{ "the first answer counts", false, ANSWER(0, 0, 0, ""),
	    ANSWER(0, 5, 1, "itip"), 0, true },
	{ "an answer to what was before the change does not", false,
	    ANSWER(0, 0, 0, ""), ANSWER(1, 5, 1, "itip"), 2, false },
	{ "the higher sequence wins", true, ANSWER(1, 9, 1, "itip"),
	    ANSWER(2, 5, 2, "itip"), 0, true },
	{ "the lower sequence loses", true, ANSWER(2, 5, 1, "itip"),
	    ANSWER(1, 9, 2, "itip"), 0, false },
	{ "then the newer stamp wins", true, ANSWER(1, 5, 1, "itip"),
	    ANSWER(1, 6, 2, "itip"), 0, true },
	{ "then the older stamp loses", true, ANSWER(1, 6, 1, "itip"),
	    ANSWER(1, 5, 2, "itip"), 0, false },
	{ "the same again changes nothing and is taken", true,
	    ANSWER(1, 5, 1, "itip"), ANSWER(1, 5, 2, "itip"), 0, true },
	{ "an answer from before a reset loses to any after it", true,
	    ANSWER(1, 9, 1, "itip"), ANSWER(2, 5, 2, "itip"), 2, true },
	{ "mail after calendar counts whatever the client's clock says", true,
	    ANSWER(1, 99, 1, "itip"), ANSWER(1, 5, 2, "mail"), 0, true },
	{ "calendar after mail counts whatever the client's clock says", true,
	    ANSWER(1, 99, 1, "mail"), ANSWER(1, 5, 2, "itip"), 0, true },
};

static void
order_row(void **state)
{
	const struct order *r = *state;

	assert_int_equal(meet_answer_is_newer(r->known ? &r->old : NULL,
	    &r->new, r->major_seq), r->want);
}

/* Any order of arrival of the same replies gives the same last one. */
static uint32_t
next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 16;
}

static void
apply(const struct answer *all, const size_t *order, size_t n,
    uint32_t major_seq, struct answer *last)
{
	bool known = false;

	for (size_t i = 0; i < n; i++) {
		const struct answer *a = &all[order[i]];

		if (!meet_answer_is_newer(known ? last : NULL, a, major_seq))
			continue;
		*last = *a;
		known = true;
	}
	if (!known)
		*last = (struct answer){ .sequence = 0 };
}

static void
histories(void **state)
{
	struct answer all[8], one, other;
	size_t order[8];
	uint32_t seed = 1;

	(void)state;
	for (int round = 0; round < 10000; round++) {
		uint32_t major = next_random(&seed) % 3;

		for (size_t i = 0; i < 8; i++) {
			order[i] = i;
			all[i] = (struct answer)ANSWER(next_random(&seed) % 4,
			    (int64_t)(i * 16 + next_random(&seed) % 16), 1,
			    "itip");
		}
		apply(all, order, 8, major, &one);
		for (size_t i = 8; i > 1; i--) {
			size_t k = next_random(&seed) % i, t = order[k];

			order[k] = order[i - 1];
			order[i - 1] = t;
		}
		apply(all, order, 8, major, &other);
		assert_int_equal(one.sequence, other.sequence);
		assert_int_equal(one.dtstamp_at, other.dtstamp_at);
	}
}

static const struct { const char *name; } random_rows[] = {
	{ "10,000 histories in two orders end alike" },
};

int
main(void)
{
	int failures = TEST_ROWS("meet_answer: mail", plains, plain_row);

	failures += TEST_ROWS("meet_answer: calendar", icses, ics_row);
	failures += TEST_ROWS("meet_answer: order", orders, order_row);
	failures += TEST_ROWS("meet_answer: random", random_rows, histories);
	return test_exit(failures);
}
