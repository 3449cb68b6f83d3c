/* SPDX-License-Identifier: ISC */
/*
 * Sample: the table as a configuration file and as manual page. Owns nothing.
 * Invariant: the sample loads as it is, and shows every setting.
 */
#include "conf/conf.h"

#include <string.h>

#include "base/span.h"
#include "base/str.h"
#include "conf/jca.h"
#include "conf/table.h"
#include "model/settings.h"

#define WIDTH 78

/* text in lines, each after prefix. */
static void
wrap(struct str *out, const char *prefix, const char *text)
{
	struct span rest = span_of(text), word;
	size_t used = 0;

	while (rest.p != NULL) {
		word = span_cut(&rest, ' ');
		if (used > 0 && used + 1 + word.n > WIDTH) {
			str_addc(out, '\n');
			used = 0;
		}
		if (used == 0) {
			str_adds(out, prefix);
			used = strlen(prefix);
			used += prefix[0] == '\t' ? 7 : 0;
		}
		str_addc(out, ' ');
		str_addspan(out, word);
		used += 1 + word.n;
	}
	str_addc(out, '\n');
}

static void
add_strings(struct str *out, const char *commas)
{
	struct span rest = span_of(commas), item;
	bool first = true;

	str_adds(out, "[");
	while (rest.n > 0) {
		item = span_cut(&rest, ',');
		str_adds(out, first ? " \"" : ", \"");
		str_addspan(out, item);
		str_addc(out, '"');
		first = false;
	}
	str_adds(out, first ? "]" : " ]");
}

/* name = value; as it is written. */
static void
add_assignment(struct str *out, const struct setting *s)
{
	const char *value = s->example != NULL ? s->example : s->fallback;

	str_addf(out, "%s = ", s->name);
	if (value == NULL)
		value = "";
	if (s->type == SETTING_STRINGS)
		add_strings(out, value);
	else if (s->type == SETTING_PAIRS)
		str_addf(out, "{ %s }", value);
	else if (s->type == SETTING_COUNT || s->type == SETTING_FLAG)
		str_adds(out, value);
	else
		str_addf(out, "\"%s\"", value);
	str_adds(out, ";\n");
}

/* Settings out of force, but for those with an example when examples are
 * wanted. */
static void
add_settings(struct str *out, const struct group *g, const char *indent,
    bool examples)
{
	const struct setting *s;
	size_t i;

	for (i = 0; i < g->n_settings; i++) {
		s = &g->settings[i];
		wrap(out, indent[0] == '\0' ? "#" : "\t#", s->help);
		str_adds(out, indent);
		if (!examples || s->example == NULL)
			str_addc(out, '#');
		add_assignment(out, s);
	}
}

/* Settings of a group inside a list, explained before the list. */
static void
add_legend(struct str *out, const struct group *g)
{
	const struct setting *s;
	struct str line = STR_EMPTY;
	size_t i;

	wrap(out, "\t#", g->help);
	for (i = 0; i < g->n_settings; i++) {
		s = &g->settings[i];
		str_clear(&line);
		str_addf(&line, "- %s: %s", s->name, s->help);
		if (s->fallback != NULL && s->fallback[0] != '\0')
			str_addf(&line, " Default: %s.", s->fallback);
		wrap(out, "\t#", str_get(&line));
	}
	str_done(&line);
}

static const char *
word(const struct group *g, const char *name, unsigned index)
{
	return table_setting(g, name)->choices[index];
}

static void
add_categories(struct str *out, const struct group *g)
{
	const struct category *c;
	size_t i;

	add_legend(out, g);
	str_adds(out, "\tcategories = (\n");
	for (i = 0; i < jca_n_categories; i++) {
		c = &jca_categories[i];
		str_addf(out, "\t\t{ name = \"%s\"; title = \"%s\";\n"
		    "\t\t  admission = \"%s\"; posting = \"%s\"; }%s\n",
		    c->name, c->title, word(g, "admission", c->admission),
		    word(g, "posting", c->posting),
		    i + 1 < jca_n_categories ? "," : "");
	}
	str_adds(out, "\t);\n");
}

static void
add_bodies(struct str *out, const struct group *g)
{
	const struct jca_body *b;
	size_t i;

	add_legend(out, g);
	str_adds(out, "\tbodies = (\n");
	for (i = 0; i < jca_n_bodies; i++) {
		b = &jca_bodies[i];
		str_addf(out, "\t\t{ name = \"%s\"; category = \"%s\";\n"
		    "\t\t  title = \"%s\";\n", b->name, b->category, b->title);
		if (b->aliases[0] != '\0') {
			str_adds(out, "\t\t  aliases = ");
			add_strings(out, b->aliases);
			str_adds(out, ";\n");
		}
		if (b->contact[0] != '\0')
			str_addf(out, "\t\t  contact = \"%s\";\n", b->contact);
		str_addf(out, "\t\t}%s\n", i + 1 < jca_n_bodies ? "," : "");
	}
	str_adds(out, "\t);\n");
}

static void
add_group(struct str *out, const struct group *g)
{
	str_addc(out, '\n');
	wrap(out, "#", g->help);
	if (g->n_groups > 0) {
		str_addf(out, "%s = (\n{\n", g->name);
		add_settings(out, g, "\t", true);
		add_categories(out, table_group(g, "categories"));
		add_bodies(out, table_group(g, "bodies"));
		str_adds(out, "}\n);\n");
	} else if (g->size > 0) {
		str_addf(out, "#%s = (\n#{\n", g->name);
		add_settings(out, g, "\t", false);
		str_adds(out, "#}\n#);\n");
	} else {
		str_addf(out, "%s: {\n", g->name);
		add_settings(out, g, "\t", false);
		str_adds(out, "};\n");
	}
}

void
conf_sample(struct str *out)
{
	const struct group *top = table_top();
	size_t i;

	wrap(out, "#", "Configuration of jcad, see jcad.conf(5). What stands "
	    "behind # in front of a setting is its default or an example. "
	    "Check with jcad -t -c FILE after each change. All addresses here "
	    "are invented.");
	for (i = 0; i < top->n_groups; i++)
		add_group(out, &top->groups[i]);
}

/* ---- mdoc(7) ---- */

/* Text that may stand in an mdoc line. */
static void
add_escaped(struct str *out, const char *text)
{
	const char *p;

	for (p = text; *p != '\0'; p++) {
		if (*p == '\\')
			str_adds(out, "\\e");
		else if (*p == '"')
			str_adds(out, "\\(dq");
		else if (*p == '-')
			str_adds(out, "\\-");
		else
			str_addc(out, *p);
	}
}

/* Help text, a sentence a line. */
static void
add_sentences(struct str *out, const char *text)
{
	const char *end;

	while ((end = strstr(text, ". ")) != NULL) {
		while (text <= end)
			str_addc(out, *text++);
		str_addc(out, '\n');
		text++;
	}
	str_addf(out, "%s\n", text);
}

static void
man_setting(struct str *out, const struct setting *s)
{
	struct str allowed = STR_EMPTY;

	table_allowed(s, &allowed);
	str_addf(out, ".It Ic %s\n", s->name);
	add_sentences(out, s->help);
	if (s->max > 0 || s->choices != NULL || s->type == SETTING_FLAG) {
		str_adds(out, "Allowed: ");
		add_escaped(out, str_get(&allowed));
		str_adds(out, ".\n");
	}
	if (s->fallback == NULL) {
		str_adds(out, "This setting is required.\n");
	} else if (s->fallback[0] != '\0') {
		str_adds(out, "Default: ");
		add_escaped(out, s->fallback);
		str_adds(out, ".\n");
	}
	str_done(&allowed);
}

static void
man_group(struct str *out, const struct group *g, const char *outer)
{
	char path[64] = "";
	size_t i, n = strlen(outer);

	memcpy(path, outer, n);
	memcpy(path + n, g->name, strlen(g->name) + 1);
	str_addf(out, ".Ss %s\n", path);
	add_sentences(out, g->help);
	if (g->size > 0)
		str_addf(out, "A list of at most %zu groups.\n", g->max);
	str_adds(out, ".Bl -tag -width Ds\n");
	for (i = 0; i < g->n_settings; i++)
		man_setting(out, &g->settings[i]);
	str_adds(out, ".El\n");
	memcpy(path + strlen(path), "[].", 4);
	for (i = 0; i < g->n_groups; i++)
		man_group(out, &g->groups[i], path);
}

void
conf_man(struct str *out)
{
	const struct group *top = table_top();
	size_t i;

	for (i = 0; i < top->n_groups; i++)
		man_group(out, &top->groups[i], "");
}
