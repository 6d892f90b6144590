#include "redis/locate.h"

#include <event2/event.h>
#include <hiredis/hiredis.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "base/parse.h"
#include "redis/connection.h"
#include "redis/endpoint.h"

/*
 * Asks all sentinels at once for their master, and uses the answer of the majority: a sentinel that
 * was cut off still names an old master, and what is written there is lost.
 */
struct sentinels_options {
	const struct endpoint *endpoint; /* its seeds are the sentinels */
	int64_t timeout_ms;
	/* The master that most sentinels name, valid until it returns; or NULL, and `why` is for
	 * people. */
	void (*done)(void *arg, const struct address *master, const char *why);
	void *arg;
};

struct sentinel {
	struct sentinels *all;
	struct connection *connection; /* NULL: it has replied, or is lost */
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

/* `done` is not called any more. */
static void sentinels_cancel(struct sentinels *sentinels)
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
				  ? "the sentinels do not agree on a master with this name"
				  : "no sentinel replies";

	sentinels_cancel(sentinels);
	sentinels->options.done(sentinels->options.arg, master, why);
}

/* Ends as soon as a majority of all sentinels agrees, so a sentinel that hangs delays nothing. When
 * none is waited for any more, a majority of those that replied is enough. */
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

/* Calls `done` once, perhaps before it returns. Must not be called while a reply is awaited. */
static void sentinels_ask(struct sentinels *sentinels)
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

/* Returns NULL when out of memory. */
static struct sentinels *sentinels_new(struct event_base *base,
				       const struct sentinels_options *options)
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

/* NULL is allowed, here and in sentinels_cancel(). */
static void sentinels_free(struct sentinels *sentinels)
{
	sentinels_cancel(sentinels);
	free(sentinels);
}

/* Where the server is. */

enum { ASK_EVERY_S = 5 };

struct locate {
	struct locate_options options;
	struct address server;
	size_t next; /* the seed to try next, without sentinels */
	bool moved;  /* `server` comes from a MOVED error */
	bool found;  /* the server is a master that sentinels named: they are asked again regularly
		      */
	struct sentinels *sentinels; /* NULL: there are none */
	struct event *again;
};

static void ask_later(struct locate *locate)
{
	const struct timeval wait = {ASK_EVERY_S, 0};

	evtimer_add(locate->again, &wait);
}

static void on_elected(struct locate *locate, const struct address *master)
{
	bool was_found = locate->found;
	bool is_new = !was_found || !address_equal(master, &locate->server);

	locate->server = *master;
	locate->found = true;
	ask_later(locate);
	if (was_found && is_new)
		locate->options.changed(locate->options.arg, "the sentinels name another master");
	else if (is_new)
		locate->options.found(locate->options.arg, &locate->server);
}

static void on_asked(void *arg, const struct address *master, const char *why)
{
	struct locate *locate = arg;

	if (master)
		on_elected(locate, master);
	else if (locate->found) /* the connection stays with the master that was found */
		ask_later(locate);
	else
		locate->options.failed(locate->options.arg, why);
}

static void on_again(evutil_socket_t unused, short what, void *arg)
{
	struct locate *locate = arg;

	(void)unused, (void)what;
	sentinels_ask(locate->sentinels);
}

void locate_search(struct locate *locate)
{
	const struct endpoint *endpoint = locate->options.endpoint;

	if (*endpoint->master) {
		sentinels_ask(locate->sentinels);
	} else if (!endpoint->seed_count) {
		locate->options.found(locate->options.arg, NULL);
	} else {
		if (!locate->moved) {
			locate->server = endpoint->seeds[locate->next];
			locate->next = (locate->next + 1) % endpoint->seed_count;
		}
		locate->moved = false;
		locate->options.found(locate->options.arg, &locate->server);
	}
}

void locate_stop(struct locate *locate)
{
	evtimer_del(locate->again);
	sentinels_cancel(locate->sentinels);
	locate->found = false;
}

bool locate_moved(struct locate *locate, const char *error)
{
	if (!locate->options.endpoint->seed_count || !address_moved(&locate->server, error))
		return false;
	locate->moved = true;
	return true;
}

static bool make_sentinels(struct event_base *base, struct locate *locate)
{
	const struct sentinels_options options = {
		.endpoint = locate->options.endpoint,
		.timeout_ms = locate->options.timeout_ms,
		.done = on_asked,
		.arg = locate,
	};

	if (*options.endpoint->master)
		locate->sentinels = sentinels_new(base, &options);
	return locate->sentinels || !*options.endpoint->master;
}

struct locate *locate_new(struct event_base *base, const struct locate_options *options)
{
	struct locate *locate = calloc(1, sizeof *locate);

	if (!locate)
		return NULL;
	locate->options = *options;
	locate->again = evtimer_new(base, on_again, locate);
	if (!locate->again || !make_sentinels(base, locate)) {
		locate_free(locate);
		return NULL;
	}
	return locate;
}

void locate_free(struct locate *locate)
{
	if (!locate)
		return;
	sentinels_free(locate->sentinels);
	if (locate->again)
		event_free(locate->again);
	free(locate);
}
