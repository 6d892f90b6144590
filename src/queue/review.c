#include "queue/review.h"

#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/escape.h"
#include "base/limits.h"
#include "base/log.h"
#include "monitor/metrics.h"
#include "queue/submission.h"

enum { NAME_MOST = 64, NOTE_MOST = 4096, PAGE = 500 };

/*
 * Finds the newest verdict on a comment: reads the verdicts' stream backwards, a page at a time.
 * Slow: for a person's review now and then, not for each comment.
 */

/* The fields of the verdict that review.lua gets, in its order. */
enum { HISTORY_FIELDS = 6 };

struct history {
	const struct queue *queue;
	const char *id; /* of the comment; borrowed */
	size_t id_len;
	char since[ENTRY_ID_SIZE]; /* the newest verdict when it began; 0-0 when there is none */
	char before[ENTRY_ID_SIZE + 1];
	bool found;
	struct buf values[HISTORY_FIELDS];
	/* Called once; `lost` where the session went. */
	void (*done)(void *arg, bool lost);
	void *arg;
};

static const char *const history_fields[HISTORY_FIELDS] = {"verdict", "rules",	 "reason",
							   "entry",   "ruleset", "by"};

static void ask(struct history *history);

static const redisReply *value_of(const redisReply *fields, const char *name)
{
	for (size_t i = 0; i + 1 < fields->elements; i += 2)
		if (fields->element[i]->str && !strcmp(fields->element[i]->str, name))
			return fields->element[i + 1];
	return NULL;
}

static bool is_about(const struct history *history, const redisReply *fields)
{
	const redisReply *id = value_of(fields, "id");

	return id && id->len == history->id_len && !memcmp(id->str, history->id, id->len);
}

static void keep(struct history *history, const redisReply *fields)
{
	history->found = true;
	for (int i = 0; i < HISTORY_FIELDS; i++) {
		const redisReply *value = value_of(fields, history_fields[i]);

		buf_empty(&history->values[i]);
		if (value)
			buf_add(&history->values[i], value->str, value->len);
	}
}

static bool is_verdict(const redisReply *row)
{
	return row->type == REDIS_REPLY_ARRAY && row->elements == 2 &&
	       row->element[0]->type == REDIS_REPLY_STRING &&
	       row->element[0]->len < ENTRY_ID_SIZE && row->element[1]->type == REDIS_REPLY_ARRAY;
}

static void on_page(void *arg, const redisReply *reply)
{
	struct history *history = arg;

	if (!reply || reply->type != REDIS_REPLY_ARRAY) {
		history->done(history->arg, true);
		return;
	}
	for (size_t i = 0; i < reply->elements && !history->found; i++) {
		const redisReply *row = reply->element[i];

		if (!is_verdict(row))
			continue;
		if (!strcmp(history->since, "0-0"))
			snprintf(history->since, sizeof history->since, "%s", row->element[0]->str);
		snprintf(history->before, sizeof history->before, "(%s", row->element[0]->str);
		if (is_about(history, row->element[1]))
			keep(history, row->element[1]);
	}
	if (history->found || reply->elements < PAGE)
		history->done(history->arg, false);
	else
		ask(history);
}

static void ask(struct history *history)
{
	struct resp command = {0};

	resp_begin(&command);
	resp_string(&command, "XREVRANGE");
	resp_string(&command, queue_key(history->queue, KEY_VERDICTS));
	resp_string(&command, history->before);
	resp_words(&command, "- COUNT");
	resp_number(&command, PAGE);
	session_call(history->queue->session, LANE_WORK, &command, on_page, history);
}

/* Starts the search. The caller has set queue, id, done and arg. */
static void history_look(struct history *history)
{
	snprintf(history->since, sizeof history->since, "0-0");
	snprintf(history->before, sizeof history->before, "+");
	history->found = false;
	ask(history);
}

static void history_free(struct history *history)
{
	for (int i = 0; i < HISTORY_FIELDS; i++)
		buf_free(&history->values[i]);
}

/* The fields of one review; NULL: not given. */
struct decision_made {
	const struct field *id, *verdict, *by, *note, *reason, *text, *about;
};

/* Reviews are few: they are handled one after another, in order. */
struct reviews {
	struct queue *queue;
	struct settle_options options;
	struct batch *first, **last;
	size_t next; /* entry of the first batch */
	bool busy;
	struct decision_made made;
	struct history history;
};

static void step(struct reviews *reviews);

static const struct submission *current(const struct reviews *reviews)
{
	return &reviews->first->entries[reviews->next];
}

static void end_batch(struct reviews *reviews)
{
	struct batch *batch = reviews->first;

	reviews->first = batch->work.next;
	if (!reviews->first)
		reviews->last = &reviews->first;
	reviews->next = 0;
	queue_done(reviews->queue, batch);
}

/* The session is lost: what is left stays pending in Redis. */
static void give_up(struct reviews *reviews)
{
	reviews->busy = false;
	while (reviews->first)
		end_batch(reviews);
}

static void next(struct reviews *reviews)
{
	reviews->busy = false;
	reviews->next++;
	step(reviews);
}

static void on_dead_letter(void *arg, const redisReply *reply)
{
	struct reviews *reviews = arg;

	if (!reply) {
		give_up(reviews);
		return;
	}
	reviews->queue->metrics->dead += (uint64_t)reply->integer;
	next(reviews);
}

static void dead_letter(struct reviews *reviews, const char *why)
{
	dead_letter_send(reviews->queue, KEY_REVIEW, current(reviews)->id, why, 1, on_dead_letter,
			 reviews);
}

/* Reading a review. */

static const char *wrong_with(const struct decision_made *made)
{
	if (!made->verdict ||
	    (!field_says(made->verdict, "approve") && !field_says(made->verdict, "reject")))
		return "the field verdict must be approve or reject";
	if (!made->by || !made->by->value_len)
		return "the field by must say who decided";
	if (made->by->value_len > NAME_MOST || escape_needed(made->by->value, made->by->value_len))
		return "the field by must be a name of at most 64 bytes without control or invisible characters";
	if (field_says(made->by, "duyetd"))
		return "the field by must name a person: duyetd is the daemon";
	if (made->note && made->note->value_len > NOTE_MOST)
		return "the field note is longer than 4096 bytes";
	if (made->reason && made->reason->value_len > NOTE_MOST)
		return "the field reason is longer than 4096 bytes";
	if (made->text && made->text->value_len > LIMIT_TEXT_BYTES)
		return "the field text is longer than a comment's may be, 65536 bytes";
	return NULL;
}

static const char *read_review(struct decision_made *made, const struct comment *fields)
{
	const char *why = NULL;

	*made = (struct decision_made){
		.id = submission_id(fields, &why),
		.verdict = comment_field(fields, "verdict"),
		.by = comment_field(fields, "by"),
		.note = comment_field(fields, "note"),
		.reason = comment_field(fields, "reason"),
		.text = comment_field(fields, "text"),
		.about = comment_field(fields, "entry"),
	};
	return why ? why : wrong_with(made);
}

/* Sending it. */

static void add_value(struct resp *command, const struct field *field)
{
	resp_add(command, field ? field->value : "", field ? field->value_len : 0);
}

static void send(struct reviews *reviews, bool looked);

static void on_looked(void *arg, bool lost)
{
	if (lost)
		give_up(arg);
	else
		send(arg, true);
}

static void look(struct reviews *reviews)
{
	reviews->history.queue = reviews->queue;
	reviews->history.id = reviews->made.id->value;
	reviews->history.id_len = reviews->made.id->value_len;
	reviews->history.done = on_looked;
	reviews->history.arg = reviews;
	history_look(&reviews->history);
}

static void log_review(const struct reviews *reviews, const char *outcome)
{
	char about[64], by[LOG_QUOTED], id[LOG_QUOTED];
	const struct decision_made *made = &reviews->made;

	snprintf(about, sizeof about, "review %s", current(reviews)->id);
	log_event(LOG_INFO, about, "id=%s verdict=%.*s by=%s outcome=%s",
		  log_quote(id, made->id->value, made->id->value_len),
		  (int)made->verdict->value_len, made->verdict->value,
		  log_quote(by, made->by->value, made->by->value_len), outcome);
}

static void on_answer(void *arg, const redisReply *reply)
{
	struct reviews *reviews = arg;
	const char *outcome = reply && reply->str ? reply->str : "";

	if (!reply) {
		give_up(reviews);
	} else if (!strcmp(outcome, "LOOK")) {
		look(reviews);
	} else if (!strcmp(outcome, "UNKNOWN")) {
		dead_letter(
			reviews,
			"no comment with this id is known: it is neither among the rejected nor "
			"among the verdicts that are kept");
	} else if (!strcmp(outcome, "EDITED")) {
		dead_letter(reviews,
			    "the comment has been edited since: another entry is now judged "
			    "under its id; look at that one");
	} else {
		log_review(reviews, !strcmp(outcome, "DONE")   ? "published"
				    : !strcmp(outcome, "SAME") ? "decided so already"
							       : "settled by another");
		reviews->queue->metrics->reviews += !strcmp(outcome, "DONE");
		next(reviews);
	}
}

static void send(struct reviews *reviews, bool looked)
{
	static const enum key keys[] = {KEY_REVIEW, KEY_VERDICTS, KEY_REJECTED,
					KEY_HELD,   KEY_REVIEWED, KEY_STATS};
	enum { COUNT = sizeof keys / sizeof keys[0] };
	const struct decision_made *made = &reviews->made;
	struct resp command = {0};

	queue_script(reviews->queue, &command, SCRIPT_REVIEW, keys, COUNT);
	resp_string(&command, reviews->queue->group);
	resp_string(&command, current(reviews)->id);
	add_value(&command, made->id);
	add_value(&command, made->verdict);
	add_value(&command, made->by);
	add_value(&command, made->note);
	add_value(&command, made->reason);
	add_value(&command, made->text);
	add_value(&command, made->about);
	resp_number(&command, reviews->options.keep_rejected);
	resp_string(&command, looked ? reviews->history.since : "");
	for (int i = 0; looked && reviews->history.found && i < HISTORY_FIELDS; i++)
		resp_add(&command, buf_string(&reviews->history.values[i]),
			 reviews->history.values[i].len);
	session_call(reviews->queue->session, LANE_WORK, &command, on_answer, reviews);
}

/* Begins the next review, if none is under way. */
static void step(struct reviews *reviews)
{
	const char *why;

	if (reviews->busy)
		return;
	while (reviews->first && reviews->next == reviews->first->count)
		end_batch(reviews);
	if (!reviews->first)
		return;
	reviews->busy = true;
	why = read_review(&reviews->made, &current(reviews)->fields);
	if (why)
		dead_letter(reviews, why);
	else
		send(reviews, false);
}

void reviews_add(void *arg, struct batch *batch)
{
	struct reviews *reviews = arg;

	batch->work.next = NULL;
	*reviews->last = batch;
	reviews->last = &batch->work.next;
	step(reviews);
}

struct reviews *reviews_new(struct queue *queue, const struct settle_options *options)
{
	struct reviews *reviews = calloc(1, sizeof *reviews);

	if (!reviews)
		return NULL;
	reviews->queue = queue;
	reviews->options = *options;
	reviews->last = &reviews->first;
	return reviews;
}

void reviews_free(struct reviews *reviews)
{
	if (!reviews)
		return;
	while (reviews->first) {
		struct batch *batch = reviews->first;

		reviews->first = batch->work.next;
		batch_free(batch);
	}
	history_free(&reviews->history);
	free(reviews);
}
