#include "queue/expiry.h"

#include <event2/event.h>
#include <hiredis/hiredis.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "base/log.h"

/* Held comments. */

enum { MOST = 100, LEAST_MS = 250, MOST_MS = 60000 };

struct hold_expiry {
	const struct queue *queue;
	int64_t hold_for;
	const char *verdict;
	struct event *timer;
};

static void settle_later(struct hold_expiry *expiry)
{
	int64_t ms = expiry->hold_for / 4;
	struct timeval wait;

	ms = ms < LEAST_MS ? LEAST_MS : ms > MOST_MS ? MOST_MS : ms;
	wait = clock_timeval(ms);
	evtimer_add(expiry->timer, &wait);
}

static void settle_expired(struct hold_expiry *expiry);

static void on_settled(void *arg, const redisReply *reply)
{
	struct hold_expiry *expiry = arg;
	long long count = reply && reply->type == REDIS_REPLY_INTEGER ? reply->integer : 0;

	if (count)
		log_event(LOG_INFO, "held", "nobody looked in time verdict=%s count=%lld",
			  expiry->verdict, count);
	if (count == MOST)
		settle_expired(expiry);
	else
		settle_later(expiry);
}

static void settle_expired(struct hold_expiry *expiry)
{
	static const enum key keys[] = {KEY_HELD, KEY_VERDICTS, KEY_REJECTED, KEY_STATS};
	enum { COUNT = sizeof keys / sizeof keys[0] };
	struct resp command = {0};

	queue_script(expiry->queue, &command, SCRIPT_HOLD_EXPIRY, keys, COUNT);
	resp_number(&command, expiry->hold_for);
	resp_string(&command, expiry->verdict);
	resp_number(&command, MOST);
	session_call(expiry->queue->session, LANE_WORK, &command, on_settled, expiry);
}

static void on_settle_time(evutil_socket_t unused, short what, void *arg)
{
	(void)unused, (void)what;
	settle_expired(arg);
}

struct hold_expiry *hold_expiry_new(struct event_base *base, const struct queue *queue,
				    int64_t hold_for, const char *verdict)
{
	struct hold_expiry *expiry = calloc(1, sizeof *expiry);

	if (!expiry || !(expiry->timer = evtimer_new(base, on_settle_time, expiry))) {
		free(expiry);
		return NULL;
	}
	expiry->queue = queue;
	expiry->hold_for = hold_for;
	expiry->verdict = verdict;
	settle_later(expiry);
	return expiry;
}

void hold_expiry_free(struct hold_expiry *expiry)
{
	if (!expiry)
		return;
	event_free(expiry->timer);
	free(expiry);
}

/* Streams. */

/* MORE_MS: after a call that removed entries, since it may have left some. */
enum { EVERY_MS = 5000, MORE_MS = 200 };

struct retention {
	const struct queue *queue;
	struct settle_options options;
	struct event *timer;
	bool failing; /* the log has it */
};

static void trim_later(struct retention *retention, int64_t ms)
{
	const struct timeval wait = clock_timeval(ms);

	evtimer_add(retention->timer, &wait);
}

static void log_failure(struct retention *retention, const char *error)
{
	char quoted[LOG_QUOTED];

	if (*error && !retention->failing)
		log_event(LOG_WARNING, "retention", "a stream is not trimmed and grows error=%s",
			  log_quote(quoted, error, strlen(error)));
	retention->failing = *error;
}

static void on_trimmed(void *arg, const redisReply *reply)
{
	struct retention *retention = arg;
	bool more = false;

	if (reply && reply->type == REDIS_REPLY_ERROR) {
		log_failure(retention, reply->str);
	} else if (reply && reply->type == REDIS_REPLY_ARRAY && reply->elements == 2 &&
		   reply->element[0]->type == REDIS_REPLY_INTEGER &&
		   reply->element[1]->type == REDIS_REPLY_STRING) {
		more = reply->element[0]->integer > 0;
		log_failure(retention, reply->element[1]->str);
	}
	trim_later(retention, more ? MORE_MS : EVERY_MS);
}

static void on_trim_time(evutil_socket_t unused, short what, void *arg)
{
	static const enum key keys[] = {KEY_VERDICTS, KEY_REJECTED, KEY_WATCHED, KEY_REVIEWED,
					KEY_DEAD};
	enum { COUNT = sizeof keys / sizeof keys[0] };
	struct retention *retention = arg;
	const struct settle_options *options = &retention->options;
	struct resp command = {0};

	(void)unused, (void)what;
	queue_script(retention->queue, &command, SCRIPT_TRIM, keys, COUNT);
	for (int i = 0; i < COUNT; i++)
		resp_number(&command,
			    keys[i] == KEY_VERDICTS ? options->keep : options->keep_rejected);
	session_send(retention->queue->session, &command, on_trimmed, retention);
}

struct retention *retention_new(struct event_base *base, const struct queue *queue,
				const struct settle_options *options)
{
	struct retention *retention = calloc(1, sizeof *retention);

	if (!retention || !(retention->timer = evtimer_new(base, on_trim_time, retention))) {
		free(retention);
		return NULL;
	}
	retention->queue = queue;
	retention->options = *options;
	trim_later(retention, EVERY_MS);
	return retention;
}

void retention_free(struct retention *retention)
{
	if (!retention)
		return;
	event_free(retention->timer);
	free(retention);
}
