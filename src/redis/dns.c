#include "redis/dns.h"

#include <event2/event.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct resolve {
	char host[256], service[8];
	struct addrinfo *addresses;
	int error;
	int pipe[2]; /* the thread writes a byte when the two above are there */
	struct event *event;
	resolve_done_fn *done; /* NULL: cancelled */
	void *arg;
};

static void *look_up(void *arg)
{
	const struct addrinfo hints = {
		.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
	struct resolve *resolve = arg;

	resolve->error = getaddrinfo(resolve->host, resolve->service, &hints, &resolve->addresses);
	while (write(resolve->pipe[1], "", 1) < 0)
		;
	return NULL;
}

static void release(struct resolve *resolve)
{
	if (resolve->event)
		event_free(resolve->event);
	close(resolve->pipe[0]);
	close(resolve->pipe[1]);
	free(resolve);
}

static void on_done(evutil_socket_t fd, short what, void *arg)
{
	struct resolve *resolve = arg;
	char byte;

	(void)what;
	if (read(fd, &byte, 1) != 1)
		return;
	if (resolve->done)
		resolve->done(resolve->arg, resolve->error ? NULL : resolve->addresses,
			      resolve->error);
	else if (!resolve->error)
		freeaddrinfo(resolve->addresses);
	release(resolve);
}

/* The thread is on its own: on_done() frees what it used after it is through with it. */
static int start_thread(struct resolve *resolve)
{
	pthread_attr_t attributes;
	pthread_t thread;
	int error;

	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	error = pthread_create(&thread, &attributes, look_up, resolve);
	pthread_attr_destroy(&attributes);
	return error;
}

struct resolve *resolve_start(struct event_base *base, const char *host, uint16_t port,
			      resolve_done_fn *done, void *arg)
{
	struct resolve *resolve = calloc(1, sizeof *resolve);

	if (!resolve || pipe2(resolve->pipe, O_CLOEXEC)) {
		free(resolve);
		return NULL;
	}
	snprintf(resolve->host, sizeof resolve->host, "%s", host);
	snprintf(resolve->service, sizeof resolve->service, "%u", port);
	resolve->done = done;
	resolve->arg = arg;
	resolve->event = event_new(base, resolve->pipe[0], EV_READ, on_done, resolve);
	if (!resolve->event || event_add(resolve->event, NULL) || start_thread(resolve)) {
		release(resolve);
		return NULL;
	}
	return resolve;
}

void resolve_cancel(struct resolve *resolve)
{
	resolve->done = NULL;
}
