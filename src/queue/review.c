#include "queue/review.h"

#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/escape.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/suggest.h"
#include "monitor/metrics.h"
#include "queue/dead_letter.h"
#include "queue/submission.h"
#include "queue/verdict_search.h"

enum { NAME_MOST = 64, NOTE_MOST = 4096 };

/* The fields of one review; NULL: not given. */
struct review_fields {
	const struct field *id, *verdict, *by, *note, *reason, *text, *about, *only_if, *via;
};

/* Reviews are few: they are handled one after another, in order. */
struct reviews {
	struct queue *queue;
	struct settle_options options;
	struct batch *first, **last;
	size_t next; /* entry of the first batch */
	bool busy;
	bool searched; /* through the verdicts, for this review */
	struct review_fields fields;
	char why[DEAD_REASON_SIZE]; /* what is wrong with this review */
	struct verdict_search search;
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

/* The session is lost, or it is time to stop: what is left stays pending in Redis. */
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

static void on_dead_letter(void *arg, bool lost)
{
	if (lost)
		give_up(arg);
	else
		next(arg);
}

static void dead_letter(struct reviews *reviews, const char *why)
{
	dead_letter_send(reviews->queue, current(reviews)->id, why, 1, on_dead_letter, reviews);
}

/* Reading a review. */

static bool is_name(const struct field *field)
{
	return field->value_len <= NAME_MOST && !escape_needed(field->value, field->value_len);
}

static const char *wrong_with(const struct review_fields *fields)
{
	if (!fields->verdict ||
	    (!field_says(fields->verdict, "approve") && !field_says(fields->verdict, "reject")))
		return "the field verdict must be approve or reject";
	if (!fields->by || !fields->by->value_len)
		return "the field by must say who decided";
	if (!is_name(fields->by))
		return "the field by must be a name of at most 64 bytes without control or invisible characters";
	if (field_says(fields->by, "duyetd"))
		return "the field by must name a person: duyetd is the daemon";
	if (fields->only_if && !field_says(fields->only_if, "duyetd"))
		return "the field only-if must be duyetd";
	if (fields->via && !is_name(fields->via))
		return "the field via must be a name of at most 64 bytes without control or invisible characters";
	if (fields->note && fields->note->value_len > NOTE_MOST)
		return "the field note is longer than 4096 bytes";
	if (fields->reason && fields->reason->value_len > NOTE_MOST)
		return "the field reason is longer than 4096 bytes";
	if (fields->text && fields->text->value_len > LIMIT_TEXT_BYTES)
		return "the field text is longer than 65536 bytes";
	return NULL;
}

/* A misspelt field must not be ignored: without its `only-if` or `entry` the review would also be
 * applied where it must not. */
static const char *wrong_with_name(struct reviews *reviews, const struct field *field)
{
	static const char *const names[] = {"id",   "verdict", "by",	  "note", "reason",
					    "text", "entry",   "only-if", "via"};
	enum { COUNT = sizeof names / sizeof names[0] };
	char name[NAME_MOST + 1], quoted[LOG_QUOTED];
	size_t len = field->name_len < NAME_MOST ? field->name_len : NAME_MOST;
	const char *meant;

	for (size_t i = 0; i < COUNT; i++)
		if (field_is(field, names[i]))
			return NULL;
	snprintf(name, sizeof name, "%.*s", (int)len, field->name);
	log_quote(quoted, field->name, len);
	meant = suggest_word(name, names, COUNT);
	if (meant)
		snprintf(reviews->why, sizeof reviews->why,
			 "the field %s is unknown; did you mean %s?", quoted, meant);
	else
		snprintf(reviews->why, sizeof reviews->why,
			 "the field %s is unknown: expected id, verdict, by, note, reason, text, "
			 "entry, only-if or via; a value with blanks needs quotes",
			 quoted);
	return reviews->why;
}

static const char *wrong_with_names(struct reviews *reviews, const struct comment *comment)
{
	const char *why = NULL;

	for (size_t i = 0; i < comment->count && !why; i++)
		why = wrong_with_name(reviews, &comment->fields[i]);
	return why;
}

static const char *read_review(struct reviews *reviews, const struct comment *comment)
{
	struct review_fields *fields = &reviews->fields;
	const char *why = NULL;

	*fields = (struct review_fields){
		.id = submission_id(comment, &why),
		.verdict = comment_field(comment, "verdict"),
		.by = comment_field(comment, "by"),
		.note = comment_field(comment, "note"),
		.reason = comment_field(comment, "reason"),
		.text = comment_field(comment, "text"),
		.about = comment_field(comment, "entry"),
		.only_if = comment_field(comment, "only-if"),
		.via = comment_field(comment, "via"),
	};
	if (!why && submission_has_twice(comment, "verdict"))
		why = "the field verdict is given more than once";
	if (!why)
		why = wrong_with(fields);
	return why ? why : wrong_with_names(reviews, comment);
}

/* Sending it. */

static void add_value(struct resp *command, const struct field *field)
{
	resp_add(command, field ? field->value : "", field ? field->value_len : 0);
}

static void decide(struct reviews *reviews);

static void on_searched(void *arg, bool lost)
{
	if (lost)
		give_up(arg);
	else
		decide(arg);
}

/* The first search goes back to the entry that the review names, or through all verdicts. After it
 * the script asks for another one only where too many have been published meanwhile. */
static void search_verdicts(struct reviews *reviews)
{
	if (reviews->searched) {
		verdict_search_again(&reviews->search);
		return;
	}
	reviews->searched = true;
	verdict_search_start(&reviews->search, reviews->fields.id, reviews->fields.about);
}

static void log_review(const struct reviews *reviews, const char *outcome)
{
	char about[64], by[LOG_QUOTED], id[LOG_QUOTED];
	const struct review_fields *fields = &reviews->fields;

	snprintf(about, sizeof about, "review %s", current(reviews)->id);
	log_event(LOG_INFO, about, "id=%s verdict=%.*s by=%s outcome=%s",
		  log_quote(id, fields->id->value, fields->id->value_len),
		  (int)fields->verdict->value_len, fields->verdict->value,
		  log_quote(by, fields->by->value, fields->by->value_len), outcome);
}

/* The results of review.lua, except LOOK: the outcome for the log, or the reason for PREFIX:dead.
 */
static const struct answer {
	const char *name, *logged, *dead;
} answers[] = {
	{"DONE", .logged = "published"},
	{"SAME", .logged = "the same decision exists already"},
	{"LOST", .logged = "settled by another"},
	{"UNCHANGED", .logged = "not changed: the verdict is not the daemon's or not on this text"},
	{"UNKNOWN", .dead = "no comment with this id is known: it is neither among the rejected "
			    "nor among the verdicts that are kept"},
	{"EDITED",
	 .dead = "the comment has been edited since, or the field entry is wrong: another "
		 "entry is now judged under its id; look at that one"},
	{"FOREIGN",
	 .dead = "the record of this comment was not written by the daemon: expected a hash "
		 "of at most 1000 fields and 2 MiB; delete it and send the review again"},
};

static const struct answer *answer_of(const redisReply *reply)
{
	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++)
		if (!strcmp(reply->str, answers[i].name))
			return &answers[i];
	return NULL;
}

static void end(struct reviews *reviews, const struct answer *answer)
{
	if (answer->dead) {
		dead_letter(reviews, answer->dead);
		return;
	}
	log_review(reviews, answer->logged);
	reviews->queue->metrics->reviews += !strcmp(answer->name, "DONE");
	next(reviews);
}

static void on_answer(void *arg, const redisReply *reply)
{
	struct reviews *reviews = arg;
	bool is_word = reply && reply->type == REDIS_REPLY_STRING;
	const struct answer *answer = is_word ? answer_of(reply) : NULL;

	if (!reply)
		give_up(reviews);
	else if (answer)
		end(reviews, answer);
	else if (is_word && !strcmp(reply->str, "LOOK"))
		search_verdicts(reviews);
	else
		session_restart(reviews->queue->session, "unexpected reply to review.lua");
}

static void on_refused(void *arg)
{
	const struct reviews *reviews = arg;

	queue_reset_deliveries(reviews->queue, reviews->first->entries, reviews->first->count);
}

static void decide(struct reviews *reviews)
{
	static const enum key keys[] = {KEY_REVIEW, KEY_VERDICTS, KEY_REJECTED,
					KEY_HELD,   KEY_REVIEWED, KEY_STATS};
	enum { COUNT = sizeof keys / sizeof keys[0] };
	const struct review_fields *fields = &reviews->fields;
	const struct verdict_search *search = &reviews->search;
	struct resp command = {0};

	queue_script(reviews->queue, &command, SCRIPT_REVIEW, keys, COUNT);
	resp_string(&command, reviews->queue->group);
	resp_string(&command, current(reviews)->id);
	add_value(&command, fields->id);
	add_value(&command, fields->verdict);
	add_value(&command, fields->by);
	add_value(&command, fields->note);
	add_value(&command, fields->reason);
	add_value(&command, fields->text);
	add_value(&command, fields->about);
	add_value(&command, fields->only_if);
	add_value(&command, fields->via);
	resp_number(&command, reviews->options.keep_rejected);
	resp_number(&command, reviews->options.keep_stats);
	resp_string(&command, settle_approved_key(reviews->queue, &reviews->options));
	resp_string(&command, reviews->searched ? search->since : "");
	if (reviews->searched && search->found)
		resp_string(&command, search->at);
	for (int i = 0; reviews->searched && search->found && i < SEARCH_FIELDS; i++)
		resp_buf(&command, &search->values[i]);
	session_call_refusable(reviews->queue->session, &command, on_answer, on_refused, reviews);
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
	reviews->searched = false;
	why = read_review(reviews, &current(reviews)->fields);
	if (why)
		dead_letter(reviews, why);
	else
		decide(reviews);
}

void reviews_add(void *arg, struct batch *batch)
{
	struct reviews *reviews = arg;

	batch->work.next = NULL;
	*reviews->last = batch;
	reviews->last = &batch->work.next;
	step(reviews);
}

void reviews_drop(void *arg)
{
	struct reviews *reviews = arg;

	verdict_search_cancel(&reviews->search);
	give_up(reviews);
}

struct reviews *reviews_new(struct event_base *base, struct queue *queue,
			    const struct settle_options *options)
{
	struct reviews *reviews = calloc(1, sizeof *reviews);

	if (!reviews)
		return NULL;
	reviews->queue = queue;
	reviews->options = *options;
	reviews->last = &reviews->first;
	reviews->search = (struct verdict_search){
		.queue = queue, .done = on_searched, .refused = on_refused, .arg = reviews};
	if (verdict_search_init(&reviews->search, base))
		return reviews;
	reviews_free(reviews);
	return NULL;
}

void reviews_free(struct reviews *reviews)
{
	if (!reviews)
		return;
	verdict_search_free(&reviews->search);
	free(reviews);
}
