/* SPDX-License-Identifier: ISC */
/*
 * Random, hashes and text encodings (OpenSSL; RFC 4648). Pure but for
 * crypt_random(). Base32 here is lower case, no padding.
 */
#ifndef BASE_CRYPT_H
#define BASE_CRYPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/span.h"

struct arena;
struct str;

#define SHA256_LEN 32

/* Fill n bytes from getrandom(2); aborts if the kernel refuses. */
void crypt_random(void *p, size_t n);
void crypt_sha256(struct span data, uint8_t out[SHA256_LEN]);
void crypt_hmac(struct span key, struct span data, uint8_t out[SHA256_LEN]);
/* Compare in constant time. */
bool crypt_equal(const void *a, const void *b, size_t n);
/* Lower-case hex of n bytes, in a. */
char *crypt_hex(struct arena *a, const void *p, size_t n);
/* Inverse of crypt_hex: exactly n bytes; false if s is not that. */
bool crypt_unhex(struct span s, void *p, size_t n);
/* Lower-case base32 without padding (RFC 4648 section 6), in a. */
char *crypt_base32(struct arena *a, const void *p, size_t n);
/* Decode base32 of either case to exactly n bytes; false otherwise. */
bool crypt_unbase32(struct span s, void *p, size_t n);
/* Append base64 in lines of 76 characters ending in CRLF (RFC 2045 6.8). */
void crypt_base64_lines(struct str *out, struct span data);
/* Append base64 on one line, with padding. */
void crypt_base64(struct str *out, struct span data);
/* Decode base64, ignoring line breaks; false on other bytes. Appends. */
bool crypt_unbase64(struct str *out, struct span text);

#endif
