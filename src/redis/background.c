#include "redis/background.h"

#include <event2/event.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

struct background {
	void (*work)(void *arg);
	void (*done)(void *arg);
	void *arg;
	int pipe[2]; /* the thread writes a byte at its end, and uses nothing after that */
	struct event *event;
};

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
