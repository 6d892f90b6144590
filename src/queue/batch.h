/*
 * Entries of a stream as read, in memory of their own: a reply of hiredis's lives only in
 * its callback, and a batch waits to be judged, a little each turn of the loop.
 *
 * What one entry may hold is bounded: of what is larger than LIMIT_ENTRY_BYTES or has more
 * than LIMIT_FIELDS fields, one byte or one field more than that is kept, which is enough to
 * tell that it is too large.
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

	/* For whoever has it in hand. */
	struct batch *next;
	void (*done)(void *arg, struct batch *batch); /* all of it is settled, or given up */
	void *arg;
	void *holder;
	unsigned waiting; /* answers still to come */
	int64_t judging;  /* ns that judging it took */
};

/* `entries` as XREADGROUP and XCLAIM give them: [[id, [name, value …]] …]. Those that are
 * deleted (no fields) are left out. NULL without memory or when it is no such reply. */
struct batch *batch_read(const struct redisReply *entries);
void batch_free(struct batch *batch);

/* The id after the last entry's, where one exists. */
#define ENTRY_ID_SIZE 48
bool batch_successor(const struct batch *batch, char id[ENTRY_ID_SIZE]);

#endif
