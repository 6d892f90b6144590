/*
 * Moves entries that cannot be settled to PREFIX:dead, with all their fields and the reason
 * (dead_letter.lua).
 *
 * If PREFIX:dead itself has a wrong type or no id left, or the user lacks a right, the entry stays
 * pending. It is tried again when it is claimed after --claim-after. Other entries are not delayed.
 */
#ifndef DUYETD_QUEUE_DEAD_LETTER_H
#define DUYETD_QUEUE_DEAD_LETTER_H

#include "base/log.h"
#include "queue/queue.h"

/* A longer reason is cut. Enough for a sentence that quotes a name. */
enum { DEAD_REASON_SIZE = LOG_QUOTED + 128 };

/* `lost`: the session is lost, or out of memory. */
typedef void dead_letter_fn(void *arg, bool lost);

/* Moves an entry of the queue's stream, counts and logs it, and calls `done` exactly once, perhaps
 * before it returns: when the entry is moved, gone, settled by another consumer, or left pending.
 * `deliveries` is how often it was delivered without a verdict; 1 for an invalid entry, however
 * often that was delivered. The strings are copied. */
void dead_letter_send(struct queue *queue, const char *entry, const char *reason,
		      int64_t deliveries, dead_letter_fn *done, void *arg);

/* Logs entries that are moved to PREFIX:dead, or should be: a line a minute for each stream and
 * reason, with the number of entries, so that many invalid entries do not flood the log. Reasons
 * that differ only in a name that they quote are the same. */
struct event_base;
struct dead_log;

/* Returns NULL when out of memory. */
struct dead_log *dead_log_new(struct event_base *base);

/* Logs the entries that are counted and not logged yet. NULL is allowed. */
void dead_log_free(struct dead_log *log);

#endif
