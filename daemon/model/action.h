/* SPDX-License-Identifier: ISC */
/*
 * What the pure deciders say: snapshot in, actions out. Core carries all
 * actions of one mail out in one transaction. Nothing here does I/O.
 */
#ifndef MODEL_ACTION_H
#define MODEL_ACTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "model/member.h"
#include "model/route.h"
#include "model/settings.h"
#include "model/wire.h"

struct arena;

enum token_purpose {
	TOKEN_SUBSCRIBE,	/* object: "category=..;body=..;name=.." */
	TOKEN_UNSUBSCRIBE,	/* object: member id */
	TOKEN_HELD_OK,		/* object: held id */
	TOKEN_HELD_NO,
	TOKEN_HELD_DROP,
	TOKEN_HELD_MODERATE,	/* any of the three, by first word */
	TOKEN_HELD_CANCEL,	/* the author withdraws */
	TOKEN_ADMIT,		/* admit a pending member (ok/no) */
	TOKEN_ANNOUNCE,		/* chairman's OK for draft "m42/3" */
};

struct token {
	int64_t id;
	enum token_purpose purpose;
	const char *list;
	const char *object;
	const char *actor;	/* address (key) it was sent to */
	const char *content;	/* hex SHA-256 of what is decided, or "" */
	int64_t issued_at;
	int64_t expires_at;
	int64_t used_at;	/* 0 = not yet */
	const char *used_by;	/* address */
	const char *outcome;	/* "approved" ...: repeated to a second use */
};

enum held_state { HELD_WAITING, HELD_APPROVED, HELD_REJECTED, HELD_DISCARDED,
	HELD_EXPIRED, HELD_WITHDRAWN, HELD_QUARANTINED };

struct held {
	int64_t id;
	const char *list;
	int64_t mail_id;	/* body of the held mail */
	const char *sender;	/* From address */
	const char *subject;
	const char *message_id;
	const char *reason;
	const char *content;	/* hex SHA-256 of the held bytes */
	enum held_state state;
	const char *decided_by;
	int64_t decided_at;
	int64_t held_at;
};

/* "waiting", "approved" ..., as stored and shown. */
const char *held_state_name(enum held_state state);
const char *token_purpose_name(enum token_purpose purpose);

/* A meeting as the store knows it: the last announced revision, the draft (if
 * one waits for its OK), and the asking member's invitation and answer. */
struct invite {
	int64_t meeting_id;
	int64_t member_id;
	uint32_t sent_rev;	/* 0 = none sent */
	uint32_t sent_seq;
	uint32_t major_seq;	/* SEQUENCE of the last change that resets */
	int64_t sent_at;
	bool removed;		/* un-invited (CANCEL sent) */
};

struct answer {
	int64_t meeting_id;
	int64_t member_id;
	int64_t recur_at;	/* 0 = whole meeting */
	const char *partstat;	/* NEEDS-ACTION ACCEPTED TENTATIVE DECLINED */
	const char *comment;
	uint32_t sequence;
	int64_t dtstamp_at;
	int64_t received_at;
	const char *source;	/* "itip", "mail", "ctl" */
};

struct meeting {
	int64_t id;
	const char *key;	/* "m42" */
	const char *list;
	const char *uid;
	struct meeting_rev *current;	/* NULL = never announced */
	struct meeting_rev *draft;	/* NULL = none waits */
	uint32_t major_seq;
};

/* What a decision may look at; core loads it, nothing else is consulted. */
struct snapshot {
	const struct settings *settings;
	const struct list_settings *list;
	struct route route;
	const char *envelope_from;	/* "" for <> */
	int64_t now;
	const char *mail_file_sha256;	/* hex of the mail's bytes */
	const struct member *sender;	/* by From; NULL = stranger */
	const struct member *by_token;	/* owner of route.token (ROUTE_MEETING),
					 * or of the VERP address */
	const struct token *token;	/* by route.token or "confirm TOKEN" */
	const struct member *token_member; /* whom the token is about */
	const struct held *held;	/* what the token is about */
	const struct meeting *token_meeting; /* of TOKEN_ANNOUNCE */
	const struct meeting *meetings;	/* of the list, not over, by start */
	size_t n_meetings;
	const struct answer *answers;	/* of by_token, for those meetings */
	size_t n_answers;
	const struct invite *invites;	/* of by_token, for those meetings */
	size_t n_invites;
	const struct member *moderators;/* active, may moderate */
	size_t n_moderators;
	const struct member *members;	/* only for "who" */
	size_t n_members;
	uint32_t confirms_today;	/* sent to this sender's address */
	uint32_t notices_today;		/* ... of any kind */
	uint32_t body_seats;		/* seats taken, for the quota of the
					 * body that the mail or token names */
};

/* A variable of a notice; name as in the template, "{{name}}". */
struct notice_var {
	const char *name;
	const char *value;
};

/* A token that core must issue; its address or text goes into variable
 * "var": verb != ROUTE_POST gives LIST-verb-TOKEN@domain, else the bare
 * token. */
struct token_request {
	const char *var;
	enum route_verb verb;
	enum token_purpose purpose;
	const char *object;	/* "" = the object made by the same decision
				 * (held id, "m42/rev") */
	const char *content;	/* "" = same */
	int64_t ttl_s;
};

/* A mail of our own, from conf/templates/LANG/NAME.txt. */
struct notice {
	const char *template;
	const char *to;
	const char *lang;
	enum route_verb reply_verb;	/* Reply-To verb; ROUTE_POST: -owner */
	const char *reply_var;		/* not NULL: Reply-To is the address in
					 * this token variable */
	const char *in_reply_to;	/* Message-ID or "" */
	const struct notice_var *vars;
	size_t n_vars;
	const struct token_request *tokens;
	size_t n_tokens;
	bool attach_mail;	/* add the decided mail as message/rfc822 */
	int64_t attach_held;	/* or the held mail of this mail_id; 0 = none */
};

enum action_kind {
	ACT_IGNORE,		/* text: reason, for the log */
	ACT_REJECT,		/* text: SMTP 550 text for this recipient */
	ACT_DISTRIBUTE,		/* this mail (or .held's) goes to the list */
	ACT_HOLD,		/* text: reasons, one a line */
	ACT_FORWARD,		/* this mail to the moderators (ROUTE_OWNER) */
	ACT_NOTICE,		/* .notice */
	ACT_TOKEN_USED,		/* .token_id, text: outcome, who: address */
	ACT_MEMBER_SAVE,	/* .member (id 0 = new); seats replace */
	ACT_MEMBER_END,		/* .member_id leaves */
	ACT_HELD_DECIDE,	/* .held_id, .held_state, who, text: reason */
	ACT_MEETING_DRAFT,	/* .rev, to wait for its OK; key "" = new */
	ACT_MEETING_RELEASE,	/* .meeting_id: draft is current, invitations
				 * go out; .major resets answers */
	ACT_MEETING_DROP,	/* .meeting_id: forget the draft */
	ACT_ANSWER,		/* .answer */
	ACT_BOUNCE,		/* .member_id, text: status and diagnostic */
	ACT_AUDIT,		/* who, text: what, object */
};

struct action {
	enum action_kind kind;
	const char *text;
	const char *who;
	const char *object;
	struct notice notice;
	int64_t token_id;
	struct member member;
	int64_t member_id;
	int64_t held_id;
	enum held_state held_state;
	struct meeting_rev rev;
	int64_t meeting_id;
	bool major;
	struct answer answer;
};

/* Growing list of actions in an arena. */
struct actions {
	struct arena *arena;
	struct action *items;
	size_t n;
	size_t cap;
};

/* Append a zeroed action of that kind (strings are "") and return it; valid
 * until the next call. */
struct action *action_add(struct actions *list, enum action_kind kind);

#endif
