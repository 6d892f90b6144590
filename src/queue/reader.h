/*
 * Reads new entries of the queue's stream. A read blocks while there is nothing. It reads only as
 * far ahead as there is room, so memory does not grow with the backlog.
 */
#ifndef DUYETD_QUEUE_READER_H
#define DUYETD_QUEUE_READER_H

#include "queue/batch.h"
#include "queue/queue.h"

struct reader;

struct reader_options {
	size_t batch;	  /* most entries in one read */
	size_t in_flight; /* no read while so many batches are in hand */
	int64_t block_ms; /* how long a read blocks */
};

/* Returns NULL when out of memory. */
struct reader *reader_new(struct queue *queue, const struct reader_options *options);
void reader_free(struct reader *reader);

/* Begins to read. */
void reader_start(struct reader *reader);

/* Reads on, if there is room and no read is under way. To be called at each queue->progress(). */
void reader_go_on(struct reader *reader);

/* Reads no more, and calls queue->progress() when the last read has ended. A read that blocks is
 * cut off. For any other the reply is awaited, since its entries belong to this consumer. */
void reader_stop(struct reader *reader);

/* A read is under way. */
bool reader_is_reading(const struct reader *reader);

#endif
