#include "queue/history.h"

#include <hiredis/hiredis.h>
#include <stdio.h>
#include <string.h>

enum { PAGE = 500 };

const char *const history_fields[HISTORY_FIELDS] = {"verdict", "rules",	  "reason",
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
	resp_string(&command, session_key(history->session, KEY_VERDICTS));
	resp_string(&command, history->before);
	resp_words(&command, "- COUNT");
	resp_number(&command, PAGE);
	session_call(history->session, LANE_WORK, &command, on_page, history);
}

void history_look(struct history *history)
{
	snprintf(history->since, sizeof history->since, "0-0");
	snprintf(history->before, sizeof history->before, "+");
	history->found = false;
	ask(history);
}

void history_free(struct history *history)
{
	for (int i = 0; i < HISTORY_FIELDS; i++)
		buf_free(&history->values[i]);
}
