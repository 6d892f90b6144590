/*
 * Reads what is new in the submitted and the review stream: blocking while there is nothing,
 * and only as much ahead as there is room for, so that memory does not grow with the
 * backlog.
 */
#ifndef DUYETD_QUEUE_READER_H
#define DUYETD_QUEUE_READER_H

#include "queue/batch.h"
#include "queue/queue.h"

struct intake;

struct intake_options {
	size_t batch;	  /* most entries a read */
	size_t in_flight; /* most batches read and not yet settled */
	int64_t block;	  /* ms */
	/* Takes over what was read of either stream. */
	void (*take)(void *arg, enum key stream, struct batch *batch);
	/* Batches of both that are in hand. */
	size_t (*in_hand)(void *arg);
	/* The last read is answered or given up, after intake_stop(). */
	void (*stopped)(void *arg);
	void *arg;
};

/* NULL without memory. */
struct intake *intake_new(const struct queue *queue, const struct intake_options *options);
void intake_free(struct intake *intake);

/* Begins to read. */
void intake_start(struct intake *intake);

/* Reads on, where there is room and no read is out: to be called when something is done. */
void intake_go_on(struct intake *intake);

/* Reads no more. A read that blocks is given up; one about to be answered is awaited, since
 * its entries are ours by then. */
void intake_stop(struct intake *intake);

/* A read is out. */
bool intake_is_reading(const struct intake *intake);

#endif
