/*
 * Where Redis is, as told by --redis:
 *
 *	redis://[user@]host[:port][/db]		unix:///path[?db=N]
 *
 * `[::1]` for IPv6. A password never stands in it: it would show in `ps`.
 */
#ifndef DUYETD_QUEUE_ENDPOINT_H
#define DUYETD_QUEUE_ENDPOINT_H

#include <stdint.h>

struct endpoint {
	char host[256]; /* empty: a Unix socket at `path` */
	char path[108]; /* what sockaddr_un has room for */
	char user[64];	/* empty: Redis's default user */
	uint16_t port;
	int64_t db;
	const char *url; /* as given, for the log; borrowed */
};

/* NULL when read; otherwise half a sentence: what is wrong with it and what to do. */
const char *endpoint_parse(const char *url, struct endpoint *endpoint);

#endif
