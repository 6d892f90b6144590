/*
 * Claims entries of a stream that were delivered and not settled: those of this consumer after a
 * restart or a lost connection, and those that another consumer has left idle. Idle entries of this
 * consumer that are not in hand are claimed too. There are such entries when Redis runs a read or a
 * claim, and this consumer gets an error or no reply.
 *
 * An entry that crashed a consumer may crash the next. So an entry that was delivered twice or more
 * is claimed alone, so that its deliveries are counted alone. One that was delivered too often is
 * moved to PREFIX:dead.
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

enum reclaim_scope { RECLAIM_OWN, RECLAIM_IDLE };

/* Returns NULL when out of memory. */
struct reclaim *reclaim_new(struct queue *queue, const struct reclaim_options *options);
void reclaim_free(struct reclaim *reclaim);

/* Begins a round, unless one is under way. RECLAIM_OWN: to be called only when nothing is in hand,
 * since what is in hand would be claimed a second time. RECLAIM_IDLE first looks for orphans, at
 * most once a minute: delivered entries that no consumer holds any more (orphans.lua). */
void reclaim_round(struct reclaim *reclaim, enum reclaim_scope scope);

/* Stops claiming entries of other consumers. A round of RECLAIM_OWN goes on to its end. */
void reclaim_stop(struct reclaim *reclaim);

/* A round is under way. */
bool reclaim_is_busy(const struct reclaim *reclaim);

#endif
