/*
 * Finds the newest verdict on a comment: reads the verdicts' stream backwards, a page at a time.
 * Between two pages it pauses for as long as a page took, at most 100 ms. So a search through
 * millions of verdicts delays neither Redis nor judging. A million takes 10 to 20 seconds.
 */
#ifndef DUYETD_QUEUE_VERDICT_SEARCH_H
#define DUYETD_QUEUE_VERDICT_SEARCH_H

#include "base/buf.h"
#include "queue/batch.h"
#include "queue/queue.h"

struct event;
struct event_base;

/* The fields of the verdict that are found: verdict rules reason entry ruleset by. */
enum { SEARCH_FIELDS = 6 };

/* The caller sets the first four, the rest begins as zeros. */
struct verdict_search {
	struct queue *queue; /* borrowed */
	/* The search has ended; `lost`: the session is lost, or the daemon stops. */
	void (*done)(void *arg, bool lost);
	refused_fn *refused; /* as in session_call_refusable() */
	void *arg;

	/* The result. */
	char since[ENTRY_ID_SIZE]; /* the newest verdict that was searched; 0-0 for none */
	bool found;
	char at[ENTRY_ID_SIZE]; /* the id of the verdict, if found */
	struct buf values[SEARCH_FIELDS];

	/* Internal. */
	struct event *pause; /* until the next page */
	const char *id;	     /* of the comment; borrowed */
	size_t id_len;
	char newest[ENTRY_ID_SIZE];	/* of this search; "" until its first page */
	char before[ENTRY_ID_SIZE + 1]; /* the next page ends before it */
	char until[ENTRY_ID_SIZE + 1];	/* where the search ends */
	int64_t asked_at;		/* us, of clock_us() */
};

/* Returns false when out of memory. The caller calls verdict_search_free() in both cases. */
bool verdict_search_init(struct verdict_search *search, struct event_base *base);
void verdict_search_free(struct verdict_search *search);

/* Starts a search for the comment `id` (borrowed until its end), from the newest verdict to the
 * time of `entry`, an entry's id; NULL: not known. */
void verdict_search_start(struct verdict_search *search, const struct field *id,
			  const struct field *entry);

/* Starts a search through what was published since the last one began. */
void verdict_search_again(struct verdict_search *search);

/* Ends a pause between two pages; `done` is not called. */
void verdict_search_cancel(struct verdict_search *search);

#endif
