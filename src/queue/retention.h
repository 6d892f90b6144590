/* Trims the streams that are kept for a time, every few seconds (trim.lua). */
#ifndef DUYETD_QUEUE_RETENTION_H
#define DUYETD_QUEUE_RETENTION_H

#include "queue/settle.h"

struct event_base;
struct retention;

/* `queue` is borrowed, `options` copied. Returns NULL when out of memory. */
struct retention *retention_new(struct event_base *base, const struct queue *queue,
				const struct settle_options *options);

/* NULL is allowed. */
void retention_free(struct retention *retention);

#endif
