/* SPDX-License-Identifier: ISC */
/*
 * Settings: the whole configuration as plain data. Filled by conf/, read by
 * everyone, changed by nobody. Strings are never NULL ("" = not set). Owned by
 * the arena that conf_load() was given.
 */
#ifndef MODEL_SETTINGS_H
#define MODEL_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum admission { ADMIT_BY_RIGHT, ADMIT_BY_INVITATION, ADMIT_BY_SECRETARIAT };
enum posting { POSTING_POST, POSTING_MODERATED, POSTING_NONE };

/* A category of representatives: data, never an enum. */
struct category {
	const char *name;	/* "itu-t-sg" */
	const char *title;	/* "ITU-T study groups" */
	enum admission admission;
	enum posting posting;
	uint32_t quota;		/* seats per body, 0 = no limit */
};

struct body {
	const char *name;	/* "SG13" */
	const char *title;
	const char *category;	/* default category of its seats */
	const char **aliases;	/* NULL-terminated */
	const char *contact;	/* address, "" = none */
};

struct list_settings {
	const char *name;	/* "jca-qkdn": local part, lower case */
	const char *domain;	/* "lists.itu-t.example", lower case */
	const char *title;	/* "JCA-QKDN" */
	const char *description;
	const char *owner;	/* address used while nobody moderates */
	const char *zone;	/* default IANA zone, "Europe/Zurich" */
	const char **zones;	/* shown in announcements, NULL-terminated */
	const char *language;	/* "en" */
	const char *archive_url;
	struct category *categories;
	size_t n_categories;
	struct body *bodies;
	size_t n_bodies;
	int64_t max_size;		/* bytes of a post */
	int64_t confirm_ttl_s;		/* subscribe and preview tokens */
	int64_t held_ttl_s;		/* held posts */
	uint32_t notice_days;		/* fewest days' notice of a meeting */
	uint32_t max_received;		/* Received fields of a loop */
	uint32_t confirm_per_day;	/* confirmations per target address */
};

enum intake_protocol { INTAKE_LMTP, INTAKE_SMTP };

struct intake_settings {
	enum intake_protocol protocol;
	const char *listen;	/* "unix:PATH" or "HOST:PORT" */
	bool allow_remote;	/* HOST may be other than loopback */
};

struct plugin_settings {
	const char *name;
	const char *file;	/* path of the .so */
	const char **config;	/* "key", "value", ..., NULL */
};

struct settings {
	/* instance */
	const char *file;	/* the configuration file itself */
	const char *spool;	/* folder */
	const char *store;	/* "sqlite:PATH" */
	const char *control;	/* path of the jcadctl socket */
	const char *templates;	/* folder that overrides embedded texts, "" */
	const char *hostname;	/* for HELO, Received, Message-ID */
	const char *user;	/* account to run as when started as root, "" */
	const char *log_level;	/* debug info warn error */
	const char *clock;	/* "" = real; else wall time at first start */
	const char *authserv_id;/* whose Authentication-Results count, "" */
	/* intake */
	struct intake_settings *intake;
	size_t n_intake;
	uint32_t intake_connections;	/* at once */
	uint32_t intake_rcpts;		/* per mail */
	int64_t intake_timeout_s;	/* waiting for a command */
	int64_t intake_session_s;	/* longest session */
	uint32_t intake_errors;		/* bad commands before 421 */
	int64_t max_message;		/* bytes of any mail: SIZE */
	/* parser */
	uint32_t parser_workers;
	int64_t parser_timeout_ms;
	int64_t parser_memory;		/* bytes above what it starts with */
	/* relay */
	const char *relay_url;
	uint32_t relay_connections;	/* couriers */
	uint32_t relay_batch;		/* copies per batch, at most 500 */
	int64_t relay_timeout_s;
	int64_t relay_expire_s;		/* give up on a recipient */
	int64_t relay_delay_notice_s;
	const char *relay_tls;		/* none, may, must */
	const char *relay_ca;		/* CA file, "" = system */
	const char *relay_user, *relay_password_file;
	/* console */
	const char *console_listen;	/* "" = no web console */
	struct plugin_settings *plugins;
	size_t n_plugins;
	int64_t plugin_timeout_s;
	struct list_settings *lists;
	size_t n_lists;
};

/* The list of that name and domain (any case), or NULL. */
const struct list_settings *settings_list(const struct settings *s,
    const char *name, const char *domain);
/* The list of that name as stored (names are unique), or NULL. */
const struct list_settings *settings_list_named(const struct settings *s,
    const char *name);
/* The category of that name, or NULL. */
const struct category *settings_category(const struct list_settings *l,
    const char *name);
/* The body of that name or alias (any case), or NULL. */
const struct body *settings_body(const struct list_settings *l,
    const char *name);

#endif
