/* SPDX-License-Identifier: ISC */
/* Load: the configuration, with what only the roles can judge. */
#ifndef MAIN_LOAD_H
#define MAIN_LOAD_H

struct arena;
struct settings;
struct str;

/* As conf_load(); also refuses a relay.url that no courier can open. */
int load_settings(struct arena *a, const char *file,
    const char *const *overrides, struct settings **out,
    struct str *problems);

#endif
