/* SPDX-License-Identifier: ISC */
/*
 * Log: one event a line on stderr, "TIME LEVEL role=R event=E key=value ...".
 * Values are quoted and control characters escaped, so hostile text cannot
 * forge a line. Only role top handlers log above debug.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdint.h>

enum log_level { LOG_DEBUG_, LOG_INFO_, LOG_WARN_, LOG_ERROR_ };

/* Set the role name shown on each line (copied, 15 bytes) and lowest level. */
void log_open(const char *role, enum log_level lowest);
/* Take the time (Unix seconds) from now(); NULL is the system clock. */
void log_clock(int64_t (*now)(void *), void *arg);
/* Redirect lines (without LF) to sink for tests; NULL restores stderr. */
void log_sink(void (*sink)(void *arg, const char *line), void *arg);
/*
 * Write one line. Then pairs of (const char *key, const char *value) end
 * with NULL; a NULL value is skipped. Numbers: format with LOGN(n).
 */
void log_event(enum log_level level, const char *event, ...)
    __attribute__((sentinel));
/* Format n into one of 8 rotating static buffers, for log_event only. */
const char *log_num(int64_t n);

#define LOGN(n) log_num((int64_t)(n))

#endif
