/*
 * The queue in Redis: its keys, its consumer group and the Lua scripts that work on it. Every part
 * of this folder uses it.
 *
 * This folder is the work of the daemon: it reads submitted comments and reviews, has them judged
 * by rules/, and settles each with one verdict. It may know redis/, monitor/ and rules/.
 */
#ifndef DUYETD_QUEUE_QUEUE_H
#define DUYETD_QUEUE_QUEUE_H

#include <stdbool.h>
#include "redis/session.h"

struct batch;
struct dead_log;
struct metrics;
struct submission;

enum key {
	KEY_SUBMITTED, /* stream: comments that wait to be judged */
	KEY_VERDICTS,  /* stream: every verdict, once */
	KEY_REJECTED,  /* stream: each rejected or held comment; KEY:ID is the hash of one */
	KEY_HELD,      /* stream: comments that are held now, oldest first */
	KEY_REVIEW,    /* stream: decisions of people */
	KEY_REVIEWED,  /* stream: each reviewed comment, with the rules' verdict and the person's */
	KEY_REPLY,     /* KEY:ID is a list: verdicts for a waiting client */
	KEY_WATCHED,   /* stream: comments that watch rules matched */
	KEY_DEAD,      /* stream: entries that could not be settled, with the reason */
	KEY_APPROVED,  /* stream, only with --keep-approved: approved comments with their text */
	KEY_STATS,     /* hash: counts by verdict and by rule; KEY:DAY those of one day */
	KEY_REPEAT,    /* KEY:HASH: the comments that had one text lately (repeat.lua) */
	KEYS
};

enum { PREFIX_SIZE = 128 };

struct keys {
	char name[KEYS][PREFIX_SIZE + 16];
};

/* Makes the names of all keys. Returns NULL, or what was expected of the prefix. */
const char *keys_make(struct keys *keys, const char *prefix);

/*
 * The Lua scripts: each is a file in this folder and is compiled in. Shared functions are in
 * common.lua. Redis runs a script without interruption.
 */
enum script {
	SCRIPT_SETTLE,	    /* a batch's verdicts */
	SCRIPT_DEAD_LETTER, /* moves an entry to PREFIX:dead */
	SCRIPT_ORPHANS,	    /* finds entries that no consumer holds */
	SCRIPT_REVIEW,	    /* a person's decision */
	SCRIPT_HOLD_EXPIRY, /* settles what was held for too long */
	SCRIPT_REPEAT,	    /* counts how often texts came */
	SCRIPT_GAUGES,	    /* counts what waits */
	SCRIPT_TRIM,	    /* removes what was kept for long enough */
	SCRIPT_LEAVE,	    /* removes this consumer, when it stops */
	SCRIPTS
};

/* Handles the batches of a stream: settles their entries, then calls queue_done(). */
struct handler {
	void (*add)(void *arg, struct batch *batch);
	/* The session is lost: gives up all batches. Their entries stay pending in Redis. */
	void (*drop)(void *arg);
	void *arg;
};

/* One stream and what works on it. All borrowed. */
struct queue {
	enum key stream; /* KEY_SUBMITTED or KEY_REVIEW; it has the consumer group */
	struct session *session;
	struct keys keys;
	const char *group, *consumer;
	struct metrics *metrics;
	struct dead_log *dead_log;
	struct handler handler;
	size_t in_hand;	       /* batches handed over and not yet done */
	struct batch *batches; /* these */
	bool stopping;	       /* set by flow_stop(): begin no long work */
	bool left_pending;     /* set by the handler: it left entries pending */
	/* A batch is done, or the last read has ended after reader_stop(). */
	void (*progress)(void *arg);
	void *arg;
};

/* What the session of this queue sets up: the group and the scripts. Valid as long as `queue`. */
struct setup queue_setup(const struct queue *queue);

const char *queue_key(const struct queue *queue, enum key key);

/* Begins EVALSHA of a script on `count` keys. Its arguments follow, and then session_call(). */
void queue_script(const struct queue *queue, struct resp *command, enum script script,
		  const enum key *keys, unsigned count);

/* Removes this consumer from the group if it has nothing pending (leave.lua). `done` as in
 * session_send(). */
void queue_leave(struct queue *queue, reply_fn *done, void *arg);

/* Gives a batch to the handler. Takes ownership: the batch is in hand until queue_done(). */
void queue_dispatch(struct queue *queue, struct batch *batch);

/* Returns whether the entry belongs to a batch in hand. */
bool queue_has_in_hand(const struct queue *queue, const char *entry);

/* Sets the number of deliveries of these entries to 1 again. To be called when Redis refuses the
 * commands that settle them: the entries are not the cause, so this must not bring them to
 * --max-deliveries. */
void queue_reset_deliveries(const struct queue *queue, const struct submission *entries,
			    size_t count);

/* All entries of the batch are settled, or given up because the session was lost. Calls its
 * `done`, frees it, and calls `progress`. */
void queue_done(struct queue *queue, struct batch *batch);

#endif
