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
#include "queue/dead_letter.h"
#include "queue/repeat.h"
#include "queue/submission.h"
#include "rules/input.h"
#include "rules/ruleset.h"

/* No comment is begun in a loop turn after judging has taken this long in it. */
enum { TURN_NS = 200000 };

struct judging {
	struct queue *queue;
	struct judging_options options;
	struct metrics *metrics;
	struct ruleset *rules, *next_rules; /* next: used from the next batch on; NULL: none */
	uint64_t rules_number;		    /* of `rules`: how many there were so far */
	struct judge *judge;
	struct settle settle;
	struct repeat_counter counter;
	struct batch *first, **last; /* to be judged */
	size_t judged;		     /* entries of the first */
	struct event *turn;
	bool lagging; /* too few replicas acknowledged, and this was logged */
	struct log_limit not_kept;
};

static void take_turn(struct judging *judging)
{
	const struct timeval now = {0, 0};

	if (judging->first)
		evtimer_add(judging->turn, &now);
}

/* A reply has arrived. After the last one the batch is done. */
static void answered(struct batch *batch)
{
	struct judging *judging = batch->work.handler;

	if (--batch->work.waiting)
		return;
	repeats_free(batch->work.repeats);
	queue_done(judging->queue, batch);
}

/* The time since the entry was added, from its id. Ids chosen by clients are ignored: they contain
 * no time. */
static void count_latency(struct metrics *metrics, const struct batch *batch)
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

/* Replicas: a batch is done when enough of them have it. Until then it is in hand, so a master that
 * fails loses no more than --in-flight batches. */

static void await_replicas(struct judging *judging, struct batch *batch);

static void count_replicas(struct judging *judging, long long replicas)
{
	bool lagging = replicas < judging->options.replicas;

	if (lagging)
		judging->metrics->redis.faults[FAULT_NOREPLICAS]++;
	if (lagging != judging->lagging)
		log_event(lagging ? LOG_WARNING : LOG_INFO, "replicas", "%s have=%lld want=%lld",
			  lagging ? "too few acknowledged, reading stopped"
				  : "enough acknowledged, reading continues",
			  replicas, (long long)judging->options.replicas);
	judging->lagging = lagging;
}

static void on_replicas(void *arg, const redisReply *reply)
{
	struct batch *batch = arg;
	struct judging *judging = batch->work.handler;
	bool lagged = judging->lagging;

	judging->counter.waits--;
	if (!reply || reply->type != REDIS_REPLY_INTEGER) {
		answered(batch);
		return;
	}
	count_replicas(judging, reply->integer);
	if (judging->lagging)
		await_replicas(judging, batch);
	else
		answered(batch);
	if (lagged || judging->lagging)
		judging->options.lag(judging->options.arg);
}

static void await_replicas(struct judging *judging, struct batch *batch)
{
	struct resp command = {0};

	resp_begin(&command);
	resp_string(&command, "WAIT");
	resp_number(&command, judging->options.replicas);
	resp_number(&command, judging->options.wait_ms);
	judging->counter.waits++;
	session_call(judging->queue->session, LANE_WORK, &command, on_replicas, batch);
}

/* The verdicts are published, but counts, watched hits or approved comments could not be stored.
 * Logs at most one line a minute. */
static void log_not_kept(struct judging *judging, const redisReply *error)
{
	char quoted[LOG_QUOTED];
	uint64_t times;

	judging->metrics->redis.faults[fault_of_error(error->str)]++;
	judging->not_kept.waiting++;
	times = log_limit_take(&judging->not_kept, clock_ms());
	if (times)
		log_event(
			LOG_WARNING, "batch",
			"settled, but counts, watched hits or approved comments are not kept times=%" PRIu64
			" error=%s",
			times, log_quote(quoted, error->str, error->len));
}

/* How many entries settle.lua has settled; -1 when the reply is not from the script. */
static long long read_settled(struct judging *judging, const redisReply *reply)
{
	if (reply && reply->type == REDIS_REPLY_INTEGER)
		return reply->integer;
	if (!reply || reply->type != REDIS_REPLY_ARRAY || reply->elements != 2 ||
	    reply->element[0]->type != REDIS_REPLY_INTEGER ||
	    reply->element[1]->type != REDIS_REPLY_STRING)
		return -1;
	log_not_kept(judging, reply->element[1]);
	return reply->element[0]->integer;
}

static void on_settled(void *arg, const redisReply *reply)
{
	struct batch *batch = arg;
	struct judging *judging = batch->work.handler;
	long long settled = read_settled(judging, reply);

	if (settled < 0) {
		answered(batch);
		return;
	}
	if (batch->work.checked)
		settle_checked(&judging->settle, batch->work.rechecks);
	judging->metrics->settled += (uint64_t)settled;
	count_latency(judging->metrics, batch);
	if ((size_t)settled < batch->count)
		log_event(LOG_DEBUG, "batch", "settled=%lld of=%zu", settled, batch->count);
	if (judging->options.replicas)
		await_replicas(judging, batch);
	else
		answered(batch);
}

static void on_refused(void *arg)
{
	const struct batch *batch = arg;
	struct judging *judging = batch->work.handler;

	settle_recheck(&judging->settle);
	queue_reset_deliveries(judging->queue, batch->entries, batch->count);
}

static void on_dead_letter(void *batch, bool lost)
{
	(void)lost; /* the entry then stays pending */
	answered(batch);
}

static void dead_letter(struct judging *judging, struct batch *batch,
			const struct submission *entry, const char *why)
{
	batch->work.waiting++;
	dead_letter_send(judging->queue, entry->id, why, 1, on_dead_letter, batch);
}

/* At most once a minute for a rule. */
static void log_broken(struct rule_counts *counts, const struct submission *entry)
{
	uint64_t times;
	char about[64];

	counts->log_limit.waiting++;
	times = log_limit_take(&counts->log_limit, clock_ms());
	if (!times)
		return;
	snprintf(about, sizeof about, "entry %s", entry->id);
	log_event(LOG_WARNING, about,
		  "the check could not be finished and counts as failing rule=%s times=%" PRIu64,
		  counts->name, times);
}

static void count_hits(struct metrics *metrics, const struct rule *const *rules, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct rule_counts *counts = metrics_rule(metrics, rule_name(rules[i]));

		if (counts)
			counts->hits++;
	}
}

static void count_verdict(struct metrics *metrics, const struct submission *entry,
			  const struct verdict *verdict)
{
	metrics->judged++;
	metrics->verdicts[verdict->decision]++;
	metrics->broken += verdict->broken_count;
	count_hits(metrics, verdict->failing, verdict->failing_count);
	count_hits(metrics, verdict->watching, verdict->watching_count);
	for (size_t i = 0; i < verdict->broken_count; i++) {
		struct rule_counts *counts = metrics_rule(metrics, rule_name(verdict->broken[i]));

		if (!counts)
			continue;
		counts->broken++;
		log_broken(counts, entry);
	}
}

/* Counting, for rule sets with rules of the kind `repeat`: a batch is judged once its texts are
 * counted. All batches in hand are counted ahead, so that one waits for its counts while another is
 * judged. A batch that was counted for other rules is counted again; an id counts once, so the
 * counts stay the same. */

static bool is_counted_for_now(const struct judging *judging, const struct batch *batch)
{
	return batch->work.counted_for == judging->rules_number;
}

static struct batch *next_to_count(const struct judging *judging)
{
	struct batch *batch = judging->first;

	while (batch && is_counted_for_now(judging, batch) &&
	       (!batch->work.repeats || repeats_are_sent(batch->work.repeats)))
		batch = batch->work.next;
	return batch;
}

static void begin_counting(struct judging *judging, struct batch *batch)
{
	if (is_counted_for_now(judging, batch))
		return;
	repeats_free(batch->work.repeats);
	batch->work.repeats = repeats_new(&judging->counter);
	batch->work.counted_for = judging->rules_number;
}

/* Adds texts of the batch to those to be counted, for at most TURN_NS, and sends them when all are
 * added. Sending may lose the session; the batch is then freed. */
static void count_some(struct judging *judging, struct batch *batch)
{
	int64_t start = clock_ns(), spent = 0;
	struct repeats *repeats;

	begin_counting(judging, batch);
	repeats = batch->work.repeats;
	while (repeats && repeats_entries(repeats) < batch->count && spent < TURN_NS) {
		repeats_add(repeats, judging->judge, judging->rules,
			    &batch->entries[repeats_entries(repeats)]);
		spent = clock_ns() - start;
	}
	batch->work.judging_ns += spent;
	if (repeats && repeats_entries(repeats) == batch->count)
		repeats_send(repeats);
}

static void on_counted(void *arg)
{
	take_turn(arg);
}

/* Goes on with counting the next batch that is not counted, if there is one, and returns false.
 * Else returns whether the first batch can be judged. */
static bool has_counts(struct judging *judging)
{
	struct batch *next = ruleset_repeats(judging->rules) ? next_to_count(judging) : NULL;
	const struct repeats *repeats = judging->first->work.repeats;

	if (!next)
		return !ruleset_repeats(judging->rules) || !repeats || repeats_are_counted(repeats);
	count_some(judging, next);
	take_turn(judging);
	return false;
}

static const struct verdict *judge_with_counts(struct judging *judging, struct batch *batch,
					       const struct submission *entry)
{
	int64_t counts[LIMIT_REPEAT_RULES];

	if (!ruleset_repeats(judging->rules))
		return judge_comment(judging->judge, judging->rules, &entry->fields);
	if (batch->work.repeats)
		repeats_counts(batch->work.repeats, (size_t)(entry - batch->entries), counts);
	for (size_t i = 0; !batch->work.repeats && i < LIMIT_REPEAT_RULES; i++)
		counts[i] = REPEAT_UNKNOWN;
	return judge_counted(judging->judge, judging->rules, &entry->fields, counts);
}

static void judge_entry(struct judging *judging, struct batch *batch,
			const struct submission *entry)
{
	const char *why;
	const struct field *id = submission_id(&entry->fields, &why);
	const struct verdict *verdict;

	if (!id) {
		dead_letter(judging, batch, entry, why);
		return;
	}
	verdict = judge_with_counts(judging, batch, entry);
	count_verdict(judging->metrics, entry, verdict);
	settle_add(&judging->settle, entry, id, verdict);
}

static void *free_rules(void *rules)
{
	ruleset_free(rules);
	return NULL;
}

/* In a thread: freeing ten thousand compiled patterns takes tens of milliseconds. */
static void free_in_background(struct ruleset *rules)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, free_rules, rules))
		ruleset_free(rules);
	else
		pthread_detach(thread);
}

/* Every rule has a count from the start, also one without hits. */
static void count_from_zero(struct metrics *metrics, const struct ruleset *rules)
{
	metrics_rule(metrics, rule_name(&rule_malformed));
	for (size_t i = 0; i < ruleset_count(rules); i++)
		metrics_rule(metrics, rule_name(ruleset_rule(rules, i)));
}

static void begin_batch(struct judging *judging)
{
	if (judging->next_rules) {
		free_in_background(judging->rules);
		judging->rules = judging->next_rules;
		judging->rules_number++;
		judging->next_rules = NULL;
	}
	settle_begin(&judging->settle);
}

/* The whole batch is judged: sends it to be settled. */
static void end_batch(struct judging *judging, struct batch *batch)
{
	char successor[ENTRY_ID_SIZE] = "";

	judging->first = batch->work.next;
	if (!judging->first)
		judging->last = &judging->first;
	judging->judged = 0;
	histogram_count(&judging->metrics->batches, (double)batch->count);
	if (batch->consecutive && judging->settle.count == batch->count)
		batch_successor(batch, successor);
	batch->work.checked = settle_checks(&judging->settle);
	batch->work.rechecks = judging->settle.rechecks;
	if (judging->settle.count)
		settle_send(&judging->settle, judging->queue, ruleset_id(judging->rules), successor,
			    on_settled, on_refused, batch);
	else
		answered(batch);
}

static void on_turn(evutil_socket_t unused, short what, void *arg)
{
	struct judging *judging = arg;
	struct batch *batch = judging->first;
	int64_t start = clock_ns(), spent = 0;

	(void)unused, (void)what;
	if (!batch)
		return;
	if (!judging->judged)
		begin_batch(judging);
	if (!has_counts(judging))
		return;
	while (judging->judged < batch->count && spent < TURN_NS) {
		int64_t before = spent;

		judge_entry(judging, batch, &batch->entries[judging->judged++]);
		if (judging->first != batch) /* the session was lost meanwhile */
			return;
		spent = clock_ns() - start;
		histogram_count(&judging->metrics->judging, (double)(spent - before) / 1e9);
	}
	batch->work.judging_ns += spent;
	if (judging->judged == batch->count)
		end_batch(judging, batch);
	take_turn(judging);
}

void judging_add(void *arg, struct batch *batch)
{
	struct judging *judging = arg;

	batch->work.handler = judging;
	batch->work.next = NULL;
	batch->work.waiting = 1; /* the settling */
	*judging->last = batch;
	judging->last = &batch->work.next;
	take_turn(judging);
}

void judging_drop(void *arg)
{
	struct judging *judging = arg;
	struct batch *batch = judging ? judging->first : NULL;

	if (judging)
		settle_recheck(&judging->settle);
	if (!batch)
		return;
	judging->first = NULL;
	judging->last = &judging->first;
	judging->judged = 0;
	while (batch) {
		struct batch *next = batch->work.next;

		answered(batch);
		batch = next;
	}
}

void judging_change_rules(struct judging *judging, struct ruleset *rules)
{
	ruleset_free(judging->next_rules);
	judging->next_rules = rules;
	count_from_zero(judging->metrics, rules);
}

bool judging_awaits_replicas(const struct judging *judging)
{
	return judging->lagging && judging->counter.waits;
}

const struct ruleset *judging_rules(const struct judging *judging)
{
	return judging->next_rules ? judging->next_rules : judging->rules;
}

struct judging *judging_new(struct event_base *base, struct queue *queue,
			    const struct judging_options *options, struct ruleset *rules)
{
	struct judging *judging = calloc(1, sizeof *judging);

	if (!judging)
		return NULL;
	judging->queue = queue;
	judging->options = *options;
	judging->settle.options = &judging->options.settle;
	judging->metrics = queue->metrics;
	judging->last = &judging->first;
	judging->judge = judge_new();
	judging->turn = evtimer_new(base, on_turn, judging);
	if (!judging->judge || !judging->turn ||
	    event_priority_set(judging->turn, LOOP_LEAST_URGENT)) {
		judging_free(judging);
		return NULL;
	}
	judging->rules = rules;
	judging->rules_number = 1;
	judging->counter = (struct repeat_counter){
		.base = base, .queue = queue, .counted = on_counted, .arg = judging};
	count_from_zero(judging->metrics, rules);
	return judging;
}

void judging_free(struct judging *judging)
{
	if (!judging)
		return;
	judging_drop(judging);
	if (judging->turn)
		event_free(judging->turn);
	settle_free(&judging->settle);
	judge_free(judging->judge);
	ruleset_free(judging->rules);
	ruleset_free(judging->next_rules);
	free(judging);
}
