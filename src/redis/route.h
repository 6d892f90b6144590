/*
 * Which server to talk to, where a URL leaves that open: several hosts are tried in turn, a
 * Cluster's node names the right one (MOVED), and sentinels are asked for their master.
 *
 * Sentinels are asked all at once, and what most of those that answer say is believed: one
 * that was cut off goes on naming an old master, and what is written there is lost. While we
 * are connected they are asked again every few seconds, for the same reason.
 */
#ifndef DUYETD_REDIS_ROUTE_H
#define DUYETD_REDIS_ROUTE_H

#include <stdint.h>
#include "redis/endpoint.h"

struct event_base;
struct route;

struct route_options {
	const struct endpoint *endpoint;
	int64_t patience; /* ms for a sentinel to answer */
	/* Where to connect to; NULL: the endpoint's Unix socket. Valid until the next find. */
	void (*found)(void *arg, const struct address *server);
	/* Nobody knows, or (after found) it is somewhere else now; `why` is for people. */
	void (*lost)(void *arg, const char *why);
	void *arg;
};

struct route *route_new(struct event_base *base, const struct route_options *options);
void route_free(struct route *route);

/* Ends in found or lost, perhaps at once; not twice at a time. */
void route_find(struct route *route);

/* Gives a find up, and asks no sentinels any more until the next. */
void route_rest(struct route *route);

/* Takes an error of Redis's: true where it was a MOVED, and the next find will end there. */
bool route_moved(struct route *route, const char *error);

#endif
