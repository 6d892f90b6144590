/*
 * TLS, where the build found hiredis_ssl: the server's certificate must be of its name and
 * vouched for by the system's authorities, or by those in $SSL_CERT_FILE.
 */
#ifndef DUYETD_REDIS_TLS_H
#define DUYETD_REDIS_TLS_H

#include <stdbool.h>
#include <stddef.h>

struct redisContext;
struct ssl_st;

bool tls_is_built_in(void);

/* Begins TLS on a connection, made or being made, to `host`. It lives as long as the
 * connection; NULL: it could not, and `why` says why. */
struct ssl_st *tls_begin(struct redisContext *connection, const char *host, char *why, size_t size);

/* Sends what the connection has to send, all of it; false: not now. */
bool tls_send(struct redisContext *connection);

/* Where TLS says what went wrong with the connection just lost, overwrites `why` with it. */
void tls_explain(struct ssl_st *tls, char *why, size_t size);

#endif
