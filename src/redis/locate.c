#include "redis/locate.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include "base/parse.h"
#include "redis/sentinel.h"

enum { ASK_EVERY_S = 5 };

struct locate {
	struct locate_options options;
	struct address server;
	size_t next; /* the seed to try next, without sentinels */
	bool moved;  /* `server` is what a MOVED said */
	bool found;  /* a master, named by sentinels: they are asked again now and then */
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
	else if (locate->found) /* as long as it works */
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

/* MOVED 3999 10.0.0.2:6381, MOVED 3999 fe80::2:6381; without a host, the one that said it. */
bool locate_moved(struct locate *locate, const char *error)
{
	const char *host, *colon;
	int64_t port;

	if (strncmp(error, "MOVED ", 6) != 0 || !locate->options.endpoint->seed_count)
		return false;
	host = strchr(error + 6, ' ');
	colon = host ? strrchr(host, ':') : NULL;
	if (!colon || !parse_number(colon + 1, &port) || port < 1 || port > UINT16_MAX ||
	    (size_t)(colon - host) > sizeof locate->server.host)
		return false;
	if (colon > ++host) {
		memcpy(locate->server.host, host, (size_t)(colon - host));
		locate->server.host[colon - host] = '\0';
	}
	locate->server.port = (uint16_t)port;
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
