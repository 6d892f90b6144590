/*
 * The first commands on a connection: PING under TLS, AUTH, SELECT, and ROLE where sentinels
 * named the server: after a failover they may name a server that is no longer the master.
 *
 * Reads the password and computes the commands only. The connection sends them.
 */
#ifndef DUYETD_REDIS_HANDSHAKE_H
#define DUYETD_REDIS_HANDSHAKE_H

#include <stdbool.h>
#include <stddef.h>
#include "redis/endpoint.h"
#include "redis/resp.h"

struct redisReply;

/* A password, read from its file and sent to Redis: never in argv or in a log. */
struct password {
	char bytes[512]; /* a password is shorter */
	size_t len;
};

/* Printed with the user of a URL when there is no password: Redis would let the connection in as
 * the user `default`, with other rights. */
#define PASSWORD_MISSING                                                                           \
	"no password for the user %s: give --redis-password-file FILE with a password (to the "    \
	"service: in /etc/duyetd/redis-password), or remove the user from the URL"

/* Reads the file's bytes without a byte order mark at their beginning and without line ends at
 * their end. Length 0: there is no password.
 * Returns false when the file is unreadable or too long. */
bool password_read(struct password *password, const char *path);
void password_wipe(struct password *password);

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
	HANDSHAKE_SEND,	       /* send the command, then call handshake_next() with its reply */
	HANDSHAKE_SEND_SECRET, /* the same, by connection_send_secret(); then wipe the command */
	HANDSHAKE_DONE,
	HANDSHAKE_FAILED
};

/* The next step after `reply`, which is NULL the first time. Fills in `command`. */
enum handshake_step handshake_next(struct handshake *handshake, const struct redisReply *reply,
				   struct resp *command);

#endif
