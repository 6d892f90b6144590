/* At most one log line a minute about events of one kind, with their number. */
#ifndef DUYETD_BASE_LOG_LIMIT_H
#define DUYETD_BASE_LOG_LIMIT_H

#include <stdint.h>

enum { LOG_LIMIT_MS = 60000 };

/* Zeroed at first. */
struct log_limit {
	uint64_t waiting;  /* events not yet logged; counted by the caller */
	int64_t logged_at; /* ms, of clock_ms(): time of the last line; 0: none */
};

/* Returns how many events to log now: all that wait, or 0 when none do or the last line is less
 * than a minute old. Events that are returned no longer wait. */
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
