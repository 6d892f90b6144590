/*
 * One connection to Redis on the event loop, with the time-out that hiredis 0.14 lacks: it is lost
 * when a reply is awaited and no byte arrives for timeout_ms.
 *
 * A connection is opened once, and lost or closed once. To connect again, open another.
 * The caller chooses the server (redis/locate.h).
 */
#ifndef DUYETD_REDIS_CONNECTION_H
#define DUYETD_REDIS_CONNECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "redis/endpoint.h"
#include "redis/resp.h"

struct connection;
struct event_base;
struct redisReply;

struct connection_options {
	const struct endpoint *endpoint;
	const struct address *server; /* NULL: the endpoint's Unix socket */
	bool is_sentinel;	      /* no AUTH, no SELECT */
	const char *password_file;    /* read at each connect; NULL for none */
	int64_t timeout_ms; /* without a byte of an awaited reply, until the connection is lost */
	int64_t block_ms;   /* added to timeout_ms after the handshake: how long commands block */

	/* The handshake is done: commands may be sent. */
	void (*ready)(void *arg);
	/* The connection is lost, or could not be made; `why` is for people. Must call
	 * connection_close(). */
	void (*lost)(void *arg, const char *why);
	void *arg;
};

/* The reply to one command, valid until the function returns; NULL when the connection was
 * lost or closed before. Called exactly once for each command sent. */
typedef void reply_fn(void *arg, const struct redisReply *reply);

/* Begins to connect. Calls nothing back before the loop turns. Returns NULL when out of
 * memory. */
struct connection *connection_open(struct event_base *base,
				   const struct connection_options *options);

/* Sends a command. Returns false, and never calls `done`, when the connection is lost. Out of
 * memory counts as a loss. */
bool connection_send(struct connection *connection, struct resp *command, reply_fn *done,
		     void *arg);

/* The same for a command that holds a secret: its bytes stay in no buffer of hiredis's. */
bool connection_send_secret(struct connection *connection, struct resp *command, reply_fn *done,
			    void *arg);

/* Why the connection is lost, before `lost` is called; NULL while it is not lost. */
const char *connection_loss(const struct connection *connection);

/* Disconnects; pending commands complete with NULL in this call. Calls nothing back later.
 * Memory is freed when the loop turns. NULL is allowed. */
void connection_close(struct connection *connection);

#endif
