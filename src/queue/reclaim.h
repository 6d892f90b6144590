/*
 * Claims entries of a stream that were delivered and not settled: our own after a restart or a
 * lost connection, and those that another consumer has left idle. Idle ones of our own that are
 * not in hand are claimed too, whatever the cause: a claim that ran and whose answer was an error,
 * or a read of a dead connection that Redis ran late.
 *
 * An entry that killed a consumer may kill the next. So an entry that was delivered twice or more
 * is claimed alone, and only its own deliveries count; one that was delivered too often is moved
 * to PREFIX:dead.
 */
#ifndef DUYETD_QUEUE_RECLAIM_H
#define DUYETD_QUEUE_RECLAIM_H

#include "queue/batch.h"
#include "queue/queue.h"

struct reclaim;

struct reclaim_options {
	int64_t claim_after_ms; /* how long an entry must have been idle */
	int64_t max_deliveries;
	/* A round has ended, or the session is lost. */
	void (*finished)(void *arg);
	void *arg;
};

enum reclaim_whose { RECLAIM_OWN, RECLAIM_IDLE };

/* Returns NULL when out of memory. */
struct reclaim *reclaim_new(struct queue *queue, const struct reclaim_options *options);
void reclaim_free(struct reclaim *reclaim);

/* Begins a round, unless one is under way. RECLAIM_OWN: only when nothing is in hand, or it
 * would be claimed a second time. RECLAIM_IDLE looks for orphans first, once a minute. */
void reclaim_round(struct reclaim *reclaim, enum reclaim_whose whose);

/* Claims no more of what others left. A round of RECLAIM_OWN goes on to its end. */
void reclaim_stop(struct reclaim *reclaim);

/* A round is under way. */
bool reclaim_is_busy(const struct reclaim *reclaim);

#endif
