#include "redis/call.h"

#include <event2/event.h>
#include <hiredis/hiredis.h>
#include <stdlib.h>
#include "redis/backoff.h"

struct call {
	struct session *session;
	enum lane lane;
	struct resp command;
	reply_fn *done;
	void *arg;
	struct event *retry;
	unsigned tries;
	struct call *next, **link; /* `link` is what points at this one */
};

/* Ends a call: out of the list first, since `done` may do anything. */
static void finish(struct call *call, const redisReply *reply)
{
	*call->link = call->next;
	if (call->next)
		call->next->link = call->link;
	call->done(call->arg, reply);
	event_free(call->retry);
	resp_free(&call->command);
	free(call);
}

static void wait_and_retry(struct call *call)
{
	const struct timeval wait = backoff(call->tries++);

	evtimer_add(call->retry, &wait);
}

static void on_answer(void *arg, const redisReply *reply);

static void send_again(struct call *call)
{
	struct connection *redis = session_redis(call->session, call->lane);

	if (!redis || !connection_send(redis, &call->command, on_answer, call))
		finish(call, NULL);
}

static void on_retry(evutil_socket_t unused, short what, void *arg)
{
	(void)unused, (void)what;
	send_again(arg);
}

/* Puts right what is missing, on the same connection and so in time for the next try. What
 * is missing again at once is waited for like the rest. */
static void mend(struct call *call, unsigned (*mending)(struct session *, struct connection *))
{
	struct connection *redis = session_redis(call->session, call->lane);

	if (redis)
		mending(call->session, redis);
	if (call->tries++)
		wait_and_retry(call);
	else
		send_again(call);
}

static void on_answer(void *arg, const redisReply *reply)
{
	struct call *call = arg;
	enum fault fault = fault_of(reply);

	if (fault == FAULT_NONE || fault == FAULT_LOST) {
		/* What goes through unrefused says nothing of what was refused. */
		if (fault == FAULT_NONE && call->tries)
			session_well(call->session, call->lane);
		finish(call, reply);
		return;
	}
	session_trouble(call->session, call->lane, fault, reply->str);
	if (fault == FAULT_READONLY || fault == FAULT_MOVED) {
		session_restart(call->session, reply->str); /* which gives this call up too */
	} else if (fault == FAULT_NOSCRIPT) {
		mend(call, session_load_scripts);
	} else if (fault == FAULT_NOGROUP) {
		mend(call, session_make_groups);
	} else {
		wait_and_retry(call);
	}
}

bool call_send(struct session *session, struct event_base *base, struct call **calls,
	       enum lane lane, struct resp *command, reply_fn *done, void *arg)
{
	struct call *call = calloc(1, sizeof *call);

	if (!call || !(call->retry = evtimer_new(base, on_retry, call)) ||
	    !connection_send(session_redis(session, lane), command, on_answer, call)) {
		if (call && call->retry)
			event_free(call->retry);
		free(call);
		return false;
	}
	call->session = session;
	call->lane = lane;
	call->command = *command;
	*command = (struct resp){0};
	call->done = done;
	call->arg = arg;
	call->next = *calls;
	call->link = calls;
	if (call->next)
		call->next->link = &call->next;
	*calls = call;
	return true;
}

void calls_give_up(struct call **calls)
{
	while (*calls) /* each takes itself out of the list, which the analyzer does not see */
		finish(*calls, NULL); /* NOLINT(clang-analyzer-unix.Malloc) */
}
