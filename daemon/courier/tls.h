/* SPDX-License-Identifier: ISC */
/*
 * TLS settings for a relay. Limited to TLS 1.2: libesmtp can hang on the
 * session tickets that TLS 1.3 sends after the handshake. The server's name is
 * the one in the settings, checked by OpenSSL itself (the library would
 * compare what the DNS says), and is sent as SNI.
 */
#ifndef COURIER_TLS_H
#define COURIER_TLS_H

#include <openssl/ssl.h>
#include <stdbool.h>

struct err;
struct settings;
struct tls;

/* Make the context for host. With relay_tls "must" the certificate is
 * verified against relay_ca or the system's; with "may" it is not, because who
 * could forge it could as well suppress STARTTLS. NULL with err. */
struct tls *tls_new(const struct settings *settings, const char *host,
    struct err *err);
/* NULL allowed. */
void tls_free(struct tls *tls);
/* The context, borrowed. */
SSL_CTX *tls_context(const struct tls *tls);
/* Is the peer's certificate verified? */
bool tls_is_strict(const struct tls *tls);
/* What was wrong with the last handshake, "" if nothing (static); forgets
 * it. */
const char *tls_fault(struct tls *tls);

#endif
