/* Logs what is moved to PREFIX:dead, or should be: a line a minute for each stream and reason, with
 * the number of entries. A flood of invalid entries is no flood of the log. */
#ifndef DUYETD_QUEUE_DEAD_LOG_H
#define DUYETD_QUEUE_DEAD_LOG_H

struct event_base;
struct dead_log;

/* Returns NULL when out of memory. */
struct dead_log *dead_log_new(struct event_base *base);

/* Logs what no line has told of yet. NULL is allowed. */
void dead_log_free(struct dead_log *log);

/* Counts an entry, and logs it unless the last line about the same is too recent. `event`, a
 * string constant, is what happened to it. */
void dead_log_add(struct dead_log *log, const char *event, const char *stream, const char *entry,
		  const char *reason);

#endif
