/*
 * A small HTTP server for monitoring: GET and HEAD, one request a connection. Everything is
 * bounded: the length of a request, the time of a client, the number of clients. One client too
 * many disconnects the oldest, since a well-behaved client is done long before. (evhttp of libevent
 * 2.1 limits neither the number of clients nor the time of a slow one.)
 */
#ifndef DUYETD_MONITOR_HTTP_SERVER_H
#define DUYETD_MONITOR_HTTP_SERVER_H

#include "base/buf.h"
#include "base/parse.h"

struct event_base;
struct http_server;

struct page {
	int code;	  /* 200, 503 …; 404 unless page_fn sets it */
	const char *type; /* Content-Type */
	struct buf body;
};

/* Fills in the page of a path, without the query. */
typedef void page_fn(void *arg, const char *path, struct page *page);

/* A port of 0 takes a free one and stores it in `address`. Returns NULL when the address cannot be
 * listened on; `*why` is then the reason, for the log. */
struct http_server *http_server_new(struct event_base *base, struct address *address, page_fn *page,
				    void *arg, const char **why);

/* Disconnects all clients. NULL is allowed. */
void http_server_free(struct http_server *server);

#endif
