#include "queue/hold_expiry.h"

#include <event2/event.h>
#include <hiredis/hiredis.h>
#include <stdlib.h>
#include "base/log.h"
#include "base/clock.h"

enum { MOST = 100, LEAST_MS = 250, MOST_MS = 60000 };

struct held {
	const struct queue *queue;
	int64_t hold_for;
	const char *verdict;
	struct event *timer;
};

static void look_later(struct held *held)
{
	int64_t ms = held->hold_for / 4;
	struct timeval wait;

	ms = ms < LEAST_MS ? LEAST_MS : ms > MOST_MS ? MOST_MS : ms;
	wait = clock_timeval(ms);
	evtimer_add(held->timer, &wait);
}

static void look(struct held *held);

static void on_settled(void *arg, const redisReply *reply)
{
	struct held *held = arg;
	long long count = reply && reply->type == REDIS_REPLY_INTEGER ? reply->integer : 0;

	if (count)
		log_event(LOG_INFO, "held", "nobody looked in time verdict=%s count=%lld",
			  held->verdict, count);
	if (count == MOST)
		look(held);
	else
		look_later(held);
}

static void look(struct held *held)
{
	static const enum key keys[] = {KEY_HELD, KEY_VERDICTS, KEY_REJECTED, KEY_STATS};
	enum { COUNT = sizeof keys / sizeof keys[0] };
	struct resp command = {0};

	queue_script(held->queue, &command, SCRIPT_HELD, keys, COUNT);
	resp_number(&command, held->hold_for);
	resp_string(&command, held->verdict);
	resp_number(&command, MOST);
	session_call(held->queue->session, LANE_WORK, &command, on_settled, held);
}

static void on_time(evutil_socket_t unused, short what, void *arg)
{
	(void)unused, (void)what;
	look(arg);
}

struct held *held_new(struct event_base *base, const struct queue *queue, int64_t hold_for,
		      const char *verdict)
{
	struct held *held = calloc(1, sizeof *held);

	if (!held || !(held->timer = evtimer_new(base, on_time, held))) {
		free(held);
		return NULL;
	}
	held->queue = queue;
	held->hold_for = hold_for;
	held->verdict = verdict;
	look_later(held);
	return held;
}

void held_free(struct held *held)
{
	if (!held)
		return;
	event_free(held->timer);
	free(held);
}
