/*
 * A host's addresses, looked up off the loop: getaddrinfo() may take half a minute, and
 * nothing else knows all of nsswitch, hosts and resolv.conf as they are now.
 */
#ifndef DUYETD_REDIS_DNS_H
#define DUYETD_REDIS_DNS_H

#include <stdint.h>

struct addrinfo;
struct event_base;
struct dns_lookup;

/* Called once from the loop: the addresses, to be freed by freeaddrinfo(), or NULL and an
 * error for gai_strerror(). */
typedef void dns_lookup_done_fn(void *arg, struct addrinfo *addresses, int error);

/* NULL when no thread or pipe could be had. */
struct dns_lookup *dns_lookup_start(struct event_base *base, const char *host, uint16_t port,
				    dns_lookup_done_fn *done, void *arg);

/* `done` will not be called any more. Only before it was. */
void dns_lookup_cancel(struct dns_lookup *lookup);

#endif
