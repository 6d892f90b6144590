/*
 * Moderators' decisions: each becomes a new verdict, once (review.lua). An invalid review is moved
 * to PREFIX:dead with a reason for the moderator.
 */
#ifndef DUYETD_QUEUE_REVIEW_H
#define DUYETD_QUEUE_REVIEW_H

#include "queue/batch.h"
#include "queue/queue.h"
#include "queue/settle.h"

struct event_base;
struct reviews;

/* Returns NULL when out of memory. */
struct reviews *reviews_new(struct event_base *base, struct queue *queue,
			    const struct settle_options *options);

/* After session_disconnect(). NULL is allowed. */
void reviews_free(struct reviews *reviews);

/* The handler of the review stream; `reviews` is a struct reviews. */
void reviews_add(void *reviews, struct batch *batch);
void reviews_drop(void *reviews);

#endif
