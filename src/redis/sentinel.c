#include "redis/sentinel.h"

#include <hiredis/hiredis.h>
#include <stdlib.h>
#include <string.h>
#include "base/parse.h"
#include "redis/connection.h"

struct sentinel {
	struct sentinels *all;
	struct connection *connection; /* NULL: it has answered, or is gone */
	struct address master;
	bool knows;
};

struct sentinels {
	struct sentinels_options options;
	struct event_base *base;
	struct sentinel each[MOST_SEEDS];
	size_t waiting, answered;
};

/* The master that more than half of `voters` name, or NULL. */
static const struct address *elected(const struct sentinels *sentinels, size_t voters)
{
	for (size_t i = 0; i < sentinels->options.endpoint->seed_count; i++) {
		const struct sentinel *sentinel = &sentinels->each[i];
		size_t votes = 0;

		for (size_t k = 0; k < sentinels->options.endpoint->seed_count; k++)
			votes += sentinels->each[k].knows && sentinel->knows &&
				 address_equal(&sentinels->each[k].master, &sentinel->master);
		if (votes > voters / 2)
			return &sentinel->master;
	}
	return NULL;
}

void sentinels_cancel(struct sentinels *sentinels)
{
	for (size_t i = 0; sentinels && i < sentinels->options.endpoint->seed_count; i++) {
		struct connection *connection = sentinels->each[i].connection;

		sentinels->each[i].connection = NULL;
		connection_close(connection);
	}
	if (sentinels)
		sentinels->waiting = 0;
}

static void end(struct sentinels *sentinels, const struct address *master)
{
	const char *why = master ? NULL
			  : sentinels->answered
				  ? "the sentinels do not agree on a master of this name"
				  : "no sentinel answers";

	sentinels_cancel(sentinels);
	sentinels->options.done(sentinels->options.arg, master, why);
}

/* Ends as soon as it is decided: one that hangs delays nothing when the others agree. */
static void count_votes(struct sentinels *sentinels)
{
	const struct address *master = elected(sentinels, sentinels->options.endpoint->seed_count);

	if (!master && !sentinels->waiting)
		master = elected(sentinels, sentinels->answered);
	if (master || !sentinels->waiting)
		end(sentinels, master);
}

static void finish(struct sentinel *sentinel)
{
	struct connection *connection = sentinel->connection;

	sentinel->connection = NULL;
	sentinel->all->waiting--;
	connection_close(connection);
	count_votes(sentinel->all);
}

static void on_master(void *arg, const redisReply *reply)
{
	struct sentinel *sentinel = arg;
	int64_t number;

	if (!sentinel->connection || !reply)
		return;
	sentinel->all->answered += reply->type != REDIS_REPLY_ERROR;
	if (reply->type == REDIS_REPLY_ARRAY && reply->elements == 2 &&
	    reply->element[0]->type == REDIS_REPLY_STRING &&
	    reply->element[1]->type == REDIS_REPLY_STRING &&
	    reply->element[0]->len < sizeof sentinel->master.host &&
	    parse_number(reply->element[1]->str, &number) && number > 0 && number <= UINT16_MAX) {
		memcpy(sentinel->master.host, reply->element[0]->str, reply->element[0]->len + 1);
		sentinel->master.port = (uint16_t)number;
		sentinel->knows = true;
	}
	finish(sentinel);
}

static void on_ready(void *arg)
{
	struct sentinel *sentinel = arg;
	struct resp command = {0};

	resp_begin(&command);
	resp_words(&command, "SENTINEL get-master-addr-by-name");
	resp_string(&command, sentinel->all->options.endpoint->master);
	if (!connection_send(sentinel->connection, &command, on_master, sentinel))
		finish(sentinel);
	resp_free(&command);
}

static void on_lost(void *arg, const char *why)
{
	(void)why;
	finish(arg);
}

void sentinels_ask(struct sentinels *sentinels)
{
	const struct endpoint *endpoint = sentinels->options.endpoint;
	struct connection_options options = {
		.endpoint = endpoint,
		.is_sentinel = true,
		.timeout_ms = sentinels->options.timeout_ms,
		.ready = on_ready,
		.lost = on_lost,
	};

	sentinels->answered = 0;
	for (size_t i = 0; i < endpoint->seed_count; i++) {
		struct sentinel *sentinel = &sentinels->each[i];

		sentinel->knows = false;
		options.server = &endpoint->seeds[i];
		options.arg = sentinel;
		sentinel->connection = connection_open(sentinels->base, &options);
		sentinels->waiting += sentinel->connection != NULL;
	}
	if (!sentinels->waiting)
		end(sentinels, NULL);
}

struct sentinels *sentinels_new(struct event_base *base, const struct sentinels_options *options)
{
	struct sentinels *sentinels = calloc(1, sizeof *sentinels);

	if (!sentinels)
		return NULL;
	sentinels->options = *options;
	sentinels->base = base;
	for (size_t i = 0; i < MOST_SEEDS; i++)
		sentinels->each[i].all = sentinels;
	return sentinels;
}

void sentinels_free(struct sentinels *sentinels)
{
	sentinels_cancel(sentinels);
	free(sentinels);
}
