/* SPDX-License-Identifier: ISC */
/*
 * Debug: "jcadctl debug WHAT ...": the daemon's own readers run on what is
 * given, without daemon, store, configuration or network. Prints one JSON
 * line an input.
 */
#ifndef CTL_DEBUG_H
#define CTL_DEBUG_H

/* Run args (NULL at the end; args[0] is WHAT). 0 whatever the finding, 1 if
 * an input cannot be read, 2 for a wrong call. Blocking. */
int debug_run(const char *const *args);
/* Usage of all of them, for --help: one line each. */
const char *debug_usage(void);

#endif
