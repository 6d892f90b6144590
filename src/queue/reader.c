#include "queue/reader.h"

#include <hiredis/hiredis.h>
#include <stdlib.h>
#include <string.h>

/* What one batch may hold or cost before the next ones are read smaller: fields may be of
 * any size, and nothing in Redis lets a reader refuse them. FIRST is asked for after a lull,
 * so that no more than so many of the largest come unforeseen; a backlog is soon read in
 * whole batches. */
enum { HEAVY_BYTES = 1 << 18, HEAVY_NS = 200000000, SMALLER = 8, FIRST = 8 };

struct intake {
	const struct queue *queue;
	struct intake_options options;
	size_t count; /* entries that the next read asks for */
	size_t asked; /* that the last one did */
	enum { IDLE, OPEN, STOPPING } state;
	enum { READ_NONE, READ_QUICK, READ_BLOCKING } out; /* what read is */
	bool drained; /* the last read brought less than it asked for */
};

static void adapt(struct intake *intake, bool heavy)
{
	size_t most = intake->options.batch;

	if (intake->drained && most > FIRST)
		most = FIRST;
	if (heavy)
		intake->count = intake->count / SMALLER + (intake->count < SMALLER);
	else
		intake->count *= 2;
	if (intake->count > most)
		intake->count = most;
}

static void on_batch_done(void *arg, struct batch *batch)
{
	struct intake *intake = arg;

	adapt(intake, batch->bytes > HEAVY_BYTES || batch->judging > HEAVY_NS);
}

static void take(struct intake *intake, const redisReply *stream)
{
	const char *submitted = queue_key(intake->queue, KEY_SUBMITTED);
	bool is_review = strcmp(stream->element[0]->str, submitted) != 0;
	struct batch *batch = batch_read(stream->element[1]);

	if (!batch) {
		session_restart(intake->queue->session, "out of memory");
		return;
	}
	batch->consecutive = true;
	batch->done = on_batch_done;
	batch->arg = intake;
	if (batch->bytes > HEAVY_BYTES)
		adapt(intake, true);
	if (!is_review)
		intake->drained = batch->count < intake->asked;
	intake->options.take(intake->options.arg, is_review ? KEY_REVIEW : KEY_SUBMITTED, batch);
}

static bool is_stream(const redisReply *stream)
{
	return stream->type == REDIS_REPLY_ARRAY && stream->elements == 2 &&
	       stream->element[0]->type == REDIS_REPLY_STRING;
}

static void on_read(void *arg, const redisReply *reply)
{
	struct intake *intake = arg;

	intake->out = READ_NONE;
	intake->drained = true;
	for (size_t i = 0; reply && reply->type == REDIS_REPLY_ARRAY && i < reply->elements; i++)
		if (is_stream(reply->element[i]) && session_is_up(intake->queue->session))
			take(intake, reply->element[i]);
	if (intake->state == STOPPING)
		intake->options.stopped(intake->options.arg);
	else if (reply)
		intake_go_on(intake);
}

static bool has_room(const struct intake *intake)
{
	return intake->options.in_hand(intake->options.arg) < intake->options.in_flight;
}

/* Blocks only where the last read found the end: a read that does not block is answered at
 * once, so that stopping can wait for it. */
void intake_go_on(struct intake *intake)
{
	struct resp command = {0};

	if (intake->state != OPEN || intake->out || !has_room(intake))
		return;
	intake->out = intake->drained ? READ_BLOCKING : READ_QUICK;
	intake->asked = intake->count;
	resp_begin(&command);
	resp_words(&command, "XREADGROUP GROUP");
	resp_string(&command, intake->queue->group);
	resp_string(&command, intake->queue->consumer);
	resp_string(&command, "COUNT");
	resp_number(&command, (int64_t)intake->asked);
	if (intake->out == READ_BLOCKING) {
		resp_string(&command, "BLOCK");
		resp_number(&command, intake->options.block);
	}
	resp_string(&command, "STREAMS");
	resp_string(&command, queue_key(intake->queue, KEY_SUBMITTED));
	resp_string(&command, queue_key(intake->queue, KEY_REVIEW));
	resp_words(&command, "> >");
	session_call(intake->queue->session, LANE_READ, &command, on_read, intake);
}

void intake_start(struct intake *intake)
{
	intake->state = OPEN;
	intake->drained = false;
	intake_go_on(intake);
}

void intake_stop(struct intake *intake)
{
	intake->state = STOPPING;
	if (intake->out == READ_BLOCKING)
		session_stop_reading(intake->queue->session);
}

bool intake_is_reading(const struct intake *intake)
{
	return intake->out;
}

struct intake *intake_new(const struct queue *queue, const struct intake_options *options)
{
	struct intake *intake = calloc(1, sizeof *intake);

	if (!intake)
		return NULL;
	intake->queue = queue;
	intake->options = *options;
	intake->count = options->batch < FIRST ? options->batch : FIRST;
	return intake;
}

void intake_free(struct intake *intake)
{
	free(intake);
}
