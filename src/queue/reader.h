/*
 * Reads new entries of the queue's stream. A read blocks while there is nothing. While `in_flight`
 * batches are in hand no read begins, so memory does not grow with the backlog.
 */
#ifndef DUYETD_QUEUE_READER_H
#define DUYETD_QUEUE_READER_H

#include "queue/batch.h"
#include "queue/queue.h"

struct event_base;
struct reader;

/*
 * Lingering: a pause before a read, so that a batch forms, while entries arrive at a medium rate.
 *
 * - With more than LINGER_SLOWEST_NS between two entries, each is read and settled when it comes: a
 * commenter waits for it, and Redis is not busy.
 * - With less than LINGER_FASTEST_NS batches form without a pause.
 * - No pause follows a read that returned as many entries as it asked for.
 *
 * Only an entry that comes within a pause waits, until the pause ends. A single entry does not
 * wait: no pause precedes it, and a blocking read gets it at once.
 */
enum { LINGER_SLOWEST_NS = 200000, LINGER_FASTEST_NS = 25000 };

struct arrivals {
	int64_t gap_ns;	 /* between two entries, the mean of about 32 */
	int64_t last_ns; /* when entries were read last */
};

/* Counts the entries of a read, perhaps 0, that ended at `now_ns` of a monotonic clock. */
void arrivals_count(struct arrivals *arrivals, size_t entries, int64_t now_ns);
bool arrivals_linger(const struct arrivals *arrivals);

struct reader_options {
	size_t batch;		 /* most entries in one read */
	size_t in_flight;	 /* no read while this many batches are in hand */
	int64_t block_ms;	 /* how long a read blocks */
	int64_t linger_ms;	 /* length of the pause; 0: none */
	int64_t (*now_ns)(void); /* a monotonic clock; NULL: clock_ns() */
};

/* Returns NULL when out of memory or descriptors. */
struct reader *reader_new(struct event_base *base, struct queue *queue,
			  const struct reader_options *options);
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
