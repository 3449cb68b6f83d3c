/* SPDX-License-Identifier: ISC */
/*
 * An SSL_CTX made once a courier. Invariant: nothing of the user's home
 * directory is looked at.
 */
#include "courier/tls.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include "base/err.h"
#include "base/xmalloc.h"
#include "model/settings.h"

struct tls {
	SSL_CTX *ctx;
	char *host;
	bool strict;
	bool is_ip;
	const char *fault;
};

static int
tls_err(struct err *err, const char *what)
{
	char text[200];

	ERR_error_string_n(ERR_get_error(), text, sizeof(text));
	ERR_clear_error();
	return err_set(err, ERR_PERM, "%s: %s", what, text);
}

/* Keep the reason, because the library only says "client error". */
static int
on_verify(int ok, X509_STORE_CTX *store)
{
	const SSL *ssl = X509_STORE_CTX_get_ex_data(store,
	    SSL_get_ex_data_X509_STORE_CTX_idx());
	struct tls *tls = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));

	if (!ok)
		tls->fault = X509_verify_cert_error_string(
		    X509_STORE_CTX_get_error(store));
	return ok;
}

/* The library makes the SSL object and never names the server in it; this is
 * the first call that sees it, before the first message is made. */
static void
on_info(const SSL *ssl, int where, int value)
{
	const struct tls *tls = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));

	(void)value;
	if ((where & SSL_CB_HANDSHAKE_START) == 0 || tls->is_ip)
		return;
	/* Without SNI the certificate may not fit, which is noticed. */
	(void)SSL_set_tlsext_host_name((SSL *)(uintptr_t)ssl, tls->host);
}

static int
set_name(struct tls *tls, struct err *err)
{
	X509_VERIFY_PARAM *param = SSL_CTX_get0_param(tls->ctx);

	tls->is_ip = X509_VERIFY_PARAM_set1_ip_asc(param, tls->host) == 1;
	if (!tls->is_ip && X509_VERIFY_PARAM_set1_host(param, tls->host,
	    0) != 1)
		return tls_err(err, "relay.url: host name");
	return 0;
}

static int
set_trust(struct tls *tls, const char *ca, struct err *err)
{
	int ok;

	if (ca[0] != '\0')
		ok = SSL_CTX_load_verify_file(tls->ctx, ca);
	else
		ok = SSL_CTX_set_default_verify_paths(tls->ctx);
	if (ok != 1)
		return tls_err(err, ca[0] != '\0' ? ca :
		    "the system's certificates");
	SSL_CTX_set_verify(tls->ctx, SSL_VERIFY_PEER, on_verify);
	return 0;
}

struct tls *
tls_new(const struct settings *settings, const char *host, struct err *err)
{
	struct tls *tls = xcalloc(1, sizeof(*tls));

	tls->host = xstrdup(host);
	tls->strict = strcmp(settings->relay_tls, "must") == 0;
	tls->fault = "";
	tls->ctx = SSL_CTX_new(TLS_client_method());
	if (tls->ctx == NULL)
		goto fail;
	SSL_CTX_set_app_data(tls->ctx, tls);
	SSL_CTX_set_info_callback(tls->ctx, on_info);
	SSL_CTX_set_verify(tls->ctx, SSL_VERIFY_NONE, NULL);
	if (SSL_CTX_set_min_proto_version(tls->ctx, TLS1_2_VERSION) != 1 ||
	    SSL_CTX_set_max_proto_version(tls->ctx, TLS1_2_VERSION) != 1)
		goto fail;
	if (set_name(tls, err) < 0 ||
	    (tls->strict && set_trust(tls, settings->relay_ca, err) < 0)) {
		tls_free(tls);
		return NULL;
	}
	return tls;
fail:
	(void)tls_err(err, "setting up TLS");
	tls_free(tls);
	return NULL;
}

void
tls_free(struct tls *tls)
{
	if (tls == NULL)
		return;
	SSL_CTX_free(tls->ctx);
	free(tls->host);
	free(tls);
}

SSL_CTX *
tls_context(const struct tls *tls)
{
	return tls->ctx;
}

bool
tls_is_strict(const struct tls *tls)
{
	return tls->strict;
}

const char *
tls_fault(struct tls *tls)
{
	const char *fault = tls->fault;
	unsigned long code = ERR_peek_last_error();

	if (fault[0] == '\0' && code != 0)
		fault = ERR_reason_error_string(code);
	ERR_clear_error();
	tls->fault = "";
	return fault != NULL ? fault : "";
}
