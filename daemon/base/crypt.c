/* SPDX-License-Identifier: ISC */
/*
 * Hashes by OpenSSL, random bytes by the kernel, and the text encodings of
 * RFC 4648. Holds no state and no key. Invariant: each decoder takes exactly
 * one spelling per value (but for case where the header says so).
 */
#include "base/crypt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include "base/arena.h"
#include "base/str.h"

#define LINE_BYTES 57		/* 57 bytes make 76 characters */

void
crypt_random(void *p, size_t n)
{
	char *at = p;
	ssize_t r;

	while (n > 0) {
		r = getrandom(at, n, 0);
		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			abort();
		at += r;
		n -= (size_t)r;
	}
}

void
crypt_sha256(struct span data, uint8_t out[SHA256_LEN])
{
	const unsigned char *p = (const unsigned char *)data.p;

	if (SHA256(p != NULL ? p : out, data.n, out) == NULL)
		abort();
}

void
crypt_hmac(struct span key, struct span data, uint8_t out[SHA256_LEN])
{
	const unsigned char *p = (const unsigned char *)data.p;
	unsigned len = 0;

	if (key.n > 4096)
		abort();	/* keys are ours and short */
	if (HMAC(EVP_sha256(), key.n > 0 ? key.p : "", (int)key.n,
	    p != NULL ? p : out, data.n, out, &len) == NULL ||
	    len != SHA256_LEN)
		abort();
}

bool
crypt_equal(const void *a, const void *b, size_t n)
{
	return CRYPTO_memcmp(a, b, n) == 0;
}

char *
crypt_hex(struct arena *a, const void *p, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *in = p;
	char *out = arena_array(a, n + 1, 2);
	size_t i;

	for (i = 0; i < n; i++) {
		out[2 * i] = digits[in[i] >> 4];
		out[2 * i + 1] = digits[in[i] & 15];
	}
	return out;
}

/* Value of a lower-case hex digit, or -1. */
static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

bool
crypt_unhex(struct span s, void *p, size_t n)
{
	unsigned char *out = p;
	size_t i;

	if (s.n % 2 != 0 || s.n / 2 != n)
		return false;
	for (i = 0; i < s.n; i++) {
		if (hex_value(s.p[i]) < 0)
			return false;
	}
	for (i = 0; i < n; i++)
		out[i] = (unsigned char)(hex_value(s.p[2 * i]) << 4 |
		    hex_value(s.p[2 * i + 1]));
	return true;
}

char *
crypt_base32(struct arena *a, const void *p, size_t n)
{
	static const char digits[] = "abcdefghijklmnopqrstuvwxyz234567";
	const unsigned char *in = p;
	char *out = arena_array(a, n + 1, 2);	/* 8/5 and a NUL fit */
	unsigned bits = 0, have = 0;
	size_t i, w = 0;

	for (i = 0; i < n; i++) {
		bits = (bits << 8 | in[i]) & 0xFFF;
		for (have += 8; have >= 5; have -= 5)
			out[w++] = digits[bits >> (have - 5) & 31];
	}
	if (have > 0)
		out[w++] = digits[bits << (5 - have) & 31];
	out[w] = '\0';
	return out;
}

/* Value of a base32 digit of either case, or -1. */
static int
base32_value(char c)
{
	if (c >= 'a' && c <= 'z')
		return c - 'a';
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= '2' && c <= '7')
		return c - '2' + 26;
	return -1;
}

bool
crypt_unbase32(struct span s, void *p, size_t n)
{
	unsigned char *out = p;
	unsigned bits = 0, have = 0;
	size_t i, w = 0;
	int v;

	if (n > SIZE_MAX / 16 || s.n != (n * 8 + 4) / 5)
		return false;
	/* First check all, so that a refusal leaves p untouched. */
	for (i = 0; i < s.n; i++) {
		v = base32_value(s.p[i]);
		if (v < 0)
			return false;
		bits = (unsigned)v;
	}
	/* Bits that belong to no byte must be zero: one spelling a value. */
	if (s.n > 0 && (bits & ((1u << (s.n * 5 - n * 8)) - 1)) != 0)
		return false;
	for (i = 0, bits = 0; i < s.n; i++) {
		bits = (bits << 5 | (unsigned)base32_value(s.p[i])) & 0xFFF;
		have += 5;
		if (have >= 8) {
			have -= 8;
			out[w++] = (unsigned char)(bits >> have & 0xFF);
		}
	}
	return true;
}

void
crypt_base64(struct str *out, struct span data)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *in = (const unsigned char *)data.p;
	size_t i, left;
	uint32_t v;
	char four[4];

	for (i = 0; i < data.n; i += 3) {
		left = data.n - i;
		v = (uint32_t)in[i] << 16;
		if (left > 1)
			v |= (uint32_t)in[i + 1] << 8;
		if (left > 2)
			v |= in[i + 2];
		four[0] = digits[v >> 18];
		four[1] = digits[v >> 12 & 63];
		four[2] = left > 1 ? digits[v >> 6 & 63] : '=';
		four[3] = left > 2 ? digits[v & 63] : '=';
		str_add(out, four, sizeof(four));
	}
}

void
crypt_base64_lines(struct str *out, struct span data)
{
	size_t at;

	for (at = 0; at < data.n; at += LINE_BYTES) {
		crypt_base64(out, span_sub(data, at, at + LINE_BYTES));
		str_adds(out, "\r\n");
	}
}

/* Value of a base64 digit, or -1. */
static int
base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

bool
crypt_unbase64(struct str *out, struct span text)
{
	size_t before = out->len, i, digits = 0, pads = 0;
	uint32_t bits = 0;
	int v;

	for (i = 0; i < text.n; i++) {
		if (text.p[i] == '\r' || text.p[i] == '\n')
			continue;
		if (text.p[i] == '=' && pads < 2) {
			pads++;
			continue;
		}
		v = base64_value(text.p[i]);
		if (v < 0 || pads > 0)
			goto bad;
		bits = (bits << 6 | (uint32_t)v) & 0xFFFFFF;
		/* Each digit but the first of four completes a byte. */
		if (digits % 4 != 0)
			str_addc(out, (char)(bits >>
			    (4 - 2 * (digits % 4 - 1)) & 0xFF));
		digits++;
	}
	if ((digits + pads) % 4 != 0)
		goto bad;
	/* What is left over beside the bytes must be zero bits. */
	if (pads > 0 && (bits & (pads == 2 ? 15u : 3u)) != 0)
		goto bad;
	return true;
bad:
	out->len = before;
	if (out->data != NULL)
		out->data[before] = '\0';
	return false;
}
