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
#include "queue/dead_log.h"
#include "queue/hold_expiry.h"
#include "queue/judging.h"
#include "queue/reader.h"
#include "queue/reclaim.h"
#include "queue/reload.h"
#include "queue/retention.h"
#include "queue/review.h"
#include "rules/ruleset.h"

/* How long a read blocks: an idle Redis is heard of at least this often. */
enum { BLOCK_MS = 5000 };

/* How many times --claim-after may pass without progress: entries of a consumer that died are
 * settled after one. */
enum { STALLED_AFTER_CLAIMS = 2 };

/*
 * The life cycle. The function beside an arrow makes the step.
 *
 *	         on_up()                on_round_finished()
 *	DOWN ───────────────> RECOVERING ────────────────> WORKING
 *	 ↑                        │                           │
 *	 ├─────── on_down() ──────┴───────────────────────────┤
 *	 │                                                    │ stop(), also from RECOVERING
 *	 └─ stop() ─> exit                                    ↓
 *	                                                  STOPPING
 *	                                                      │ sweep_when_idle()
 *	                                                      ↓
 *	                  exit <── on_round_finished() ─── SWEEPING
 *
 * DOWN        Redis is not reached; the session keeps trying.
 * RECOVERING  Claims the entries that this consumer left unfinished. Nothing new is read yet: it
 *             would belong to this consumer too, and be claimed a second time.
 * WORKING     The reader reads; a batch goes to judging or review, is settled by one script, and
 *             ends in on_progress(), which reads on:
 *
 *                 reader ─ queue_hand_over() ─> judging ─ settle.lua ─> queue_done()
 *                 reclaim ────────┘       └───> review ── review.lua ───────┘
 *
 *             Now and then reclaim takes over what other consumers left idle.
 * STOPPING    Nothing more is read. What is in hand is settled.
 * SWEEPING    Claims and settles what Redis delivered while the reading connection was cut, then
 *             removes this consumer from the groups.
 *
 * From STOPPING on, a second signal, the end of --grace and the loss of Redis all lead to exit at
 * once; what is unfinished stays pending in Redis.
 */
enum stage { STAGE_DOWN, STAGE_RECOVERING, STAGE_WORKING, STAGE_STOPPING, STAGE_SWEEPING };

struct worker {
	struct worker_options options;
	struct event_base *base;
	struct metrics metrics;
	struct queue queue;
	struct judging *judging;
	struct reader *reader;
	struct reviews *reviews;
	struct hold_expiry *hold_expiry;
	struct retention *retention;
	struct dead_log *dead_log;
	struct reclaim *reclaims[QUEUE_STREAMS]; /* one a stream */
	struct reload *reload;
	struct aof_rewrite *aof_rewrite;
	struct backlog *backlog;   /* NULL unless metrics are served */
	struct metrics_http *http; /* the same */
	struct event *term, *interrupt, *hup, *claim, *watchdog, *grace;
	enum stage stage;
	bool ready;	    /* READY=1 was sent, since the start or the last reload */
	bool rules_refused; /* by the last reload */
};

/* The daemon is ready after its first attempt to connect, also when that failed: it then waits
 * for Redis as long as necessary, and systemd need not wait too. */
static void notify_status(struct worker *worker)
{
	bool up = session_is_up(worker->queue.session);

	sd_notify("%sSTATUS=%s%s, rules %s%s", worker->ready ? "" : "READY=1\n",
		  up ? "judging" : "waiting for Redis: ",
		  up ? "" : session_error(worker->queue.session),
		  ruleset_id(judging_rules(worker->judging)),
		  worker->rules_refused ? "; the new rules did not load" : "");
	worker->ready = true;
}

/* Down and up. */

static void leave(struct worker *worker)
{
	event_base_loopbreak(worker->base);
}

static bool is_reclaiming(const struct worker *worker)
{
	for (int i = 0; i < QUEUE_STREAMS; i++)
		if (reclaim_is_busy(worker->reclaims[i]))
			return true;
	return false;
}

/* Both rounds begin before either can end, since a round asks Redis first. */
static void reclaim_all(struct worker *worker, enum reclaim_whose whose)
{
	for (int i = 0; i < QUEUE_STREAMS; i++)
		reclaim_round(worker->reclaims[i], whose);
}

static void on_up(void *arg)
{
	struct worker *worker = arg;

	worker->stage = STAGE_RECOVERING;
	reclaim_all(worker, RECLAIM_OWN);
	aof_rewrite_check(worker->aof_rewrite);
	notify_status(worker);
}

static void on_down(void *arg)
{
	struct worker *worker = arg;

	if (worker->stage >= STAGE_STOPPING)
		leave(worker);
	worker->stage = STAGE_DOWN;
	judging_drop(worker->judging);
}

static void on_failed(void *arg)
{
	notify_status(arg);
}

/* The end of a reclaim round. */

static void sweep_when_idle(struct worker *worker)
{
	if (worker->stage != STAGE_STOPPING || worker->queue.in_hand || is_reclaiming(worker) ||
	    reader_is_reading(worker->reader))
		return;
	worker->stage = STAGE_SWEEPING;
	reclaim_all(worker, RECLAIM_OWN);
}

/* Whether it could or not. */
static void on_left(void *arg, const struct redisReply *reply)
{
	(void)reply;
	leave(arg);
}

static void on_round_finished(void *arg)
{
	struct worker *worker = arg;

	if (!session_is_up(worker->queue.session) || is_reclaiming(worker))
		return;
	if (worker->stage == STAGE_RECOVERING) {
		worker->stage = STAGE_WORKING;
		reader_start(worker->reader);
		event_active(worker->claim, EV_TIMEOUT, 0);
	} else if (worker->stage == STAGE_SWEEPING) {
		queue_leave(&worker->queue, on_left, worker);
	} else {
		sweep_when_idle(worker);
	}
}

/* Working. */

/* A batch is done, or the last read has ended. */
static void on_progress(void *arg)
{
	struct worker *worker = arg;

	if (worker->stage == STAGE_STOPPING)
		sweep_when_idle(worker);
	else if (worker->stage == STAGE_WORKING)
		reader_go_on(worker->reader);
}

static void on_claim_time(evutil_socket_t unused, short what, void *arg)
{
	enum { LEAST_MS = 250, MOST_MS = 10000 };
	struct worker *worker = arg;
	int64_t every = worker->options.claim_after / 4;
	struct timeval wait;

	(void)unused, (void)what;
	if (every < LEAST_MS)
		every = LEAST_MS;
	else if (every > MOST_MS)
		every = MOST_MS;
	wait = clock_timeval(every);
	evtimer_add(worker->claim, &wait);
	if (worker->stage == STAGE_WORKING)
		reclaim_all(worker, RECLAIM_IDLE);
}

/* Stopping. */

static void stop(struct worker *worker, const char *why)
{
	const struct timeval grace = clock_timeval(worker->options.grace);

	if (worker->stage >= STAGE_STOPPING) { /* the second signal: at once */
		leave(worker);
		return;
	}
	log_event(LOG_INFO, "duyetd", "stopping signal=%s in-hand=%zu", why, worker->queue.in_hand);
	sd_notify("STOPPING=1");
	if (worker->stage == STAGE_DOWN) {
		leave(worker);
		return;
	}
	evtimer_add(worker->grace, &grace);
	worker->stage = STAGE_STOPPING;
	reader_stop(worker->reader);
	for (int i = 0; i < QUEUE_STREAMS; i++)
		reclaim_stop(worker->reclaims[i]);
	sweep_when_idle(worker);
}

static void on_grace(evutil_socket_t unused, short what, void *arg)
{
	struct worker *worker = arg;

	(void)unused, (void)what;
	log_event(LOG_WARNING, "duyetd",
		  "leaving with work in hand, which stays pending batches=%zu",
		  worker->queue.in_hand);
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

static bool make_reclaims(struct worker *worker)
{
	struct reclaim_options options = {
		.claim_after_ms = worker->options.claim_after,
		.max_deliveries = worker->options.max_deliveries,
		.finished = on_round_finished,
		.arg = worker,
	};

	for (int i = 0; i < QUEUE_STREAMS; i++) {
		options.stream = queue_streams[i];
		worker->reclaims[i] = reclaim_new(&worker->queue, &options);
		if (!worker->reclaims[i])
			return false;
	}
	return true;
}

static bool make_session(struct worker *worker)
{
	const struct worker_options *options = &worker->options;
	struct session_options session = {
		.endpoint = options->endpoint,
		.password_file = options->password_file,
		.timeout_ms = options->timeout,
		.block_ms = BLOCK_MS,
		.counters = &worker->metrics.redis,
		.up = on_up,
		.down = on_down,
		.failed = on_failed,
		.arg = worker,
	};

	worker->queue = (struct queue){.keys = options->keys,
				       .group = options->group,
				       .consumer = options->consumer,
				       .metrics = &worker->metrics,
				       .dead_log = worker->dead_log,
				       .progress = on_progress,
				       .arg = worker};
	session.setup = queue_setup(&worker->queue);
	worker->queue.session = session_open(worker->base, &session);
	return worker->queue.session;
}

static bool make_queue(struct worker *worker, struct ruleset *rules)
{
	const struct worker_options *options = &worker->options;
	const struct judging_options judging = {
		.settle = {options->keep, options->keep_rejected},
		.replicas = options->wait_replicas,
		.wait_ms = options->timeout / 2,
	};
	const struct reader_options reader = {
		.batch = (size_t)options->batch,
		.in_flight = (size_t)options->in_flight,
		.block_ms = BLOCK_MS,
	};

	const struct reload_options reload = {
		.directory = options->rules, .finished = on_reloaded, .arg = worker};

	worker->dead_log = dead_log_new(worker->base);
	if (worker->dead_log && make_session(worker))
		worker->judging = judging_new(worker->base, &worker->queue, &judging, rules);
	if (!worker->judging) {
		ruleset_free(rules);
		return false;
	}
	worker->queue.submitted = (struct handler){judging_add, worker->judging};
	worker->reviews = reviews_new(&worker->queue, &judging.settle);
	worker->queue.review = (struct handler){reviews_add, worker->reviews};
	worker->reader = reader_new(&worker->queue, &reader);
	worker->reload = reload_new(worker->base, &reload, worker->judging, &worker->metrics);
	if (options->hold_for)
		worker->hold_expiry = hold_expiry_new(worker->base, &worker->queue,
						      options->hold_for, options->hold_then);
	worker->retention = retention_new(worker->base, &worker->queue, &judging.settle);
	worker->aof_rewrite = aof_rewrite_new(worker->base, worker->queue.session);
	return worker->reviews && worker->reader && worker->reload && worker->aof_rewrite &&
	       worker->retention && (worker->hold_expiry || !options->hold_for) &&
	       make_reclaims(worker);
}

static bool make_events(struct worker *worker)
{
	struct event_base *base = worker->base;
	int64_t watchdog = sd_notify_watchdog_ms();
	const struct timeval half = clock_timeval(watchdog / 2);

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

static const char *why_not_ready(void *arg)
{
	const struct worker *worker = arg;

	if (!session_is_up(worker->queue.session))
		return "waiting for Redis";
	return backlog_is_stalled(worker->backlog) ? "comments wait and none is settled" : NULL;
}

static void on_gauges(void *arg, struct gauges *gauges)
{
	const struct worker *worker = arg;

	gauges->up = session_is_up(worker->queue.session);
	gauges->rules = judging_rules(worker->judging);
	gauges->stalled = backlog_is_stalled(worker->backlog);
	backlog_gauges(worker->backlog, gauges);
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
	worker->backlog = backlog_new(worker->base, &worker->queue,
				      STALLED_AFTER_CLAIMS * worker->options.claim_after);
	if (worker->backlog)
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
	struct event *const events[] = {worker->watchdog, worker->grace,     worker->claim,
					worker->hup,	  worker->interrupt, worker->term};

	for (size_t i = 0; i < sizeof events / sizeof events[0]; i++)
		if (events[i])
			event_free(events[i]);
	reload_free(worker->reload);
	session_hang_up(worker->queue.session);
	judging_drop(worker->judging);
	for (int i = 0; i < QUEUE_STREAMS; i++)
		reclaim_free(worker->reclaims[i]);
	metrics_http_free(worker->http);
	backlog_free(worker->backlog);
	hold_expiry_free(worker->hold_expiry);
	retention_free(worker->retention);
	aof_rewrite_free(worker->aof_rewrite);
	reader_free(worker->reader);
	reviews_free(worker->reviews);
	judging_free(worker->judging);
	session_free(worker->queue.session);
	dead_log_free(worker->dead_log);
	event_base_loop(worker->base, EVLOOP_NONBLOCK); /* frees the connections */
	event_base_free(worker->base);
	metrics_free(&worker->metrics);
}

enum exit_status worker_run(const struct worker_options *options, struct ruleset *rules)
{
	struct worker worker = {.options = *options, .base = event_base_new()};
	enum exit_status status = EXIT_UNAVAILABLE;

	signal(SIGPIPE, SIG_IGN);
	metrics_init(&worker.metrics);
	if (!worker.base || event_base_priority_init(worker.base, LOOP_PRIORITIES)) {
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
	log_event(LOG_INFO, "duyetd", "left status=%d", status);
	return status;
}
