/*
 * A connection that blocks while it waits for Redis. `replay`, `stats` and `suggest` use it; the
 * daemon does not.
 *
 * The caller sends commands with hiredis and passes each reply to blocking_is_good().
 */
#ifndef DUYETD_REDIS_BLOCKING_H
#define DUYETD_REDIS_BLOCKING_H

#include <stdbool.h>
#include "redis/endpoint.h"

struct redisContext;
struct redisReply;

struct blocking {
	const struct endpoint *endpoint; /* borrowed, as is the next */
	const char *password_file;	 /* NULL for none */
	const char *key;		 /* in a Cluster, connects to the node that has it */
	struct redisContext *redis;
	char why[256]; /* the last error */
};

/* Connects to the first host that accepts, logs in and selects the database. The caller has set
 * the first three. Returns false on an error, and sets `why`. The caller calls blocking_close() in
 * both cases. */
bool blocking_open(struct blocking *blocking);
void blocking_close(struct blocking *blocking);

/* Returns whether the reply, which may be NULL, is not an error; else sets `why`. */
bool blocking_is_good(struct blocking *blocking, const struct redisReply *reply);

__attribute__((format(printf, 2, 3))) bool blocking_fail(struct blocking *blocking,
							 const char *format, ...);

#endif
