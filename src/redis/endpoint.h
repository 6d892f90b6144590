/*
 * The address of Redis, as --redis gives it:
 *
 *	redis://[user@]host[:port][,host[:port]…][/db]
 *	unix://[user@]/path[?db=N]
 *	redis+sentinel://[user@]host[:port][,host[:port]…]/name[/db]
 *
 * `[::1]` for IPv6. Several hosts are tried in turn; they may be nodes of a Cluster, any of which
 * names the right one. `rediss://` and `rediss+sentinel://` use TLS, if the build has it.
 * A URL with a password is refused: `ps` would show it.
 */
#ifndef DUYETD_REDIS_ENDPOINT_H
#define DUYETD_REDIS_ENDPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/parse.h"

enum { MOST_SEEDS = 8 };

struct endpoint {
	struct address seeds[MOST_SEEDS]; /* servers, or sentinels */
	size_t seed_count;		  /* 0: a Unix socket at `path` */
	char path[108];			  /* the size of sun_path */
	char user[64];			  /* empty: Redis's default user */
	char master[64];		  /* the master's name, for sentinels; empty: none */
	bool tls;
	int64_t db;
	const char *url; /* as given, for the log; borrowed */
};

/* Returns NULL when the URL is valid; otherwise what is wrong with it and what to do, to be
 * printed after the URL and a colon. */
const char *endpoint_parse(const char *url, struct endpoint *endpoint);

/* Changes `server`, which has sent the error, to the node that a MOVED names. Returns false when it
 * is no MOVED. */
bool address_moved(struct address *server, const char *error);

bool address_equal(const struct address *left, const struct address *right);

#endif
