/* SPDX-License-Identifier: ISC */
/*
 * jcad_plugin.h: the only header that a plugin includes. A plugin is a shared
 * object that exports jcad_plugin(); jcad runs it in a process of its own,
 * which it restarts when it ends. Events come at least once, in order per
 * object; each has a key by which a plugin knows one that it had before.
 *
 * A plugin cannot stop or delay mail. It gets only what may be published:
 * no members, no answers, no join links, no PINs.
 *
 * Every struct begins with its size: newer versions of jcad add fields at the
 * end, and JCAD_HAS() tells whether a field is there.
 */
#ifndef JCAD_PLUGIN_H
#define JCAD_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

/* Version of this interface; changes only when something is taken away. */
#define JCAD_PLUGIN_ABI 1

#define JCAD_HAS(p, field) \
	((p)->size >= offsetof(__typeof__(*(p)), field) + sizeof((p)->field))

/* Before the definition of jcad_plugin(). Compile with -fvisibility=hidden so
 * that no other name of yours can meet one of jcad's. */
#define JCAD_PLUGIN_EXPORT __attribute__((visibility("default")))

enum jcad_kind {
	JCAD_MEETING_PUBLISHED = 1,
	JCAD_MEETING_REVISED,
	JCAD_MEETING_CANCELLED,
	JCAD_POST_DISTRIBUTED,
	JCAD_REPORT_PUBLISHED,
	JCAD_ROADMAP_CHANGED,
	JCAD_LIST_RETIRED,
};

struct jcad_deadline {
	uint32_t size;
	const char *label;
	const char *utc;		/* "2027-01-29T23:59:00Z" */
};

/*
 * A meeting as it now stands. Strings are UTF-8 without control characters
 * (but for LF and TAB in the long texts) and never NULL. Times are RFC 3339;
 * of a whole-day meeting dates alone, the end being the last day.
 */
struct jcad_meeting {
	uint32_t size;
	const char *key;		/* "m42", permanent */
	const char *uid;		/* of the calendar object, permanent */
	const char *list;
	uint32_t number;		/* of the meeting, 0 = none */
	uint32_t revision;		/* from 1 */
	uint32_t sequence;		/* RFC 5545 SEQUENCE */
	const char *status;		/* "planned" "confirmed" "cancelled" */
	const char *title;
	int64_t start_at, end_at;	/* seconds since 1970 UTC */
	uint32_t all_day;
	const char *zone;		/* IANA name */
	const char *start, *end;	/* "2027-02-10T13:00:00+01:00" */
	const char *start_geneva, *end_geneva;
	const char *start_utc, *end_utc;
	/* "Wednesday 10 February 2027, 13:00-15:00" in each of the three */
	const char *when, *when_geneva, *when_utc;
	const char *zone_name;		/* "CET", "UTC+05:30" */
	const char *rrule;		/* RFC 5545, "" = once */
	const char *place, *agenda, *documents, *description;
	const char *reason;		/* of a change or cancellation */
	const char *language;		/* BCP 47: "en" */
	const struct jcad_deadline *const *deadlines;
	uint32_t n_deadlines;
	int64_t created_at, revised_at;
	/* The same as calendar components, CRLF lines: VEVENT with TZID, the
	 * VTIMEZONE that it needs ("" = none), and the VEVENT in UTC. */
	const char *vevent, *vtimezone, *vevent_utc;
};

struct jcad_event {
	uint32_t size;
	uint32_t kind;			/* enum jcad_kind */
	int64_t id;			/* rises, has gaps */
	const char *key;		/* the same event has the same key */
	const char *list;		/* "jca-qkdn" */
	const char *list_title;		/* "JCA-QKDN" */
	const char *object;		/* its subject: "m42", Message-ID */
	uint32_t revision;		/* rises for each object */
	int64_t at;			/* when it happened */
	const char *subject;
	const char *author;		/* address: not for publication */
	const char *message_id;
	const struct jcad_meeting *meeting;	/* NULL if it is about none */
};

enum jcad_result {
	JCAD_OK,	/* done, durably: the event is not sent again */
	JCAD_RETRY,	/* send it again after retry_s (0 = jcad chooses) */
	JCAD_DROP,	/* can never be done: go on with the next */
};

struct jcad_answer {
	uint32_t size;
	uint32_t result;		/* enum jcad_result */
	uint32_t retry_s;
	char reason[256];		/* of RETRY and DROP: UTF-8, one line */
};

/* What the plugin's section in the configuration says. */
struct jcad_setting {
	const char *name, *value;
};

enum jcad_log_level { JCAD_LOG_DEBUG, JCAD_LOG_INFO, JCAD_LOG_WARN,
	JCAD_LOG_ERROR };

/* Services of jcad; valid from init to cleanup. */
struct jcad_host {
	uint32_t size;
	uint32_t abi;			/* JCAD_PLUGIN_ABI of jcad */
	/* One line in jcad's log. */
	void (*log)(uint32_t level, const char *text);
};

/* The plugin. All calls come from one thread; strings and structs given in
 * are valid during the call only. */
struct jcad_plugin {
	uint32_t size;
	uint32_t abi;			/* JCAD_PLUGIN_ABI it was built with */
	const char *name, *version;
	/* Set up; *state is given to the other calls. 0, or -1 with a text
	 * for the log in reason. */
	int (*init)(const struct jcad_host *host,
	    const struct jcad_setting *settings, uint32_t n_settings,
	    void **state, char reason[256]);
	/* Handle an event and fill *out (RETRY when nothing is set). */
	void (*event)(void *state, const struct jcad_event *event,
	    struct jcad_answer *out);
	/* May be NULL. No event came for a moment: do what was put off. A
	 * RETRY calls it again later. */
	void (*idle)(void *state, struct jcad_answer *out);
	/* May be NULL. The last call; release everything. */
	void (*cleanup)(void *state);
};

/* The one name that a plugin exports; static data. NULL refuses to run with
 * an interface of that version. */
JCAD_PLUGIN_EXPORT const struct jcad_plugin *jcad_plugin(uint32_t host_abi);

#endif
