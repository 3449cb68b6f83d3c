/* SPDX-License-Identifier: ISC */
/*
 * Inside of the itu-feed plugin: the model (what is known of each meeting),
 * the journal that keeps it, and the writers, each of which makes one kind of
 * file from the model. Writers are pure: the same model and settings give the
 * same bytes, so that a rebuild changes nothing.
 */
#ifndef ITU_FEED_H
#define ITU_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "jcad_plugin.h"

/* ---- buf.c: growing text; aborts when memory is out ---- */

struct buf {
	char *p;		/* NUL-terminated, NULL while empty */
	size_t n, cap;
};

void buf_add(struct buf *b, const char *p, size_t n);
void buf_adds(struct buf *b, const char *text);
void buf_addf(struct buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Escaped for XML or HTML, in elements and in quoted attributes. */
void buf_xml(struct buf *b, const char *text);
/* A JSON string with its quotes; safe inside <script>, too. */
void buf_json(struct buf *b, const char *text);
/* A calendar content line "name:value", folded; value escaped as TEXT. */
void buf_ics_text(struct buf *b, const char *name, const char *value);
/* The same without escaping, for URIs and the like. */
void buf_ics_raw(struct buf *b, const char *name, const char *value);
/* "2027-02-10T12:00:00Z" and "Wed, 10 Feb 2027 12:00:00 +0000". */
void buf_rfc3339(struct buf *b, int64_t at);
void buf_rfc822(struct buf *b, int64_t at);
const char *buf_get(const struct buf *b);
void buf_free(struct buf *b);

/* ---- disk.c: files below a folder ---- */

/* Write name below dir so that readers see the old or the new file, never a
 * part; nothing is written if it is there already. 0, or -1 with errno. */
int disk_replace(int dir, const char *name, const struct buf *text);
/* Open (and make) a folder below dir (AT_FDCWD allowed). -1 with errno. */
int disk_folder(int dir, const char *name);
/* Write all n bytes. 0, or -1 with errno. */
int disk_write_all(int fd, const char *p, size_t n);
/* Whole file, NULL with errno; free() it. */
char *disk_read(int dir, const char *name, size_t *n);

/* ---- model.c, meeting.c ---- */

enum text_id {
	T_LIST, T_LIST_TITLE, T_KEY, T_UID, T_STATUS, T_TITLE, T_ZONE,
	T_ZONE_NAME, T_START, T_END, T_START_GENEVA, T_END_GENEVA,
	T_START_UTC, T_END_UTC, T_WHEN, T_WHEN_GENEVA, T_WHEN_UTC, T_RRULE,
	T_PLACE, T_AGENDA, T_DOCUMENTS, T_DESCRIPTION, T_REASON, T_LANGUAGE,
	T_DEADLINES,		/* lines "2027-01-29T23:59:00Z label" */
	T_VEVENT, T_VTIMEZONE, T_VEVENT_UTC,
	T_PREVIOUS_START,	/* before it was moved, "" = never moved */
	N_TEXT
};

enum num_id {
	I_SEEN,			/* last revision that came */
	I_REVISION,		/* last one that changed what is published */
	I_NUMBER, I_ALL_DAY, I_START_AT, I_PUBLISHED_AT, I_UPDATED_AT,
	I_FIRST_EVENT,		/* its id: order of publication */
	I_MOVED_ONLINE,
	N_NUM
};

struct meeting {
	char *text[N_TEXT];	/* never NULL */
	int64_t num[N_NUM];
	bool dirty;		/* its own files are to be written */
};

struct model {
	struct meeting **list;	/* by list and key */
	size_t n, cap;
};

extern const char *const model_text_names[N_TEXT];
extern const char *const model_num_names[N_NUM];

/* The meeting as it is after the event, to be freed or put into the model;
 * NULL if the event brings nothing new. old may be NULL. */
struct meeting *model_apply(const struct meeting *old,
    const struct jcad_event *ev);
struct meeting *model_find(const struct model *m, const char *list,
    const char *key);
/* Put it in the place of one with the same list and key; takes it. */
void model_put(struct model *m, struct meeting *mt);
void model_free(struct model *m);

struct meeting *meeting_new(void);
void meeting_set(struct meeting *mt, enum text_id id, const char *text);
void meeting_free(struct meeting *mt);
/* Can people take part without travelling; only so? */
bool meeting_is_online(const struct meeting *mt);
bool meeting_is_mixed(const struct meeting *mt);
bool meeting_is_cancelled(const struct meeting *mt);
/* "Planned", "Confirmed", "Cancelled". */
const char *meeting_status(const struct meeting *mt);

/* ---- journal.c: the model on disk, one line a change ---- */

struct journal {
	int dir, fd;
	int64_t size;		/* bytes of whole lines */
	size_t lines;
};

/* Read dir/journal into the model (may be missing); -1 with errno. */
int journal_open(struct journal *j, int dir, struct model *m);
/* Append the meeting, synced to the disk. -1 with errno: nothing added. */
int journal_add(struct journal *j, const struct meeting *mt);
/* Write it anew if it has far more lines than meetings. -1 with errno. */
int journal_tidy(struct journal *j, const struct model *m);
void journal_close(struct journal *j);

/* ---- writers ---- */

struct feed {
	const struct jcad_host *host;
	/* settings */
	char *base_url;		/* ends with "/" */
	char *title, *id_authority, *contact, *only_list, *language;
	int64_t id_epoch;	/* date in id_authority */
	/* state */
	int dir, pages, state;	/* folders */
	struct journal journal;
	struct model model;
	bool dirty, failed;
};

/* Title of the feed: the setting, or the title of the first list. */
const char *feed_title(const struct feed *f);
/* When anything last changed. */
int64_t feed_updated_at(const struct feed *f);
/* "tag:AUTHORITY,DATE:LIST:KEY"; mt NULL: of the feed. */
void feed_id(const struct feed *f, const struct meeting *mt, struct buf *out);
/* "meetings/LIST-KEY.EXT", the file's name, and as a URL. */
void feed_page_path(const struct meeting *mt, const char *ext,
    struct buf *out);
void feed_page_url(const struct feed *f, const struct meeting *mt,
    const char *ext, struct buf *out);
/* The meetings sorted anew; free() it. */
const struct meeting **feed_by_start(const struct feed *f);
const struct meeting **feed_by_update(const struct feed *f);
const struct meeting **feed_by_publication(const struct feed *f);

/* atom.xml and its archive pages (RFC 5005) into dir. 0, or -1 with errno. */
int atom_write(const struct feed *f);
int rss_write(const struct feed *f);
int json_write_feed(const struct feed *f);
int json_write_events(const struct feed *f);
int ics_write(const struct feed *f);
int ics_write_meeting(const struct feed *f, const struct meeting *mt);
int html_write_index(const struct feed *f);
int html_write_meeting(const struct feed *f, const struct meeting *mt);
int html_write_style(const struct feed *f);
/* The description of a meeting as HTML, for pages and feeds. */
void html_details(const struct feed *f, const struct meeting *mt,
    struct buf *out);
/* schema.org Event as JSON (jsonld.c). */
void jsonld_event(const struct feed *f, const struct meeting *mt,
    struct buf *out);
/* "Wednesday 10 February 2027, 13:00-15:00 CET; e-meeting", plain text. */
void feed_summary(const struct meeting *mt, struct buf *out);

#endif
