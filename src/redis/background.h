/* Runs work that would block the loop in a thread, and calls back on the loop when it is done. */
#ifndef DUYETD_REDIS_BACKGROUND_H
#define DUYETD_REDIS_BACKGROUND_H

#include <stdint.h>

struct background;
struct event_base;

/* Runs `work` in a thread, and then `done` on the loop; both get `arg`. The handle is valid until
 * `done` is called. Returns NULL, and runs neither, when out of memory, descriptors or threads. */
struct background *background_start(struct event_base *base, void (*work)(void *arg),
				    void (*done)(void *arg), void *arg);

/* Waits for `work` to end, and frees the handle. `done` is not called. */
void background_wait(struct background *background);

/*
 * Looks up a host's addresses without blocking the loop: calls getaddrinfo() in a thread, since it
 * may take half a minute. No other function follows the current nsswitch.conf, hosts and
 * resolv.conf.
 */
struct addrinfo;
struct dns_lookup;

/* Called once, from the loop. Takes ownership of `addresses`, to be freed with freeaddrinfo(). On
 * failure `addresses` is NULL, and `error` is for gai_strerror(). */
typedef void dns_lookup_done_fn(void *arg, struct addrinfo *addresses, int error);

/* Returns NULL when out of memory, descriptors or threads. */
struct dns_lookup *dns_lookup_start(struct event_base *base, const char *host, uint16_t port,
				    dns_lookup_done_fn *done, void *arg);

/* Cancels the lookup: `done` is not called any more. Must not be called after `done`. */
void dns_lookup_cancel(struct dns_lookup *lookup);

#endif
