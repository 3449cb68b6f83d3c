/* SPDX-License-Identifier: ISC */
/*
 * Decode: content transfer encodings (RFC 2045 section 6) and text parts to
 * UTF-8. The only caller of libetpan. Pure.
 */
#ifndef MAIL_DECODE_H
#define MAIL_DECODE_H

#include <stdbool.h>
#include "base/span.h"

struct arena;

/* True if bytes under that encoding (lower case) are not the mail's bytes. */
bool decode_is_encoded(const char *encoding);
/* The decoded bytes of a body: in a, or the body itself if it is not encoded.
 * At most max bytes (SIZE_MAX: all); *cut tells if there may be more. */
struct span decode_bytes(struct arena *a, const char *encoding,
    struct span body, size_t max, bool *cut);
/* The same as clean UTF-8 with LF lines; charset "" = not stated. */
const char *decode_text(struct arena *a, const char *encoding,
    const char *charset, struct span body, size_t max, bool *cut);

#endif
