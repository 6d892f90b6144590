/* At most one log line a minute about events of one kind, with their number. */
#ifndef DUYETD_BASE_LOG_LIMIT_H
#define DUYETD_BASE_LOG_LIMIT_H

#include <stdint.h>

enum { LOG_LIMIT_MS = 60000 };

/* Zeroed at first. */
struct log_limit {
	uint64_t waiting;  /* events that no line has told of; the caller counts them here */
	int64_t logged_at; /* ms, of clock_ms(); when the last line was, 0 for never */
};

/* How many events a line may tell of now: all that wait, or 0 when none do or the last line is
 * less than a minute old. They no longer wait then. */
static inline uint64_t log_limit_take(struct log_limit *limit, int64_t now_ms)
{
	uint64_t events = limit->waiting;

	if (!events || (limit->logged_at && now_ms - limit->logged_at < LOG_LIMIT_MS))
		return 0;
	limit->waiting = 0;
	limit->logged_at = now_ms;
	return events;
}

#endif
