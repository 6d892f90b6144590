/* An entry that is given up on goes to the dead, whole, with the reason (bury.lua). */
#ifndef DUYETD_QUEUE_BURY_H
#define DUYETD_QUEUE_BURY_H

#include "redis/session.h"

/* By session_call(). `stream` is where it stands; `deliveries` how often it was handed out.
 * The answer is the number 1, or 0 where it was gone or another's. */
void bury_send(struct session *session, enum key stream, const char *entry, const char *reason,
	       int64_t deliveries, redis_answer_fn *done, void *arg);

#endif
