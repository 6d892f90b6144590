/*
 * Looks up a host's addresses without blocking the loop: getaddrinfo() may take half a minute,
 * and nothing else follows nsswitch.conf, hosts and resolv.conf as they are now.
 */
#ifndef DUYETD_REDIS_DNS_H
#define DUYETD_REDIS_DNS_H

#include <stdint.h>

struct addrinfo;
struct event_base;
struct dns_lookup;

/* Called once, from the loop. Takes ownership of `addresses`, for freeaddrinfo(); NULL: `error` is
 * for gai_strerror(). */
typedef void dns_lookup_done_fn(void *arg, struct addrinfo *addresses, int error);

/* Returns NULL when out of memory, files or threads. */
struct dns_lookup *dns_lookup_start(struct event_base *base, const char *host, uint16_t port,
				    dns_lookup_done_fn *done, void *arg);

/* Before `done` was called: it will not be called any more. */
void dns_lookup_cancel(struct dns_lookup *lookup);

#endif
