/* SPDX-License-Identifier: ISC */
/*
 * Control: what the verbs of jcadctl share. A verb gets its arguments, sends
 * rows, and returns 0 (the caller ends the answer) or -1 with err.
 */
#ifndef CORE_CONTROL_H
#define CORE_CONTROL_H

#include "base/json.h"
#include "base/str.h"
#include "core/state.h"

struct control {
	struct core *core;
	struct core_peer *console;
	struct arena *arena;
	struct ctl request;
	size_t next;		/* first argument after the verb */
	int fd;			/* file sent along, or -1 */
	struct str row;
	struct json json;
	const char *done;	/* sentence for people at the end, "" none */
};

/* Start a row ({), and send it (}). */
struct json *control_row(struct control *ctl);
int control_send(struct control *ctl, struct err *err);
/* n-th argument after the verb, "" if there is none. */
const char *control_arg(const struct control *ctl, size_t n);
/* Value of "name=value" among them, or "". */
const char *control_option(const struct control *ctl, const char *name);
/* The list named by argument n, or the only list if that is none: *used says
 * whether the argument was the list's. */
int control_list(struct control *ctl, size_t n,
    const struct list_settings **out, bool *used, struct err *err);
/* Carry actions out for that list, in one savepoint. */
int control_apply(struct control *ctl, const struct snapshot *snap,
    const struct digest *d, const struct actions *actions, struct err *err);
/* Who acts, for the audit: "jcadctl uid 0". */
const char *control_who(struct control *ctl);

/* --- the verbs --- */
int control_status(struct control *ctl, struct err *err);
int control_member_list(struct control *ctl, struct err *err);
int control_member_add(struct control *ctl, struct err *err);
int control_member_remove(struct control *ctl, struct err *err);
int control_member_import(struct control *ctl, struct err *err);
int control_held_list(struct control *ctl, struct err *err);
int control_held_show(struct control *ctl, struct err *err);
int control_held_approve(struct control *ctl, struct err *err);
int control_held_reject(struct control *ctl, struct err *err);
int control_held_discard(struct control *ctl, struct err *err);
int control_meeting_list(struct control *ctl, struct err *err);
int control_meeting_show(struct control *ctl, struct err *err);
int control_meeting_answers(struct control *ctl, struct err *err);
int control_meeting_announce(struct control *ctl, struct err *err);
int control_meeting_update(struct control *ctl, struct err *err);
int control_meeting_cancel(struct control *ctl, struct err *err);
int control_queue_list(struct control *ctl, struct err *err);
int control_queue_retry(struct control *ctl, struct err *err);
int control_queue_drop(struct control *ctl, struct err *err);
int control_plugin_list(struct control *ctl, struct err *err);
int control_plugin_replay(struct control *ctl, struct err *err);
int control_audit_verify(struct control *ctl, struct err *err);

#endif
