/* SPDX-License-Identifier: ISC */
/*
 * Lists: the checks of lists, categories and bodies. Owns nothing. Invariant:
 * an address of one list is never an address of another, and every name that
 * a member may write means one thing.
 */
#include "conf/check.h"

#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/span.h"
#include "base/str.h"
#include "conf/load.h"
#include "conf/value.h"
#include "model/settings.h"

#define ZONE_DIR "/usr/share/zoneinfo/"

/* What follows a list's name in its other addresses (model/route.c). */
static const char *const verbs[] = { "subscribe", "join", "unsubscribe",
	"leave", "confirm", "request", "help", "who", "owner", "b", "bounces",
	"announce", "report", "ok", "no", "drop", "moderate", "a", "m", NULL };

/* A list, its index and its path. */
struct where {
	struct load *load;
	const struct settings *settings;
	const struct list_settings *list;
	size_t index;
	const char *path;
};

static const char *
at(const struct where *w, const char *name)
{
	return arena_printf(w->load->arena, "%s.%s", w->path, name);
}

static const char *
at_item(const struct where *w, const char *group, size_t i, const char *name)
{
	return arena_printf(w->load->arena, "%s.%s[%zu].%s", w->path, group, i,
	    name);
}

/* The verb that name ends in, after - (or +, the same to us), or NULL. */
static const char *
verb_of(const char *name)
{
	const char *dash = strrchr(name, '-');
	size_t i;

	if (dash == NULL)
		return NULL;
	for (i = 0; verbs[i] != NULL; i++)
		if (strcmp(dash + 1, verbs[i]) == 0)
			return verbs[i];
	return NULL;
}

static void
check_name(const struct where *w)
{
	const char *name = w->list->name, *verb = verb_of(name);
	size_t n = strlen(name), i;

	if (n == 0)
		return;
	if (name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789.-")] !=
	    '\0' || strchr(".-", name[0]) != NULL ||
	    strchr(".-", name[n - 1]) != NULL || strstr(name, "..") != NULL)
		load_problem(w->load, at(w, "name"), "\"%s\" is refused; "
		    "allowed: a to z, 0 to 9, and between them . and -", name);
	else if (verb != NULL)
		load_problem(w->load, at(w, "name"), "\"%s\" ends in -%s, "
		    "which is an address of the list \"%.*s\"; choose another "
		    "name", name, verb, (int)(n - strlen(verb) - 1), name);
	for (i = 0; i < w->index; i++)
		if (strcmp(w->settings->lists[i].name, name) == 0)
			load_problem(w->load, at(w, "name"), "lists[%zu] has "
			    "the name \"%s\" already; choose another", i,
			    name);
}

/* A zone of the system's database; the name cannot leave its folder. */
static bool
zone_exists(const char *zone)
{
	char path[128] = ZONE_DIR, magic[4] = "";
	size_t n = strlen(zone);
	int fd;
	bool found;

	if (n == 0 || n > 64 || zone[0] == '/' || strstr(zone, "..") != NULL ||
	    zone[strspn(zone, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-/")] != '\0')
		return false;
	memcpy(path + strlen(ZONE_DIR), zone, n + 1);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return false;
	found = read(fd, magic, sizeof(magic)) == (ssize_t)sizeof(magic) &&
	    memcmp(magic, "TZif", sizeof(magic)) == 0;
	(void)close(fd);	/* only read */
	return found;
}

static void
check_zone(const struct where *w, const char *name, const char *zone)
{
	if (zone[0] != '\0' && !zone_exists(zone))
		load_problem(w->load, at(w, name), "there is no time zone "
		    "\"%s\" in " ZONE_DIR "; write a name such as "
		    "Europe/Zurich, Asia/Shanghai or UTC", zone);
}

static bool
is_language(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz");

	return (n == 2 || n == 3) && (s[n] == '\0' || (s[n] == '-' &&
	    s[n + 1] != '\0' && s[n + 1 + strspn(s + n + 1,
	    "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")] == '\0'));
}

static void
check_texts(const struct where *w)
{
	const struct list_settings *list = w->list;
	struct span archive = span_of(list->archive_url);

	if (list->domain[0] != '\0' && !value_is_domain(list->domain))
		load_problem(w->load, at(w, "domain"), "\"%s\" is no domain in "
		    "lower case; for example domain = \"lists.itu-t.example\";",
		    list->domain);
	if (list->owner[0] != '\0' && !value_is_address(list->owner))
		load_problem(w->load, at(w, "owner"), "\"%s\" is no address; "
		    "for example owner = \"tsbtsag@itu-t.example\";",
		    list->owner);
	if (!is_language(list->language))
		load_problem(w->load, at(w, "language"), "\"%s\" is no "
		    "language; for example language = \"en\";",
		    list->language);
	if (archive.n > 0 && ((!span_has_prefixi(archive, "https://") &&
	    !span_has_prefixi(archive, "http://") &&
	    !span_has_prefixi(archive, "mailto:")) ||
	    strpbrk(list->archive_url, " <>,") != NULL))
		load_problem(w->load, at(w, "archive_url"), "\"%s\" is no "
		    "address of a web page; it begins with https:// and has "
		    "no blanks", list->archive_url);
	if (list->max_size > w->settings->max_message)
		load_problem(w->load, at(w, "max_size"), "it is larger than "
		    "limits.message_size, so such mail never comes in; lower "
		    "this one or raise that one");
}

static void
check_categories(const struct where *w)
{
	const struct list_settings *list = w->list;
	const char *name;
	size_t i, j;

	for (i = 0; i < list->n_categories; i++) {
		name = list->categories[i].name;
		if (name[strspn(name, "abcdefghijklmnopqrstuvwxyz"
		    "0123456789-")] != '\0')
			load_problem(w->load, at_item(w, "categories", i,
			    "name"), "\"%s\" is refused; allowed: a to z, 0 "
			    "to 9 and -", name);
		for (j = 0; j < i; j++)
			if (name[0] != '\0' &&
			    strcmp(name, list->categories[j].name) == 0)
				load_problem(w->load, at_item(w, "categories",
				    i, "name"), "categories[%zu] has the name "
				    "\"%s\" already; choose another", j, name);
	}
}

/* Is text the name or an alias of body b? */
static bool
answers_to(const struct body *b, const char *text)
{
	const char **alias;

	if (strcasecmp(b->name, text) == 0)
		return true;
	for (alias = b->aliases; *alias != NULL; alias++)
		if (strcasecmp(*alias, text) == 0)
			return true;
	return false;
}

/* Names of body i that a body before it has. */
static void
check_body_names(const struct where *w, size_t i)
{
	const struct body *b = &w->list->bodies[i];
	const char **alias;
	size_t j;

	if (strpbrk(b->name, ";=\"") != NULL)
		load_problem(w->load, at_item(w, "bodies", i, "name"),
		    "\"%s\" is refused: ; = and \" mean something in mail "
		    "commands; leave them out", b->name);
	for (j = 0; j < i; j++) {
		if (b->name[0] != '\0' &&
		    answers_to(&w->list->bodies[j], b->name))
			load_problem(w->load, at_item(w, "bodies", i, "name"),
			    "\"%s\" is a name of bodies[%zu] already; choose "
			    "another", b->name, j);
		for (alias = b->aliases; *alias != NULL; alias++)
			if (answers_to(&w->list->bodies[j], *alias))
				load_problem(w->load, at_item(w, "bodies", i,
				    "aliases"), "\"%s\" is a name of "
				    "bodies[%zu] already; leave it out",
				    *alias, j);
	}
}

static void
check_bodies(const struct where *w)
{
	struct str known = STR_EMPTY;
	const struct body *b;
	size_t i;

	for (i = 0; i < w->list->n_categories; i++)
		str_addf(&known, "%s%s", i > 0 ? ", " : "",
		    w->list->categories[i].name);
	for (i = 0; i < w->list->n_bodies; i++) {
		b = &w->list->bodies[i];
		check_body_names(w, i);
		if (b->category[0] != '\0' &&
		    settings_category(w->list, b->category) == NULL)
			load_problem(w->load, at_item(w, "bodies", i,
			    "category"), "the list has no category \"%s\"; "
			    "allowed: %s", b->category, str_get(&known));
		if (b->contact[0] != '\0' && !value_is_address(b->contact))
			load_problem(w->load, at_item(w, "bodies", i,
			    "contact"), "\"%s\" is no address", b->contact);
	}
	str_done(&known);
}

void
check_lists(struct load *l, const struct settings *s)
{
	struct where w = { .load = l, .settings = s };
	const char **zone;

	if (s->n_lists == 0)
		load_problem(l, "lists", "there is no list; for example "
		    "lists = ( { name = \"jca-qkdn\"; domain = "
		    "\"lists.itu-t.example\"; } );");
	for (w.index = 0; w.index < s->n_lists; w.index++) {
		w.list = &s->lists[w.index];
		w.path = arena_printf(l->arena, "lists[%zu]", w.index);
		check_name(&w);
		check_texts(&w);
		check_zone(&w, "zone", w.list->zone);
		for (zone = w.list->zones; *zone != NULL; zone++)
			check_zone(&w, "zones", *zone);
		check_categories(&w);
		check_bodies(&w);
	}
}
