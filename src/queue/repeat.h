/*
 * Counts in Redis how often the texts of a batch came (repeat.lua), for rules of the kind `repeat`.
 * One call of the script for each batch. Rule sets without such a rule do not use it.
 */
#ifndef DUYETD_QUEUE_REPEAT_H
#define DUYETD_QUEUE_REPEAT_H

#include "queue/batch.h"
#include "queue/queue.h"
#include "rules/judge.h"

struct event_base;
struct repeats;
struct ruleset;

/* REPEAT_MORE_IDS: how many ids of a text are kept beyond those that a rule allows. This many may
 * be delivered again and still get the same count. REPEAT_TICKS: times are in ticks, this many in a
 * millisecond. */
enum { REPEAT_MORE_IDS = 100, REPEAT_TICKS = 2048 };

/* An entry's time: its milliseconds * REPEAT_TICKS + its number in that millisecond, below 2^53. */
int64_t repeat_time(const char *entry);

/* One for each queue. The caller sets the members up to `arg`; the rest begins as zeros. */
struct repeat_counter {
	struct event_base *base;
	struct queue *queue;
	/* The counts of some batch are known, or given up. */
	void (*counted)(void *arg);
	void *arg;
	size_t waits; /* WAITs without a reply. Redis answers later commands after them, so no call
		       * counts as late meanwhile */
	size_t late;  /* calls that had no reply in time, and have none yet */
	bool logged;
};

/* Begins to count a batch. Returns NULL when out of memory. */
struct repeats *repeats_new(struct repeat_counter *counter);

/* A reply that comes later is ignored. NULL is allowed. */
void repeats_free(struct repeats *repeats);

/* Adds the texts to be counted for the next entry of the batch. */
void repeats_add(struct repeats *repeats, struct judge *judge, const struct ruleset *rules,
		 const struct submission *entry);

/* How many entries were added. */
size_t repeats_entries(const struct repeats *repeats);

/* Sends them, once all are added. `counted` is called, perhaps before this returns, when the
 * counts are known, or after 5 seconds without a reply. */
void repeats_send(struct repeats *repeats);
bool repeats_are_sent(const struct repeats *repeats);
bool repeats_are_counted(const struct repeats *repeats);

/* Fills in the counts of an entry for judge_counted(). Must be called for the entries in their
 * order. */
void repeats_counts(struct repeats *repeats, size_t entry, int64_t counts[LIMIT_REPEAT_RULES]);

#endif
