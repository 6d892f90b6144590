/*
 * One stream from Redis to its handler: a session with connections of its own, a reader, a
 * reclaim, and the life cycle that ties them together.
 *
 * The daemon has two flows, submissions and reviews. They share nothing but the event loop: a flow
 * that is down, recovering or refused by Redis does not delay the other.
 */
#ifndef DUYETD_QUEUE_FLOW_H
#define DUYETD_QUEUE_FLOW_H

#include "queue/queue.h"

struct event_base;
struct flow;

struct flow_options {
	struct queue queue; /* the caller sets stream, keys, group, consumer, metrics, dead_log */
	const char *about;  /* what the log lines of its session begin with */
	struct endpoint endpoint;
	const char *password_file; /* NULL for none */
	int64_t timeout_ms;
	struct redis_counters *counters;
	size_t batch, in_flight; /* of the reader */
	int64_t linger_ms;	 /* the same */
	int64_t claim_after_ms, max_deliveries;
	/* The session is up, or lost, or an attempt to connect failed. NULL to ignore. */
	void (*changed)(void *arg);
	/* Redis begins or ceases to refuse commands, see session_error(). NULL to ignore. */
	void (*refusing)(void *arg);
	/* Called once after flow_stop(), perhaps before that returns: nothing is in hand any
	 * more, or Redis is lost. */
	void (*ended)(void *arg);
	void *arg;
};

/* Begins to connect; nothing is called back before the loop turns. Before that the caller sets the
 * queue's handler. Returns NULL when out of memory. */
struct flow *flow_new(struct event_base *base, const struct flow_options *options);

/* Disconnects: what is in hand is given up and stays pending. NULL is allowed. */
void flow_disconnect(struct flow *flow);

/* After flow_disconnect(). NULL is allowed. */
void flow_free(struct flow *flow);

struct queue *flow_queue(struct flow *flow);

/* Reads no more, settles what is in hand, then calls `ended`. */
void flow_stop(struct flow *flow);

#endif
