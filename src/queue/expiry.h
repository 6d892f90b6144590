/*
 * Work that is due after a time: held comments that were not reviewed are settled (--hold-for),
 * and streams are trimmed (--keep, --keep-rejected, --keep-approved).
 */
#ifndef DUYETD_QUEUE_EXPIRY_H
#define DUYETD_QUEUE_EXPIRY_H

#include <stdint.h>
#include "queue/queue.h"
#include "queue/settle.h"

struct event_base;
struct hold_expiry;
struct retention;

/* Settles comments that were held for longer than --hold-for (hold_expiry.lua). Looks for them four
 * times in that period, but at least once a minute. `hold_for` in ms. `verdict`, which is borrowed,
 * is what they get. The options are copied. Returns NULL when out of memory. */
struct hold_expiry *hold_expiry_new(struct event_base *base, const struct queue *queue,
				    int64_t hold_for, const char *verdict,
				    const struct settle_options *options);

/* After session_disconnect(). NULL is allowed. */
void hold_expiry_free(struct hold_expiry *expiry);

/* Trims the streams that are kept for a time, every few seconds (trim.lua). `queue` is borrowed,
 * `options` copied. Returns NULL when out of memory. */
struct retention *retention_new(struct event_base *base, const struct queue *queue,
				const struct settle_options *options);

/* After session_disconnect(). NULL is allowed. */
void retention_free(struct retention *retention);

#endif
