/* Asks Redis now and then how much waits (gauge.lua), so that /metrics never waits for Redis. */
#ifndef DUYETD_QUEUE_BACKLOG_H
#define DUYETD_QUEUE_BACKLOG_H

#include "queue/queue.h"

struct backlog;
struct event_base;

/* `stalled_after`: in ms. Returns NULL when out of memory. */
struct backlog *backlog_new(struct event_base *base, const struct queue *queue,
			    int64_t stalled_after);

/* After session_hang_up(). NULL is allowed. */
void backlog_free(struct backlog *backlog);

/* What Redis answered last; -1 when not known. */
struct waiting {
	int64_t entries, pending, held; /* held: 0 unless the queue is that of submissions */
	double oldest, oldest_held;	/* seconds that the oldest of them has waited; 0 for none */
};

struct waiting backlog_waiting(const struct backlog *backlog);

/* Redis is reached and entries wait, but none was settled for `stalled_after`. */
bool backlog_is_stalled(const struct backlog *backlog);

#endif
