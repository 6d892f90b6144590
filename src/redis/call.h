/*
 * One command until it succeeds: decides what to do after each error reply (redis/fault.h). It
 * repairs what the server has lost, reconnects, or waits for backoff() and sends the command again.
 * The inside of session_call(): others use redis/session.h.
 */
#ifndef DUYETD_REDIS_CALL_H
#define DUYETD_REDIS_CALL_H

#include "redis/connection.h"
#include "redis/fault.h"
#include "redis/setup.h"

/* Reads may block for seconds, so they have a connection of their own. */
enum lane { LANE_WORK, LANE_READ, LANES };

struct call;

/* The calls of one session. */
struct calls {
	struct event_base *base;
	const char *about;		       /* what log lines begin with */
	const struct setup *setup;	       /* sent again when Redis has lost it */
	struct connection *connections[LANES]; /* NULL: none */
	struct redis_counters *counters;
	/* Connects again, and so gives all calls up. */
	void (*restart)(void *arg, const char *why);
	void *arg;

	struct call *first;
	enum fault logged[LANES]; /* the last fault in the log; FAULT_NONE: none, or it is over */
};

/* Sends a command. Takes ownership of its bytes and calls `done` exactly once, unless it returns
 * false, when the connection is lost or out of memory. */
bool call_send(struct calls *calls, enum lane lane, struct resp *command, reply_fn *done,
	       void *arg);

/* Calls that wait to be sent again complete with NULL. */
void calls_give_up(struct calls *calls);

#endif
