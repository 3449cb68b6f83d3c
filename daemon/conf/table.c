/* SPDX-License-Identifier: ISC */
/*
 * Table: every setting with its type, limits, default and help. Owns nothing
 * but const data. Invariant: a setting exists here or nowhere; parser, sample
 * and manual page are driven by these rows.
 */
#include "conf/table.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "conf/value.h"
#include "model/settings.h"

#define K INT64_C(1024)
#define M (1024 * K)
#define G (1024 * M)
#define MINUTE INT64_C(60)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define N(array) (sizeof(array) / sizeof((array)[0]))
#define WORDS(...) (const char *const[]){ __VA_ARGS__, NULL }
#define AT(type, field) offsetof(struct type, field)

static const struct setting instance[] = {
	{ "spool", SETTING_PATH, 1, 4000, "/var/spool/jcad",
	    AT(settings, spool), NULL, NULL,
	    "Folder for mail bodies, the store and the lock of the instance. "
	    "It is made when it is missing." },
	{ "store", SETTING_PLACE, 0, 4000, "", AT(settings, store),
	    WORDS("sqlite:PATH"), "sqlite:/var/spool/jcad/jcad.db",
	    "Where members, meetings and queues are kept. Empty: jcad.db in "
	    "the spool." },
	{ "control", SETTING_PATH, 0, 4000, "", AT(settings, control), NULL,
	    NULL,
	    "Socket on which jcadctl reaches the daemon. Empty: control in the "
	    "spool." },
	{ "templates", SETTING_PATH, 0, 4000, "", AT(settings, templates),
	    NULL, NULL,
	    "Folder with mail texts (LANG/NAME.txt) that replace the built-in "
	    "ones. Empty: the built-in ones." },
	{ "hostname", SETTING_STRING, 0, 253, "", AT(settings, hostname), NULL,
	    NULL,
	    "Name of this host in HELO, Received and Message-ID. Empty: the "
	    "system's name if it is a full one, else the first list's "
	    "domain." },
	{ "user", SETTING_STRING, 0, 63, "", AT(settings, user), NULL, NULL,
	    "Account that every role runs as when jcad is started by root. "
	    "Empty: no change of account." },
	{ "log_level", SETTING_WORD, 0, 0, "info", AT(settings, log_level),
	    WORDS("debug", "info", "warn", "error"), NULL,
	    "Least severity that is logged to standard error." },
	{ "authserv_id", SETTING_STRING, 0, 253, "", AT(settings, authserv_id),
	    NULL, NULL,
	    "Whose Authentication-Results fields are believed: the authserv-id "
	    "that your mail server writes. Empty: nobody's, so that who claims "
	    "authority is always asked to confirm by mail." },
	{ "clock", SETTING_STRING, 0, 30, "", AT(settings, clock), NULL, NULL,
	    "For demonstrations only: the time (RFC 3339, "
	    "\"2027-01-11T08:00:00Z\") that it was when this instance first "
	    "started. Empty: the real time." },
};

static const struct setting limits[] = {
	{ "message_size", SETTING_SIZE, 10 * K, 100 * M, "25M",
	    AT(settings, max_message), NULL, NULL,
	    "Largest mail that is taken at all." },
	{ "connections", SETTING_COUNT, 1, 1000, "50",
	    AT(settings, intake_connections), NULL, NULL,
	    "Incoming connections at once." },
	{ "recipients", SETTING_COUNT, 1, 1000, "100",
	    AT(settings, intake_rcpts), NULL, NULL, "Recipients of one mail." },
	{ "command_timeout", SETTING_SECONDS, 1, HOUR, "5m",
	    AT(settings, intake_timeout_s), NULL, NULL,
	    "How long an incoming connection may be silent." },
	{ "session_time", SETTING_SECONDS, 10, DAY, "1h",
	    AT(settings, intake_session_s), NULL, NULL,
	    "How long an incoming connection may last." },
	{ "errors", SETTING_COUNT, 1, 100, "10", AT(settings, intake_errors),
	    NULL, NULL, "Bad commands after which a connection is ended." },
};

static const struct setting parser[] = {
	{ "workers", SETTING_COUNT, 1, 16, "2", AT(settings, parser_workers),
	    NULL, NULL, "Processes that read incoming mail." },
	{ "timeout", SETTING_MILLIS, 100, MINUTE * 1000, "800ms",
	    AT(settings, parser_timeout_ms), NULL, NULL,
	    "Longest time for one mail; what takes longer is quarantined." },
	{ "memory", SETTING_SIZE, 16 * M, 4 * G, "64M",
	    AT(settings, parser_memory), NULL, NULL,
	    "Address space of one such process above what it starts with." },
};

static const struct setting relay[] = {
	{ "url", SETTING_PLACE, 0, 4000, "", AT(settings, relay_url),
	    WORDS("smtp://HOST:PORT", "lmtp://HOST:PORT", "lmtp+unix:PATH",
		"esmtp://HOST:PORT", "outbox:PATH"), "smtp://127.0.0.1:25",
	    "Where outgoing mail is handed over: your mail server, or a folder "
	    "into which each message is written as a file. Empty: the folder "
	    "outbox in the spool." },
	{ "connections", SETTING_COUNT, 1, 16, "2",
	    AT(settings, relay_connections), NULL, NULL,
	    "Processes that send, each with a connection of its own." },
	{ "batch", SETTING_COUNT, 1, 500, "100", AT(settings, relay_batch),
	    NULL, NULL, "Copies that one of them is given at a time." },
	{ "timeout", SETTING_SECONDS, 1, HOUR, "5m",
	    AT(settings, relay_timeout_s), NULL, NULL,
	    "Longest wait for an answer of the mail server." },
	{ "expire", SETTING_SECONDS, MINUTE, 30 * DAY, "5d",
	    AT(settings, relay_expire_s), NULL, NULL,
	    "When a recipient that cannot be reached is given up." },
	{ "delay_notice", SETTING_SECONDS, MINUTE, 30 * DAY, "4h",
	    AT(settings, relay_delay_notice_s), NULL, NULL,
	    "When the author of a delayed mail is told." },
	{ "tls", SETTING_WORD, 0, 0, "may", AT(settings, relay_tls),
	    WORDS("none", "may", "must"), NULL,
	    "Encryption to the mail server: never, when it is offered, or "
	    "only with a valid certificate." },
	{ "ca", SETTING_PATH, 0, 4000, "", AT(settings, relay_ca), NULL, NULL,
	    "File with the certificates that are trusted for it. Empty: those "
	    "of the system." },
	{ "user", SETTING_STRING, 0, 255, "", AT(settings, relay_user), NULL,
	    NULL, "Account at the mail server. Empty: no log-in." },
	{ "password_file", SETTING_PATH, 0, 4000, "",
	    AT(settings, relay_password_file), NULL, NULL,
	    "File whose first line is the password of that account." },
};

static const struct setting console[] = {
	{ "listen", SETTING_STRING, 0, 0, "", AT(settings, console_listen),
	    NULL, NULL,
	    "Address of a web console. This version has none: it must stay "
	    "empty." },
};

static const struct setting plughost[] = {
	{ "timeout", SETTING_SECONDS, 1, HOUR, "30s",
	    AT(settings, plugin_timeout_s), NULL, NULL,
	    "Longest time for one event in a plugin; one that takes longer is "
	    "ended and tried again later." },
};

static const struct setting intake[] = {
	{ "protocol", SETTING_CHOICE, 0, 0, "smtp",
	    AT(intake_settings, protocol), WORDS("lmtp", "smtp"), "lmtp",
	    "Protocol spoken there." },
	{ "listen", SETTING_PLACE, 1, 300, NULL, AT(intake_settings, listen),
	    WORDS("unix:PATH", "HOST:PORT"), "unix:/run/jcad/lmtp",
	    "Socket or address on which mail is taken." },
	{ "allow_remote", SETTING_FLAG, 0, 0, "false",
	    AT(intake_settings, allow_remote), NULL, NULL,
	    "Permit a HOST other than this machine. Mail that comes in there "
	    "has passed no other server: only with a firewall that admits "
	    "your mail server alone." },
};

static const struct setting plugin[] = {
	{ "name", SETTING_STRING, 1, 32, NULL, AT(plugin_settings, name), NULL,
	    "itu-feed", "Name in status and commands: [a-z0-9-], 1 to 32." },
	{ "file", SETTING_PATH, 1, 4000, NULL, AT(plugin_settings, file), NULL,
	    "/usr/local/lib/jcad/itu-feed.so", "The plugin's shared object." },
	{ "config", SETTING_PAIRS, 0, 100, "", AT(plugin_settings, config),
	    NULL, "dir = \"/var/www/jca\"; base_url = "
	    "\"https://www.itu-t.example/jca/\"; id_authority = "
	    "\"lists.itu-t.example,2026\";",
	    "Settings of the plugin itself: any names with texts as values. A "
	    "value that begins with ./ or ../ is a path relative to the "
	    "configuration file." },
};

static const struct setting category[] = {
	{ "name", SETTING_STRING, 1, 32, NULL, AT(category, name), NULL, NULL,
	    "Name in commands: [a-z0-9-], 1 to 32." },
	{ "title", SETTING_STRING, 0, 120, "", AT(category, title), NULL, NULL,
	    "Name for people. Empty: the name." },
	{ "admission", SETTING_CHOICE, 0, 0, "by-secretariat",
	    AT(category, admission),
	    WORDS("by-right", "by-invitation", "by-secretariat"), NULL,
	    "Who gets a seat: by-right, whoever confirms the address; "
	    "by-invitation, whoever the secretariat invited, others wait for "
	    "it; by-secretariat, everybody waits for it." },
	{ "posting", SETTING_CHOICE, 0, 0, "moderated", AT(category, posting),
	    WORDS("post", "moderated", "none"), NULL,
	    "What happens to mail of such members to the list." },
	{ "quota", SETTING_COUNT, 0, 1000, "0", AT(category, quota), NULL,
	    NULL, "Most seats of one body in this category; 0: no limit." },
};

static const struct setting body[] = {
	{ "name", SETTING_STRING, 1, 64, NULL, AT(body, name), NULL, NULL,
	    "Name in commands and lists." },
	{ "title", SETTING_STRING, 0, 200, "", AT(body, title), NULL, NULL,
	    "Full name. Empty: the name." },
	{ "category", SETTING_STRING, 1, 32, NULL, AT(body, category), NULL,
	    NULL, "Category of its representatives; one of the list's." },
	{ "aliases", SETTING_STRINGS, 0, 20, "", AT(body, aliases), NULL, NULL,
	    "Other names that members may write." },
	{ "contact", SETTING_STRING, 0, 254, "", AT(body, contact), NULL, NULL,
	    "Address of the body itself, for questions about its seats." },
};

static const struct setting list[] = {
	{ "name", SETTING_STRING, 1, 24, NULL, AT(list_settings, name), NULL,
	    "jca-qkdn",
	    "Local part of the list's address: [a-z0-9.-], at most 24, not "
	    "ending in a verb such as -owner. One name stands for one list, "
	    "whatever the domain." },
	{ "domain", SETTING_STRING, 1, 180, NULL, AT(list_settings, domain),
	    NULL, "lists.itu-t.example", "Domain of the list's address." },
	{ "title", SETTING_STRING, 0, 120, "", AT(list_settings, title), NULL,
	    "JCA-QKDN", "Name for people. Empty: the name in capitals." },
	{ "description", SETTING_STRING, 0, 500, "",
	    AT(list_settings, description), NULL,
	    "Joint Coordination Activity on Quantum Key Distribution Network",
	    "One sentence about the list." },
	{ "owner", SETTING_STRING, 0, 254, "", AT(list_settings, owner), NULL,
	    "tsbtsag@itu-t.example",
	    "Address that is written to when no member is a moderator. Empty: "
	    "postmaster at the domain." },
	{ "zone", SETTING_STRING, 1, 64, "Europe/Zurich",
	    AT(list_settings, zone), NULL, NULL,
	    "Time zone of announcements that name none (IANA name)." },
	{ "zones", SETTING_STRINGS, 0, 10,
	    "America/New_York,Asia/Shanghai,Asia/Tokyo",
	    AT(list_settings, zones), NULL, NULL,
	    "Further zones in which announcements show the time." },
	{ "language", SETTING_STRING, 2, 8, "en", AT(list_settings, language),
	    NULL, NULL, "Language of mails to members who chose none." },
	{ "archive_url", SETTING_STRING, 0, 500, "",
	    AT(list_settings, archive_url), NULL, NULL,
	    "Address of the archive, for List-Archive." },
	{ "max_size", SETTING_SIZE, 1 * K, 100 * M, "10M",
	    AT(list_settings, max_size), NULL, NULL,
	    "Largest post; a larger one is refused." },
	{ "confirm_ttl", SETTING_SECONDS, HOUR, 30 * DAY, "3d",
	    AT(list_settings, confirm_ttl_s), NULL, NULL,
	    "How long a request for confirmation stays valid." },
	{ "held_ttl", SETTING_SECONDS, HOUR, 90 * DAY, "14d",
	    AT(list_settings, held_ttl_s), NULL, NULL,
	    "How long a held post waits for a moderator." },
	{ "notice_days", SETTING_COUNT, 0, 90, "14",
	    AT(list_settings, notice_days), NULL, NULL,
	    "Fewest days between the announcement and an e-meeting (ITU "
	    "practice: two weeks); for a meeting in person 28 days are "
	    "expected (Recommendation ITU-T A.1). Fewer is a warning to who "
	    "announces, no refusal." },
	{ "max_received", SETTING_COUNT, 5, 100, "30",
	    AT(list_settings, max_received), NULL, NULL,
	    "Received fields above which a mail is taken for a loop." },
	{ "confirm_per_day", SETTING_COUNT, 1, 100, "5",
	    AT(list_settings, confirm_per_day), NULL, NULL,
	    "Requests for confirmation that one address is sent in a day." },
};

static const struct group in_list[] = {
	{ "categories",
	    "Categories of representatives. None: those of the sample.",
	    category, N(category), NULL, 0, sizeof(struct category),
	    AT(list_settings, categories), AT(list_settings, n_categories),
	    64 },
	{ "bodies", "Bodies that appoint representatives.", body, N(body),
	    NULL, 0, sizeof(struct body), AT(list_settings, bodies),
	    AT(list_settings, n_bodies), 1000 },
};

static const struct group in_top[] = {
	{ "instance", "The daemon itself.", instance, N(instance), NULL, 0, 0,
	    0, 0, 0 },
	{ "limits", "What strangers may take up.", limits, N(limits), NULL, 0,
	    0, 0, 0, 0 },
	{ "intake",
	    "Where mail comes in. Missing: SMTP on 127.0.0.1, port 2525.",
	    intake, N(intake), NULL, 0, sizeof(struct intake_settings),
	    AT(settings, intake), AT(settings, n_intake), 16 },
	{ "parser", "The processes that look inside mail.", parser, N(parser),
	    NULL, 0, 0, 0, 0, 0 },
	{ "relay", "Where mail goes out.", relay, N(relay), NULL, 0, 0, 0, 0,
	    0 },
	{ "console", "Reserved.", console, N(console), NULL, 0, 0, 0, 0, 0 },
	{ "plughost", "The processes that run plugins.", plughost, N(plughost),
	    NULL, 0, 0, 0, 0, 0 },
	{ "plugins", "Plugins, for example the feed for the web site.", plugin,
	    N(plugin), NULL, 0, sizeof(struct plugin_settings),
	    AT(settings, plugins), AT(settings, n_plugins), 16 },
	{ "lists", "The lists; at least one.", list, N(list), in_list,
	    N(in_list), sizeof(struct list_settings), AT(settings, lists),
	    AT(settings, n_lists), 100 },
};

static const struct group top = { "", "", NULL, 0, in_top, N(in_top), 0, 0, 0,
	0 };

const struct group *
table_top(void)
{
	return &top;
}

const struct setting *
table_setting(const struct group *g, const char *name)
{
	size_t i;

	for (i = 0; i < g->n_settings; i++)
		if (strcmp(g->settings[i].name, name) == 0)
			return &g->settings[i];
	return NULL;
}

const struct group *
table_group(const struct group *g, const char *name)
{
	size_t i;

	for (i = 0; i < g->n_groups; i++)
		if (strcmp(g->groups[i].name, name) == 0)
			return &g->groups[i];
	return NULL;
}

/* Changes of one letter that turn a into b (Levenshtein); at most 40 bytes
 * are looked at. */
static size_t
distance(const char *a, const char *b)
{
	size_t row[41], na = strnlen(a, 40), nb = strnlen(b, 40);
	size_t i, j, diagonal, above, best;

	for (j = 0; j <= nb; j++)
		row[j] = j;
	for (i = 1; i <= na; i++) {
		diagonal = row[0];
		row[0] = i;
		for (j = 1; j <= nb; j++) {
			above = row[j];
			best = diagonal + (a[i - 1] != b[j - 1]);
			if (best > above + 1)
				best = above + 1;
			if (best > row[j - 1] + 1)
				best = row[j - 1] + 1;
			diagonal = above;
			row[j] = best;
		}
	}
	return row[nb];
}

/* Path of the setting called name, anywhere below g. */
static const char *
find_elsewhere(struct arena *a, const struct group *g, const char *path,
    const char *name)
{
	const struct group *sub;
	const char *found, *inner;
	size_t i;

	for (i = 0; i < g->n_groups; i++) {
		sub = &g->groups[i];
		inner = arena_printf(a, "%s%s%s", path, sub->name,
		    sub->size > 0 ? "[0]." : ".");
		if (table_setting(sub, name) != NULL)
			return arena_printf(a, "%s%s", inner, name);
		found = find_elsewhere(a, sub, inner, name);
		if (found != NULL)
			return found;
	}
	return NULL;
}

const char *
table_nearest(struct arena *a, const struct group *g, const char *name)
{
	const char *best = NULL, *candidate;
	size_t least = strlen(name) / 3 + 2, d, i;

	for (i = 0; i < g->n_settings + g->n_groups; i++) {
		candidate = i < g->n_settings ? g->settings[i].name :
		    g->groups[i - g->n_settings].name;
		d = distance(name, candidate);
		if (d < least) {
			least = d;
			best = candidate;
		}
	}
	return best != NULL ? best : find_elsewhere(a, &top, "", name);
}

static void
add_words(const char *const *words, struct str *out)
{
	size_t i;

	for (i = 0; words[i] != NULL; i++) {
		if (i > 0)
			str_adds(out, words[i + 1] == NULL ? " or " : ", ");
		str_adds(out, words[i]);
	}
}

void
table_allowed(const struct setting *s, struct str *out)
{
	bool seconds = s->type == SETTING_SECONDS;

	if (s->choices != NULL) {
		add_words(s->choices, out);
	} else if (s->type == SETTING_COUNT) {
		str_addf(out, "%" PRId64 " to %" PRId64, s->min, s->max);
	} else if (s->type == SETTING_SIZE) {
		value_format_size(s->min, out);
		str_adds(out, " to ");
		value_format_size(s->max, out);
	} else if (seconds || s->type == SETTING_MILLIS) {
		value_format_millis(seconds ? s->min * 1000 : s->min, out);
		str_adds(out, " to ");
		value_format_millis(seconds ? s->max * 1000 : s->max, out);
	} else if (s->type == SETTING_FLAG) {
		str_adds(out, "true or false");
	} else if (s->type == SETTING_STRINGS) {
		str_addf(out, "[ \"text\", ... ], at most %" PRId64, s->max);
	} else if (s->type == SETTING_PAIRS) {
		str_addf(out, "{ name = \"text\"; ... }, at most %" PRId64,
		    s->max);
	} else if (s->max == 0) {
		str_adds(out, "nothing in this version");
	} else {
		str_addf(out, "text of at most %" PRId64 " bytes", s->max);
	}
}
