/*
 * Where Redis is, as told by --redis:
 *
 *	redis://[user@]host[:port][,host[:port]…][/db]		unix:///path[?db=N]
 *	redis+sentinel://[user@]host[:port][,host[:port]…]/name[/db]
 *
 * `[::1]` for IPv6. Of several hosts each is tried in turn; a Cluster's are nodes of it, any
 * of which names the right one. `rediss://` and `rediss+sentinel://` for TLS, where the build
 * has it. A password never stands in it: it would show in `ps`.
 */
#ifndef DUYETD_REDIS_ENDPOINT_H
#define DUYETD_REDIS_ENDPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/parse.h"

enum { MOST_SEEDS = 8 };

struct endpoint {
	struct address seeds[MOST_SEEDS]; /* servers, or sentinels that know them */
	size_t seed_count;		  /* 0: a Unix socket at `path` */
	char path[108];			  /* what sockaddr_un has room for */
	char user[64];			  /* empty: Redis's default user */
	char master[64];		  /* what the sentinels call it; empty: no sentinels */
	bool tls;
	int64_t db;
	const char *url; /* as given, for the log; borrowed */
};

/* NULL when read; otherwise half a sentence: what is wrong with it and what to do. */
const char *endpoint_parse(const char *url, struct endpoint *endpoint);

bool address_equal(const struct address *left, const struct address *right);

#endif
