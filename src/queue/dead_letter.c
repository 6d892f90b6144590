#include "queue/dead_letter.h"

#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include "monitor/metrics.h"
#include "queue/batch.h"
#include "queue/dead_log.h"

struct dead_letter {
	struct queue *queue;
	char entry[ENTRY_ID_SIZE], reason[160];
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

/* Waiting would not help before a person acts. */
static bool is_lasting(enum fault fault)
{
	return fault == FAULT_WRONGTYPE || fault == FAULT_NOPERM;
}

static void on_first_answer(void *arg, const redisReply *reply)
{
	struct dead_letter *letter = arg;
	struct session *session = letter->queue->session;
	struct resp command;

	if (!reply || reply->type != REDIS_REPLY_ERROR) {
		on_moved(letter, reply);
	} else if (is_lasting(fault_of(reply))) {
		letter->queue->metrics->redis.faults[fault_of(reply)]++;
		log_letter(letter, "not moved, stays pending", reply->str);
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
