/*
 * TLS, if the build found hiredis_ssl. The server's certificate must be for its host name, and be
 * signed by an authority of the system, or of $SSL_CERT_FILE.
 */
#ifndef DUYETD_REDIS_TLS_H
#define DUYETD_REDIS_TLS_H

#include <stdbool.h>
#include <stddef.h>

struct redisContext;
struct ssl_st;

bool tls_is_built_in(void);

/* Sets OpenSSL up. Its first use would do so too, but when that runs out of memory, OpenSSL waits
 * forever: the report of the error waits for the setup. Returns false on failure. */
bool tls_set_up(void);

/* Begins TLS on a connection to `host` that is made or being made. The result belongs to the
 * connection. Returns NULL on failure; `why` is then the reason. */
struct ssl_st *tls_begin(struct redisContext *connection, const char *host, char *why, size_t size);

/* Whether the handshake is not complete. `tls` may be NULL. */
bool tls_is_in_handshake(const struct ssl_st *tls);

/* Sends all that the connection has to send. Returns false when it cannot now. */
bool tls_send(struct redisContext *connection);

/* Overwrites `why` with what TLS knows of the connection that was just lost, if anything. */
void tls_explain(struct ssl_st *tls, char *why, size_t size);

#endif
