#include "queue/settle.h"

#include <time.h>
#include "base/clock.h"
#include "queue/submission.h"
#include "rules/excerpt.h"
#include "rules/ruleset.h"

/* How long a reply is kept for the client: longer than any HTTP request lasts. */
enum { KEEP_REPLY_MS = 300000 };

/* How often settle.lua checks types and permissions, so that entries stay pending while something
 * is refused. */
enum { CHECK_EVERY_MS = 1000 };

void settle_begin(struct settle *settle)
{
	resp_begin(&settle->entries);
	resp_begin(&settle->comments);
	resp_begin(&settle->specials);
	settle->count = 0;
}

void settle_free(struct settle *settle)
{
	resp_free(&settle->entries);
	resp_free(&settle->comments);
	resp_free(&settle->specials);
	buf_free(&settle->line);
}

void settle_recheck(struct settle *settle)
{
	settle->check_at = 0;
	settle->rechecks++;
}

bool settle_checks(const struct settle *settle)
{
	return clock_ms() >= settle->check_at;
}

void settle_checked(struct settle *settle, unsigned rechecks)
{
	if (rechecks == settle->rechecks)
		settle->check_at = clock_ms() + CHECK_EVERY_MS;
}

/* The UTC day, and when it begins and ends, in ms. */
static void add_day(struct resp *to)
{
	const time_t now = time(NULL), midnight = now - now % 86400;
	struct tm date;
	char day[16];

	gmtime_r(&now, &date);
	strftime(day, sizeof day, "%Y-%m-%d", &date);
	resp_string(to, day);
	resp_number(to, (int64_t)midnight * 1000);
	resp_number(to, ((int64_t)midnight + 86400) * 1000);
}

static void add_names(struct settle *settle, const struct rule *const *rules, size_t count)
{
	buf_empty(&settle->line);
	for (size_t i = 0; i < count; i++) {
		if (i)
			buf_add_char(&settle->line, ',');
		buf_add_string(&settle->line, rule_name(rules[i]));
	}
	resp_buf(&settle->specials, &settle->line);
}

static void add_matches(struct settle *settle, const struct verdict *verdict, bool watching)
{
	buf_empty(&settle->line);
	excerpt_all(&settle->line, verdict, watching);
	resp_buf(&settle->specials, &settle->line);
}

static void add_special(struct settle *settle, const struct comment *comment,
			const struct verdict *verdict, bool wants_reply)
{
	struct resp *to = &settle->specials;
	bool decided = verdict->decision != DECISION_APPROVE;

	resp_number(to, (int64_t)settle->count);
	resp_string(to, decision_name(verdict->decision));
	add_names(settle, verdict->failing, verdict->failing_count);
	resp_string(to, verdict->reason);
	add_matches(settle, verdict, false);
	resp_string(to, wants_reply ? "1" : "");
	add_names(settle, verdict->watching, verdict->watching_count);
	add_matches(settle, verdict, true);
	if (decided || verdict->watching_count || settle->options->keep_approved)
		submission_fields(to, comment);
	else
		resp_number(to, 0);
}

void settle_add(struct settle *settle, const struct submission *entry, const struct field *id,
		const struct verdict *verdict)
{
	bool wants_reply = submission_wants_reply(&entry->fields);

	settle->count++;
	resp_string(&settle->entries, entry->id);
	resp_add(&settle->comments, id->value, id->value_len);
	if (verdict->decision != DECISION_APPROVE || verdict->watching_count || wants_reply ||
	    settle->options->keep_approved)
		add_special(settle, &entry->fields, verdict, wants_reply);
}

const char *settle_approved_key(const struct queue *queue, const struct settle_options *options)
{
	return options->keep_approved ? queue_key(queue, KEY_APPROVED) : "";
}

void settle_send(struct settle *settle, const struct queue *queue, const char *ruleset,
		 const char *successor, reply_fn *done, refused_fn *refused, void *arg)
{
	static const enum key keys[] = {KEY_SUBMITTED, KEY_VERDICTS, KEY_REJECTED, KEY_HELD};
	enum { COUNT = sizeof keys / sizeof keys[0] };
	const struct settle_options *options = settle->options;
	struct resp command = {0};

	queue_script(queue, &command, SCRIPT_SETTLE, keys, COUNT);
	resp_string(&command, queue_key(queue, KEY_WATCHED));
	resp_string(&command, queue_key(queue, KEY_REPLY));
	resp_string(&command, queue_key(queue, KEY_STATS));
	resp_string(&command, queue->group);
	resp_string(&command, ruleset);
	resp_number(&command, options->keep);
	resp_number(&command, options->keep_rejected);
	resp_number(&command, options->keep_stats);
	resp_number(&command, options->keep_approved);
	resp_string(&command, settle_approved_key(queue, options));
	resp_number(&command, KEEP_REPLY_MS);
	resp_string(&command, settle_checks(settle) ? "1" : "");
	add_day(&command);
	resp_string(&command, successor);
	resp_number(&command, (int64_t)settle->count);
	resp_join(&command, &settle->entries);
	resp_join(&command, &settle->comments);
	resp_join(&command, &settle->specials);
	session_call_refusable(queue->session, &command, done, refused, arg);
}
