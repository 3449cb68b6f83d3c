/* SPDX-License-Identifier: ISC */
/*
 * Wall: date and time of a meeting as the chairman wrote them, before and
 * while they become instants. Pure but for the zone files.
 */
#ifndef MEET_WALL_H
#define MEET_WALL_H

#include <stdint.h>
#include "meet/meet.h"
#include "meet/readdate.h"
#include "meet/readtime.h"
#include "meet/readzone.h"

#define WALL_STATED_MAX 8
#define WALL_LIMITS_MAX 20

/* A second time in the same line, "(12:00 UTC)": must agree with the first. */
struct wall_stated {
	struct readzone zone;
	int start, end;		/* end -1: not stated */
};

/* A deadline as written: "Inputs by", "Fri 29 Jan 23:59 UTC". */
struct wall_limit {
	const char *label, *value, *line;
};

struct wall {
	bool has_date, has_time, has_end, has_end_day, has_zone, all_day;
	bool broken;		/* something was there but not understood: a
				 * question is asked, it is not "missing" */
	struct readdate date;
	struct readdate_day end_day;
	int start, end;		/* minutes after 00:00 */
	bool next_day;
	int64_t duration_s;	/* 0: not written */
	const char *half;	/* "morning", "afternoon" or "" */
	struct readzone zone;
	struct readzone check;	/* "CET" or "UTC+1" beside a place: checked */
	struct wall_stated stated[WALL_STATED_MAX];
	size_t n_stated;
	struct wall_limit limits[WALL_LIMITS_MAX];
	size_t n_limits;
	const char *date_line, *time_line, *end_line, *zone_line;
};

enum wall_field { WALL_DATE, WALL_TIME, WALL_END, WALL_LENGTH, WALL_ZONE };

/* What all readers here share. */
struct wall_env {
	struct arena *arena;
	const struct list_settings *list;
	struct meet_questions *q;
};

/* An empty wall, in a. */
struct wall *wall_new(struct arena *a);
/* Make instants of w: what it does not say comes from base (NULL: then it is
 * asked for). Sets start, end, zone, all_day, status of rev. False if a
 * question was asked. */
bool wall_resolve(const struct wall_env *env, const struct wall *w,
    const struct meeting_rev *base, struct meeting_rev *rev);
/* Ask the chairman about a line of his mail ("": something is missing). */
void wall_ask(const struct wall_env *env, const char *line, const char *why,
    const char *fix);

#endif
