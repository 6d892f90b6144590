#include "queue/flow.h"

#include <event2/event.h>
#include <stdlib.h>
#include "base/clock.h"
#include "queue/reader.h"
#include "queue/reclaim.h"

/* How long a read blocks: an idle Redis replies at least this often. */
enum { BLOCK_MS = 5000 };

/*
 * The life cycle. The function beside an arrow makes the step.
 *
 *	         on_up()                on_round_finished()
 *	DOWN ───────────────> RECOVERING ────────────────> WORKING
 *	 ↑                        │                           │
 *	 ├─────── on_down() ──────┴───────────────────────────┤
 *	 │                                                    │ flow_stop(), also from RECOVERING
 *	 └─ flow_stop() ─> ENDED                              ↓
 *	                     ↑                            STOPPING
 *	                     │                                │ sweep_when_idle()
 *	                     │                                ↓
 *	                     └──────── on_left() ──────── SWEEPING
 *
 * DOWN        Redis is not reached; the session keeps trying.
 * RECOVERING  Claims the entries that this consumer left unfinished. Nothing new is read yet: it
 *             would belong to this consumer too, and be claimed a second time.
 * WORKING     The reader reads; a batch goes to the handler, is settled by scripts, and ends in
 *             on_progress(), which reads on:
 *
 *                 reader ──┬─ queue_dispatch() ─> handler ── script ─> queue_done()
 *                 reclaim ─┘
 *
 *             Now and then reclaim takes over what other consumers left idle.
 * STOPPING    Nothing more is read. What is in hand is settled.
 * SWEEPING    Claims and settles what Redis delivered while the reading connection was cut, then
 *             removes this consumer from the group.
 * ENDED       Nothing is done any more.
 *
 * From STOPPING on, the loss of Redis leads to ENDED at once, and so does a handler that left
 * entries pending: a sweep would claim them again. They stay pending in Redis.
 */
enum stage {
	STAGE_DOWN,
	STAGE_RECOVERING,
	STAGE_WORKING,
	STAGE_STOPPING,
	STAGE_SWEEPING,
	STAGE_ENDED
};

struct flow {
	struct flow_options options;
	struct queue queue;
	struct reader *reader;
	struct reclaim *reclaim;
	struct event *claim;
	enum stage stage;
};

static void end(struct flow *flow)
{
	if (flow->stage == STAGE_ENDED)
		return;
	flow->stage = STAGE_ENDED;
	flow->options.ended(flow->options.arg);
}

/* Down and up. */

static void on_changed(void *arg)
{
	const struct flow *flow = arg;

	if (flow->options.changed)
		flow->options.changed(flow->options.arg);
}

static void on_refusing(void *arg)
{
	const struct flow *flow = arg;

	if (flow->options.refusing)
		flow->options.refusing(flow->options.arg);
}

static void on_up(void *arg)
{
	struct flow *flow = arg;

	if (flow->stage == STAGE_ENDED)
		return;
	flow->stage = STAGE_RECOVERING;
	reclaim_round(flow->reclaim, RECLAIM_OWN);
	on_changed(flow);
}

static void on_down(void *arg)
{
	struct flow *flow = arg;
	bool stopping = flow->stage == STAGE_STOPPING || flow->stage == STAGE_SWEEPING;

	if (flow->stage != STAGE_ENDED)
		flow->stage = STAGE_DOWN;
	flow->queue.handler.drop(flow->queue.handler.arg);
	if (stopping)
		end(flow);
}

/* The end of a reclaim round. */

static void sweep_when_idle(struct flow *flow)
{
	if (flow->stage != STAGE_STOPPING || flow->queue.in_hand ||
	    reclaim_is_busy(flow->reclaim) || reader_is_reading(flow->reader))
		return;
	if (flow->queue.left_pending) {
		end(flow);
		return;
	}
	flow->stage = STAGE_SWEEPING;
	reclaim_round(flow->reclaim, RECLAIM_OWN);
}

/* The consumer was removed, or could not be: the flow ends in both cases. */
static void on_left(void *arg, const struct redisReply *reply)
{
	(void)reply;
	end(arg);
}

static void on_round_finished(void *arg)
{
	struct flow *flow = arg;

	if (!session_is_up(flow->queue.session))
		return;
	if (flow->stage == STAGE_RECOVERING) {
		flow->stage = STAGE_WORKING;
		reader_start(flow->reader);
		event_active(flow->claim, EV_TIMEOUT, 0);
	} else if (flow->stage == STAGE_SWEEPING) {
		queue_leave(&flow->queue, on_left, flow);
	} else {
		sweep_when_idle(flow);
	}
}

/* Working. */

/* A batch is done, or the last read has ended. */
static void on_progress(void *arg)
{
	struct flow *flow = arg;

	if (flow->stage == STAGE_STOPPING)
		sweep_when_idle(flow);
	else if (flow->stage == STAGE_WORKING)
		reader_go_on(flow->reader);
}

static void on_claim_time(evutil_socket_t unused, short what, void *arg)
{
	enum { LEAST_MS = 250, MOST_MS = 10000 };
	struct flow *flow = arg;
	int64_t every = flow->options.claim_after_ms / 4;
	struct timeval wait;

	(void)unused, (void)what;
	if (every < LEAST_MS)
		every = LEAST_MS;
	else if (every > MOST_MS)
		every = MOST_MS;
	wait = clock_timeval(every);
	evtimer_add(flow->claim, &wait);
	if (flow->stage == STAGE_WORKING)
		reclaim_round(flow->reclaim, RECLAIM_IDLE);
}

void flow_stop(struct flow *flow)
{
	if (flow->stage == STAGE_DOWN) {
		end(flow);
		return;
	}
	flow->stage = STAGE_STOPPING;
	flow->queue.stopping = true;
	reader_stop(flow->reader);
	reclaim_stop(flow->reclaim);
	sweep_when_idle(flow);
}

/* Construction, and destruction in the reverse order. */

static bool make_session(struct flow *flow, struct event_base *base)
{
	const struct flow_options *options = &flow->options;
	const struct session_options session = {
		.endpoint = options->endpoint,
		.about = options->about,
		.password_file = options->password_file,
		.setup = queue_setup(&flow->queue),
		.timeout_ms = options->timeout_ms,
		.block_ms = BLOCK_MS,
		.counters = options->counters,
		.up = on_up,
		.down = on_down,
		.failed = on_changed,
		.refusing = on_refusing,
		.arg = flow,
	};

	flow->queue.session = session_open(base, &session);
	return flow->queue.session;
}

static bool make_parts(struct flow *flow, struct event_base *base)
{
	const struct flow_options *options = &flow->options;
	const struct reader_options reader = {
		.batch = options->batch,
		.in_flight = options->in_flight,
		.block_ms = BLOCK_MS,
		.linger_ms = options->linger_ms,
	};
	const struct reclaim_options reclaim = {
		.claim_after_ms = options->claim_after_ms,
		.max_deliveries = options->max_deliveries,
		.finished = on_round_finished,
		.arg = flow,
	};

	flow->queue = options->queue;
	flow->queue.progress = on_progress;
	flow->queue.arg = flow;
	flow->reader = reader_new(base, &flow->queue, &reader);
	flow->reclaim = reclaim_new(&flow->queue, &reclaim);
	flow->claim = evtimer_new(base, on_claim_time, flow);
	return flow->reader && flow->reclaim && flow->claim && make_session(flow, base);
}

struct flow *flow_new(struct event_base *base, const struct flow_options *options)
{
	struct flow *flow = calloc(1, sizeof *flow);

	if (!flow)
		return NULL;
	flow->options = *options;
	if (make_parts(flow, base))
		return flow;
	flow_free(flow);
	return NULL;
}

void flow_disconnect(struct flow *flow)
{
	if (!flow)
		return;
	flow->stage = STAGE_ENDED;
	session_disconnect(flow->queue.session);
	if (flow->queue.handler.arg)
		flow->queue.handler.drop(flow->queue.handler.arg);
}

void flow_free(struct flow *flow)
{
	if (!flow)
		return;
	session_free(flow->queue.session);
	if (flow->claim)
		event_free(flow->claim);
	reclaim_free(flow->reclaim);
	reader_free(flow->reader);
	free(flow);
}

struct queue *flow_queue(struct flow *flow)
{
	return &flow->queue;
}
