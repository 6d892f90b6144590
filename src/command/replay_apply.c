#include "command/replay.h"

#include <hiredis/hiredis.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/exit.h"
#include "base/grow.h"

/* Records asked for at once, and reviews sent at once; bytes of a review's reason. */
enum { PAGE = 100, MOST_REASON = 4096 };

/* The list of changes. */

static char *copy_field(const struct field *field)
{
	return field ? strndup(field->value, field->value_len) : NULL;
}

/* The new message for the commenter; without it, the earlier one stays. */
static const char *new_reason(const struct verdict *after)
{
	bool sent = after->decision == DECISION_REJECT && strlen(after->reason) <= MOST_REASON;

	return sent ? after->reason : "";
}

static void free_change(struct change *change)
{
	free(change->id);
	free(change->entry);
	free(change->reason);
}

void changes_add(struct changes *changes, const struct past_comment *past,
		 const struct verdict *after, enum change_state state, uint64_t order)
{
	struct change change = {
		.order = order,
		.id = copy_field(comment_field(&past->comment, "id")),
		.entry = copy_field(past->entry),
		.reason = strdup(new_reason(after)),
		.before = (enum decision)past->before,
		.after = after->decision,
		/* state_of() makes it CHANGE_HELD, unless a person has decided. */
		.state = after->decision == DECISION_HOLD ? CHANGE_NOT_SENT : state,
	};

	if (change.id && change.entry && change.reason &&
	    grow(changes->change, changes->count + 1, &changes->room)) {
		changes->change[changes->count++] = change;
	} else {
		changes->failed = true;
		free_change(&change);
	}
}

void changes_merge(struct changes *changes, struct changes *other)
{
	changes->failed |= other->failed;
	if (!other->count)
		return;
	if (!grow(changes->change, changes->count + other->count, &changes->room)) {
		changes->failed = true;
		return;
	}
	memcpy(changes->change + changes->count, other->change,
	       other->count * sizeof *other->change);
	changes->count += other->count;
	other->count = 0;
}

void changes_end(struct changes *changes)
{
	for (size_t i = 0; i < changes->count; i++)
		free_change(&changes->change[i]);
	free(changes->change);
}

uint64_t changes_count(const struct changes *changes, enum change_state state)
{
	uint64_t count = 0;

	for (size_t i = 0; i < changes->count; i++)
		count += changes->change[i].state == state;
	return count;
}

static int by_order(const void *one, const void *other)
{
	const struct change *a = one, *b = other;

	return (a->order > b->order) - (a->order < b->order);
}

/* Sending. */

struct apply {
	const struct apply_options *options;
	struct changes *changes;
	struct blocking blocking;
	int prefix_len; /* of the stream's key */
};

static volatile sig_atomic_t interrupted;

static void on_interrupt(int number)
{
	(void)number;
	interrupted = 1;
}

static void catch_interrupts(void)
{
	const struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = SA_RESTART};

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

static redisReply *next_reply(struct apply *apply)
{
	void *reply = NULL;

	return redisGetReply(apply->blocking.redis, &reply) == REDIS_OK ? reply : NULL;
}

static void ask_record(struct apply *apply, const struct change *change)
{
	redisAppendCommand(apply->blocking.redis, "HMGET %b:rejected:%s entry by verdict",
			   apply->options->stream, (size_t)apply->prefix_len, change->id);
}

static bool says(const redisReply *value, const char *string)
{
	return value->type == REDIS_REPLY_STRING && !strcmp(value->str, string);
}

/* By the current record. A comment that was approved meanwhile has none; a record of another type
 * was not written by the daemon. */
static enum change_state state_of(const struct change *change, const redisReply *record)
{
	if (record->type != REDIS_REPLY_ARRAY || record->elements != 3 ||
	    record->element[0]->type != REDIS_REPLY_STRING)
		return CHANGE_DECIDED;
	if (!says(record->element[0], change->entry))
		return CHANGE_EDITED;
	if (!says(record->element[1], "duyetd") ||
	    says(record->element[2], decision_name(change->after)))
		return CHANGE_DECIDED;
	return change->after == DECISION_HOLD ? CHANGE_HELD : CHANGE_NOT_SENT;
}

static bool take_record(struct apply *apply, struct change *change)
{
	redisReply *record = next_reply(apply);
	bool good = blocking_is_good(&apply->blocking, record) ||
		    (record && !strncmp(record->str, "WRONGTYPE", 9));

	if (good && record)
		change->state = state_of(change, record);
	freeReplyObject(record);
	return good;
}

static void send_review(struct apply *apply, const struct change *change)
{
	redisAppendCommand(apply->blocking.redis,
			   "XADD %b:review * id %s verdict %s by %s entry %s only-if duyetd "
			   "via " REPLAY_VIA " note %s reason %s",
			   apply->options->stream, (size_t)apply->prefix_len, change->id,
			   decision_name(change->after), apply->options->by, change->entry,
			   apply->changes->note, change->reason);
}

static bool take_sent(struct apply *apply, struct change *change)
{
	redisReply *reply = next_reply(apply);
	bool good = blocking_is_good(&apply->blocking, reply);

	if (good)
		change->state = CHANGE_SENT;
	freeReplyObject(reply);
	return good;
}

/* Sends a command for each change that is still CHANGE_NOT_SENT, and reads the replies. */
static bool apply_each(struct apply *apply, struct change *first, size_t count,
		       void (*send)(struct apply *, const struct change *),
		       bool (*take)(struct apply *, struct change *))
{
	for (size_t i = 0; i < count; i++)
		if (first[i].state == CHANGE_NOT_SENT)
			send(apply, &first[i]);
	for (size_t i = 0; i < count; i++)
		if (first[i].state == CHANGE_NOT_SENT && !take(apply, &first[i]))
			return false;
	return true;
}

static bool apply_pages(struct apply *apply, struct progress *progress)
{
	struct changes *changes = apply->changes;

	for (size_t at = 0; at < changes->count && !interrupted; at += PAGE) {
		size_t left = changes->count - at, count = left < PAGE ? left : PAGE;
		struct change *first = &changes->change[at];

		if (!apply_each(apply, first, count, ask_record, take_record) ||
		    !apply_each(apply, first, count, send_review, take_sent))
			return false;
		progress_print(progress, at + count, at + count);
	}
	return true;
}

static int send_all(struct apply *apply)
{
	struct progress progress;
	bool done;

	progress_begin(&progress, NULL, 0);
	progress.total = apply->changes->count;
	done = blocking_open(&apply->blocking) && apply_pages(apply, &progress);
	progress_end(&progress);
	blocking_close(&apply->blocking);
	if (!done)
		fprintf(stderr, "duyetd replay: cannot send reviews to %s: %s\n",
			apply->options->source->url, apply->blocking.why);
	else if (interrupted)
		fprintf(stderr, "duyetd replay: interrupted: run it again for the rest\n");
	return !done ? EXIT_UNAVAILABLE : interrupted ? EXIT_CHECK_FAILED : EXIT_DONE;
}

/* All reviews of a run have the same note, so that they can be found, and undone, together. */
static void write_note(struct changes *changes)
{
	time_t now = time(NULL);
	struct tm date;

	gmtime_r(&now, &date);
	strftime(changes->note, sizeof changes->note, REPLAY_VIA " %Y-%m-%dT%H:%M:%SZ", &date);
}

int replay_apply(struct changes *changes, const struct apply_options *options)
{
	struct apply apply = {
		.options = options,
		.changes = changes,
		.blocking = {options->source, options->password_file, options->stream},
		.prefix_len = (int)(strrchr(options->stream, ':') - options->stream),
	};

	write_note(changes);
	if (!changes->count)
		return EXIT_DONE;
	qsort(changes->change, changes->count, sizeof *changes->change, by_order);
	catch_interrupts();
	return send_all(&apply);
}
