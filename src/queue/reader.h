/*
 * Reads what is new in the submitted and the review stream: blocking while there is nothing,
 * and only as much ahead as there is room for, so that memory does not grow with the
 * backlog.
 */
#ifndef DUYETD_QUEUE_READER_H
#define DUYETD_QUEUE_READER_H

#include "queue/batch.h"
#include "queue/queue.h"

struct reader;

struct reader_options {
	size_t batch;	  /* most entries a read */
	size_t in_flight; /* most batches read and not yet settled */
	int64_t block;	  /* ms */
	/* Takes over what was read of either stream. */
	void (*take)(void *arg, enum key stream, struct batch *batch);
	/* Batches of both that are in hand. */
	size_t (*in_hand)(void *arg);
	/* The last read is answered or given up, after reader_stop(). */
	void (*stopped)(void *arg);
	void *arg;
};

/* NULL without memory. */
struct reader *reader_new(const struct queue *queue, const struct reader_options *options);
void reader_free(struct reader *reader);

/* Begins to read. */
void reader_start(struct reader *reader);

/* Reads on, where there is room and no read is out: to be called when something is done. */
void reader_go_on(struct reader *reader);

/* Reads no more. A read that blocks is given up; one about to be answered is awaited, since
 * its entries are ours by then. */
void reader_stop(struct reader *reader);

/* A read is out. */
bool reader_is_reading(const struct reader *reader);

#endif
