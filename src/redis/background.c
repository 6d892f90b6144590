#include "redis/background.h"

#include <event2/event.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

struct background {
	void (*work)(void *arg);
	void (*done)(void *arg);
	void *arg;
	int pipe[2]; /* the thread writes a byte before it ends, and uses nothing after that */
	struct event *event;
	LIST_ENTRY(background) entry;
};

/* A thread that waits for a name server cannot be stopped, so it may outlive the loop. The list
 * keeps its memory reachable: a leak detector reports what nothing points to. */
static LIST_HEAD(backgrounds, background) running = LIST_HEAD_INITIALIZER(running);

static void *run(void *arg)
{
	struct background *background = arg;

	background->work(background->arg);
	while (write(background->pipe[1], "", 1) < 0)
		;
	return NULL;
}

static void release(struct background *background)
{
	LIST_REMOVE(background, entry);
	if (background->event)
		event_free(background->event);
	close(background->pipe[0]);
	close(background->pipe[1]);
	free(background);
}

static bool is_done(const struct background *background)
{
	char byte;

	return read(background->pipe[0], &byte, 1) == 1;
}

static void on_done(evutil_socket_t unused, short what, void *arg)
{
	struct background *background = arg;
	void (*done)(void *arg) = background->done;
	void *of_done = background->arg;

	(void)unused, (void)what;
	if (!is_done(background))
		return;
	release(background);
	done(of_done);
}

static bool start_thread(struct background *background)
{
	pthread_attr_t attributes;
	pthread_t thread;
	int error;

	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	error = pthread_create(&thread, &attributes, run, background);
	pthread_attr_destroy(&attributes);
	return !error;
}

struct background *background_start(struct event_base *base, void (*work)(void *arg),
				    void (*done)(void *arg), void *arg)
{
	struct background *background = calloc(1, sizeof *background);

	if (!background || pipe2(background->pipe, O_CLOEXEC)) {
		free(background);
		return NULL;
	}
	LIST_INSERT_HEAD(&running, background, entry);
	background->work = work;
	background->done = done;
	background->arg = arg;
	background->event =
		event_new(base, background->pipe[0], EV_READ | EV_PERSIST, on_done, background);
	if (!background->event || event_add(background->event, NULL) || !start_thread(background)) {
		release(background);
		return NULL;
	}
	return background;
}

void background_wait(struct background *background)
{
	while (!is_done(background))
		;
	release(background);
}

/* Looking up names. */

struct dns_lookup {
	char host[256], service[8];
	struct addrinfo *addresses;
	int error;
	dns_lookup_done_fn *done; /* NULL: cancelled */
	void *arg;
};

static void look_up(void *arg)
{
	const struct addrinfo hints = {
		.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
	struct dns_lookup *lookup = arg;

	lookup->error = getaddrinfo(lookup->host, lookup->service, &hints, &lookup->addresses);
}

static void on_looked_up(void *arg)
{
	struct dns_lookup *lookup = arg;

	if (lookup->done)
		lookup->done(lookup->arg, lookup->error ? NULL : lookup->addresses, lookup->error);
	else if (!lookup->error)
		freeaddrinfo(lookup->addresses);
	free(lookup);
}

struct dns_lookup *dns_lookup_start(struct event_base *base, const char *host, uint16_t port,
				    dns_lookup_done_fn *done, void *arg)
{
	struct dns_lookup *lookup = calloc(1, sizeof *lookup);

	if (!lookup)
		return NULL;
	snprintf(lookup->host, sizeof lookup->host, "%s", host);
	snprintf(lookup->service, sizeof lookup->service, "%u", port);
	lookup->done = done;
	lookup->arg = arg;
	if (!background_start(base, look_up, on_looked_up, lookup)) {
		free(lookup);
		return NULL;
	}
	return lookup;
}

void dns_lookup_cancel(struct dns_lookup *lookup)
{
	lookup->done = NULL;
}
