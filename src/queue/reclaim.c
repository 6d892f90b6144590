#include "queue/reclaim.h"

#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "queue/dead_letter.h"
#include "base/clock.h"
#include "monitor/metrics.h"

enum { PAGE = 100, ORPHANS_EVERY_MS = 60000 };

struct row {
	char id[ENTRY_ID_SIZE];
	int64_t deliveries;
};

struct reclaim {
	struct queue *queue;
	struct reclaim_options options;
	enum reclaim_scope scope;
	bool busy, stopping;
	struct row rows[PAGE];	      /* of the page in hand */
	size_t count, next;	      /* next: the first row not yet dealt with */
	char from[ENTRY_ID_SIZE + 1]; /* where the next page begins */
	bool last_page;
	int64_t orphans_at; /* ms; when a search for them last came to its end, 0 for never */
};

static void step(struct reclaim *reclaim);
static void find_orphans(struct reclaim *reclaim, const char *from, const char *until);

static void finish(struct reclaim *reclaim)
{
	reclaim->busy = false;
	reclaim->options.finished(reclaim->options.arg);
}

static const char *stream_name(const struct reclaim *reclaim)
{
	return queue_key(reclaim->queue, reclaim->queue->stream);
}

/* Claiming. */

static void on_batch_done(void *arg, struct batch *batch)
{
	(void)batch;
	step(arg);
}

static void on_claimed(void *arg, const redisReply *reply)
{
	struct reclaim *reclaim = arg;
	struct batch *batch = reply ? batch_read(reply) : NULL;

	if (!batch) {
		finish(reclaim);
		if (reply)
			session_restart(reclaim->queue->session, "out of memory");
		return;
	}
	reclaim->queue->metrics->claimed += batch->count;
	batch->done = on_batch_done;
	batch->arg = reclaim;
	queue_dispatch(reclaim->queue, batch);
}

/* XCLAIM checks the idle time again: when two consumers claim an entry, one gets it. */
static void claim(struct reclaim *reclaim, size_t count)
{
	struct resp command = {0};

	resp_begin(&command);
	resp_string(&command, "XCLAIM");
	resp_string(&command, stream_name(reclaim));
	resp_string(&command, reclaim->queue->group);
	resp_string(&command, reclaim->queue->consumer);
	resp_number(&command, reclaim->scope == RECLAIM_OWN ? 0 : reclaim->options.claim_after_ms);
	for (size_t i = 0; i < count; i++)
		resp_string(&command, reclaim->rows[reclaim->next + i].id);
	reclaim->next += count;
	session_call(reclaim->queue->session, LANE_WORK, &command, on_claimed, reclaim);
}

/* Dead letters. */

static void on_dead_letter(void *arg, bool lost)
{
	if (lost)
		finish(arg);
	else
		step(arg);
}

static void dead_letter(struct reclaim *reclaim)
{
	const struct row *row = &reclaim->rows[reclaim->next++];
	char why[96];

	snprintf(why, sizeof why, "delivered %lld times without a verdict",
		 (long long)row->deliveries);
	dead_letter_send(reclaim->queue, row->id, why, row->deliveries, on_dead_letter, reclaim);
}

/* The pages of the pending list. */

static bool is_ours(const struct reclaim *reclaim, const redisReply *row)
{
	return !strcmp(row->element[1]->str, reclaim->queue->consumer);
}

static bool read_row(struct row *row, const redisReply *reply)
{
	if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 4 ||
	    reply->element[0]->type != REDIS_REPLY_STRING ||
	    reply->element[1]->type != REDIS_REPLY_STRING ||
	    reply->element[3]->type != REDIS_REPLY_INTEGER ||
	    reply->element[0]->len >= ENTRY_ID_SIZE)
		return false;
	memcpy(row->id, reply->element[0]->str, reply->element[0]->len + 1);
	row->deliveries = reply->element[3]->integer;
	return true;
}

/* Entries delivered once come first, since they can be claimed together. */
static int by_deliveries(const void *left, const void *right)
{
	const struct row *a = left, *b = right;

	return (a->deliveries > b->deliveries) - (a->deliveries < b->deliveries);
}

static void on_listed(void *arg, const redisReply *reply)
{
	struct reclaim *reclaim = arg;

	if (!reply || reply->type != REDIS_REPLY_ARRAY) {
		finish(reclaim);
		return;
	}
	reclaim->count = reclaim->next = 0;
	reclaim->last_page = reply->elements < PAGE;
	for (size_t i = 0; i < reply->elements && i < PAGE; i++) {
		struct row *row = &reclaim->rows[reclaim->count];

		if (!read_row(row, reply->element[i]))
			continue;
		snprintf(reclaim->from, sizeof reclaim->from, "(%s", row->id);
		if (reclaim->scope == RECLAIM_OWN || !is_ours(reclaim, reply->element[i]) ||
		    !queue_has_in_hand(reclaim->queue, row->id))
			reclaim->count++;
	}
	qsort(reclaim->rows, reclaim->count, sizeof reclaim->rows[0], by_deliveries);
	step(reclaim);
}

static void list(struct reclaim *reclaim)
{
	struct resp command = {0};

	resp_begin(&command);
	resp_string(&command, "XPENDING");
	resp_string(&command, stream_name(reclaim));
	resp_string(&command, reclaim->queue->group);
	if (reclaim->scope == RECLAIM_IDLE) {
		resp_string(&command, "IDLE");
		resp_number(&command, reclaim->options.claim_after_ms);
	}
	resp_string(&command, reclaim->from);
	resp_string(&command, "+");
	resp_number(&command, PAGE);
	if (reclaim->scope == RECLAIM_OWN)
		resp_string(&command, reclaim->queue->consumer);
	session_call(reclaim->queue->session, LANE_WORK, &command, on_listed, reclaim);
}

/* Handles the next rows of the page. Each branch ends in step() again, or in finish(). */
static void step(struct reclaim *reclaim)
{
	size_t together = 0;

	if (!session_is_up(reclaim->queue->session) ||
	    (reclaim->stopping && reclaim->scope == RECLAIM_IDLE)) {
		finish(reclaim);
	} else if (reclaim->next == reclaim->count) {
		if (reclaim->last_page)
			finish(reclaim);
		else
			list(reclaim);
	} else if (reclaim->rows[reclaim->next].deliveries >= reclaim->options.max_deliveries) {
		dead_letter(reclaim);
	} else {
		while (reclaim->next + together < reclaim->count &&
		       reclaim->rows[reclaim->next + together].deliveries == 1)
			together++;
		claim(reclaim, together ? together : 1);
	}
}

/* Orphans. */

static void start_listing(struct reclaim *reclaim)
{
	snprintf(reclaim->from, sizeof reclaim->from, "-");
	list(reclaim);
}

static void on_orphans(void *arg, const redisReply *reply)
{
	struct reclaim *reclaim = arg;

	if (!reply || reply->type != REDIS_REPLY_ARRAY || reply->elements != 3 ||
	    reply->element[0]->type != REDIS_REPLY_STRING ||
	    reply->element[1]->type != REDIS_REPLY_STRING ||
	    reply->element[2]->type != REDIS_REPLY_INTEGER) {
		finish(reclaim);
		return;
	}
	if (reply->element[2]->integer > 0) {
		reclaim->queue->metrics->orphans += (uint64_t)reply->element[2]->integer;
		log_event(LOG_WARNING, "stream", "claimed entries that no consumer held count=%lld",
			  reply->element[2]->integer);
	}
	if (reply->element[0]->len) {
		find_orphans(reclaim, reply->element[0]->str, reply->element[1]->str);
	} else {
		reclaim->orphans_at = clock_ms();
		start_listing(reclaim);
	}
}

static void find_orphans(struct reclaim *reclaim, const char *from, const char *until)
{
	const enum key keys[] = {reclaim->queue->stream, KEY_VERDICTS};
	struct resp command = {0};

	queue_script(reclaim->queue, &command, SCRIPT_ORPHANS, keys, 2);
	resp_string(&command, reclaim->queue->group);
	resp_string(&command, from);
	resp_string(&command, until);
	session_call(reclaim->queue->session, LANE_WORK, &command, on_orphans, reclaim);
}

void reclaim_round(struct reclaim *reclaim, enum reclaim_scope scope)
{
	if (reclaim->busy)
		return;
	reclaim->busy = true;
	reclaim->scope = scope;
	if (scope == RECLAIM_IDLE &&
	    (!reclaim->orphans_at || clock_ms() - reclaim->orphans_at >= ORPHANS_EVERY_MS)) {
		find_orphans(reclaim, "-", "");
	} else {
		start_listing(reclaim);
	}
}

void reclaim_stop(struct reclaim *reclaim)
{
	reclaim->stopping = true;
}

bool reclaim_is_busy(const struct reclaim *reclaim)
{
	return reclaim->busy;
}

struct reclaim *reclaim_new(struct queue *queue, const struct reclaim_options *options)
{
	struct reclaim *reclaim = calloc(1, sizeof *reclaim);

	if (!reclaim)
		return NULL;
	reclaim->queue = queue;
	reclaim->options = *options;
	return reclaim;
}

void reclaim_free(struct reclaim *reclaim)
{
	free(reclaim);
}
