#include "queue/judging.h"

#include <event2/event.h>
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/log.h"
#include "base/loop.h"
#include "base/clock.h"
#include "monitor/metrics.h"
#include "queue/submission.h"
#include "rules/ruleset.h"

/* Longest that judging keeps the loop from turning, give or take one comment. */
enum { TURN_NS = 200000 };

struct desk {
	const struct queue *queue;
	struct desk_options options;
	struct metrics *metrics;
	struct ruleset *rules, *next_rules; /* next: to be taken up between two batches */
	struct judge *judge;
	struct settle settle;
	struct batch *first, **last; /* to be judged */
	size_t judged;		     /* entries of the first */
	size_t in_hand;
	struct event *turn;
	bool lagging; /* the replicas; the log has it */
};

static void take_turn(struct desk *desk)
{
	const struct timeval now = {0, 0};

	if (desk->first)
		evtimer_add(desk->turn, &now);
}

/* One answer less to wait for; with the last, the batch is done. */
static void answered(struct batch *batch)
{
	struct desk *desk = batch->holder;

	if (--batch->waiting)
		return;
	desk->in_hand--;
	batch->done(batch->arg, batch);
	batch_free(batch);
	desk->options.progress(desk->options.arg);
}

/* From the time in the entry's id to now; ids that somebody made up are no times. */
static void note_latency(struct metrics *metrics, const struct batch *batch)
{
	const int64_t first_ms = INT64_C(1000000000000); /* 2001 */
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	for (size_t i = 0; i < batch->count; i++) {
		long long ms = strtoll(batch->entries[i].id, NULL, 10);
		double age = (double)now.tv_sec - (double)ms / 1e3 + (double)now.tv_nsec / 1e9;

		if (ms >= first_ms)
			histogram_count(&metrics->latency, age > 0 ? age : 0);
	}
}

/* Replicas: a batch is done when so many have it. Until then it is in hand, so that a master
 * that dies takes no more with it than may be in flight. */

static void await_replicas(struct desk *desk, struct batch *batch);

static void note_replicas(struct desk *desk, long long replicas)
{
	bool lagging = replicas < desk->options.replicas;

	if (lagging)
		desk->metrics->redis.faults[FAULT_NOREPLICAS]++;
	if (lagging != desk->lagging)
		log_event(lagging ? LOG_WARNING : LOG_INFO, "replicas", "%s have=%lld want=%lld",
			  lagging ? "too few have what is settled: no more is read"
				  : "have what is settled",
			  replicas, (long long)desk->options.replicas);
	desk->lagging = lagging;
}

static void on_replicas(void *arg, const redisReply *reply)
{
	struct batch *batch = arg;
	struct desk *desk = batch->holder;

	if (!reply || reply->type != REDIS_REPLY_INTEGER) {
		answered(batch);
		return;
	}
	note_replicas(desk, reply->integer);
	if (desk->lagging)
		await_replicas(desk, batch);
	else
		answered(batch);
}

static void await_replicas(struct desk *desk, struct batch *batch)
{
	struct resp command = {0};

	resp_begin(&command);
	resp_string(&command, "WAIT");
	resp_number(&command, desk->options.replicas);
	resp_number(&command, desk->options.patience);
	session_call(desk->queue->session, LANE_WORK, &command, on_replicas, batch);
}

static void on_settled(void *arg, const redisReply *reply)
{
	struct batch *batch = arg;
	struct desk *desk = batch->holder;

	if (!reply || reply->type != REDIS_REPLY_INTEGER) {
		answered(batch);
		return;
	}
	desk->metrics->settled += (uint64_t)reply->integer;
	note_latency(desk->metrics, batch);
	if ((size_t)reply->integer < batch->count)
		log_event(LOG_DEBUG, "batch", "settled=%lld of=%zu", reply->integer, batch->count);
	if (desk->options.replicas)
		await_replicas(desk, batch);
	else
		answered(batch);
}

static void on_buried(void *arg, const redisReply *reply)
{
	struct batch *batch = arg;
	struct desk *desk = batch->holder;

	if (reply && reply->type == REDIS_REPLY_INTEGER)
		desk->metrics->dead += (uint64_t)reply->integer;
	answered(batch);
}

static void bury(struct desk *desk, struct batch *batch, const struct submission *entry,
		 const char *why)
{
	batch->waiting++;
	bury_send(desk->queue, KEY_SUBMITTED, entry->id, why, 1, on_buried, batch);
}

/* Names a rule whose check could not be finished, once a minute and not once a comment. */
static void tell_broken(struct rule_counts *counts, const struct submission *entry)
{
	enum { ONCE_IN_MS = 60000 };
	int64_t now = clock_ms();
	char about[64];

	if (counts->logged_at && now - counts->logged_at < ONCE_IN_MS)
		return;
	snprintf(about, sizeof about, "entry %s", entry->id);
	log_event(LOG_WARNING, about,
		  "the check could not be finished and counts as failing rule=%s times=%" PRIu64,
		  counts->name, counts->broken - counts->logged);
	counts->logged = counts->broken;
	counts->logged_at = now;
}

static void note_hits(struct metrics *metrics, const struct rule *const *rules, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct rule_counts *counts = metrics_rule(metrics, rule_name(rules[i]));

		if (counts)
			counts->hits++;
	}
}

static void note_verdict(struct metrics *metrics, const struct submission *entry,
			 const struct verdict *verdict)
{
	metrics->judged++;
	metrics->verdicts[verdict->decision]++;
	metrics->broken += verdict->broken_count;
	note_hits(metrics, verdict->failing, verdict->failings);
	note_hits(metrics, verdict->watching, verdict->watchings);
	for (size_t i = 0; i < verdict->broken_count; i++) {
		struct rule_counts *counts = metrics_rule(metrics, rule_name(verdict->broken[i]));

		if (!counts)
			continue;
		counts->broken++;
		tell_broken(counts, entry);
	}
}

static void judge_entry(struct desk *desk, struct batch *batch, const struct submission *entry)
{
	const char *why;
	const struct field *id = submission_id(&entry->fields, &why);
	const struct verdict *verdict;

	if (!id) {
		bury(desk, batch, entry, why);
		return;
	}
	verdict = judge_comment(desk->judge, desk->rules, &entry->fields);
	note_verdict(desk->metrics, entry, verdict);
	settle_add(&desk->settle, entry, id, verdict);
}

static void *free_rules(void *rules)
{
	ruleset_free(rules);
	return NULL;
}

/* Freeing ten thousand compiled patterns takes tens of milliseconds: not in the loop. */
static void retire(struct ruleset *rules)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, free_rules, rules))
		ruleset_free(rules);
	else
		pthread_detach(thread);
}

static void begin_batch(struct desk *desk)
{
	if (desk->next_rules) {
		retire(desk->rules);
		desk->rules = desk->next_rules;
		desk->next_rules = NULL;
	}
	settle_begin(&desk->settle);
}

/* All of it is judged: off to be settled. */
static void end_batch(struct desk *desk, struct batch *batch)
{
	char successor[ENTRY_ID_SIZE] = "";

	desk->first = batch->next;
	if (!desk->first)
		desk->last = &desk->first;
	desk->judged = 0;
	histogram_count(&desk->metrics->batches, (double)batch->count);
	if (batch->consecutive && desk->settle.count == batch->count)
		batch_successor(batch, successor);
	if (desk->settle.count)
		settle_send(&desk->settle, desk->queue, &desk->options.settle,
			    ruleset_id(desk->rules), successor, on_settled, batch);
	else
		answered(batch);
}

static void on_turn(evutil_socket_t unused, short what, void *arg)
{
	struct desk *desk = arg;
	struct batch *batch = desk->first;
	int64_t start = clock_ns(), spent = 0;

	(void)unused, (void)what;
	if (!batch)
		return;
	if (!desk->judged)
		begin_batch(desk);
	while (desk->judged < batch->count && spent < TURN_NS) {
		int64_t before = spent;

		judge_entry(desk, batch, &batch->entries[desk->judged++]);
		if (desk->first != batch) /* the session went meanwhile */
			return;
		spent = clock_ns() - start;
		histogram_count(&desk->metrics->judging, (double)(spent - before) / 1e9);
	}
	batch->judging += spent;
	if (desk->judged == batch->count)
		end_batch(desk, batch);
	take_turn(desk);
}

void desk_take(struct desk *desk, struct batch *batch)
{
	batch->holder = desk;
	batch->next = NULL;
	batch->waiting = 1; /* the settling */
	desk->in_hand++;
	*desk->last = batch;
	desk->last = &batch->next;
	take_turn(desk);
}

size_t desk_in_hand(const struct desk *desk)
{
	return desk->in_hand;
}

void desk_drop(struct desk *desk)
{
	struct batch *batch = desk ? desk->first : NULL;

	if (!batch)
		return;
	desk->first = NULL;
	desk->last = &desk->first;
	desk->judged = 0;
	while (batch) {
		struct batch *next = batch->next;

		answered(batch);
		batch = next;
	}
}

void desk_change_rules(struct desk *desk, struct ruleset *rules)
{
	ruleset_free(desk->next_rules);
	desk->next_rules = rules;
}

const struct ruleset *desk_rules(const struct desk *desk)
{
	return desk->next_rules ? desk->next_rules : desk->rules;
}

struct desk *desk_new(struct event_base *base, const struct queue *queue,
		      const struct desk_options *options, struct ruleset *rules)
{
	struct desk *desk = calloc(1, sizeof *desk);

	if (!desk)
		return NULL;
	desk->queue = queue;
	desk->options = *options;
	desk->metrics = queue->metrics;
	desk->last = &desk->first;
	desk->judge = judge_new();
	desk->turn = evtimer_new(base, on_turn, desk);
	if (!desk->judge || !desk->turn || event_priority_set(desk->turn, LOOP_LEAST_URGENT)) {
		desk_free(desk);
		return NULL;
	}
	desk->rules = rules;
	return desk;
}

void desk_free(struct desk *desk)
{
	if (!desk)
		return;
	desk_drop(desk);
	if (desk->turn)
		event_free(desk->turn);
	settle_free(&desk->settle);
	judge_free(desk->judge);
	ruleset_free(desk->rules);
	ruleset_free(desk->next_rules);
	free(desk);
}
