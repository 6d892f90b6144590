/*
 * The log: one event a line on stderr. A line begins with its subject:
 *
 *	redis: lost url=unix:///run/redis.sock error="Connection refused"
 *
 * Control characters are escaped (base/escape.h), so an event is always one line. Untrusted values
 * are quoted by log_quote(), so they cannot forge a key. The text of a comment is never logged.
 *
 * Logging never blocks: when stderr has no room for a line, the line is lost. The next line that
 * fits is preceded by `log: lost lines=N`.
 *
 * When stderr is the systemd journal, each line begins with sd-daemon's <N> level. Elsewhere lines
 * that are not LOG_INFO end in level=….
 */
#ifndef DUYETD_BASE_LOG_H
#define DUYETD_BASE_LOG_H

#include <stddef.h>
#include <stdint.h>

/* In the order of `--log-level error|warning|info|debug`. */
enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

/* Bytes of the longest line, and of the longest value in quotes; longer ones are cut. */
enum { LOG_LINE = 1024, LOG_QUOTED = 256 };

/* Drops lines less urgent than `level` from now on. Must be called once, before threads start. */
void log_open(enum log_level level);

/* `about` is the event's subject: redis, rules, entry 1-0, rules/10-site.yaml:3:1. */
void log_event(enum log_level level, const char *about, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Lines lost since the start. */
unsigned long long log_lost(void);

/* Writes the bytes in double quotes, with quotes and backslashes escaped, cut if too long. Returns
 * `out`. */
const char *log_quote(char out[LOG_QUOTED], const char *bytes, size_t len);

/* At most one log line a minute about events of one kind, with their number. */
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
