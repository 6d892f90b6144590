/* Asks Redis now and then how much waits (gauge.lua), so that /metrics never waits for Redis. */
#ifndef DUYETD_QUEUE_BACKLOG_H
#define DUYETD_QUEUE_BACKLOG_H

#include "queue/queue.h"

struct backlog;
struct event_base;

/* `stalled_after`: in ms. Returns NULL when out of memory. */
struct backlog *backlog_new(struct event_base *base, const struct queue *queue,
			    int64_t stalled_after);

/* After session_disconnect(). NULL is allowed. */
void backlog_free(struct backlog *backlog);

/* What Redis answered last; -1 when not known. */
struct waiting {
	int64_t entries, pending, held; /* held: 0 unless the queue is that of submissions */
	double oldest, oldest_held;	/* seconds that the oldest of them has waited; 0 for none */
};

struct waiting backlog_waiting(const struct backlog *backlog);

/* Redis is reached and entries wait, but none was settled for `stalled_after`. */
bool backlog_is_stalled(const struct backlog *backlog);

/*
 * Does judging make progress while entries wait? It does when this process settled some since the
 * last look, when the oldest entry is another one (settled by whomever), or when none wait.
 * Times in ms, of clock_ms().
 */
struct stall {
	int64_t after;	     /* time without progress that is a stall */
	int64_t progress_at; /* when there last was any */
	uint64_t settled;    /* by this process, at the last look */
	int64_t oldest_age;  /* ms; of the oldest entry, at the last look */
};

/* To be called at the start, and after Redis was lost: time without progress counts from `now`. */
static inline void stall_begin(struct stall *stall, int64_t now)
{
	stall->progress_at = now;
	stall->oldest_age = 0;
}

/* Takes what a look has found. The age of an entry only grows, so a lower age is that of another
 * entry. */
static inline void stall_look(struct stall *stall, int64_t waiting, uint64_t settled,
			      int64_t oldest_age, int64_t now)
{
	if (!waiting || settled != stall->settled || oldest_age < stall->oldest_age)
		stall->progress_at = now;
	stall->settled = settled;
	stall->oldest_age = oldest_age;
}

/* Returns whether there was no progress for `after` ms. No reply to any look for this time counts
 * as no progress. */
static inline bool stall_is(const struct stall *stall, int64_t now)
{
	return now - stall->progress_at >= stall->after;
}

#endif
