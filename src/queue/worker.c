#include "queue/worker.h"

#include <event2/event.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "queue/desk.h"
#include "queue/intake.h"
#include "queue/metrics.h"
#include "queue/notify.h"
#include "queue/reclaim.h"
#include "queue/reload.h"
#include "queue/session.h"
#include "rules/problems.h"
#include "rules/ruleset.h"

/* How long a read blocks: so often is an idle Redis heard of. */
enum { BLOCK_MS = 5000 };

/* What is going on. Down: no Redis; all else needs it. */
enum stage { STAGE_DOWN, STAGE_RECOVERING, STAGE_WORKING, STAGE_STOPPING, STAGE_SWEEPING };

struct worker {
	struct worker_options options;
	struct event_base *base;
	struct metrics metrics;
	struct session *session;
	struct desk *desk;
	struct intake *intake;
	struct reclaim *reclaim;
	struct reload *reload;
	struct event *term, *interrupt, *hup, *pipe, *claim, *watchdog, *grace;
	enum stage stage;
	bool ready;    /* systemd has been told */
	bool stopping; /* asked to */
};

static struct timeval milliseconds(int64_t ms)
{
	return (struct timeval){ms / 1000, ms % 1000 * 1000};
}

static void tell_status(const struct worker *worker)
{
	notify("STATUS=%s, rules %s", worker->stage == STAGE_DOWN ? "waiting for Redis" : "judging",
	       ruleset_id(desk_rules(worker->desk)));
}

/* Stopping: no more is read; what is in hand is settled; a last look at what Redis handed us
 * while we hung up; then we leave. */

static void leave(struct worker *worker)
{
	event_base_loopbreak(worker->base);
}

static bool is_idle(const struct worker *worker)
{
	return !desk_in_hand(worker->desk) && !reclaim_is_busy(worker->reclaim);
}

static void sweep_when_idle(struct worker *worker)
{
	if (worker->stage != STAGE_STOPPING || !is_idle(worker))
		return;
	worker->stage = STAGE_SWEEPING;
	reclaim_round(worker->reclaim, RECLAIM_OWN);
}

static void on_intake_stopped(void *arg)
{
	struct worker *worker = arg;

	if (worker->stage == STAGE_STOPPING && is_idle(worker))
		sweep_when_idle(worker);
}

static void stop(struct worker *worker, const char *why)
{
	const struct timeval grace = milliseconds(worker->options.grace);

	if (worker->stopping) { /* told twice: at once */
		leave(worker);
		return;
	}
	log_event(LOG_INFO, "duyetd", "stopping signal=%s in-hand=%zu", why,
		  desk_in_hand(worker->desk));
	notify("STOPPING=1");
	worker->stopping = true;
	if (worker->stage == STAGE_DOWN) {
		leave(worker);
		return;
	}
	evtimer_add(worker->grace, &grace);
	worker->stage = STAGE_STOPPING;
	if (!intake_stop(worker->intake))
		sweep_when_idle(worker);
}

static void on_grace(evutil_socket_t unused, short what, void *arg)
{
	struct worker *worker = arg;

	(void)unused, (void)what;
	log_event(LOG_WARNING, "duyetd", "leaving with work in hand, which stays pending batches=%zu",
		  desk_in_hand(worker->desk));
	leave(worker);
}

static void on_stop_signal(evutil_socket_t signal, short what, void *arg)
{
	(void)what;
	stop(arg, signal == SIGTERM ? "TERM" : "INT");
}

/* Redis comes and goes. */

static void on_round_finished(void *arg, struct reclaim *reclaim)
{
	struct worker *worker = arg;

	(void)reclaim;
	if (!session_is_up(worker->session))
		return;
	if (worker->stage == STAGE_RECOVERING) {
		worker->stage = STAGE_WORKING;
		intake_start(worker->intake);
		event_active(worker->claim, EV_TIMEOUT, 0);
	} else if (worker->stage == STAGE_SWEEPING) {
		leave(worker);
	} else {
		sweep_when_idle(worker);
	}
}

static void on_up(void *arg)
{
	struct worker *worker = arg;

	worker->stage = STAGE_RECOVERING;
	reclaim_round(worker->reclaim, RECLAIM_OWN);
	if (!worker->ready)
		notify("READY=1");
	worker->ready = true;
	tell_status(worker);
}

static void on_down(void *arg)
{
	struct worker *worker = arg;

	worker->stage = STAGE_DOWN;
	desk_drop(worker->desk);
	if (worker->stopping)
		leave(worker);
	tell_status(worker);
}

static void on_claim_time(evutil_socket_t unused, short what, void *arg)
{
	enum { LEAST_MS = 250, MOST_MS = 10000 };
	struct worker *worker = arg;
	int64_t every = worker->options.claim_after / 4;
	const struct timeval next =
		milliseconds(every < LEAST_MS ? LEAST_MS : every > MOST_MS ? MOST_MS : every);

	(void)unused, (void)what;
	evtimer_add(worker->claim, &next);
	if (worker->stage == STAGE_WORKING)
		reclaim_round(worker->reclaim, RECLAIM_IDLE);
}

static void on_watchdog(evutil_socket_t unused, short what, void *arg)
{
	(void)unused, (void)what, (void)arg;
	notify("WATCHDOG=1");
}

static void take_batch(void *arg, struct batch *batch)
{
	struct worker *worker = arg;

	desk_take(worker->desk, batch);
}

/* Rules. */

static void on_hup(evutil_socket_t unused, short what, void *arg)
{
	struct worker *worker = arg;

	(void)unused, (void)what;
	notify_reloading();
	log_event(LOG_INFO, "rules", "loading from=%s", worker->options.rules);
	reload_start(worker->reload);
}

static void tell_problems(const struct problems *problems)
{
	size_t count = 0;
	const struct problem *list = problems ? problems_list(problems, &count) : NULL;

	for (size_t i = 0; i < count; i++) {
		char about[LOG_LINE / 2];
		const struct place *place = &list[i].place;

		if (list[i].severity == PROBLEM_HINT)
			continue;
		snprintf(about, sizeof about, "%s:%zu:%zu", place->file, place->line, place->column);
		log_event(list[i].severity == PROBLEM_ERROR ? LOG_ERROR : LOG_WARNING, about, "%s",
			  list[i].message);
	}
}

static void on_reloaded(void *arg, struct ruleset *rules, const struct problems *problems)
{
	struct worker *worker = arg;
	const struct ruleset *old = desk_rules(worker->desk);

	tell_problems(problems);
	if (!rules) {
		worker->metrics.reload_failures++;
		log_event(LOG_ERROR, "rules", "not loaded, the old ones stay ruleset=%s",
			  ruleset_id(old));
		notify("READY=1\nSTATUS=the new rules did not load; judging by the old, %s",
		       ruleset_id(old));
		return;
	}
	char *diff = ruleset_diff(old, rules);

	worker->metrics.reloads++;
	log_event(LOG_INFO, "rules", "loaded old=%s ruleset=%s rules=%zu %s", ruleset_id(old),
		  ruleset_id(rules), ruleset_count(rules), diff && *diff ? diff : "changed=none");
	free(diff);
	desk_change_rules(worker->desk, rules);
	notify("READY=1");
	tell_status(worker);
}

/* Building up, and taking down in the reverse order. */

static bool make_queue(struct worker *worker, struct ruleset *rules)
{
	const struct worker_options *options = &worker->options;
	const struct session_options session = {
		.endpoint = options->endpoint, .password_file = options->password_file,
		.group = options->group, .keys = options->keys, .timeout = options->timeout,
		.block = BLOCK_MS, .metrics = &worker->metrics,
		.up = on_up, .down = on_down, .arg = worker,
	};
	const struct settle_options settle = {options->keep, options->keep_rejected};
	const struct intake_options intake = {
		.consumer = options->consumer, .batch = (size_t)options->batch,
		.in_flight = (size_t)options->in_flight, .block = BLOCK_MS,
		.reviews = take_batch, .stopped = on_intake_stopped, .arg = worker,
	};
	const struct reclaim_options reclaim = {
		.stream = KEY_SUBMITTED, .consumer = options->consumer,
		.claim_after = options->claim_after, .max_deliveries = options->max_deliveries,
		.take = take_batch, .finished = on_round_finished, .arg = worker,
	};

	worker->session = session_open(worker->base, &session);
	if (worker->session)
		worker->desk = desk_new(worker->base, worker->session, &settle, rules);
	if (!worker->desk) {
		ruleset_free(rules);
		return false;
	}
	worker->intake = intake_new(worker->session, worker->desk, &intake);
	worker->reclaim = reclaim_new(worker->session, &reclaim);
	worker->reload = reload_new(worker->base, options->rules, on_reloaded, worker);
	return worker->intake && worker->reclaim && worker->reload;
}

static bool make_events(struct worker *worker)
{
	struct event_base *base = worker->base;
	int64_t watchdog = notify_watchdog();
	const struct timeval half = milliseconds(watchdog / 2);

	worker->term = evsignal_new(base, SIGTERM, on_stop_signal, worker);
	worker->interrupt = evsignal_new(base, SIGINT, on_stop_signal, worker);
	worker->hup = evsignal_new(base, SIGHUP, on_hup, worker);
	worker->claim = evtimer_new(base, on_claim_time, worker);
	worker->grace = evtimer_new(base, on_grace, worker);
	worker->watchdog = event_new(base, -1, EV_PERSIST, on_watchdog, worker);
	if (!worker->term || !worker->interrupt || !worker->hup || !worker->claim ||
	    !worker->grace || !worker->watchdog)
		return false;
	if (watchdog)
		event_add(worker->watchdog, &half);
	return !event_add(worker->term, NULL) && !event_add(worker->interrupt, NULL) &&
	       !event_add(worker->hup, NULL);
}

static void take_down(struct worker *worker)
{
	struct event *const events[] = {worker->watchdog, worker->grace,     worker->claim,
					worker->hup,	  worker->interrupt, worker->term};

	for (size_t i = 0; i < sizeof events / sizeof events[0]; i++)
		if (events[i])
			event_free(events[i]);
	reload_free(worker->reload);
	session_hang_up(worker->session);
	desk_drop(worker->desk);
	reclaim_free(worker->reclaim);
	intake_free(worker->intake);
	desk_free(worker->desk);
	session_free(worker->session);
	event_base_loop(worker->base, EVLOOP_NONBLOCK); /* the connections' burial */
	event_base_free(worker->base);
}

enum exit_status worker_run(const struct worker_options *options, struct ruleset *rules)
{
	struct worker worker = {.options = *options, .base = event_base_new()};
	enum exit_status status = EXIT_UNUSABLE;

	signal(SIGPIPE, SIG_IGN);
	if (!worker.base) {
		ruleset_free(rules);
		return EXIT_UNUSABLE;
	}
	log_event(LOG_INFO, "rules", "loaded from=%s ruleset=%s rules=%zu", options->rules,
		  ruleset_id(rules), ruleset_count(rules));
	if (make_queue(&worker, rules) && make_events(&worker)) {
		event_base_dispatch(worker.base);
		status = EXIT_DONE;
	} else {
		log_event(LOG_ERROR, "duyetd", "cannot start: out of memory or of files");
	}
	take_down(&worker);
	log_event(LOG_INFO, "duyetd", "left status=%d", status);
	return status;
}
