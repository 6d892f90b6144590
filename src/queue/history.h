/*
 * The newest verdict on a comment: the verdicts' stream, read backwards a page at a time.
 * For what a person asks about now and then, not for each comment.
 */
#ifndef DUYETD_QUEUE_HISTORY_H
#define DUYETD_QUEUE_HISTORY_H

#include "base/buf.h"
#include "queue/batch.h"
#include "redis/session.h"

/* The values of the verdict found, each after its name in the contract's order. */
enum { HISTORY_FIELDS = 6 };
extern const char *const history_fields[HISTORY_FIELDS]; /* verdict rules reason entry ruleset by */

struct history {
	struct session *session;
	const char *id; /* of the comment; borrowed */
	size_t id_len;
	char since[ENTRY_ID_SIZE]; /* the newest verdict when it began; 0-0 when there is none */
	char before[ENTRY_ID_SIZE + 1];
	bool found;
	struct buf values[HISTORY_FIELDS];
	/* Called once; `lost` where the session went. */
	void (*done)(void *arg, bool lost);
	void *arg;
};

/* Fills the rest of a history whose session, id, done and arg are set. */
void history_look(struct history *history);
void history_free(struct history *history);

#endif
