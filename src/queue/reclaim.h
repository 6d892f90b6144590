/*
 * Takes up entries of a stream that were handed out and not settled: our own after a restart
 * or a loss of the connection, and those that others have left idle.
 *
 * What killed a consumer may kill the next: an entry handed out twice or more comes alone,
 * so that only it is counted again; one handed out too often goes to the dead.
 */
#ifndef DUYETD_QUEUE_RECLAIM_H
#define DUYETD_QUEUE_RECLAIM_H

#include "queue/batch.h"
#include "queue/queue.h"

struct reclaim;

struct reclaim_options {
	enum key stream;
	int64_t claim_after; /* ms that another's entry must have been idle */
	int64_t max_deliveries;
	/* Takes a batch over, whose `done` must come. */
	void (*take)(void *arg, enum key stream, struct batch *batch);
	/* A round has come to its end, or the session went. */
	void (*finished)(void *arg);
	void *arg;
};

enum reclaim_whose { RECLAIM_OWN, RECLAIM_IDLE };

/* NULL without memory. */
struct reclaim *reclaim_new(const struct queue *queue, const struct reclaim_options *options);
void reclaim_free(struct reclaim *reclaim);

/* Begins a round; where one is under way, nothing happens. RECLAIM_OWN is for when nothing
 * of ours is in hand. RECLAIM_IDLE looks for orphans first, now and then. */
void reclaim_round(struct reclaim *reclaim, enum reclaim_whose whose);
/* Takes up no more of what others left; an own round goes on to its end. */
void reclaim_stop(struct reclaim *reclaim);
bool reclaim_is_busy(const struct reclaim *reclaim);

#endif
