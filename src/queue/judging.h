/*
 * Judges batches in their order, at most 0.2 ms per loop turn, and sends each to be settled.
 */
#ifndef DUYETD_QUEUE_JUDGING_H
#define DUYETD_QUEUE_JUDGING_H

#include "queue/batch.h"
#include "queue/queue.h"
#include "queue/settle.h"

struct event_base;
struct judging;
struct ruleset;

struct judging_options {
	struct settle_options settle;
	int64_t replicas; /* that must have a batch before it is done; 0: do not wait for any */
	int64_t wait_ms;  /* for them, in one WAIT; repeated until they have it */
	/* After each WAIT while replicas lag, and when they no longer do. May be NULL if `replicas`
	 * is 0. */
	void (*lag)(void *arg);
	void *arg;
};

/* Takes ownership of `rules`, except when it returns NULL: out of memory. */
struct judging *judging_new(struct event_base *base, struct queue *queue,
			    const struct judging_options *options, struct ruleset *rules);
void judging_free(struct judging *judging);

/* The handler of the submitted stream; `judging` is a struct judging. */
void judging_add(void *judging, struct batch *batch);

/* For a lost session: gives up what is not judged yet. It stays pending in Redis. `judging` is a
 * struct judging, or NULL. */
void judging_drop(void *judging);

/* Takes ownership of `rules`, judges by them from the next batch on, and frees the old ones
 * then. */
void judging_change_rules(struct judging *judging, struct ruleset *rules);

/* Too few replicas have acknowledged a batch that waits for them. */
bool judging_awaits_replicas(const struct judging *judging);

/* Returns the rules that the next batch is judged by. */
const struct ruleset *judging_rules(const struct judging *judging);

#endif
