#include "queue/reader.h"

#include <event2/event.h>
#include <hiredis/hiredis.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include "base/clock.h"

/* A batch that is too large, or takes too long to judge, makes the next reads smaller: fields may
 * be of any size, and a read cannot be limited by bytes. After a read that found the end of the
 * stream, the next asks for at most FIRST entries, which bounds the memory for large ones. If the
 * reader lingers (reader.h), it asks for at most AFTER_LINGERING. A backlog is soon read in full
 * batches. */
enum { HEAVY_BYTES = 1 << 18, HEAVY_NS = 200000000, SMALLER = 8, FIRST = 8, AFTER_LINGERING = 64 };

struct reader {
	struct queue *queue;
	struct reader_options options;
	size_t count; /* number of entries that the next read asks for */
	size_t asked; /* that the last read asked for */
	enum { IDLE, OPEN, STOPPING } state;
	enum { READ_NONE, READ_QUICK, READ_BLOCKING } out; /* the read under way */
	bool drained; /* the last read returned fewer than it asked for */
	struct arrivals arrivals;
	bool pausing;
	int timer; /* ends the pause; libevent's own may be 4 ms late. -1: never lingers */
	struct event *pause;
};

void arrivals_count(struct arrivals *arrivals, size_t entries, int64_t now_ns)
{
	enum { SMOOTH = 32, UNKNOWN_NS = 1000000000 };
	int64_t since = now_ns - arrivals->last_ns, count = (int64_t)entries;

	if (arrivals->last_ns)
		arrivals->gap_ns += (since - arrivals->gap_ns * count) / (SMOOTH + count);
	else
		arrivals->gap_ns = UNKNOWN_NS;
	arrivals->last_ns = now_ns;
}

bool arrivals_linger(const struct arrivals *arrivals)
{
	return arrivals->gap_ns > LINGER_FASTEST_NS && arrivals->gap_ns < LINGER_SLOWEST_NS;
}

static int64_t now_ns(const struct reader *reader)
{
	return reader->options.now_ns ? reader->options.now_ns() : clock_ns();
}

static bool is_lingering(const struct reader *reader)
{
	return reader->options.linger_ms && reader->drained && arrivals_linger(&reader->arrivals);
}

static void adapt(struct reader *reader, bool heavy)
{
	size_t most = reader->options.batch;
	size_t first = is_lingering(reader) ? AFTER_LINGERING : FIRST;

	if (reader->drained && most > first)
		most = first;
	if (heavy)
		reader->count = reader->count / SMALLER + (reader->count < SMALLER);
	else
		reader->count *= 2;
	if (reader->count > most)
		reader->count = most;
}

static void on_batch_done(void *arg, struct batch *batch)
{
	struct reader *reader = arg;

	adapt(reader, batch->bytes > HEAVY_BYTES || batch->work.judging_ns > HEAVY_NS);
}

static void take(struct reader *reader, const redisReply *stream)
{
	struct batch *batch = batch_read(stream->element[1]);

	if (!batch) {
		session_restart(reader->queue->session, "out of memory");
		return;
	}
	batch->consecutive = true;
	batch->done = on_batch_done;
	batch->arg = reader;
	if (batch->bytes > HEAVY_BYTES)
		adapt(reader, true);
	reader->drained = batch->count < reader->asked;
	arrivals_count(&reader->arrivals, batch->count, now_ns(reader));
	queue_dispatch(reader->queue, batch);
}

static bool is_stream(const redisReply *stream)
{
	return stream->type == REDIS_REPLY_ARRAY && stream->elements == 2;
}

/* 0 stops it. */
static bool set_timer(const struct reader *reader, int64_t ms)
{
	const struct timeval wait = clock_timeval(ms);
	const struct itimerspec once = {.it_value = {wait.tv_sec, wait.tv_usec * 1000}};

	return timerfd_settime(reader->timer, 0, &once, NULL) == 0;
}

/* Puts off the next read if a batch is to form. */
static bool linger(struct reader *reader)
{
	reader->pausing = is_lingering(reader) && set_timer(reader, reader->options.linger_ms);
	return reader->pausing;
}

static void end_pause(struct reader *reader)
{
	if (reader->pausing)
		set_timer(reader, 0);
	reader->pausing = false;
}

static void on_read(void *arg, const redisReply *reply)
{
	struct reader *reader = arg;

	reader->out = READ_NONE;
	reader->drained = true;
	if (reply && reply->type == REDIS_REPLY_NIL)
		arrivals_count(&reader->arrivals, 0, now_ns(reader));
	for (size_t i = 0; reply && reply->type == REDIS_REPLY_ARRAY && i < reply->elements; i++)
		if (is_stream(reply->element[i]) && session_is_up(reader->queue->session))
			take(reader, reply->element[i]);
	if (reader->state == STOPPING)
		reader->queue->progress(reader->queue->arg);
	else if (reply && !linger(reader))
		reader_go_on(reader);
}

static void on_pause_ended(evutil_socket_t timer, short what, void *arg)
{
	struct reader *reader = arg;
	uint64_t times;

	(void)what;
	if (read(timer, &times, sizeof times) != sizeof times)
		return; /* stopped meanwhile */
	reader->pausing = false;
	reader_go_on(reader);
}

static bool has_room(const struct reader *reader)
{
	return reader->queue->in_hand < reader->options.in_flight;
}

/* Blocks only when the last read found the end of the stream. A read that does not block is
 * answered at once, so reader_stop() can wait for it. */
void reader_go_on(struct reader *reader)
{
	struct resp command = {0};

	if (reader->state != OPEN || reader->out || reader->pausing || !has_room(reader))
		return;
	reader->out = reader->drained ? READ_BLOCKING : READ_QUICK;
	reader->asked = reader->count;
	resp_begin(&command);
	resp_words(&command, "XREADGROUP GROUP");
	resp_string(&command, reader->queue->group);
	resp_string(&command, reader->queue->consumer);
	resp_string(&command, "COUNT");
	resp_number(&command, (int64_t)reader->asked);
	if (reader->out == READ_BLOCKING) {
		resp_string(&command, "BLOCK");
		resp_number(&command, reader->options.block_ms);
	}
	resp_string(&command, "STREAMS");
	resp_string(&command, queue_key(reader->queue, reader->queue->stream));
	resp_string(&command, ">");
	session_call(reader->queue->session, LANE_READ, &command, on_read, reader);
}

void reader_start(struct reader *reader)
{
	reader->state = OPEN;
	reader->drained = false;
	end_pause(reader);
	reader_go_on(reader);
}

void reader_stop(struct reader *reader)
{
	reader->state = STOPPING;
	end_pause(reader);
	if (reader->out == READ_BLOCKING)
		session_stop_reading(reader->queue->session);
}

bool reader_is_reading(const struct reader *reader)
{
	return reader->out;
}

static bool make_timer(struct reader *reader, struct event_base *base)
{
	reader->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (reader->timer < 0)
		return false;
	reader->pause =
		event_new(base, reader->timer, EV_READ | EV_PERSIST, on_pause_ended, reader);
	return reader->pause && event_add(reader->pause, NULL) == 0;
}

struct reader *reader_new(struct event_base *base, struct queue *queue,
			  const struct reader_options *options)
{
	struct reader *reader = calloc(1, sizeof *reader);

	if (!reader)
		return NULL;
	reader->queue = queue;
	reader->options = *options;
	reader->count = options->batch < FIRST ? options->batch : FIRST;
	reader->timer = -1;
	if (!options->linger_ms || make_timer(reader, base))
		return reader;
	reader_free(reader);
	return NULL;
}

void reader_free(struct reader *reader)
{
	if (!reader)
		return;
	if (reader->pause)
		event_free(reader->pause);
	if (reader->timer >= 0)
		close(reader->timer);
	free(reader);
}
