/*
 * Rules loaded beside the running ones, in a thread that shares nothing but the finished
 * set: compiling ten thousand patterns takes half a second, and no verdict waits for it.
 * All or nothing: on any error the old ones stay. The log, the metrics and systemd are told.
 */
#ifndef DUYETD_QUEUE_RELOAD_H
#define DUYETD_QUEUE_RELOAD_H

#include <stdbool.h>

struct judging;
struct event_base;
struct metrics;
struct reload;

struct reload_options {
	const char *directory;
	/* `judging` has the new rules, or still the old ones. */
	void (*finished)(void *arg, bool loaded);
	void *arg;
};

/* For the rules of `judging`; all borrowed. NULL without memory or files. */
struct reload *reload_new(struct event_base *base, const struct reload_options *options,
			  struct judging *judging, struct metrics *metrics);

/* Waits for a load under way. */
void reload_free(struct reload *reload);

/* Loads; where a load is under way, once more after it, since the files may have changed. */
void reload_start(struct reload *reload);

#endif
