#include "queue/tls.h"

#ifndef DUYETD_TLS

bool tls_is_built_in(void)
{
	return false;
}

bool tls_begin(struct redisContext *connection, const char *host)
{
	(void)connection, (void)host;
	return false;
}

const char *tls_error(const char *otherwise)
{
	return otherwise;
}

#else

#include <hiredis/hiredis.h>
#include <hiredis/hiredis_ssl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

bool tls_is_built_in(void)
{
	return true;
}

/* hiredis has OpenSSL look at who signed the certificate, not at whom it is for. */
static bool expect(SSL *ssl, const char *host)
{
	if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host))
		return true;
	return SSL_set1_host(ssl, host) && SSL_set_tlsext_host_name(ssl, host);
}

bool tls_begin(struct redisContext *connection, const char *host)
{
	SSL_CTX *settings = SSL_CTX_new(TLS_client_method());
	SSL *ssl = NULL;
	bool begun;

	if (settings && SSL_CTX_set_default_verify_paths(settings) &&
	    SSL_CTX_set_min_proto_version(settings, TLS1_2_VERSION)) {
		SSL_CTX_set_verify(settings, SSL_VERIFY_PEER, NULL);
		ssl = SSL_new(settings);
	}
	begun = ssl && expect(ssl, host) && redisInitiateSSL(connection, ssl) == REDIS_OK;
	if (!begun)
		SSL_free(ssl);	/* else the connection has it */
	SSL_CTX_free(settings); /* which `ssl` holds as long as it lives */
	return begun;
}

const char *tls_error(const char *otherwise)
{
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());

	ERR_clear_error();
	return reason ? reason : otherwise;
}

#endif
