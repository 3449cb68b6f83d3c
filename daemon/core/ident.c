/* SPDX-License-Identifier: ISC */
/*
 * Ident: everything that must be unguessable or unforgeable: tokens, organizer
 * addresses, VERP, Message-IDs. Only hashes of tokens are kept.
 */
#include "core/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/civil.h"
#include "base/crypt.h"
#include "mail/compose.h"

#define TOKEN_BYTES 16
#define MEMBER_TOKEN_CHARS 13
#define VERP_ID_CHARS 7
#define VERP_MAC_CHARS 8

static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";

int
ident_load_key(struct core *c, struct err *err)
{
	struct arena *a = arena_new();
	struct span key;
	int rc = store_get(c->store, a, "hmac-key", &key, err);

	if (rc == 0 && key.n == sizeof(c->key)) {
		memcpy(c->key, key.p, sizeof(c->key));
	} else if (rc == 0 || err->kind == ERR_NOTFOUND) {
		crypt_random(c->key, sizeof(c->key));
		rc = core_begin(c, err) < 0 ||
		    store_put(c->store, "hmac-key",
		    span_make((const char *)c->key, sizeof(c->key)), err) < 0
		    ? -1 : 0;
	}
	arena_free(a);
	return rc;
}

int
ident_set_clock(struct core *c, struct err *err)
{
	struct arena *a = arena_new();
	struct span kept;
	char shift[24];
	int64_t at;
	int rc = -1;

	if (!civil_parse_rfc3339(span_of(c->settings->clock), &at)) {
		(void)err_set(err, ERR_BADINPUT, "instance.clock: \"%s\" is "
		    "not a time such as 2027-01-11T08:00:00Z",
		    c->settings->clock);
	} else if (store_get(c->store, a, "clock-shift", &kept, err) == 0) {
		ev_shift(c->ev, strtoll(arena_strndup(a, kept.p, kept.n),
		    NULL, 10) * 1000);
		rc = 0;
	} else if (err->kind == ERR_NOTFOUND) {
		at -= ev_now(c->ev);
		ev_shift(c->ev, at * 1000);
		(void)snprintf(shift, sizeof(shift), "%lld", (long long)at);
		rc = core_begin(c, err) < 0 ? -1 : store_put(c->store,
		    "clock-shift", span_of(shift), err);
	}
	arena_free(a);
	return rc;
}

void
ident_token_hash(const char *token, uint8_t hash[32])
{
	crypt_sha256(span_of(token), hash);
}

char *
ident_token(struct arena *a, uint8_t hash[32])
{
	uint8_t secret[TOKEN_BYTES];
	char *token;

	crypt_random(secret, sizeof(secret));
	token = crypt_base32(a, secret, sizeof(secret));
	ident_token_hash(token, hash);
	return token;
}

char *
ident_member_token(struct core *c, struct arena *a, const char *list,
    const char *addr_key)
{
	uint8_t mac[SHA256_LEN], salt[8];
	char *text;

	/* The salt makes a new token for somebody who left and came back:
	 * a revoked address stays revoked. */
	crypt_random(salt, sizeof(salt));
	text = arena_printf(a, "member %s %s %s", list, addr_key,
	    crypt_hex(a, salt, sizeof(salt)));
	crypt_hmac(span_make((const char *)c->key, sizeof(c->key)),
	    span_of(text), mac);
	text = crypt_base32(a, mac, sizeof(mac));
	text[MEMBER_TOKEN_CHARS] = '\0';
	return text;
}

static void
put_id(char *out, int64_t id)
{
	for (int i = VERP_ID_CHARS - 1; i >= 0; i--) {
		out[i] = alphabet[id & 31];
		id >>= 5;
	}
}

static bool
get_id(const char *in, int64_t *out)
{
	int64_t id = 0;

	for (int i = 0; i < VERP_ID_CHARS; i++) {
		const char *p = strchr(alphabet, in[i]);

		if (p == NULL || *p == '\0')
			return false;
		id = id << 5 | (p - alphabet);
	}
	*out = id;
	return true;
}

/* VERP token: member, job, MAC over list and both. */
static void
verp_token(struct core *c, const struct list_settings *l, int64_t member_id,
    int64_t job_id, char out[2 * VERP_ID_CHARS + VERP_MAC_CHARS + 1])
{
	uint8_t mac[SHA256_LEN];
	char text[128];
	size_t n = strnlen(l->name, 64);

	put_id(out, member_id);
	put_id(out + VERP_ID_CHARS, job_id);
	memcpy(text, "verp ", 5);
	memcpy(text + 5, l->name, n);
	memcpy(text + 5 + n, out, (size_t)2 * VERP_ID_CHARS);
	crypt_hmac(span_make((const char *)c->key, sizeof(c->key)),
	    span_make(text, 5 + n + (size_t)2 * VERP_ID_CHARS), mac);
	for (int i = 0; i < VERP_MAC_CHARS; i++)
		out[2 * VERP_ID_CHARS + i] = alphabet[mac[i] & 31];
	out[2 * VERP_ID_CHARS + VERP_MAC_CHARS] = '\0';
}

char *
ident_verp(struct core *c, struct arena *a, const struct list_settings *l,
    int64_t member_id, int64_t job_id)
{
	char token[2 * VERP_ID_CHARS + VERP_MAC_CHARS + 1];

	verp_token(c, l, member_id, job_id, token);
	return route_format(a, l, ROUTE_BOUNCES, token);
}

bool
ident_verp_parse(struct core *c, const struct list_settings *l,
    const char *token, int64_t *member_id, int64_t *job_id)
{
	char want[2 * VERP_ID_CHARS + VERP_MAC_CHARS + 1];
	int64_t member, job;

	if (strlen(token) != sizeof(want) - 1 || !get_id(token, &member) ||
	    !get_id(token + VERP_ID_CHARS, &job))
		return false;
	verp_token(c, l, member, job, want);
	if (!crypt_equal(want, token, sizeof(want) - 1))
		return false;
	*member_id = member;
	*job_id = job;
	return true;
}

char *
ident_message_id(struct core *c, struct arena *a)
{
	uint8_t seed[16];

	crypt_random(seed, sizeof(seed));
	return compose_message_id(a, seed, c->settings->hostname);
}

char *
ident_received(struct core *c, struct arena *a, const char *peer,
    const char *id)
{
	return arena_printf(a, "Received: from %s\r\n\tby %s (jcad) id %s;\r\n"
	    "\t%s\r\n", peer, c->settings->hostname, id,
	    civil_rfc5322(a, ev_now(c->ev)));
}
