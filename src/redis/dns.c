#include "redis/dns.h"

#include <event2/event.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct dns_lookup {
	char host[256], service[8];
	struct addrinfo *addresses;
	int error;
	int pipe[2]; /* the thread writes a byte when the two above are there */
	struct event *event;
	dns_lookup_done_fn *done; /* NULL: cancelled */
	void *arg;
};

static void *look_up(void *arg)
{
	const struct addrinfo hints = {
		.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
	struct dns_lookup *lookup = arg;

	lookup->error = getaddrinfo(lookup->host, lookup->service, &hints, &lookup->addresses);
	while (write(lookup->pipe[1], "", 1) < 0)
		;
	return NULL;
}

static void release(struct dns_lookup *lookup)
{
	if (lookup->event)
		event_free(lookup->event);
	close(lookup->pipe[0]);
	close(lookup->pipe[1]);
	free(lookup);
}

static void on_done(evutil_socket_t fd, short what, void *arg)
{
	struct dns_lookup *lookup = arg;
	char byte;

	(void)what;
	if (read(fd, &byte, 1) != 1)
		return;
	if (lookup->done)
		lookup->done(lookup->arg, lookup->error ? NULL : lookup->addresses, lookup->error);
	else if (!lookup->error)
		freeaddrinfo(lookup->addresses);
	release(lookup);
}

/* The thread is on its own: on_done() frees what it used after it is through with it. */
static int start_thread(struct dns_lookup *lookup)
{
	pthread_attr_t attributes;
	pthread_t thread;
	int error;

	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	error = pthread_create(&thread, &attributes, look_up, lookup);
	pthread_attr_destroy(&attributes);
	return error;
}

struct dns_lookup *dns_lookup_start(struct event_base *base, const char *host, uint16_t port,
				    dns_lookup_done_fn *done, void *arg)
{
	struct dns_lookup *lookup = calloc(1, sizeof *lookup);

	if (!lookup || pipe2(lookup->pipe, O_CLOEXEC)) {
		free(lookup);
		return NULL;
	}
	snprintf(lookup->host, sizeof lookup->host, "%s", host);
	snprintf(lookup->service, sizeof lookup->service, "%u", port);
	lookup->done = done;
	lookup->arg = arg;
	lookup->event = event_new(base, lookup->pipe[0], EV_READ, on_done, lookup);
	if (!lookup->event || event_add(lookup->event, NULL) || start_thread(lookup)) {
		release(lookup);
		return NULL;
	}
	return lookup;
}

void dns_lookup_cancel(struct dns_lookup *lookup)
{
	lookup->done = NULL;
}
