#include "redis/dns.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include "redis/background.h"

struct dns_lookup {
	char host[256], service[8];
	struct addrinfo *addresses;
	int error;
	dns_lookup_done_fn *done; /* NULL: cancelled */
	void *arg;
};

static void look_up(void *arg)
{
	const struct addrinfo hints = {
		.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
	struct dns_lookup *lookup = arg;

	lookup->error = getaddrinfo(lookup->host, lookup->service, &hints, &lookup->addresses);
}

static void on_looked_up(void *arg)
{
	struct dns_lookup *lookup = arg;

	if (lookup->done)
		lookup->done(lookup->arg, lookup->error ? NULL : lookup->addresses, lookup->error);
	else if (!lookup->error)
		freeaddrinfo(lookup->addresses);
	free(lookup);
}

struct dns_lookup *dns_lookup_start(struct event_base *base, const char *host, uint16_t port,
				    dns_lookup_done_fn *done, void *arg)
{
	struct dns_lookup *lookup = calloc(1, sizeof *lookup);

	if (!lookup)
		return NULL;
	snprintf(lookup->host, sizeof lookup->host, "%s", host);
	snprintf(lookup->service, sizeof lookup->service, "%u", port);
	lookup->done = done;
	lookup->arg = arg;
	if (!background_start(base, look_up, on_looked_up, lookup)) {
		free(lookup);
		return NULL;
	}
	return lookup;
}

void dns_lookup_cancel(struct dns_lookup *lookup)
{
	lookup->done = NULL;
}
