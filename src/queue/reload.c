#include "queue/reload.h"

#include <event2/event.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>
#include "rules/problems.h"
#include "rules/ruleset.h"

struct reload {
	const char *directory;
	reload_done_fn *done;
	void *arg;
	pthread_t thread;
	bool running, again;
	int pipe[2]; /* the thread writes a byte when the two below are there */
	struct event *event;
	struct ruleset *rules;
	struct problems *problems;
};

static void *load(void *arg)
{
	struct reload *reload = arg;

	reload->problems = problems_new();
	reload->rules = reload->problems ? ruleset_load(reload->directory, reload->problems) : NULL;
	while (write(reload->pipe[1], "", 1) < 0)
		;
	return NULL;
}

static void take_result(struct reload *reload)
{
	struct ruleset *rules = reload->rules;
	struct problems *problems = reload->problems;

	pthread_join(reload->thread, NULL);
	reload->running = false;
	reload->rules = NULL;
	reload->problems = NULL;
	reload->done(reload->arg, rules, problems);
	problems_free(problems);
}

static void on_loaded(evutil_socket_t fd, short what, void *arg)
{
	struct reload *reload = arg;
	char byte;

	(void)what;
	if (read(fd, &byte, 1) != 1)
		return;
	take_result(reload);
	if (reload->again)
		reload_start(reload);
}

void reload_start(struct reload *reload)
{
	reload->again = reload->running;
	if (reload->running)
		return;
	if (pthread_create(&reload->thread, NULL, load, reload))
		reload->done(reload->arg, NULL, NULL);
	else
		reload->running = true;
}

struct reload *reload_new(struct event_base *base, const char *directory, reload_done_fn *done,
			  void *arg)
{
	struct reload *reload = calloc(1, sizeof *reload);

	if (!reload || pipe2(reload->pipe, O_CLOEXEC)) {
		free(reload);
		return NULL;
	}
	reload->directory = directory;
	reload->done = done;
	reload->arg = arg;
	reload->event = event_new(base, reload->pipe[0], EV_READ | EV_PERSIST, on_loaded, reload);
	if (!reload->event || event_add(reload->event, NULL)) {
		reload_free(reload);
		return NULL;
	}
	return reload;
}

void reload_free(struct reload *reload)
{
	if (!reload)
		return;
	if (reload->running) {
		pthread_join(reload->thread, NULL);
		ruleset_free(reload->rules);
		problems_free(reload->problems);
	}
	if (reload->event)
		event_free(reload->event);
	close(reload->pipe[0]);
	close(reload->pipe[1]);
	free(reload);
}
