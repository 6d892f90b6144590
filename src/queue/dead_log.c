#include "queue/dead_log.h"

#include <event2/event.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "base/log.h"
#include "base/log_limit.h"

/* More reasons than there are. Any beyond share the last place. */
enum { MOST_REASONS = 32, LOOK_EVERY_MS = 5000 };

struct reason {
	const char *event;
	char stream[160], text[160];
	char entry[48]; /* the last one */
	struct log_limit limit;
};

struct dead_log {
	struct reason reasons[MOST_REASONS];
	size_t count;
	struct event *timer;
};

static struct reason *find(struct dead_log *log, const char *event, const char *stream,
			   const char *text)
{
	struct reason *reason = log->reasons;

	for (size_t i = 0; i < log->count; i++, reason++)
		if (!strncmp(reason->text, text, sizeof reason->text - 1) &&
		    !strcmp(reason->stream, stream) && !strcmp(reason->event, event))
			return reason;
	if (log->count < MOST_REASONS)
		log->count++;
	reason = &log->reasons[log->count - 1];
	reason->event = event;
	snprintf(reason->stream, sizeof reason->stream, "%s", stream);
	snprintf(reason->text, sizeof reason->text, "%s", text);
	return reason;
}

static void log_reason(struct reason *reason, int64_t now)
{
	uint64_t count = log_limit_take(&reason->limit, now);
	char quoted[LOG_QUOTED];

	if (count)
		log_event(LOG_WARNING, "dead", "%s stream=%s count=%" PRIu64 " last=%s reason=%s",
			  reason->event, reason->stream, count, reason->entry,
			  log_quote(quoted, reason->text, strlen(reason->text)));
}

void dead_log_add(struct dead_log *log, const char *event, const char *stream, const char *entry,
		  const char *text)
{
	struct reason *reason = find(log, event, stream, text);

	snprintf(reason->entry, sizeof reason->entry, "%s", entry);
	reason->limit.waiting++;
	log_reason(reason, clock_ms());
}

/* `later`: so many ms count as passed. */
static void log_all(struct dead_log *log, int64_t later)
{
	for (size_t i = 0; i < log->count; i++)
		log_reason(&log->reasons[i], clock_ms() + later);
}

static void on_time(evutil_socket_t unused, short what, void *arg)
{
	(void)unused, (void)what;
	log_all(arg, 0);
}

struct dead_log *dead_log_new(struct event_base *base)
{
	const struct timeval every = clock_timeval(LOOK_EVERY_MS);
	struct dead_log *log = calloc(1, sizeof *log);

	if (!log)
		return NULL;
	log->timer = event_new(base, -1, EV_PERSIST, on_time, log);
	if (!log->timer || event_add(log->timer, &every)) {
		dead_log_free(log);
		return NULL;
	}
	return log;
}

void dead_log_free(struct dead_log *log)
{
	if (!log)
		return;
	log_all(log, LOG_LIMIT_MS);
	if (log->timer)
		event_free(log->timer);
	free(log);
}
