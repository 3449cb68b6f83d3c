/* SPDX-License-Identifier: ISC */
/*
 * Loading plugins: dlopen(), the handshake on the interface's version, and
 * the calls. Invariant: a plugin whose init failed gets no other call.
 */
#include "plug/module.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "base/utf8.h"
#include "base/xmalloc.h"
#include "model/event.h"
#include "plugins/jcad_plugin.h"

#define SETTINGS_MAX 100
#define ENTRY "jcad_plugin"

typedef const struct jcad_plugin *entry_fn(uint32_t host_abi);

struct module {
	void *so;
	const struct jcad_plugin *plugin;
	void *state;
	bool ready;
};

static void
host_log(uint32_t level, const char *text)
{
	static const enum log_level levels[] = {
		LOG_DEBUG_, LOG_INFO_, LOG_WARN_, LOG_ERROR_,
	};

	log_event(level <= JCAD_LOG_ERROR ? levels[level] : LOG_ERROR_,
	    "plugin-says", "text", text, NULL);
}

static const struct jcad_host host = {
	.size = sizeof(host), .abi = JCAD_PLUGIN_ABI, .log = host_log,
};

static int
load(struct module *m, const char *file, struct err *err)
{
	entry_fn *entry;
	void *symbol;

	m->so = dlopen(file, RTLD_NOW | RTLD_LOCAL);
	if (m->so == NULL)
		return err_set(err, ERR_PERM, "cannot load: %s", dlerror());
	symbol = dlsym(m->so, ENTRY);
	if (symbol == NULL)
		return err_set(err, ERR_PERM,
		    "%s is no plugin: it does not export %s()", file, ENTRY);
	/* ISO C has no cast from an object to a function pointer. */
	memcpy(&entry, &symbol, sizeof(entry));
	m->plugin = entry(JCAD_PLUGIN_ABI);
	if (m->plugin == NULL)
		return err_set(err, ERR_PERM, "%s refuses version %d of the "
		    "plugin interface", file, JCAD_PLUGIN_ABI);
	if (m->plugin->abi != JCAD_PLUGIN_ABI)
		return err_set(err, ERR_PERM, "%s is built for version %u of "
		    "the plugin interface, this jcad has %d", file,
		    m->plugin->abi, JCAD_PLUGIN_ABI);
	if (!JCAD_HAS(m->plugin, cleanup) || m->plugin->init == NULL ||
	    m->plugin->event == NULL)
		return err_set(err, ERR_PERM,
		    "%s has no init or no event function", file);
	return 0;
}

/* "key", "value", ..., NULL to an array; free() it. */
static struct jcad_setting *
list_settings(const char *const *config, uint32_t *n)
{
	struct jcad_setting *list = xcalloc(SETTINGS_MAX, sizeof(*list));

	*n = 0;
	while (config != NULL && config[0] != NULL && config[1] != NULL &&
	    *n < SETTINGS_MAX) {
		list[*n].name = config[0];
		list[(*n)++].value = config[1];
		config += 2;
	}
	return list;
}

/* One clean line from a buffer that a plugin wrote. */
static void
copy_reason(char out[256], const char in[256])
{
	struct arena *a = arena_new();
	char *line = utf8_line(a, span_make(in, strnlen(in, 255)));
	struct span s = utf8_truncate(span_of(line), 255);

	memcpy(out, s.p, s.n);
	out[s.n] = '\0';
	arena_free(a);
}

static int
init(struct module *m, const char *const *config, struct err *err)
{
	char raw[256] = "", reason[256];
	struct jcad_setting *list;
	uint32_t n;
	int r;

	list = list_settings(config, &n);
	r = m->plugin->init(&host, list, n, &m->state, raw);
	free(list);
	m->ready = r == 0;
	if (m->ready)
		return 0;
	copy_reason(reason, raw);
	return err_set(err, ERR_PERM, "%s", reason[0] != '\0' ? reason :
	    "its init failed without a reason");
}

struct module *
module_open(const struct plugin_settings *settings, struct err *err)
{
	struct module *m = xcalloc(1, sizeof(*m));

	if (load(m, settings->file, err) == 0 &&
	    init(m, settings->config, err) == 0)
		return m;
	(void)err_wrap(err, "plugin %s", settings->name);
	module_close(m);
	return NULL;
}

static void
check_answer(const struct jcad_answer *in, struct module_answer *out)
{
	out->retry_s = in->retry_s <= 86400 ? in->retry_s : 86400;
	copy_reason(out->reason, in->reason);
	switch (in->result) {
	case JCAD_OK:
		out->answer = EVENT_OK;
		return;
	case JCAD_DROP:
		out->answer = EVENT_DROP;
		break;
	default:
		out->answer = EVENT_RETRY;
	}
	if (out->reason[0] == '\0')
		memcpy(out->reason, "no reason given", 16);
}

void
module_event(struct module *m, const struct jcad_event *e,
    struct module_answer *out)
{
	struct jcad_answer answer = { .size = sizeof(answer),
	    .result = JCAD_RETRY };

	m->plugin->event(m->state, e, &answer);
	check_answer(&answer, out);
}

void
module_idle(struct module *m, struct module_answer *out)
{
	struct jcad_answer answer = { .size = sizeof(answer),
	    .result = JCAD_OK };

	if (m->plugin->idle != NULL)
		m->plugin->idle(m->state, &answer);
	check_answer(&answer, out);
}

void
module_close(struct module *m)
{
	if (m == NULL)
		return;
	if (m->ready && m->plugin->cleanup != NULL)
		m->plugin->cleanup(m->state);
	if (m->so != NULL)
		(void)dlclose(m->so);	/* the process ends soon anyway */
	free(m);
}
