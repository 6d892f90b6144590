/* Settles, now and then, what has been held for longer than anybody looked (hold_expiry.lua). */
#ifndef DUYETD_QUEUE_HOLD_EXPIRY_H
#define DUYETD_QUEUE_HOLD_EXPIRY_H

#include <stdint.h>
#include "queue/queue.h"

struct event_base;
struct hold_expiry;

/* After `hold_for` ms it gets `verdict`, which is borrowed. NULL without memory. */
struct hold_expiry *hold_expiry_new(struct event_base *base, const struct queue *queue,
				    int64_t hold_for, const char *verdict);
void hold_expiry_free(struct hold_expiry *expiry);

#endif
