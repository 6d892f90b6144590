/*
 * Asks all sentinels at once for their master, and believes what most of them say: a sentinel
 * that was cut off goes on naming an old master, and what is written there is lost.
 */
#ifndef DUYETD_REDIS_SENTINEL_H
#define DUYETD_REDIS_SENTINEL_H

#include <stdint.h>
#include "redis/endpoint.h"

struct event_base;
struct sentinels;

struct sentinels_options {
	const struct endpoint *endpoint; /* its seeds are the sentinels */
	int64_t timeout_ms;
	/* The master that most sentinels name, valid until it returns; or NULL, and `why` is for
	 * people. */
	void (*done)(void *arg, const struct address *master, const char *why);
	void *arg;
};

/* Returns NULL when out of memory. */
struct sentinels *sentinels_new(struct event_base *base, const struct sentinels_options *options);

/* NULL is allowed, here and in sentinels_cancel(). */
void sentinels_free(struct sentinels *sentinels);

/* Calls `done` once, perhaps before it returns. Only when nothing is asked. */
void sentinels_ask(struct sentinels *sentinels);

/* `done` is not called any more. */
void sentinels_cancel(struct sentinels *sentinels);

#endif
