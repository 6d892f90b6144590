#include "queue/repeat.h"

#include <event2/event.h>
#include <hiredis/hiredis.h>
#include <stdlib.h>
#include <string.h>
#include "base/grow.h"
#include "base/log.h"
#include "queue/submission.h"

enum { WAIT_S = 5 }; /* how long a batch waits for its counts */

/* One text that is counted. */
struct asked {
	size_t entry;
	unsigned index; /* of the rule */
	int64_t count;
};

struct span {
	int64_t within_ms, most;
};

struct repeats {
	struct repeat_counter *counter;
	struct resp texts; /* in the form that repeat.lua reads */
	struct span spans[LIMIT_REPEAT_RULES];
	struct asked *asked;
	size_t count, room;
	size_t entries, next; /* added; the next of `asked` to be returned */
	bool sent, counted, failed;
	struct pending *pending;
};

/* A script that has no reply yet. It outlives the batch that gives it up. */
struct pending {
	struct repeat_counter *counter;
	struct repeats *repeats; /* NULL: given up */
	bool late;		 /* given up because no reply came, not because its batch ended */
	struct event *deadline;
};

struct repeats *repeats_new(struct repeat_counter *counter)
{
	struct repeats *repeats = calloc(1, sizeof *repeats);

	if (!repeats)
		return NULL;
	repeats->counter = counter;
	resp_begin(&repeats->texts);
	return repeats;
}

static void give_up(struct pending *pending)
{
	pending->repeats->pending = NULL;
	pending->repeats = NULL;
	event_del(pending->deadline);
}

void repeats_free(struct repeats *repeats)
{
	if (!repeats)
		return;
	if (repeats->pending)
		give_up(repeats->pending);
	resp_free(&repeats->texts);
	free(repeats->asked);
	free(repeats);
}

int64_t repeat_time(const char *entry)
{
	const unsigned long long most = (1ULL << 42) - 1;
	char *dash;
	unsigned long long ms = strtoull(entry, &dash, 10);
	unsigned long long number = *dash == '-' ? strtoull(dash + 1, NULL, 10) : 0;

	ms = ms < most ? ms : most;
	return (int64_t)(ms * REPEAT_TICKS + (number < REPEAT_TICKS ? number : REPEAT_TICKS - 1));
}

static void add_text(struct repeats *repeats, const struct submission *entry,
		     const struct field *id, const struct repeat *repeat)
{
	if (!grow(repeats->asked, repeats->count + 1, &repeats->room)) {
		repeats->failed = true;
		return;
	}
	repeats->asked[repeats->count++] =
		(struct asked){repeats->entries, repeat->index, REPEAT_UNKNOWN};
	repeats->spans[repeat->index] = (struct span){
		repeat->within_ms,
		repeat->times + REPEAT_MORE_IDS,
	};
	resp_number(&repeats->texts, repeat->index);
	resp_string(&repeats->texts, repeat->key);
	resp_add(&repeats->texts, id->value, id->value_len);
	resp_number(&repeats->texts, repeat_time(entry->id));
}

void repeats_add(struct repeats *repeats, struct judge *judge, const struct ruleset *rules,
		 const struct submission *entry)
{
	struct repeat found[LIMIT_REPEAT_RULES];
	const char *why;
	const struct field *id = submission_id(&entry->fields, &why);
	size_t count = 0;

	if (id && !judge_repeats(judge, rules, &entry->fields, found, &count))
		repeats->failed = true;
	for (size_t i = 0; i < count; i++)
		add_text(repeats, entry, id, &found[i]);
	repeats->entries++;
}

size_t repeats_entries(const struct repeats *repeats)
{
	return repeats->entries;
}

bool repeats_are_sent(const struct repeats *repeats)
{
	return repeats->sent;
}

bool repeats_are_counted(const struct repeats *repeats)
{
	return repeats->counted;
}

static void finish(struct repeats *repeats)
{
	repeats->counted = true;
	repeats->counter->counted(repeats->counter->arg);
}

/* Logs a failure once, until counting works again. */
static void log_failure(struct repeat_counter *counter)
{
	if (!counter->logged)
		log_event(LOG_WARNING, "repeat",
			  "not counted: its rules count as failing, and hold");
	counter->logged = true;
}

static void log_success(struct repeat_counter *counter)
{
	if (counter->logged)
		log_event(LOG_INFO, "repeat", "counted again");
	counter->logged = false;
}

static bool take_counts(struct repeats *repeats, const redisReply *reply)
{
	if (!reply || reply->type != REDIS_REPLY_ARRAY || reply->elements != repeats->count)
		return false;
	for (size_t i = 0; i < repeats->count; i++) {
		const redisReply *count = reply->element[i];

		if (count->type == REDIS_REPLY_INTEGER && count->integer > 0)
			repeats->asked[i].count = count->integer;
	}
	return true;
}

static void on_reply(void *arg, const redisReply *reply)
{
	struct pending *pending = arg;
	struct repeats *repeats = pending->repeats;
	struct repeat_counter *counter = pending->counter;

	counter->late -= pending->late;
	event_free(pending->deadline);
	free(pending);
	if (!repeats)
		return;
	repeats->pending = NULL;
	if (take_counts(repeats, reply))
		log_success(counter);
	else if (reply) /* and the session is not lost */
		log_failure(counter);
	finish(repeats);
}

static void set_deadline(struct pending *pending)
{
	const struct timeval wait = {WAIT_S, 0};

	evtimer_add(pending->deadline, &wait);
}

static void on_deadline(evutil_socket_t unused, short what, void *arg)
{
	struct pending *pending = arg;
	struct repeats *repeats = pending->repeats;

	(void)unused, (void)what;
	if (pending->counter->waits) {
		set_deadline(pending);
		return;
	}
	give_up(pending);
	pending->late = true;
	pending->counter->late++;
	log_failure(repeats->counter);
	finish(repeats);
}

static struct pending *pending_new(struct repeats *repeats)
{
	struct pending *pending = calloc(1, sizeof *pending);

	if (!pending ||
	    !(pending->deadline = evtimer_new(repeats->counter->base, on_deadline, pending))) {
		free(pending);
		return NULL;
	}
	pending->counter = repeats->counter;
	pending->repeats = repeats;
	set_deadline(pending);
	return pending;
}

static void call_script(struct repeats *repeats, struct pending *pending)
{
	static const enum key keys[] = {KEY_REPEAT};
	struct queue *queue = repeats->counter->queue;
	struct resp command = {0};

	queue_script(queue, &command, SCRIPT_REPEAT, keys, 1);
	resp_number(&command, LIMIT_REPEAT_RULES);
	for (size_t i = 0; i < LIMIT_REPEAT_RULES; i++) {
		resp_number(&command, repeats->spans[i].within_ms);
		resp_number(&command, repeats->spans[i].most);
	}
	resp_join(&command, &repeats->texts);
	session_call(queue->session, LANE_WORK, &command, on_reply, pending);
}

/* While an earlier call has no reply, this one would get none either. */
void repeats_send(struct repeats *repeats)
{
	repeats->sent = true;
	if (!repeats->count && !repeats->failed) {
		finish(repeats);
		return;
	}
	if (!repeats->failed && !repeats->counter->late)
		repeats->pending = pending_new(repeats);
	if (repeats->pending) {
		call_script(repeats, repeats->pending);
		return;
	}
	log_failure(repeats->counter);
	finish(repeats);
}

void repeats_counts(struct repeats *repeats, size_t entry, int64_t counts[LIMIT_REPEAT_RULES])
{
	for (size_t i = 0; i < LIMIT_REPEAT_RULES; i++)
		counts[i] = repeats->failed ? REPEAT_UNKNOWN : 0;
	if (repeats->failed)
		return;
	for (; repeats->next < repeats->count; repeats->next++) {
		const struct asked *asked = &repeats->asked[repeats->next];

		if (asked->entry != entry)
			break;
		counts[asked->index] = asked->count;
	}
}
