/* SPDX-License-Identifier: ISC */
/*
 * Check: the settings of the instance against each other and against the
 * system. Owns nothing. Invariant: whatever stops the daemon at its start and
 * can be known before is found here, with the remedy.
 */
#include "conf/check.h"

#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/civil.h"
#include "base/span.h"
#include "conf/load.h"
#include "conf/value.h"
#include "model/settings.h"

#define SOCKET_PATH_MAX (sizeof(((struct sockaddr_un *)0)->sun_path) - 1)

static void
check_file(struct load *l, const char *path, const char *file)
{
	struct stat st;

	if (file[0] == '\0')
		return;
	if (stat(file, &st) != 0)
		load_problem(l, path, "%s: %s; give the name of an existing "
		    "file", file, strerror(errno));
	else if (!S_ISREG(st.st_mode))
		load_problem(l, path, "%s is no file", file);
	else if (access(file, R_OK) != 0)
		load_problem(l, path, "%s: %s; let this account read it", file,
		    strerror(errno));
}

static void
check_folder(struct load *l, const char *path, const char *folder)
{
	struct stat st;

	if (folder[0] == '\0')
		return;
	if (stat(folder, &st) != 0)
		load_problem(l, path, "%s: %s; give the name of an existing "
		    "folder", folder, strerror(errno));
	else if (!S_ISDIR(st.st_mode))
		load_problem(l, path, "%s is no folder", folder);
}

static void
check_socket_path(struct load *l, const char *path, const char *socket_path)
{
	size_t n = strlen(socket_path);

	if (n > SOCKET_PATH_MAX)
		load_problem(l, path, "the path of a socket has at most %zu "
		    "bytes, this one %zu: %s; choose a shorter one",
		    SOCKET_PATH_MAX, n, socket_path);
}

static void
check_instance(struct load *l, const struct settings *s)
{
	int64_t at;

	check_socket_path(l, "instance.control", s->control);
	check_folder(l, "instance.templates", s->templates);
	if (load_find(l, "instance.hostname") != NULL &&
	    s->hostname[0] != '\0' && !value_is_domain(s->hostname))
		load_problem(l, "instance.hostname", "\"%s\" is no full name "
		    "of a host in lower case; for example hostname = "
		    "\"mail.itu-t.example\";", s->hostname);
	if (strpbrk(s->authserv_id, " \t;()<>@,\"") != NULL)
		load_problem(l, "instance.authserv_id", "\"%s\" is no "
		    "authserv-id; write the first word of the field "
		    "Authentication-Results", s->authserv_id);
	if (s->clock[0] != '\0' &&
	    !civil_parse_rfc3339(span_of(s->clock), &at))
		load_problem(l, "instance.clock", "\"%s\" is no time; for "
		    "example clock = \"2027-01-11T08:00:00Z\";", s->clock);
	if (s->user[0] != '\0' && getpwnam(s->user) == NULL)
		load_problem(l, "instance.user", "there is no account \"%s\"; "
		    "make it with: adduser --system --group %s", s->user,
		    s->user);
}

static void
check_listener(struct load *l, const struct settings *s, size_t i)
{
	const struct intake_settings *in = &s->intake[i];
	const char *path = arena_printf(l->arena, "intake[%zu].listen", i);
	size_t j;

	if (in->listen[0] == '\0')
		return;
	for (j = 0; j < i; j++)
		if (strcasecmp(in->listen, s->intake[j].listen) == 0)
			load_problem(l, path, "%s is listened on already "
			    "(intake[%zu])", in->listen, j);
	if (strncmp(in->listen, "unix:", 5) == 0) {
		check_socket_path(l, path, in->listen + 5);
		return;
	}
	if (!in->allow_remote && !value_is_loopback(in->listen))
		load_problem(l, path, "%s can be reached from other machines; "
		    "listen on 127.0.0.1 behind your mail server, or, if a "
		    "firewall admits nobody else, add allow_remote = true; "
		    "there", in->listen);
}

static void
check_intake(struct load *l, const struct settings *s)
{
	size_t i;

	for (i = 0; i < s->n_intake; i++)
		check_listener(l, s, i);
	if (s->n_intake == 0)
		load_problem(l, "intake", "no mail can come in; for example "
		    "intake = ( { protocol = \"smtp\"; listen = "
		    "\"127.0.0.1:2525\"; } );");
}

static void
check_relay(struct load *l, const struct settings *s)
{
	const char *unix_prefix = "lmtp+unix:";
	bool user = s->relay_user[0] != '\0';

	if (span_has_prefix(span_of(s->relay_url), unix_prefix))
		check_socket_path(l, "relay.url",
		    s->relay_url + strlen(unix_prefix));
	check_file(l, "relay.ca", s->relay_ca);
	check_file(l, "relay.password_file", s->relay_password_file);
	if (user && s->relay_password_file[0] == '\0')
		load_problem(l, "relay.user", "this account has no password; "
		    "add password_file = \"FILE\";");
	if (!user && s->relay_password_file[0] != '\0')
		load_problem(l, "relay.password_file", "there is no account "
		    "for this password; add user = \"NAME\";");
	if (s->relay_delay_notice_s > s->relay_expire_s)
		load_problem(l, "relay.delay_notice", "it is longer than "
		    "relay.expire: nobody would ever be told; choose a "
		    "shorter one");
}

static bool
is_word(const char *s)
{
	return s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0' &&
	    s[0] != '-';
}

static void
check_plugins(struct load *l, const struct settings *s)
{
	const char *path;
	size_t i, j;

	for (i = 0; i < s->n_plugins; i++) {
		path = arena_printf(l->arena, "plugins[%zu].name", i);
		if (!is_word(s->plugins[i].name))
			load_problem(l, path, "\"%s\" is refused; allowed: "
			    "a to z, 0 to 9 and -", s->plugins[i].name);
		for (j = 0; j < i; j++)
			if (s->plugins[i].name[0] != '\0' &&
			    strcmp(s->plugins[i].name,
				s->plugins[j].name) == 0)
				load_problem(l, path, "plugins[%zu] has the "
				    "name \"%s\" already; choose another", j,
				    s->plugins[i].name);
		check_file(l, arena_printf(l->arena, "plugins[%zu].file", i),
		    s->plugins[i].file);
	}
}

void
check_settings(struct load *l, const struct settings *s)
{
	check_instance(l, s);
	check_intake(l, s);
	check_relay(l, s);
	check_plugins(l, s);
}
