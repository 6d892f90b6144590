/*
 * People's decisions: each becomes a new verdict, once (review.lua); what makes no sense goes
 * to the dead with a reason that a moderator understands.
 */
#ifndef DUYETD_QUEUE_REVIEW_H
#define DUYETD_QUEUE_REVIEW_H

#include "queue/batch.h"
#include "queue/queue.h"
#include "queue/settle.h"

struct reviews;

/* NULL without memory. `progress` is called when a batch less is in hand. */
struct reviews *reviews_new(const struct queue *queue, const struct settle_options *options,
			    void (*progress)(void *arg), void *arg);
void reviews_free(struct reviews *reviews);

/* Takes over a batch of the review stream. Its `done` comes when it is through. */
void reviews_take(struct reviews *reviews, struct batch *batch);

/* Batches taken and not yet done. */
size_t reviews_in_hand(const struct reviews *reviews);

#endif
