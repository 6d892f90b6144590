#include "queue/hold_expiry.h"

#include <event2/event.h>
#include <hiredis/hiredis.h>
#include <stdlib.h>
#include "base/log.h"
#include "base/clock.h"

enum { MOST = 100, LEAST_MS = 250, MOST_MS = 60000 };

struct hold_expiry {
	const struct queue *queue;
	int64_t hold_for;
	const char *verdict;
	struct event *timer;
};

static void look_later(struct hold_expiry *expiry)
{
	int64_t ms = expiry->hold_for / 4;
	struct timeval wait;

	ms = ms < LEAST_MS ? LEAST_MS : ms > MOST_MS ? MOST_MS : ms;
	wait = clock_timeval(ms);
	evtimer_add(expiry->timer, &wait);
}

static void look(struct hold_expiry *expiry);

static void on_settled(void *arg, const redisReply *reply)
{
	struct hold_expiry *expiry = arg;
	long long count = reply && reply->type == REDIS_REPLY_INTEGER ? reply->integer : 0;

	if (count)
		log_event(LOG_INFO, "held", "nobody looked in time verdict=%s count=%lld",
			  expiry->verdict, count);
	if (count == MOST)
		look(expiry);
	else
		look_later(expiry);
}

static void look(struct hold_expiry *expiry)
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

static void on_time(evutil_socket_t unused, short what, void *arg)
{
	(void)unused, (void)what;
	look(arg);
}

struct hold_expiry *hold_expiry_new(struct event_base *base, const struct queue *queue,
				    int64_t hold_for, const char *verdict)
{
	struct hold_expiry *expiry = calloc(1, sizeof *expiry);

	if (!expiry || !(expiry->timer = evtimer_new(base, on_time, expiry))) {
		free(expiry);
		return NULL;
	}
	expiry->queue = queue;
	expiry->hold_for = hold_for;
	expiry->verdict = verdict;
	look_later(expiry);
	return expiry;
}

void hold_expiry_free(struct hold_expiry *expiry)
{
	if (!expiry)
		return;
	event_free(expiry->timer);
	free(expiry);
}
