/* Work that would block the loop, in a thread of its own; the loop is told when it is done. */
#ifndef DUYETD_REDIS_BACKGROUND_H
#define DUYETD_REDIS_BACKGROUND_H

struct background;
struct event_base;

/* Runs `work` in a thread, and then `done` on the loop; both get `arg`. The handle is valid until
 * `done` is called. Returns NULL, and runs neither, when out of memory, files or threads. */
struct background *background_start(struct event_base *base, void (*work)(void *arg),
				    void (*done)(void *arg), void *arg);

/* Waits for `work` to end. `done` is not called. */
void background_wait(struct background *background);

#endif
