/*
 * Rules loaded beside the running ones, in a thread that shares nothing but the finished
 * set: compiling ten thousand patterns takes half a second, and no verdict waits for it.
 */
#ifndef DUYETD_QUEUE_RELOAD_H
#define DUYETD_QUEUE_RELOAD_H

struct event_base;
struct problems;
struct reload;
struct ruleset;

/* Called from the loop: the set, the receiver's from then on, or NULL; what is wrong is in
 * `problems`, which lives until the function returns and is NULL where memory was out. */
typedef void reload_done_fn(void *arg, struct ruleset *rules, const struct problems *problems);

/* `directory` is borrowed. NULL when no thread could be had. */
struct reload *reload_new(struct event_base *base, const char *directory, reload_done_fn *done,
			  void *arg);

/* Waits for a load under way. */
void reload_free(struct reload *reload);

/* Loads; where a load is under way, once more after it, since the files may have changed. */
void reload_start(struct reload *reload);

#endif
