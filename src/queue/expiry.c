#include "queue/expiry.h"

#include <event2/event.h>
#include <hiredis/hiredis.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "base/log.h"

/* Held comments. */

enum { MOST = 100, LEAST_MS = 250, MOST_MS = 60000 };

struct hold_expiry {
	const struct queue *queue;
	int64_t hold_for;
	struct settle_options options;
	const char *verdict;
	struct event *timer;
};

static void settle_later(struct hold_expiry *expiry)
{
	int64_t ms = expiry->hold_for / 4;
	struct timeval wait;

	ms = ms < LEAST_MS ? LEAST_MS : ms > MOST_MS ? MOST_MS : ms;
	wait = clock_timeval(ms);
	evtimer_add(expiry->timer, &wait);
}

static void settle_expired(struct hold_expiry *expiry);

static void on_settled(void *arg, const redisReply *reply)
{
	struct hold_expiry *expiry = arg;
	long long count = reply && reply->type == REDIS_REPLY_INTEGER ? reply->integer : 0;

	if (count)
		log_event(LOG_INFO, "held", "hold expired verdict=%s count=%lld", expiry->verdict,
			  count);
	if (count == MOST)
		settle_expired(expiry);
	else
		settle_later(expiry);
}

static void settle_expired(struct hold_expiry *expiry)
{
	static const enum key keys[] = {KEY_HELD, KEY_VERDICTS, KEY_REJECTED, KEY_STATS};
	enum { COUNT = sizeof keys / sizeof keys[0] };
	struct resp command = {0};

	queue_script(expiry->queue, &command, SCRIPT_HOLD_EXPIRY, keys, COUNT);
	resp_number(&command, expiry->hold_for);
	resp_string(&command, expiry->verdict);
	resp_number(&command, MOST);
	resp_number(&command, expiry->options.keep_stats);
	resp_string(&command, settle_approved_key(expiry->queue, &expiry->options));
	session_call(expiry->queue->session, LANE_WORK, &command, on_settled, expiry);
}

static void on_settle_time(evutil_socket_t unused, short what, void *arg)
{
	(void)unused, (void)what;
	settle_expired(arg);
}

struct hold_expiry *hold_expiry_new(struct event_base *base, const struct queue *queue,
				    int64_t hold_for, const char *verdict,
				    const struct settle_options *options)
{
	struct hold_expiry *expiry = calloc(1, sizeof *expiry);

	if (!expiry || !(expiry->timer = evtimer_new(base, on_settle_time, expiry))) {
		free(expiry);
		return NULL;
	}
	expiry->queue = queue;
	expiry->hold_for = hold_for;
	expiry->verdict = verdict;
	expiry->options = *options;
	settle_later(expiry);
	return expiry;
}

void hold_expiry_free(struct hold_expiry *expiry)
{
	if (!expiry)
		return;
	event_free(expiry->timer);
	free(expiry);
}

/* Streams. */

/* MORE_MS: after calls that removed entries, since they may have left some. */
enum { EVERY_MS = 5000, MORE_MS = 200 };

/* One call for each stream, so that a stream that cannot be trimmed does not prevent the trimming
 * of the others. */
static const enum key streams[] = {KEY_VERDICTS, KEY_REJECTED, KEY_WATCHED,
				   KEY_REVIEWED, KEY_DEAD,     KEY_APPROVED};
enum { STREAMS = sizeof streams / sizeof streams[0] };

struct trimming {
	struct retention *retention;
	enum key stream;
	bool failing; /* already logged */
};

struct retention {
	const struct queue *queue;
	struct settle_options options;
	struct event *timer;
	struct trimming trimmings[STREAMS];
	size_t awaited; /* replies still to come */
	bool more;
};

static void trim_later(struct retention *retention, int64_t ms)
{
	const struct timeval wait = clock_timeval(ms);

	evtimer_add(retention->timer, &wait);
}

static void log_failure(const struct trimming *trimming, const char *error)
{
	char quoted[LOG_QUOTED];

	log_event(LOG_WARNING, "retention", "a stream is not trimmed and grows stream=%s error=%s",
		  queue_key(trimming->retention->queue, trimming->stream),
		  log_quote(quoted, error, strlen(error)));
}

static void note_outcome(struct trimming *trimming, const redisReply *reply)
{
	enum fault fault = fault_of(reply);
	bool failing = fault != FAULT_NONE && fault != FAULT_NOSCRIPT;

	if (failing && !trimming->failing)
		log_failure(trimming, reply->str);
	if (!failing && trimming->failing)
		log_event(LOG_INFO, "retention", "trimmed again stream=%s",
			  queue_key(trimming->retention->queue, trimming->stream));
	trimming->failing = failing;
}

static void on_trimmed(void *arg, const redisReply *reply)
{
	struct trimming *trimming = arg;
	struct retention *retention = trimming->retention;

	if (reply) { /* a missing script is loaded by the next search for orphans */
		note_outcome(trimming, reply);
		if (reply->type == REDIS_REPLY_INTEGER && reply->integer > 0)
			retention->more = true;
	}
	if (!--retention->awaited)
		trim_later(retention, retention->more ? MORE_MS : EVERY_MS);
}

static int64_t age_of(const struct settle_options *options, enum key stream)
{
	if (stream == KEY_VERDICTS)
		return options->keep;
	return stream == KEY_APPROVED ? options->keep_approved : options->keep_rejected;
}

static void trim(struct trimming *trimming)
{
	const struct retention *retention = trimming->retention;
	struct resp command = {0};

	queue_script(retention->queue, &command, SCRIPT_TRIM, &trimming->stream, 1);
	resp_number(&command, age_of(&retention->options, trimming->stream));
	session_send(retention->queue->session, &command, on_trimmed, trimming);
}

/* Without --keep-approved the last stream, of approved comments, is left alone: another daemon may
 * keep them. */
static size_t count_of(const struct settle_options *options)
{
	return options->keep_approved ? STREAMS : STREAMS - 1;
}

static void on_trim_time(evutil_socket_t unused, short what, void *arg)
{
	struct retention *retention = arg;

	(void)unused, (void)what;
	retention->more = false;
	retention->awaited = count_of(&retention->options);
	for (size_t i = 0, count = retention->awaited; i < count; i++)
		trim(&retention->trimmings[i]);
}

struct retention *retention_new(struct event_base *base, const struct queue *queue,
				const struct settle_options *options)
{
	struct retention *retention = calloc(1, sizeof *retention);

	if (!retention || !(retention->timer = evtimer_new(base, on_trim_time, retention))) {
		free(retention);
		return NULL;
	}
	retention->queue = queue;
	retention->options = *options;
	for (int i = 0; i < STREAMS; i++)
		retention->trimmings[i] =
			(struct trimming){.retention = retention, .stream = streams[i]};
	trim_later(retention, EVERY_MS);
	return retention;
}

void retention_free(struct retention *retention)
{
	if (!retention)
		return;
	event_free(retention->timer);
	free(retention);
}
