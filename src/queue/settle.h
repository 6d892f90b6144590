/*
 * The verdicts of a batch, collected one by one and sent to one script (settle.lua), which
 * publishes those whose entry this consumer acknowledged.
 */
#ifndef DUYETD_QUEUE_SETTLE_H
#define DUYETD_QUEUE_SETTLE_H

#include "queue/batch.h"
#include "queue/queue.h"
#include "rules/verdict.h"

/* How long verdicts, records, the counts of a day and approved comments are kept, in ms. */
struct settle_options {
	int64_t keep, keep_rejected, keep_stats;
	int64_t keep_approved; /* 0: they are not */
};

/* All but `options` must be zeroed first. Reused from batch to batch. */
struct settle {
	const struct settle_options *options;	 /* borrowed */
	struct resp entries, comments, specials; /* in the form that settle.lua reads */
	struct buf line;
	size_t count;
	int64_t check_at;  /* ms, of clock_ms(): when the script next checks everything */
	unsigned rechecks; /* calls of settle_recheck() so far */
};

/* Where scripts keep approved comments, as an argument; "" where they do not. It is not among their
 * KEYS, so that a Redis user without rights to it can settle. */
const char *settle_approved_key(const struct queue *queue, const struct settle_options *options);

void settle_begin(struct settle *settle);
void settle_free(struct settle *settle);

/* Types or permissions may have changed: from now on the script checks them before its first write,
 * until settle_checked(). This is the state at the start. */
void settle_recheck(struct settle *settle);

/* Returns whether the script checks in the next call. */
bool settle_checks(const struct settle *settle);

/* To be called when a call in which the script checked has succeeded; `rechecks` is the member's
 * value when it was sent. The next check is due a second later, or at once if settle_recheck() was
 * called since. */
void settle_checked(struct settle *settle, unsigned rechecks);

/* Adds a judged entry and copies what it needs; `id` is the comment's. Out of memory shows in
 * settle_send(): `done` gets NULL. */
void settle_add(struct settle *settle, const struct submission *entry, const struct field *id,
		const struct verdict *verdict);

/* Sends them by session_call_refusable(). `successor` is as settle.lua describes it, or "". The
 * reply is the number of entries that this call settled. If counts, watched hits or approved
 * comments could not be stored, it is a list of that number and an error. */
void settle_send(struct settle *settle, const struct queue *queue, const char *ruleset,
		 const char *successor, reply_fn *done, refused_fn *refused, void *arg);

#endif
