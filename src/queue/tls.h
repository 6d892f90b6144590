/*
 * TLS, where the build found hiredis_ssl: the server's certificate must be of its name and
 * vouched for by the system's authorities, or by those in $SSL_CERT_FILE.
 */
#ifndef DUYETD_QUEUE_TLS_H
#define DUYETD_QUEUE_TLS_H

#include <stdbool.h>

struct redisContext;

bool tls_is_built_in(void);

/* Begins TLS on a connection, made or being made, to `host`. False: it could not. */
bool tls_begin(struct redisContext *connection, const char *host);

/* What TLS says went wrong with what was just lost; where it says nothing, `otherwise`. */
const char *tls_error(const char *otherwise);

#endif
