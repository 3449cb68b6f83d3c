/* SPDX-License-Identifier: ISC */
/*
 * Module: one loaded plugin. Foreign code: whatever it answers is checked
 * before it is believed; that it may hang or crash is not our business here
 * but the master's.
 */
#ifndef PLUG_MODULE_H
#define PLUG_MODULE_H

#include <stdint.h>
#include "model/settings.h"

struct err;
struct jcad_event;
struct module;

/* What the plugin said, made valid: answer is an enum event_answer, reason
 * clean UTF-8 of one line (in the struct). */
struct module_answer {
	uint32_t answer;
	uint32_t retry_s;
	char reason[256];
};

/* Load the shared object and initialise the plugin. NULL with err. */
struct module *module_open(const struct plugin_settings *settings,
    struct err *err);
/* Give it an event. Blocks as long as the plugin does. */
void module_event(struct module *m, const struct jcad_event *e,
    struct module_answer *out);
/* Let it do what it put off; EVENT_OK at once if it has no such call. */
void module_idle(struct module *m, struct module_answer *out);
/* Clean the plugin up and unload it. NULL allowed. */
void module_close(struct module *m);

#endif
