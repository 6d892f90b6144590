/*
 * The judging: batches are judged here, in the order they came and a few milliseconds at a time
 * so that the loop keeps turning, and each is sent off to be settled.
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
	int64_t replicas; /* that must have a batch before it is done; 0: nobody waits for them */
	int64_t wait_ms; /* ms that Redis may wait for them at a time */
	/* A batch less is in hand. */
	void (*progress)(void *arg);
	void *arg;
};

/* NULL without memory. `rules` is taken over, unless the answer is NULL. */
struct judging *judging_new(struct event_base *base, const struct queue *queue,
			    const struct judging_options *options, struct ruleset *rules);
void judging_free(struct judging *judging);

/* Takes a batch over. Its `done` comes once, from the loop, when all of it is settled or the
 * session went; the judging frees it after that. */
void judging_add(struct judging *judging, struct batch *batch);

/* Batches taken and not yet done. */
size_t judging_in_hand(const struct judging *judging);

/* The session went: forgets what is not judged yet. It is still pending in Redis. */
void judging_drop(struct judging *judging);

/* Judges by `rules`, taken over, from the next batch on; frees those before. */
void judging_change_rules(struct judging *judging, struct ruleset *rules);
const struct ruleset *judging_rules(const struct judging *judging);

#endif
