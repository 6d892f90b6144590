/*
 * Chooses the server to connect to when the URL leaves that open: several hosts are tried in
 * turn, a Cluster's node names the right one (MOVED), and sentinels name their master.
 *
 * While connected, the sentinels are asked again every few seconds: an old master that was cut off
 * from them still accepts commands.
 */
#ifndef DUYETD_REDIS_LOCATE_H
#define DUYETD_REDIS_LOCATE_H

#include <stdint.h>
#include "redis/endpoint.h"

struct event_base;
struct locate;

struct locate_options {
	const struct endpoint *endpoint;
	int64_t timeout_ms; /* for a sentinel to answer */
	/* The search succeeded: connect to `server`, or to the endpoint's Unix socket where that
	 * is NULL. Valid until the next search. */
	void (*found)(void *arg, const struct address *server);
	/* The search failed; `why` is for people. */
	void (*failed)(void *arg, const char *why);
	/* After `found`: the sentinels name another master now. Search again. */
	void (*changed)(void *arg, const char *why);
	void *arg;
};

/* Returns NULL when out of memory. */
struct locate *locate_new(struct event_base *base, const struct locate_options *options);

/* NULL is allowed. */
void locate_free(struct locate *locate);

/* Searches: calls `found` or `failed` once, perhaps before it returns. One search at a time. */
void locate_search(struct locate *locate);

/* Cancels a search, and stops asking the sentinels until the next. */
void locate_stop(struct locate *locate);

/* Returns true when `error`, from Redis, is a MOVED; then the next search finds that node. */
bool locate_moved(struct locate *locate, const char *error);

#endif
