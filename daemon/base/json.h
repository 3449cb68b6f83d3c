/* SPDX-License-Identifier: ISC */
/* JSON writer (RFC 8259): appends to a str; commas are put by itself. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>

struct str;

struct json {
	struct str *out;
	bool comma;
};

/* Begin to write to out (borrowed). */
void json_init(struct json *j, struct str *out);
/* Open and close a container. key is NULL inside arrays and at the top. */
void json_object(struct json *j, const char *key);
void json_array(struct json *j, const char *key);
void json_end_object(struct json *j);
void json_end_array(struct json *j);
/* value NULL writes null; invalid UTF-8 becomes U+FFFD. */
void json_str(struct json *j, const char *key, const char *value);
void json_int(struct json *j, const char *key, int64_t value);
void json_bool(struct json *j, const char *key, bool value);

#endif
