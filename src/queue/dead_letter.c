#include "queue/dead_letter.h"

#include <event2/event.h>
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "base/log.h"
#include "monitor/metrics.h"
#include "queue/batch.h"

/* The log: a line a minute for each stream and reason. */

/* More than the reasons that exist. If there are ever too many, those without a place share the
 * last one. */
enum { MOST_REASONS = 32, LOOK_EVERY_MS = 5000 };

struct reason {
	const char *event;
	char stream[160];
	char entry[48], text[160]; /* of the last one */
	struct log_limit limit;
};

struct dead_log {
	struct reason reasons[MOST_REASONS];
	size_t count;
	struct event *timer;
};

/* Compares up to the first quotation mark: the name of a field follows, which may be any. */
static bool has_text(const struct reason *reason, const char *text)
{
	size_t len = strcspn(text, "\""), most = sizeof reason->text - 1;

	len = len < most ? len : most;
	return strcspn(reason->text, "\"") == len && !strncmp(reason->text, text, len);
}

static struct reason *find(struct dead_log *log, const char *event, const char *stream,
			   const char *text)
{
	struct reason *reason = log->reasons;

	for (size_t i = 0; i < log->count; i++, reason++)
		if (has_text(reason, text) && !strcmp(reason->stream, stream) &&
		    !strcmp(reason->event, event))
			return reason;
	if (log->count < MOST_REASONS)
		log->count++;
	reason = &log->reasons[log->count - 1];
	reason->event = event;
	snprintf(reason->stream, sizeof reason->stream, "%s", stream);
	return reason;
}

static void log_reason(struct reason *reason, int64_t now)
{
	uint64_t count = log_limit_take(&reason->limit, now);
	char quoted[LOG_QUOTED];

	if (count)
		log_event(LOG_WARNING, "dead", "%s stream=%s count=%" PRIu64 " last=%s reason=%s",
			  reason->event, reason->stream, count, reason->entry,
			  log_quote(quoted, reason->text, strlen(reason->text)));
}

/* Counts an entry, and logs it unless the last line about the same is too recent. `event`, a
 * string constant, is what happened to it. */
static void dead_log_add(struct dead_log *log, const char *event, const char *stream,
			 const char *entry, const char *text)
{
	struct reason *reason = find(log, event, stream, text);

	snprintf(reason->entry, sizeof reason->entry, "%s", entry);
	snprintf(reason->text, sizeof reason->text, "%s", text);
	reason->limit.waiting++;
	log_reason(reason, clock_ms());
}

/* Logs the reasons that are due. `later` is added to the current time, in ms; with LOG_LIMIT_MS all
 * are due. */
static void log_all(struct dead_log *log, int64_t later)
{
	for (size_t i = 0; i < log->count; i++)
		log_reason(&log->reasons[i], clock_ms() + later);
}

static void on_log_time(evutil_socket_t unused, short what, void *arg)
{
	(void)unused, (void)what;
	log_all(arg, 0);
}

struct dead_log *dead_log_new(struct event_base *base)
{
	const struct timeval every = clock_timeval(LOOK_EVERY_MS);
	struct dead_log *log = calloc(1, sizeof *log);

	if (!log)
		return NULL;
	log->timer = event_new(base, -1, EV_PERSIST, on_log_time, log);
	if (!log->timer || event_add(log->timer, &every)) {
		dead_log_free(log);
		return NULL;
	}
	return log;
}

void dead_log_free(struct dead_log *log)
{
	if (!log)
		return;
	log_all(log, LOG_LIMIT_MS);
	if (log->timer)
		event_free(log->timer);
	free(log);
}

/* The entries. */

struct dead_letter {
	struct queue *queue;
	char entry[ENTRY_ID_SIZE], reason[DEAD_REASON_SIZE];
	int64_t deliveries;
	dead_letter_fn *done;
	void *arg;
};

static void finish(struct dead_letter *letter, bool lost)
{
	dead_letter_fn *done = letter->done;
	void *arg = letter->arg;

	free(letter);
	done(arg, lost);
}

static void log_letter(const struct dead_letter *letter, const char *event, const char *reason)
{
	const struct queue *queue = letter->queue;

	dead_log_add(queue->dead_log, event, queue_key(queue, queue->stream), letter->entry,
		     reason);
}

static void on_moved(void *arg, const redisReply *reply)
{
	struct dead_letter *letter = arg;

	if (reply && reply->type == REDIS_REPLY_INTEGER && reply->integer) {
		letter->queue->metrics->dead++;
		log_letter(letter, "moved", letter->reason);
	}
	finish(letter, !reply);
}

static struct resp command_of(const struct dead_letter *letter)
{
	const struct queue *queue = letter->queue;
	const enum key keys[] = {queue->stream, KEY_DEAD, KEY_STATS};
	struct resp command = {0};

	queue_script(queue, &command, SCRIPT_DEAD_LETTER, keys, sizeof keys / sizeof keys[0]);
	resp_string(&command, queue->group);
	resp_string(&command, letter->entry);
	resp_string(&command, letter->reason);
	resp_number(&command, letter->deliveries);
	return command;
}

/* The error stays until a person corrects it. FAULT_OTHER: a stream at its last id. */
static bool is_permanent(enum fault fault)
{
	return fault == FAULT_WRONGTYPE || fault == FAULT_NOPERM || fault == FAULT_OTHER;
}

/* Sets the deliveries in Redis to 1 again if the caller gave 1: a handler has read the entry and
 * found it invalid. A higher number is of an entry that was delivered too often. It stays, since
 * the entry may have crashed a daemon each time. */
static void reset_deliveries(const struct dead_letter *letter)
{
	const struct submission entry = {.id = letter->entry};

	if (letter->deliveries == 1)
		queue_reset_deliveries(letter->queue, &entry, 1);
}

static void on_first_answer(void *arg, const redisReply *reply)
{
	struct dead_letter *letter = arg;
	struct session *session = letter->queue->session;
	struct resp command;

	if (!reply || reply->type != REDIS_REPLY_ERROR) {
		on_moved(letter, reply);
	} else if (is_permanent(fault_of(reply))) {
		letter->queue->metrics->redis.faults[fault_of(reply)]++;
		log_letter(letter, "not moved, stays pending", reply->str);
		reset_deliveries(letter);
		finish(letter, false);
	} else {
		command = command_of(letter);
		session_call(session, LANE_WORK, &command, on_moved, letter);
	}
}

void dead_letter_send(struct queue *queue, const char *entry, const char *reason,
		      int64_t deliveries, dead_letter_fn *done, void *arg)
{
	struct dead_letter *letter = malloc(sizeof *letter);
	struct resp command;

	if (!letter) {
		session_restart(queue->session, "out of memory");
		done(arg, true);
		return;
	}
	*letter = (struct dead_letter){
		.queue = queue, .deliveries = deliveries, .done = done, .arg = arg};
	snprintf(letter->entry, sizeof letter->entry, "%s", entry);
	snprintf(letter->reason, sizeof letter->reason, "%s", reason);
	command = command_of(letter);
	session_send(queue->session, &command, on_first_answer, letter);
}
