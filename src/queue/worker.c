#include "queue/worker.h"

#include <event2/event.h>
#include <signal.h>
#include <stdbool.h>
#include "base/clock.h"
#include "base/log.h"
#include "base/loop.h"
#include "monitor/metrics.h"
#include "monitor/metrics_http.h"
#include "monitor/sd_notify.h"
#include "queue/aof_rewrite.h"
#include "queue/backlog.h"
#include "queue/dead_letter.h"
#include "queue/flow.h"
#include "queue/expiry.h"
#include "queue/judging.h"
#include "queue/reload.h"
#include "queue/review.h"
#include "rules/ruleset.h"

/* How many times --claim-after may pass without progress: entries of a consumer that died are
 * settled after one. */
enum { STALLED_AFTER_CLAIMS = 2 };

/*
 * Two flows (queue/flow.h), each with connections of its own:
 *
 *	SUBMISSIONS  comments:submitted ─> judging ── settle.lua ─> comments:verdicts …
 *	REVIEWS      comments:review ────> review ─── review.lua ─> comments:verdicts …
 *
 * Whether the daemon is ready, and what systemd and /readyz report, depends on the submissions
 * alone. A signal stops both, and the daemon exits when both have ended. After a second signal, or
 * at the end of --grace, it exits at once; what is unfinished stays pending in Redis.
 */
enum { SUBMISSIONS, REVIEWS, FLOWS };

struct worker {
	struct worker_options options;
	struct event_base *base;
	struct metrics metrics;
	struct flow *flows[FLOWS];
	struct judging *judging;
	struct reviews *reviews;
	struct hold_expiry *hold_expiry;
	struct retention *retention;
	struct dead_log *dead_log;
	struct reload *reload;
	struct aof_rewrite *aof_rewrite;
	struct backlog *backlogs[FLOWS]; /* NULL unless metrics are served */
	struct metrics_http *http;	 /* the same */
	struct event *term, *interrupt, *hup, *watchdog, *grace;
	unsigned running; /* flows that have not ended */
	bool stopping;
	bool ready;	    /* READY=1 was sent since the start or the last reload */
	bool rules_refused; /* by the last reload */
};

static struct session *session_of(const struct worker *worker, int flow)
{
	return flow_queue(worker->flows[flow])->session;
}

/* The daemon is ready after its first attempt to connect, also when that failed: it then waits
 * for Redis as long as necessary, and systemd need not wait too. */
static void notify_status(void *arg)
{
	struct worker *worker = arg;
	const struct session *session = session_of(worker, SUBMISSIONS);
	const char *error = session_error(session);
	const char *state = !session_is_up(session)		       ? "waiting for Redis: "
			    : *error				       ? "Redis refuses commands: "
			    : judging_awaits_replicas(worker->judging) ? "waiting for replicas"
								       : "judging";

	sd_notify("%sSTATUS=%s%s, rules %s%s", worker->ready ? "" : "READY=1\n", state, error,
		  ruleset_id(judging_rules(worker->judging)),
		  worker->rules_refused ? "; the new rules did not load" : "");
	worker->ready = true;
}

static void on_submissions_changed(void *arg)
{
	struct worker *worker = arg;

	if (session_is_up(session_of(worker, SUBMISSIONS)))
		aof_rewrite_check(worker->aof_rewrite);
	notify_status(worker);
}

/* Stopping. */

static void leave(struct worker *worker)
{
	event_base_loopbreak(worker->base);
}

static void on_ended(void *arg)
{
	struct worker *worker = arg;

	if (!--worker->running)
		leave(worker);
}

static size_t in_hand(const struct worker *worker)
{
	size_t batches = 0;

	for (int i = 0; i < FLOWS; i++)
		batches += flow_queue(worker->flows[i])->in_hand;
	return batches;
}

static void stop(struct worker *worker, const char *why)
{
	const struct timeval grace = clock_timeval(worker->options.grace);

	if (worker->stopping) { /* the second signal: at once */
		leave(worker);
		return;
	}
	log_event(LOG_INFO, "duyetd", "stopping signal=%s in-hand=%zu", why, in_hand(worker));
	sd_notify("STOPPING=1");
	worker->stopping = true;
	evtimer_add(worker->grace, &grace);
	for (int i = 0; i < FLOWS; i++)
		flow_stop(worker->flows[i]);
}

static void on_grace(evutil_socket_t unused, short what, void *arg)
{
	struct worker *worker = arg;
	size_t batches = in_hand(worker);

	(void)unused, (void)what;
	if (batches)
		log_event(LOG_WARNING, "duyetd",
			  "exiting with unfinished work, which stays pending batches=%zu", batches);
	else
		log_event(LOG_WARNING, "duyetd", "exiting without a reply from Redis");
	leave(worker);
}

static void on_stop_signal(evutil_socket_t signal, short what, void *arg)
{
	(void)what;
	stop(arg, signal == SIGTERM ? "TERM" : "INT");
}

/* Other signals and timers. */

static void on_watchdog(evutil_socket_t unused, short what, void *arg)
{
	(void)unused, (void)what, (void)arg;
	sd_notify("WATCHDOG=1");
}

static void on_reloaded(void *arg, bool loaded)
{
	struct worker *worker = arg;

	worker->rules_refused = !loaded;
	worker->ready = false;
	notify_status(worker);
}

static void on_hup(evutil_socket_t unused, short what, void *arg)
{
	struct worker *worker = arg;

	(void)unused, (void)what;
	reload_start(worker->reload);
}

/* Construction, and destruction in the reverse order. */

static struct flow_options flow_options(struct worker *worker)
{
	const struct worker_options *options = &worker->options;

	return (struct flow_options){
		.queue = {.keys = options->keys,
			  .group = options->group,
			  .consumer = options->consumer,
			  .metrics = &worker->metrics,
			  .dead_log = worker->dead_log},
		.endpoint = options->endpoint,
		.password_file = options->password_file,
		.timeout_ms = options->timeout,
		.claim_after_ms = options->claim_after,
		.max_deliveries = options->max_deliveries,
		.ended = on_ended,
		.arg = worker,
	};
}

/* Reviews are handled one at a time, so few are read ahead. */
static bool make_flows(struct worker *worker)
{
	enum { REVIEW_BATCH = 8 };
	struct flow_options submissions = flow_options(worker), reviews = submissions;

	submissions.queue.stream = KEY_SUBMITTED;
	submissions.about = "redis";
	submissions.counters = &worker->metrics.redis;
	submissions.batch = (size_t)worker->options.batch;
	submissions.in_flight = (size_t)worker->options.in_flight;
	submissions.linger_ms = worker->options.linger;
	submissions.changed = on_submissions_changed;
	submissions.refusing = notify_status;
	reviews.queue.stream = KEY_REVIEW;
	reviews.about = "redis for reviews";
	reviews.counters = &worker->metrics.review_redis;
	reviews.batch = REVIEW_BATCH;
	reviews.in_flight = 1;
	worker->flows[SUBMISSIONS] = flow_new(worker->base, &submissions);
	worker->flows[REVIEWS] = flow_new(worker->base, &reviews);
	worker->running = FLOWS;
	return worker->flows[SUBMISSIONS] && worker->flows[REVIEWS];
}

static struct settle_options settle_options(const struct worker_options *options)
{
	return (struct settle_options){options->keep, options->keep_rejected, options->keep_stats,
				       options->keep_approved};
}

static bool make_handlers(struct worker *worker, struct ruleset *rules)
{
	const struct worker_options *options = &worker->options;
	struct queue *submissions = flow_queue(worker->flows[SUBMISSIONS]);
	struct queue *reviews = flow_queue(worker->flows[REVIEWS]);
	const struct judging_options judging = {
		.settle = settle_options(options),
		.replicas = options->wait_replicas,
		.wait_ms = options->timeout / 2,
		.lag = notify_status,
		.arg = worker,
	};

	worker->judging = judging_new(worker->base, submissions, &judging, rules);
	worker->reviews = reviews_new(worker->base, reviews, &judging.settle);
	submissions->handler = (struct handler){judging_add, judging_drop, worker->judging};
	reviews->handler = (struct handler){reviews_add, reviews_drop, worker->reviews};
	return worker->judging && worker->reviews;
}

static bool make_queue(struct worker *worker, struct ruleset *rules)
{
	const struct worker_options *options = &worker->options;
	const struct reload_options reload = {
		.directory = options->rules, .finished = on_reloaded, .arg = worker};
	const struct settle_options settle = settle_options(options);
	bool made;

	worker->dead_log = dead_log_new(worker->base);
	made = worker->dead_log && make_flows(worker) && make_handlers(worker, rules);

	if (!worker->judging)
		ruleset_free(rules);
	if (!made)
		return false;
	worker->reload = reload_new(worker->base, &reload, worker->judging, &worker->metrics);
	if (options->hold_for)
		worker->hold_expiry =
			hold_expiry_new(worker->base, flow_queue(worker->flows[SUBMISSIONS]),
					options->hold_for, options->hold_then, &settle);
	worker->retention =
		retention_new(worker->base, flow_queue(worker->flows[SUBMISSIONS]), &settle);
	worker->aof_rewrite = aof_rewrite_new(worker->base, session_of(worker, SUBMISSIONS));
	return worker->reload && worker->aof_rewrite && worker->retention &&
	       (worker->hold_expiry || !options->hold_for);
}

static void mask_hup(int how)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	pthread_sigmask(how, &set, NULL);
}

void worker_hold_hup(void)
{
	mask_hup(SIG_BLOCK);
}

static bool make_events(struct worker *worker)
{
	struct event_base *base = worker->base;
	int64_t watchdog = sd_notify_watchdog_ms();
	const struct timeval half = clock_timeval(watchdog / 2);

	worker->term = evsignal_new(base, SIGTERM, on_stop_signal, worker);
	worker->interrupt = evsignal_new(base, SIGINT, on_stop_signal, worker);
	worker->hup = evsignal_new(base, SIGHUP, on_hup, worker);
	worker->grace = evtimer_new(base, on_grace, worker);
	worker->watchdog = event_new(base, -1, EV_PERSIST, on_watchdog, worker);
	if (!worker->term || !worker->interrupt || !worker->hup || !worker->grace ||
	    !worker->watchdog)
		return false;
	if (watchdog)
		event_add(worker->watchdog, &half);
	if (event_add(worker->term, NULL) || event_add(worker->interrupt, NULL) ||
	    event_add(worker->hup, NULL))
		return false;
	mask_hup(SIG_UNBLOCK);
	return true;
}

static const char *why_not_ready(void *arg)
{
	const struct worker *worker = arg;

	if (!session_is_up(session_of(worker, SUBMISSIONS)))
		return "waiting for Redis";
	return backlog_is_stalled(worker->backlogs[SUBMISSIONS])
		       ? "comments wait and none is settled"
		       : NULL;
}

static void on_gauges(void *arg, struct gauges *gauges)
{
	const struct worker *worker = arg;

	struct waiting submissions = backlog_waiting(worker->backlogs[SUBMISSIONS]);
	struct waiting reviews = backlog_waiting(worker->backlogs[REVIEWS]);

	*gauges = (struct gauges){
		.up = session_is_up(session_of(worker, SUBMISSIONS)),
		.reviews_up = session_is_up(session_of(worker, REVIEWS)),
		.stalled = backlog_is_stalled(worker->backlogs[SUBMISSIONS]),
		.rules = judging_rules(worker->judging),
		.backlog = submissions.entries,
		.pending = submissions.pending,
		.held = submissions.held,
		.oldest = submissions.oldest,
		.oldest_held = submissions.oldest_held,
		.reviews = reviews.entries,
		.oldest_review = reviews.oldest,
	};
}

static bool make_http(struct worker *worker)
{
	const struct metrics_http_options options = {
		.metrics = &worker->metrics,
		.why_not_ready = why_not_ready,
		.gauges = on_gauges,
		.arg = worker,
	};
	struct address *address = &worker->options.metrics;
	const char *why = "out of memory";

	if (!*address->host)
		return true;
	for (int i = 0; i < FLOWS; i++)
		worker->backlogs[i] =
			backlog_new(worker->base, flow_queue(worker->flows[i]),
				    STALLED_AFTER_CLAIMS * worker->options.claim_after);
	if (worker->backlogs[SUBMISSIONS] && worker->backlogs[REVIEWS])
		worker->http = metrics_http_new(worker->base, address, &options, &why);
	if (worker->http)
		log_event(LOG_INFO, "metrics", "listening address=%s port=%u", address->host,
			  address->port);
	else
		log_event(LOG_ERROR, "metrics",
			  "cannot listen: give --metrics a free address of this machine "
			  "address=%s port=%u error=\"%s\"",
			  address->host, address->port, why);
	return worker->http;
}

static void take_down(struct worker *worker)
{
	struct event *const events[] = {worker->watchdog, worker->grace, worker->hup,
					worker->interrupt, worker->term};

	for (size_t i = 0; i < sizeof events / sizeof events[0]; i++)
		if (events[i])
			event_free(events[i]);
	reload_free(worker->reload);
	for (int i = 0; i < FLOWS; i++)
		flow_disconnect(worker->flows[i]);
	metrics_http_free(worker->http);
	for (int i = 0; i < FLOWS; i++)
		backlog_free(worker->backlogs[i]);
	hold_expiry_free(worker->hold_expiry);
	retention_free(worker->retention);
	aof_rewrite_free(worker->aof_rewrite);
	reviews_free(worker->reviews);
	judging_free(worker->judging);
	for (int i = 0; i < FLOWS; i++)
		flow_free(worker->flows[i]);
	dead_log_free(worker->dead_log);
	event_base_loop(worker->base, EVLOOP_NONBLOCK); /* frees the connections */
	event_base_free(worker->base);
	metrics_free(&worker->metrics);
}

static void on_never(evutil_socket_t unused, short what, void *arg)
{
	(void)unused, (void)what, (void)arg;
}

/* libevent allocates when more timers are pending than ever before. A timer that it cannot set
 * never fires: the daemon would not judge any more, or not reconnect. So it gets room for all at
 * the start, and keeps it. More timers are pending only when Redis refuses a thousand commands and
 * each waits for its next try; redis/call.c handles that. */
static bool reserve_timers(struct event_base *base)
{
	enum { TIMERS = 1024, LATER_S = 3600 };
	const struct timeval later = {LATER_S, 0};
	struct event *timers[TIMERS] = {0};
	bool made = true;

	for (int i = 0; i < TIMERS && made; i++) {
		timers[i] = evtimer_new(base, on_never, NULL);
		made = timers[i] && !evtimer_add(timers[i], &later);
	}
	for (int i = 0; i < TIMERS; i++)
		if (timers[i])
			event_free(timers[i]);
	return made;
}

enum exit_status worker_run(const struct worker_options *options, struct ruleset *rules)
{
	struct worker worker = {.options = *options, .base = event_base_new()};
	enum exit_status status = EXIT_UNAVAILABLE;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a log file at its largest size loses lines */
	metrics_init(&worker.metrics);
	if (!worker.base || event_base_priority_init(worker.base, LOOP_PRIORITIES) ||
	    !reserve_timers(worker.base)) {
		log_event(LOG_ERROR, "duyetd",
			  "cannot start: no event loop, out of memory or descriptors");
		ruleset_free(rules);
		return EXIT_UNAVAILABLE;
	}
	log_event(LOG_INFO, "duyetd", "started consumer=%s group=%s stream=%s", options->consumer,
		  options->group, options->keys.name[KEY_SUBMITTED]);
	log_event(LOG_INFO, "rules", "loaded from=%s ruleset=%s rules=%zu", options->rules,
		  ruleset_id(rules), ruleset_count(rules));
	if (!make_queue(&worker, rules) || !make_events(&worker)) {
		log_event(LOG_ERROR, "duyetd", "cannot start error=\"%m\"");
	} else if (make_http(&worker)) {
		event_base_dispatch(worker.base); /* the main loop, until leave() */
		status = EXIT_DONE;
	}
	take_down(&worker);
	log_event(LOG_INFO, "duyetd", "exited status=%d", status);
	return status;
}
