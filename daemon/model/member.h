/* SPDX-License-Identifier: ISC */
/*
 * Member (a participant of one list) and the seats that the person holds.
 * Plain data, as the store gives it.
 */
#ifndef MODEL_MEMBER_H
#define MODEL_MEMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum member_state {
	MEMBER_PENDING,		/* waits for the secretariat */
	MEMBER_ACTIVE,
	MEMBER_GONE,		/* left; kept for deliveries under way */
};

struct seat {
	int64_t id;
	const char *category;	/* name in the settings */
	const char *body;	/* "SG13", "" for experts */
	const char *role;	/* representative alternate observer chair
				 * vice-chair counsellor moderator owner */
	const char *evidence;	/* Message-ID of the appointment, or "" */
	int64_t since_at;
	int64_t until_at;	/* 0 = open */
};

struct member {
	int64_t id;		/* < 2^32, never reused */
	const char *list;	/* name */
	const char *addr;	/* as the person wrote it */
	const char *key;	/* lower case, for comparing */
	const char *name;	/* UTF-8, may be "" */
	const char *lang;	/* "" = the list's */
	const char *zone;	/* IANA, "" = none set */
	const char *token;	/* 13 base32: organizer address of the member */
	enum member_state state;
	bool mail_on;		/* false = nomail */
	int64_t since_at;
	struct seat *seats;
	size_t n_seats;
};

/* Names as stored and shown: "pending", "active", "gone". */
const char *member_state_name(enum member_state state);
/* True if one of the seats has the role. */
bool member_has_role(const struct member *m, const char *role);
/* Chair, vice-chair, or the secretariat (counsellor, moderator, owner). */
bool member_may_announce(const struct member *m);
/* Moderator, owner or counsellor. */
bool member_may_moderate(const struct member *m);

#endif
