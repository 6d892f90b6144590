/*
 * What a connection begins with: under TLS a PING, then AUTH, SELECT, and where sentinels named
 * the server, whether it is a master at all: a restarted old one may still be named for a while.
 */
#ifndef DUYETD_REDIS_HANDSHAKE_H
#define DUYETD_REDIS_HANDSHAKE_H

#include "redis/endpoint.h"

struct redis;

/* Filled in by whoever begins; lives until done. */
struct handshake {
	struct redis *redis;
	const struct endpoint *endpoint;
	const char *password_file; /* NULL for none */
	/* `why` is NULL when all went well. Does not come when the connection goes meanwhile. */
	void (*done)(void *arg, const char *why);
	void *arg;
};

void handshake_begin(struct handshake *handshake);

#endif
