/*
 * Sends one command until it succeeds or the connection is lost. After an error reply
 * (redis/fault.h) it creates or loads what the server has lost, or waits for backoff(), and sends
 * the command again; or it reconnects, which gives the command up. Used by session_call() only:
 * others use redis/session.h.
 */
#ifndef DUYETD_REDIS_CALL_H
#define DUYETD_REDIS_CALL_H

#include <stddef.h>
#include "base/log.h"
#include "redis/connection.h"
#include "redis/fault.h"

/* Reads may block for seconds, so they have a connection of their own. */
enum lane { LANE_WORK, LANE_READ, LANES };

/*
 * What a server must have before work begins: the stream with its consumer group, and the Lua
 * scripts. Their names and texts come from the caller.
 */
struct lua_script {
	const char *text;
	const char *sha1; /* of the text, in hex: Redis's name for it */
};

/* All borrowed. */
struct setup {
	const char *stream, *group; /* the stream gets the group */
	const struct lua_script *scripts;
	size_t script_count;
};

/* Send the commands and return how many were sent. `done` is called once for each. */
unsigned setup_create_group(const struct setup *setup, struct connection *connection,
			    reply_fn *done, void *arg);
unsigned setup_load_scripts(const struct setup *setup, struct connection *connection,
			    reply_fn *done, void *arg);

/* The error, with the stream if it does not name the key that has another type. Scripts name
 * theirs. The result is `error` or `text`. */
const char *setup_name_key(const struct setup *setup, const char *error, char *text, size_t size);

struct call;

/* A command was refused by an error that may pass by itself. */
typedef void refused_fn(void *arg);

/* The calls of one session. */
struct calls {
	struct event_base *base;
	const char *about;		       /* what log lines begin with */
	const struct setup *setup;	       /* sent again when Redis has lost it */
	struct connection *connections[LANES]; /* NULL: none */
	struct redis_counters *counters;
	/* Connects again, and so gives all calls up. */
	void (*restart)(void *arg, const char *why);
	void (*refusing)(void *arg); /* `refusal` has changed */
	void *arg;

	struct call *first;
	bool worked; /* a command with a `refused` callback succeeded; cleared by the session */
	/* Bit 1 << fault: a command got this error on the connection, and no command that was sent
	 * again has succeeded there since. */
	unsigned logged[LANES];
	char refusal[LOG_QUOTED]; /* the error that was logged last, in quotes; empty when all are
				     over */
};

/* Sends a command. Takes ownership of its bytes and calls `done` exactly once, unless it returns
 * false, when the connection is lost or out of memory. Calls `refused`, which may be NULL, the
 * first time that the command is refused and waits to be sent again. */
bool call_send(struct calls *calls, enum lane lane, struct resp *command, reply_fn *done,
	       refused_fn *refused, void *arg);

/* All calls complete with NULL. To be called after closing the connections, which has completed the
 * calls that waited for a reply: those that wait to be sent again are left. */
void calls_give_up(struct calls *calls);

#endif
