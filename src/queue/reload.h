/*
 * Loads the rules again in a thread, while the old rules judge: compiling ten thousand patterns
 * takes half a second. On any error the old rules stay in use. Logs and counts the result.
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
	/* The load has ended: `judging` has the new rules, or keeps the old ones. */
	void (*finished)(void *arg, bool loaded);
	void *arg;
};

/* Creates the loader for the rules of `judging`; loads nothing yet. All is borrowed. Returns NULL
 * when out of memory. */
struct reload *reload_new(struct event_base *base, const struct reload_options *options,
			  struct judging *judging, struct metrics *metrics);

/* Waits for a load under way. NULL is allowed. */
void reload_free(struct reload *reload);

/* Begins a load. When one is under way, another follows it, since the files may have changed. */
void reload_start(struct reload *reload);

#endif
