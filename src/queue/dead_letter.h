/*
 * Moves entries that cannot be settled to PREFIX:dead, with all their fields and the reason
 * (dead_letter.lua).
 *
 * Trouble with PREFIX:dead itself, a wrong type or a missing right, holds up nothing: the entry
 * stays pending, and is tried again when it is claimed after --claim-after.
 */
#ifndef DUYETD_QUEUE_DEAD_LETTER_H
#define DUYETD_QUEUE_DEAD_LETTER_H

#include "queue/queue.h"

/* `lost`: the session is lost, or out of memory. */
typedef void dead_letter_fn(void *arg, bool lost);

/* Moves an entry of the queue's stream, counts and logs it, and calls `done` exactly once, perhaps
 * before it returns: when the entry is moved, gone, settled by another consumer, or left pending.
 * `deliveries` is how often it was delivered. The strings are copied. */
void dead_letter_send(struct queue *queue, const char *entry, const char *reason,
		      int64_t deliveries, dead_letter_fn *done, void *arg);

/* Logs what is moved to PREFIX:dead, or should be: a line a minute for each stream and reason, with
 * the number of entries. A flood of invalid entries is no flood of the log. */
struct event_base;
struct dead_log;

/* Returns NULL when out of memory. */
struct dead_log *dead_log_new(struct event_base *base);

/* Logs what no line has told of yet. NULL is allowed. */
void dead_log_free(struct dead_log *log);

#endif
