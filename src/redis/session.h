/*
 * Our standing with Redis: two connections, one that may block in a read and one for all
 * else, with the groups made and the scripts loaded. Lost, it comes back by itself, for as
 * long as it takes; the log has one line at the loss and one at the return.
 */
#ifndef DUYETD_REDIS_SESSION_H
#define DUYETD_REDIS_SESSION_H

#include <stdbool.h>
#include <stdint.h>
#include "redis/endpoint.h"
#include "queue/keys.h"
#include "redis/connection.h"

struct event_base;
struct metrics;
struct session;

enum lane { LANE_WORK, LANE_READ, LANES };

struct session_options {
	struct endpoint endpoint;
	const char *password_file; /* NULL for none */
	const char *group;
	struct keys keys;
	int64_t timeout; /* ms that an answer may take */
	int64_t block;	 /* ms that a read on LANE_READ may block on top of it */
	struct metrics *metrics;
	void (*up)(void *arg);
	void (*down)(void *arg); /* every call has had its NULL already */
	void *arg;
};

/* Begins to connect. The options' strings are borrowed. NULL without memory. */
struct session *session_open(struct event_base *base, const struct session_options *options);

/* Hangs up, and answers every call with NULL, without `down`; then frees. NULL is fine. */
void session_hang_up(struct session *session);
void session_free(struct session *session);
bool session_is_up(const struct session *session);
const char *session_key(const struct session *session, enum key key);
const char *session_group(const struct session *session);
struct metrics *session_metrics(const struct session *session);

/* Drops both connections and comes back: for what cannot be mended otherwise. */
void session_restart(struct session *session, const char *why);

/* Gives up the reading connection, and with it the read that blocks. */
void session_stop_reading(struct session *session);

/*
 * Sends a command, whose bytes are taken over, and sees it through whatever can be mended or
 * waited out. `done` comes once, perhaps at once: with an answer that is no error, or with NULL
 * where the session went (for want of memory too); it may have been done then, or not.
 */
void session_call(struct session *session, enum lane lane, struct resp *command, reply_fn *done,
		  void *arg);

/* Begins EVALSHA of a script on some keys; its arguments follow, and session_call(). */
void session_script(const struct session *session, struct resp *command, enum script script,
		    const enum key *keys, unsigned count);

#endif
