/* SPDX-License-Identifier: ISC */
/* Value: sizes, durations and addresses as they are written in settings.
 * Pure. */
#ifndef CONF_VALUE_H
#define CONF_VALUE_H

#include <stdbool.h>
#include <stdint.h>

struct str;

/* "25M", "512k", "1G", "4096": bytes (k = 1024). false if it is none. */
bool value_size(const char *text, int64_t *out);
/* "800ms", "5s", "10m", "4h", "14d", "2w": milliseconds. */
bool value_millis(const char *text, int64_t *out);
/* The shortest form that reads back as the same number. */
void value_format_size(int64_t bytes, struct str *out);
void value_format_millis(int64_t ms, struct str *out);
/* "HOST:PORT" with a name, an IPv4 address or [IPv6]; port 1 to 65535. */
bool value_is_host_port(const char *text);
/* True if HOST of "HOST:PORT" is this machine only (127/8, ::1,
 * localhost). */
bool value_is_loopback(const char *text);
/* LDH labels, each at most 63, all at most 253, lower case, one dot at
 * least. */
bool value_is_domain(const char *text);
/* "local@domain" without quoting; for addresses of the configuration only. */
bool value_is_address(const char *text);

#endif
