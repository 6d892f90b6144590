/*
 * A batch's verdicts, written down one by one and sent off as one script (settle.lua), which
 * publishes those whose acknowledgement was ours.
 */
#ifndef DUYETD_QUEUE_SETTLE_H
#define DUYETD_QUEUE_SETTLE_H

#include "queue/batch.h"
#include "queue/queue.h"
#include "rules/verdict.h"

/* Zeroed to start with; reused from batch to batch. */
struct settle {
	struct resp entries, comments, specials; /* as settle.lua wants them */
	struct buf line;
	size_t count;
};

/* How long what is published stays, in ms. */
struct settle_options {
	int64_t keep, keep_rejected;
};

void settle_begin(struct settle *settle);
void settle_free(struct settle *settle);

/* Adds a judged entry; `id` is the comment's. Everything is copied. */
void settle_add(struct settle *settle, const struct submission *entry, const struct field *id,
		const struct verdict *verdict);

/* Sends it by session_call(). `successor` as settle.lua says, or "". The answer is a number:
 * how many of them were ours. */
void settle_send(struct settle *settle, const struct queue *queue,
		 const struct settle_options *options, const char *ruleset, const char *successor,
		 reply_fn *done, void *arg);

/* An entry that is given up on goes to the dead, whole, with the reason (dead_letter.lua). By
 * session_call(). `stream` is where it stands; `deliveries` how often it was handed out.
 * The answer is the number 1, or 0 where it was gone or another's. */
void dead_letter_send(const struct queue *queue, enum key stream, const char *entry,
		      const char *reason, int64_t deliveries, reply_fn *done, void *arg);

#endif
