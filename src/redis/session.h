/*
 * Connection manager: two Redis connections, one for reads that block and one for all other
 * commands, with the consumer group created and the scripts loaded. After a loss it reconnects
 * by itself with growing delays (backoff(), redis/fault.h), for as long as it takes. The log
 * has a line at the loss and one at the return; between them, few lines when the error changes.
 *
 * This folder is the connection to Redis. It may know base/ and hiredis, and knows no rules, no
 * metrics and no key names: the session gets names, scripts and counters as data from its caller.
 */
#ifndef DUYETD_REDIS_SESSION_H
#define DUYETD_REDIS_SESSION_H

#include <stdbool.h>
#include <stdint.h>
#include "redis/call.h"
#include "redis/endpoint.h"
#include "redis/fault.h"

struct event_base;
struct session;

struct session_options {
	struct endpoint endpoint;
	const char *about;	   /* what its log lines begin with */
	const char *password_file; /* NULL for none */
	struct setup setup;
	int64_t timeout_ms; /* for a reply */
	int64_t block_ms;   /* added to it on LANE_READ: how long a read blocks */
	struct redis_counters *counters;
	void (*up)(void *arg);
	void (*down)(void *arg); /* all calls have completed already */
	/* Redis was lost (after `down`), or an attempt to connect failed. NULL to ignore. */
	void (*failed)(void *arg);
	/* While it is up, session_error() has changed. NULL to ignore. */
	void (*refusing)(void *arg);
	void *arg;
};

/* Begins to connect. The strings of the options are borrowed. Returns NULL when out of memory. */
struct session *session_open(struct event_base *base, const struct session_options *options);

/* Disconnects; pending calls complete with NULL, and `down` is not called. NULL is allowed. */
void session_disconnect(struct session *session);

/* After session_disconnect(). NULL is allowed. */
void session_free(struct session *session);

bool session_is_up(const struct session *session);

/* Why the session is not up; while it is up, the error by which Redis refuses commands. Printable
 * and in quotes; empty when it is up and Redis accepts commands. */
const char *session_error(const struct session *session);

/* Drops both connections and reconnects. */
void session_restart(struct session *session, const char *why);

/* Drops the reading connection, and with it a read that blocks. */
void session_stop_reading(struct session *session);

/*
 * Sends a command, takes ownership of its bytes, and sends it again after errors that can be
 * repaired or may pass by themselves. Calls `done` exactly once, perhaps before it returns: with a
 * reply that is no error, or with NULL when the session is lost or out of memory. After NULL the
 * command may have run or not.
 */
void session_call(struct session *session, enum lane lane, struct resp *command, reply_fn *done,
		  void *arg);

/* As session_call() on LANE_WORK; calls `refused` the first time that Redis refuses the command by
 * an error that passes with time. */
void session_call_refusable(struct session *session, struct resp *command, reply_fn *done,
			    refused_fn *refused, void *arg);

/*
 * Sends a command on LANE_WORK once. Takes ownership of its bytes and calls `done` exactly once,
 * perhaps before it returns: with the reply, also when that is an error, or with NULL when the
 * session is lost or out of memory.
 */
void session_send(struct session *session, struct resp *command, reply_fn *done, void *arg);

#endif
