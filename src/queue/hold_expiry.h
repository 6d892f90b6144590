/* Settles comments that were held for longer than --hold-for, a few times in that period
 * (hold_expiry.lua). */
#ifndef DUYETD_QUEUE_HOLD_EXPIRY_H
#define DUYETD_QUEUE_HOLD_EXPIRY_H

#include <stdint.h>
#include "queue/queue.h"

struct event_base;
struct hold_expiry;

/* `hold_for` in ms. `verdict`, which is borrowed, is what they get. Returns NULL when out of
 * memory. */
struct hold_expiry *hold_expiry_new(struct event_base *base, const struct queue *queue,
				    int64_t hold_for, const char *verdict);
void hold_expiry_free(struct hold_expiry *expiry);

#endif
