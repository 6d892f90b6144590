/*
 * One connection to Redis on the event loop, with the timers that hiredis 0.14 lacks: a
 * server that accepts and says nothing is noticed here.
 *
 * A connection is opened once and lost or closed once; who wants another opens another.
 * Which server that is has been found out before (redis/route.h).
 */
#ifndef DUYETD_REDIS_CONNECTION_H
#define DUYETD_REDIS_CONNECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "redis/endpoint.h"
#include "redis/resp.h"

struct event_base;
struct redis;
struct redisReply;

struct redis_options {
	const struct endpoint *endpoint;
	const struct address *server; /* NULL: the endpoint's Unix socket */
	bool bare;		      /* a sentinel: no AUTH, no SELECT */
	const char *password_file;    /* read at each connect; NULL for none */
	int64_t patience; /* ms without a byte of an awaited answer until it counts as lost */
	int64_t block;	  /* ms more for the answers to commands, which may block so long */

	/* AUTH and SELECT are done: commands may be sent. */
	void (*ready)(void *arg);
	/* It is gone, or never came about; `why` is for people. Close it in there. */
	void (*lost)(void *arg, const char *why);
	void *arg;
};

/* The answer to one command; NULL: the connection went before it came. The reply lives
 * until the function returns. Called exactly once for each command sent. */
typedef void redis_answer_fn(void *arg, const struct redisReply *reply);

/* Begins to connect; nothing is called back before the loop turns. NULL without memory. */
struct redis *redis_open(struct event_base *base, const struct redis_options *options);

/* Sends a command. False, and no answer comes, when it is lost or memory is out, for which it
 * is then lost. */
bool redis_send(struct redis *redis, struct resp *command, redis_answer_fn *answer, void *arg);

/* Why it is lost, which `lost` is yet to be told; NULL: it is not. */
const char *redis_loss(const struct redis *redis);

/* The same for a command that holds a secret: no buffer of hiredis's keeps its bytes. */
bool redis_send_secret(struct redis *redis, struct resp *command, redis_answer_fn *answer,
		       void *arg);

/* Gives what is still unanswered its NULL and calls nothing back after that. NULL is fine. */
void redis_close(struct redis *redis);

#endif
