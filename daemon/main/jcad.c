/* SPDX-License-Identifier: ISC */
/*
 * jcad: argv and the table of roles. Owns nothing else; the work is in
 * main/master.c and in the roles.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "conf/conf.h"
#include "console/console.h"
#include "core/core.h"
#include "courier/courier.h"
#include "intake/intake.h"
#include "main/load.h"
#include "main/master.h"
#include "main/version.h"
#include "model/settings.h"
#include "parser/parser.h"
#include "plug/plughost.h"
#include "proc/role.h"

#define OVERRIDES_MAX 200

enum { OPT_SAMPLE = 256, OPT_SETTINGS_MAN };

static const char usage[] =
    "usage: jcad [-t] [-c FILE] [-o SETTING=VALUE]...\n"
    "       jcad --sample | --settings-man | -V | -h\n"
    "\n"
    "  -c, --config FILE     configuration (default " CONF_DEFAULT_FILE ")\n"
    "  -o SETTING=VALUE      override a setting, e.g. relay.url=outbox:/tmp/x\n"
    "  -t, --test            check the configuration and end\n"
    "      --sample          print an annotated configuration\n"
    "      --settings-man    print the settings as mdoc(7)\n"
    "  -V, --version         print the version\n"
    "  -h, --help            print this\n";

/* ---- how many of each role, with which rights ---- */

static size_t
one(const struct settings *s)
{
	(void)s;
	return 1;
}

static size_t
parsers(const struct settings *s)
{
	return s->parser_workers;
}

static size_t
couriers(const struct settings *s)
{
	return s->relay_connections;
}

static size_t
plugins(const struct settings *s)
{
	return s->n_plugins;
}

static void
no_limits(const struct settings *s, struct role_limits *out)
{
	(void)s;
	(void)out;
}

/* A connection has its socket and the file that it fills. */
static void
intake_limits(const struct settings *s, struct role_limits *out)
{
	out->files = 2 * s->intake_connections + 64;
}

static void
parser_limits(const struct settings *s, struct role_limits *out)
{
	out->memory = s->parser_memory;
	out->files = 64;
	out->file_size = -1;
	out->confined = true;
}

/* A plugin writes files; it has no business on the network. */
static void
plughost_limits(const struct settings *s, struct role_limits *out)
{
	(void)s;
	out->confined = true;
}

static const struct master_role roles[] = {
	{ "core", core_run, one, no_limits },
	{ "parser", parser_run, parsers, parser_limits },
	{ "courier", courier_run, couriers, no_limits },
	{ "plughost", plughost_run, plugins, plughost_limits },
	{ "console", console_run, one, no_limits },
	{ "intake", intake_run, one, intake_limits },
};

/* ---- argv ---- */

static int
print(void (*fn)(struct str *out))
{
	struct str out = STR_EMPTY;
	int rc;

	fn(&out);
	rc = fputs(str_get(&out), stdout) == EOF || fflush(stdout) != 0;
	str_done(&out);
	return rc;
}

static int
test(const char *file, const char *const *overrides)
{
	struct arena *a = arena_new();
	struct str problems = STR_EMPTY;
	struct settings *s;
	int rc;

	rc = load_settings(a, file, overrides, &s, &problems);
	if (rc == 0)
		rc = printf("%s: ok\n", file) < 0;
	else
		(void)fputs(str_get(&problems), stderr);
	str_done(&problems);
	arena_free(a);
	return rc == 0 ? 0 : 1;
}

static int
misuse(const char *why)
{
	(void)fprintf(stderr, "jcad: %s\n%s", why, usage);
	return 2;
}

static const struct option long_options[] = {
	{ "config", required_argument, NULL, 'c' },
	{ "test", no_argument, NULL, 't' },
	{ "sample", no_argument, NULL, OPT_SAMPLE },
	{ "settings-man", no_argument, NULL, OPT_SETTINGS_MAN },
	{ "version", no_argument, NULL, 'V' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

int
main(int argc, char **argv)
{
	const char *overrides[OVERRIDES_MAX + 1] = { NULL };
	struct master_args args = { CONF_DEFAULT_FILE, overrides, roles,
		sizeof(roles) / sizeof(roles[0]) };
	size_t n = 0;
	bool testing = false;
	int c;

	while ((c = getopt_long(argc, argv, "c:to:Vh", long_options,
		    NULL)) != -1) {
		switch (c) {
		case 'c':
			args.file = optarg;
			break;
		case 't':
			testing = true;
			break;
		case 'o':
			if (n == OVERRIDES_MAX)
				return misuse("too many options -o");
			overrides[n++] = optarg;
			break;
		case 'V':
			return printf("jcad %s\n", VERSION) < 0;
		case 'h':
			return fputs(usage, stdout) == EOF;
		case OPT_SAMPLE:
			return print(conf_sample);
		case OPT_SETTINGS_MAN:
			return print(conf_man);
		default:
			return misuse("unknown option, or one without its "
			    "value");
		}
	}
	if (optind < argc)
		return misuse("nothing may follow the options");
	return testing ? test(args.file, overrides) : master_run(&args);
}
