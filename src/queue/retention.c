#include "queue/retention.h"

#include <event2/event.h>
#include <hiredis/hiredis.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "base/log.h"

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

static void on_time(evutil_socket_t unused, short what, void *arg)
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

	if (!retention || !(retention->timer = evtimer_new(base, on_time, retention))) {
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
