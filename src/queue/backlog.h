/* Asks Redis now and then how much waits (gauge.lua), so that /metrics never waits for Redis. */
#ifndef DUYETD_QUEUE_BACKLOG_H
#define DUYETD_QUEUE_BACKLOG_H

#include "queue/queue.h"

struct backlog;
struct event_base;
struct gauges;

/* `stalled_after`: in ms. Returns NULL when out of memory. */
struct backlog *backlog_new(struct event_base *base, const struct queue *queue,
			    int64_t stalled_after);

/* After session_hang_up(). NULL is allowed. */
void backlog_free(struct backlog *backlog);

/* Fills in what Redis answered last: backlog, pending, held and oldest; -1 when not known. */
void backlog_gauges(const struct backlog *backlog, struct gauges *gauges);

/* Redis is reached and entries wait, but none was settled for `stalled_after`. */
bool backlog_is_stalled(const struct backlog *backlog);

#endif
