/*
 * Entries of a stream as read, in memory of their own: a reply of hiredis's is valid only in its
 * callback, and a batch waits to be judged.
 *
 * The size of one entry is bounded. A larger entry is cut at one byte above LIMIT_ENTRY_BYTES, or
 * at one field above LIMIT_FIELDS: so judging can see that it was too large. What is cut are the
 * ends of long names and values.
 */
#ifndef DUYETD_QUEUE_BATCH_H
#define DUYETD_QUEUE_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "rules/comment.h"

struct redisReply;

struct submission {
	const char *id; /* of the stream, NUL-terminated */
	struct comment fields;
};

struct batch {
	struct submission *entries;
	size_t count;
	size_t bytes;	  /* as they came over the wire */
	bool consecutive; /* read as new: nothing in the stream lies between them */

	/* From the reader of the batch; called by queue_done(). */
	void (*done)(void *arg, struct batch *batch);
	void *arg;

	struct batch *next_in_hand; /* of queue.c */

	/* Of the handler that has the batch in hand. */
	struct {
		void *handler;
		struct batch *next;
		unsigned waiting;     /* replies still to come */
		bool checked;	      /* settle.lua was told to check before it settled the batch */
		unsigned rechecks;    /* settle.rechecks at the time the batch was sent */
		int64_t judging_ns;   /* spent on its entries */
		uint64_t counted_for; /* number of the rule set that `repeats` belong to; 0: none */
		struct repeats *repeats; /* NULL: none, or out of memory */
	} work;
};

/* Reads `entries` as XREADGROUP and XCLAIM return them: [[id, [name, value …]] …]. Deleted
 * entries, which have no fields, are left out. Returns NULL when out of memory, or when `entries`
 * has another form. */
struct batch *batch_read(const struct redisReply *entries);
void batch_free(struct batch *batch);

/* Fills in the id after that of the last entry. Returns false when the batch is empty, or when the
 * last id has the highest possible sequence number. */
#define ENTRY_ID_SIZE 48
bool batch_successor(const struct batch *batch, char id[ENTRY_ID_SIZE]);

#endif
