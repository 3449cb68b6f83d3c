/* SPDX-License-Identifier: ISC */
/*
 * Flatten: an event of ours as the structs of plugins/jcad_plugin.h, with the
 * texts that plugins should not have to make (times in three zones, calendar
 * components).
 */
#ifndef PLUG_FLATTEN_H
#define PLUG_FLATTEN_H

#include "model/wire.h"

struct arena;
struct err;
struct jcad_event;

/* The event for a plugin, all memory in a. NULL with err if its meeting
 * cannot be said as a calendar object. */
const struct jcad_event *flatten_event(struct arena *a,
    const struct event *e, struct err *err);

#endif
