/*
 * The desk: batches are judged here, in the order they came and a few milliseconds at a time
 * so that the loop keeps turning, and each is sent off to be settled.
 */
#ifndef DUYETD_QUEUE_JUDGING_H
#define DUYETD_QUEUE_JUDGING_H

#include "queue/batch.h"
#include "queue/queue.h"
#include "queue/settle.h"

struct event_base;
struct desk;
struct ruleset;

struct desk_options {
	struct settle_options settle;
	int64_t replicas; /* that must have a batch before it is done; 0: nobody waits for them */
	int64_t patience; /* ms that Redis may wait for them at a time */
	/* A batch less is in hand. */
	void (*progress)(void *arg);
	void *arg;
};

/* NULL without memory. `rules` is taken over, unless the answer is NULL. */
struct desk *desk_new(struct event_base *base, const struct queue *queue,
		      const struct desk_options *options, struct ruleset *rules);
void desk_free(struct desk *desk);

/* Takes a batch over. Its `done` comes once, from the loop, when all of it is settled or the
 * session went; the desk frees it after that. */
void desk_take(struct desk *desk, struct batch *batch);

/* Batches taken and not yet done. */
size_t desk_in_hand(const struct desk *desk);

/* The session went: forgets what is not judged yet. It is still pending in Redis. */
void desk_drop(struct desk *desk);

/* Judges by `rules`, taken over, from the next batch on; frees those before. */
void desk_change_rules(struct desk *desk, struct ruleset *rules);
const struct ruleset *desk_rules(const struct desk *desk);

#endif
