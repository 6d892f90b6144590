#include "redis/route.h"

#include <event2/event.h>
#include <hiredis/hiredis.h>
#include <stdlib.h>
#include <string.h>
#include "base/parse.h"
#include "redis/connection.h"

enum { ASK_EVERY_S = 5 };

/* One sentinel being asked. */
struct sentinel {
	struct route *route;
	struct connection *connection; /* NULL: it has answered, or is gone */
	struct address master;
	bool knows;
};

struct route {
	struct route_options options;
	struct event_base *base;
	struct address server;
	size_t next; /* the seed to try next, without sentinels */
	bool moved;  /* `server` is what a MOVED said */
	bool found;  /* a master: from here on they are asked whether it still is */
	struct sentinel sentinels[MOST_SEEDS];
	size_t waiting, answered;
	struct event *again;
};

static bool is_same(const struct address *left, const struct address *right)
{
	return left->port == right->port && strcmp(left->host, right->host) == 0;
}

/* The master that more than half of `voters` name, or NULL. */
static const struct address *elected(const struct route *route, size_t voters)
{
	for (size_t i = 0; i < route->options.endpoint->seed_count; i++) {
		const struct sentinel *sentinel = &route->sentinels[i];
		size_t votes = 0;

		for (size_t k = 0; k < route->options.endpoint->seed_count; k++)
			votes += route->sentinels[k].knows && sentinel->knows &&
				 is_same(&route->sentinels[k].master, &sentinel->master);
		if (votes > voters / 2)
			return &sentinel->master;
	}
	return NULL;
}

static void hang_up(struct route *route)
{
	for (size_t i = 0; i < route->options.endpoint->seed_count; i++) {
		struct connection *connection = route->sentinels[i].connection;

		route->sentinels[i].connection = NULL;
		connection_close(connection);
	}
	route->waiting = 0;
}

static void ask_later(struct route *route)
{
	const struct timeval wait = {ASK_EVERY_S, 0};

	evtimer_add(route->again, &wait);
}

static void found(struct route *route, const struct address *master)
{
	bool news = !route->found || !is_same(master, &route->server);
	bool was_found = route->found;

	hang_up(route);
	route->server = *master;
	route->found = true;
	ask_later(route);
	if (was_found && news)
		route->options.lost(route->options.arg, "the sentinels name another master");
	else if (news)
		route->options.found(route->options.arg, &route->server);
}

static void found_none(struct route *route)
{
	hang_up(route);
	if (route->found) /* as long as it works */
		ask_later(route);
	else
		route->options.lost(
			route->options.arg,
			!route->answered ? "no sentinel answers"
					 : "the sentinels do not agree on a master of this name");
}

/* As soon as it is decided: one that hangs keeps nobody waiting where the others agree. */
static void count(struct route *route)
{
	const struct address *master = elected(route, route->options.endpoint->seed_count);

	if (!master && !route->waiting)
		master = elected(route, route->answered);
	if (master)
		found(route, master);
	else if (!route->waiting)
		found_none(route);
}

static void finish(struct sentinel *sentinel)
{
	struct connection *connection = sentinel->connection;

	sentinel->connection = NULL;
	sentinel->route->waiting--;
	connection_close(connection);
	count(sentinel->route);
}

static void on_master(void *arg, const redisReply *reply)
{
	struct sentinel *sentinel = arg;
	int64_t number;

	if (!sentinel->connection || !reply)
		return;
	sentinel->route->answered += reply->type != REDIS_REPLY_ERROR;
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
	resp_string(&command, sentinel->route->options.endpoint->master);
	if (!connection_send(sentinel->connection, &command, on_master, sentinel))
		finish(sentinel);
	resp_free(&command);
}

static void on_gone(void *arg, const char *why)
{
	(void)why;
	finish(arg);
}

static void ask(struct route *route)
{
	const struct endpoint *endpoint = route->options.endpoint;
	struct connection_options options = {
		.endpoint = endpoint,
		.is_sentinel = true,
		.timeout_ms = route->options.patience,
		.ready = on_ready,
		.lost = on_gone,
	};

	route->answered = 0;
	for (size_t i = 0; i < endpoint->seed_count; i++) {
		struct sentinel *sentinel = &route->sentinels[i];

		sentinel->knows = false;
		options.server = &endpoint->seeds[i];
		options.arg = sentinel;
		sentinel->connection = connection_open(route->base, &options);
		route->waiting += sentinel->connection != NULL;
	}
	if (!route->waiting)
		found_none(route);
}

static void on_again(evutil_socket_t unused, short what, void *arg)
{
	(void)unused, (void)what;
	ask(arg);
}

void route_find(struct route *route)
{
	const struct endpoint *endpoint = route->options.endpoint;

	if (*endpoint->master) {
		ask(route);
	} else if (!endpoint->seed_count) {
		route->options.found(route->options.arg, NULL);
	} else {
		if (!route->moved) {
			route->server = endpoint->seeds[route->next];
			route->next = (route->next + 1) % endpoint->seed_count;
		}
		route->moved = false;
		route->options.found(route->options.arg, &route->server);
	}
}

void route_rest(struct route *route)
{
	evtimer_del(route->again);
	hang_up(route);
	route->found = false;
}

/* MOVED 3999 10.0.0.2:6381, MOVED 3999 fe80::2:6381; without a host, the one that said it. */
bool route_moved(struct route *route, const char *error)
{
	const char *host, *colon;
	int64_t port;

	if (strncmp(error, "MOVED ", 6) != 0 || !route->options.endpoint->seed_count)
		return false;
	host = strchr(error + 6, ' ');
	colon = host ? strrchr(host, ':') : NULL;
	if (!colon || !parse_number(colon + 1, &port) || port < 1 || port > UINT16_MAX ||
	    (size_t)(colon - host) > sizeof route->server.host)
		return false;
	if (colon > ++host) {
		memcpy(route->server.host, host, (size_t)(colon - host));
		route->server.host[colon - host] = '\0';
	}
	route->server.port = (uint16_t)port;
	route->moved = true;
	return true;
}

struct route *route_new(struct event_base *base, const struct route_options *options)
{
	struct route *route = calloc(1, sizeof *route);

	if (!route || !(route->again = evtimer_new(base, on_again, route))) {
		free(route);
		return NULL;
	}
	route->options = *options;
	route->base = base;
	for (size_t i = 0; i < MOST_SEEDS; i++)
		route->sentinels[i].route = route;
	return route;
}

void route_free(struct route *route)
{
	if (!route)
		return;
	hang_up(route);
	event_free(route->again);
	free(route);
}
