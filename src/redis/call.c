#include "redis/call.h"

#include <event2/event.h>
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/log.h"

/* From id 0 and not from the end: comments submitted before the group existed are judged too.
 * Settled entries are deleted, so nothing is judged twice. */
unsigned setup_create_group(const struct setup *setup, struct connection *connection,
			    reply_fn *done, void *arg)
{
	struct resp command = {0};
	unsigned sent;

	resp_begin(&command);
	resp_words(&command, "XGROUP CREATE");
	resp_string(&command, setup->stream);
	resp_string(&command, setup->group);
	resp_words(&command, "0 MKSTREAM");
	sent = connection_send(connection, &command, done, arg);
	resp_free(&command);
	return sent;
}

unsigned setup_load_scripts(const struct setup *setup, struct connection *connection,
			    reply_fn *done, void *arg)
{
	struct resp command = {0};
	unsigned sent = 0;

	for (size_t i = 0; i < setup->script_count; i++) {
		resp_begin(&command);
		resp_words(&command, "SCRIPT LOAD");
		resp_string(&command, setup->scripts[i].text);
		sent += connection_send(connection, &command, done, arg);
	}
	resp_free(&command);
	return sent;
}

const char *setup_name_key(const struct setup *setup, const char *error, char *text, size_t size)
{
	if (strcmp(error, "WRONGTYPE Operation against a key holding the wrong kind of value") != 0)
		return error;
	snprintf(text, size, "%s (%s)", error, setup->stream);
	return text;
}

struct call {
	struct calls *calls;
	enum lane lane;
	struct resp command;
	reply_fn *done;
	refused_fn *refused; /* NULL: not to be called, or not any more */
	bool is_work;	     /* `refused` was given */
	void *arg;
	struct event *retry;
	unsigned tries;
	struct call *next, **link; /* `link` is the pointer to this one */
};

/* Whether the fault was logged and is not over. */
static bool is_logged(const struct calls *calls, enum fault fault)
{
	return (calls->logged[LANE_WORK] | calls->logged[LANE_READ]) & 1U << fault;
}

/* Once for each fault, until it is over. */
static void log_fault(struct calls *calls, enum lane lane, enum fault fault, const char *why)
{
	const char *advice = fault == FAULT_CROSSSLOT
				     ? " advice=\"give the prefix a {hash tag}: it keeps all "
				       "keys in one slot\""
				     : "";
	bool logged = is_logged(calls, fault);

	calls->logged[lane] |= 1U << fault;
	if (logged)
		return;
	log_event(LOG_WARNING, calls->about, "refuses fault=%s error=%s%s", fault_name(fault),
		  log_quote(calls->refusal, why, strlen(why)), advice);
	calls->refusing(calls->arg);
}

static void log_success(struct calls *calls, enum lane lane)
{
	unsigned over = calls->logged[lane];

	if (!over)
		return;
	calls->logged[lane] = 0;
	for (enum fault fault = 0; fault < FAULTS; fault++)
		if (over & 1U << fault && !is_logged(calls, fault))
			log_event(LOG_INFO, calls->about, "accepts commands again fault=%s",
				  fault_name(fault));
	if (!calls->logged[LANE_WORK] && !calls->logged[LANE_READ]) {
		calls->refusal[0] = '\0';
		calls->refusing(calls->arg);
	}
}

/* Ends a call. Removes it from the list first, since `done` may do anything. */
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
	refused_fn *refused = call->refused;

	call->refused = NULL;
	if (evtimer_add(call->retry, &wait)) {
		call->calls->restart(call->calls->arg, "out of memory"); /* gives this call up */
		return;
	}
	if (refused)
		refused(call->arg);
}

static void on_reply(void *arg, const redisReply *reply);

static void send_again(struct call *call)
{
	struct connection *connection = call->calls->connections[call->lane];

	if (!connection || !connection_send(connection, &call->command, on_reply, call))
		finish(call, NULL);
}

static void on_retry(evutil_socket_t unused, short what, void *arg)
{
	(void)unused, (void)what;
	send_again(arg);
}

static void count_and_log(struct calls *calls, enum lane lane, enum fault fault, const char *why)
{
	char named[LOG_QUOTED];

	calls->counters->faults[fault]++;
	log_fault(calls, lane, fault, setup_name_key(calls->setup, why, named, sizeof named));
}

/* Logs why the repair failed: the repeated call shows only that it has. Another connection may have
 * created the group already. */
static void on_restored(void *arg, const redisReply *reply)
{
	struct calls *calls = arg;
	enum fault fault = fault_of(reply);
	enum lane refused = calls->logged[LANE_READ] ? LANE_READ : LANE_WORK;

	if (fault != FAULT_NONE && fault != FAULT_LOST && calls->logged[refused] &&
	    strncmp(reply->str, "BUSYGROUP", 9) != 0)
		count_and_log(calls, refused, fault, reply->str);
}

typedef unsigned restore_fn(const struct setup *setup, struct connection *connection,
			    reply_fn *done, void *arg);

/* Creates the missing group or loads the missing scripts, on the same connection and so before the
 * next try. When they are missing again at once, the call waits like any other. */
static void restore(struct call *call, restore_fn *restoring)
{
	struct connection *connection = call->calls->connections[call->lane];

	if (connection)
		restoring(call->calls->setup, connection, on_restored, call->calls);
	if (call->tries++)
		wait_and_retry(call);
	else
		send_again(call);
}

static void on_fault(struct call *call, enum fault fault, const char *why)
{
	count_and_log(call->calls, call->lane, fault, why);
	if (fault == FAULT_READONLY || fault == FAULT_MOVED)
		call->calls->restart(call->calls->arg, why); /* which gives this call up too */
	else if (fault == FAULT_NOSCRIPT)
		restore(call, setup_load_scripts);
	else if (fault == FAULT_NOGROUP)
		restore(call, setup_create_group);
	else
		wait_and_retry(call);
}

static void on_reply(void *arg, const redisReply *reply)
{
	struct call *call = arg;
	enum fault fault = fault_of(reply);

	if (fault != FAULT_NONE && fault != FAULT_LOST) {
		on_fault(call, fault, reply->str);
		return;
	}
	if (fault == FAULT_NONE && call->is_work)
		call->calls->worked = true;
	/* The success of a command that was never refused does not show that the fault is over. */
	if (fault == FAULT_NONE && call->tries)
		log_success(call->calls, call->lane);
	finish(call, reply);
}

static void add(struct calls *calls, struct call *call)
{
	call->next = calls->first;
	call->link = &calls->first;
	if (call->next)
		call->next->link = &call->next;
	calls->first = call;
}

bool call_send(struct calls *calls, enum lane lane, struct resp *command, reply_fn *done,
	       refused_fn *refused, void *arg)
{
	struct call *call = calloc(1, sizeof *call);

	if (!call || !(call->retry = evtimer_new(calls->base, on_retry, call)) ||
	    !connection_send(calls->connections[lane], command, on_reply, call)) {
		if (call && call->retry)
			event_free(call->retry);
		free(call);
		return false;
	}
	call->calls = calls;
	call->lane = lane;
	call->command = *command;
	*command = (struct resp){0};
	call->done = done;
	call->refused = refused;
	call->is_work = refused;
	call->arg = arg;
	add(calls, call);
	return true;
}

void calls_give_up(struct calls *calls)
{
	while (calls->first) /* each call removes itself from the list, which the analyzer does not
				see */
		finish(calls->first, NULL); /* NOLINT(clang-analyzer-unix.Malloc) */
}
