#include "queue/backlog.h"

#include <event2/event.h>
#include <hiredis/hiredis.h>
#include <stdlib.h>
#include "base/clock.h"
#include "monitor/metrics.h"

enum { ASK_EVERY_S = 2 };

static const struct waiting unknown = {-1, -1, -1, -1, -1};

struct backlog {
	const struct queue *queue;
	struct event *timer;
	struct waiting last;
	struct stall stall;
};

static void ask_later(struct backlog *backlog)
{
	const struct timeval wait = {ASK_EVERY_S, 0};

	evtimer_add(backlog->timer, &wait);
}

static bool is_answer(const redisReply *reply)
{
	if (!reply || reply->type != REDIS_REPLY_ARRAY || reply->elements != 5)
		return false;
	for (size_t i = 0; i < reply->elements; i++)
		if (reply->element[i]->type != REDIS_REPLY_INTEGER)
			return false;
	return true;
}

/* Converts an age in ms, -1 where nothing waits, to seconds. */
static double seconds(long long age)
{
	return age < 0 ? 0 : (double)age / 1000;
}

static void on_answer(void *arg, const redisReply *reply)
{
	struct backlog *backlog = arg;
	struct waiting *last = &backlog->last;

	*last = unknown;
	ask_later(backlog);
	if (!reply)
		stall_begin(&backlog->stall, clock_ms());
	if (!is_answer(reply))
		return;
	stall_look(&backlog->stall, reply->element[0]->integer, backlog->queue->metrics->settled,
		   reply->element[3]->integer, clock_ms());
	last->entries = reply->element[0]->integer;
	last->pending = reply->element[1]->integer;
	last->held = reply->element[2]->integer;
	last->oldest = seconds(reply->element[3]->integer);
	if (last->held >= 0)
		last->oldest_held = seconds(reply->element[4]->integer);
}

static void on_time(evutil_socket_t unused, short what, void *arg)
{
	struct backlog *backlog = arg;
	const enum key keys[] = {backlog->queue->stream, KEY_HELD};
	unsigned count = backlog->queue->stream == KEY_SUBMITTED ? 2 : 1;
	struct resp command = {0};

	(void)unused, (void)what;
	queue_script(backlog->queue, &command, SCRIPT_GAUGES, keys, count);
	resp_string(&command, backlog->queue->group);
	session_call(backlog->queue->session, LANE_WORK, &command, on_answer, backlog);
}

struct waiting backlog_waiting(const struct backlog *backlog)
{
	return backlog->last;
}

bool backlog_is_stalled(const struct backlog *backlog)
{
	return session_is_up(backlog->queue->session) && stall_is(&backlog->stall, clock_ms());
}

struct backlog *backlog_new(struct event_base *base, const struct queue *queue,
			    int64_t stalled_after)
{
	struct backlog *backlog = calloc(1, sizeof *backlog);

	if (!backlog || !(backlog->timer = evtimer_new(base, on_time, backlog))) {
		free(backlog);
		return NULL;
	}
	backlog->queue = queue;
	backlog->last = unknown;
	backlog->stall.after = stalled_after;
	stall_begin(&backlog->stall, clock_ms());
	ask_later(backlog);
	return backlog;
}

void backlog_free(struct backlog *backlog)
{
	if (!backlog)
		return;
	event_free(backlog->timer);
	free(backlog);
}
