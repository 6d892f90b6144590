#include "queue/review.h"

#include <event2/event.h>
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "base/escape.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/parse.h"
#include "monitor/metrics.h"
#include "queue/dead_letter.h"
#include "queue/submission.h"

enum { NAME_MOST = 64, NOTE_MOST = 4096 };

/*
 * Finds the newest verdict on a comment: reads the verdicts' stream backwards, a page at a time.
 * Between two pages Redis and judging have at least as much time as a page took, so that a look
 * through millions of verdicts delays neither. A million takes 10 to 20 seconds.
 */

enum { PAGE = 200, MOST_PAUSE_MS = 100 };

/* The fields of the verdict that review.lua gets, in its order. */
enum { HISTORY_FIELDS = 6 };

struct history {
	struct queue *queue;
	struct event *pause; /* until the next page */
	const char *id;	     /* of the comment; borrowed */
	size_t id_len;
	char since[ENTRY_ID_SIZE];	/* the newest verdict looked at; 0-0 for none */
	char newest[ENTRY_ID_SIZE];	/* of this look; "" until its first page */
	char before[ENTRY_ID_SIZE + 1]; /* the next page ends before it */
	char until[ENTRY_ID_SIZE + 1];	/* where the look ends */
	int64_t asked_at;		/* us, of clock_us() */
	bool found;
	char at[ENTRY_ID_SIZE]; /* the id of what was found */
	struct buf values[HISTORY_FIELDS];
	/* Called once; `lost` where the look was given up. */
	void (*done)(void *arg, bool lost);
	refused_fn *refused;
	void *arg;
};

static const char *const history_fields[HISTORY_FIELDS] = {"verdict", "rules",	 "reason",
							   "entry",   "ruleset", "by"};

static const redisReply *value_of(const redisReply *fields, const char *name)
{
	for (size_t i = 0; i + 1 < fields->elements; i += 2)
		if (fields->element[i]->type == REDIS_REPLY_STRING &&
		    fields->element[i + 1]->type == REDIS_REPLY_STRING &&
		    !strcmp(fields->element[i]->str, name))
			return fields->element[i + 1];
	return NULL;
}

static bool is_about(const struct history *history, const redisReply *fields)
{
	const redisReply *id = value_of(fields, "id");

	return id && id->len == history->id_len && !memcmp(id->str, history->id, id->len);
}

static void keep(struct history *history, const redisReply *row)
{
	const redisReply *fields = row->element[1];

	history->found = true;
	strcpy(history->at, row->element[0]->str);
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

/* Returns whether the verdict is on it. */
static bool look_through(struct history *history, const redisReply *page)
{
	for (size_t i = 0; i < page->elements; i++) {
		const redisReply *row = page->element[i];

		if (!is_verdict(row))
			continue;
		if (!*history->newest)
			strcpy(history->newest, row->element[0]->str);
		snprintf(history->before, sizeof history->before, "(%s", row->element[0]->str);
		if (is_about(history, row->element[1])) {
			keep(history, row);
			return true;
		}
	}
	return false;
}

/* The daemon stops: the review stays pending. */
static void pause_or_stop(struct history *history)
{
	int64_t ms = (clock_us() - history->asked_at) / 1000 + 1;
	const struct timeval wait = clock_timeval(ms < MOST_PAUSE_MS ? ms : MOST_PAUSE_MS);

	if (!history->queue->stopping) {
		evtimer_add(history->pause, &wait);
		return;
	}
	history->queue->left_pending = true;
	history->done(history->arg, true);
}

static void on_page(void *arg, const redisReply *reply)
{
	struct history *history = arg;

	if (!reply) {
		history->done(history->arg, true);
	} else if (reply->type != REDIS_REPLY_ARRAY) {
		session_restart(history->queue->session, "unexpected reply to XREVRANGE");
	} else if (!reply->elements && !*history->newest && strcmp(history->until, "-") &&
		   !strcmp(history->since, "0-0")) {
		/* The entry's id is after all verdicts, so it contains no valid time. */
		strcpy(history->until, "-");
		pause_or_stop(history);
	} else if (look_through(history, reply) || reply->elements < PAGE) {
		if (*history->newest)
			strcpy(history->since, history->newest);
		history->done(history->arg, false);
	} else {
		pause_or_stop(history);
	}
}

static void on_look_refused(void *arg)
{
	const struct history *history = arg;

	history->refused(history->arg);
}

static void ask(evutil_socket_t unused, short what, void *arg)
{
	struct history *history = arg;
	struct resp command = {0};

	(void)unused, (void)what;
	history->asked_at = clock_us();
	resp_begin(&command);
	resp_string(&command, "XREVRANGE");
	resp_string(&command, queue_key(history->queue, KEY_VERDICTS));
	resp_string(&command, history->before);
	resp_string(&command, history->until);
	resp_string(&command, "COUNT");
	resp_number(&command, PAGE);
	session_call_refusable(history->queue->session, &command, on_page, on_look_refused,
			       history);
}

/* A verdict is not older than its entry; NULL: the entry is not given. The hour allows for a clock
 * that was set back meanwhile. */
static void set_until(struct history *history, const struct field *entry)
{
	enum { HOUR_MS = 3600000 };
	char id[ENTRY_ID_SIZE] = "";
	int64_t ms;

	strcpy(history->until, "-");
	if (!entry || entry->value_len >= sizeof id)
		return;
	memcpy(id, entry->value, entry->value_len);
	id[strcspn(id, "-")] = '\0';
	if (parse_number(id, &ms) && ms > HOUR_MS)
		snprintf(history->until, sizeof history->until, "%lld", (long long)ms - HOUR_MS);
}

/* Starts a look through the verdicts from the newest to the time of `entry`. The caller has set
 * id and id_len. */
static void history_look(struct history *history, const struct field *entry)
{
	strcpy(history->since, "0-0");
	strcpy(history->before, "+");
	history->newest[0] = '\0';
	history->found = false;
	set_until(history, entry);
	ask(-1, 0, history);
}

/* Starts a look through what was published since the last one began. */
static void history_look_again(struct history *history)
{
	snprintf(history->until, sizeof history->until, "(%s", history->since);
	strcpy(history->before, "+");
	history->newest[0] = '\0';
	ask(-1, 0, history);
}

/* The queue is borrowed. Returns false when out of memory. */
static bool history_init(struct history *history, struct event_base *base, struct queue *queue)
{
	history->queue = queue;
	history->pause = evtimer_new(base, ask, history);
	return history->pause && !event_priority_set(history->pause, LOOP_LEAST_URGENT);
}

static void history_free(struct history *history)
{
	if (history->pause)
		event_free(history->pause);
	for (int i = 0; i < HISTORY_FIELDS; i++)
		buf_free(&history->values[i]);
}

/* The fields of one review; NULL: not given. */
struct decision_made {
	const struct field *id, *verdict, *by, *note, *reason, *text, *about, *only_if, *via;
};

/* Reviews are few: they are handled one after another, in order. */
struct reviews {
	struct queue *queue;
	struct settle_options options;
	struct batch *first, **last;
	size_t next; /* entry of the first batch */
	bool busy;
	bool looked; /* through the verdicts, for this review */
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

static const char *wrong_with(const struct decision_made *made)
{
	if (!made->verdict ||
	    (!field_says(made->verdict, "approve") && !field_says(made->verdict, "reject")))
		return "the field verdict must be approve or reject";
	if (!made->by || !made->by->value_len)
		return "the field by must say who decided";
	if (!is_name(made->by))
		return "the field by must be a name of at most 64 bytes without control or invisible characters";
	if (field_says(made->by, "duyetd"))
		return "the field by must name a person: duyetd is the daemon";
	if (made->only_if && !field_says(made->only_if, "duyetd"))
		return "the field only-if must be duyetd";
	if (made->via && !is_name(made->via))
		return "the field via must be a name of at most 64 bytes without control or invisible characters";
	if (made->note && made->note->value_len > NOTE_MOST)
		return "the field note is longer than 4096 bytes";
	if (made->reason && made->reason->value_len > NOTE_MOST)
		return "the field reason is longer than 4096 bytes";
	if (made->text && made->text->value_len > LIMIT_TEXT_BYTES)
		return "the field text is longer than 65536 bytes";
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
		.only_if = comment_field(fields, "only-if"),
		.via = comment_field(fields, "via"),
	};
	return why ? why : wrong_with(made);
}

/* Sending it. */

static void add_value(struct resp *command, const struct field *field)
{
	resp_add(command, field ? field->value : "", field ? field->value_len : 0);
}

static void decide(struct reviews *reviews);

static void on_looked(void *arg, bool lost)
{
	if (lost)
		give_up(arg);
	else
		decide(arg);
}

/* The first look is through all verdicts. After it the script asks for another one only where too
 * many have been published meanwhile. */
static void look(struct reviews *reviews)
{
	if (reviews->looked) {
		history_look_again(&reviews->history);
		return;
	}
	reviews->looked = true;
	reviews->history.id = reviews->made.id->value;
	reviews->history.id_len = reviews->made.id->value_len;
	history_look(&reviews->history, reviews->made.about);
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
	{"EDITED", .dead = "the comment has been edited since: another entry is now judged under "
			   "its id; look at that one"},
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
		look(reviews);
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
	const struct decision_made *made = &reviews->made;
	const struct history *history = &reviews->history;
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
	add_value(&command, made->only_if);
	add_value(&command, made->via);
	resp_number(&command, reviews->options.keep_rejected);
	resp_number(&command, reviews->options.keep_stats);
	resp_string(&command, settle_approved_key(reviews->queue, &reviews->options));
	resp_string(&command, reviews->looked ? history->since : "");
	if (reviews->looked && history->found)
		resp_string(&command, history->at);
	for (int i = 0; reviews->looked && history->found && i < HISTORY_FIELDS; i++)
		resp_add(&command, buf_string(&history->values[i]), history->values[i].len);
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
	reviews->looked = false;
	why = read_review(&reviews->made, &current(reviews)->fields);
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

	event_del(reviews->history.pause);
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
	reviews->history.done = on_looked;
	reviews->history.refused = on_refused;
	reviews->history.arg = reviews;
	if (history_init(&reviews->history, base, queue))
		return reviews;
	reviews_free(reviews);
	return NULL;
}

void reviews_free(struct reviews *reviews)
{
	if (!reviews)
		return;
	history_free(&reviews->history);
	free(reviews);
}
