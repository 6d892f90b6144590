#include "redis/tls.h"

#ifndef DUYETD_TLS

bool tls_is_built_in(void)
{
	return false;
}

bool tls_set_up(void)
{
	return false;
}

struct ssl_st *tls_begin(struct redisContext *connection, const char *host, char *why, size_t size)
{
	(void)connection, (void)host, (void)why, (void)size;
	return NULL;
}

bool tls_is_in_handshake(const struct ssl_st *tls)
{
	(void)tls;
	return false;
}

bool tls_send(struct redisContext *connection)
{
	(void)connection;
	return false;
}

void tls_explain(struct ssl_st *tls, char *why, size_t size)
{
	(void)tls, (void)why, (void)size;
}

#else

#include <errno.h>
#include <hiredis/hiredis.h>
#include <hiredis/hiredis_ssl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool tls_is_built_in(void)
{
	return true;
}

bool tls_set_up(void)
{
	return OPENSSL_init_ssl(0, NULL);
}

/* hiredis lets OpenSSL check who signed the certificate, but not the host name. */
static bool expect(SSL *ssl, const char *host)
{
	if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host))
		return true;
	return SSL_set1_host(ssl, host) && SSL_set_tlsext_host_name(ssl, host);
}

/* OpenSSL ignores a file that it cannot use. The error would then be about the server's
 * certificate. */
static bool trust(SSL_CTX *settings, char *why, size_t size)
{
	const char *variable = X509_get_default_cert_file_env(), *file = getenv(variable);
	bool denied;

	if (!file || !*file || SSL_CTX_load_verify_locations(settings, file, NULL))
		return SSL_CTX_set_default_verify_paths(settings);
	denied = access(file, R_OK);
	snprintf(why, size, "no certificate can be read from %s=%s%s%s", variable, file,
		 denied ? ": " : "", denied ? strerror(errno) : "");
	return false;
}

SSL *tls_begin(struct redisContext *connection, const char *host, char *why, size_t size)
{
	SSL_CTX *settings = SSL_CTX_new(TLS_client_method());
	SSL *ssl = NULL;

	snprintf(why, size, "TLS could not be set up");
	if (settings && trust(settings, why, size) &&
	    SSL_CTX_set_min_proto_version(settings, TLS1_2_VERSION)) {
		SSL_CTX_set_verify(settings, SSL_VERIFY_PEER, NULL);
		ssl = SSL_new(settings);
	}
	if (ssl && !(expect(ssl, host) && redisInitiateSSL(connection, ssl) == REDIS_OK)) {
		if (SSL_get_error(ssl, -1) == SSL_ERROR_WANT_READ)
			snprintf(why, size, "no TLS reply");
		else if (connection->err)
			snprintf(why, size, "%s", connection->errstr);
		tls_explain(ssl, why, size);
		SSL_free(ssl); /* on success the connection owns it */
		ssl = NULL;
	}
	SSL_CTX_free(settings); /* `ssl` has a reference of its own */
	ERR_clear_error();	/* else the next connection that is read would get this error */
	return ssl;
}

bool tls_is_in_handshake(const SSL *tls)
{
	return tls && !SSL_is_init_finished(tls);
}

bool tls_send(struct redisContext *connection)
{
	return connection->funcs->write(connection) > 0;
}

void tls_explain(SSL *ssl, char *why, size_t size)
{
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());
	long verified = SSL_get_verify_result(ssl);

	if (reason && verified != X509_V_OK)
		snprintf(why, size, "%s: %s", reason, X509_verify_cert_error_string(verified));
	else if (reason)
		snprintf(why, size, "%s", reason);
	ERR_clear_error();
}

#endif
