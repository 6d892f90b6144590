/*
 * The first commands on a connection: PING under TLS, AUTH, SELECT, and ROLE where sentinels
 * named the server: after a failover they may name a server that is no longer the master.
 *
 * Computes the commands only. The connection sends them.
 */
#ifndef DUYETD_REDIS_HANDSHAKE_H
#define DUYETD_REDIS_HANDSHAKE_H

#include "redis/endpoint.h"
#include "redis/resp.h"

struct redisReply;

/* The last command sent. */
enum handshake_command {
	HANDSHAKE_START, /* none yet */
	HANDSHAKE_PING,
	HANDSHAKE_AUTH,
	HANDSHAKE_SELECT,
	HANDSHAKE_ROLE
};

struct handshake {
	const struct endpoint *endpoint;
	const char *password_file; /* NULL for none */
	enum handshake_command sent;
	char why[256]; /* after HANDSHAKE_FAILED */
};

enum handshake_step {
	HANDSHAKE_SEND,	       /* send the command, and come back with its reply */
	HANDSHAKE_SEND_SECRET, /* the same, by connection_send_secret(); then wipe the command */
	HANDSHAKE_DONE,
	HANDSHAKE_FAILED
};

/* The next step after `reply`, which is NULL the first time. Fills in `command`. */
enum handshake_step handshake_next(struct handshake *handshake, const struct redisReply *reply,
				   struct resp *command);

#endif
