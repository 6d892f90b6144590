#include "queue/verdict_search.h"

#include <event2/event.h>
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <string.h>
#include "base/clock.h"
#include "base/loop.h"
#include "base/parse.h"

enum { PAGE = 200, MOST_PAUSE_MS = 100 };

static const char *const field_names[SEARCH_FIELDS] = {"verdict", "rules",   "reason",
						       "entry",	  "ruleset", "by"};

static const redisReply *value_of(const redisReply *fields, const char *name)
{
	for (size_t i = 0; i + 1 < fields->elements; i += 2)
		if (fields->element[i]->type == REDIS_REPLY_STRING &&
		    fields->element[i + 1]->type == REDIS_REPLY_STRING &&
		    !strcmp(fields->element[i]->str, name))
			return fields->element[i + 1];
	return NULL;
}

static bool is_about(const struct verdict_search *search, const redisReply *fields)
{
	const redisReply *id = value_of(fields, "id");

	return id && id->len == search->id_len && !memcmp(id->str, search->id, id->len);
}

static void keep(struct verdict_search *search, const redisReply *row)
{
	const redisReply *fields = row->element[1];

	search->found = true;
	memcpy(search->at, row->element[0]->str, row->element[0]->len + 1);
	for (int i = 0; i < SEARCH_FIELDS; i++) {
		const redisReply *value = value_of(fields, field_names[i]);

		buf_empty(&search->values[i]);
		if (value)
			buf_add(&search->values[i], value->str, value->len);
	}
}

static bool is_verdict(const redisReply *row)
{
	return row->type == REDIS_REPLY_ARRAY && row->elements == 2 &&
	       row->element[0]->type == REDIS_REPLY_STRING &&
	       row->element[0]->len < ENTRY_ID_SIZE && row->element[1]->type == REDIS_REPLY_ARRAY;
}

/* Keeps the verdict if it is on this page, and returns whether it is. */
static bool search_page(struct verdict_search *search, const redisReply *page)
{
	for (size_t i = 0; i < page->elements; i++) {
		const redisReply *row = page->element[i];

		if (!is_verdict(row))
			continue;
		if (!*search->newest)
			memcpy(search->newest, row->element[0]->str, row->element[0]->len + 1);
		snprintf(search->before, sizeof search->before, "(%s", row->element[0]->str);
		if (is_about(search, row->element[1])) {
			keep(search, row);
			return true;
		}
	}
	return false;
}

/* Pauses before the next page. When the daemon stops, ends the search: the review stays pending. */
static void pause_or_stop(struct verdict_search *search)
{
	int64_t ms = (clock_us() - search->asked_at) / 1000 + 1;
	const struct timeval wait = clock_timeval(ms < MOST_PAUSE_MS ? ms : MOST_PAUSE_MS);

	if (!search->queue->stopping) {
		evtimer_add(search->pause, &wait);
		return;
	}
	search->queue->left_pending = true;
	search->done(search->arg, true);
}

static void on_page(void *arg, const redisReply *reply)
{
	struct verdict_search *search = arg;

	if (!reply) {
		search->done(search->arg, true);
	} else if (reply->type != REDIS_REPLY_ARRAY) {
		session_restart(search->queue->session, "unexpected reply to XREVRANGE");
	} else if (!reply->elements && !*search->newest && strcmp(search->until, "-") != 0 &&
		   !strcmp(search->since, "0-0")) {
		/* The entry's id is after all verdicts, so it contains no valid time: searches all
		 * of them. */
		strcpy(search->until, "-");
		pause_or_stop(search);
	} else if (search_page(search, reply) || reply->elements < PAGE) {
		if (*search->newest)
			memcpy(search->since, search->newest, sizeof search->since);
		search->done(search->arg, false);
	} else {
		pause_or_stop(search);
	}
}

static void on_search_refused(void *arg)
{
	const struct verdict_search *search = arg;

	search->refused(search->arg);
}

static void ask(evutil_socket_t unused, short what, void *arg)
{
	struct verdict_search *search = arg;
	struct resp command = {0};

	(void)unused, (void)what;
	search->asked_at = clock_us();
	resp_begin(&command);
	resp_string(&command, "XREVRANGE");
	resp_string(&command, queue_key(search->queue, KEY_VERDICTS));
	resp_string(&command, search->before);
	resp_string(&command, search->until);
	resp_string(&command, "COUNT");
	resp_number(&command, PAGE);
	session_call_refusable(search->queue->session, &command, on_page, on_search_refused,
			       search);
}

/* A verdict is not older than its entry; NULL: the entry is not given. The hour allows for a clock
 * that was set back meanwhile. */
static void set_until(struct verdict_search *search, const struct field *entry)
{
	enum { HOUR_MS = 3600000 };
	char id[ENTRY_ID_SIZE] = "";
	int64_t ms;

	strcpy(search->until, "-");
	if (!entry || entry->value_len >= sizeof id)
		return;
	memcpy(id, entry->value, entry->value_len);
	id[strcspn(id, "-")] = '\0';
	if (parse_number(id, &ms) && ms > HOUR_MS)
		snprintf(search->until, sizeof search->until, "%lld", (long long)ms - HOUR_MS);
}

void verdict_search_start(struct verdict_search *search, const struct field *id,
			  const struct field *entry)
{
	search->id = id->value;
	search->id_len = id->value_len;
	strcpy(search->since, "0-0");
	strcpy(search->before, "+");
	search->newest[0] = '\0';
	search->found = false;
	set_until(search, entry);
	ask(-1, 0, search);
}

void verdict_search_again(struct verdict_search *search)
{
	snprintf(search->until, sizeof search->until, "(%s", search->since);
	strcpy(search->before, "+");
	search->newest[0] = '\0';
	ask(-1, 0, search);
}

bool verdict_search_init(struct verdict_search *search, struct event_base *base)
{
	search->pause = evtimer_new(base, ask, search);
	return search->pause && !event_priority_set(search->pause, LOOP_LEAST_URGENT);
}

void verdict_search_free(struct verdict_search *search)
{
	if (search->pause)
		event_free(search->pause);
	for (int i = 0; i < SEARCH_FIELDS; i++)
		buf_free(&search->values[i]);
}

void verdict_search_cancel(struct verdict_search *search)
{
	event_del(search->pause);
}
