#include "queue/queue.h"

#include <stdio.h>
#include <string.h>
#include "base/escape.h"
#include "queue/batch.h"

/* Either no braces, or one {tag}, by which Redis Cluster chooses the slot. */
static bool has_good_braces(const char *prefix)
{
	const char *open = strchr(prefix, '{'), *close = strchr(prefix, '}');

	if (!open && !close)
		return true;
	return open && close > open + 1 && !strchr(open + 1, '{') && !strchr(close + 1, '}');
}

static const char *expected_of(const char *prefix)
{
	size_t len = strlen(prefix);

	if (!len || len > PREFIX_SIZE)
		return "expected 1 to 128 bytes";
	if (strchr(prefix, ' ') || escape_needed(prefix, len))
		return "expected no blanks, control or invisible characters";
	if (prefix[len - 1] == ':')
		return "expected no colon at the end: the keys are PREFIX:submitted and so on";
	if (!has_good_braces(prefix))
		return "expected no braces, or one {tag} that is not empty";
	return NULL;
}

const char *keys_make(struct keys *keys, const char *prefix)
{
	static const char *const names[KEYS] = {
		[KEY_SUBMITTED] = "submitted", [KEY_VERDICTS] = "verdicts",
		[KEY_REJECTED] = "rejected",   [KEY_HELD] = "held",
		[KEY_REVIEW] = "review",       [KEY_REVIEWED] = "reviewed",
		[KEY_REPLY] = "reply",	       [KEY_WATCHED] = "watched",
		[KEY_DEAD] = "dead",	       [KEY_STATS] = "stats",
		[KEY_APPROVED] = "approved",   [KEY_REPEAT] = "repeat",
	};

	const char *expected = expected_of(prefix);

	if (expected)
		return expected;
	for (int i = 0; i < KEYS; i++)
		snprintf(keys->name[i], sizeof keys->name[i], "%s:%s", prefix, names[i]);
	return NULL;
}

static const struct lua_script scripts[SCRIPTS] = {
	[SCRIPT_SETTLE] =
		{
#include "settle.lua.h"
		},
	[SCRIPT_DEAD_LETTER] =
		{
#include "dead_letter.lua.h"
		},
	[SCRIPT_ORPHANS] =
		{
#include "orphans.lua.h"
		},
	[SCRIPT_REVIEW] =
		{
#include "review.lua.h"
		},
	[SCRIPT_HOLD_EXPIRY] =
		{
#include "hold_expiry.lua.h"
		},
	[SCRIPT_REPEAT] =
		{
#include "repeat.lua.h"
		},
	[SCRIPT_GAUGES] =
		{
#include "gauge.lua.h"
		},
	[SCRIPT_TRIM] =
		{
#include "trim.lua.h"
		},
	[SCRIPT_LEAVE] =
		{
#include "leave.lua.h"
		},
};

struct setup queue_setup(const struct queue *queue)
{
	return (struct setup){
		.stream = queue_key(queue, queue->stream),
		.group = queue->group,
		.scripts = scripts,
		.script_count = SCRIPTS,
	};
}

const char *queue_key(const struct queue *queue, enum key key)
{
	return queue->keys.name[key];
}

void queue_script(const struct queue *queue, struct resp *command, enum script script,
		  const enum key *keys, unsigned count)
{
	resp_begin(command);
	resp_string(command, "EVALSHA");
	resp_string(command, scripts[script].sha1);
	resp_number(command, count);
	for (unsigned i = 0; i < count; i++)
		resp_string(command, queue_key(queue, keys[i]));
}

void queue_leave(struct queue *queue, reply_fn *done, void *arg)
{
	struct resp command = {0};

	queue_script(queue, &command, SCRIPT_LEAVE, &queue->stream, 1);
	resp_string(&command, queue->group);
	resp_string(&command, queue->consumer);
	session_send(queue->session, &command, done, arg);
}

void queue_dispatch(struct queue *queue, struct batch *batch)
{
	queue->in_hand++;
	batch->next_in_hand = queue->batches;
	queue->batches = batch;
	queue->handler.add(queue->handler.arg, batch);
}

bool queue_has_in_hand(const struct queue *queue, const char *entry)
{
	for (const struct batch *batch = queue->batches; batch; batch = batch->next_in_hand)
		for (size_t i = 0; i < batch->count; i++)
			if (!strcmp(batch->entries[i].id, entry))
				return true;
	return false;
}

static void on_reset(void *arg, const struct redisReply *reply)
{
	(void)arg, (void)reply;
}

void queue_reset_deliveries(const struct queue *queue, const struct submission *entries,
			    size_t count)
{
	struct resp command = {0};

	resp_begin(&command);
	resp_string(&command, "XCLAIM");
	resp_string(&command, queue_key(queue, queue->stream));
	resp_string(&command, queue->group);
	resp_string(&command, queue->consumer);
	resp_number(&command, 0);
	for (size_t i = 0; i < count; i++)
		resp_string(&command, entries[i].id);
	resp_words(&command, "RETRYCOUNT 1 JUSTID");
	session_send(queue->session, &command, on_reset, NULL);
}

void queue_done(struct queue *queue, struct batch *batch)
{
	struct batch **link = &queue->batches;

	while (*link != batch)
		link = &(*link)->next_in_hand;
	*link = batch->next_in_hand;
	queue->in_hand--;
	batch->done(batch->arg, batch);
	batch_free(batch);
	queue->progress(queue->arg);
}
